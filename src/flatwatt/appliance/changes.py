"""What a detector says and what it remembers."""

from typing import TypeAlias

from msgspec import Struct, field

from flatwatt.appliance.pauses import Memory, Quiet
from flatwatt.appliance.phases import Phase

FIRST_STEP_MS = 10_000.0


class Started(Struct, frozen=True):
    """A run is certain: it began at `at_ms` with the total at `total_mwh`."""

    at_ms: int
    total_mwh: int
    noticed_ms: int


class Supposed(Struct, frozen=True):
    """The run is probably over, since `end_ms`, with the total at `end_mwh` then.

    Attributes:
        probability: that it is, 0 to 1; measured against what came after (`bench/runs`).
        count: how often it was supposed in this run before, from 0.
    """

    end_ms: int
    end_mwh: int
    probability: float
    count: int
    noticed_ms: int


class Resumed(Struct, frozen=True):
    """It was not over: it went on at `at_ms`; takes back the Supposed of the same count."""

    at_ms: int
    count: int
    noticed_ms: int


class Finished(Struct, frozen=True):
    """A run is over: back-dated start and end, energy between them, highest power.

    Attributes:
        start_mwh: the booked total at its start.
        probability: that it is, 0 to 1.
        holed: nothing was heard for long within it, so it is no model for others.
    """

    start_ms: int
    end_ms: int
    energy_mwh: int
    peak_w: float
    noticed_ms: int
    probability: float = 1.0
    holed: bool = False
    start_mwh: int = 0


Change: TypeAlias = Started | Supposed | Resumed | Finished
Changes: TypeAlias = tuple[Change, ...]


class DetectorState(Struct):
    """What a detector remembers.

    Attributes:
        phase: of the automaton.
        last_ms: last reading; None before the first.
        last_mwh: booked total at the last reading of a candidate or run.
        start_ms, start_mwh: of the candidate or run.
        peak_w: highest power in it.
        worked_mwh: drawn in it above what one of its kind draws idle.
        high_ms, high_mwh: last HIGH.
        low_ms: since when it is LOW; None while HIGH.
        end_ms, end_mwh: where the run ends if this LOW is the last.
        zero_ms: since when it draws exactly nothing.
        finished_ms: when the last run was found to be over; None once it is idle.
        burst_ms, burst_mwh: since when it is HIGH within a LOW that still counts.
        likely_ms, likely, certain_ms, certain: how long this LOW must last (`Verdict`);
            likely_ms None while nobody asked.
        supposed: how often this run was supposed to be over.
        heat_ms: when it last heated; None while it has not in this run.
        stroke_ms: since when it works without a longer quiet.
        step_ms: usual time between two readings of a run.
        longest_s: longest quiet in this run.
        holed: nothing was heard for long within this run, so nothing is learned from it.
        quiets: of this run.
        memory: quiets of past runs.
        ended_ms: end of the run that was learned last.
        on_w: the learned quiet level; 0 while that of its kind holds.
        busy_ms, busy_mwh: last time above what one of its kind draws idle.
        idle_peak_w: highest power since then.
        spent_ms: time in this run by power (`levels`).
        flats: (end in ms, mean W) of the newest stretches that may be another load's.
        shared_w: what another load on the same plug draws; 0 while none is known.
        block_mws, block_ms: power at rest summed, and over how long.
        rest_w, work_w: learned mean power at rest and in runs; 0 while not known.
    """

    phase: Phase = Phase.REST
    last_ms: int | None = None
    last_mwh: int = 0
    high: bool = False
    start_ms: int = 0
    start_mwh: int = 0
    peak_w: float = 0.0
    worked_mwh: int = 0
    high_ms: int = 0
    high_mwh: int = 0
    low_ms: int | None = None
    end_ms: int = 0
    end_mwh: int = 0
    zero_ms: int | None = None
    finished_ms: int | None = None
    burst_ms: int | None = None
    burst_mwh: int = 0
    likely_ms: int | None = None
    likely: float = 0.0
    certain_ms: int = 0
    certain: float = 0.0
    supposed: int = 0
    heat_ms: int | None = None
    stroke_ms: int = 0
    step_ms: float = FIRST_STEP_MS
    longest_s: int = 0
    holed: bool = False
    quiets: list[Quiet] = field(default_factory=list)
    memory: Memory = field(default_factory=list)
    ended_ms: int | None = None
    on_w: float = 0.0
    busy_ms: int = 0
    busy_mwh: int = 0
    idle_peak_w: float = 0.0
    spent_ms: list[int] = field(default_factory=list)
    flats: list[tuple[int, float]] = field(default_factory=list)
    shared_w: float = 0.0
    block_mws: float = 0.0
    block_ms: int = 0
    rest_w: float = 0.0
    work_w: float = 0.0
