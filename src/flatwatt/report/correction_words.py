"""A correction in words, for the person who made it."""

from collections.abc import Mapping
from datetime import tzinfo

from msgspec import Struct

from flatwatt.correction import Correction, Draft, Kind, Span
from flatwatt.model import Run
from flatwatt.report.periods import local_time
from flatwatt.report.wording import Language, clock, day, kwh, word


class Speech(Struct, frozen=True):
    """How to say it.

    Attributes:
        names: appliance -> what people read; hostile text.
        programmes: (appliance, id) -> what people call a programme; hostile text.
        zone: of the flat.
        language: de or en.
    """

    names: Mapping[str, str]
    programmes: Mapping[tuple[str, str], str]
    zone: tzinfo
    language: Language


def correction_words(each: Correction | Draft, speech: Speech) -> str:
    """Return a correction in one line: which runs, and what is said of them."""
    said, language = each.payload, speech.language
    words = word(f"kind_{each.kind}", language).format(
        at=clock(local_time(said.at_ms, speech.zone)),
        name=said.name or programme_words(each.appliance, said.programme, speech),
        id=said.programme,
        kind=said.kind,
        seq=said.undoes,
    )
    if each.kind is Kind.UNDO:
        return words
    name = speech.names.get(each.appliance, each.appliance)
    about = " + ".join(span_words(span, speech) for span in said.runs)
    return f"{name} {about}: {words}" if about else f"{name}: {words}"


def span_words(span: Span, speech: Speech) -> str:
    """Return when a run was."""
    start, end = (local_time(at_ms, speech.zone) for at_ms in (span.start_ms, span.end_ms))
    return f"{day(start, speech.language)} {clock(start)}–{clock(end)}"


def run_words(run: Run, speech: Speech) -> str:
    """Return when a finished run was and what it took."""
    end_ms = run.start_ms if run.end_ms is None else run.end_ms
    span = span_words(Span(run.id, run.start_ms, end_ms), speech)
    return f"{span}, {kwh(run.energy_mwh, speech.language)}"


def programme_words(appliance: str, programme: str, speech: Speech) -> str:
    """Return what people call a programme, else its id."""
    if not programme:
        return word("unknown_programme", speech.language)
    return speech.programmes.get((appliance, programme), programme)
