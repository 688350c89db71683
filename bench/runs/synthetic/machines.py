"""What printers are made of: no machine on sale, but what each kind of machine must be.

How the figures come about:

- Plates: aluminium 2.7 kg/l at 900 J/(kg K), spring steel 7.8 kg/l at 490 J/(kg K). A bed loses
  heat by convection and radiation, about 10 W/(m² K) on its free side and 6 below, where it is
  insulated; moving air (a bed that is slung) adds a third.
- A bed heater on direct current is a copper track: its resistance rises by 0.39 % a kelvin, so
  a bed of 220 W cold gives 175 W at 85 °C. Silicone heaters on mains have alloys that hardly do.
- A nozzle with its block of 15 to 40 g (aluminium, copper) has 18 to 35 J/K and loses 0.08 to
  0.14 W/K, half as much again with the part fan at full speed; melting plastic takes
  flow x 1.24 g/cm³ x 1.8 J/(g K) x 190 K: 4 W at 10 mm³/s.
- Bang-bang firmware looks at its bed every 5 s (the usual default) and its probe sits under the
  plate, some seconds late; a good controller gives part power by fast pulses instead.
- Stepper motors draw 3 to 5 W each while they hold, up to twice that in quick moves.
- A 24 V supply of 150 to 350 W is 83 to 90 % efficient; boards, screens, cameras and lamps are
  the standby: 3 W for a bare board, 16 to 25 W with camera and lamps, 29 W with a computer.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mass:
    """Something that is heated.

    Attributes:
        heater_w: at 20 °C.
        heat_j_k: what one kelvin takes.
        loss_w_k: what it loses a kelvin above its surroundings.
        fade_k: share of the heater's power lost a kelvin.
        bang: switched on and off; else regulated.
        look_s: how often a switched heater is decided upon.
        lag_s: how late its probe is.
    """

    heater_w: float
    heat_j_k: float
    loss_w_k: float
    fade_k: float = 0.0
    bang: bool = False
    look_s: int = 1
    lag_s: float = 1.0


@dataclass(frozen=True)
class Machine:
    """A kind of printer; watts of parts are behind its supply, standby is at the plug.

    Attributes:
        name: of its kind.
        standby_w: at rest, from a quiet hour to a busy one.
        bed, nozzle, chamber: what it heats; `bed_ac` says that the bed is on the mains.
        efficiency: of its supply.
        supply_w: the most the supply gives; the nozzle comes first.
        hold_w, moves_w: motors holding, and more while they move.
        part_fan_w, own_fans_w: cooling the print; cooling board and nozzle.
        first_c: the nozzle's temperature while the bed is probed.
        probe_s: how long that takes.
        soak_s: how long it waits for an even temperature.
        tail_s, tail_w: fans after a print, at the plug: how long, how much.
        glow: bed and nozzle are heated at once; else one after the other.
    """

    name: str
    standby_w: tuple[float, float]
    bed: Mass
    nozzle: Mass
    efficiency: float
    hold_w: float
    moves_w: float
    part_fan_w: float
    own_fans_w: float
    chamber: Mass | None = None
    bed_ac: bool = False
    supply_w: float = 1000.0
    first_c: float = 150.0
    probe_s: tuple[int, int] = (0, 0)
    soak_s: tuple[int, int] = (0, 0)
    tail_s: tuple[int, int] = (0, 60)
    tail_w: float = 0.0
    glow: bool = True


_ALL = (
    # 235 x 235 mm: 4 mm aluminium (0.60 kg, 540 J/K) under 0.6 kg of glass (480 J/K). 0.055 m² x
    # 21 W/(m² K) = 1.15 W/K: 45 W at 60 °C. No probe, no soak: bed first, then the nozzle.
    Machine(
        "bowden",
        (7.0, 8.5),
        Mass(220, 1020, 1.15, fade_k=0.0039, bang=True, look_s=5, lag_s=7),
        Mass(40, 22, 0.105),
        efficiency=0.87,
        hold_w=11,
        moves_w=5,
        part_fan_w=2.4,
        own_fans_w=4.0,
        probe_s=(0, 0),
        tail_s=(200, 500),
        tail_w=4.5,
        glow=False,
    ),
    # The same size, 3 mm aluminium with a steel sheet (0.45 kg + 0.3 kg: 550 J/K), a regulated
    # bed of 260 W and a probe: full power, a dip of some minutes, the nozzle, then an even line.
    Machine(
        "slinger_pi",
        (6.5, 8.0),
        Mass(260, 550, 1.1, fade_k=0.0039, lag_s=4),
        Mass(40, 18, 0.095),
        efficiency=0.88,
        hold_w=13,
        moves_w=9,
        part_fan_w=3.6,
        own_fans_w=4.5,
        first_c=170,
        probe_s=(120, 280),
        tail_s=(10, 90),
        tail_w=12.0,
    ),
    # 256 x 256 mm, 3 mm aluminium and steel (0.53 + 0.35 kg: 650 J/K), 400 W from the mains by a
    # relay that is switched every two seconds; in a box, so hardly any draught. Camera and lamps.
    Machine(
        "corexy",
        (16.0, 25.0),
        Mass(400, 650, 0.95, bang=True, look_s=2, lag_s=3),
        Mass(60, 24, 0.12),
        efficiency=0.86,
        hold_w=14,
        moves_w=18,
        part_fan_w=9.0,
        own_fans_w=7.0,
        bed_ac=True,
        first_c=170,
        probe_s=(150, 330),
        tail_s=(60, 300),
        tail_w=11.0,
    ),
    # 350 x 350 x 8 mm of aluminium (2.65 kg, 2400 J/K), 750 W from the mains (0.6 W/cm²); a box
    # of 0.3 m³ with 12 kg of steel, of which the inner half warms up with the air (3300 J/K),
    # 2.4 m² of double wall at 2 W/(m² K), 300 W of chamber heating; it soaks for 15 minutes.
    Machine(
        "enclosed",
        (28.0, 30.5),
        Mass(750, 2400, 2.0, lag_s=10),
        Mass(70, 32, 0.13),
        efficiency=0.88,
        hold_w=20,
        moves_w=22,
        part_fan_w=7.0,
        own_fans_w=9.0,
        chamber=Mass(300, 3300, 4.8, bang=True, look_s=10, lag_s=30),
        bed_ac=True,
        first_c=180,
        probe_s=(180, 300),
        soak_s=(600, 1200),
        tail_s=(600, 1500),
        tail_w=14.0,
    ),
    # 120 x 120 x 2 mm (0.08 kg) with a steel sheet (0.11 kg): 125 J/K, 0.029 m² both sides:
    # 0.3 W/K. An adapter of 60 W feeds all: what the nozzle takes the bed cannot have.
    Machine(
        "mini",
        (2.4, 3.2),
        Mass(38, 125, 0.30, fade_k=0.0039, lag_s=3),
        Mass(28, 14, 0.07),
        efficiency=0.85,
        hold_w=4.5,
        moves_w=2.5,
        part_fan_w=1.0,
        own_fans_w=1.2,
        supply_w=51.0,
        first_c=140,
        probe_s=(40, 90),
        tail_s=(60, 200),
        tail_w=1.5,
    ),
)  # fmt: skip
MACHINES: dict[str, Machine] = {machine.name: machine for machine in _ALL}

MATERIALS: dict[str, tuple[int, int, int]] = {
    "PLA": (60, 210, 0),
    "PETG": (80, 240, 0),
    "ABS": (100, 250, 55),
}
"""Set temperatures in °C that their makers print on the spool: bed, nozzle, chamber."""
