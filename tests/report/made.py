"""Runs made by hand: stages with watts and minutes, priced or not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from flatwatt.appliance.curve import STEP_MS, begun, cut, extend
from flatwatt.model import QUARTER_MS, Run, Slice, Stage
from flatwatt.money.tariff import Contract, FixedTariff

BERLIN = ZoneInfo("Europe/Berlin")
PRICES = FixedTariff([Contract(date(2020, 1, 1), Decimal("0.3141"))], BERLIN)
NO_PRICES = FixedTariff([], BERLIN)
MINUTE_MS = 60_000
START_MS = int(datetime(2026, 11, 2, 9, 7, tzinfo=UTC).timestamp() * 1000)

Part = tuple[str, int, int]
"""Name, minutes, W."""


def made(
    *parts: Part,
    start_ms: int = START_MS,
    appliance: str = "washer",
    staged: bool = True,
    going_on: bool = False,
    missing_ms: int = 0,
    programme: str = "",
) -> Run:
    """Return a run of parts one after another."""
    state = begun(start_ms, 0)
    stages, at_ms, total = [], start_ms, 0
    for name, minutes, power_w in parts:
        before_ms, before = at_ms, total
        for _ in range(minutes * MINUTE_MS // STEP_MS):
            at_ms += STEP_MS
            total += power_w * STEP_MS // 3600
            extend(state, at_ms, total)
        slices = shared(before_ms, at_ms, total - before)
        stages.append(Stage(name, before_ms, at_ms, total - before, slices))
    whole: dict[int, int] = {}
    for stage in stages:
        for slot_ms, mwh in stage.slices:
            whole[slot_ms] = whole.get(slot_ms, 0) + mwh
    return Run(
        f"{appliance}-{start_ms}", appliance, start_ms, None if going_on else at_ms, total,
        float(max(power_w for _, _, power_w in parts)), tuple(sorted(whole.items())), missing_ms,
        tuple(stages) if staged else (), cut(state, at_ms, total), programme,
    )  # fmt: skip


def shared(start_ms: int, end_ms: int, energy_mwh: int) -> tuple[Slice, ...]:
    """Share energy out over the quarter-hours of a stretch, to the milliwatt-hour."""
    found, given, at_ms = [], 0, start_ms
    while at_ms < end_ms:
        slot_ms = at_ms - at_ms % QUARTER_MS
        at_ms = min(end_ms, slot_ms + QUARTER_MS)
        until = energy_mwh * (at_ms - start_ms) // (end_ms - start_ms)
        found.append((slot_ms, until - given))
        given = until
    return tuple(found)


WASH = (("heating", 15, 2000), ("washing", 45, 120), ("spinning", 10, 400))
