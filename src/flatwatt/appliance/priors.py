"""What is known of a kind's quiets before an appliance has shown its own.

Seconds that a quiet of the kind may last and how often, against one end: `(length, weight)`
means that of the quiets at such a place `weight` for each end go on after `length`. What an
appliance does itself soon counts for more, as each of its own runs adds one end.

- A washing machine that has heated is not done before it has rinsed and spun, but may soak for
  ten minutes and more. Twenty minutes after it last heated it hardly rests for more than two or
  three. One that washes cold shows less.
- A washer-dryer cools the laundry for about ten minutes after its last heating; much longer
  after it, it has only washed and will dry.
- A dishwasher dries in silence after its last heating, then a pump turns for less than a
  minute and a half: after that stroke little is left to do.
  What is not known yet may be one.
- A dryer turns all the time, a printer's bed pulses every 60 to 80 s.
"""

from typing import TypeAlias

from flatwatt.appliance.pauses import DRIED_S, NEVER, Quiet

Known: TypeAlias = tuple[tuple[float, float], ...]

RINSING_S = 1200
COOLED_S = 480
RINSED_S = 1500
STROKE_S = 90
RESTED_S = 200
_FILLING: Known = ((150, 3.0), (300, 0.7), (600, 0.15))
_SOAKING: Known = ((150, 8.0), (300, 3.0), (600, 1.0), (1200, 0.3))
_SPUN: Known = ((150, 0.5), (240, 0.04))
_DRYING: Known = ((300, 4.0), (900, 2.0), (1800, 1.0), (3600, 0.4))
_PUMPED: Known = ((300, 0.4), (600, 0.08), (1800, 0.02))
_COOLED: Known = ((150, 1.0), (300, 0.15), (600, 0.03))
_TURNING: Known = ((120, 0.4), (240, 0.1))
_PULSING: Known = ((60, 1.0), (90, 0.2))
_ANY: Known = ((150, 3.0), (300, 0.7), (600, 0.15))


def known(kind: str, quiet: Quiet) -> Known:
    """Return how long a quiet at this place of a run may last, and how often it does."""
    if kind in ("dishwasher", "auto"):
        return _dishwasher(quiet)
    if kind == "printer_3d":
        return _PULSING
    if kind == "dryer":
        return _TURNING
    if kind.startswith("wash"):
        return _washer(quiet, dries=kind == "washer_dryer")
    return _ANY


def _washer(quiet: Quiet, *, dries: bool) -> Known:
    if quiet.heat_s == NEVER:
        return _FILLING
    if dries:
        return _COOLED if COOLED_S <= quiet.heat_s < RINSED_S else _SOAKING
    return _SPUN if quiet.heat_s >= RINSING_S else _SOAKING


def _dishwasher(quiet: Quiet) -> Known:
    if quiet.heat_s == NEVER:
        return _DRYING
    pumped = quiet.stroke_s <= STROKE_S and quiet.longest_s >= RESTED_S
    if pumped and quiet.longest_s >= DRIED_S:
        return tuple(
            (min(length_s, 1.25 * quiet.longest_s + 30), weight) for length_s, weight in _PUMPED
        )
    return _PUMPED if pumped else _DRYING
