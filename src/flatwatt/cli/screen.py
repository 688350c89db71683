"""What the terminal can show, and tables that fit it."""

import codecs
import sys
from dataclasses import dataclass

from rich.box import SIMPLE_HEAVY
from rich.console import Console
from rich.table import Table
from rich.text import Text

_SPELT = {"–": "-", "…": "...", "·": "*", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_SPELT |= {"Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}


@dataclass(frozen=True, slots=True)
class Screen:
    """A terminal.

    Attributes:
        console: to print on.
        drawn: whether it shows block and braille characters.
        coloured: whether it shows colours.
        plain: whether a person asked for neither.
    """

    console: Console
    drawn: bool
    coloured: bool
    plain: bool

    def table(self, title: str = "") -> Table:
        """Return an empty table in this terminal's manner."""
        return Table(
            title=Text(title) if title else None,
            title_justify="left",
            title_style="bold",
            box=None if self.plain else SIMPLE_HEAVY,
            padding=(0, 1),
        )


def screen_of(*, plain: bool) -> Screen:
    """Return standard output as a screen; what it cannot spell is spelt otherwise."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        codecs.register_error("flatwatt-spell", _spell)
        reconfigure(errors="flatwatt-spell")
    console = Console(no_color=True if plain else None, highlight=False)
    drawn = not plain and console.encoding.lower().startswith("utf")
    coloured = not plain and console.color_system is not None and not console.no_color
    return Screen(console, drawn, coloured, plain)


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_SPELT.get(letter, "?") for letter in text), error.end
