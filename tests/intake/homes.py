"""Small flats for imports and exports."""

from pathlib import Path
from zoneinfo import ZoneInfo

from flatwatt.config import load
from flatwatt.flat import Flat
from flatwatt.intake.plan import plug_of
from flatwatt.intake.points import Asked
from flatwatt.intake.sources import Source, read
from flatwatt.intake.take import Target, look, take
from flatwatt.opening import counters
from flatwatt.store.home import Home

BERLIN = ZoneInfo("Europe/Berlin")
NOON_MS = 1_790_848_800_000  # 2026-10-01 12:00 in Berlin
NOW_MS = NOON_MS + 30 * 86_400_000
CONFIG = """
[flat]
name = "WG"
[[tariff]]
valid_from = 2020-01-01
rate_eur_kwh = "0.3"
[plugs.washer]
family = "tasmota"
host = "127.0.0.1"
appliance = "washing_machine"
[plugs.fridge]
family = "tasmota"
host = "127.0.0.1"
appliance = "fridge"
"""


def new_home(folder: Path) -> Home:
    home = Home(folder)
    home.create()
    home.config.write_text(CONFIG)
    return home


def config_of(home: Home):
    return load(home.config, home.secrets, {}).config


def open_flat(home: Home, *, watch: bool = False, more=None) -> Flat:
    flat = Flat(home, config_of(home), {**counters(), **(more or {})}, watch=watch)
    flat.catch_up()
    return flat


def record(home: Home, readings, more=None) -> None:
    """Let the collector hear some readings."""
    flat = open_flat(home, more=more)
    flat.feed(readings)
    flat.close()


def cleaned(source: str, *files: Path, bad=None, **asked):
    wrong = [] if bad is None else bad
    return read(Source(source), files, Asked(**{"zone": BERLIN, **asked}), NOW_MS, wrong.append)


def bring_in(home: Home, source: str, *files: Path, appliance: str = "fridge", bad=None, **asked):
    """Import; return the plan that was carried out."""
    sound = cleaned(source, *files, bad=bad, **asked)
    target = Target(appliance, plug_of(source, appliance, asked.get("entities", ())))
    return take(home, config_of(home), counters(), sound, target, NOW_MS, lambda *_: None)


def planned(home: Home, source: str, *files: Path, appliance: str = "fridge", **asked):
    target = Target(appliance, plug_of(source, appliance, asked.get("entities", ())))
    return look(home, BERLIN, cleaned(source, *files, **asked), target)


def energies(home: Home, more=None) -> dict[tuple[str, int], int]:
    """Quarter-hours that have energy: (appliance, start in ms) -> mWh."""
    flat = open_flat(home, watch=True, more=more)
    found: dict[tuple[str, int], int] = {}
    for each in flat.quarters(0, 2 * NOW_MS):
        key = (each.appliance, each.start_ms)
        found[key] = found.get(key, 0) + each.energy_mwh
    flat.close()
    return {key: mwh for key, mwh in found.items() if mwh}


def text_of(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.readings.rglob("*") if path.is_file()}
