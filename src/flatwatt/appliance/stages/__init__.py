"""The stages of a run, told from its power alone.

`base`: windows and pieces. `heaters`, `printer`: what the power does, while it does it. `names`:
what that means to a person, once more is known. `shares`: their energy. `after`: what still
goes on when the run is over.
"""

from flatwatt.appliance.stages.after import AfterStage, AfterState
from flatwatt.appliance.stages.base import Mark, Marks, StagerState
from flatwatt.appliance.stages.shares import stages_of
from flatwatt.appliance.stages.stager import Stager

__all__ = ["AfterStage", "AfterState", "Mark", "Marks", "Stager", "StagerState", "stages_of"]
