"""Draws panels of a run as SVG by hand: power, stages told and true, what was said and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import sqrt
from typing import TypeAlias

Span: TypeAlias = tuple[float, float, str]
"""From, to (s in the panel), a stage's name."""
WIDTH, LEFT, RIGHT = 960, 58, 14
PANEL, PLOT, HEAD = 182, 104, 30
STRIP, COLUMN = 9, 2
TICKS_W = (10, 50, 200, 500, 1000, 2000)
LEAST_TICK = 17
COLOURS = {
    "heating": "#e0524a", "washing": "#3d86c6", "printing": "#3d86c6", "rinsing": "#2aa79b",
    "spinning": "#9a62c4", "drying": "#d98a1f", "pause": "#c9b01c", "cooling": "#5ab4e0",
    "anti_crease": "#8d939e", "draining": "#6b7a99", "": "#8d939e",
}  # fmt: skip
OTHERS = ("#c7588f", "#6d9c3a", "#7b6be0", "#b0703c")
STYLE = """
text{font:12px system-ui,"DejaVu Sans",Verdana,sans-serif;fill:#23262d}
.t{font-weight:600;font-size:14px}.s{font-size:11px;fill:#5b616d}.e{text-anchor:end}.m{text-anchor:middle}
.c{fill:#fff;stroke:#d9dce2}.g{stroke:#e4e6eb}.p{fill:none;stroke:#23262d;stroke-width:1.1;stroke-linejoin:round}
.y{stroke:#1d8a4b;stroke-width:2}.q{stroke:#c77700;stroke-width:2;stroke-dasharray:4 3}
.r{stroke:#c0392b;stroke-width:2;stroke-dasharray:1 3}.b{opacity:.2}
@media(prefers-color-scheme:dark){text{fill:#e1e3e8}.s{fill:#a4aab6}.c{fill:#171a21;stroke:#343945}
.g{stroke:#2b303b}.p{stroke:#e8eaee}.y{stroke:#4fd08a}.q{stroke:#f0b748}.r{stroke:#ff7b6b}.b{opacity:.3}}
"""


@dataclass
class Panel:
    """What one panel shows; times in s from its left edge.

    Attributes:
        title, note: above it.
        length_s: of the panel.
        powers: (time, W).
        true, told: stages, or whole runs with an empty name.
        marks: (time, kind of happening), when it was said.
    """

    title: str
    note: str
    length_s: float
    powers: list[tuple[float, float]] = field(default_factory=list)
    true: list[Span] = field(default_factory=list)
    told: list[Span] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)


def colour(name: str) -> str:
    return COLOURS.get(name) or OTHERS[sum(map(ord, name)) % len(OTHERS)]


def across(panel: Panel, at_s: float) -> float:
    """Return where a time is, in pixels, within the plot."""
    share = min(1.0, max(0.0, at_s / panel.length_s))
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def up(power_w: float, most_w: float) -> int:
    """Return where a power is, in pixels: by its square root, so that 3 W are seen beside 2 kW."""
    return round(HEAD + PLOT * (1 - sqrt(max(0.0, power_w) / most_w)))


