"""What would change is told before it does."""

from flatwatt.model import Run
from flatwatt.report.whatif import Pair, what_if

HOUR_MS = 3_600_000


def run(start_h: float, end_h: float, appliance: str = "washer") -> Run:
    start_ms = int(start_h * HOUR_MS)
    return Run(f"{appliance}-{start_ms}", appliance, start_ms, int(end_h * HOUR_MS), 0, 0.0)


def test_the_same_runs_are_no_change():
    runs = [run(1, 2), run(3, 4), run(1, 2, "dryer")]
    found = what_if(runs, list(reversed(runs)))
    assert found.changes == []
    assert len(found.same) == 3


def test_a_run_is_moved_where_it_shares_half_its_time_else_gone_and_another_added():
    found = what_if([run(1, 2), run(5, 6), run(8, 9)], [run(1.1, 2.1), run(5.5, 6.5)])
    assert found.moved == [Pair(run(1, 2), run(1.1, 2.1))]
    assert found.gone == [Pair(run(5, 6), None), Pair(run(8, 9), None)]
    assert found.added == [Pair(None, run(5.5, 6.5))]
    assert [pair.start_ms for pair in found.changes] == sorted(
        pair.start_ms for pair in found.changes
    )


def test_two_runs_that_become_one_leave_one_gone_and_one_moved():
    found = what_if([run(1, 2), run(2.1, 2.5)], [run(1, 2.5)])
    assert found.moved == [Pair(run(1, 2), run(1, 2.5))]
    assert found.gone == [Pair(run(2.1, 2.5), None)]


def test_less_than_a_second_is_no_move_and_another_appliance_no_match():
    found = what_if([run(1, 2)], [run(1.0001, 2), run(1, 2, "dryer")])
    assert len(found.same) == 1
    assert found.added == [Pair(None, run(1, 2, "dryer"))]
