"""What is on all day and night: a router that draws 9 to 11 W."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Ripple
from flatwatt.loads.words import DAY_MS, MINUTE_MS, Plan, Stretch, watts

_PLAN = 0x5B


class Standby:
    """The model of a router: it never rests and never runs.

    Args:
        seed: of its chances.
    """

    programmes: tuple[str, ...] = ()

    def __init__(self, seed: int) -> None:
        self._mean_w = Dice(seed, _PLAN).between(98, 102) / 10

    def plans(self, day: int) -> Iterable[Plan]:  # noqa: ARG002 - every day alike
        """Every day, all day."""
        yield Plan(0, "")

    def run(self, programme: str, dice: Dice) -> list[Stretch]:  # noqa: ARG002 - has none
        """Small steps by the half hour (Wi-Fi load) and by ten seconds."""
        layers = (
            Level(watts(self._mean_w)),
            Ripple(watts(0.5), 30 * MINUTE_MS, dice.seed()),
            Ripple(watts(0.2), 10_000, dice.seed()),
        )
        return [Stretch("", DAY_MS, layers)]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:  # noqa: ARG002 - never used by a full day
        """Only there because every model has one."""
        return (Level(watts(self._mean_w)),)
