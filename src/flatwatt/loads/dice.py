"""Chance without a generator: the same keys give the same throw on every machine.

A model asks for the throw of "seed 7, day 20604, third cycle" and gets it without
having thrown anything before, so a curve can be entered anywhere. Integers only: no
platform rounds them differently.
"""

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

_WORD = (1 << 64) - 1
_START = 0xA0761D6478BD642F
_STIR = 0xE7037ED1A0B428DB  # odd, about half its bits set: no key is lost in the product


def mix(*keys: int) -> int:
    """Return 64 well-stirred bits of any integers."""
    state = _START
    for key in keys:
        state = ((state ^ (key & _WORD)) * _STIR) & _WORD
        state ^= state >> 29
        state = (state * _STIR) & _WORD
        state ^= state >> 32
    return state


class Dice:
    """A row of throws that depends on its keys only.

    Args:
        keys: what the throws are about: seed, day, number in the day.
    """

    __slots__ = ("_count", "_key")

    def __init__(self, *keys: int) -> None:
        self._key = mix(*keys)
        self._count = 0

    def seed(self) -> int:
        """Return the next throw as it is: 64 bits."""
        self._count += 1
        return mix(self._key, self._count)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self.seed() % (high - low + 1)

    def time_ms(self, low_s: float, high_s: float) -> int:
        """Return a duration in ms, in whole tenths of a second."""
        return self.between(int(low_s * 10), int(high_s * 10)) * 100

    def chance(self, percent: int) -> bool:
        """Return True in `percent` of the throws."""
        return self.seed() % 100 < percent

    def some(self, count: int, things: Sequence[_T]) -> list[_T]:
        """Return `count` different things in the order they were drawn."""
        rest = list(things)
        return [rest.pop(self.between(0, len(rest) - 1)) for _ in range(count)]
