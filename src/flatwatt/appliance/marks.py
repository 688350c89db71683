"""Flags a reading gets from the reading before it, before both are written down."""

from msgspec.structs import replace

from flatwatt.model import Flag, Reading

GAP_MS = 900_000
"""Silence from which on the time between two readings is called a gap."""
BOOT_SLACK_MS = 2_000
"""How far a plug's uptime may be rounded."""


def marked(reading: Reading, before_ms: int | None, *, stepped: bool) -> Reading:
    """Return the reading with BOOT, GAP and CLOCK set as they apply.

    Args:
        reading: as the driver gave it.
        before_ms: when the same plug was last heard; None when never.
        stepped: the collector's clock was set between the two.
    """
    flags = reading.flags
    if stepped:
        flags |= Flag.CLOCK
    elif before_ms is not None:
        if reading.at_ms - before_ms > GAP_MS:
            flags |= Flag.GAP
        if reading.uptime_s is not None:
            booted_ms = reading.at_ms - reading.uptime_s * 1000
            if booted_ms > before_ms + BOOT_SLACK_MS:
                flags |= Flag.BOOT
    return reading if flags == reading.flags else replace(reading, flags=int(flags))
