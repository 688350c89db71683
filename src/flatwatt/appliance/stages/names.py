"""From what the power did to the stages a person knows: parts in, names out, by kind."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from flatwatt.appliance.stages import printer
from flatwatt.appliance.stages.base import Mark, Marks, Piece
from flatwatt.appliance.stages.heaters import BLOWING, FULL, HALF, QUIET, STEADY

LOOSENED_MS = 180_000
"""A washing machine that turns on for longer after its last spin keeps laundry from creasing."""
DRAINED_MS = (300_000, 120_000)
"""Changing the water takes less, after the first heat and after a later one."""
STROKES_MS = 120_000
"""A pump that empties the sump while the dishes dry takes less."""
SOAKED_MS = 1_500_000
"""No bed or chamber is soaked for so long before a print."""
WEAK = 0.25
"""What draws less than this share of the hardest spin was washing after all."""


class Part(NamedTuple):
    """A piece with its length and mean power."""

    what: str
    span_ms: int
    mean_w: float


class Told(NamedTuple):
    """The parts of a run in order, and whether it is over."""

    parts: list[Part]
    over: bool


Namer: TypeAlias = Callable[[Told], list[str]]
"""Gives every part a name."""


def _places(parts: list[Part], what: str) -> list[int]:
    return [place for place, each in enumerate(parts) if each.what == what]


def _spins(parts: list[Part]) -> list[int]:
    """Return the places of the spins; before a spin no machine heats, so heat follows none."""
    places = _places(parts, STEADY)
    least_w = WEAK * max((parts[place].mean_w for place in places), default=0.0)
    heats = _places(parts, FULL)
    return [place for place in places if parts[place].mean_w >= least_w and place + 1 not in heats]


def washing_machine(told: Told) -> list[str]:
    """Heating, washing, spinning, and turning on for a while after the last spin."""
    parts = told.parts
    names = ["heating" if each.what == FULL else "washing" for each in parts]
    spins = _spins(parts)
    for place in spins:
        names[place] = "spinning"
    if told.over and spins and "heating" not in names[spins[-1] :]:
        _end(parts, names, spins[-1])
    return names


def _end(parts: list[Part], names: list[str], spin: int) -> None:
    """Name what follows the last spin: loosening, or the rest of the spin."""
    rest = parts[spin + 1 :]
    span_ms = sum(each.span_ms for each in rest)
    rest_w = sum(each.mean_w * each.span_ms for each in rest) / max(1, span_ms)
    loosened = span_ms >= LOOSENED_MS and rest_w < HALF * parts[spin].mean_w
    names[spin + 1 :] = ["anti_crease" if loosened else "spinning"] * len(rest)


def washer_dryer(told: Told) -> list[str]:
    """As a washing machine; heat after the last spin dries, and heat that ends in a fan's air."""
    parts = told.parts
    spins, heats = _spins(parts), _places(parts, FULL)
    after = spins[-1] if spins else -1
    dries = [place for place in heats if place > after]
    if not dries or not (spins or _places(parts, BLOWING)):
        return washing_machine(told)
    names = washing_machine(Told(parts[: dries[0]], over=False)) if spins else []
    names += ["drying"] * (dries[-1] + 1 - len(names))
    return names + ["cooling"] * (len(parts) - len(names))


def dryer(told: Told) -> list[str]:
    """Drying, cooling after the last heat, then turning now and then."""
    parts = told.parts
    heats = _places(parts, FULL)
    if not heats:
        return ["drying"] * len(parts)
    names = ["drying"] * (heats[-1] + 1)
    for each in parts[len(names) :]:
        creased = each.what == QUIET or names[-1] == "anti_crease"
        names.append("anti_crease" if creased else "cooling")
    return names


def dishwasher(told: Told) -> list[str]:
    """Washing, heating, rinsing since the water was changed, drying in the silence at the end.

    The last heat is that of the last rinse, so what is before the heat before it still washes.
    """
    parts = told.parts
    heats = _places(parts, FULL)
    washed = heats[-2] if len(heats) > 1 else heats[0] if heats else len(parts)
    names: list[str] = []
    for place, each in enumerate(parts):
        changed = place > washed and each.what == QUIET
        rest = "rinsing" if changed or "rinsing" in names else "washing"
        names.append("heating" if each.what == FULL else rest)
    if heats:
        _dry(told, names, heats)
    return names


def _dry(told: Told, names: list[str], heats: list[int]) -> None:
    """Name what follows the last heat so far: a change of water is silent, too, but short."""
    again = len(heats) > 1
    drained_ms = 0 if told.over else DRAINED_MS[again]
    for place in range(heats[-1] + 1, len(names)):
        each, later = told.parts[place], told.parts[place + 1 :]
        silent = each.what == QUIET
        pumped_ms = sum(each.span_ms for each in later if each.what != QUIET)
        dries = silent and each.span_ms >= drained_ms and pumped_ms <= STROKES_MS
        if dries or names[place - 1] == "drying":
            names[place] = "drying"
        elif again:
            names[place] = names[place - 1] if silent else "rinsing"


def printer_3d(told: Told) -> list[str]:
    """Heating, printing, hot without printing; cold at the end only."""
    words = {printer.WORKING: "printing", printer.HOLDING: "idle_hot", printer.COLD: "idle_hot"}
    names = [words.get(each.what, "heating") for each in told.parts]
    if "printing" not in names:
        full_w = max(
            (each.mean_w for each in told.parts if each.what == printer.FULL), default=0.0
        )
        names = [_printed(*pair, full_w) for pair in zip(names, told.parts, strict=True)]
    last = told.parts[-1].what
    if last == printer.COLD:
        names[-1] = "cooling"
    elif told.over and last == printer.SETTLING:
        names[-1] = "idle_hot"
    return names


def _printed(name: str, part: Part, full_w: float) -> str:
    """Take what keeps its supply at its limit for longer than any soak for a print.

    Bed and nozzle of a small printer share what its supply can give, and that evenly.
    """
    limit = part.span_ms >= SOAKED_MS and part.mean_w >= printer.CEASED * full_w
    return "printing" if part.what == printer.HOLDING and limit else name


NAMERS: dict[str, Namer] = {
    "washing_machine": washing_machine,
    "washer_dryer": washer_dryer,
    "dryer": dryer,
    "dishwasher": dishwasher,
    "printer_3d": printer_3d,
}
"""Kind -> its names; other kinds have no stages."""


def marked(kind: str, pieces: list[Piece], end: Piece, *, over: bool) -> Marks:
    """Return where the name changes.

    Args:
        kind: of the appliance.
        pieces: at least one, in order.
        end: where the last of them ends for now, or for good.
        over: whether the run is over.
    """
    parts = [_part(each, after) for each, after in zip(pieces, [*pieces[1:], end], strict=True)]
    marks: list[Mark] = []
    for name, piece in zip(NAMERS[kind](Told(parts, over)), pieces, strict=True):
        if not marks or marks[-1].name != name:
            marks.append(Mark(name, piece.at_ms, piece.mwh))
    return tuple(marks)


def _part(piece: Piece, after: Piece) -> Part:
    span_ms = after.at_ms - piece.at_ms
    return Part(piece.what, span_ms, (after.mwh - piece.mwh) * 3600 / max(1, span_ms))
