"""Spark Connect: Sail or Spark 4 read the fleet's folder with all their workers.

The servers must see the folder under the same path as this command does.
"""

import socket
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flatwatt.errors import FleetError
from flatwatt.fleet.engines import Choice, chosen, quarter_files, slot_files
from flatwatt.fleet.extra import need
from flatwatt.fleet.layout import QUARTER_COLUMNS, SLOT_COLUMNS
from flatwatt.fleet.shelf import Shelf

PORT = 15002
PATIENCE_S = 10.0
TYPES = {"VARCHAR": "STRING", "BIGINT": "BIGINT"}


def _knock(url: str) -> None:
    """See that somebody listens: the client itself would try for minutes."""
    where = urlsplit(url)
    if where.scheme != "sc" or not where.hostname:
        raise FleetError(f"{url!r} is no address of Spark Connect; write sc://host:port")
    try:
        socket.create_connection((where.hostname, where.port or PORT), PATIENCE_S).close()
    except OSError as error:
        raise FleetError(f"{url}: no answer ({error.strerror or error})") from error


class OnSpark:
    """A session with a Spark Connect server.

    Args:
        url: `sc://host:port`.
        shelf: the fleet's folder.

    Raises:
        FleetError: the client is not installed, or the server does not answer.
    """

    def __init__(self, url: str, shelf: Shelf) -> None:
        _knock(url)
        sql = need("pyspark.sql.connect.session", "fleet-spark")
        self._errors = need("pyspark.errors", "fleet-spark").PySparkException
        self._rpc = need("grpc", "fleet-spark").RpcError
        self._url = url
        self._shelf = shelf
        with self._in_our_words():
            self._session = sql.SparkSession.builder.remote(url).create()

    def choose(self, months: Collection[str]) -> Choice:
        """See `Engine`."""
        choice = chosen(self._shelf, months)
        with self._in_our_words():
            self._show("quarter", QUARTER_COLUMNS, quarter_files(self._shelf, choice.parts))
            self._show("slot", SLOT_COLUMNS, slot_files(self._shelf, choice.parts))
        return choice

    def _show(self, table: str, columns: Mapping[str, str], files: Sequence[str]) -> None:
        schema = ", ".join(f"{name} {TYPES[kind]}" for name, kind in columns.items())
        frame = (
            self._session.read.schema(schema).parquet(*files)
            if files
            else self._session.createDataFrame([], schema)
        )
        frame.createOrReplaceTempView(table)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        with self._in_our_words():
            return [tuple(row) for row in self._session.sql(question).collect()]

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except (self._errors, self._rpc) as error:
            raise FleetError(f"{self._url}: {str(error).strip().splitlines()[0]}") from error

    def close(self) -> None:
        """See `Engine`."""
        self._session.stop()
