"""What is still going on when a run is over."""

import msgspec

from flatwatt.appliance.stages import AfterStage, AfterState

MINUTE_MS = 60_000
T0 = 1_790_000_000_000


def test_a_dryer_that_turns_now_and_then_keeps_from_creasing_until_it_stops():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=210)
    assert after.feed(T0 + MINUTE_MS, 1) == ""
    assert after.feed(T0 + 2 * MINUTE_MS, 190) == "anti_crease"
    assert after.feed(T0 + 8 * MINUTE_MS, 1) == "anti_crease"
    assert after.feed(T0 + 13 * MINUTE_MS, 1) == ""


def test_a_heat_pump_that_breathes_at_rest_is_no_turning_drum():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=220)
    assert after.feed(T0 + MINUTE_MS, 87) == ""


def printed() -> AfterStage:
    """Return what is known of a printer that drew 8 W long after its last print."""
    after = AfterStage("printer_3d")
    after.begin(T0 - 600 * MINUTE_MS, drum_w=0)
    after.feed(T0 - 300 * MINUTE_MS, 8)
    after.feed(T0 - 200 * MINUTE_MS, 0)
    after.begin(T0, drum_w=0)
    return after


def test_a_printer_cools_until_it_draws_what_it_draws_when_cold():
    after = printed()
    assert after.feed(T0 + 1_000, 24) == "cooling"
    assert after.feed(T0 + 10_000, 8) == "cooling"
    assert after.feed(T0 + 2 * MINUTE_MS, 8) == ""


def test_nothing_is_said_after_a_printers_first_print():
    after = AfterStage("printer_3d")
    after.begin(T0, drum_w=0)
    assert after.feed(T0 + 1_000, 24) == ""


def test_a_printer_that_draws_more_than_before_for_good_is_cold_all_the_same():
    after = printed()
    assert after.feed(T0 + 19 * MINUTE_MS, 12) == "cooling"
    for second in range(100):
        assert after.feed(T0 + 21 * MINUTE_MS + 1_000 * second, 12) == ""
    after.begin(T0 + 60 * MINUTE_MS, drum_w=0)
    assert after.feed(T0 + 61 * MINUTE_MS, 12) == ""


def test_a_drum_does_not_turn_for_longer_than_an_hour():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=210)
    assert after.feed(T0 + 61 * MINUTE_MS, 200) == ""


def test_a_printer_that_heats_again_does_not_cool():
    assert printed().feed(T0 + MINUTE_MS, 250) == ""


def test_a_dishwasher_does_nothing_after_its_run():
    after = AfterStage("dishwasher")
    after.begin(T0, drum_w=100)
    assert after.feed(T0 + 1_000, 500) == ""


def test_before_the_first_run_nothing_is_said():
    assert AfterStage("dryer").feed(T0, 200) == ""


def test_a_restart_remembers_what_goes_on():
    after = AfterStage("dryer")
    after.begin(T0, drum_w=210)
    after.feed(T0 + MINUTE_MS, 190)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(after.state), type=AfterState)
    assert AfterStage("dryer", kept).feed(T0 + 2 * MINUTE_MS, 1) == "anti_crease"
