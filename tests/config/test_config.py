"""The configuration names file, line, key and the nearest right word."""

import os
from pathlib import Path

import pytest

from flatwatt.config import EXAMPLE, EXAMPLE_SECRETS, load
from flatwatt.errors import ConfigError
from flatwatt.opening import check_all

GOOD = """\
[flat]
name = "WG"

[[tariff]]
valid_from = 2026-01-01
rate_eur_kwh = 0.3212

[plugs.printer]
family = "shelly"
host = "192.168.178.40"
appliance = "printer_3d"
"""


def read(folder: Path, text: str, secrets: str = "", env: dict[str, str] | None = None):
    file = folder / "flatwatt.toml"
    file.write_text(text, encoding="utf-8")
    hidden = folder / "secrets.toml"
    if secrets:
        hidden.touch(mode=0o600)
        hidden.write_text(secrets, encoding="utf-8")
    return load(file, hidden, env or {})


def complaint(folder: Path, text: str, secrets: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        check_all(read(folder, text, secrets))
    return str(caught.value)


def test_the_example_is_valid_as_it_stands(tmp_path):
    loaded = read(tmp_path, EXAMPLE, EXAMPLE_SECRETS)
    assert check_all(loaded)
    assert loaded.config.plugs["printer"].appliance == "printer_3d"


def test_a_price_is_read_as_the_decimal_it_was_written(tmp_path):
    assert str(read(tmp_path, GOOD).config.tariff[0].rate_eur_kwh) == "0.3212"


@pytest.mark.parametrize(
    ("change", "place", "hint"),
    [
        (('name = "WG"', 'nmae = "WG"'), "line 2: flat.nmae", "did you mean 'name'?"),
        (("[[tariff]]", "[[tarif]]"), "line 4: tarif", "did you mean 'tariff'?"),
        (
            ("rate_eur_kwh = 0.3212", 'rate_eur_kwh = "cheap"'),
            "line 6: tariff[0].rate_eur_kwh",
            "decimal",
        ),
        (("rate_eur_kwh = 0.3212", "rate_eur_kwh = 32.12"), "line 6", "32 ct/kWh is written 0.32"),
        (("rate_eur_kwh = 0.3212", ""), "line 4: tariff[0]", "rate_eur_kwh = … is missing"),
        (("host =", "hots ="), "line 10: plugs.printer.hots", "did you mean 'host'?"),
        (('"192.168.178.40"', "19"), "line 10: plugs.printer.host", "Expected"),
        (('"shelly"', '"shely"'), "line 9: plugs.printer.family", "did you mean 'shelly'?"),
        (('"printer_3d"', '"printer3d"'), "line 11", "did you mean 'printer_3d'?"),
        (('family = "shelly"', "interval_s = 0"), "line 8: plugs.printer", "family"),
        (('host = "192.168.178.40"', ""), "line 8: plugs.printer", "host"),
        (("[plugs.printer]", "[plugs.Drucker]"), "line 8: plugs.Drucker", "lower-case"),
        (("[plugs.printer]", "[plugs.con]"), "line 8: plugs.con", "cannot be an id"),
        (('name = "WG"', 'timezone = "Europe/Berln"'), "line 2: flat.timezone", "Europe/Berlin"),
        (('name = "WG"', 'language = "fr"'), "line 2: flat.language", "fr"),
        (("appliance =", "interval_s = 0.001 #"), "line 11", "between 0.05 and 3600"),
        (("appliance =", 'password = "x" #'), "line 11: plugs.printer.password", "secrets.toml"),
        (('name = "WG"', 'name = "WG'), "line 2", "flatwatt.toml"),
    ],
)
def test_a_mistake_is_named_with_line_key_and_remedy(tmp_path, change, place, hint):
    said = complaint(tmp_path, GOOD.replace(*change))
    assert said.startswith("flatwatt.toml")
    assert place in said
    assert hint in said


def test_two_plugs_of_one_name_are_refused_with_the_line(tmp_path):
    said = complaint(tmp_path, GOOD + '\n[plugs.printer]\nfamily = "tasmota"\n')
    assert "line 13" in said
    assert "cannot share an id" in said


def test_two_contracts_on_one_day_are_refused(tmp_path):
    twice = GOOD + "\n[[tariff]]\nvalid_from = 2026-01-01\nrate_eur_kwh = 0.30\n"
    assert "line 14: tariff[1].valid_from" in complaint(tmp_path, twice)


def test_a_password_comes_from_secrets_or_the_environment(tmp_path):
    loaded = read(tmp_path, GOOD, '[plugs.printer]\npassword = "one"\n')
    assert loaded.config.plugs["printer"].options["password"] == "one"
    assert check_all(loaded)
    env = {"FLATWATT_PLUGS_PRINTER_PASSWORD": "two"}
    assert read(tmp_path, GOOD, env=env).config.plugs["printer"].options["password"] == "two"


def test_a_secret_for_a_plug_nobody_knows_is_named(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'printer'"):
        read(tmp_path, GOOD, '[plugs.pritner]\npassword = "one"\n')


def test_secrets_that_others_can_read_are_refused(tmp_path):
    if os.name != "posix":
        return  # file modes are a POSIX promise
    read(tmp_path, GOOD, '[plugs.printer]\npassword = "one"\n')
    (tmp_path / "secrets.toml").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read(tmp_path, GOOD)


def test_no_configuration_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="flatwatt init"):
        load(tmp_path / "flatwatt.toml", tmp_path / "secrets.toml", {})
