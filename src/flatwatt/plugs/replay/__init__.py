"""A recording played back as if its plug were speaking: traces, our own record, exports.

Readings keep the recording's own times. At speed 0 they come as fast as they are asked
for; at speed 60 an hour of the recording takes a minute of the collector's clock.
"""

import asyncio
import math
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.drivers import Context, Driver
from flatwatt.errors import ConfigError, PlugNonsense
from flatwatt.model import Counter, CounterKind, Identity, Reading
from flatwatt.plugs.replay.layout import layout_of
from flatwatt.plugs.replay.lines import Lines
from flatwatt.plugs.replay.rows import Rows

_ID_LENGTH = 32
_NAP_S = 0.5  # the collector's clock may run faster than ours: look again this often


@dataclass(frozen=True, slots=True)
class Options:
    """What the configuration may say of a replay.

    Attributes:
        path: of a CSV file, plain or gzipped.
        speed: how many times as fast as it was recorded; 0 for as fast as possible.
        batch: most readings handed out at once.
        appliance: which to play where the recording holds several.
        zone: IANA name of the zone of times that name no UTC offset; empty refuses them.
        resolution_wh: step of the recorded counter, in Wh.
    """

    path: str
    speed: float = 0.0
    batch: int = 4096
    appliance: str = ""
    zone: str = ""
    resolution_wh: float = 1.0


class ReplayPlug:
    """Plays one recording once.

    Args:
        options: see `Options`.
        context: name and clock.

    Raises:
        ConfigError: no such file or zone, or a figure that cannot be.
    """

    def __init__(self, options: Options, context: Context) -> None:
        _check(options, context.name)
        self.counter = Counter(CounterKind.LIFETIME, resolution_wh=options.resolution_wh)
        self._options = options
        self._context = context
        self._path = Path(options.path).expanduser()
        self._zone = _zone_of(options.zone, context.name)
        self._plug = plug_id(context.name)
        self._lines: Lines | None = None
        self._rows: Rows | None = None
        self._waiting: list[Reading] = []
        self._began: tuple[int, int] | None = None  # (collector's ms, recording's ms)
        self._over = False
        if not self._path.is_file():
            raise ConfigError(
                f"{context.name}: no recording at {options.path}; correct the option path"
            )

    @property
    def bad_rows(self) -> list[str]:
        """The first rows that could not be read, by file and line."""
        return list(self._rows.bad) if self._rows else []

    @property
    def bad_row_count(self) -> int:
        """How many rows could not be read so far."""
        return self._rows.bad_count if self._rows else 0

    async def read(self) -> Sequence[Reading]:
        """See `Plug.read`; an empty sequence once the recording is over.

        Raises:
            PlugNonsense: it is not a recording, is damaged, or holds no such appliance.
        """
        if not self._waiting:
            self._waiting = self._next()
        if self._options.speed == 0:
            await asyncio.sleep(0)  # a year of readings must not stop the rest of the house
            readings, self._waiting = self._waiting, []
            return readings
        return await self._due()

    async def identify(self) -> Identity:
        """See `Plug.identify`."""
        return Identity(self._plug, model="recording", label=self._path.name)

    async def close(self) -> None:
        """See `Plug.close`."""
        self._over, self._waiting = True, []
        if self._lines is not None:
            self._lines.close()

    async def _due(self) -> list[Reading]:
        """Wait until the next reading is due; return it and all that are due by now."""
        while self._waiting:
            late_ms = self._recording_ms(self._waiting[0].at_ms) - self._waiting[0].at_ms
            if late_ms >= 0:
                return self._up_to(self._waiting[0].at_ms + late_ms)
            await asyncio.sleep(min(-late_ms / self._options.speed / 1000, _NAP_S))
        return []

    def _recording_ms(self, first_ms: int) -> float:
        """Return where in the recording's own time we are."""
        now_ms = self._context.now_ms()
        if self._began is None:
            self._began = (now_ms, first_ms)
        began_ms, from_ms = self._began
        return from_ms + (now_ms - began_ms) * self._options.speed

    def _up_to(self, at_ms: float) -> list[Reading]:
        count = max(bisect_right(self._waiting, at_ms, key=lambda reading: reading.at_ms), 1)
        due, self._waiting = self._waiting[:count], self._waiting[count:]
        return due

    def _next(self) -> list[Reading]:
        """Decode on to the next batch that holds a reading; empty at the end."""
        try:
            while not self._over:
                readings = self._batch()
                if readings:
                    return readings
        except PlugNonsense as error:
            self._over = True
            raise PlugNonsense(f"{self._context.name}: {error}") from error
        return []

    def _batch(self) -> list[Reading]:
        if self._lines is None:
            self._lines = Lines(self._path)
        if self._rows is None:
            self._rows = self._opened(self._lines)
        first = self._lines.number + 1
        lines = self._lines.take(self._options.batch)
        if not lines:
            self._end(self._lines, self._rows)
            return []
        return self._rows.decode(lines, first)

    def _opened(self, lines: Lines) -> Rows:
        """Read up to the header: the first line that is neither empty nor a `#` comment."""
        header = ""
        while not header.strip() or header.startswith("#"):
            line = lines.take(1)
            if not line:
                raise PlugNonsense(f"{lines.name}: is empty; a recording begins with a header")
            header = line[0]
        layout = layout_of(header, lines.name, lines.number)
        wanted = self._options.appliance
        return Rows(
            layout, lines.name, self._context.name, self._plug, only=wanted, zone=self._zone
        )

    def _end(self, lines: Lines, rows: Rows) -> None:
        self._over = True
        lines.close()
        wanted = self._options.appliance
        if wanted and rows.seen and wanted not in rows.seen:
            raise PlugNonsense(
                f"{lines.name}: holds no appliance {wanted!r}; it holds: {', '.join(rows.seen)}"
            )


def plug_id(name: str) -> str:
    """Return `replay-<name>`; where that is too long, its end becomes a checksum."""
    plug = f"replay-{name}"
    if len(plug) <= _ID_LENGTH:
        return plug
    return f"{plug[: _ID_LENGTH - 9]}-{zlib.crc32(name.encode()):08x}"


def _check(options: Options, name: str) -> None:
    if not (math.isfinite(options.speed) and options.speed >= 0):
        raise ConfigError(f"{name}: speed is {options.speed}; it must be 0 or more")
    if not 1 <= options.batch <= 1_000_000:
        raise ConfigError(f"{name}: batch is {options.batch}; it must be from 1 to 1000000")
    if not (math.isfinite(options.resolution_wh) and options.resolution_wh > 0):
        raise ConfigError(
            f"{name}: resolution_wh is {options.resolution_wh}; it must be more than 0"
        )


def _zone_of(zone: str, name: str) -> ZoneInfo | None:
    if not zone:
        return None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:  # a zone not found is a KeyError
        raise ConfigError(f"{name}: unknown zone {zone!r}; write it as Europe/Berlin") from error


driver = Driver(
    Options,
    ReplayPlug,
    counter=Counter(CounterKind.LIFETIME, resolution_wh=1.0),
    pushed=True,
)
