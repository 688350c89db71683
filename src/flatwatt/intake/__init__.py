"""What other programs measured, taken into the record: reading, checking, planning, writing.

docs/import-export.md says which files are understood and how they are booked.
"""
