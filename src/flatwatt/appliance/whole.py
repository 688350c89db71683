"""All that is remembered of one appliance."""

from msgspec import Struct, field

from flatwatt.appliance.changes import DetectorState
from flatwatt.appliance.course import CourseState
from flatwatt.appliance.emptied import EmptiedState
from flatwatt.appliance.energy import MeterState
from flatwatt.appliance.guessing import GuessingState
from flatwatt.appliance.lessons import Lessons
from flatwatt.appliance.quarters import OfPlug
from flatwatt.model import Reading, Run


class TrackerState(Struct):
    """What a tracker remembers, for a checkpoint."""

    detector: DetectorState
    meters: dict[str, MeterState] = field(default_factory=dict)
    quarters: dict[str, OfPlug] = field(default_factory=dict)
    slices: dict[int, int] = field(default_factory=dict)
    run_missing_ms: int = 0
    course: CourseState = field(default_factory=CourseState)
    emptied: EmptiedState = field(default_factory=EmptiedState)
    total_mwh: int = 0
    last: Reading | None = None
    last_run: Run | None = None
    lessons: Lessons = field(default_factory=Lessons)
    guessing: GuessingState = field(default_factory=GuessingState)
