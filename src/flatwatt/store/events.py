"""The event log: what happened, durable before anybody hears of it."""

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from flatwatt.errors import StoreError
from flatwatt.model import Event
from flatwatt.store import database
from flatwatt.store.state import in_our_words, open_state

# Not ON CONFLICT DO NOTHING: that would use up a number for each event told again.
_PUT = """INSERT INTO event (id, at_ms, body)
    SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = ?)"""
_PREFIX = "flatwatt."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
CloudEvent = dict[str, Any]
"""A CloudEvents 1.0 event in its JSON form."""


def cloud_event(event: Event, home: str) -> CloudEvent:
    """Return an event as CloudEvents 1.0 JSON.

    Args:
        event: what happened.
        home: the flat's name; any text.
    """
    at = _EPOCH + event.at_ms * _MS
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": f"urn:flatwatt:{quote(home, safe='')}:{event.appliance}",
        "type": _PREFIX + event.kind,
        "subject": event.appliance,
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": event.data,
    }


def event_of(cloud: Mapping[str, Any]) -> Event:
    """Return the event of its CloudEvents form.

    Raises:
        StoreError: not one of ours.
    """
    try:
        return Event(
            id=cloud["id"],
            kind=_kind_of(cloud["type"]),
            at_ms=(datetime.fromisoformat(cloud["time"]) - _EPOCH) // _MS,
            appliance=cloud["subject"],
            data=cloud["data"],
        )
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(f"not an event of flatwatt ({error}); see docs/events.md") from error


def _kind_of(type_: object) -> str:
    if not isinstance(type_, str) or not type_.startswith(_PREFIX):
        raise ValueError(f"type {type_!r}")
    return type_.removeprefix(_PREFIX)


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema that every event of ours meets."""
    text = files("flatwatt.store").joinpath("event.schema.json").read_bytes()
    schema: dict[str, Any] = msgspec.json.decode(text)
    return schema


class EventLog:
    """Events in the order they were noticed, and how far each sink has told them.

    Any thread may call any method; writing waits for the disk.

    Args:
        path: `state.sqlite`; made if need be.
        read_only: look on while another process writes; the file must be there.

    Raises:
        StoreError: the file cannot be opened, is damaged, another program's, or a newer
            flatwatt's. It holds what cannot be derived, so it is never replaced by itself.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._lock = threading.Lock()
        if read_only and not path.exists():
            raise StoreError(f"{path}: there is no event log yet; `flatwatt run` makes it")
        with self._in_our_words():
            self._connection, _version = open_state(path, read_only=read_only)

    def _in_our_words(self) -> AbstractContextManager[None]:
        return in_our_words(self._path)

    def append(self, events: Sequence[Event], home: str) -> list[Event]:
        """Store events, each id once, all or none.

        Args:
            events: in the order they were noticed.
            home: the flat's name, for `source`.

        Returns:
            Those that were new, in order; durable when this returns.

        Raises:
            StoreError: they could not be stored.
        """
        with self._lock, self._in_our_words(), database.transaction(self._connection):
            return [event for event in events if self._insert(event, home)]

    def _insert(self, event: Event, home: str) -> bool:
        body = msgspec.json.encode(cloud_event(event, home)).decode()
        done = self._connection.execute(_PUT, (event.id, event.at_ms, body, event.id))
        return done.rowcount == 1

    def after(self, seq: int, limit: int = 100) -> list[tuple[int, CloudEvent]]:
        """Return up to `limit` events behind a sequence number, as (seq, event), in order."""
        return self._events("WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))

    def between(self, start_ms: int, end_ms: int) -> list[tuple[int, CloudEvent]]:
        """Return the events that happened in a stretch of time, by time; the end is outside."""
        return self._events(
            "WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, seq", (start_ms, end_ms)
        )

    def newest_ms(self) -> int | None:
        """Return when the newest event happened; None while there is none."""
        with self._lock, self._in_our_words():
            row = self._connection.execute("SELECT max(at_ms) FROM event").fetchone()
        return None if row[0] is None else int(row[0])

    def _events(self, where: str, values: tuple[int, int]) -> list[tuple[int, CloudEvent]]:
        with self._lock, self._in_our_words():
            rows = self._connection.execute(f"SELECT seq, body FROM event {where}", values)  # noqa: S608 - our own text
            return [(seq, msgspec.json.decode(body)) for seq, body in rows.fetchall()]

    def cursor(self, sink: str) -> int:
        """Return the number of the last event a sink has told; 0 for a new sink."""
        with self._lock, self._in_our_words():
            row = self._connection.execute(
                "SELECT seq FROM cursor WHERE sink = ?", (sink,)
            ).fetchone()
        return int(row[0]) if row else 0

    def advance(self, sink: str, seq: int) -> None:
        """Note that a sink has told everything up to `seq`; it never goes back."""
        with self._lock, self._in_our_words(), database.transaction(self._connection):
            self._connection.execute(
                "INSERT INTO cursor (sink, seq) VALUES (?, ?) "
                "ON CONFLICT (sink) DO UPDATE SET seq = max(seq, excluded.seq)",
                (sink, seq),
            )

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        with self._lock:
            self._connection.close()
