"""Deleting old days of the record by choice, without losing what they tell.

A day is derived once more, from the end of the last one that was pruned; its quarter-hours,
its runs and the state at its end are made durable in `kept.sqlite`, read back and compared.
Only then its file goes, the oldest first. Interrupted anywhere, doing it again goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta

from msgspec import Struct

from flatwatt.config import Config
from flatwatt.errors import StoreError
from flatwatt.flat import Flat
from flatwatt.looking import DERIVATION
from flatwatt.model import Counter
from flatwatt.store.disk import Disk
from flatwatt.store.files import WATCHED, DayFile, list_files, order
from flatwatt.store.home import Home
from flatwatt.store.kept import Kept
from flatwatt.store.quarters import Quarter, Quarters
from flatwatt.store.readings import BadRow
from flatwatt.store.sizes import DaySize, sizes_of


class Plan(Struct, frozen=True):
    """What pruning would delete.

    Attributes:
        days: of the record, oldest first.
        keep_days: so many days stay, today included.
    """

    days: tuple[DaySize, ...]
    keep_days: int

    @property
    def bytes(self) -> int:
        """What becomes free, but for what is kept of these days."""
        return sum(each.disk_bytes for each in self.days)


def plan_of(home: Home, keep_days: int, today: date) -> Plan:
    """Return what is older than the days to keep; never the newest files there are."""
    oldest = today - timedelta(days=keep_days - 1)
    days = sizes_of(home).days[:-WATCHED]
    return Plan(tuple(each for each in days if each.day < oldest), keep_days)


def prune(
    home: Home,
    config: Config,
    counters: Mapping[str, Counter],
    plan: Plan,
    progress: Callable[[DaySize], None] | None = None,
) -> list[BadRow]:
    """Keep what the days of a plan tell, then delete their files; a collector may go on.

    Returns:
        Damaged rows that went with their days; they tell nothing.

    Raises:
        StoreError: a day could not be kept, or its figures are not those in `derived/`, or
            its file grew after it was kept; that day and those after it are still there.
    """
    with closing(Kept(home.kept)) as kept:
        flat = _walker(home, config, counters)
        damaged: list[BadRow] = []
        with closing(flat):
            for day in plan.days:
                _prune_day(home, kept, flat, day)
                damaged += flat.bad_rows
                flat.bad_rows.clear()
                if progress is not None:
                    progress(day)
            return damaged


def _walker(home: Home, config: Config, counters: Mapping[str, Counter]) -> Flat:
    """Return a flat at the end of the last pruned day, which writes nothing."""
    anew = Home(home.path)
    anew.quarters = home.derived / "none.sqlite"
    return Flat(anew, config, counters, watch=True)


def _prune_day(home: Home, kept: Kept, flat: Flat, day: DaySize) -> None:
    known_bytes = kept.days().get(day.day)
    if known_bytes is None:
        _keep(home, kept, flat, day)
    elif day.plain_bytes > known_bytes:
        raise StoreError(
            f"{home.readings}: {day.day} was pruned before, but its file grew since (was the "
            "clock set back?); look at it and move it away"
        )
    _delete(home, day.day)


def _keep(home: Home, kept: Kept, flat: Flat, day: DaySize) -> None:
    """Derive a day and make it durable."""
    flat.catch_up(last=day.day)
    pending = flat.capture()
    if pending.checkpoint is None:
        why = "; ".join(flat.store_troubles()) or "nothing was read"
        raise StoreError(f"{day.day} is not pruned, its figures are not sure: {why}")
    _compare(home, day.day, pending.quarters)
    kept.put(day.day, day.plain_bytes, pending.quarters, pending.runs, pending.checkpoint)
    if kept.of(day.day) != (pending.quarters, pending.runs) or kept.edge(DERIVATION) is None:
        raise StoreError(f"{home.kept}: {day.day} does not read back as it was written")


def _compare(home: Home, day: date, derived_now: Sequence[Quarter]) -> None:
    """Raise StoreError where `derived/` tells another energy of whole quarter-hours."""
    # A plug's last quarter-hour goes on when it is heard again, in another file.
    newest_ms: dict[str, int] = {}
    for each in derived_now:
        newest_ms[each.plug] = max(each.start_ms, newest_ms.get(each.plug, 0))
    with closing(Quarters(home.quarters, read_only=True)) as stored:
        reached = stored.checkpoint(DERIVATION)
        if reached is None:
            return  # what is derived is begun anew, from `kept.sqlite`
        if order(reached.position.file)[0] <= day.isoformat():
            raise StoreError(
                f"{day} is not pruned: {home.quarters} has not come so far; start flatwatt once, "
                "then prune again"
            )
        if not derived_now:
            return
        known = {
            (each.appliance, each.plug, each.start_ms): each
            for each in stored.quarters(
                min(each.start_ms for each in derived_now), max(newest_ms.values())
            )
        }
    for each in derived_now:
        there = known.get((each.appliance, each.plug, each.start_ms))
        if there is None or each.start_ms == newest_ms[each.plug]:
            continue
        if there.energy_mwh != each.energy_mwh:
            raise StoreError(
                f"{day} is not pruned: {each.appliance} has {each.energy_mwh} mWh in the record "
                f"and {there.energy_mwh} mWh in {home.quarters}; stop flatwatt, delete the folder "
                "`derived`, start it once, then prune again"
            )


def _delete(home: Home, day: date) -> None:
    """Delete all files of a day, the compressed twins too."""
    disk = Disk()
    name = day.isoformat()
    while files := list_files(home.readings, name, name):
        for file in files:
            _remove(disk, file)
    folder = home.readings / name[:4]
    try:
        for torn in folder.glob(f"{name}*.torn"):
            disk.remove(torn)
        disk.sync_folder(folder)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror or error}") from error


def _remove(disk: Disk, file: DayFile) -> None:
    try:
        disk.remove(file.path)
    except OSError as error:
        raise StoreError(
            f"{file.path}: cannot be deleted ({error.strerror or error}); check its owner"
        ) from error
