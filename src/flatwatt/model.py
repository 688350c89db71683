"""The words of the house: what a plug said and what we make of it.

Times are integer milliseconds of Unix time in UTC (`*_ms`), energies that have been
booked are integer milliwatt-hours (`*_mwh`): integers add up the same in any order,
so a replay and a rebuild equal what was told live. What a plug says stays as it said
it, in watts, watt-hours and volts. Records are msgspec structs because a year has
31 million readings and a struct is made ten times faster than a dataclass.
"""

from decimal import Decimal
from enum import IntFlag, StrEnum
from typing import TypeAlias

from msgspec import Struct

QUARTER_MS = 900_000
"""Length of a quarter-hour slot; every tariff and every Berlin hour begins on one."""


class State(StrEnum):
    """What an appliance is doing."""

    UNKNOWN = "unknown"
    OFF = "off"
    IDLE = "idle"
    ACTIVE = "active"
    FINISHED = "finished"


class Basis(StrEnum):
    """How the energy of an interval is known."""

    COUNTED = "counted"
    INTEGRATED = "integrated"
    MISSING = "missing"


class Flag(IntFlag):
    """What must be known about a reading beside its figures.

    BOOT: the plug restarted since the reading before.
    GAP: nothing was heard for long before this reading.
    SUSPECT: the plug contradicts itself (power against voltage times current).
    CLOCK: the collector's clock was set since the reading before; the time between
    the two is not a duration.
    """

    NONE = 0
    BOOT = 1
    GAP = 2
    SUSPECT = 4
    CLOCK = 8


class CounterKind(StrEnum):
    """What a plug's energy counter does over the plug's life."""

    LIFETIME = "lifetime"
    SINCE_BOOT = "since_boot"
    DAILY = "daily"
    NONE = "none"


class Counter(Struct, frozen=True):
    """A plug family's declaration of its energy counter.

    Attributes:
        kind: whether it survives a restart or a day.
        resolution_wh: the counter's step in Wh.
        modulus_wh: where it wraps to zero, in Wh, if it does.
        step_back_wh: how far a kept counter may fall in one piece without being
            reset, in Wh: what a restart or midnight truncates or had not saved yet.
        max_power_w: the most the plug can deliver; a rise faster than this is not energy.
    """

    kind: CounterKind
    resolution_wh: float = 1.0
    modulus_wh: float | None = None
    step_back_wh: float = 0.0
    max_power_w: float = 3680.0


class Reading(Struct, frozen=True, gc=False):
    """What one plug said at one instant, as it said it.

    Attributes:
        at_ms: when the collector heard it.
        appliance: id of the appliance on the plug, from the configuration.
        plug: id of the measuring channel, made of its MAC: `shelly-54320400aa02-0`.
        power_w: active power; None when the plug did not say or said nonsense.
        energy_wh: the plug's own counter; None when it did not say.
        voltage_v: mains voltage; None when it did not say.
        flags: a `Flag` set.
        uptime_s: seconds since the plug's restart; used to set BOOT, not recorded.
    """

    at_ms: int
    appliance: str
    plug: str
    power_w: float | None
    energy_wh: float | None = None
    voltage_v: float | None = None
    flags: int = 0
    uptime_s: float | None = None


class Identity(Struct, frozen=True):
    """Who a plug is: its id, and what it says of itself (hostile text)."""

    plug: str
    model: str = ""
    firmware: str = ""
    label: str = ""


class Interval(Struct, frozen=True, gc=False):
    """Energy between two readings of one plug.

    Attributes:
        start_ms, end_ms: from, to.
        energy_mwh: booked energy; never negative.
        basis: how we know.
        flags: a `Flag` set.
    """

    start_ms: int
    end_ms: int
    energy_mwh: int
    basis: Basis
    flags: int = 0


Slice: TypeAlias = tuple[int, int]
"""Energy of one quarter-hour: (its start in ms, milliwatt-hours)."""


class Stage(Struct, frozen=True):
    """A part of a run: heating, printing, spinning, ….

    Attributes:
        name: the stage's word in English, a key of `report.wording`.
        start_ms, end_ms: from, to; the stages of a run follow one another without a gap.
        energy_mwh: booked in it; the stages add up to their run.
        slices: its energy by quarter-hour, so that any tariff can price it.
    """

    name: str
    start_ms: int
    end_ms: int
    energy_mwh: int
    slices: tuple[Slice, ...] = ()


