"""Many flats: quarter-hours leave a flat as Parquet, and existing engines add them up."""
