"""A bedslinger 3D printer with a heated bed on mains power supply, about 0.1 kWh an hour."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Pulse, Ripple
from flatwatt.loads.words import HOUR_MS, MINUTE_MS, Plan, Stretch, watts, weekday

_PLAN = 0x3D
_NIGHT_MS = 21 * HOUR_MS + 30 * MINUTE_MS

# Durations of printing in hours: a bracket, a lampshade, a helmet that runs over night.
_HOURS = {"small": (0.7, 1.5), "medium": (1.5, 3.5), "large": (3.5, 6.0)}


class Printer:
    """The model of a 3D printer.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_HOURS)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        dice = Dice(seed, _PLAN)
        self._standby_w = dice.between(72, 78) / 10  # board, screen, supply: always above 5 W
        self._bed_w = dice.between(222, 258)  # a 24 V bed of 220 mm
        self._fan_w = dice.between(205, 245) / 10  # electronics with fans on, heaters off

    def plans(self, day: int) -> Iterable[Plan]:
        """Prints are started when somebody is at home; five or six a week."""
        dice = Dice(self._seed, _PLAN, day)
        weekend = weekday(day) >= 5
        if dice.chance(55 if weekend else 20):
            afternoon = "medium" if dice.chance(50) else "small"
            yield Plan(dice.time_ms(12.5 * 3600, 15.5 * 3600), afternoon)
        if dice.chance(35):
            evening = "medium" if dice.chance(35) else "small"
            yield Plan(dice.time_ms(17.5 * 3600, 19.5 * 3600), evening)
        if dice.chance(20):
            yield Plan(_NIGHT_MS + dice.time_ms(0, 5400), "large")

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Heating (with its levelling dip), printing, and cooling as tail."""
        low_h, high_h = _HOURS[programme]
        printing_ms = dice.time_ms(low_h * 3600, high_h * 3600)
        cooling = (Level(watts(self._fan_w)), Ripple(watts(0.4), 3000, dice.seed()))
        return [
            *self._heating(dice),
            Stretch("printing", printing_ms, _printing(dice)),
            Stretch("cooling", dice.time_ms(240, 540), cooling, tail=True),
        ]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Standby that a 5 W rule takes for printing."""
        return (Level(watts(self._standby_w)), Ripple(watts(0.2), 10_000, dice.seed()))

    def _heating(self, dice: Dice) -> list[Stretch]:
        board_w = self._standby_w + 4
        # Full power until the bed is warm, then its thermostat in bursts of seconds.
        climb = (Level(watts(board_w + self._bed_w)), Ripple(watts(4), 2000, dice.seed()))
        period_ms = dice.time_ms(15, 24)
        soak = (
            Level(watts(board_w)),
            Pulse(watts(self._bed_w), period_ms * 2 // 5 // 100 * 100, period_ms),
        )
        # The probe touches the bed: motors, little heat.
        level = (
            Level(watts(dice.between(58, 66))),
            Ripple(watts(9), 2500, dice.seed()),
            Ripple(watts(4), 20_000, dice.seed()),
        )
        # Nozzle to its full 215-250 degrees: 40 W on top of the bed that is held.
        nozzle = (Level(watts(dice.between(140, 155))), Ripple(watts(5), 2000, dice.seed()))
        return [
            Stretch("heating", dice.time_ms(150, 300), climb),
            Stretch("heating", dice.time_ms(45, 100), soak),
            Stretch("heating", dice.time_ms(120, 240), level),
            Stretch("heating", dice.time_ms(50, 90), nozzle),
        ]


def _printing(dice: Dice) -> tuple[Layer, ...]:
    """Motors, held nozzle and a bed switched in short bursts: 90 to 140 W, mean near 105 W."""
    return (
        Level(watts(dice.between(99, 105))),
        Ripple(watts(6), 2000, dice.seed()),  # moves
        Ripple(watts(3), 47_000, dice.seed()),  # layers, overhangs, fan
        Pulse(watts(22), dice.time_ms(2, 3.5), dice.time_ms(9, 14), watts(4), dice.seed()),
    )
