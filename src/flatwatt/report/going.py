"""What is said of a run going on: its stage, and when it will be over."""

from datetime import tzinfo

from flatwatt.model import ApplianceNow, Ending
from flatwatt.report.periods import local_time
from flatwatt.report.wording import Language, clock, span, stage_word, word

MINUTE_MS = 60_000
EVEN = 2
EVEN_MIN = 2
"""An interval this even is said as plus or minus."""


def end_words(end: Ending, zone: tzinfo) -> str:
    """Return `17:42 ± 4 min`, or `17:38–18:20` where one side is much longer."""
    before_min = -(-(end.at_ms - end.low_ms) // MINUTE_MS)
    after_min = -(-(end.high_ms - end.at_ms) // MINUTE_MS)
    at = clock(local_time(end.at_ms, zone))
    longer, shorter = max(before_min, after_min), min(before_min, after_min)
    if longer <= EVEN * shorter + EVEN_MIN:
        return f"{at} ± {span(60 * max(1, longer))}"
    return f"{clock(local_time(end.low_ms, zone))}–{clock(local_time(end.high_ms, zone))}"


def going_words(each: ApplianceNow, zone: tzinfo, language: Language) -> str:
    """Return the stage and the end of a run going on, as far as they are known."""
    parts = []
    if each.probably_finished is not None:
        parts.append(word("probably_finished", language))
    elif each.stage:
        parts.append(stage_word(each.stage, language))
    if each.end is not None and each.probably_finished is None:
        parts.append(f"{word('done_at', language)} {end_words(each.end, zone)}")
    return ", ".join(parts)
