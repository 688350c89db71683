"""What an import would do, before it does anything."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from flatwatt.appliance.booking import IMPORTED, IMPORTED_COUNTER
from flatwatt.appliance.energy import GAP_MS, Meter
from flatwatt.intake.clean import Cleaned
from flatwatt.intake.cover import Cover
from flatwatt.intake.points import Point
from flatwatt.model import Flag, Reading

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORT = {"homeassistant": "ha", "tasmota": "tasmo"}
MINUTE_MS = 60_000


class Plan(Struct, frozen=True):
    """Rows to be added to the record, and what was left out.

    Attributes:
        appliance: its id.
        plug: of the rows, without the ending that tells stretches apart.
        rows: readings by time.
        found: how many rows the files give.
        span_ms: their first and last instant; None without any.
        gaps: how many times nothing is known for more than 15 minutes.
        longest_ms: the longest of them.
        there: how many rows the record has already from an earlier import.
        covered: how many lie where the record knows better.
        covered_ms: their first and last instant; None without any.
        energy_mwh: what the new rows book.
    """

    appliance: str
    plug: str
    rows: list[Reading]
    found: int
    span_ms: tuple[int, int] | None
    gaps: int
    longest_ms: int
    there: int
    covered: int
    covered_ms: tuple[int, int] | None
    energy_mwh: int


def plug_of(source: str, appliance: str, entities: Sequence[str]) -> str:
    """Return the plug id of what a source measured of an appliance; always the same."""
    digest = hashlib.sha256("\n".join((source, appliance, *sorted(entities))).encode()).hexdigest()
    return f"{IMPORTED}-{_SHORT.get(source, source)}-{digest[:6]}"


class _Planner:
    """Sorts out what is new. Keeps count of the rest."""

    def __init__(self, appliance: str, plug: str, cover: Cover) -> None:
        self._appliance = appliance
        self._plug = plug
        self._cover = cover
        self.there = 0
        self.covered: list[int] = []

    def instants(self, cleaned: Cleaned) -> Iterator[Reading]:
        for each in cleaned.instants:
            if each.at_ms in self._cover.own:
                self.there += 1
            elif self._cover.holds(each.at_ms):
                self.covered.append(each.at_ms)
            else:
                flags = int(Flag.BOOT) if each.at_ms in cleaned.boots else 0
                yield self._reading(each, each.counter_wh, flags)

    def parts(self, parts: Sequence[Point]) -> Iterator[Reading]:
        """Yield a row at each stretch's end, and one at its start where none ended there.

        Each row is a counter that began again at the start, so what is booked is that stretch
        alone, whatever was imported before.
        """
        last: tuple[int, str] | None = None
        for each in parts:
            start_ms, plug = each.start_ms or 0, self._plug_at(each.at_ms)
            if each.at_ms in self._cover.own:
                self.there += 1
            elif self._cover.touches(start_ms, each.at_ms):
                self.covered.append(each.at_ms)
                continue
            else:
                if last != (start_ms, plug) and start_ms + 1 not in self._cover.own:
                    # A millisecond later, so that it never stands where another stretch ends.
                    begin = Point(start_ms + 1)
                    yield self._reading(begin, 0.0, int(Flag.BOOT), plug)
                yield self._reading(each, each.part_wh, int(Flag.BOOT), plug)
            last = (each.at_ms, plug)

    def _plug_at(self, at_ms: int) -> str:
        """Return the plug id behind the last stretch that others cover: nothing spans that."""
        before_ms = self._cover.before(at_ms)
        return self._plug if before_ms is None else f"{self._plug}-{_base36(before_ms)}"

    def _reading(
        self, each: Point, energy_wh: float | None, flags: int, plug: str = ""
    ) -> Reading:
        return Reading(
            each.at_ms,
            self._appliance,
            plug or self._plug_at(each.at_ms),
            each.power_w,
            None if energy_wh is None else round(energy_wh, 6),
            each.voltage_v,
            flags,
        )


def _base36(at_ms: int) -> str:
    number, text = at_ms // MINUTE_MS, ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def plan_of(cleaned: Cleaned, appliance: str, plug: str, cover: Cover) -> Plan:
    """Return what an import would add; pure, writes nothing.

    Args:
        cleaned: what the files say.
        appliance: to which it belongs.
        plug: see `plug_of`.
        cover: what the record knows.
    """
    planner = _Planner(appliance, plug, cover)
    rows = [*planner.instants(cleaned), *planner.parts(cleaned.parts)]
    stretches = [(each.start_ms or each.at_ms, each.at_ms) for each in cleaned.parts]
    stretches += [(each.at_ms, each.at_ms) for each in cleaned.instants]
    holes = [later[0] - one[1] for one, later in pairwise(stretches) if later[0] - one[1] > GAP_MS]
    left = planner.covered
    return Plan(
        appliance=appliance,
        plug=plug,
        rows=rows,
        found=len(stretches),
        span_ms=(stretches[0][0], stretches[-1][1]) if stretches else None,
        gaps=len(holes),
        longest_ms=max(holes, default=0),
        there=planner.there,
        covered=len(left),
        covered_ms=(left[0], left[-1]) if left else None,
        energy_mwh=_energy_mwh(rows),
    )


def _energy_mwh(rows: Sequence[Reading]) -> int:
    meters: dict[str, Meter] = {}
    for each in rows:
        meters.setdefault(each.plug, Meter(IMPORTED_COUNTER)).feed(each)
    return sum(meter.total_mwh for meter in meters.values())
