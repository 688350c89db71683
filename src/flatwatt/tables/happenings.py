"""Runs and events as tables."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from flatwatt.correction import programme_names
from flatwatt.flat import Flat
from flatwatt.model import Run
from flatwatt.money.cost import cents
from flatwatt.report.events import cost_eur
from flatwatt.store.events import EventLog
from flatwatt.store.events import event_of as told
from flatwatt.store.home import Home
from flatwatt.tables.shape import Kind, Table, columns

RUNS = columns(
    start=Kind.TIME,
    end=Kind.TIME,
    run=Kind.TEXT,
    appliance=Kind.TEXT,
    programme=Kind.TEXT,
    programme_name=Kind.TEXT,
    duration_s=Kind.INTEGER,
    energy_wh=Kind.NUMBER,
    cost_eur=Kind.NUMBER,
    peak_w=Kind.NUMBER,
    missing_s=Kind.INTEGER,
)
EVENTS = columns(
    time=Kind.TIME,
    id=Kind.TEXT,
    kind=Kind.TEXT,
    appliance=Kind.TEXT,
    data=Kind.JSON,
)


def runs(flat: Flat, bounds_ms: tuple[int, int], only: Collection[str] = ()) -> Table:
    """Return the runs that touch a stretch, as people corrected them, oldest first.

    Args:
        flat: caught up.
        bounds_ms: start and end, the end outside.
        only: of these appliances; empty for all.
    """
    called = programme_names(flat.correcting.rows)
    found = (run for run in flat.runs(*bounds_ms) if not only or run.appliance in only)
    return Table(RUNS, (_run_row(run, flat, called) for run in found))


def _run_row(run: Run, flat: Flat, called: Mapping[tuple[str, str], str]) -> Sequence[object]:
    eur = cost_eur(run, flat.tariff)
    return (
        run.start_ms, run.end_ms, run.id, run.appliance, run.programme or None,
        called.get((run.appliance, run.programme)),
        None if run.end_ms is None else (run.end_ms - run.start_ms) // 1000,
        run.energy_mwh / 1000, None if eur is None else cents(eur) / 100, run.peak_w,
        run.missing_ms // 1000,
    )  # fmt: skip


def events(home: Home, bounds_ms: tuple[int, int], only: Collection[str] = ()) -> Table:
    """Return the events that happened in a stretch, by time; see `runs`; raises StoreError."""
    return Table(EVENTS, _events(home, bounds_ms, only))


def _events(
    home: Home, bounds_ms: tuple[int, int], only: Collection[str]
) -> Iterator[Sequence[object]]:
    if not home.events.exists():
        return
    log = EventLog(home.events, read_only=True)
    try:
        for _seq, cloud in log.between(*bounds_ms):
            event = told(cloud)
            if not only or event.appliance in only:
                data = json.dumps(event.data, ensure_ascii=False)
                yield event.at_ms, event.id, event.kind, event.appliance, data
    finally:
        log.close()
