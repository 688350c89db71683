"""CSV files with a column of times: generic ones, Shelly's, emonCMS's, flatwatt's own."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.errors import UsageError
from flatwatt.intake.layout import Layout, Measured, layout_of
from flatwatt.intake.points import Asked, Bad, OnBad, Point
from flatwatt.intake.sheet import Sheet, look_at
from flatwatt.intake.text import ENERGY, POWER, Times, number_of


def read_csv(path: Path, asked: Asked, bad: OnBad, *, parts: bool = False) -> Iterator[Point]:
    """Yield what a CSV file with a line of names says.

    Args:
        path: the file.
        asked: what the person says of it.
        bad: told of each row that does not count.
        parts: see `layout_of`.

    Raises:
        StoreError: it cannot be read. UsageError: its columns are not understood.
    """
    sheet = look_at(path)
    asked.note(sheet.said)
    rows = sheet.rows()
    _line, header = next(rows, (0, []))
    layout = layout_of([name.strip() for name in header], asked, parts=parts)
    yield from _points(rows, sheet, layout, asked, bad)


def read_shelly(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    """Yield energy a period, as Shelly's meters and its cloud export it; as `read_csv`."""
    return read_csv(path, asked, bad, parts=True)


def read_emoncms(path: Path, asked: Asked, bad: OnBad) -> Iterator[Point]:
    """Yield a feed: Unix time and value, without names; as `read_csv`."""
    sheet = look_at(path)
    rows = sheet.rows()
    _line, first = next(rows, (0, []))
    if not first or not first[0].strip().isdigit():
        yield from read_csv(path, asked, bad)
        return
    asked.note(sheet.said)
    layout = _feed(asked)
    yield from _points(sheet.rows(), sheet, layout, asked, bad)


def _feed(asked: Asked) -> Layout:
    unit = asked.units[0].lower() if len(asked.units) == 1 else ""
    power = Measured(1, POWER[unit]) if unit in POWER else None
    counter = Measured(1, ENERGY[unit]) if unit in ENERGY else None
    if power is None and counter is None:
        raise UsageError("a feed does not say what it holds; add --unit W, or --unit kWh")
    return Layout(0, True, None, None, power, counter, None, None, None)  # noqa: FBT003


def _points(
    rows: Iterator[tuple[int, list[str]]],
    sheet: Sheet,
    layout: Layout,
    asked: Asked,
    bad: OnBad,
) -> Iterator[Point]:
    times = Times(ZoneInfo("UTC") if layout.utc else asked.zone)
    chosen = _Chosen(asked.entities, layout.series)
    for line, cells in rows:
        try:
            if chosen(cells):
                yield _point(cells, line, sheet, layout, times)
        except IndexError:
            bad(Bad(sheet.path.name, line, f"has only {len(cells)} cells"))
        except ValueError as error:
            bad(Bad(sheet.path.name, line, f"is not understood: {error}"))
    chosen.check()


class _Chosen:
    """Whether a row belongs to the series that was asked for."""

    def __init__(self, entities: Sequence[str], index: int | None) -> None:
        self._entities = entities
        self._index = index
        self._seen: dict[str, None] = {}

    def __call__(self, cells: Sequence[str]) -> bool:
        if self._index is None:
            return True
        name = cells[self._index]
        self._seen[name] = None
        return not self._entities or name in self._entities

    def check(self) -> None:
        if len(self._seen) > 1 and not self._entities:
            raise UsageError(f"the file holds several series: {', '.join(self._seen)}; choose one "
                             "with --entity")  # fmt: skip
        missing = [each for each in self._entities if self._seen and each not in self._seen]
        if missing:
            raise UsageError(f"the file has no {missing[0]!r}; it has {', '.join(self._seen)}")


def _point(cells: Sequence[str], line: int, sheet: Sheet, layout: Layout, times: Times) -> Point:
    offset = "" if layout.offset is None else cells[layout.offset]
    at_ms = times.ms_of(cells[layout.time], offset)
    start_ms = None
    part_wh = _figure(cells, layout.part, sheet)
    if part_wh is not None and layout.end is not None:
        start_ms, at_ms = at_ms, times.ms_of(cells[layout.end], offset)
    return Point(
        at_ms=at_ms,
        power_w=_figure(cells, layout.power, sheet),
        counter_wh=_figure(cells, layout.counter, sheet),
        part_wh=part_wh,
        start_ms=start_ms,
        voltage_v=_figure(cells, None if layout.voltage is None else Measured(layout.voltage, 1.0),
                          sheet),
        file=sheet.path.name,
        line=line,
    )  # fmt: skip


def _figure(cells: Sequence[str], measured: Measured | None, sheet: Sheet) -> float | None:
    if measured is None:
        return None
    value = number_of(cells[measured.column], comma=sheet.comma)
    return None if value is None else value * measured.scale
