r"""Cells of a 2x16 display: rows of exactly 16, own glyphs, figures that keep their column.

A row is a `str` of printable ASCII and of `Glyph` placeholders. Characters above 0x7E
differ between the ROMs sold as A00 and A02, and A00 draws `\` as a yen sign and `~` as
an arrow, so none of these is ever sent.
"""

import math
import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from flatwatt.report.wording import Language, decimal
from flatwatt.sinks.lcd.wire import GLYPH_BASE

WIDTH = 16
NOTHING = "--"
"""Shown where nothing is known; never a zero."""


class Glyph(StrEnum):
    """Our own characters; the last five fill a cell from the left, one column each."""

    BOLT = chr(GLYPH_BASE)
    EURO = chr(GLYPH_BASE + 1)
    DEGREE = chr(GLYPH_BASE + 2)
    BAR_1 = chr(GLYPH_BASE + 3)
    BAR_2 = chr(GLYPH_BASE + 4)
    BAR_3 = chr(GLYPH_BASE + 5)
    BAR_4 = chr(GLYPH_BASE + 6)
    BAR_5 = chr(GLYPH_BASE + 7)


BARS = (Glyph.BAR_1, Glyph.BAR_2, Glyph.BAR_3, Glyph.BAR_4, Glyph.BAR_5)
_DRAWN = {
    Glyph.BOLT: "...#. ..#.. .#... ##### ...#. ..#.. .#... .....",
    Glyph.EURO: "..### .#... ####. .#... ####. .#... ..### .....",
    Glyph.DEGREE: ".##.. #..#. #..#. .##.. ..... ..... ..... .....",
    **{bar: " ".join(["#" * n + "." * (5 - n)] * 8) for n, bar in enumerate(BARS, 1)},
}
BITMAPS: tuple[tuple[int, ...], ...] = tuple(
    tuple(int(row.replace("#", "1").replace(".", "0"), 2) for row in _DRAWN[glyph].split())
    for glyph in Glyph
)
"""Glyph number -> 8 rows of 5 bits."""
ON_A_TERMINAL = {ord(each): sign for each, sign in zip(Glyph, "ϟ€°▎▍▋▊█", strict=True)}
"""For `str.translate`: what comes nearest on a terminal, one column each."""

_GLYPH = re.compile(f"([{Glyph.BOLT}-{Glyph.BAR_5}])")
_SPELLED = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS",
    "æ": "ae", "Æ": "Ae", "ø": "oe", "Ø": "Oe", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i", "€": "EUR", "×": "x",  # noqa: RUF001
    "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "…": "...",  # noqa: RUF001
    "\\": "/", "~": "-", "\t": " ", "\n": " ",
})  # fmt: skip


class Page(NamedTuple):
    """Two rows of 16 cells."""

    top: str
    bottom: str

    @property
    def cells(self) -> str:
        """The 32 cells as they go over the wire."""
        return self.top + self.bottom


def page(top: str, bottom: str) -> Page:
    """Return two texts as a page: cut or filled to 16 cells, anything strange replaced."""
    return Page(row(top), row(bottom))


def row(text: str) -> str:
    """Return exactly 16 cells of a text that may hold glyphs."""
    return _shown(text)[:WIDTH].ljust(WIDTH)


def _shown(text: str) -> str:
    pieces = _GLYPH.split(text[: 8 * WIDTH])
    return "".join(each if _GLYPH.fullmatch(each) else plain(each) for each in pieces)


def plain(text: str) -> str:
    """Return hostile text in printable ASCII: umlauts spelled out, the unknown as `?`."""
    composed = unicodedata.normalize("NFC", text[: 8 * WIDTH]).translate(_SPELLED)
    found = ""
    for each in unicodedata.normalize("NFKD", composed):
        if " " <= each <= "}":
            found += each
        elif unicodedata.category(each)[0] not in "CM":
            found += "?"
    return found


def sides(left: str, right: str) -> str:
    """Return a row with `right` at its right end and as much of `left` as fits before it."""
    kept = _shown(left)[: max(0, WIDTH - len(right) - 1)].rstrip()
    return row(kept.ljust(WIDTH - len(right)) + right)


def figure(value: float | Decimal | None, width: int, digits: int, language: Language) -> str:
    """Return a number right-aligned in `width` cells; never wider.

    It has `digits` decimals, fewer only where they do not fit; `>999` says that the
    number itself does not.
    """
    if value is None or not _finite(value):
        return NOTHING.rjust(width)
    if abs(value) < 10**width:
        for places in range(digits, -1, -1):
            text = _unsigned_zero(f"{value:.{places}f}")
            if len(text) <= width:
                return decimal(text, language).rjust(width)
    return ">" + "9" * (width - 1) if value > 0 else "<-" + "9" * (width - 2)


def _finite(value: float | Decimal) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) or math.isfinite(value)


def _unsigned_zero(text: str) -> str:
    return text.removeprefix("-") if not text.strip("-0.") else text


def bar(part: float, cells: int) -> str:
    """Return a bar of `cells` cells that is filled to `part` (0 to 1) of its length."""
    columns = round(min(max(part, 0.0), 1.0) * cells * len(BARS)) if math.isfinite(part) else 0
    whole, rest = divmod(columns, len(BARS))
    return (Glyph.BAR_5 * whole + (BARS[rest - 1] if rest else "")).ljust(cells)


def framed(shown: Page) -> str:
    """Return a page as a box for a terminal."""
    edge = "─" * WIDTH
    top, bottom = (each.translate(ON_A_TERMINAL) for each in shown)
    return f"┌{edge}┐\n│{top}│\n│{bottom}│\n└{edge}┘"
