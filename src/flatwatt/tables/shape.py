"""The shape of a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a column holds.

    TIME: an instant, ms of Unix time; a door writes it as its format has it.
    JSON: a text that is JSON; JSON files hold it as what it is.
    """

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    TIME = "time"
    JSON = "json"


class Column(NamedTuple):
    """One column: its name, with its unit, and its kind."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows.

    Attributes:
        columns: in order.
        rows: a value a column, None where nothing is known; can be walked through once.
    """

    columns: tuple[Column, ...]
    rows: Iterator[Sequence[object]]


def columns(**kinds: Kind) -> tuple[Column, ...]:
    """Return columns from `name=kind`."""
    return tuple(Column(name, kind) for name, kind in kinds.items())
