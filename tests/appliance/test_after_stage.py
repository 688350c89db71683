"""What is still going on when a run is over."""

import msgspec

from flatwatt.appliance.stages import AfterStage, AfterState

MINUTE_MS = 60_000
T0 = 1_790_000_000_000


def test_a_dryer_that_turns_now_and_then_keeps_from_creasing_until_it_stops():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=210, rest_w=1)
    assert after.feed(T0 + MINUTE_MS, 1) == ""
    assert after.feed(T0 + 2 * MINUTE_MS, 190) == "anti_crease"
    assert after.feed(T0 + 8 * MINUTE_MS, 1) == "anti_crease"
    assert after.feed(T0 + 13 * MINUTE_MS, 1) == ""


def test_a_heat_pump_that_breathes_at_rest_is_no_turning_drum():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=220, rest_w=1)
    assert after.feed(T0 + MINUTE_MS, 87) == ""


def test_a_printer_cools_until_it_draws_what_it_drew_before_the_print():
    after = AfterStage("printer_3d")
    after.begin(T0, drum_w=0, rest_w=8)
    assert after.feed(T0 + 1_000, 24) == "cooling"
    assert after.feed(T0 + 10_000, 8) == "cooling"
    assert after.feed(T0 + 2 * MINUTE_MS, 8) == ""


def test_nothing_is_said_of_a_printer_whose_rest_is_not_known():
    after = AfterStage("printer_3d")
    after.begin(T0, drum_w=0, rest_w=None)
    assert after.feed(T0 + 1_000, 24) == ""


def test_nothing_goes_on_for_longer_than_an_hour():
    after = AfterStage("printer_3d")
    after.begin(T0, drum_w=0, rest_w=8)
    assert after.feed(T0 + 61 * MINUTE_MS, 24) == ""
    assert after.feed(T0 + 62 * MINUTE_MS, 24) == ""


def test_a_dishwasher_does_nothing_after_its_run():
    after = AfterStage("dishwasher")
    after.begin(T0, drum_w=100, rest_w=1)
    assert after.feed(T0 + 1_000, 500) == ""


def test_before_the_first_run_nothing_is_said():
    assert AfterStage("dryer").feed(T0, 200) == ""


def test_a_restart_remembers_what_goes_on():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=210, rest_w=1)
    after.feed(T0 + MINUTE_MS, 190)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(after.state), type=AfterState)
    assert AfterStage("dryer", kept).feed(T0 + 2 * MINUTE_MS, 1) == "anti_crease"
