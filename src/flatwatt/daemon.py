"""The hall: one task per plug; what they hear goes to the flat, and to the disk on time.

A slow, dead or lying plug only ever holds up its own task.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeAlias

from flatwatt.answers import extras_of
from flatwatt.care import RoomWatch
from flatwatt.errors import PlugError, PlugNonsense, StoreError
from flatwatt.flat import Flat
from flatwatt.model import Event
from flatwatt.opening import Opened
from flatwatt.report.periods import local_day
from flatwatt.sinks import Display, Extras

log = logging.getLogger("flatwatt")
BACKOFF_FIRST_S = 1.0
BACKOFF_MOST_S = 60.0
STALE_LEAST_MS = 15_000
FLAPPING_S = 600.0
SHOW_S = 1.0
SHOW_LEAST_S = 0.15
"""An LCD's crystals follow about six pictures a second."""
EXTRAS_S = 60.0
WARN_S = 1.0
LEARN_S = 2.0
ROOM_S = 300.0
"""Between two looks at the disk's room; a new day's file is a reason too."""
DAY_S = 5.0
Job: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class ClockLike(Protocol):
    """`Clock` or `FastClock`."""

    steps: int

    def now_ms(self) -> int:
        """Now, in ms of Unix time."""
        ...


class Daemon:
    """Reads plugs for as long as it is let.

    Args:
        flat: where readings go; the caller closes it.
        opened: the plugs; closed when `run` ends.
        clock: shared by all plugs.
        sync_s: seconds between two forced writes.
        seed: of the back-off's jitter.
        speed: the clock's seconds a real second; scales what counts as stale.
        displays: shown the flat each second; a silent one delays nobody.

    Attributes:
        room: watches the disk.
        jobs: run beside, for ever; to be filled before `run`.
    """

    def __init__(
        self,
        flat: Flat,
        opened: Sequence[Opened],
        clock: ClockLike,
        *,
        sync_s: float = 60.0,
        seed: int | None = None,
        speed: float = 1.0,
        displays: Sequence[Display] = (),
    ) -> None:
        self._flat = flat
        self._opened = opened
        self._clock = clock
        self._sync_s = sync_s
        self._displays = displays
        self.room = RoomWatch(flat.home, flat.zone, flat.config.flat.language)
        self.jobs: list[Job] = []
        self._jitter = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing
        self._sync_now = asyncio.Event()
        self._news = False
        self._fresh = asyncio.Event()
        self._said: dict[str, str] = {}
        self._named: dict[str, float] = {}
        self._flat.listeners.append(self._heard)
        for each in opened:
            patience_ms = int(4000 * each.interval_s * speed)
            flat.stale_ms[each.id] = max(int(STALE_LEAST_MS * speed), patience_ms)

    async def run(self) -> None:
        """Read until cancelled, or until every plug has told its whole story."""
        jobs: list[Job] = [self._keep, self._warn, self._learn, self._watch_room, *self.jobs]
        for display in self._displays:
            jobs += [display.run, partial(self._show, display)]
        helpers = [asyncio.create_task(_for_ever(job)) for job in jobs]
        watchers = [
            asyncio.create_task(self._watch(each, index), name=f"plug {each.id}")
            for index, each in enumerate(self._opened)
        ]
        try:
            await asyncio.gather(*watchers)
        finally:
            for task in (*watchers, *helpers):
                task.cancel()
            await asyncio.gather(*watchers, *helpers, return_exceptions=True)
            for each in self._opened:
                with contextlib.suppress(PlugError, OSError):
                    await each.plug.close()

    async def _watch(self, opened: Opened, index: int) -> None:
        """Read one plug for ever, or until a pushed one has no more to say."""
        # Plugs are asked at different moments of the interval, not all at once.
        await asyncio.sleep(opened.interval_s * (index % 16) / 16 if not opened.pushed else 0)
        loop = asyncio.get_running_loop()
        wait_s = BACKOFF_FIRST_S
        steps = self._clock.steps
        due = loop.time()
        while True:
            try:
                async with asyncio.timeout(opened.patience_s if not opened.pushed else None):
                    readings = await opened.plug.read()
                if opened.pushed and not readings:
                    return
                self._flat.feed(readings, stepped=steps != self._clock.steps)
            except (PlugError, TimeoutError) as error:
                self._lost(opened, error)
            except Exception as error:  # the wall: one plug's bug stops no other plug
                log.exception("%s: internal error", opened.id)
                self._lost(opened, PlugNonsense(f"{opened.id}: internal error: {error!r}"))
            else:
                self._found(opened)
                self._fresh.set()
                wait_s, steps = BACKOFF_FIRST_S, self._clock.steps
                due = await self._pace(opened, due)
                continue
            await asyncio.sleep(wait_s * self._jitter.uniform(0.8, 1.2))
            wait_s = min(wait_s * 2, BACKOFF_MOST_S)
            due = loop.time()

    async def _pace(self, opened: Opened, due: float) -> float:
        """Wait for the next moment to ask; moments missed are let go, not made up for."""
        if opened.pushed:
            await asyncio.sleep(0)
            return due
        now = asyncio.get_running_loop().time()
        due += opened.interval_s
        if due < now:
            due += opened.interval_s * int((now - due) / opened.interval_s + 1)
        await asyncio.sleep(due - now)
        return due

    def _lost(self, opened: Opened, error: Exception) -> None:
        """Say why a plug is silent: once, again when the reason is of another kind."""
        text = str(error) or f"{opened.id}: no answer in {opened.patience_s:.0f} s"
        kind = type(error).__name__
        self._flat.plug_troubles[opened.id] = text
        if self._said.get(opened.id) != kind:
            self._said[opened.id] = kind
            log.warning("%s", text)

    def _found(self, opened: Opened) -> None:
        if self._flat.plug_troubles.pop(opened.id, None) is None:
            return
        now = asyncio.get_running_loop().time()
        # A plug at the edge of the Wi-Fi comes and goes: it is not named each time.
        if now - self._named.get(opened.id, -FLAPPING_S) >= FLAPPING_S:
            self._named[opened.id] = now
            self._said.pop(opened.id, None)
            log.warning("%s: answers again", opened.id)

    def _heard(self, event: Event) -> None:
        """A finished run goes to the disk at once: people act on it."""
        self._news = True
        if event.kind == "device_finished":
            self._sync_now.set()

    async def _show(self, display: Display) -> None:
        """Show a display each news at once and the time each second; what is slow each minute."""
        loop = asyncio.get_running_loop()
        extras, due = Extras(), loop.time()
        while True:
            self._fresh.clear()
            now_ms = self._clock.now_ms()
            if self._news or loop.time() >= due:
                self._news, due = False, loop.time() + EXTRAS_S
                extras = extras_of(self._flat, now_ms)
            display.show(self._flat.snapshot(now_ms), extras)
            await asyncio.sleep(SHOW_LEAST_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._fresh.wait(), SHOW_S - SHOW_LEAST_S)

    async def _warn(self) -> None:
        """Name what is wrong with the files, once each, and when it is right again."""
        said: list[str] = []
        while True:
            troubles = self._flat.store_troubles()
            kinds = [text.partition(":")[0] for text in troubles]
            for kind, text in zip(kinds, troubles, strict=True):
                if kind not in said:
                    log.warning("%s", text)
            if said and not kinds:
                log.warning("the files can be written again")
            said = kinds
            await asyncio.sleep(WARN_S)

    async def _watch_room(self) -> None:
        """Look at the disk's room now and then; what is amiss stands in the flat's troubles."""
        loop = asyncio.get_running_loop()
        day, due = None, loop.time()
        while True:
            today = local_day(self._clock.now_ms(), self._flat.zone)
            if today != day or loop.time() >= due:
                day, due = today, loop.time() + ROOM_S
                await self._look_at_room()
            await asyncio.sleep(DAY_S)

    async def _look_at_room(self) -> None:
        before = self.room.room
        try:
            trouble = await asyncio.to_thread(self.room.look, self._clock.now_ms())
        except (OSError, StoreError) as error:
            log.warning("the disk's room cannot be told: %s", error)
            return
        self._flat.room_trouble = trouble
        self._fresh.set()
        if self.room.room is not before:
            log.warning("%s", trouble or "there is room on the disk again")

    async def _learn(self) -> None:
        """Take in what people correct; a command beside this process only writes it down."""
        while True:
            if self._flat.take_in():
                self._news = True
                self._fresh.set()
                self._sync_now.set()
            await asyncio.sleep(LEARN_S)

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._sync_now.wait(), self._sync_s)
            self._sync_now.clear()
            await asyncio.to_thread(self._flat.persist, self._flat.capture())


async def _for_ever(job: Job) -> None:
    """Run a job that never ends, and again should it fail: the plugs are read meanwhile."""
    while True:
        try:
            await job()
        except Exception:
            log.exception("internal error; trying again in %.0f s", BACKOFF_MOST_S)
        await asyncio.sleep(BACKOFF_MOST_S)
