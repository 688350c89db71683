import re
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.test_record import BERLIN, MIDNIGHT_MS

from flatwatt.appliance.happenings import Happening
from flatwatt.errors import StoreError
from flatwatt.model import Event, Run
from flatwatt.money.tariff import Contract, FixedTariff
from flatwatt.report.events import event_of as told_event
from flatwatt.store.events import EventLog, cloud_event, event_of, event_schema


def event(number: int, at_ms: int = MIDNIGHT_MS) -> Event:
    return Event(f"made_up/{number}", "made_up", at_ms, "printer", {"n": number})


def validate(cloud: dict[str, Any]) -> None:
    schema = event_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(cloud)


RUN = Run("washer-20261122T154209Z", "washer", MIDNIGHT_MS, MIDNIGHT_MS + 900_000, 843_117, 2104.0,
          ((MIDNIGHT_MS, 843_117),))  # fmt: skip


def test_each_event_is_stored_once_and_only_new_ones_are_returned(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "state.sqlite")
    assert log.append([event(1), event(2), event(1)], "wg") == [event(1), event(2)]
    assert log.append([event(2), event(3)], "wg") == [event(3)]
    assert log.append([], "wg") == []
    assert [(seq, event_of(cloud)) for seq, cloud in log.after(0)] == [
        (1, event(1)),
        (2, event(2)),
        (3, event(3)),
    ]
    log.close()


def test_events_survive_a_restart_and_numbers_are_never_reused(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    log = EventLog(path)
    log.append([event(1), event(2)], "wg")
    log.close()
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM event")
    other.close()
    log = EventLog(path)
    log.append([event(2)], "wg")
    assert [seq for seq, _ in log.after(0)] == [3]
    log.close()
    log.close()


def test_after_gives_the_next_few_in_order(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "state.sqlite")
    log.append([event(n) for n in range(250)], "wg")
    assert [seq for seq, _ in log.after(10, 3)] == [11, 12, 13]
    assert len(log.after(0)) == 100
    assert log.after(250) == []
    log.close()


def test_between_goes_by_when_it_happened(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "state.sqlite")
    log.append([event(1, 3000), event(2, 1000), event(3, 2000)], "wg")
    assert [event_of(cloud).at_ms for _, cloud in log.between(1000, 3000)] == [1000, 2000]
    log.close()


def test_each_sink_has_a_cursor_that_never_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    log = EventLog(path)
    assert log.cursor("telegram") == 0
    log.advance("telegram", 7)
    log.advance("telegram", 3)
    log.advance("mqtt", 1)
    log.close()
    log = EventLog(path)
    assert (log.cursor("telegram"), log.cursor("mqtt")) == (7, 1)
    log.close()


def test_another_process_looks_on_while_the_collector_writes(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with pytest.raises(StoreError, match="no event log yet"):
        EventLog(path, read_only=True)
    log = EventLog(path)
    viewer = EventLog(path, read_only=True)
    log.append([event(1)], "wg")
    assert len(viewer.after(0)) == 1
    with pytest.raises(StoreError):
        viewer.append([event(2)], "wg")
    viewer.close()
    log.close()


def test_an_event_is_cloudevents_json(tmp_path: Path) -> None:
    cloud = cloud_event(event(1, MIDNIGHT_MS + 123), "WG Lindenstraße")
    assert cloud == {
        "specversion": "1.0",
        "id": "made_up/1",
        "source": "urn:flatwatt:WG%20Lindenstra%C3%9Fe:printer",
        "type": "flatwatt.made_up",
        "subject": "printer",
        "time": "2026-11-22T23:00:00.123Z",
        "datacontenttype": "application/json",
        "data": {"n": 1},
    }
    validate(cloud)


@given(st.integers(0, 253_370_764_799_999), st.text(max_size=20))
def test_any_event_comes_back_equal_and_meets_the_schema(at_ms: int, home: str) -> None:
    home = home.encode("utf-8", "ignore").decode()
    given_ = event(5, at_ms)
    cloud = cloud_event(given_, home)
    assert event_of(cloud) == given_
    validate(cloud)


@pytest.mark.parametrize(
    "contracts", [[], [Contract(date(2020, 1, 1), Decimal("0.3321"), Decimal(0))]]
)
def test_told_runs_meet_the_schema(contracts: list[Contract]) -> None:
    prices = FixedTariff(contracts, BERLIN)
    kinds = (
        "started",
        "probably_finished",
        "resumed",
        "finished",
        "emptied",
        "stage_changed",
        "kind_guessed",
    )
    for kind in kinds:
        told = Happening(kind, MIDNIGHT_MS + 900_000, RUN, 0.97, count=1, what="spinning")
        event = told_event(told, prices)
        assert event.kind in (kind, f"device_{kind}")
        validate(cloud_event(event, "wg"))
        assert (event.data.get("cost_eur", "") is None) == (
            "cost_eur" in event.data and not contracts
        )


def test_what_a_run_can_say_twice_has_an_id_of_its_own_each_time() -> None:
    prices = FixedTariff([], BERLIN)
    told = [Happening("resumed", MIDNIGHT_MS, RUN, count=count) for count in (0, 1)]
    first, second = (told_event(each, prices).id for each in told)
    assert first != second
    assert first == told_event(told[0], prices).id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cost_eur", 0.28),
        ("cost_eur", "0.2"),
        ("duration_s", -1),
        ("run", "washer"),
        ("started_at", "yesterday"),
        ("energy_wh", None),
        ("missing_s", None),
    ],
)
def test_the_schema_refuses_what_a_finished_run_must_not_say(field: str, value: object) -> None:
    told = Happening("finished", MIDNIGHT_MS, RUN, 0.98)
    cloud = cloud_event(told_event(told, FixedTariff([], BERLIN)), "wg")
    validate(cloud)
    cloud["data"] = {**cloud["data"], field: value}
    with pytest.raises(jsonschema.ValidationError):
        validate(cloud)
    cloud["data"].pop(field)
    with pytest.raises(jsonschema.ValidationError):
        validate(cloud)


@pytest.mark.parametrize(
    "change",
    [{"type": "other.thing"}, {"time": "soon"}, {"time": "2026-11-22T23:00:00"}, {"type": None}],
)
def test_what_is_not_an_event_of_ours_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="not an event of flatwatt"):
        event_of({**cloud_event(event(1), "wg"), **change})
    with pytest.raises(StoreError, match="not an event of flatwatt"):
        event_of({})


def test_a_log_of_a_newer_flatwatt_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    EventLog(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=99")
    other.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"newer flatwatt \(schema 99.*update flatwatt"):
            EventLog(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_foreign_or_broken_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"certainly not a database, but long enough to be looked at" * 30)
    with pytest.raises(StoreError, match=r"damaged.*backup"):
        EventLog(path)
    assert path.read_bytes().startswith(b"certainly")
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    with pytest.raises(StoreError, match="another program"):
        EventLog(path)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere/state.sqlite"
    with pytest.raises(StoreError, match=re.escape(str(path))):
        EventLog(path)
