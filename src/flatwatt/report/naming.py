"""Which run a person means, and which moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from difflib import get_close_matches

from flatwatt.errors import UsageError
from flatwatt.model import Run
from flatwatt.report.periods import local_time

FORMS = "write its number in `flatwatt runs`, its id, washer:2, washer@17:40 or last"
HOUR_MS = 3_600_000
NEAR_MS = 600_000
"""A time this near to a run means it, if none is going on then."""


def run_named(text: str, runs: Sequence[Run], zone: tzinfo) -> Run:
    """Return the run a person means.

    Args:
        text: the number from the list (1 is the newest), an id or its beginning, `last`,
            `washer` or `washer:1` for its newest that has ended, `washer:2` for the one
            before, `washer@17:40` or `washer@2026-11-22T17:40` for the one at that time,
            `washer@2026-11-22` for the one that day.
        runs: all of them, oldest first.
        zone: of the flat.

    Raises:
        UsageError: none is meant, or several; names the nearest.
    """
    if not runs:
        raise UsageError("there are no runs yet")
    if text.isdecimal():
        return _newest(runs, int(text), "the flat")
    appliance, sign, place = text.replace("/", ":", 1).partition(":")
    if "@" in appliance:  # the colon belongs to a time
        appliance, _, moment = text.partition("@")
        return _at(_of(appliance, runs), moment, zone)
    ended = [run for run in runs if run.end_ms is not None]
    if appliance == "last" and not sign:
        return _newest(ended, 1, "the flat")
    own = [run for run in ended if run.appliance == appliance]
    if own and (not sign or place == "last" or place.isdecimal()):
        return _newest(own, int(place) if place.isdecimal() else 1, appliance)
    return _by_id(text, runs)


def _newest(runs: Sequence[Run], number: int, whose: str) -> Run:
    if not 1 <= number <= len(runs):
        raise UsageError(f"{whose} has {len(runs)} runs, {number} is none of them; {FORMS}")
    return runs[-number]


def _of(appliance: str, runs: Sequence[Run]) -> list[Run]:
    own = [run for run in runs if run.appliance == appliance]
    if not own:
        known = sorted({run.appliance for run in runs})
        close = get_close_matches(appliance, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"these have some: {', '.join(known)}"
        raise UsageError(f"there is no run of {appliance!r}; {hint}")
    return own


def _by_id(text: str, runs: Sequence[Run]) -> Run:
    found = [run for run in runs if run.id == text] or [
        run for run in runs if run.id.startswith(text)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(run.id for run in found[-3:])
        raise UsageError(f"{text!r} is the beginning of {len(found)} runs, of {some} at last")
    known = sorted({each for run in runs for each in (run.appliance, run.id)})
    close = get_close_matches(text.partition(":")[0], known, n=1, cutoff=0.7)
    hint = f"did you mean {close[0]!r}?" if close else FORMS
    raise UsageError(f"there is no run {text!r}; {hint}")


def _at(runs: Sequence[Run], text: str, zone: tzinfo) -> Run:
    """Return the newest run at a time of day, or the one of a moment or day."""
    if len(text) == len("2026-11-22"):
        days = [run for run in runs if local_time(run.start_ms, zone).date().isoformat() == text]
        if len(days) == 1:
            return days[0]
        many = f"{len(days)} runs began" if days else "no run began"
        raise UsageError(f"{many} on {text!r}; add a time: {text}T17:40")
    for reach_ms in (0, NEAR_MS):
        for run in reversed(runs):
            if _moments(text, run.start_ms - reach_ms, _end(run) + reach_ms, zone):
                return run
    raise UsageError(f"{runs[-1].appliance} had no run at {text!r}; see `flatwatt runs`")


def _end(run: Run) -> int:
    return 1 << 53 if run.end_ms is None else run.end_ms


def moment_in(text: str, run: Run, zone: tzinfo) -> int:
    """Return the moment within a run that a person means, in ms of Unix time.

    Args:
        text: 17:40 or 17:40:30 local time, or an ISO 8601 date and time.
        run: finished.
        zone: of the flat.

    Raises:
        UsageError: there is none in the run.
    """
    moments = _moments(text, run.start_ms + 1, _end(run) - 1, zone)
    if not moments:
        start, end = (local_time(at_ms, zone) for at_ms in (run.start_ms, _end(run)))
        raise UsageError(f"{text!r} is not within {run.id}: {start:%H:%M} to {end:%H:%M}")
    if moments[-1] - moments[0] > HOUR_MS:  # one more is the hour that October repeats
        days = " or ".join(f"{local_time(at_ms, zone):%Y-%m-%dT%H:%M}" for at_ms in moments[:2])
        raise UsageError(f"{run.id} takes more than a day; write {days}")
    return moments[0]


def _moments(text: str, first_ms: int, last_ms: int, zone: tzinfo) -> list[int]:
    """Return the moments in a stretch that a text may mean, in order."""
    try:
        at = time.fromisoformat(text) if len(text) <= len("17:40:30") else None
        whole = None if at else datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time; write 17:40 or 2026-11-22T17:40") from error
    if whole is not None:
        found = [whole if whole.tzinfo else whole.replace(tzinfo=zone)]
    else:
        last_ms = min(last_ms, first_ms + 32 * 86_400_000)
        day = local_time(first_ms, zone).date() - timedelta(days=1)
        until = local_time(last_ms, zone).date()
        found = []
        while day <= until:
            day += timedelta(days=1)
            found += [
                datetime.combine(day, at or time(), zone).replace(fold=fold) for fold in (0, 1)
            ]
    moments = [int(each.astimezone(UTC).timestamp() * 1000) for each in found]
    return [at_ms for at_ms in sorted(set(moments)) if first_ms <= at_ms <= last_ms]
