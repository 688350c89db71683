"""The record: every reading as the plug said it, in CSV files a flatmate can open.

`Record` writes it, `read` reads it and follows it while it grows. What the columns mean
and what happens in a power cut: docs/files.md.
"""

from flatwatt.store.files import START, Position
from flatwatt.store.reader import BadRow, days, read, read_days
from flatwatt.store.record import Record

__all__ = ["START", "BadRow", "Position", "Record", "days", "read", "read_days"]
