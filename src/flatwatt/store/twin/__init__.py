"""The columnar twin of the record: sealed days as Parquet, for questions about raw readings.

It is derived: the CSV stays the truth, and everything here can be made anew from it. Only
`engine` knows DuckDB, which is the extra `[archive]`. How a file is laid out: `columns`
and docs/files.md.
"""
