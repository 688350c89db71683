"""A heat-pump dryer that keeps tumbling now and then when it has long finished."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Pulse, Ripple, Stairs
from flatwatt.loads.words import Plan, Stretch, watts, weekday

_PLAN = 0xD7
_DRY_MIN = {"iron": (55, 75), "cupboard": (80, 115)}


class Dryer:
    """The model of a heat-pump dryer.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_DRY_MIN)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        dice = Dice(seed, _PLAN)
        self._power_w = dice.between(520, 700)  # compressor 350-500 W, drum and fan 180 W
        self._standby_w = dice.between(8, 18) / 10

    def plans(self, day: int) -> Iterable[Plan]:
        """Three or four a week, after a wash would be done."""
        week = Dice(self._seed, _PLAN, day - weekday(day))
        if weekday(day) in week.some(week.between(3, 4), range(7)):
            dice = Dice(self._seed, _PLAN, day, 1)
            programme = "cupboard" if dice.chance(60) else "iron"
            yield Plan(dice.time_ms(11 * 3600, 20 * 3600), programme)

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Drying, cooling air at its end, anti-crease bursts as tail."""
        low_min, high_min = _DRY_MIN[programme]
        warm = watts(self._power_w - 60)
        dry = (
            Level(watts(self._power_w)),
            Ripple(watts(15), 3000, dice.seed()),
            Ripple(watts(12), 90_000, dice.seed()),
        )
        air = (Level(watts(185)), Ripple(watts(8), 3000, dice.seed()))
        crease = (
            Level(watts(2)),
            Pulse(watts(165), dice.time_ms(10, 20), dice.time_ms(40, 60), watts(8), dice.seed()),
        )
        return [
            Stretch("drying", dice.time_ms(15, 25), (Level(watts(190)),)),
            Stretch("drying", 300_000, (Stairs(warm, 1000, 5000),)),  # the circuit warms up
            Stretch("drying", dice.time_ms(low_min * 60, high_min * 60), dry),
            Stretch("drying", dice.time_ms(200, 420), air),
            Stretch("anti_crease", 1_800_000, crease, tail=True),
        ]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Standby of the control board."""
        return (Level(watts(self._standby_w)), Ripple(watts(0.2), 10_000, dice.seed()))
