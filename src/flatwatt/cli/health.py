"""What `flatwatt check` looks at beside the configuration."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from flatwatt.config import Config
from flatwatt.store.home import Home

ROW_BYTES = 90
BUILT_MS = 1_767_225_600_000
"""2026-01-01: a computer that believes in an earlier year has no clock."""


class Finding(Struct, frozen=True):
    """One thing looked at: ok, note (look at it when you can) or wrong."""

    verdict: Literal["ok", "note", "wrong"]
    text: str


def examine(
    home: Home, config: Config, now_ms: int, disk_usage: Callable[[Path], Any]
) -> list[Finding]:
    """Look at folder, clock, disk and tariff of a home."""
    return [
        _folder(home),
        _clock(home, now_ms),
        _disk(home, config, disk_usage),
        _tariff(config),
        _busy(home),
    ]


def _folder(home: Home) -> Finding:
    if not home.path.is_dir():
        return Finding("wrong", f"{home.path} does not exist; make it with: flatwatt init")
    if not os.access(home.path, os.W_OK | os.X_OK):
        return Finding("wrong", f"{home.path} cannot be written by you; chown it to your user")
    return Finding("ok", f"{home.path} can be written")


def _clock(home: Home, now_ms: int) -> Finding:
    if now_ms < BUILT_MS:
        return Finding("wrong", "the clock stands before 2026; let NTP set it (timedatectl)")
    newest = max((file.stat().st_mtime for file in home.readings.glob("*/*.csv")), default=0)
    if newest * 1000 > now_ms + 86_400_000:
        return Finding("wrong", "the record was written after today; is the clock behind?")
    return Finding("ok", "the clock is plausible")


def _disk(home: Home, config: Config, disk_usage: Callable[[Path], Any]) -> Finding:
    if not home.path.is_dir():
        return Finding("note", "disk not looked at: there is no home yet")
    free = disk_usage(home.path).free
    per_day = sum(ROW_BYTES * 86_400 / (plug.interval_s or 2.0) for plug in config.plugs.values())
    days = free / per_day if per_day else float("inf")
    text = f"{free / 1e9:.1f} GB free"
    if per_day:
        text += f", {per_day / 1e6:.0f} MB of record a day at most: {min(days, 99999):.0f} days"
    return Finding("ok" if days > 90 else "wrong" if days < 3 else "note", text)


def _tariff(config: Config) -> Finding:
    if not config.tariff:
        return Finding("note", "no [[tariff]] yet: energy is counted, costs stay unknown")
    return Finding("ok", f"{len(config.tariff)} contracts")


def _busy(home: Home) -> Finding:
    if home.path.is_dir() and home.busy():
        return Finding("ok", "a flatwatt is recording here")
    return Finding("note", "no flatwatt is recording here; start one with: flatwatt run")
