"""PostgreSQL answers from what `fleet load` put there: many people, one server."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from flatwatt.errors import FleetError
from flatwatt.fleet.engines import Choice
from flatwatt.fleet.extra import need
from flatwatt.fleet.layout import MONTH, Part

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS fleet;
CREATE TABLE IF NOT EXISTS fleet.part (
    part INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flat TEXT NOT NULL, month TEXT NOT NULL, tariff BIGINT NOT NULL,
    told JSONB NOT NULL, UNIQUE (flat, month)
);
CREATE TABLE IF NOT EXISTS fleet.quarter (
    start_s BIGINT NOT NULL, part INTEGER NOT NULL, energy_mwh INTEGER NOT NULL,
    power_min_mw INTEGER, power_max_mw INTEGER, readings INTEGER NOT NULL,
    missing_ms INTEGER NOT NULL, flags INTEGER NOT NULL, appliance TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS quarter_part ON fleet.quarter (part);
CREATE TABLE IF NOT EXISTS fleet.slot (
    tariff BIGINT NOT NULL, start_s BIGINT NOT NULL, hour_s BIGINT NOT NULL,
    local_day BIGINT NOT NULL, local_week BIGINT NOT NULL, local_month BIGINT NOT NULL,
    local_year BIGINT NOT NULL, weekday BIGINT NOT NULL, local_hour BIGINT NOT NULL,
    rate_ueur_kwh BIGINT, PRIMARY KEY (tariff, start_s)
);
"""
_NARROW = ("energy_mwh", "power_min_mw", "power_max_mw", "readings", "missing_ms", "flags")
"""Kept in 32 bits, which halves a row; questions multiply, so they see 64."""
_FEW = """
CREATE OR REPLACE TEMP VIEW quarter AS
SELECT part.flat, part.tariff, each.start_s, each.appliance, {wide}
FROM fleet.quarter AS each INNER JOIN fleet.part AS part ON part.part = each.part
WHERE part.month IN ({months});
CREATE OR REPLACE TEMP VIEW slot AS SELECT * FROM fleet.slot
"""


class OnPostgresql:
    """A connection to a PostgreSQL server.

    Args:
        dsn: as libpq writes it, `postgresql://user@host/database`.

    Raises:
        FleetError: psycopg is not installed, or the server does not answer.
    """

    def __init__(self, dsn: str) -> None:
        self._psycopg = need("psycopg")
        with self.in_our_words():
            self.connection = self._psycopg.connect(dsn, connect_timeout=10, autocommit=True)

    def choose(self, months: Collection[str]) -> Choice:
        """See `Engine`."""
        listed = ", ".join(f"'{month}'" for month in months if MONTH.fullmatch(month))
        wide = ", ".join(f"CAST(each.{name} AS BIGINT) AS {name}" for name in _NARROW)
        parts = self.parts()
        with self.in_our_words():
            self.connection.execute(_FEW.format(months=listed or "NULL", wide=wide))
        asked = tuple(part for part in parts if part.month in months)
        known = {part.flat for part in parts}
        return Choice(asked, tuple(sorted(known - {part.flat for part in asked})))

    def parts(self) -> list[Part]:
        """Return the months that are loaded, by flat and month; none without the tables."""
        question = "SELECT told FROM fleet.part ORDER BY flat, month"
        try:
            rows = self.connection.execute(question).fetchall()
        except self._psycopg.errors.UndefinedTable:
            raise FleetError(
                "this database holds no fleet yet; run: flatwatt fleet load --to postgresql://…"
            ) from None
        return [msgspec.convert(told, Part) for (told,) in rows]

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        with self.in_our_words():
            return list(self.connection.execute(question).fetchall())

    @contextmanager
    def in_our_words(self) -> Iterator[None]:
        """Say the server's errors in ours."""
        try:
            yield
        except self._psycopg.Error as error:
            raise FleetError(f"PostgreSQL: {str(error).strip().splitlines()[0]}") from error

    def close(self) -> None:
        """See `Engine`."""
        self.connection.close()
