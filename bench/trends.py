"""How often `flatwatt patterns` names a trend that is none, and how often it finds a true one.

python -m bench.trends
"""

from collections.abc import Callable
from random import Random

from flatwatt.model import Run
from flatwatt.report.trends import trends_of

LOOKS = 1000
RISE = 1.12
DAY_MS = 86_400_000


def told(figures: list[float]) -> bool:
    runs = [
        Run(f"x-{n}", "x", n * DAY_MS, n * DAY_MS + 3_600_000, round(figure * 500_000), 1.0)
        for n, figure in enumerate(figures)
    ]
    return trends_of(runs, {})[0][0].told


def percent(dice: Random, runs: int, scatter: float, rise: Callable[[int], float]) -> float:
    looks = (
        told([dice.lognormvariate(0, scatter) * rise(n) for n in range(runs)])
        for _ in range(LOOKS)
    )
    return sum(looks) / LOOKS * 100


def main() -> None:
    dice = Random(1)
    print("scatter  runs  false %  sudden +12 % found %  slow +12 % found %")
    for scatter in (0.04, 0.08, 0.15):
        for runs in (12, 18, 24, 36, 60):
            since = runs - runs // 3
            false = percent(dice, runs, scatter, lambda _: 1.0)
            sudden = percent(dice, runs, scatter, lambda n, since=since: RISE if n >= since else 1)
            slow = percent(dice, runs, scatter, lambda n, last=runs - 1: RISE ** (n / last))
            print(f"{scatter:7.0%}  {runs:4}  {false:7.1f}  {sudden:20.0f}  {slow:18.0f}")


if __name__ == "__main__":
    main()
