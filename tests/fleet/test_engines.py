"""One month of a fleet from engines that are really there, against plain arithmetic."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.postgresql import postgresql
from tests.fleet.made import OCTOBER, House, ms, quarter

from flatwatt.errors import FleetError
from flatwatt.fleet.extra import need
from flatwatt.fleet.load import load
from flatwatt.fleet.on_duckdb import OnDuckdb
from flatwatt.fleet.on_postgresql import OnPostgresql
from flatwatt.fleet.on_spark import OnSpark
from flatwatt.fleet.report import KEYS, fleet_report, year_period
from flatwatt.fleet.shelf import Shelf
from flatwatt.model import Slice
from flatwatt.money.cost import cents, cost_of
from flatwatt.report.periods import local_day

CLOSED = date(2026, 11, 2)
LISBON = ZoneInfo("Europe/Lisbon")


def first_houses() -> list[House]:
    return [
        House(1).measure(date(2026, 10, 30), CLOSED),
        House(2, rate=Decimal("0.199999")).measure(date(2026, 10, 13), date(2026, 10, 17)),
        House(3, zone=LISBON).measure(date(2026, 10, 24), date(2026, 10, 27), ("dryer",)),
        House(4).measure(date(2026, 9, 29), date(2026, 10, 1)),  # nothing of October
    ]


@pytest.fixture(scope="module")
def houses():
    return first_houses()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, houses):
    found = Shelf(tmp_path_factory.mktemp("fleet"))
    for house in houses:
        house.push(found, CLOSED)
    return found


@pytest.fixture(scope="module")
def server():
    with postgresql() as dsn:
        yield dsn


@pytest.fixture(scope="module")
def loaded(server, shelf):
    with closing(OnPostgresql(server)) as target:
        *_, done = load(shelf, target)
        assert done.months == 5
        yield target


@pytest.fixture(params=["duckdb", "postgresql"])
def engine(request, shelf, loaded):
    if request.param == "postgresql":
        yield loaded
    else:
        with closing(OnDuckdb(shelf)) as opened:
            yield opened


def in_october(house: House) -> list[Slice]:
    start_ms, end_ms = OCTOBER.bounds_ms(house.zone)
    rows = sorted(house.between(start_ms, end_ms), key=lambda each: each.start_ms)
    return [(each.start_ms, each.energy_mwh) for each in rows]


def test_each_flat_pays_what_its_own_report_says(engine, houses):
    report = fleet_report(engine, OCTOBER, "flat")
    told = {line.key: (line.energy_mwh, line.cost_cents) for line in report.lines}
    assert told == {
        house.id: (
            sum(energy_mwh for _, energy_mwh in in_october(house)),
            cents(cost_of(in_october(house), house.prices).eur),
        )
        for house in houses[:3]
    }
    assert report.total.cost_cents == sum(line.cost_cents for line in report.lines)


def test_a_local_day_is_the_flats_own(engine, houses):
    report = fleet_report(engine, OCTOBER, "day")
    days: dict[str, int] = {}
    for house in houses[:3]:
        for at_ms, energy_mwh in in_october(house):
            day = local_day(at_ms, house.zone).isoformat()
            days[day] = days.get(day, 0) + energy_mwh
    assert {line.key: line.energy_mwh for line in report.lines} == days


@pytest.mark.parametrize("by", list(KEYS))
def test_every_engine_says_the_same_and_columns_add_up(shelf, loaded, by):
    with closing(OnDuckdb(shelf)) as duckdb:
        report = fleet_report(duckdb, OCTOBER, by)
    assert fleet_report(loaded, OCTOBER, by) == report
    assert sum(line.cost_cents for line in report.lines) == report.total.cost_cents
    assert sum(line.energy_mwh for line in report.lines) == report.total.energy_mwh
    assert report.total.cost_cents > 100


def test_rates_are_told_apart(engine):
    keys = [line.key for line in fleet_report(engine, OCTOBER, "tariff").lines]
    assert keys == ["0.199999", "0.241299", "0.3250"]  # two flats have the last


def test_who_sent_nothing_and_who_sent_less_is_named(engine, houses):
    report = fleet_report(engine, OCTOBER, "flat")
    assert report.flats == 3
    assert report.absent == (houses[3].id,)
    assert [(flat, month) for flat, month, _ in report.partial] == [
        (house.id, "2026-10") for house in houses[:3]
    ]
    assert report.partial[1][2] == 100 * 4 // 31
    assert not report.differing


def test_a_year_is_all_its_months(engine, houses):
    report = fleet_report(engine, year_period(2026), "flat")
    everything = sum(each.energy_mwh for house in houses for each in house.quarters.values())
    assert report.total.energy_mwh == everything
    assert report.flats == 4


def test_a_month_nobody_sent_is_empty_not_an_error(engine, houses):
    report = fleet_report(engine, year_period(2031), "day")
    assert (report.lines, report.total.energy_mwh) == ((), 0)
    assert report.absent == tuple(house.id for house in houses)


def test_energy_without_a_contract_is_not_priced_at_zero(tmp_path):
    house = House().measure(date(2025, 12, 31), date(2026, 1, 2), ("washer",))
    house.push(Shelf(tmp_path), date(2026, 1, 2))
    with closing(OnDuckdb(Shelf(tmp_path))) as engine:
        report = fleet_report(engine, year_period(2025), "tariff")
    (line,) = report.lines
    assert line.key == ""
    assert line.unpriced_mwh == line.energy_mwh > 0


def test_a_damaged_file_is_named_and_left_out(tmp_path, houses):
    shelf = Shelf(tmp_path)
    for house in houses[:2]:
        house.push(shelf, CLOSED)
    file = tmp_path / f"flat={houses[0].id}/month=2026-10/quarter.parquet"
    file.write_bytes(file.read_bytes()[:-200])
    with closing(OnDuckdb(shelf)) as engine:
        report = fleet_report(engine, OCTOBER, "flat")
    assert report.broken == ((houses[0].id, "2026-10"),)
    assert [line.key for line in report.lines] == [houses[1].id]


@pytest.mark.parametrize("place", ["../../elsewhere", "f00000000002"])
def test_a_manifest_speaks_of_its_own_flat_only(tmp_path, houses, place):
    shelf = Shelf(tmp_path)
    houses[0].push(shelf, CLOSED)
    file = tmp_path / f"flat={houses[0].id}" / "manifest.json"
    file.write_text(file.read_text().replace(f'"flat": "{houses[0].id}",', f'"flat": "{place}",'))
    with closing(OnDuckdb(shelf)) as engine:
        assert fleet_report(engine, OCTOBER, "flat").absent == (houses[0].id,)


def test_figures_that_contradict_their_manifest_are_named(tmp_path, houses):
    shelf = Shelf(tmp_path)
    for house in houses[:2]:
        house.push(shelf, CLOSED)
    manifest = tmp_path / f"flat={houses[0].id}" / "manifest.json"
    true = shelf.manifest(houses[0].id).parts[0].energy_mwh
    text = manifest.read_text().replace(str(true), str(true + 1))
    manifest.write_text(text)
    with closing(OnDuckdb(shelf)) as engine:
        assert fleet_report(engine, OCTOBER, "day").differing == (houses[0].id,)


def test_a_database_is_filled_month_by_month_and_nothing_twice(tmp_path):
    houses = first_houses()
    shelf = Shelf(tmp_path)
    for house in houses:
        house.push(shelf, CLOSED)
    with postgresql() as dsn, closing(OnPostgresql(dsn)) as target:
        with pytest.raises(FleetError, match="flatwatt fleet load"):
            fleet_report(target, OCTOBER, "flat")
        assert [(done.months, done.same) for done in load(shelf, target)][-1] == (5, 0)
        houses[0].put(quarter(ms(date(2026, 10, 30)), 123_456))
        houses[0].push(shelf, CLOSED)
        assert [(done.months, done.same) for done in load(shelf, target)][-1] == (1, 4)
        assert [(done.months, done.same) for done in load(shelf, target)][-1] == (0, 5)
        with closing(OnDuckdb(shelf)) as duckdb:
            assert fleet_report(target, OCTOBER, "day") == fleet_report(duckdb, OCTOBER, "day")


def test_a_server_that_is_not_there_is_said_in_one_line():
    with pytest.raises(FleetError, match="PostgreSQL: ") as said:
        OnPostgresql("postgresql://nobody@127.0.0.1:1/none")
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("address", ["sc://127.0.0.1:1", "127.0.0.1:1", "sc:///fleet"])
def test_spark_that_is_not_there_is_said_at_once(shelf, address):
    with pytest.raises(FleetError, match=r"no answer|write sc://host:port"):
        OnSpark(address, shelf)


def test_what_is_not_installed_names_its_extra():
    with pytest.raises(FleetError, match=r"pip install 'flatwatt\[fleet-spark\]'"):
        need("flatwatt_no_such_engine", "fleet-spark")


def test_a_folder_that_is_not_mounted_is_said(tmp_path):
    gone = Shelf(tmp_path / "gone")
    with closing(OnDuckdb(gone)) as engine, pytest.raises(FleetError, match="is it mounted"):
        fleet_report(engine, OCTOBER, "flat")
