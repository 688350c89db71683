"""The house keeps its own promises: documents name what exists, rooms stay small."""

import json
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from typer.main import get_command

from flatwatt import plugs
from flatwatt.appliance.profiles import PROFILES
from flatwatt.cli.app import app
from flatwatt.config import tables
from flatwatt.drivers import families
from flatwatt.model import Flag

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MOST_LINES = 310


def commands(command, path=()):
    for name, each in getattr(command, "commands", {}).items():
        yield (*path, name), each
        yield from commands(each, (*path, name))


@pytest.mark.parametrize(("path", "command"), list(commands(get_command(app))))
def test_every_command_and_option_has_help(path, command):
    assert command.help, path
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.help, (path, parameter.name)


@pytest.mark.parametrize(
    ("path", "command"),
    [(path, each) for path, each in commands(get_command(app)) if not hasattr(each, "commands")],
)
def test_every_command_stands_in_the_readme(path, command):
    assert f"flatwatt {' '.join(path)}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "table",
    [
        tables.FlatTable,
        tables.RecordTable,
        tables.ArchiveTable,
        tables.DisplayTable,
        tables.FleetTable,
        tables.TariffTable,
        tables.PlugTable,
    ],
)
def test_every_configuration_key_is_documented(table):
    text = (DOCS / "config.md").read_text(encoding="utf-8")
    inner = {"options", "secret_keys"}
    for field in msgspec.structs.fields(table):
        assert field.name in inner or f"`{field.name}`" in text, field.name


def test_every_kind_of_appliance_and_family_is_documented():
    text = (DOCS / "config.md").read_text(encoding="utf-8")
    for word in (*PROFILES, *families(plugs)):
        assert f"`{word}`" in text, word
    for family in families(plugs):
        assert family in (DOCS / "plugs.md").read_text(encoding="utf-8")


def test_every_event_is_documented():
    schema = json.loads((ROOT / "src/flatwatt/store/event.schema.json").read_text())
    text = (DOCS / "events.md").read_text(encoding="utf-8")
    kinds = re.findall(r"flatwatt\.((?:device|display)_\w+)", json.dumps(schema))
    assert set(kinds) >= {"device_started", "device_finished"}
    for kind in kinds:
        assert f"flatwatt.{kind}" in text


def test_every_column_and_flag_of_the_record_is_documented():
    text = (DOCS / "files.md").read_text(encoding="utf-8")
    for word in ("time", "utc_offset", "appliance", "plug", "power_w", "energy_wh", "voltage_v",
                 "flags", "crc32", *(flag.name.lower() for flag in Flag)):  # fmt: skip
        assert f"`{word}`" in text, word


def test_rooms_stay_small():
    large = {
        str(file.relative_to(ROOT)): lines
        for file in (ROOT / "src").rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not large


def test_the_version_is_said_once():
    from flatwatt import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == __version__
