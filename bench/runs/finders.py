"""What is compared: our detector, and the rule most automations use.

Both take one reading after the other and say at once what they notice; neither sees a label
or the next reading.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from bench.runs.endings import Told
from bench.runs.going import Going
from bench.runs.measures import Supposal
from bench.runs.score import Prediction
from flatwatt.appliance.energy import Meter
from flatwatt.appliance.profiles import PROFILES, Profile
from flatwatt.appliance.states import Detector, Finished, Resumed, Supposed
from flatwatt.model import Counter, CounterKind, Reading

COUNTER = Counter(CounterKind.SINCE_BOOT, resolution_wh=1.0)
LOOK = 100
"""A recording whose first readings have no counter is metered by its power."""
BLUEPRINT_W = 5.0
BLUEPRINT_MS = 300_000
HELD_MS = 600_000
"""A power is taken to hold so long at most."""


@dataclass
class Found:
    """The runs of a trace, its readings, and seconds spent in finder and meter.

    `supposals` is what was said to be probably over, `counts` whether the plug has a counter.
    With `--eta` also what was said of every run going on, and each run's programme.
    """

    runs: list[Prediction]
    readings: int
    seconds: float
    told: list[Told] = field(default_factory=list)
    programmes: list[str] = field(default_factory=list)
    supposals: list[Supposal] = field(default_factory=list)
    counts: bool = False


def profile_of(kind: str) -> Profile:
    """Return a kind's profile; a kind nobody knows is any other."""
    return PROFILES.get(kind, PROFILES["other"])


def blueprint(kind: str, told: Iterable[Reading]) -> Found:
    """Take every stretch above 5 W, over when it stayed below for five minutes.

    It is helped: what drew less than the least run of its kind is not counted against it.
    """
    least_wh = profile_of(kind).min_energy_wh
    found: list[Prediction] = []
    start_ms = low_ms = None
    energy_wh, count, began = 0.0, 0, time.perf_counter()
    last_ms, last_w = 0, 0.0
    for reading in told:
        count += 1
        if reading.power_w is None:
            continue
        at_ms, power_w = reading.at_ms, reading.power_w
        energy_wh += last_w * min(at_ms - last_ms, HELD_MS) / 3_600_000
        last_ms, last_w = at_ms, power_w
        if power_w >= BLUEPRINT_W:
            if start_ms is None:
                start_ms, energy_wh = at_ms, 0.0
            low_ms = None
        elif start_ms is not None:
            low_ms = at_ms if low_ms is None else low_ms
            if at_ms - low_ms >= BLUEPRINT_MS:
                if energy_wh >= least_wh:
                    found.append(Prediction(start_ms, low_ms, at_ms))
                start_ms = low_ms = None
    return Found(found, count, time.perf_counter() - began)


def detector(kind: str, told: Iterable[Reading], *, ends: bool = False) -> Found:
    """Take the runs of our meter and detector, with `ends` what is expected of them, too."""
    stream = iter(told)
    head = list(islice(stream, LOOK))
    rest = head + list(stream)
    counts = any(reading.energy_wh is not None for reading in head)
    meter = Meter(COUNTER if counts else Counter(CounterKind.NONE))
    profile = profile_of(kind)
    finder = Detector("bench", profile)
    going = Going(profile, finder) if ends else None
    found: list[Prediction] = []
    supposals: list[Supposal] = []
    began = time.perf_counter()
    for reading in rest:
        meter.feed(reading)
        for change in finder.feed(reading, meter.total_mwh):
            match change:
                case Supposed():
                    supposals.append(Supposal(len(found), change.noticed_ms, change.probability))
                case Resumed():
                    supposals[-1].taken_back = True
                case Finished():
                    found.append(prediction(change))
                    if going is not None:
                        going.finished(change)
        if going is not None:
            going.go(reading.at_ms, meter.total_mwh)
    seconds = time.perf_counter() - began
    if going is None:
        return Found(found, len(rest), seconds, supposals=supposals, counts=counts)
    seconds -= going.seconds
    return Found(found, len(rest), seconds, going.told, going.programmes, supposals, counts)


def prediction(change: Finished) -> Prediction:
    return Prediction(change.start_ms, change.end_ms, change.noticed_ms, change.energy_mwh / 1000)


FINDERS = {"detector": detector, "blueprint": blueprint}