class Curve(Struct, frozen=True):
    """How the energy of a run rose.

    Attributes:
        step_ms: time between two points.
        mwh: energy since the run's start at its start, one step later, and so on; the last
            point is the run's end, which may come sooner than a whole step.
    """

    step_ms: int = 0
    mwh: tuple[int, ...] = ()


class Run(Struct, frozen=True):
    """One print, one wash: from start to end.

    Attributes:
        id: `<appliance>-<start as YYYYMMDDTHHMMSSZ>`, the same in every replay.
        appliance: id of the appliance.
        start_ms, end_ms: back-dated to when it happened; `end_ms` None while running.
        energy_mwh: booked between start and end.
        peak_w: highest reading.
        slices: the energy by quarter-hour, so that any tariff can price it later.
        missing_ms: time in which nothing could be measured.
        stages: in order; empty while its kind's are not known.
        curve: how its energy rose.
        programme: id of the programme it was found to be, `p1`, `p2` …; empty when unknown.
        emptied_ms: when somebody opened the door or switched it off after the end, if seen.
        total_mwh: the appliance's booked total at the start, so that what was drawn between
            two runs is known to the milliwatt-hour.
    """

    id: str
    appliance: str
    start_ms: int
    end_ms: int | None
    energy_mwh: int
    peak_w: float
    slices: tuple[Slice, ...] = ()
    missing_ms: int = 0
    stages: tuple[Stage, ...] = ()
    curve: Curve = Curve()
    programme: str = ""
    emptied_ms: int | None = None
    total_mwh: int = 0


class Event(Struct, frozen=True):
    """Something a person or a program may want to hear of.

    Attributes:
        id: the same for the same happening, however often it is derived.
        kind: `device_started`, `device_finished`, …; `flatwatt.` is put before it on the wire.
        at_ms: when it happened (back-dated), not when it was noticed.
        appliance: id of the appliance.
        data: JSON-ready figures, units in their names.
    """

    id: str
    kind: str
    at_ms: int
    appliance: str
    data: dict[str, object]


class Ending(Struct, frozen=True):
    """When a run going on will be over.

    Attributes:
        at_ms: most likely.
        low_ms, high_ms: nine times of ten between them.
    """

    at_ms: int
    low_ms: int
    high_ms: int


class ApplianceNow(Struct, frozen=True):
    """One appliance at this moment.

    Attributes:
        id, name, kind: from the configuration.
        state: what it is doing; UNKNOWN while nothing is heard.
        power_w: last reading; None when there is none yet.
        age_ms: since the last reading; None when there is none yet.
        today_mwh: since local midnight.
        today_eur: exact; None when a rate is missing.
        run_start_ms, run_mwh, run_eur: of the run going on, else None.
        last_run: the newest finished run, if one is remembered.
        drift_percent: the plug's counter against its own power, in percent of the
            integral; None without both.
        trouble: why the plug cannot be read, for a person; None when it can.
        stage: of the run going on, or what is still done after it; "" when not known.
        probably_finished: how probable it is that the run going on is over, 0 to 1; None
            while nobody supposes so.
        programme: id of the run's likeliest programme; "" when none fits.
        end: when the run going on will be over; None when that cannot be known.
        guessed: kind it is taken for and nobody has confirmed; "" for none.
        shared_w: what another load on the same plug draws; None while none is known.
    """

    id: str
    name: str
    kind: str
    state: State
    power_w: float | None
    age_ms: int | None
    today_mwh: int
    today_eur: Decimal | None
    run_start_ms: int | None = None
    run_mwh: int | None = None
    run_eur: Decimal | None = None
    last_run: Run | None = None
    drift_percent: float | None = None
    trouble: str | None = None
    stage: str = ""
    probably_finished: float | None = None
    programme: str = ""
    end: Ending | None = None
    guessed: str = ""
    shared_w: float | None = None


class Snapshot(Struct, frozen=True):
    """The flat at this moment.

    Attributes:
        at_ms: the moment.
        name: of the flat.
        appliances: in the configuration's order.
        total_w: sum of the fresh readings; None when there is none.
        today_mwh, today_eur: sums; eur None when a rate is missing.
        rate_eur_kwh: of this moment; None without a contract.
        troubles: what a person should look at, beside the plugs' own.
    """

    at_ms: int
    name: str
    appliances: tuple[ApplianceNow, ...]
    total_w: float | None
    today_mwh: int
    today_eur: Decimal | None
    rate_eur_kwh: Decimal | None
    troubles: tuple[str, ...] = ()
