"""CSV files of anybody: which separator, which decimal sign, which encoding."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flatwatt.errors import StoreError

SAMPLE = 65_536
_NAMES = {";": "semicolons", ",": "commas", "\t": "tabs", "|": "bars"}
_COMMA_NUMBER = re.compile(r"[+-]?[\d.]*\d,\d+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file, looked at.

    Attributes:
        path: where it is.
        encoding: of its text.
        separator: between cells.
        comma: whether decimals stand behind a comma.
    """

    path: Path
    encoding: str
    separator: str
    comma: bool

    @property
    def said(self) -> str:
        """What was found, for a person."""
        decimals = "decimal commas" if self.comma else "decimal points"
        return f"{self.path.name}: {_NAMES[self.separator]} between cells, {decimals}"

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line, cells) of rows that have any; raises StoreError."""
        with opened(self.path, self.encoding) as stream:
            reader = csv.reader(
                (line.replace("\0", "") for line in stream), delimiter=self.separator
            )
            for cells in reader:
                if any(cells):
                    yield reader.line_num, cells


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """Open a text file; errors in our words."""
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as stream:
            yield stream
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    except csv.Error as error:
        raise StoreError(f"{path}: is no CSV file ({error})") from error


def look_at(path: Path) -> Sheet:
    """Find out how a CSV file is written; raises StoreError where it cannot be read."""
    encoding, text = sample_of(path)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")][:50]
    separator = _separator(lines)
    cells = [cell.strip() for row in csv.reader(lines, delimiter=separator) for cell in row]
    comma = separator != "," and any(_COMMA_NUMBER.fullmatch(cell) for cell in cells)
    return Sheet(path, encoding, separator, comma)


def sample_of(path: Path) -> tuple[str, str]:
    """Return a file's encoding and its beginning, up to a whole line; raises StoreError."""
    try:
        with path.open("rb") as source:
            data = source.read(SAMPLE)
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) == SAMPLE:
        data = data[: data.rfind(b"\n") + 1]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", data.decode("utf-16", "replace")
    try:
        return "utf-8-sig", data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252", data.decode("cp1252", "replace")


def _separator(lines: list[str]) -> str:
    """Return what cuts most lines into equally many cells."""

    def fit(separator: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator)]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) if usual > 1 else 0, -";\t,|".index(separator))

    return max(";\t,|", key=fit)
