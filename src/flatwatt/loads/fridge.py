"""A refrigerator with an on/off compressor: 0.4 to 1.0 kWh a day."""

from collections.abc import Iterable

from flatwatt.loads.dice import Dice
from flatwatt.loads.layers import Burst, Layer, Level, Ripple, Stairs
from flatwatt.loads.words import DAY_MS, HOUR_MS, Plan, Stretch, watts

_PLAN = 0xF1
_WARMEST_MS = 15 * HOUR_MS
_LIGHT_W = 10  # two LED strips and the fan that stops


class Fridge:
    """The model of a refrigerator: it never rests and has no runs.

    Args:
        seed: of its chances.
    """

    programmes: tuple[str, ...] = ()

    def __init__(self, seed: int) -> None:
        dice = Dice(seed, _PLAN)
        self._standby_w = dice.between(11, 19) / 10  # board and door sensor
        self._compressor_w = dice.between(66, 86)
        self._duty = dice.between(27, 32)  # percent at night
        self._cycle_s = dice.between(2400, 3600)

    def plans(self, day: int) -> Iterable[Plan]:  # noqa: ARG002 - every day alike
        """Every day, all day."""
        yield Plan(0, "")

    def run(self, programme: str, dice: Dice) -> list[Stretch]:  # noqa: ARG002 - has none
        """One day of compressor cycles; the last one ends at midnight."""
        stretches: list[Stretch] = []
        into_ms = 0
        while into_ms < DAY_MS:
            cycle_ms = dice.time_ms(self._cycle_s * 0.85, self._cycle_s * 1.15)
            if DAY_MS - into_ms - cycle_ms < cycle_ms // 2:
                cycle_ms = DAY_MS - into_ms
            on_ms = cycle_ms * (self._duty + _warmth(into_ms)) // 10_000 * 100
            stretches.append(Stretch("", on_ms, self._on(on_ms, dice)))
            stretches.append(Stretch("", cycle_ms - on_ms, self._off(cycle_ms - on_ms, dice)))
            into_ms += cycle_ms
        return stretches

    def rest(self, dice: Dice) -> tuple[Layer, ...]:  # noqa: ARG002 - never used by a full day
        """Only there because every model has one."""
        return (Level(watts(self._standby_w)),)

    def _on(self, on_ms: int, dice: Dice) -> tuple[Layer, ...]:
        """The compressor: locked rotor for a moment, then less as the pressure settles."""
        fall_mw = watts(5) * 10_000 // on_ms  # 5 W over its time, in steps of 10 s
        return (
            Level(watts(self._standby_w)),
            Burst(watts(dice.between(320, 560)), 0, dice.time_ms(0.6, 1.2)),
            Stairs(watts(self._compressor_w + 2.5), -fall_mw, 10_000),
            Ripple(watts(0.8), 5000, dice.seed()),
            *_door(on_ms, 10, dice),
        )

    def _off(self, off_ms: int, dice: Dice) -> tuple[Layer, ...]:
        return (
            Level(watts(self._standby_w)),
            Ripple(watts(0.1), 10_000, dice.seed()),
            *_door(off_ms, 30, dice),
        )


def _warmth(into_ms: int) -> int:
    """Return percent of duty that the warmth of the hour adds: 0 to 7, most at three."""
    away_ms = min(abs(into_ms - _WARMEST_MS), 12 * HOUR_MS)
    return 7 - 7 * away_ms // (12 * HOUR_MS)


def _door(length_ms: int, percent: int, dice: Dice) -> tuple[Layer, ...]:
    """Somebody is hungry now and then: the light for 5 to 40 s."""
    if not dice.chance(percent):
        return ()
    return (
        Burst(watts(_LIGHT_W), dice.between(0, length_ms // 2000) * 1000, dice.time_ms(5, 40)),
    )
