"""Sealing days beside the collector: the next step in a process of its own, one at a time."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from flatwatt.config import ArchiveTable, Config
from flatwatt.errors import StoreError
from flatwatt.report.periods import local_day
from flatwatt.store.home import Home
from flatwatt.store.twin.engine import available
from flatwatt.store.twin.keep import Keeping
from flatwatt.store.twin.steps import Job, Step, encode, next_step
from flatwatt.store.twin.twin import Twin

log = logging.getLogger("flatwatt")
GRACE_MS = 75 * 60_000
"""After midnight: longer than the most `sync_s`, so that the day's file is closed and saved."""
LOOK_S = 900.0
REST_S = 10.0
"""Between two steps: catching up a year is no reason to hold a small computer for an hour."""


def twin_of(home: Home, config: Config) -> Twin:
    """Return a home's twin."""
    return Twin(home.sealed, home.readings, keeping_of(home, config).folder)


def keeping_of(home: Home, config: Config) -> Keeping:
    """Return what is to become of a home's old CSV files."""
    table = config.archive or ArchiveTable()
    folder = home.path / table.folder if table.folder else None
    return Keeping(table.csv, table.after_days, folder)


def sealable(now_ms: int, zone: ZoneInfo) -> date:
    """Return the first local day that may not be sealed yet."""
    return local_day(now_ms - GRACE_MS, zone)


class Sealing:
    """The background job. Without the extra it does nothing, and says so where it was asked for.

    Args:
        twin: whose.
        keeping: what becomes of old CSV files.
        zone: of the flat.
        now_ms: the collector's clock.
        asked_for: whether the configuration has a table `[archive]`.
    """

    def __init__(
        self,
        twin: Twin,
        keeping: Keeping,
        zone: ZoneInfo,
        now_ms: Callable[[], int],
        *,
        asked_for: bool,
    ) -> None:
        self._twin = twin
        self._keeping = keeping
        self._zone = zone
        self._now_ms = now_ms
        self._asked_for = asked_for
        self._tried: dict[Step, date] = {}

    async def run(self, *, look_s: float = LOOK_S, rest_s: float = REST_S) -> None:
        """Do what there is to do, for ever."""
        if not available():
            if self._asked_for:
                log.warning("[archive] needs DuckDB: pip install 'flatwatt[archive]'")
            await asyncio.Event().wait()
        while True:
            worked = await self.step()
            await asyncio.sleep(rest_s if worked else look_s)

    async def step(self) -> bool:
        """Do the next step, if there is one; return whether there was.

        One that fails is told once, and tried again on another day.
        """
        today = sealable(self._now_ms(), self._zone)
        tried = [step for step, day in self._tried.items() if day == today]
        try:
            step = await asyncio.to_thread(next_step, self._twin, today, self._keeping, tried)
        except (StoreError, OSError) as error:
            log.warning("archive: %s", error)
            return False
        if step is None:
            return False
        trouble = await self._beside(step)
        if trouble:
            self._tried[step] = today
            log.warning("archive: %s", trouble)
        return True

    async def _beside(self, step: Step) -> str:
        """Do a step in another process; return what went wrong, "" for nothing."""
        twin = self._twin
        job = Job(twin.folder, twin.readings, twin.elsewhere, step, self._keeping)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "flatwatt.store.twin", encode(job),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, said = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()  # whatever it was at is begun anew
            await process.wait()
            raise
        if process.returncode == 0:
            return ""
        lines = said.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"{step.what} {step.which}: the process ended by itself"


def sealing_of(home: Home, config: Config, now_ms: Callable[[], int]) -> Sealing:
    """Return a home's background job."""
    return Sealing(
        twin_of(home, config),
        keeping_of(home, config),
        ZoneInfo(config.flat.timezone),
        now_ms,
        asked_for=config.archive is not None,
    )
