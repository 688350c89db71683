"""Small recordings in files, and a replay of them from beginning to end."""

from zlib import crc32

from flatwatt import plugs
from flatwatt.drivers import Context, open_plug

T0 = 1_780_000_000_000
TRACE = f"ts_ms,power_w,energy_wh\n{T0},7.5,100\n{T0 + 2000},240,100.1\n{T0 + 4000},-3,100.4\n"
TOLD_TRACE = [(T0, 7.5, 100.0), (T0 + 2000, 240.0, 100.1), (T0 + 4000, -3.0, 100.4)]


def replay(path, name="printer", now_ms=lambda: 0, **table):
    return open_plug(plugs, "replay", {"path": str(path)} | table, Context(name, now_ms, 1.0))


async def played(path, **table):
    """Return the plug, closed, and all its readings."""
    plug = replay(path, **table)
    readings = []
    try:
        await into(readings, plug)
    finally:
        await plug.close()
    return plug, readings


async def into(readings, plug):
    while batch := await plug.read():
        readings += batch


def figures(readings):
    return [(each.at_ms, each.power_w, each.energy_wh) for each in readings]


def record_row(text):
    return f"{text},{crc32(text.encode()):08x}"


def file_of(tmp_path, text, name="recording.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
