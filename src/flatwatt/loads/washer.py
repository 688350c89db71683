"""A front-loading washing machine of 7 to 8 kg with a brushless drum motor."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Layer, Level, Pulse, Ripple, Stairs
from flatwatt.loads.words import Plan, Stretch, watts, weekday

_PLAN = 0x3A

# 12 to 14 l of water and the laundry from 15 degrees up, at 2 kW: minutes of heating.
_HEAT_MIN = {"30": (5.5, 7.5), "40": (10.5, 13.5), "60": (19.0, 24.0)}
_WASH_MIN = {"30": (28, 38), "40": (34, 48), "60": (38, 58)}

_IDLE_W = 3.0  # board and lock while the drum rests


class Washer:
    """The model of a washing machine.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_HEAT_MIN)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        dice = Dice(seed, _PLAN)
        self._standby_w = dice.between(5, 10) / 10
        self._heater_w = dice.between(1820, 1940)  # with the drum about 2 kW
        self._drum_w = dice.between(125, 155)

    def plans(self, day: int) -> Iterable[Plan]:
        """Three to five washes a week, each on another day, between 8 and 18 o'clock."""
        week = Dice(self._seed, _PLAN, day - weekday(day))
        if weekday(day) in week.some(week.between(3, 5), range(7)):
            dice = Dice(self._seed, _PLAN, day, 1)
            programme = ("30", "40", "40", "60")[dice.between(0, 3)]
            yield Plan(dice.time_ms(8 * 3600, 18 * 3600), programme)

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Heating, washing, rinsing, spinning; then the lock and the screen as tail."""
        rinses = dice.between(2, 3)
        return [
            *self._wash(programme, dice),
            *(one for _ in range(rinses) for one in self._rinse(dice)),
            *_spin(dice),
            Stretch("", dice.time_ms(480, 1500), (Level(watts(2.5)), *_hum(dice)), tail=True),
        ]

    def rest(self, dice: Dice) -> tuple[Layer, ...]:
        """Standby of the control board."""
        return (Level(watts(self._standby_w)), Ripple(watts(0.1), 10_000, dice.seed()))

    def _wash(self, programme: str, dice: Dice) -> list[Stretch]:
        heat_min, wash_min = _HEAT_MIN[programme], _WASH_MIN[programme]
        heat_ms = dice.time_ms(heat_min[0] * 60, heat_min[1] * 60)
        heater = (Level(watts(self._heater_w)), Ripple(watts(12), 3000, dice.seed()))
        # The thermostat asks once or twice more while the drum turns.
        again_ms = dice.time_ms(45, 100)
        wash_ms = dice.time_ms(wash_min[0] * 60, wash_min[1] * 60)
        return [
            Stretch("washing", dice.time_ms(70, 130), (Level(watts(7)), *_hum(dice))),  # valve
            Stretch("washing", dice.time_ms(120, 240), self._drum(dice)),
            Stretch("heating", heat_ms, (*heater, *self._drum(dice))),
            Stretch("washing", wash_ms // 200 * 100, self._drum(dice)),
            Stretch("washing", again_ms, (*heater, *self._drum(dice))),
            Stretch("washing", wash_ms // 200 * 100, self._drum(dice)),
        ]

    def _rinse(self, dice: Dice) -> list[Stretch]:
        """Pump out, spin a little, wait, take water, turn."""
        pump = (Level(watts(32)), Ripple(watts(2), 2000, dice.seed()))
        spin_w = dice.between(200, 290)
        short = (Level(watts(spin_w)), Ripple(watts(20), 2000, dice.seed()))
        return [
            Stretch("rinsing", dice.time_ms(45, 80), pump),
            Stretch("rinsing", dice.time_ms(60, 110), short),
            Stretch("rinsing", dice.time_ms(20, 60), (Level(watts(_IDLE_W)), *_hum(dice))),
            Stretch("rinsing", dice.time_ms(50, 90), (Level(watts(7)), *_hum(dice))),
            Stretch("rinsing", dice.time_ms(180, 330), self._drum(dice)),
        ]

    def _drum(self, dice: Dice) -> tuple[Layer, ...]:
        """Turn 12 s, rest 5 s, the other way round."""
        turning = Pulse(watts(self._drum_w), 12_000, 17_000, watts(42), dice.seed())
        return (Level(watts(_IDLE_W)), *_hum(dice), turning)


def _spin(dice: Dice) -> list[Stretch]:
    """Drain, weigh the balance, speed up by and by, hold, run out."""
    steps = dice.between(60, 110)  # s to full speed
    top_w = dice.between(360, 590)
    pump = (Level(watts(32)), Ripple(watts(2), 2000, dice.seed()))
    climb = (Stairs(watts(110), watts(top_w - 110) // steps, 1000), *_hum(dice))
    hold = (Level(watts(top_w)), Ripple(watts(10), 2000, dice.seed()))
    run_out = (Stairs(watts(60), -1000, 1000), *_hum(dice))
    loosen = (Level(watts(_IDLE_W)), *_hum(dice), Pulse(watts(90), 4000, 10_000))
    return [
        Stretch("spinning", dice.time_ms(50, 80), pump),
        Stretch("spinning", dice.time_ms(60, 120), (*loosen[:2], Pulse(watts(110), 9000, 14_000))),
        Stretch("spinning", steps * 1000, climb),
        Stretch("spinning", dice.time_ms(200, 380), hold),
        Stretch("spinning", 40_000, run_out),
        Stretch("spinning", dice.time_ms(40, 90), loosen),
    ]


def _hum(dice: Dice) -> tuple[Layer, ...]:
    return (Ripple(watts(0.3), 4000, dice.seed()),)
