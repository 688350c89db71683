"""What an engine must do for a fleet, and what it has to read for some months.

Every engine shows the same two tables, `quarter` and `slot`, with the columns of
`store.questions` and two more: `flat`, and `tariff`, which joins the two.
"""

from collections.abc import Collection, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from flatwatt.fleet.layout import QUARTER, SLOT, Part
from flatwatt.fleet.shelf import Shelf

Name = Literal["duckdb", "postgresql", "spark"]


class Choice(Struct, frozen=True):
    """What is known of some months.

    Attributes:
        parts: whole and ready to be read.
        absent: flats of the fleet with nothing for these months.
        broken: parts whose files are not as long as their manifest says: being sent
            just now, or damaged. They are left out.
    """

    parts: tuple[Part, ...]
    absent: tuple[str, ...]
    broken: tuple[Part, ...] = ()


class Engine(Protocol):
    """Answers questions about some months of a fleet."""

    def choose(self, months: Collection[str]) -> Choice:
        """Make `quarter` and `slot` hold some local months (2026-10) and say what they are.

        Raises:
            FleetError: the source cannot be read.
        """
        ...

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return the rows of a question; integers as `int`, text as `str`.

        Raises:
            FleetError: the engine refuses or is gone.
        """
        ...

    def close(self) -> None:
        """Let go of the engine; may be called twice."""
        ...


def chosen(shelf: Shelf, months: Collection[str]) -> Choice:
    """Return what lies in a fleet's folder for some months.

    Raises:
        FleetError: there is no such folder, or a newer flatwatt wrote there.
    """
    parts: list[Part] = []
    broken: list[Part] = []
    absent: list[str] = []
    for flat in shelf.flats():
        manifest = shelf.manifest(flat)
        asked = [part for part in manifest.parts if part.month in months] if manifest else []
        if not asked:
            absent.append(flat)
        for part in asked:
            (parts if _sizes_fit(shelf, part) else broken).append(part)
    return Choice(tuple(parts), tuple(absent), tuple(broken))


def _sizes_fit(shelf: Shelf, part: Part) -> bool:
    sizes = (shelf.size(f"{part.folder}/{QUARTER}"), shelf.size(f"{part.folder}/{SLOT}"))
    return sizes == (part.quarter_bytes, part.slot_bytes)


def quarter_files(shelf: Shelf, parts: Sequence[Part]) -> list[str]:
    """Return the files that make the table `quarter`."""
    return [str(shelf.path.resolve() / part.folder / QUARTER) for part in parts]


def slot_files(shelf: Shelf, parts: Sequence[Part]) -> list[str]:
    """Return the files that make the table `slot`: one a tariff, as equal ones are equal."""
    first = {part.tariff: part for part in reversed(parts)}
    return [str(shelf.path.resolve() / part.folder / SLOT) for part in first.values()]
