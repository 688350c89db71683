"""The next thing to do for the twin, small enough for the background: a day, a month, a CSV."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from flatwatt.store.twin.keep import Keeping, due, prune
from flatwatt.store.twin.twin import Twin


class Step(Struct, frozen=True):
    """One piece of work: seal or prune a day (`2026-11-22`), or merge a month (`2026-10`)."""

    what: Literal["seal", "merge", "prune"]
    which: str


def next_step(
    twin: Twin, today: date, keeping: Keeping, tried: Collection[Step] = ()
) -> Step | None:
    """Return what is to be done next; None when all is done. Looks at names and sizes only.

    Args:
        twin: whose.
        today: neither it nor a later day is sealed.
        keeping: what becomes of old CSV files.
        tried: steps that have failed and wait for a person or another day.

    Raises:
        StoreError: the folders cannot be read.
    """
    steps = [
        *(Step("seal", day) for day in twin.unsealed(today)),
        *(Step("merge", month) for month in twin.unmerged(today)),
        *(Step("prune", day) for day in due(twin, today, keeping)),
    ]
    return next((each for each in steps if each not in tried), None)


def do(twin: Twin, step: Step, keeping: Keeping) -> None:
    """Do a step, alone on the twin. Raises StoreError; nothing is half done then."""
    with twin.lock():
        if step.what == "seal":
            twin.seal(step.which)
        elif step.what == "merge":
            twin.merge(step.which)
        else:
            prune(twin, step.which, keeping)


class Job(Struct, frozen=True):
    """What the process is told, as JSON.

    Attributes:
        folder, readings: of twin and record.
        elsewhere: where CSV files were moved to.
        step: what to do.
        keeping: what becomes of old CSV files.
    """

    folder: Path
    readings: Path
    elsewhere: Path | None
    step: Step
    keeping: Keeping


def encode(job: Job) -> str:
    """Return a job as JSON."""
    return msgspec.json.encode(job, enc_hook=str).decode()


def decode(text: str) -> Job:
    """Return a job from JSON."""
    return msgspec.json.decode(text, type=Job, dec_hook=lambda kind, value: kind(value))
