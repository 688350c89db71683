"""A model of power cuts: from what was asked of a disk to all that a cut may leave of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flatwatt.model import Reading
from flatwatt.store.rows import Encoder

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT_MS = 1_795_388_400_000  # the 23rd of November 2026 begins in Berlin
SECTOR = 512
STALE = (
    Encoder(BERLIN)
    .encode(
        [
            Reading(MIDNIGHT_MS - 400 * 86_400_000 + n * 1000, "lamp", "old-1", 40.0)
            for n in range(40)
        ]
    )[0]
    .data
)


class Op(NamedTuple):
    """One thing that happened to a file: make write truncate sync remove names."""

    what: str
    file: str
    at: int = 0
    data: bytes = b""


@dataclass
class Session:
    """What a session did and promised.

    Attributes:
        before: files found at the start, all of them safe.
        ops: in order.
        appended: readings in order.
        promised: (number of ops, number of readings) at each good end of a sync.
    """

    before: dict[str, bytes] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    appended: list[Reading] = field(default_factory=list)
    promised: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class File:
    """A file at one moment: what is safe, and what came after.

    Attributes:
        safe: content at the last sync; None when it did not exist then.
        later: writes, truncations, removals since.
        named: whether its name would survive.
    """

    safe: bytes | None
    later: list[Op] = field(default_factory=list)
    named: bool = True


def at_moment(session: Session, count: int) -> dict[str, File]:
    """Return the files after the first `count` ops."""
    files = {name: File(content) for name, content in session.before.items()}
    for op in session.ops[:count]:
        if op.what == "names":
            for name, file in files.items():
                file.named |= str(Path(name).parent) == op.file
        elif op.what == "make":
            files[op.file] = File(b"", named=False)
        elif op.what == "sync":
            file = files[op.file]
            file.safe, file.later = content_of(file.safe, file.later), []
        else:
            files[op.file].later.append(op)
    return files


def content_of(safe: bytes | None, ops: Iterable[Op]) -> bytes | None:
    """Return a file's content with all of these ops done; None when removed."""
    content = None if safe is None else bytearray(safe)
    for op in ops:
        if op.what == "remove":
            return None
        if content is None:
            content = bytearray()
        if op.what == "truncate":
            del content[op.at :]
        else:
            content[op.at : op.at + len(op.data)] = op.data
    return None if content is None else bytes(content)


def left_behind(file: File, seed: int) -> Iterator[bytes | None]:
    """Yield what a cut may leave of one file."""
    whole = content_of(file.safe, file.later)
    yield whole
    yield file.safe
    if not file.named:
        yield None
    if not file.later:
        return
    without_cuts = [op for op in file.later if op.what == "write"]
    if len(without_cuts) < len(file.later):
        yield content_of(file.safe, without_cuts)
    last = file.later[-1]
    if last.what == "write":
        for size in range(len(last.data)):
            yield content_of(file.safe, [*file.later[:-1], last._replace(data=last.data[:size])])
    if whole is not None:
        yield from with_holes(whole, file, seed)


def with_holes(whole: bytes, file: File, seed: int) -> Iterator[bytes]:
    """Yield the file with sectors of its unsynced bytes missing."""
    begin = min((op.at for op in file.later), default=len(whole))
    spans = [
        (max(begin, at), min(at + SECTOR, len(whole)))
        for at in range(begin // SECTOR * SECTOR, len(whole), SECTOR)
    ]
    choices = [{n} for n in range(len(spans))] + [set(range(len(spans)))]
    choices += [set(range(len(spans))) - {n} for n in range(len(spans)) if len(spans) > 1]
    for number, choice in enumerate(choices):
        for fill in (b"\0" * SECTOR, noise(seed + number), STALE, STALE[: STALE.index(b"\n") + 1]):
            content = bytearray(whole)
            for n in choice:
                start, end = spans[n]
                content[start:end] = (fill * (SECTOR // len(fill) + 1))[: end - start]
            yield bytes(content)


def noise(seed: int) -> bytes:
    """Return a sector of bytes without meaning, the same for the same seed."""
    out = bytearray()
    state = seed * 2_654_435_761 % 2**32
    while len(out) < SECTOR:
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        out.append(state >> 24)
    return bytes(out)


State = dict[str, bytes]


def states(session: Session, every: int = 1) -> Iterator[tuple[int, State]]:
    """Yield (ops done, files left) for each moment; the others of the files stay whole."""
    seen: set[tuple[int, int]] = set()
    for count in range(len(session.ops) + 1):
        files = at_moment(session, count)
        promised = rows_promised(session, count)
        for number, state in enumerate(moment_states(files, count)):
            key = (promised, hash(tuple(sorted(state.items()))))
            if (count * 31 + number) % every or key in seen:
                continue
            seen.add(key)
            yield count, state


def moment_states(files: dict[str, File], seed: int) -> Iterator[State]:
    whole = {name: content_of(file.safe, file.later) for name, file in files.items()}
    everything_lost = {name: file.safe if file.named else None for name, file in files.items()}
    yield _there(everything_lost)
    for name, file in files.items():
        for content in left_behind(file, seed):
            yield _there({**whole, name: content})
            yield _there({**everything_lost, name: content})


def _there(files: dict[str, bytes | None]) -> State:
    return {name: content for name, content in files.items() if content is not None}


def rows_promised(session: Session, count: int) -> int:
    """Return how many readings a sync had promised after `count` ops."""
    return max((rows for ops, rows in session.promised if ops <= count), default=0)
