"""A flat to look at on the display."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from flatwatt.model import ApplianceNow, Snapshot, State
from flatwatt.sinks import Extras, LastEvent

BERLIN = ZoneInfo("Europe/Berlin")
AT_MS = 1_795_000_000_000  # Wednesday 2026-11-18 12:06:40 in Berlin
HOUR_MS = 3_600_000

WASHER = ApplianceNow(
    id="washer",
    name="Waschmaschine Küche",
    kind="washing_machine",
    state=State.ACTIVE,
    power_w=2034.4,
    age_ms=500,
    today_mwh=812_345,
    today_eur=Decimal("0.2599"),
    run_start_ms=AT_MS - HOUR_MS - 52 * 60_000,
    run_mwh=700_000,
    run_eur=Decimal("0.224"),
)
PRINTER = ApplianceNow(
    id="printer",
    name="3D-Drucker",
    kind="printer_3d",
    state=State.IDLE,
    power_w=7.4,
    age_ms=900,
    today_mwh=112_345,
    today_eur=Decimal("0.0359"),
)
EXTRAS = Extras(
    week_mwh=12_345_678,
    week_eur=Decimal("3.95"),
    standby_w=12.34,
    standby_eur_year=Decimal("34.61"),
    last_event=LastEvent(AT_MS - 3 * HOUR_MS, "Spüli", "device_finished", 833_000),
)


def flat(at_ms=AT_MS, appliances=(WASHER, PRINTER), total_w=2041.8, **more):
    fields = {
        "at_ms": at_ms,
        "name": "WG",
        "appliances": tuple(appliances),
        "total_w": total_w,
        "today_mwh": 924_690,
        "today_eur": Decimal("0.2958"),
        "rate_eur_kwh": Decimal("0.32"),
    }
    return Snapshot(**{**fields, **more})
