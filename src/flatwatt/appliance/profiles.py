"""Kinds of appliances and what tells their runs from their rest.

Values with physical meaning to begin with; nobody has to know them, and what an appliance
does itself soon counts for more (`pauses`, `levels`).
"""

from msgspec import Struct


class Profile(Struct, frozen=True):
    """How a kind of appliance behaves.

    Attributes:
        kind: the configuration's word.
        on_power_w: above the standby of its kind, below anything it does in a run.
        min_on_s: a run lasts at least so long.
        min_off_s: longer than any pause within a run of its kind.
        min_energy_wh: less is no run: a lamp, a drain pump, a press of a button.
        finished_hold_s: how long it is called finished before it is idle again.
        makes_runs: False for what works by itself all day.
        rising_off_s: longer than any pause before a run is certain.
        idle_cap_w: the most that one of its kind draws switched on and idle.
        longest_s: longer than any programme of its kind; 0 when there is no such limit.
        burst_s: shorter activity after a quiet is no activity.
        repeats: its runs follow programmes, so a quiet's place in the run tells.
        doubt: weight of what is known of the kind against one own run: places of a run are
            nearly always alike, so little; more where runs do not repeat.
        blip_s: activity that is no run this soon after a run was its last stroke.
        heats_w: its runs heat, by at least so much above its rest; its quiet level is found
            between its own rest and work. 0 for kinds whose level is known well enough.
        waits: it waits to be emptied after a run, with a lamp or a display on.
    """

    kind: str
    on_power_w: float
    min_on_s: float
    min_off_s: float
    min_energy_wh: float
    finished_hold_s: float = 3600.0
    makes_runs: bool = True
    rising_off_s: float = 600.0
    idle_cap_w: float = 0.0
    longest_s: float = 0.0
    burst_s: float = 0.0
    repeats: bool = True
    doubt: float = 0.05
    blip_s: float = 0.0
    waits: bool = False
    heats_w: float = 0.0


_LONGEST_S = 8 * 3600.0
_ALL = (
    # Lock and display draw 2 to 4 W, electronics after a wash up to 15 W for hours; the drum
    # draws 30 W and more. Soaking pauses last 8 minutes and more.
    Profile(
        "washing_machine", 15.0, 120, 600, 20, idle_cap_w=25.0, longest_s=_LONGEST_S, waits=True
    ),
    # A heat pump idles below 30 W between its drum's turns. Drying hardly ever pauses, but
    # the drum turns for 10 to 20 s now and then after the end. Moisture tells how long.
    Profile(
        "dryer",
        30.0,
        120,
        240,
        60,
        rising_off_s=240,
        idle_cap_w=45.0,
        longest_s=_LONGEST_S,
        burst_s=30,
        waits=True,
        repeats=False,
        doubt=0.5,
    ),
    # The same drum as a washing machine, with hardly a pause between washing and drying.
    Profile("washer_dryer", 15.0, 120, 600, 20, idle_cap_w=25.0, longest_s=_LONGEST_S, waits=True),
    # Drying is half an hour to an hour of silence, then a pump for half a minute.
    Profile(
        "dishwasher",
        5.0,
        120,
        3600,
        100,
        idle_cap_w=8.0,
        longest_s=_LONGEST_S,
        blip_s=3600,
        waits=True,
    ),
    # Idle printers draw 3 to 29 W, their fans while cooling 20 to 25 W; a bed that holds
    # its temperature pulses every 60 to 80 s, so one pulse and a margin must be missing. One
    # that is only warmed up and left is no print.
    Profile(
        "printer_3d",
        40.0,
        120,
        90,
        10,
        rising_off_s=180,
        repeats=False,
        doubt=0.5,
        heats_w=20.0,
    ),
    # A compressor comes and goes by itself.
    Profile("fridge", 15.0, 0, 0, 0, makes_runs=False),
    Profile("other", 20.0, 120, 600, 5),
    # Not known yet. A late end is better than a wrong one, so it waits as for a dishwasher;
    # it learns the standby of a printer, and after a day without rest another load's.
    Profile(
        "auto",
        15.0,
        120,
        3600,
        10,
        rising_off_s=240,
        idle_cap_w=35.0,
        longest_s=24 * 3600.0,
        doubt=1.0,
        blip_s=3600,
    ),
)
PROFILES: dict[str, Profile] = {profile.kind: profile for profile in _ALL}
"""Kind -> profile."""
