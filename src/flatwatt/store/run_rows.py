"""Runs as rows of `derived/quarters.sqlite`."""

import msgspec
from msgspec import Struct

from flatwatt.model import Curve, Run, Slice, Stage


class _More(Struct, frozen=True, omit_defaults=True):
    """What is kept of a run beside the columns that are asked by."""

    stages: tuple[Stage, ...] = ()
    curve: Curve = Curve()
    programme: str = ""
    emptied_ms: int | None = None
    total_mwh: int = 0


def run_row(run: Run) -> tuple[object, ...]:
    """Return a run as a row."""
    values = msgspec.structs.astuple(run)
    more = _More(run.stages, run.curve, run.programme, run.emptied_ms, run.total_mwh)
    slices = msgspec.json.encode(run.slices).decode()
    return (*values[:6], slices, run.missing_ms, msgspec.json.encode(more).decode())


def run_of(row: tuple[str, str, int, int | None, int, float, str, int, str]) -> Run:
    """Return the run of a row."""
    slices = msgspec.json.decode(row[6], type=tuple[Slice, ...])
    more = msgspec.json.decode(row[8], type=_More)
    return Run(*row[:6], slices, row[7], *msgspec.structs.astuple(more))
