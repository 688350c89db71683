"""A quiet is waited out as long as this appliance's own runs say."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatwatt.appliance.changes import DetectorState, Finished, Resumed, Started, Supposed
from flatwatt.appliance.pauses import ENDED, QUIETS, RUNS, Memory, Past, Quiet, learned, remembered
from flatwatt.appliance.priors import known
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.states import Detector
from flatwatt.appliance.verdict import CERTAIN, CERTAIN_S, LIKELY, nearness, verdict
from flatwatt.model import Reading

WASHER, DISHWASHER, PRINTER, OTHER = (
    PROFILES[kind] for kind in ("washing_machine", "dishwasher", "printer_3d", "other")
)
END = Quiet(3600, 500_000, 30, ENDED, 1500, 600)


def past(*quiets: Quiet) -> Past:
    return Past(0, list(quiets))


def wait_s(profile, memory, now=END, step_s=1.0, quiets=()) -> float:
    return verdict(profile, memory, list(quiets), now, step_s * 1000).certain_ms / 1000


def longest_known_s(profile, now=END) -> float:
    return max(length_s for length_s, _ in known(profile.kind, now))


def test_knowing_nothing_it_waits_for_what_its_kind_does():
    soaking = Quiet(1200, 100_000, 30, ENDED, 60, 600)
    assert wait_s(WASHER, [], soaking) == longest_known_s(WASHER, soaking)
    assert wait_s(DISHWASHER, []) == longest_known_s(DISHWASHER)


def test_a_washer_that_has_rinsed_and_spun_is_waited_for_less_than_one_that_soaks():
    soaking = Quiet(1200, 100_000, 30, ENDED, 60, 600)
    assert wait_s(WASHER, [], END) < wait_s(WASHER, [], soaking)


def test_where_several_runs_ended_it_is_sure_at_once():
    assert wait_s(WASHER, [past(END)] * 2) == CERTAIN_S
    assert wait_s(WASHER, [past(END)] * 2, step_s=60) == 54


def test_one_run_that_went_on_here_makes_it_wait_longer_than_that():
    went_on = Quiet(3590, 490_000, 30, 200, 1490, 600)
    assert wait_s(WASHER, [past(END), past(END), past(went_on, END)]) > 200


def test_a_run_that_ended_elsewhere_says_nothing():
    early = Quiet(1200, 100_000, 30, ENDED, 300, 600)
    assert wait_s(WASHER, [past(END)] * 2, now=early) == wait_s(WASHER, [], now=early)


def test_a_quiet_is_told_from_another_by_what_was_heated_before():
    straight = Quiet(2520, 1_270_000, 0, ENDED, 4, 2520)
    after_pump = Quiet(2700, 1_270_000, 0, 750, 180, 2700)
    assert nearness(straight, straight, 30.0, 1.0) == 1.0
    assert nearness(straight, after_pump, 30.0, 1.5) < 0.1


def test_a_dishwasher_that_has_dried_is_done_and_one_that_has_not_is_not():
    drying = Quiet(3400, 1_000_000, 60, 1200, 60, 1500)
    done = Quiet(4700, 1_000_000, 1200, ENDED, 1320, 40)
    memory = [past(drying, done)] * 3
    assert wait_s(DISHWASHER, memory, now=Quiet(4650, 990_000, 1210, ENDED, 1310, 40)) == CERTAIN_S
    assert wait_s(DISHWASHER, memory, now=Quiet(3420, 1_010_000, 50, ENDED, 70, 1500)) > 1200


def test_a_printer_waits_for_the_pace_of_its_bed():
    slow = [Quiet(100 * index, 1000, 30, 70) for index in range(20)]
    quick = [Quiet(100 * index, 1000, 30, 16) for index in range(20)]
    assert wait_s(PRINTER, [past(*slow, END)] * 8) >= 70
    assert wait_s(PRINTER, [past(*quick, END)] * 8) <= 60


QUIETS_ANY = st.builds(
    Quiet,
    st.integers(0, 20_000),
    st.integers(0, 3_000_000),
    st.integers(0, 4000),
    st.sampled_from([ENDED, 20, 90, 400, 2000]),
    st.sampled_from([-1, 5, 400, 3000]),
    st.integers(0, 8000),
)


@given(
    st.sampled_from(sorted(PROFILES)),
    st.lists(st.lists(QUIETS_ANY, min_size=1, max_size=5), max_size=6),
    QUIETS_ANY,
    st.sampled_from([1.0, 10.0, 60.0, 600.0]),
)
def test_certain_never_comes_before_likely_and_probabilities_are_ones(kind, memory, now, step_s):
    found = verdict(PROFILES[kind], [past(*each) for each in memory], [], now, step_s * 1000)
    assert 0 <= found.likely_ms <= found.certain_ms
    assert LIKELY <= found.likely <= 1
    assert CERTAIN <= found.certain <= 1


def test_a_machine_that_was_reloaded_ran_twice():
    memory: Memory = []
    between, end = Quiet(3600, 500_000, 30, 300), Quiet(7500, 1_000_000, 300)
    learned(memory, Past(1000, [between, end]), repeats=True)
    first, second = memory
    assert (first.start_ms, second.start_ms) == (1000, 3_901_000)
    assert first.quiets == [Quiet(3600, 500_000, 30, ENDED)]
    assert second.quiets == [Quiet(3600, 500_000, 0, ENDED)]
    assert second.end_ms == 1000 + 7_500_000


def test_what_is_remembered_is_bounded():
    memory: Memory = []
    for _ in range(3 * RUNS):
        quiets: list[Quiet] = []
        for index in range(5 * QUIETS):
            remembered(quiets, Quiet(index * 300, index, 0, 20 + index % 7))
        assert len(quiets) <= QUIETS
        learned(memory, Past(0, [*quiets, END]), repeats=False)
    assert len(memory) <= RUNS


WASH = [2.0] * 600 + [2000.0] * 120 + ([150.0] * 3 + [3.0] * 4) * 40 + [400.0] * 20 + [2.0] * 600


def changes(restart_every: int | None, step_ms: int, powers=WASH, times: int = 6) -> list:
    """Equal washes; the detector may be saved and made anew every so often."""
    detector = Detector("it", WASHER)
    found = []
    total_mwh = 0
    for index, power_w in enumerate(powers * times):
        if restart_every and index % restart_every == 0:
            saved = msgspec.json.encode(detector.state)
            detector = Detector("it", WASHER, msgspec.json.decode(saved, type=DetectorState))
        total_mwh += round(power_w * step_ms / 3600)
        reading = Reading(1_790_000_000_000 + index * step_ms, "it", "plug", power_w)
        found += detector.feed(reading, total_mwh)
    return found


def runs(restart_every: int | None, step_ms: int) -> list[Finished]:
    told = changes(restart_every, step_ms)
    return [each for each in told if isinstance(each, Finished)]


@pytest.mark.parametrize("step_ms", [5_000, 10_000, 60_000])
def test_the_third_run_of_a_programme_is_announced_soon_after_its_end(step_ms):
    late_ms = [run.noticed_ms - run.end_ms for run in runs(None, step_ms)]
    assert len(late_ms) == 6
    assert late_ms[0] >= 150_000
    assert max(late_ms[2:]) <= max(90_000, 6 * step_ms)


def test_it_is_said_to_be_probable_before_it_is_certain():
    told = changes(None, 5_000)
    supposed = [each for each in told if isinstance(each, Supposed)][-4:]
    finished = [each for each in told if isinstance(each, Finished)][-4:]
    for probably, certainly in zip(supposed, finished, strict=True):
        assert probably.noticed_ms < certainly.noticed_ms
        assert probably.end_ms == certainly.end_ms
        assert LIKELY <= probably.probability <= certainly.probability


def test_what_was_supposed_too_soon_is_taken_back():
    going_on = [*WASH[:-600], *[2.0] * 6, *[400.0] * 30, *[2.0] * 600]
    told = changes(None, 5_000, WASH * 5 + going_on, times=1)[-4:]
    assert [type(each) for each in told] == [Started, Supposed, Resumed, Finished]
    _, supposed, resumed, finished = told
    assert (supposed.count, resumed.count) == (0, 0)
    assert resumed.at_ms == supposed.end_ms + 30_000
    assert finished.end_ms == resumed.at_ms + 150_000


def test_restarts_in_between_forget_nothing_that_was_learned():
    assert runs(97, 10_000) == runs(None, 10_000)


def test_what_is_learned_of_an_appliance_stays_small():
    detector = Detector("it", WASHER)
    full = Quiet(99_999, 99_999_999, 99_999, 99_999, 99_999, 99_999)
    detector.state.memory = [past(*[full] * QUIETS) for _ in range(RUNS)]
    assert len(msgspec.json.encode(detector.state)) < 80_000
