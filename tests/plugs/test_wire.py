"""What devices send, as figures and names of this house."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt import wire

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(JSON)
def test_a_figure_is_finite_and_possible_or_missing(value: object) -> None:
    for read in (wire.watts, wire.watt_hours, wire.volts, wire.seconds):
        figure = read(value)
        assert figure is None or math.isfinite(figure)
        assert figure is None or figure >= 0 or read is wire.watts
        assert isinstance(value, int | float) or figure is None


@given(JSON, st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True), st.integers(0, 15))
def test_every_plug_has_an_id_of_the_houses_form(mac: object, name: str, channel: int) -> None:
    for family in ("shelly", "shelly1", "tasmota"):
        id_ = wire.plug_id(family, wire.mac_of(mac), channel, name)
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", id_)


def test_two_long_names_stay_two() -> None:
    first, second = (wire.plug_id("tasmota", "", 0, "a" * 31 + end) for end in "bc")
    assert first != second


@pytest.mark.parametrize(
    "host",
    ["192.168.178.40", " 192.168.178.40 ", "http://192.168.178.40", "http://192.168.178.40/"],
)
def test_an_address_may_be_pasted_from_the_browser(host: str) -> None:
    assert wire.base_url(host) == "http://192.168.178.40"
