"""When a run starts and ends: an automaton of five phases, written as a table.

A reading is HIGH at or above the quiet level of its appliance, else LOW. A HIGH begins a
candidate (RISING). A candidate that has lasted and drawn enough for its kind is PROVEN: it
becomes a run (RUNNING), back-dated to its first HIGH. A LOW in a run is at first only a pause
(PAUSED). When it is probably the end (`verdict`) it is LIKELY and that is said (ENDING), and
taken back at the next HIGH; when it certainly is, it is LONG_LOW and the run is over,
back-dated to when the LOW began. A candidate that goes LONG_LOW was nothing. Shorter pauses
do not end it, so a washing machine that fills before it heats is seen from its first turn.
Durations are between readings; a clock that was set is taken out.

A HIGH that is over sooner than its kind's `burst_s` does not interrupt a LOW: a dryer turns
the laundry now and then for half an hour after its end. A run that has drawn no more than a
machine switched on and idle draws (`idle_cap_w`) for an hour is at rest, too: that height
becomes the appliance's quiet level, which only ever rises (`levels`).

After a hole in the readings the booked total tells: when it rose by more than a LOW could
use, the run went on. Otherwise a HIGH after a hole longer than any pause is LOST: what was
before the hole is over, and the HIGH begins anew.
"""

from enum import StrEnum


class Phase(StrEnum):
    """Where the automaton is."""

    __hash__ = str.__hash__  # an enum's own is slow, and this is looked up at every reading

    REST = "rest"
    RISING = "rising"
    RUNNING = "running"
    PAUSED = "paused"
    ENDING = "ending"


class Signal(StrEnum):
    """What a reading means."""

    __hash__ = str.__hash__

    HIGH = "high"
    PROVEN = "proven"
    LOW = "low"
    LIKELY = "likely"
    LONG_LOW = "long_low"
    LOST = "lost"


class Action(StrEnum):
    """What a transition does."""

    NOTHING = "nothing"
    BEGIN = "begin"
    ANNOUNCE = "announce"
    SUPPOSE = "suppose"
    RESUME = "resume"
    FINISH = "finish"
    DROP = "drop"


_SAME = Action.NOTHING
TRANSITIONS: dict[tuple[Phase, Signal], tuple[Phase, Action]] = {
    (Phase.REST, Signal.HIGH): (Phase.RISING, Action.BEGIN),
    (Phase.REST, Signal.PROVEN): (Phase.RISING, Action.BEGIN),
    (Phase.REST, Signal.LOW): (Phase.REST, _SAME),
    (Phase.REST, Signal.LIKELY): (Phase.REST, _SAME),
    (Phase.REST, Signal.LONG_LOW): (Phase.REST, _SAME),
    (Phase.REST, Signal.LOST): (Phase.REST, _SAME),
    (Phase.RISING, Signal.HIGH): (Phase.RISING, _SAME),
    (Phase.RISING, Signal.PROVEN): (Phase.RUNNING, Action.ANNOUNCE),
    (Phase.RISING, Signal.LOW): (Phase.RISING, _SAME),
    (Phase.RISING, Signal.LIKELY): (Phase.RISING, _SAME),
    (Phase.RISING, Signal.LONG_LOW): (Phase.REST, Action.DROP),
    (Phase.RISING, Signal.LOST): (Phase.REST, Action.DROP),
    (Phase.RUNNING, Signal.HIGH): (Phase.RUNNING, _SAME),
    (Phase.RUNNING, Signal.PROVEN): (Phase.RUNNING, _SAME),
    (Phase.RUNNING, Signal.LOW): (Phase.PAUSED, _SAME),
    (Phase.RUNNING, Signal.LIKELY): (Phase.ENDING, Action.SUPPOSE),
    (Phase.RUNNING, Signal.LONG_LOW): (Phase.REST, Action.FINISH),
    (Phase.RUNNING, Signal.LOST): (Phase.REST, Action.FINISH),
    (Phase.PAUSED, Signal.HIGH): (Phase.RUNNING, _SAME),
    (Phase.PAUSED, Signal.PROVEN): (Phase.RUNNING, _SAME),
    (Phase.PAUSED, Signal.LOW): (Phase.PAUSED, _SAME),
    (Phase.PAUSED, Signal.LIKELY): (Phase.ENDING, Action.SUPPOSE),
    (Phase.PAUSED, Signal.LONG_LOW): (Phase.REST, Action.FINISH),
    (Phase.PAUSED, Signal.LOST): (Phase.REST, Action.FINISH),
    (Phase.ENDING, Signal.HIGH): (Phase.RUNNING, Action.RESUME),
    (Phase.ENDING, Signal.PROVEN): (Phase.RUNNING, Action.RESUME),
    (Phase.ENDING, Signal.LOW): (Phase.ENDING, _SAME),
    (Phase.ENDING, Signal.LIKELY): (Phase.ENDING, _SAME),
    (Phase.ENDING, Signal.LONG_LOW): (Phase.REST, Action.FINISH),
    (Phase.ENDING, Signal.LOST): (Phase.REST, Action.FINISH),
}
