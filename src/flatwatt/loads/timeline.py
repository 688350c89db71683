"""Which run comes when: runs and rests in a row, laid out day by day as far as asked.

A span keeps its start, the energy before it and the key of its dice: some hundred bytes
a run, so months cost little. What happens inside is thrown again when it is entered.
"""

from collections.abc import Sequence
from typing import NamedTuple

from flatwatt.errors import ConfigError
from flatwatt.loads.dice import Dice, mix
from flatwatt.loads.words import DAY_MS, MINUTE_MS, Forced, Model, Stretch

_RUN, _REST, _FORCED = 1, 2, 3
_KEEP_CLEAR_MS = 10 * MINUTE_MS  # a planned run stays away from a forced one


class Span(NamedTuple):
    """A run, or the rest between two.

    Attributes:
        start_ms: ms of Unix time.
        before_uj: energy of the curve before it.
        programme: of the run; None for a rest.
        key: of its dice.
        length_ms: of a run with its tail; 0 for a rest, whose end is the next start.
        energy_uj: of a run with its tail; 0 for a rest.
    """

    start_ms: int
    before_uj: int
    programme: str | None
    key: int
    length_ms: int = 0
    energy_uj: int = 0

    @property
    def end_ms(self) -> int:
        """Where a run with its tail ends, ms of Unix time."""
        return self.start_ms + self.length_ms


def energy_uj(stretches: Sequence[Stretch]) -> int:
    """Return the energy of whole stretches."""
    return sum(layer.at(one.length_ms)[1] for one in stretches for layer in one.layers)


def length_ms(stretches: Sequence[Stretch]) -> int:
    """Return how long stretches last together."""
    return sum(stretch.length_ms for stretch in stretches)


def done_ms(stretches: Sequence[Stretch]) -> int:
    """Return when a run is done, ms from its start: what follows is tail."""
    into = done = 0
    for stretch in stretches:
        into += stretch.length_ms
        if stretch.stage and not stretch.tail:
            done = into
    return done


class Timeline:
    """The spans of one load, from the local midnight before its origin on.

    Args:
        model: the appliance.
        seed: of all its chances.
        origin_ms: where the load begins, ms of Unix time.
        utc_offset_ms: of the flat's clock: when its days begin.
        forced: runs that happen whatever the model plans.
        planned_until_ms: from here on only forced runs start; None for never.

    Raises:
        ConfigError: forced runs that overlap, begin too early or name no programme.
    """

    def __init__(
        self,
        model: Model,
        seed: int,
        origin_ms: int,
        utc_offset_ms: int,
        forced: Sequence[Forced],
        planned_until_ms: int | None,
    ) -> None:
        self._model = model
        self._seed = seed
        self._offset_ms = utc_offset_ms
        self._until_ms = planned_until_ms
        self._day = (origin_ms + utc_offset_ms) // DAY_MS
        self.horizon_ms = self._day * DAY_MS - utc_offset_ms
        self.spans: list[Span] = []
        self.starts: list[int] = []
        self._rest_from(self.horizon_ms, 0)
        self._forced = sorted(self._placed(number, run) for number, run in enumerate(forced))
        self._check_forced()

    def reach(self, at_ms: int) -> None:
        """Lay out the days up to an instant."""
        while self.horizon_ms <= at_ms:
            start_ms = self.horizon_ms
            self.horizon_ms = start_ms + DAY_MS
            for span in sorted(self._planned(start_ms) + self._due(start_ms)):
                if span.start_ms >= self.starts[-1]:
                    self._append(span)
            self._day += 1

    def stretches(self, index: int) -> Sequence[Stretch]:
        """Return what a span is made of; a rest reaches to the next span or the horizon."""
        span = self.spans[index]
        if span.programme is not None:
            return self._model.run(span.programme, Dice(span.key))
        last = index + 1 == len(self.spans)
        end_ms = self.horizon_ms if last else self.starts[index + 1]
        layers = self._model.rest(Dice(span.key))
        return (Stretch("", max(end_ms - span.start_ms, 0), layers),)

    def _placed(self, number: int, run: Forced) -> Span:
        if run.programme not in self._model.programmes:
            known = ", ".join(self._model.programmes) or "none"
            raise ConfigError(f"no programme {run.programme!r} to force; known: {known}")
        key = mix(self._seed, _FORCED, number)
        stretches = self._model.run(run.programme, Dice(key))
        start_ms = run.start_ms
        if (start_ms is None) == (run.end_ms is None):
            raise ConfigError(f"a forced {run.programme!r} run needs a start or an end, not both")
        if start_ms is None:
            start_ms = (run.end_ms or 0) - done_ms(stretches)
        length, energy = length_ms(stretches), energy_uj(stretches)
        return Span(start_ms, 0, run.programme, key, length, energy)

    def _check_forced(self) -> None:
        before_ms = self.horizon_ms
        for span in self._forced:
            if span.start_ms < before_ms:
                raise ConfigError(
                    f"a forced {span.programme!r} run begins before the load or inside "
                    "another run; move it"
                )
            before_ms = span.end_ms

    def _planned(self, midnight_ms: int) -> list[Span]:
        spans = []
        for number, plan in enumerate(self._model.plans(self._day)):
            key = mix(self._seed, _RUN, self._day, number)
            run = self._model.run(plan.programme, Dice(key))
            start_ms = midnight_ms + plan.start_ms
            span = Span(start_ms, 0, plan.programme, key, length_ms(run), energy_uj(run))
            if self._is_free(span):
                spans.append(span)
        return spans

    def _is_free(self, span: Span) -> bool:
        if self._until_ms is not None and span.start_ms >= self._until_ms and span.programme:
            return False
        return all(
            span.end_ms + _KEEP_CLEAR_MS <= other.start_ms
            or other.end_ms + _KEEP_CLEAR_MS <= span.start_ms
            for other in self._forced
        )

    def _due(self, midnight_ms: int) -> list[Span]:
        return [span for span in self._forced if 0 <= span.start_ms - midnight_ms < DAY_MS]

    def _append(self, span: Span) -> None:
        rest = self.spans[-1]
        before_uj = rest.before_uj
        if span.start_ms == rest.start_ms:
            self.spans.pop()
            self.starts.pop()
        else:
            layers = self._model.rest(Dice(rest.key))
            before_uj += energy_uj([Stretch("", span.start_ms - rest.start_ms, layers)])
        self.spans.append(span._replace(before_uj=before_uj))
        self.starts.append(span.start_ms)
        self._rest_from(span.end_ms, before_uj + span.energy_uj)

    def _rest_from(self, start_ms: int, before_uj: int) -> None:
        self.spans.append(Span(start_ms, before_uj, None, mix(self._seed, _REST, start_ms)))
        self.starts.append(start_ms)
