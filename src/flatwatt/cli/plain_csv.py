"""Small tables as CSV on standard output."""

import csv
import sys
from collections.abc import Iterable, Sequence

from flatwatt.errors import StoreError
from flatwatt.tables.cells import cell


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write CSV to standard output; empty cells where nothing is known.

    Raises:
        StoreError: nobody takes it.
    """
    try:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in rows)
    except OSError as error:
        raise StoreError(f"standard output cannot be written: {error}") from error
