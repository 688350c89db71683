"""Kinds of appliances and what tells their runs from their rest.

A first set of values with physical meaning; nobody has to know them.
"""

from msgspec import Struct


class Profile(Struct, frozen=True):
    """How a kind of appliance behaves.

    Attributes:
        kind: the configuration's word.
        on_power_w: above the standby of its kind, below anything it does in a run.
        min_on_s: a run lasts at least so long.
        min_off_s: longer than any pause within a run.
        min_energy_wh: less is no run: a lamp, a drain pump, a press of a button.
        finished_hold_s: how long it is called finished before it is idle again.
        makes_runs: False for what works by itself all day.
    """

    kind: str
    on_power_w: float
    min_on_s: float
    min_off_s: float
    min_energy_wh: float
    finished_hold_s: float = 3600.0
    makes_runs: bool = True


_ALL = (
    # Lock and display draw 2 to 4 W, electronics after a wash up to 15 W for hours; the drum
    # draws 30 W and more. Soaking pauses last 8 minutes and more.
    Profile("washing_machine", 15.0, 120, 600, 20),
    # A heat pump idles below 30 W between its drum's turns.
    Profile("dryer", 30.0, 120, 420, 60),
    # The same drum as a washing machine, with hardly a pause between washing and drying.
    Profile("washer_dryer", 15.0, 120, 600, 20),
    # Drying is half an hour and more of silence, then a pump for half a minute.
    Profile("dishwasher", 5.0, 120, 2400, 100),
    # Idle printers draw 7 to 29 W, their fans while cooling 20 to 25 W; a bed that holds
    # its temperature pulses every 60 to 80 s, so two pulses and a margin must be missing.
    Profile("printer_3d", 40.0, 120, 180, 10),
    # A compressor comes and goes by itself.
    Profile("fridge", 15.0, 0, 0, 0, makes_runs=False),
    Profile("other", 20.0, 120, 600, 5),
)
PROFILES: dict[str, Profile] = {profile.kind: profile for profile in _ALL}
"""Kind -> profile."""
