import pytest
from bench.power_cut import SESSIONS, run


@pytest.mark.parametrize("name", SESSIONS)
def test_no_power_cut_makes_a_wrong_row_or_takes_a_safe_one(name: str) -> None:
    got = run(name, every=41)
    assert got.states > 60
    assert (got.wrong, got.lost, got.next_lost, got.disordered) == (0, 0, 0, 0)


def test_the_states_would_fool_a_reader_without_check_sums() -> None:
    assert sum(run(name, every=97).fooled for name in SESSIONS) > 0
