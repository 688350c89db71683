"""What a tracker tells of its appliance."""

from msgspec import Struct

from flatwatt.model import Run


class Happening(Struct, frozen=True):
    """Something that was just noticed of an appliance.

    Attributes:
        kind: `started`, `probably_finished`, `resumed`, `finished`, `emptied`,
            `stage_changed`, `kind_guessed`.
        at_ms: when it happened, back-dated; not when it was noticed.
        run: as it is known at that moment; one that is probably over has its end.
        probability: that it is so, 0 to 1; None where there is no doubt to measure.
        count: the how-manieth of its kind in this run, from 0.
        what: the stage that began, the kind that was guessed.
    """

    kind: str
    at_ms: int
    run: Run
    probability: float | None = None
    count: int = 0
    what: str = ""
