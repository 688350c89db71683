"""A detector learns what a person says, and unlearns it when that is taken back."""

import msgspec
import pytest
from tests.appliance.test_tracker import COUNTERS, START_MS, STEP_MS, fed, readings

from flatwatt.appliance.lessons import Lessons, Taught, relearn, take_in, teach_programmes
from flatwatt.appliance.pauses import ENDED, RUNS, Memory, Past, Quiet
from flatwatt.appliance.profiles import PROFILES
from flatwatt.appliance.programs import Programs
from flatwatt.appliance.tracker import Tracker, TrackerState
from flatwatt.correction import Correction, Kind, Payload
from flatwatt.model import Curve, Run

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def run(start_min: int, end_min: int, name: str = "") -> Run:
    """A run of 1 kW."""
    minutes = end_min - start_min
    mwh = tuple(minute * 1_000_000 // 60 for minute in range(minutes + 1))
    start_ms = START_MS + start_min * MINUTE_MS
    end_ms = START_MS + end_min * MINUTE_MS
    return Run(name or f"washer-{start_min}", "washer", start_ms, end_ms, mwh[-1], 1000.0,
               curve=Curve(MINUTE_MS, mwh), total_mwh=start_min * 1_000_000 // 60)  # fmt: skip


def past(start_min: int, *quiets: tuple[int, int]) -> Past:
    """Quiets as (minutes since the start, seconds), at 1 kW."""
    longest_s, found = 0, []
    for after_min, length_s in quiets:
        found.append(Quiet(after_min * 60, after_min * 1_000_000 // 60, longest_s, length_s))
        longest_s = max(longest_s, length_s)
    return Past(START_MS + start_min * MINUTE_MS, found)


def placed(memory: Memory) -> list:
    """When the quiets are, whatever was drawn in them."""
    return [
        (each.start_ms, [(quiet.elapsed_s, quiet.length_s) for quiet in each.quiets])
        for each in memory
    ]


A, B = run(0, 30), run(40, 60)
WHOLE = run(0, 60)
OF_A, OF_B = past(0, (10, 60), (30, ENDED)), past(40, (5, 30), (20, ENDED))


def test_between_two_runs_that_were_one_the_quiet_went_on():
    memory, shelf = [past(-500, (20, ENDED)), OF_A, OF_B], []
    relearn(memory, shelf, [A, B], [WHOLE])
    whole = past(0, (10, 60), (30, 600), (45, 30), (60, ENDED))
    assert placed(memory) == placed([past(-500, (20, ENDED)), whole])
    assert shelf == [OF_A, OF_B]


def test_where_a_run_was_two_the_quiet_was_an_end_even_if_the_time_was_said_roughly():
    memory: Memory = [past(0, (10, 60), (30, 600), (45, 30), (60, ENDED))]
    relearn(memory, [], [WHOLE], [run(0, 42), run(42, 60)])
    assert placed(memory) == placed([OF_A, OF_B])


def test_a_split_far_from_any_quiet_is_taken_at_its_word():
    memory: Memory = [past(0, (10, 60), (60, ENDED))]
    relearn(memory, [], [WHOLE], [run(0, 40), run(40, 60)])
    assert placed(memory) == placed([past(0, (10, 60), (40, ENDED)), past(40, (20, ENDED))])
    assert [each.end.energy_mwh for each in memory] == [666_666, 1_000_000 - 666_666]


def test_what_was_no_run_leaves_nothing_behind():
    memory, shelf = [OF_A, OF_B], []
    relearn(memory, shelf, [A], [])
    assert (memory, shelf) == ([OF_B], [OF_A])


@pytest.mark.parametrize(("removed", "added"), [([A, B], [WHOLE]), ([A], []), ([A, B], [])])
def test_undoing_brings_back_exactly_what_was_learned(removed, added):
    memory, shelf = [OF_A, OF_B], []
    relearn(memory, shelf, removed, added)
    relearn(memory, shelf, added, removed)
    assert memory == [OF_A, OF_B]


def test_a_reloaded_machines_two_halves_come_back_as_two():
    halves = [past(0, (30, ENDED)), past(35, (25, ENDED))]
    memory, shelf = [*halves], []
    relearn(memory, shelf, [WHOLE], [])
    assert memory == []
    relearn(memory, shelf, [], [WHOLE])
    assert memory == halves


def test_a_run_of_which_nothing_is_remembered_teaches_nothing():
    memory: Memory = [OF_B]
    relearn(memory, [], [run(-900, -850), run(-840, -800)], [run(-900, -800)])
    assert memory == [OF_B]


def test_memory_and_shelf_stay_bounded():
    memory: Memory = [past(100 * number, (20, ENDED)) for number in range(RUNS)]
    shelf: Memory = []
    for number in range(RUNS):
        relearn(memory, shelf, [run(100 * number, 100 * number + 20)], [])
    for number in range(RUNS, 2 * RUNS):
        memory.append(past(100 * number, (20, ENDED)))
        relearn(memory, shelf, [run(100 * number, 100 * number + 20)], [])
    assert memory == []
    assert len(shelf) == RUNS


# --- as the tracker hears it ------------------------------------------------------

SOAKED = [1.0] * 60 + [2000.0] * 60 + [1.0] * 150 + [450.0] * 60 + [1.0] * 400
"""A wash that soaks for 25 minutes: longer than its kind does."""


def tracker(state: TrackerState | None = None) -> Tracker:
    return Tracker("washer", PROFILES["washing_machine"], COUNTERS, state)


def said(kind: Kind, seq: int = 1, **payload) -> Correction:
    return Correction(seq, 0, kind, "washer", Payload(**payload), taken_ms=0)


def finished(followed: Tracker, days: int) -> list[Run]:
    rows = readings(SOAKED, start_ms=START_MS + days * 86_400_000, energy_wh=100.0 + 1000 * days)
    return [each for each in fed(followed, rows) if each.end_ms is not None]


def one_of(first: Run, second: Run) -> Run:
    return msgspec.structs.replace(
        first, end_ms=second.end_ms, energy_mwh=first.energy_mwh + second.energy_mwh
    )


def test_a_machine_that_soaks_long_is_waited_for_once_a_person_has_said_so():
    untaught, taught = tracker(), tracker()
    first, second = finished(untaught, 0)
    assert finished(taught, 0) == [first, second]
    taught.correct(Taught(said(Kind.MERGE), [first, second], [one_of(first, second)]))
    for day in range(1, 3):
        assert len(finished(taught, day)) == 1, day
        assert len(finished(untaught, day)) == 2, day


RELOADED = [1.0] * 60 + [2000.0] * 60 + [1.0] * 20 + [450.0] * 20 + [1.0] * 200
"""Two washes, the second three minutes after the first."""


def reloaded(followed: Tracker, day: int) -> list[Run]:
    start_ms = START_MS + day * 86_400_000
    rows = readings(RELOADED, start_ms=start_ms, energy_wh=1000.0 * day)
    return [each for each in fed(followed, rows) if each.end_ms is not None]


def test_where_a_run_was_split_the_next_is_two_by_itself():
    untaught, taught = tracker(), tracker()
    (whole,) = reloaded(untaught, 0)
    assert reloaded(taught, 0) == [whole]
    cut_ms = START_MS + 125 * STEP_MS
    first = msgspec.structs.replace(whole, end_ms=cut_ms)
    second = msgspec.structs.replace(whole, id="later", start_ms=cut_ms)
    taught.correct(Taught(said(Kind.SPLIT), [whole], [first, second]))
    ends = [past.quiets[-1].elapsed_s for past in taught.state.detector.memory]
    assert ends == [600, 200]
    assert len(reloaded(untaught, 1)) == 1
    assert len(reloaded(taught, 1)) == 2


def test_forgetting_begins_anew_and_undoing_remembers_again():
    followed = tracker()
    finished(followed, 0)
    state = followed.state
    before = msgspec.msgpack.encode(state.detector.memory)
    state.detector.on_w = 21.0
    forget = said(Kind.FORGET)
    followed.correct(Taught(forget, removed=[A]))
    assert (state.detector.memory, state.detector.on_w) == ([], 0.0)
    followed.correct(Taught(said(Kind.UNDO, 2, undoes=1), added=[A], undoes=forget))
    assert msgspec.msgpack.encode(state.detector.memory) == before
    assert state.detector.on_w == 21.0
    assert state.lessons.heard == 2


def test_discarding_the_newest_run_does_not_confuse_a_stroke_that_follows():
    followed = Tracker("washer", PROFILES["dishwasher"], COUNTERS)
    wash = [1.0] * 60 + [2000.0] * 120 + [0.0] * 400
    (whole,) = [each for each in fed(followed, readings(wash)) if each.end_ms is not None]
    followed.correct(Taught(said(Kind.DISCARD), [whole]))
    later_ms = START_MS + len(wash) * STEP_MS
    fed(followed, readings([40.0] * 3 + [0.0] * 100, start_ms=later_ms, energy_wh=900.0))
    assert followed.state.detector.memory == []


def test_what_was_taught_survives_a_restart():
    followed = tracker()
    first, second = finished(followed, 0)
    taught = Taught(said(Kind.MERGE), [first, second], [one_of(first, second)])
    state = msgspec.msgpack.decode(
        msgspec.msgpack.encode(followed.correct(taught)), type=TrackerState
    )
    assert state == followed.state
    assert len(finished(tracker(state), 1)) == 1


def test_programmes_forget_what_is_no_run_and_learn_what_is():
    programmes, lessons = Programs(PROFILES["washing_machine"]), Lessons()
    others = [run(1440 * day, 1440 * day + 60) for day in range(1, 4)]
    for each in others:
        assert programmes.learn(each, holed=False) == "p1"
    short = [programmes.learn(each, holed=False) for each in (A, B)]
    assert "p1" not in short
    teach_programmes(Taught(said(Kind.MERGE), [A, B], [WHOLE]), programmes, lessons)
    of = {each.id: each.programme for each in programmes.state.runs}
    assert of == {each.id: "p1" for each in (*others, WHOLE)}
    assert lessons.programmes == {WHOLE.id: "p1"}
    teach_programmes(Taught(said(Kind.DISCARD), others[:1], []), programmes, lessons)
    assert others[0].id not in [each.id for each in programmes.state.runs]


def test_a_run_that_is_assigned_moves_and_moves_back_when_that_is_undone():
    programmes = Programs(PROFILES["washing_machine"])
    for each in (run(1440, 1500), run(2880, 2940), run(4320, 4440), run(5760, 5880)):
        programmes.learn(each, holed=False)
    names = {each.id: each.programme for each in programmes.state.runs}
    moved = run(1440, 1500)
    before = msgspec.structs.replace(moved, programme=names[moved.id])
    other = next(name for name in names.values() if name != before.programme)
    after = msgspec.structs.replace(moved, programme=other)

    def programme() -> str:
        return next(each.programme for each in programmes.state.runs if each.id == moved.id)

    teach_programmes(Taught(said(Kind.ASSIGN), [before], [after]), programmes, Lessons())
    assert programme() == other
    teach_programmes(Taught(said(Kind.UNDO), [after], [before]), programmes, Lessons())
    assert programme() == before.programme


def test_an_assignment_leaves_the_pauses_alone():
    followed = tracker()
    first, _ = finished(followed, 0)
    before = msgspec.msgpack.encode(followed.state.detector.memory)
    assigned = msgspec.structs.replace(first, programme="p2")
    lessons = Lessons()
    take_in(Taught(said(Kind.ASSIGN, 7), [first], [assigned]), followed.state.detector, lessons)
    assert msgspec.msgpack.encode(followed.state.detector.memory) == before
    assert (lessons.heard, lessons.shelf) == (7, [])
