"""The collector's clock follows the wall, but never jumps without saying so."""

from itertools import pairwise

from flatwatt.clock import Clock, FastClock


class Times:
    def __init__(self) -> None:
        self.mono_ms, self.wall_ms = 5_000.0, 1_000_000.0

    def clock(self) -> Clock:
        return Clock(lambda: self.wall_ms, lambda: self.mono_ms)

    def pass_ms(self, mono_ms: float, wall_ms: float | None = None) -> None:
        self.mono_ms += mono_ms
        self.wall_ms += mono_ms if wall_ms is None else wall_ms


def test_time_passes_as_the_wall_says():
    times = Times()
    clock = times.clock()
    times.pass_ms(60_000)
    assert clock.now_ms() == 1_060_000
    assert clock.steps == 0


def test_a_small_correction_is_followed_gently_and_never_backwards():
    times = Times()
    clock = times.clock()
    times.pass_ms(1000, 200)  # NTP takes 0.8 s back
    seen = []
    for _ in range(400):
        times.pass_ms(1000)
        seen.append(clock.now_ms())
    assert all(after > before for before, after in pairwise(seen))
    assert abs(seen[-1] - times.wall_ms) < 5
    assert clock.steps == 0


def test_a_set_clock_is_followed_at_once_and_counted():
    for step_ms in (7_200_000, -7_200_000):
        times = Times()
        times.wall_ms = 1e12
        clock = times.clock()
        times.pass_ms(1000, 1000 + step_ms)
        assert clock.now_ms() == int(times.wall_ms)
        assert clock.steps == 1


def test_a_fast_clock_runs_fast_and_can_begin_again():
    times = Times()
    clock = FastClock(100, 60.0, lambda: times.mono_ms)
    times.pass_ms(1000)
    assert clock.now_ms() == 60_100
    clock.restart(7)
    assert clock.now_ms() == 7
