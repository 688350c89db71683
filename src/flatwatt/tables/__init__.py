"""What is written down, as tables: named columns with a kind, and rows that come one by one.

`export` writes them to files, `sql` asks them. docs/import-export.md and docs/sql.md say what
the columns mean.
"""

from flatwatt.tables.shape import Column, Kind, Table

__all__ = ["Column", "Kind", "Table"]
