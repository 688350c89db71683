"""The collector's clock: UTC from the system, steadied by the monotonic clock.

Durations between readings must not jump when somebody sets the computer's clock or
NTP corrects it, so time runs on the monotonic clock and follows the wall clock by
slewing. A difference of more than `STEP_MS` is a step: the clock follows it at once
and says so, and the readings after it carry Flag.CLOCK. A suspended computer shows
the same way.
"""

import time
from collections.abc import Callable

STEP_MS = 1500.0
SLEW = 0.02


def wall_ms() -> float:
    """Unix time in ms as the system believes it."""
    return time.time() * 1000.0


def monotonic_ms() -> float:
    """Milliseconds of a clock that nobody sets."""
    return time.monotonic() * 1000.0


class Clock:
    """Unix time in ms that only jumps when it must, and counts its jumps.

    Args:
        wall: the system's clock in ms.
        monotonic: a clock in ms that only runs forward.
    """

    def __init__(
        self,
        wall: Callable[[], float] = wall_ms,
        monotonic: Callable[[], float] = monotonic_ms,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._offset = wall() - monotonic()
        self.steps = 0

    def now_ms(self) -> int:
        """Now, in ms of Unix time."""
        mono = self._monotonic()
        drift = self._wall() - mono - self._offset
        if abs(drift) > STEP_MS:
            self._offset += drift
            self.steps += 1
        else:
            self._offset += drift * SLEW
        return int(mono + self._offset)


class FastClock:
    """A clock that starts at `start_ms` and runs `speed` times as fast as real time."""

    def __init__(
        self, start_ms: int, speed: float, monotonic: Callable[[], float] = monotonic_ms
    ) -> None:
        self._start_ms = start_ms
        self._speed = speed
        self._monotonic = monotonic
        self._zero = monotonic()
        self.steps = 0

    def restart(self, start_ms: int) -> None:
        """Begin again at `start_ms` now."""
        self._start_ms = start_ms
        self._zero = self._monotonic()

    def now_ms(self) -> int:
        """Now, in ms of the clock's own time."""
        return self._start_ms + int((self._monotonic() - self._zero) * self._speed)