def path(panel: Panel, most_w: float) -> str:
    """Return the curve: in every column of two pixels its least and its highest power."""
    columns: dict[int, list[float]] = {}
    for at_s, power_w in panel.powers:
        columns.setdefault(int(across(panel, at_s)) // COLUMN * COLUMN, []).append(power_w)
    points: list[tuple[int, int]] = []
    for x, powers_w in sorted(columns.items()):
        ends = [up(power_w, most_w) for power_w in (powers_w[0], min(powers_w), max(powers_w))]
        for y in dict.fromkeys(ends):
            _add(points, x, y)
    return "M" + " ".join(f"{x},{y}" for x, y in points)


def _add(points: list[tuple[int, int]], x: int, y: int) -> None:
    """Add a point; the middle one of three on a level is left out."""
    if len(points) > 1 and points[-1][1] == points[-2][1] == y:
        points.pop()
    points.append((x, y))


def drawn(panel: Panel) -> str:
    """Return one panel as an SVG group."""
    most_w = 1.08 * max(power_w for _, power_w in panel.powers)
    low = HEAD + PLOT
    parts = [
        f'<text class="t" x="{LEFT}" y="14">{escape(panel.title)}</text>',
        f'<text class="s e" x="{WIDTH - RIGHT}" y="14">{escape(panel.note)}</text>',
        *_bands(panel, low),
        *_grid(panel, most_w, low),
        f'<path class="p" d="{path(panel, most_w)}"/>',
        *_strip(panel, panel.told, low + 5, "told"),
        *_strip(panel, panel.true, low + 7 + STRIP, "true"),
        *_marks(panel, low),
    ]
    return "".join(parts)


def _grid(panel: Panel, most_w: float, low: int) -> Iterable[str]:
    before = low + LEAST_TICK
    for tick_w in TICKS_W:
        y = up(tick_w, most_w)
        if tick_w < most_w and before - y >= LEAST_TICK:
            before = y
            yield f'<path class="g" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>'
            yield f'<text class="s e" x="{LEFT - 6}" y="{y + 4}">{tick_w} W</text>'
    yield f'<path class="g" d="M{LEFT} {low}H{WIDTH - RIGHT}"/>'
    step_s = 3600 if panel.length_s > 9000 else 1200
    for at_s in range(step_s, int(0.98 * panel.length_s), step_s):
        x, label = across(panel, at_s), f"{at_s // 3600}:{at_s % 3600 // 60:02d}"
        yield f'<path class="g" d="M{x} {HEAD}V{low}"/>'
        yield f'<text class="s m" x="{x}" y="{low + 40}">{label}</text>'


def _bands(panel: Panel, low: int) -> Iterable[str]:
    for from_s, to_s, name in panel.told:
        if name:
            yield _bar(panel, (from_s, to_s, name), HEAD, low - HEAD, ' class="b"')


def _strip(panel: Panel, spans: Sequence[Span], y: int, word: str) -> Iterable[str]:
    yield f'<text class="s e" x="{LEFT - 6}" y="{y + STRIP}">{word}</text>'
    for span in spans:
        yield _bar(panel, span, y, STRIP, "")


def _bar(panel: Panel, span: Span, y: int, height: int, more: str) -> str:
    left, right = across(panel, span[0]), across(panel, span[1])
    size = f'x="{left}" y="{y}" width="{max(0.8, right - left):.1f}" height="{height}"'
    return f'<rect{more} fill="{colour(span[2])}" {size}/>'


def _marks(panel: Panel, low: int) -> Iterable[str]:
    for at_s, kind in panel.marks:
        x, name = across(panel, at_s), {"finished": "y", "probably_finished": "q"}.get(kind, "r")
        yield f'<path class="{name}" d="M{x} {HEAD - 8}V{low}"/>'


def picture(title: str, panels: Sequence[Panel]) -> str:
    """Return a whole SVG: a panel below the other, and what the colours mean."""
    height = PANEL * len(panels) + 46
    names = dict.fromkeys(name for panel in panels for *_, name in (*panel.told, *panel.true))
    groups = "".join(
        f'<g transform="translate(0,{16 + PANEL * place})">{drawn(panel)}</g>\n'
        for place, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">\n'
        f"<title>{escape(title)}</title><style>{STYLE}</style>\n"
        f'<rect class="c" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>\n'
        f'{groups}<g transform="translate(0,{height - 30})">{_legend(names)}</g></svg>\n'
    )


def _legend(names: Iterable[str]) -> str:
    x, parts = LEFT, []
    for name in names:
        word = name.replace("_", "-") or "run"
        parts.append(f'<rect x="{x}" y="4" width="12" height="10" fill="{colour(name)}"/>')
        parts.append(f'<text class="s" x="{x + 17}" y="13">{escape(word)}</text>')
        x += 30 + 6 * len(word)
    said = (("q", "said: probably done"), ("y", "said: done"), ("r", "taken back"))
    for kind, word in said:
        parts.append(f'<path class="{kind}" d="M{x + 6} 0V18"/>')
        parts.append(f'<text class="s" x="{x + 14}" y="13">{word}</text>')
        x += 26 + 6 * len(word)
    return "".join(parts)
