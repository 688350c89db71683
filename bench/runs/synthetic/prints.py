"""A printer's days: prints that end well and prints that do not."""

import random
from collections.abc import Iterator

from bench.runs.synthetic.heat import Printer, Want
from bench.runs.synthetic.machines import MACHINES, MATERIALS
from bench.runs.synthetic.track import Track, TrueRun

DAY_S = 86_400
LONGEST_HEAT_S = 5400
MINUTES = {"clip": (14, 25), "bracket": (35, 80), "vase": (90, 190), "helmet": (280, 460)}


class Life:
    """Lets one machine live on a track.

    Args:
        machine: its name in `MACHINES`.
        seed: of its chances.
    """

    def __init__(self, machine: str, seed: int) -> None:
        self._dice = random.Random(f"{machine} {seed}")
        self._printer = Printer(MACHINES[machine], self._dice, self._dice.uniform(18, 24))
        self.track = Track()

    def days(self, count: int) -> Track:
        """Print some times a day, often again at once; returns the track."""
        self._rest(self._dice.randint(1200, 7200))
        while self.track.now_s < count * DAY_S:
            self._job()
            again = self._dice.random() < 0.3
            self._rest(self._dice.randint(60, 300) if again else self._dice.randint(2400, 21_000))
        return self.track

    def _job(self) -> None:
        """Print something, or try to; a third of it is no plain success."""
        dice = self._dice
        chamber = self._printer.chamber is not None
        material = dice.choice(["ABS", "ABS", "PETG"] if chamber else ["PLA", "PLA", "PETG"])
        thing = dice.choice(["clip", "bracket", "bracket", "vase", "vase", "helmet"])
        fate = dice.choices(
            ["done", "filament", "failed", "halted", "cancelled", "preheat"], [66, 12, 7, 5, 5, 5]
        )[0]
        start_s = self.track.now_s
        hot = self._hot(material)
        if fate in ("cancelled", "preheat"):
            self._cut_short(hot, fate)
        else:
            self._heat(hot)
            self._print(hot, round(60 * dice.uniform(*MINUTES[thing])), fate)
        flag = "optional" if fate in ("cancelled", "preheat") else "ok"
        end_s = self.track.now_s
        self.track.runs.append(TrueRun(start_s, end_s, f"{thing}_{material}_{fate}", flag))
        self._cool(halted=fate == "halted")

    def _hot(self, material: str) -> Want:
        bed_c, nozzle_c, chamber_c = MATERIALS[material]
        with_chamber = chamber_c if self._printer.chamber is not None else 0
        return Want(bed_c, nozzle_c, with_chamber, self._printer.machine.hold_w)

    def _until_ready(self, want: Want) -> Iterator[float]:
        for _ in range(LONGEST_HEAT_S):
            yield self._printer.second(want)
            if self._printer.ready(want):
                return

    def _for(self, want: Want, length_s: int) -> Iterator[float]:
        for _ in range(length_s):
            yield self._printer.second(want)

    def _heat(self, hot: Want) -> None:
        """Bed and chamber, then probing, then the nozzle."""
        machine, dice, draw = self._printer.machine, self._dice, self.track.draw
        first_c = machine.first_c if machine.glow else 0.0
        warm = Want(hot.bed_c, first_c, hot.chamber_c, hot.motors_w)
        draw("heating", self._until_ready(warm))
        draw("heating", self._for(warm, dice.randint(*machine.soak_s)))
        draw("heating", self._probing(warm, dice.randint(*machine.probe_s)))
        draw("heating", self._until_ready(hot))

    def _probing(self, warm: Want, length_s: int) -> Iterator[float]:
        """Touch the bed here and there; many machines switch its heater off meanwhile."""
        for second in range(length_s):
            moves_w = self._printer.machine.moves_w * (0.8 if second % 4 < 2 else 0.2)
            bed_c = 0.0 if second % 4 == 3 else warm.bed_c
            want = Want(bed_c, warm.nozzle_c, warm.chamber_c, warm.motors_w + moves_w)
            yield self._printer.second(want)

    def _print(self, hot: Want, length_s: int, fate: str) -> None:
        draw, dice = self.track.draw, self._dice
        if fate in ("failed", "halted"):
            length_s = round(length_s * dice.uniform(0.15, 0.5))
        part_s = length_s if fate != "filament" else round(length_s * dice.uniform(0.3, 0.7))
        draw("printing", self._layers(hot, 0, part_s))
        if part_s < length_s:
            waiting = Want(hot.bed_c, hot.nozzle_c, hot.chamber_c, hot.motors_w)
            # A nozzle that waits for longer than that is let down, and heated up again.
            draw("pause", self._for(waiting, dice.randint(150, 600)))
            cold = Want(hot.bed_c, 0.0, hot.chamber_c, hot.motors_w)
            draw("pause", self._for(cold, dice.choice([0, 0, 300, 900])))
            draw("pause", self._until_ready(hot))
            draw("printing", self._layers(hot, part_s, length_s))

    def _layers(self, hot: Want, from_s: int, until_s: int) -> Iterator[float]:
        """Layers of half a minute to two, slow outlines and quick filling; the fan after one."""
        dice, most_w = self._dice, self._printer.machine.moves_w
        full = hot.fan or (0.35 if hot.chamber_c else 0.9)
        second = from_s
        while second < until_s:
            layer_s = min(dice.randint(30, 120), until_s - second)
            outline_s = round(layer_s * dice.uniform(0.3, 0.6))
            fan = 0.0 if second < 240 else full
            for into_s in range(layer_s):
                share = dice.uniform(0.1, 0.5) if into_s < outline_s else dice.uniform(0.4, 1.0)
                motors_w = hot.motors_w + most_w * share
                want = Want(hot.bed_c, hot.nozzle_c, hot.chamber_c, motors_w, fan, flow=True)
                yield self._printer.second(want)
            second += layer_s

    def _cut_short(self, hot: Want, fate: str) -> None:
        """Give up while it heats, or heat for a while and print nothing."""
        if fate == "cancelled":
            self.track.draw("heating", self._for(hot, self._dice.randint(45, 150)))
            return
        self.track.draw("heating", self._until_ready(hot))
        self.track.draw("heating", self._for(hot, self._dice.randint(120, 900)))

    def _cool(self, *, halted: bool) -> None:
        """Fans go on until the nozzle is cold; after a halt until somebody comes."""
        machine, dice = self._printer.machine, self._dice
        off = Want()
        tail_s = dice.randint(600, 2400) if halted else dice.randint(*machine.tail_s)
        more_w = machine.tail_w + (machine.part_fan_w if halted else 0.0)
        self.track.draw("cooling", (one + more_w for one in self._for(off, tail_s)))
        self.track.draw("cooling", self._fans(off))

    def _fans(self, off: Want) -> Iterator[float]:
        while self._printer.nozzle.now_c > 50:
            yield self._printer.second(off)

    def _rest(self, length_s: int) -> None:
        self.track.draw("", self._for(Want(), length_s))
