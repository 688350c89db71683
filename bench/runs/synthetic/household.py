"""What makes household appliances hard, bent out of the demo's loads.

The drums, heaters and pumps are those of `flatwatt.loads`; here are the pauses, tails and
standbys that recorded households were found to have.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bench.runs.synthetic.track import Track
from flatwatt.loads.dice import Dice
from flatwatt.loads.dishwasher import Dishwasher
from flatwatt.loads.dryer import Dryer
from flatwatt.loads.layers import Burst, Layer, Level, Pulse, Ripple, Stairs
from flatwatt.loads.washer import Washer
from flatwatt.loads.words import Model, Stretch, watts

DAY_S = 86_400
Layers: TypeAlias = tuple[Layer, ...]


@dataclass(frozen=True)
class Chance:
    """What decides about a run: the habit of its programme, and this day's luck."""

    habit: Dice
    luck: Dice


Twist: TypeAlias = Callable[[list[Stretch], Chance], list[Stretch]]
"""Makes a run harder."""


def lived(
    model: Model,
    seed: int,
    days: int,
    twist: Twist,
    *,
    rest: Callable[[Dice], Layers] | None = None,
    gap_s: tuple[int, int] = (7200, 32_000),
    again_s: tuple[int, int] | None = None,
) -> Track:
    """Let an appliance run some times a day: two programmes, as people do.

    Args:
        model: of the appliance.
        seed: of all chances.
        days: how long.
        twist: what is done to each run.
        rest: what it draws between two runs, if not what the model says.
        gap_s: between two runs.
        again_s: between a run and its reload, in two of five.
    """
    dice = random.Random(f"{type(model).__name__} {seed}")
    track, number = Track(), 0
    track.rest(dice.randint(1800, 14_400), (rest or model.rest)(Dice(seed, number)))
    usual = dice.sample(model.programmes, min(2, len(model.programmes)))
    while track.now_s < days * DAY_S:
        number += 1
        place = dice.randrange(len(usual))
        chance = Chance(Dice(seed, 0xAB, place), Dice(seed, number))
        run = twist(list(model.run(usual[place], chance.habit)), chance)
        track.play(usual[place], [today(each, chance.luck) for each in run])
        again = again_s is not None and dice.random() < 0.4
        pause_s = dice.randint(*(again_s if again and again_s else gap_s))
        track.rest(pause_s, (rest or model.rest)(Dice(seed, number, 1)))
    return track


def today(stretch: Stretch, luck: Dice) -> Stretch:
    """Return a stretch of the programme as it is today.

    A programme keeps its minutes to 3 %; heating takes what water and laundry take, up to a
    fifth more or less; a drum that is out of balance tries again; tails are as they come.
    """
    percent = {"heating": 20, "": 40}.get(stretch.stage, 40 if stretch.tail else 3)
    length_ms = stretch.length_ms * luck.between(100 - percent, 100 + percent) // 1000 * 10
    if stretch.stage == "spinning" and luck.chance(3):
        length_ms += luck.time_ms(40, 200)
    layers = tuple(
        replace(layer, seed=luck.seed()) if isinstance(layer, Pulse | Ripple) else layer
        for layer in stretch.layers
    )
    return stretch._replace(length_ms=length_ms, layers=layers)


def plain(run: list[Stretch], chance: Chance) -> list[Stretch]:  # noqa: ARG001 - no twist
    return run


# Dishwashers ---------------------------------------------------------------------------------


