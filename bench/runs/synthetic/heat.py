"""A printer as first-order masses: heated, losing heat, asked once a second."""

import random
from dataclasses import dataclass

from bench.runs.synthetic.machines import Machine, Mass

REACH_K = 1.5
FLOW_W = 4.0
"""Melting plastic, while it prints."""
DRAUGHT = 0.5
"""The part fan at full speed takes half as much again from the nozzle."""
GAIN, GATHER = 0.12, 0.0022
"""Of the regulator: share of full power a kelvin, and a kelvin second."""


@dataclass(frozen=True)
class Want:
    """What the firmware asks for: °C (0: off), motors in W, part fan 0 to 1, printing or not."""

    bed_c: float = 0.0
    nozzle_c: float = 0.0
    chamber_c: float = 0.0
    motors_w: float = 0.0
    fan: float = 0.0
    flow: bool = False


class Heated:
    """One mass with its probe and its controller."""

    def __init__(self, mass: Mass, around_c: float) -> None:
        self.mass = mass
        self.now_c = self.probe_c = around_c
        self._on = False
        self._gathered = 0.0

    def duty(self, set_c: float, second: int) -> float:
        """Return the share of its heater's power that is asked for now."""
        if not set_c:
            self._on, self._gathered = False, 0.0
            return 0.0
        miss_k = set_c - self.probe_c
        if self.mass.bang:
            if second % self.mass.look_s == 0:
                self._on = miss_k > 0
            return float(self._on)
        if abs(miss_k) < 10:
            self._gathered = min(1.0, max(0.0, self._gathered + GATHER * miss_k))
        return min(1.0, max(0.0, GAIN * miss_k + self._gathered))

    def full_w(self) -> float:
        return self.mass.heater_w / (1 + self.mass.fade_k * (self.now_c - 20))

    def warm(self, power_w: float, around_c: float, more_loss: float = 0.0) -> float:
        """Take a second of heating in; returns the heat given to the surroundings in W."""
        lost_w = self.mass.loss_w_k * (1 + more_loss) * (self.now_c - around_c)
        self.now_c += (power_w - lost_w) / self.mass.heat_j_k
        self.probe_c += (self.now_c - self.probe_c) / self.mass.lag_s
        return lost_w


class Printer:
    """A machine in a room.

    Args:
        machine: what it is made of.
        dice: its chances.
        room_c: around it.
    """

    def __init__(self, machine: Machine, dice: random.Random, room_c: float) -> None:
        self.machine = machine
        self._dice = dice
        self.room_c = self.air_c = room_c
        self.bed = Heated(machine.bed, room_c)
        self.nozzle = Heated(machine.nozzle, room_c)
        self.chamber = None if machine.chamber is None else Heated(machine.chamber, room_c)
        self.seconds = 0

    def ready(self, want: Want) -> bool:
        """Whether everything is as warm as it is wanted."""
        warm = self.chamber is None or self.chamber.probe_c >= want.chamber_c - 2 * REACH_K
        bed = self.bed.probe_c >= want.bed_c - REACH_K
        return warm and bed and self.nozzle.probe_c >= want.nozzle_c - REACH_K

    def second(self, want: Want) -> float:
        """Take one second; returns the power at the plug in W."""
        self.seconds += 1
        machine = self.machine
        fans_w = machine.own_fans_w if self.nozzle.now_c > 50 or want.motors_w else 0.0
        other_w = fans_w + want.motors_w + machine.part_fan_w * want.fan
        nozzle_w = self.nozzle.duty(want.nozzle_c, self.seconds) * self.nozzle.full_w()
        left_w = machine.supply_w - other_w - nozzle_w
        bed_w = self.bed.duty(want.bed_c, self.seconds) * self.bed.full_w()
        bed_w = bed_w if machine.bed_ac else min(bed_w, max(0.0, left_w))
        chamber_w = self._warm(want, bed_w, nozzle_w)
        mains_w = chamber_w + (bed_w if machine.bed_ac else 0.0)
        dc_w = other_w + nozzle_w + (0.0 if machine.bed_ac else bed_w)
        return mains_w + dc_w / machine.efficiency + self._standby_w()

    def _warm(self, want: Want, bed_w: float, nozzle_w: float) -> float:
        """Let a second of heat go where it goes; returns the chamber heater's power in W."""
        melting_w = FLOW_W if want.flow else 0.0
        lost_w = self.nozzle.warm(nozzle_w - melting_w, self.air_c, DRAUGHT * want.fan)
        lost_w += self.bed.warm(bed_w, self.air_c)
        if self.chamber is None:
            return 0.0
        asked = self.chamber.duty(want.chamber_c, self.seconds) if want.chamber_c else 0.0
        chamber_w = asked * self.chamber.full_w()
        self.chamber.warm(chamber_w + lost_w, self.room_c)
        self.air_c = self.chamber.now_c
        return chamber_w

    def _standby_w(self) -> float:
        low_w, high_w = self.machine.standby_w
        middle_w = low_w if self.seconds // 1800 % 3 else high_w
        return middle_w + self._dice.uniform(-0.2, 0.2)
