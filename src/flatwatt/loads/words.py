"""What a load is, what a model of an appliance must tell, and what is true of a run."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000


class Stretch(NamedTuple):
    """A piece of a run with one character.

    Attributes:
        stage: its name; empty for what a person would not call part of the run.
        length_ms: how long.
        layers: what its power is made of, added up.
        tail: whether the appliance has finished by now (cooling, anti-crease).
    """

    stage: str
    length_ms: int
    layers: tuple[Layer, ...]
    tail: bool = False


class Plan(NamedTuple):
    """A run meant for a day: when it starts, ms after local midnight, and what it does."""

    start_ms: int
    programme: str


class Forced(NamedTuple):
    """A run somebody asks for: give `start_ms` or `end_ms` (of the run, without its tail)."""

    programme: str
    start_ms: int | None = None
    end_ms: int | None = None


class TrueStage(NamedTuple):
    """A stage as it truly was, ms of Unix time."""

    name: str
    start_ms: int
    end_ms: int


class TrueRun(NamedTuple):
    """A run as it truly was.

    Attributes:
        programme: one of the model's programmes.
        start_ms, end_ms: when it began and when it was done, ms of Unix time.
        tail_end_ms: when the last tail stage ended (cooling, anti-crease); else `end_ms`.
        energy_wh: used from start to end.
        stages: in order, without holes; tail stages included.
    """

    programme: str
    start_ms: int
    end_ms: int
    tail_end_ms: int
    energy_wh: float
    stages: tuple[TrueStage, ...]


class Load(Protocol):
    """A power curve that can be asked at any instant from its origin on.

    All three raise UsageError for an instant before the origin.
    """

    def power_w(self, at_ms: int) -> float:
        """Return the power in W at an instant (ms of Unix time)."""
        ...

    def energy_wh(self, at_ms: int) -> float:
        """Return the exact integral of the power from the origin on, in Wh."""
        ...

    def runs_between(self, start_ms: int, end_ms: int) -> list[TrueRun]:
        """Return the true runs that overlap the range, in order."""
        ...


class Model(Protocol):
    """An appliance: when it runs and what it draws. Durations are whole tenths of a second.

    A model that never rests (a refrigerator) plans a nameless programme of exactly
    24 hours for every day.
    """

    programmes: tuple[str, ...]

    def plans(self, day: int) -> Iterable[Plan]:
        """Return what is meant for a local day (days since 1970-01-01), by start."""
        ...

    def run(self, programme: str, dice: Dice) -> Sequence[Stretch]:
        """Return a run; the dice are its own."""
        ...

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Return what is drawn between two runs."""
        ...


def weekday(day: int) -> int:
    """Return 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def watts(value: float) -> int:
    """Return milliwatts: models speak in watts, curves count in whole milliwatts."""
    return round(value * 1000)
