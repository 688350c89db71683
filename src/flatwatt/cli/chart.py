"""Curves over each other and maps of shades, drawn with characters."""

from collections.abc import Sequence
from math import floor, inf, log10

from rich.text import Text

from flatwatt.cli.screen import Screen

COLOURS = ("cyan", "magenta", "green", "red", "blue", "yellow")
"""In this order readable on light and on dark, except the last."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_TICKS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440)
LEAST = 1e-9
"""Less than this is nothing that could be drawn."""
_HEIGHT = 10
_MARGIN = 7
Curves = Sequence[Sequence[float]]


def overlay(curves: Curves, step_ms: int, screen: Screen, height: int = _HEIGHT) -> list[Text]:
    """Draw curves from a common start: braille dots where they show, else letters.

    Args:
        curves: W per step; each may end sooner than the others.
        step_ms: between two points.
        screen: where it will be shown.
        height: in lines, without the axis.
    """
    width = max(20, min(screen.console.width - _MARGIN - 4, 72))
    longest = max(map(len, curves), default=0)
    top_w = nice(max((value for curve in curves for value in curve), default=0.0))
    drawn = screen.drawn and (screen.coloured or len(curves) == 1)
    fine = (2, 4) if drawn else (1, 1)
    tracks = [_track(curve, longest, width * fine[0], (top_w, height * fine[1]))
              for curve in curves]  # fmt: skip
    rows = _braille(tracks, width, height) if drawn else _letters(tracks, width, height)
    labels = {0: f"{top_w:.0f}", height // 2: f"{top_w / 2:.0f}", height - 1: "0 W"}
    edge = "│" if screen.drawn else "|"
    lines = [Text.assemble(f"{labels.get(index, ''):>{_MARGIN - 1}} {edge}", row)
             for index, row in enumerate(rows)]  # fmt: skip
    return [*lines, *_axis(longest * step_ms, width)]


def nice(value: float) -> float:
    """Return the round number at or above a value: 1, 2, 2.5 or 5 with zeros."""
    if value < LEAST:
        return 1.0
    unit = 10.0 ** floor(log10(value))
    return float(next(step * unit for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)
                      if step * unit >= value * (1 - 1e-9)))  # fmt: skip


def _track(
    curve: Sequence[float], longest: int, width: int, scale: tuple[float, int]
) -> list[tuple[int, int] | None]:
    """Return for each column the lowest and highest row a curve touches, counted from below."""
    top_w, height = scale
    found: list[tuple[int, int] | None] = []
    before: int | None = None
    for column in range(width):
        first = column * longest // width
        last = max(first + 1, (column + 1) * longest // width)
        values = curve[first:last]
        if not values:
            found.append(None)
            continue
        level = round(sum(values) / len(values) / top_w * (height - 1))
        joined = level if before is None else before
        found.append((min(level, joined), max(level, joined)))
        before = level
    return found


def _braille(
    tracks: Sequence[list[tuple[int, int] | None]], width: int, height: int
) -> list[Text]:
    cells: dict[tuple[int, int], int] = {}
    owners: dict[tuple[int, int], set[int]] = {}
    for owner, track in enumerate(tracks):
        for column, reach in enumerate(track):
            for level in range(reach[0], reach[1] + 1) if reach else ():
                down = height * 4 - 1 - level
                place = (down // 4, column // 2)
                cells[place] = cells.get(place, 0) | _DOTS[column % 2][down % 4]
                owners.setdefault(place, set()).add(owner)
    return [
        Text.assemble(
            *(_cell((row, column), cells, owners) for column in range(width))
        )
        for row in range(height)
    ]  # fmt: skip


def _cell(
    place: tuple[int, int],
    cells: dict[tuple[int, int], int],
    owners: dict[tuple[int, int], set[int]],
) -> tuple[str, str]:
    if place not in cells:
        return " ", ""
    own = owners[place]
    return chr(0x2800 + cells[place]), colour(next(iter(own))) if len(own) == 1 else "bold"


def colour(index: int) -> str:
    """Return the colour of a curve."""
    return COLOURS[index % len(COLOURS)]


def _letters(
    tracks: Sequence[list[tuple[int, int] | None]], width: int, height: int
) -> list[Text]:
    rows = [[" "] * width for _ in range(height)]
    for owner, track in enumerate(tracks):
        before: int | None = None
        for column, reach in enumerate(track):
            if reach is None:
                continue
            level = reach[1] if before is None or reach[0] == before else reach[0]
            before = level
            row = rows[height - 1 - level]
            row[column] = LETTERS[owner % 26] if row[column] == " " else "*"
    return [Text("".join(row)) for row in rows]


def _axis(length_ms: int, width: int) -> list[Text]:
    minutes = max(1, length_ms // 60_000)
    tick = next((each for each in _TICKS_MIN if minutes / each <= 7), -(-minutes // 10080) * 1440)
    line = [" "] * (width + _MARGIN + 4)
    for at in range(0, minutes + 1, tick):
        label = f"{at // 60}:{at % 60:02d}"
        place = _MARGIN + 1 + at * (width - 1) // minutes
        if place + len(label) <= len(line):
            line[place : place + len(label)] = label
    return [Text("".join(line).rstrip())]


def bounds(top: float, levels: int) -> list[float]:
    """Return from where each level above the lowest begins; finer below, where most lies."""
    if top <= 0:
        return [inf] * (levels - 1)
    return [float(f"{top * (level / levels) ** 2:.2g}") for level in range(1, levels)]


def level_of(value: float, starts: Sequence[float]) -> int:
    """Return the level of a value."""
    return sum(value >= start for start in starts)
