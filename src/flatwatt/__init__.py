"""flatwatt: flatshare energy monitoring, from the plug to the record."""

__version__ = "0.1.0"
