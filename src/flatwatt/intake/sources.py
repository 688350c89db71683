"""Where measurements can come from: a reader for each source."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from flatwatt.intake.clean import Cleaned, clean
from flatwatt.intake.csvfile import read_csv, read_emoncms, read_shelly
from flatwatt.intake.hadb import read_homeassistant
from flatwatt.intake.points import Asked, OnBad, Point
from flatwatt.intake.tasmota import read_tasmota


class Source(StrEnum):
    """A program that has measured."""

    SHELLY = "shelly"
    TASMOTA = "tasmota"
    HOME_ASSISTANT = "homeassistant"
    EMONCMS = "emoncms"
    CSV = "csv"


_READERS: dict[Source, Callable[[Path, Asked, OnBad], Iterator[Point]]] = {
    Source.SHELLY: read_shelly,
    Source.TASMOTA: read_tasmota,
    Source.HOME_ASSISTANT: read_homeassistant,
    Source.EMONCMS: read_emoncms,
    Source.CSV: read_csv,
}


def read(
    source: Source, files: Sequence[Path], asked: Asked, newest_ms: int, bad: OnBad
) -> Cleaned:
    """Return what is sound in some files.

    Args:
        source: who wrote them.
        files: any number; their rows may overlap.
        asked: what the person says of them.
        newest_ms: now.
        bad: told of each row that does not count.

    Raises:
        StoreError: a file cannot be read. UsageError: one is not understood.
    """
    points = [point for file in files for point in _READERS[source](file, asked, bad)]
    hold = source is Source.HOME_ASSISTANT
    return clean(points, newest_ms, bad, stamp=asked.stamp, hold=hold)
