"""The last weeks minute by minute: lowest and highest power, and energy.

Kept while readings come, an hour at a time: an hour that is over is a few hundred bytes. What
is older than `KEPT_S` is forgotten here; quarter-hours, hours and days remain.
"""

from collections.abc import Iterator

from msgspec import Struct, field

from flatwatt.model import Reading
from flatwatt.packing import KEPT_S, LEAST, MOST, Hour, packed, unpacked, widen

MINUTE_MS = 60_000
HOUR_S = 3600


class OfAppliance(Struct):
    """What is remembered of one appliance: the hour being filled, and others, packed."""

    now: Hour
    hours: dict[int, bytes] = field(default_factory=dict)


MinutesState = dict[str, OfAppliance]
"""By appliance."""


class Minutes:
    """Keeps the minutes of all appliances of a flat.

    Args:
        state: from a checkpoint; changed in place.
    """

    def __init__(self, state: MinutesState | None = None) -> None:
        self.state: MinutesState = {} if state is None else state

    def note(self, reading: Reading, energy_mwh: int, before_ms: int | None) -> None:
        """Take a reading.

        Args:
            reading: what was heard.
            energy_mwh: that it let be booked.
            before_ms: of the appliance's reading before; the energy is spread from there.
        """
        at_ms = reading.at_ms
        minute = at_ms // MINUTE_MS
        hour_s = minute // 60 * HOUR_S
        kept = self.state.get(reading.appliance)
        if kept is None:
            kept = self.state[reading.appliance] = OfAppliance(Hour(hour_s))
        if energy_mwh and before_ms is not None and before_ms // MINUTE_MS < minute:
            self._spread(kept, energy_mwh, before_ms, at_ms)
            energy_mwh = 0
        hour = kept.now if kept.now.hour_s == hour_s else _turn(kept, hour_s)
        hour.energy_mwh[minute % 60] += energy_mwh
        if reading.power_w is not None:
            power_mw = round(reading.power_w * 1000)
            widen(hour, minute % 60, max(LEAST, min(MOST, power_mw)))

    def _spread(self, kept: OfAppliance, energy_mwh: int, before_ms: int, at_ms: int) -> None:
        """Share energy out evenly over the minutes; what is too old to be kept is left out."""
        first_ms = max(before_ms, at_ms - KEPT_S * 1000)
        given = energy_mwh * (first_ms - before_ms) // (at_ms - before_ms)
        while first_ms < at_ms:
            minute = first_ms // MINUTE_MS
            first_ms = min(at_ms, (minute + 1) * MINUTE_MS)
            upto = energy_mwh * (first_ms - before_ms) // (at_ms - before_ms)
            hour_s = minute // 60 * HOUR_S
            hour = kept.now if kept.now.hour_s == hour_s else _turn(kept, hour_s)
            hour.energy_mwh[minute % 60] += upto - given
            given = upto

    def over(self) -> list[tuple[str, int, bytes]]:
        """Give away (appliance, beginning in s, packed) of all hours but the newest of each."""
        found = []
        for appliance, kept in self.state.items():
            if kept.hours:
                newest_s = max(kept.now.hour_s, *kept.hours)
                _turn(kept, newest_s)
                found += [(appliance, *each) for each in sorted(kept.hours.items())]
                kept.hours.clear()
        return found

    def hours(self, appliance: str) -> Iterator[tuple[int, bytes]]:
        """Yield (beginning in s, packed) of the hours in memory."""
        kept = self.state.get(appliance)
        if kept is not None:
            yield from kept.hours.items()
            yield kept.now.hour_s, packed(kept.now)


def _turn(kept: OfAppliance, hour_s: int) -> Hour:
    """Put the hour being filled away and go on with another."""
    if kept.now.hour_s == hour_s:
        return kept.now
    kept.hours[kept.now.hour_s] = packed(kept.now)
    again = kept.hours.pop(hour_s, None)
    kept.now = Hour(hour_s) if again is None else unpacked(hour_s, again)
    if hour_s > max(kept.hours):
        oldest_s = max(kept.hours) - KEPT_S
        kept.hours = {each: data for each, data in kept.hours.items() if each >= oldest_s}
    return kept.now
