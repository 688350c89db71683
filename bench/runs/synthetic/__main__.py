"""Writes a folder of synthetic traces that `python -m bench.runs` takes.

    .venv/bin/python -m bench.runs.synthetic --out DIR [--seed N] [--days N] [--only TRACE,TRACE]

The same seed gives the same bytes.
"""

import argparse
from pathlib import Path

from bench.runs.synthetic.folder import written
from bench.runs.synthetic.scenes import SCENES


def main() -> None:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=6)
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    told = parser.parse_args()
    chosen = [scene for scene in SCENES if told.only is None or scene.name in told.only]
    for line in written(told.out, chosen, told.seed, told.days):
        print(line)


if __name__ == "__main__":
    main()