def long_drying(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """Half an hour to fifty minutes of silence, then the pump once more."""
    silence = run[-2]._replace(length_ms=chance.habit.time_ms(1800, 3000))
    return [*run[:-2], silence, run[-1]]


def passive_drying(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """The same silence, and nothing after it: it is done when its pump has stopped."""
    return [*run[:-2], run[-2]._replace(length_ms=chance.habit.time_ms(1200, 2400), tail=True)]


# Washers -------------------------------------------------------------------------------------


def soaking(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """Eight to fourteen minutes without a turn after heating; a tail of 2 to 4 W."""
    dice = chance.habit
    place = 1 + next(index for index, each in enumerate(run) if each.stage == "heating")
    soak = Stretch("washing", dice.time_ms(480, 840), (Level(watts(3)), *hum(dice)))
    tail = run[-1]._replace(layers=(Level(watts(dice.between(20, 40) / 10)),))
    return [*run[:place], soak, *run[place:-1], tail]


def delayed(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """Two to seven hours of a lit display before it, and once the drain pump."""
    dice = chance.luck
    wait_ms = dice.time_ms(7200, 25_000)
    waiting_w = dice.between(20, 200) / 10
    spike = Burst(watts(90), dice.between(600_000, wait_ms // 2), dice.time_ms(4, 40))
    return [Stretch("", wait_ms, (Level(watts(waiting_w)), *hum(dice), spike)), *run]


def cold(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """Every other wash with cold water."""
    if chance.luck.chance(50):
        return run
    return [each for each in run if max(one.at(0)[0] for one in each.layers) < watts(1500)]


def then_dried(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """A washer that dries: 1.4 kW behind a thermostat, the drum turning, then cool air."""
    dice = chance.habit
    drum = Pulse(watts(150), 24_000, 28_000, watts(25), dice.seed())
    full = (Level(watts(1420)), Ripple(watts(15), 3000, dice.seed()), drum)
    period_ms = dice.time_ms(180, 300)
    held = (Level(watts(60)), Pulse(watts(1360), period_ms * 3 // 500 * 100, period_ms), drum)
    return [
        *run[:-1],
        Stretch("drying", dice.time_ms(1800, 2700), full),
        Stretch("drying", dice.time_ms(1800, 3600), held),
        Stretch("drying", dice.time_ms(400, 700), (Level(watts(50)), drum)),
        run[-1],
    ]


def noisy(dice: Dice) -> Layers:
    """Electronics that waver between 0 and 15 W for as long as nobody switches them off."""
    return (
        Level(watts(6)),
        Ripple(watts(6), 20_000, dice.seed()),
        Ripple(watts(3), 90_000, dice.seed()),
    )


# Dryers --------------------------------------------------------------------------------------


def rare_tumbling(run: list[Stretch], chance: Chance) -> list[Stretch]:
    """Anti-crease of the slow kind: 15 to 20 s every three to four minutes."""
    dice = chance.habit
    turn = Pulse(watts(215), dice.time_ms(15, 20), dice.time_ms(180, 240), watts(55), dice.seed())
    return [*run[:-1], run[-1]._replace(layers=(Level(watts(2)), turn))]


def pump_kept_warm(dice: Dice) -> Layers:
    """A heat pump that stirs in standby: up to 87 W every two to eleven minutes."""
    stir = Pulse(watts(dice.between(60, 87)), dice.time_ms(4, 12), dice.time_ms(130, 660))
    return (Level(watts(1.2)), Ripple(watts(0.2), 10_000, dice.seed()), stir)


_HOT_MIN = {"cupboard": ((28, 40), (12, 22)), "iron": ((16, 24), (6, 12))}


class VentedDryer:
    """The model of a dryer with a heater of 2 to 2.5 kW: faster, and hotter than a pump.

    Args:
        seed: of its chances.
    """

    programmes = tuple(_HOT_MIN)

    def __init__(self, seed: int) -> None:
        self._heater_w = Dice(seed, 0xD8).between(2000, 2500)

    def plans(self, day: int) -> Sequence[object]:  # noqa: ARG002 - the bench plans itself
        return ()

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Full heat, heat behind a thermostat, cool air, tumbling now and then."""
        drum = (Level(watts(230)), Ripple(watts(12), 3000, dice.seed()))
        full_min, held_min = _HOT_MIN[programme]
        period_ms = dice.time_ms(100, 160)
        held = Pulse(watts(self._heater_w), period_ms * 3 // 500 * 100, period_ms)
        crease = Pulse(watts(230), dice.time_ms(10, 20), dice.time_ms(30, 60))
        return [
            Stretch("drying", dice.time_ms(8, 15), drum),
            Stretch("drying", _minutes(full_min, dice), (Level(watts(self._heater_w)), *drum)),
            Stretch("drying", _minutes(held_min, dice), (held, *drum)),
            Stretch("drying", dice.time_ms(300, 600), drum),
            Stretch("anti_crease", 1_800_000, (Level(watts(2)), crease), tail=True),
        ]

    def rest(self, dice: Dice) -> Layers:
        """A lamp."""
        return (Level(watts(0.4)), Ripple(watts(0.1), 10_000, dice.seed()))


def _minutes(span: tuple[int, int], dice: Dice) -> int:
    return dice.time_ms(span[0] * 60, span[1] * 60)


class RampingWasher:
    """The model of a washer with a smaller heater and a spin that climbs in three steps.

    Args:
        seed: of its chances.
    """

    programmes = ("40", "60")

    def __init__(self, seed: int) -> None:
        self._washer = Washer(seed)

    def plans(self, day: int) -> Sequence[object]:  # noqa: ARG002 - the bench plans itself
        return ()

    def run(self, programme: str, dice: Dice) -> list[Stretch]:
        """Heat long at 1.4 kW; after the spin loosen the laundry for a while."""
        run = [each for each in self._washer.run(programme, dice) if not each.tail]
        heat = next(each for each in run if each.stage == "heating")
        heat_ms = heat.length_ms * 14 // 1000 * 100
        weaker = (Level(watts(1350)), *heat.layers[1:])
        run[run.index(heat)] = heat._replace(length_ms=heat_ms, layers=weaker)
        spin = [
            Stretch("spinning", dice.time_ms(60, 120), (Stairs(watts(w), watts(1), 1000),))
            for w in (120, 210, 330)
        ]
        loosen = (Level(watts(4)), Pulse(watts(70), 5000, dice.time_ms(20, 40)))
        return [*run, *spin, Stretch("", dice.time_ms(300, 1200), loosen, tail=True)]

    def rest(self, dice: Dice) -> Layers:
        """Off: the switch parts it from the mains."""
        return (Level(0),) if dice.chance(50) else (Level(watts(1)), *hum(dice))


def hum(dice: Dice) -> Layers:
    return (Ripple(watts(0.3), 4000, dice.seed()),)


def dishwasher(seed: int) -> Model:
    return Dishwasher(seed)


def dryer(seed: int) -> Model:
    return Dryer(seed)


def washer(seed: int) -> Model:
    return Washer(seed)
