"""What a foreign file says, before it is a reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from msgspec import Struct


class Point(Struct, frozen=True, gc=False):
    """One instant, or one stretch, of a foreign file. One without figures says: not known now.

    Attributes:
        at_ms: when; the end of the stretch for a part.
        power_w: power at that instant.
        counter_wh: a counter as it stood.
        part_wh: energy of a stretch, from `start_ms` on.
        start_ms: begin of the stretch; None where only `at_ms` is known, which is its label.
        voltage_v: mains voltage.
        file, line: where it stands.
    """

    at_ms: int
    power_w: float | None = None
    counter_wh: float | None = None
    part_wh: float | None = None
    start_ms: int | None = None
    voltage_v: float | None = None
    file: str = ""
    line: int = 0


class Bad(Struct, frozen=True):
    """A row that does not count.

    Attributes:
        file, line: where; the line is 0 where a file has none.
        reason: for a flatmate.
    """

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.reason}"


OnBad = Callable[[Bad], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of the files.

    Attributes:
        zone: of times without an offset.
        units: of the figures, `W`, `kW`, `Wh`, `kWh`, `MWh`; empty to go by names.
        entities: which series of the file; empty where it holds one.
        columns: our word -> the file's column.
        stamp: whether a stretch is labelled by its `start` or its `end`.
        notes: what was taken for granted, to be shown.
    """

    zone: ZoneInfo
    units: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    stamp: str = "start"
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say what was taken for granted, once."""
        if text not in self.notes:
            self.notes.append(text)
