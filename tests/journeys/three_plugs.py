"""Three plugs for sixteen days, and a home that heard them."""

from contextlib import closing
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.journeys.conftest import Command

from flatwatt.config import Config, FlatTable, PlugTable, RecordTable
from flatwatt.flat import Flat
from flatwatt.loads import load_of
from flatwatt.model import Reading
from flatwatt.opening import counters
from flatwatt.store.home import Home

BERLIN = ZoneInfo("Europe/Berlin")
START_MS = 1_793_487_600_000  # 2026-11-01 00:00 in Berlin
DAY_MS = 86_400_000
DAYS = 16
STEP_MS = 60_000
KINDS = {"washer": "washing_machine", "fridge": "fridge", "printer": "printer_3d"}
CONFIG = Config(
    FlatTable("WG"),
    RecordTable(keep_days=8),
    plugs={id_: PlugTable(family="shelly1", appliance=kind) for id_, kind in KINDS.items()},
)
NOW_MS = START_MS + DAYS * DAY_MS
TODAY = date(2026, 11, 17)
EVER = 1 << 53


def said_by_plugs(days: int = DAYS) -> list[Reading]:
    """Three plugs; the printer's is not heard for two days, over where pruning will cut."""
    loads = {id_: load_of(kind, 3, START_MS) for id_, kind in KINDS.items()}
    silent = range(START_MS + 7 * DAY_MS + DAY_MS // 2, START_MS + 9 * DAY_MS + DAY_MS // 2)
    return [
        Reading(at_ms, id_, f"shelly1-{id_}-0", load.power_w(at_ms), load.energy_wh(at_ms))
        for at_ms in range(START_MS, START_MS + days * DAY_MS, STEP_MS)
        for id_, load in loads.items()
        if not (id_ == "printer" and at_ms in silent)
    ]


def lived(folder: Path, rows: list[Reading]) -> Home:
    home = Home(folder)
    with closing(Flat(home, CONFIG, counters())) as flat:
        for begin in range(0, len(rows), 2000):
            flat.feed(rows[begin : begin + 2000])
            flat.persist(flat.capture())
    return home


def told(home: Home, *, watch: bool = True) -> tuple[object, ...]:
    """All there is to know: quarter-hours, runs, totals, and what was learned."""
    with closing(Flat(home, CONFIG, counters(), watch=watch)) as flat:
        flat.catch_up()
        trackers = {id_: flat.tracker(id_) for id_ in KINDS}
        return (
            flat.quarters(0, EVER),
            flat.runs(0, EVER),
            {id_: each.total_mwh for id_, each in trackers.items() if each},
            {id_: each.programmes for id_, each in trackers.items() if each},
        )


def underive(home: Home) -> None:
    for path in home.derived.glob("*"):
        path.unlink()


def configured(flatwatt: Command, language: str = "en", record: str = "") -> Home:
    home = Home(flatwatt.home)
    home.create()
    home.config.write_text(
        f'[flat]\nname = "WG"\nlanguage = "{language}"\n[record]\n{record}\n'
        + "".join(
            f'[plugs.{id_}]\nfamily = "simulated"\nload = "{kind}"\nappliance = "{kind}"\n'
            for id_, kind in KINDS.items()
        )
    )
    return home
