"""A load whose power tests set by hand."""

from dataclasses import dataclass


@dataclass
class Steady:
    """The same power from `since_ms` on, after `before_wh`."""

    watts: float
    before_wh: float = 0.0
    since_ms: int = 0

    def power_w(self, at_ms: int) -> float:
        return self.watts

    def energy_wh(self, at_ms: int) -> float:
        return self.before_wh + self.watts * (at_ms - self.since_ms) / 3_600_000


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    at_ms: int = 1_795_302_000_000

    def now_ms(self) -> int:
        return self.at_ms
