"""One step for the twin in a process of its own, politely: `python -m flatwatt.store.twin JOB`.

The collector starts it, so that neither its readings wait nor its memory grows.
"""

import os
import sys

from flatwatt.errors import StoreError
from flatwatt.store.twin.steps import decode, do
from flatwatt.store.twin.twin import Twin

NICE = 15


def work(text: str) -> None:
    """Do a job at the lowest priority the system offers. Raises StoreError."""
    job = decode(text)
    if hasattr(os, "nice"):
        os.nice(NICE)
    do(Twin(job.folder, job.readings, job.elsewhere), job.step, job.keeping)


if __name__ == "__main__":
    try:
        work(sys.argv[1])
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(4)
