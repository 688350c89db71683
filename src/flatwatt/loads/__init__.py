"""Appliances that do not exist, believable to the watt: for the demo, tests and benches."""

from collections.abc import Callable, Sequence

from flatwatt.errors import ConfigError
from flatwatt.loads.curve import Curve
from flatwatt.loads.desk import Desk
from flatwatt.loads.dishwasher import Dishwasher
from flatwatt.loads.dryer import Dryer
from flatwatt.loads.fridge import Fridge
from flatwatt.loads.kettle import Kettle
from flatwatt.loads.printer import Printer
from flatwatt.loads.standby import Standby
from flatwatt.loads.timeline import Timeline
from flatwatt.loads.washer import Washer
from flatwatt.loads.words import Forced, Load, Model, TrueRun, TrueStage

__all__ = ["KINDS", "Curve", "Forced", "Load", "TrueRun", "TrueStage", "load_of", "programmes_of"]

_MODELS: dict[str, Callable[[int], Model]] = {
    "desk": Desk,
    "dishwasher": Dishwasher,
    "dryer": Dryer,
    "fridge": Fridge,
    "kettle": Kettle,
    "printer_3d": Printer,
    "standby": Standby,
    "washing_machine": Washer,
}

KINDS = tuple(_MODELS)
"""The kinds of load there are."""


def load_of(
    kind: str,
    seed: int,
    origin_ms: int,
    utc_offset_ms: int = 3_600_000,
    *,
    forced: Sequence[Forced] = (),
    planned_until_ms: int | None = None,
) -> Curve:
    """Return a load: the same arguments give the same curve, on any machine.

    Args:
        kind: one of `KINDS`.
        seed: which of the many appliances of its kind; also decides when it runs.
        origin_ms: where it begins with 0 Wh, ms of Unix time.
        utc_offset_ms: of the flat's clock, so that washing is done by day.
        forced: runs that happen beside the planned ones, which keep clear of them.
        planned_until_ms: no planned run starts from here on, ms of Unix time.

    Raises:
        ConfigError: no such kind or programme; forced runs that overlap or begin before
            the load's first day.
    """
    model = _model_of(kind, seed)
    timeline = Timeline(model, seed, origin_ms, utc_offset_ms, forced, planned_until_ms)
    return Curve(timeline, origin_ms)


def programmes_of(kind: str) -> tuple[str, ...]:
    """Return what runs of a kind can be forced; none for what has no runs.

    Raises:
        ConfigError: no such kind.
    """
    return _model_of(kind, 0).programmes


def _model_of(kind: str, seed: int) -> Model:
    model = _MODELS.get(kind)
    if model is None:
        raise ConfigError(f"unknown load {kind!r}; known: {', '.join(KINDS)}")
    return model(seed)
