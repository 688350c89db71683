"""What an engine answers, and how much it may take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may cost.

    Attributes:
        seconds: until it is broken off.
        memory_mb: of the engine.
    """

    seconds: float = 60.0
    memory_mb: int = 256


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of the columns, and rows that come one by one."""

    names: list[str]
    rows: Iterator[Sequence[object]]
