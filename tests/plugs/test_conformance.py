"""Every recorded answer we have, as it is and with each of its fields spoiled in turn.

Our own samples are in tests/data/plugs; recordings of real plugs lie beside the repository
on the developers' computers only, so that list may be empty.
"""

import copy
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flatwatt.errors import PlugError
from flatwatt.model import Reading
from flatwatt.plugs import shelly, shelly1, tasmota

OURS = Path(__file__).parents[1] / "data" / "plugs"
RECORDED = Path(__file__).parents[3] / "shared" / "fixtures"
FOLDERS = {"shelly1": "shelly-gen1", "shelly": "shelly-gen2plus", "tasmota": "tasmota"}
PARSERS: dict[str, Callable[..., Reading]] = {
    "shelly1": shelly1.parse_status,
    "shelly": shelly.parse_status,
    "tasmota": tasmota.parse_status,
}
FIGURES = ("power_w", "energy_wh", "voltage_v", "uptime_s")
GONE = object()
SPOILERS: dict[str, Any] = {
    "dropped": GONE,
    "null": None,
    "word": "NA",
    "blank": " 3",
    "array": [],
    "array of many": [1, 2, 3],
    "table": {},
    "true": True,
    "huge": 1e308,
    "huger": 10**400,
    "negative": -5.5,
    "NaN": math.nan,
    "infinite": math.inf,
}
SAYS_NOTHING = frozenset(SPOILERS) - {"array of many", "negative"}
"""After these a figure is as it was or missing, never another one."""


def jsons(path: Path) -> Iterator[Any]:
    """Yield the JSON documents in a file, one a line in a .txt after its topic."""
    if path.suffix == ".json":
        yield json.loads(path.read_text())
        return
    for line in path.read_text().splitlines():
        if line.startswith(("{", "tele/")):
            yield json.loads(line[line.index("{") :])


def answers(family: str, said: Any) -> Iterator[dict[str, Any]]:
    """Yield the answers with figures in a recorded document of any shape."""
    if isinstance(said, list):
        for part in said:
            yield {"switch:0": part}
    elif not isinstance(said, dict):
        return
    elif "status" in said:
        yield said["status"]
    elif "ENERGY" in said and family == "tasmota":
        yield {"StatusSNS": said}
    elif {"meters", "StatusSNS", "switch:0", "pm1:0"} & set(said):
        yield said


def collect() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for family, folder in FOLDERS.items():
        for path in sorted([*(OURS / family).glob("*"), *(RECORDED / folder).glob("*")]):
            if ".mdns." in path.name:
                continue
            for count, document in enumerate(jsons(path)):
                for place, answer in enumerate(answers(family, document)):
                    yield family, f"{family}/{path.stem}#{count}.{place}", answer


CASES = [pytest.param(family, answer, id=label) for family, label, answer in collect()]


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every leaf, and of every branch too: those can be spoiled as well."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        inner = list(node.items())
    elif isinstance(node, list):
        inner = list(enumerate(node))
    if path:
        yield path
    for key, value in inner:
        yield from leaves(value, (*path, key))


def spoiled(answer: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    twin = copy.deepcopy(answer)
    node: Any = twin
    for key in path[:-1]:
        node = node[key]
    if value is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return twin


def parse(family: str, answer: object) -> Reading | None:
    """Return a reading, or None where the answer was refused in our own words."""
    try:
        return PARSERS[family](answer, name="plug", at_ms=1)
    except PlugError:
        return None


def check(reading: Reading) -> None:
    for figure in FIGURES:
        value = getattr(reading, figure)
        assert value is None or math.isfinite(value), figure
    assert reading.energy_wh is None or reading.energy_wh >= 0.0
    assert reading.power_w is None or abs(reading.power_w) <= 100_000.0
    assert len(reading.plug) <= 32


def test_our_own_samples_cover_each_family() -> None:
    families = [case.values[0] for case in CASES]
    assert all(families.count(family) >= 3 for family in FOLDERS)


@pytest.mark.parametrize(("family", "answer"), CASES)
def test_a_recorded_answer_is_a_reading(family: str, answer: dict[str, Any]) -> None:
    reading = PARSERS[family](answer, name="plug", at_ms=1)
    check(reading)
    assert reading.power_w is not None or reading.energy_wh is not None


@pytest.mark.parametrize("spoiler", sorted(SPOILERS))
@pytest.mark.parametrize(("family", "answer"), CASES)
def test_no_spoiled_field_crashes_or_becomes_a_figure(
    family: str, answer: dict[str, Any], spoiler: str
) -> None:
    whole = parse(family, answer)
    assert whole is not None
    for path in leaves(answer):
        if SPOILERS[spoiler] is GONE and isinstance(path[-1], int):
            continue  # the next channel would take its place
        reading = parse(family, spoiled(answer, path, SPOILERS[spoiler]))
        if reading is None:
            continue
        check(reading)
        for figure in FIGURES:
            value, was = getattr(reading, figure), getattr(whole, figure)
            if spoiler in SAYS_NOTHING and "ret_aenergy" not in path:
                assert value in (None, was), (path, figure)


@pytest.mark.parametrize("value", [None, math.nan, "NA", GONE])
@pytest.mark.parametrize(
    ("family", "sample", "path", "figure"),
    [
        ("shelly1", "SHPLG-S-1.14.0", ("meters", 0, "power"), "power_w"),
        ("shelly1", "SHPLG-S-1.14.0", ("meters", 0, "total"), "energy_wh"),
        ("shelly1", "SHPLG-S-1.14.0", ("uptime",), "uptime_s"),
        ("shelly", "S3PL-00112EU-1.7.5", ("switch:0", "apower"), "power_w"),
        ("shelly", "S3PL-00112EU-1.7.5", ("switch:0", "aenergy", "total"), "energy_wh"),
        ("shelly", "S3PL-00112EU-1.7.5", ("switch:0", "voltage"), "voltage_v"),
        ("shelly", "S3PL-00112EU-1.7.5", ("sys", "uptime"), "uptime_s"),
        ("tasmota", "NOUS-A1T-14.2.0", ("StatusSNS", "ENERGY", "Power"), "power_w"),
        ("tasmota", "NOUS-A1T-14.2.0", ("StatusSNS", "ENERGY", "Total"), "energy_wh"),
        ("tasmota", "NOUS-A1T-14.2.0", ("StatusSNS", "ENERGY", "Voltage"), "voltage_v"),
    ],
)
def test_what_the_plug_does_not_say_is_missing(
    family: str, sample: str, path: tuple[Any, ...], figure: str, value: object
) -> None:
    answer = json.loads((OURS / family / f"{sample}.json").read_text())
    assert getattr(parse(family, answer), figure) is not None
    reading = parse(family, spoiled(answer, path, value))
    assert reading is not None
    assert getattr(reading, figure) is None


@pytest.mark.parametrize("answer", [None, True, 0, 1.5, "ok", [], {}, [{}], {"a": {"b": []}}])
@pytest.mark.parametrize("family", sorted(PARSERS))
def test_any_other_json_is_nonsense_and_no_crash(family: str, answer: object) -> None:
    assert parse(family, answer) is None
