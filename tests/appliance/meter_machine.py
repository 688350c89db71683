"""A household of two plugs that keep true accounts, for meters to be held against.

Everything is integer microjoules. A `Plug` knows what was really used, what its counter
shows of it, and what a faultless accountant who sees only its readings must book.
"""

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from flatwatt.appliance.energy import GAP_MS, Meter, MeterState
from flatwatt.model import Basis, Counter, CounterKind, Flag, Interval, Reading

UJ_PER_MWH = 3_600_000
UJ_PER_WH = 1000 * UJ_PER_MWH
MODULUS_WH = 100_000
MODULUS_UJ = MODULUS_WH * UJ_PER_WH
T0 = 1_790_000_000_000
MAX_MW = 3_000_000

KINDS = st.sampled_from(
    [CounterKind.LIFETIME, CounterKind.SINCE_BOOT, CounterKind.DAILY, CounterKind.NONE]
)
COUNTS = st.sampled_from([0.001, 1 / 60, 1.0, 10.0])
POWERS = st.sampled_from([0, 900, 12_000, 75_500, 600_000, 2_000_000, MAX_MW])
SHORT_MS = st.integers(1, GAP_MS)
LONG_MS = st.integers(GAP_MS + 1, 6 * 3_600_000)
WHICH = st.integers(0, 1)


class Plug:
    """One plug, its meter, and the true account of both.

    Attributes:
        truth_uj: really used.
        raw_uj: in the counter, before it is rounded down.
        low_uj: what the counter told, and must be booked.
        extra_uj: what power may have added to it for good, at restarts.
        carry_uj: what power may have said too early; later counts make up for it.
        lost_uj: used, and known to nobody: cut off by a restart or met by no reading.
        over_uj: what power may have said too much.
    """

    def __init__(self, counter: Counter, *, says_power: bool, first_uj: int) -> None:
        self.counter = counter
        self.count_uj = round(counter.resolution_wh * UJ_PER_WH)
        self.wraps = counter.modulus_wh is not None
        self.says_power = says_power or counter.kind is CounterKind.NONE
        self.meter = Meter(counter)
        self.readings: list[Reading] = []
        self.intervals: list[Interval | None] = []
        self.at_ms = T0
        self.raw_uj = first_uj - first_uj % self.count_uj
        self.truth_uj = self.lost_uj = self.over_uj = self.low_uj = self.extra_uj = (
            self.carry_uj
        ) = 0
        self.held_mw = self.power_mw = 0
        self.heard_uj = self.shown_uj
        self.unsettled_uj = self.unheard_uj = 0
        self.say()

    @property
    def counts(self) -> bool:
        return self.counter.kind is not CounterKind.NONE

    @property
    def shown_uj(self) -> int:
        shown = self.raw_uj - self.raw_uj % self.count_uj
        return shown % MODULUS_UJ if self.wraps else shown

    @property
    def booked_uj(self) -> int:
        return self.meter.total_mwh * UJ_PER_MWH

    def use(self, power_mw: int, span_ms: int) -> None:
        """Let the appliance draw power for a time."""
        self.power_mw = power_mw
        self.at_ms += span_ms
        self.truth_uj += power_mw * span_ms
        self.raw_uj += power_mw * span_ms

    def say(self, flags: int = 0, *, counter: bool = True) -> Interval | None:
        """Let the plug speak and its meter hear it."""
        energy_wh = self.shown_uj / UJ_PER_WH if counter and self.counts else None
        power_w = self.power_mw / 1000 if self.says_power else None
        reading = Reading(self.at_ms, "a", "p", power_w, energy_wh, flags=int(flags))
        before_uj = self.booked_uj
        interval = self.meter.feed(reading)
        self.readings.append(reading)
        self.intervals.append(interval)
        assert self.booked_uj >= before_uj
        if interval is not None:
            assert interval.energy_mwh * UJ_PER_MWH == self.booked_uj - before_uj
        self.held_mw = self.power_mw
        return interval

    def power_error_uj(self, span_ms: int) -> int:
        """Most that a line, or a held value, may err by over a time."""
        return abs(self.power_mw - self.held_mw) * span_ms if self.says_power else 0

    def expect(self, rise_uj: int, guess_uj: int = 0) -> None:
        """Move what must be booked; `guess_uj`: what power may have added to it."""
        self.low_uj += rise_uj
        self.extra_uj += guess_uj
        self.over_uj += guess_uj
        self.carry_uj = max(0, self.carry_uj + self.unsettled_uj - rise_uj)
        self.heard_uj = self.shown_uj
        self.lost_uj -= self.unheard_uj
        self.unsettled_uj = self.unheard_uj = 0

    def keep_unsettled(self) -> None:
        """What power said since the counter was last heard can no longer be settled."""
        self.extra_uj += self.unsettled_uj + self.carry_uj
        self.carry_uj = 0
        self.over_uj += self.unsettled_uj
        self.unsettled_uj = self.unheard_uj = 0

    def check(self) -> None:
        booked_uj = self.booked_uj
        assert booked_uj + UJ_PER_MWH > self.low_uj
        early_uj = self.carry_uj + self.unsettled_uj
        assert booked_uj <= self.low_uj + self.extra_uj + self.count_uj + early_uj
        assert booked_uj + UJ_PER_MWH + self.count_uj + self.lost_uj >= self.truth_uj
        assert booked_uj <= self.truth_uj + self.count_uj + self.over_uj + self.unsettled_uj
        if not self.says_power:
            assert booked_uj == self.low_uj - self.low_uj % UJ_PER_MWH

    def encoded(self) -> bytes:
        return msgspec.msgpack.encode(self.meter.state)


def counter_of(kind: CounterKind, resolution_wh: float, *, wraps: bool) -> Counter:
    kept = kind is CounterKind.LIFETIME
    return Counter(
        kind,
        resolution_wh=resolution_wh,
        modulus_wh=MODULUS_WH if wraps and kept else None,
        step_back_wh=1.0 if kept else 0.0,
    )


class MeterMachine(RuleBasedStateMachine):
    """Two plugs interleaved; each rule is something that happens to one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.plugs: list[Plug] = []

    @initialize(
        kinds=st.tuples(KINDS, KINDS),
        counts=st.tuples(COUNTS, COUNTS),
        wraps=st.tuples(st.booleans(), st.booleans()),
        says_power=st.tuples(st.booleans(), st.booleans()),
        first_wh=st.sampled_from([0, 3, 5_000, MODULUS_WH - 2]),
    )
    def move_in(
        self,
        kinds: tuple[CounterKind, CounterKind],
        counts: tuple[float, float],
        wraps: tuple[bool, bool],
        says_power: tuple[bool, bool],
        first_wh: int,
    ) -> None:
        for kind, resolution_wh, wrap, power in zip(kinds, counts, wraps, says_power, strict=True):
            counter = counter_of(kind, resolution_wh, wraps=wrap)
            first_uj = first_wh * UJ_PER_WH
            self.plugs.append(Plug(counter, says_power=power, first_uj=first_uj))

    @rule(which=WHICH, power_mw=POWERS, span_ms=SHORT_MS)
    def runs(self, which: int, power_mw: int, span_ms: int) -> None:
        plug = self.plugs[which]
        plug.use(power_mw, span_ms)
        error_uj = plug.power_error_uj(span_ms)
        plug.say()
        if plug.counts:
            plug.expect(self._rise_uj(plug))
        else:
            plug.low_uj = max(0, plug.low_uj + power_mw * span_ms - error_uj)
            plug.lost_uj += error_uj
            plug.extra_uj += 2 * error_uj
            plug.over_uj += error_uj

    @rule(which=WHICH, power_mw=POWERS, span_ms=SHORT_MS)
    def tells_its_power_only(self, which: int, power_mw: int, span_ms: int) -> None:
        plug = self.plugs[which]
        if not plug.counts or not plug.says_power:
            return
        plug.use(power_mw, span_ms)
        error_uj = plug.power_error_uj(span_ms)
        plug.unsettled_uj += power_mw * span_ms + error_uj
        plug.over_uj += error_uj
        plug.lost_uj += power_mw * span_ms  # until the counter settles it
        plug.unheard_uj += power_mw * span_ms
        interval = plug.say(counter=False)
        assert interval is not None
        assert interval.basis is Basis.INTEGRATED

    @rule(which=WHICH, power_mw=POWERS, span_ms=LONG_MS, shy_ms=st.integers(0, 10_000))
    def is_silent_for_long(self, which: int, power_mw: int, span_ms: int, shy_ms: int) -> None:
        plug = self.plugs[which]
        plug.use(power_mw, span_ms)
        if shy_ms and plug.counts and plug.says_power:
            assert plug.say(counter=False) is None
            plug.use(power_mw, shy_ms)
        interval = plug.say()
        assert interval is not None
        assert interval.flags & Flag.GAP
        if plug.counts:
            assert interval.basis is Basis.COUNTED
            plug.expect(self._rise_uj(plug))
        else:
            assert (interval.basis, interval.energy_mwh) == (Basis.MISSING, 0)
            plug.lost_uj += power_mw * span_ms

    @rule(which=WHICH, power_mw=POWERS, span_ms=st.integers(1, 120_000), told=st.booleans())
    def loses_power_for_a_moment(
        self, which: int, power_mw: int, span_ms: int, told: bool
    ) -> None:
        """Restart: a kept counter is cut to whole Wh, one since boot begins at zero."""
        plug = self.plugs[which]
        kind = plug.counter.kind
        if kind in {CounterKind.NONE, CounterKind.DAILY}:
            return
        before_uj = plug.raw_uj
        kept_uj = before_uj - before_uj % UJ_PER_WH if kind is CounterKind.LIFETIME else 0
        plug.raw_uj = kept_uj - kept_uj % plug.count_uj
        plug.use(power_mw, span_ms)
        if kind is CounterKind.SINCE_BOOT:
            self._begin_again(plug, span_ms, Flag.BOOT)
            plug.lost_uj += plug.count_uj
            return
        rise_uj = self._rise_uj(plug)
        plug.say(Flag.BOOT if told else Flag.NONE)
        if rise_uj < 0:
            plug.lost_uj += power_mw * span_ms
        plug.lost_uj += before_uj - kept_uj + plug.count_uj
        plug.over_uj += plug.count_uj
        plug.keep_unsettled()
        plug.expect(max(rise_uj, 0), plug.count_uj if plug.says_power else 0)

    @precondition(lambda self: any(p.counter.kind is CounterKind.LIFETIME for p in self.plugs))
    @rule(which=WHICH)
    def is_set_to_zero_by_its_owner(self, which: int) -> None:
        plug = self.plugs[which]
        top_uj = MODULUS_UJ - 50 * UJ_PER_WH
        if plug.counter.kind is not CounterKind.LIFETIME or plug.shown_uj > top_uj:
            return
        plug.raw_uj = 0
        plug.use(0, 1000)
        self._begin_again(plug, 1000, Flag.NONE)
        plug.lost_uj += plug.count_uj

    @rule(which=WHICH, power_mw=POWERS, span_ms=st.integers(1000, 60_000))
    def sees_midnight(self, which: int, power_mw: int, span_ms: int) -> None:
        """A daily counter begins again; what it loses is its residue under one count."""
        plug = self.plugs[which]
        new_uj = power_mw * span_ms
        new_uj -= new_uj % plug.count_uj
        falls = plug.heard_uj - new_uj > plug.count_uj or new_uj == 0
        if plug.counter.kind is not CounterKind.DAILY or not falls:
            return
        plug.raw_uj = 0
        plug.use(power_mw, span_ms)
        self._begin_again(plug, span_ms, Flag.NONE)
        plug.lost_uj += plug.count_uj

    @rule(
        which=WHICH,
        power_mw=POWERS,
        span_ms=st.integers(0, 300_000),
        step_ms=st.integers(-7_200_000, 7_200_000),
    )
    def hears_while_the_clock_is_set(
        self, which: int, power_mw: int, span_ms: int, step_ms: int
    ) -> None:
        plug = self.plugs[which]
        before_ms = plug.at_ms
        plug.use(power_mw, span_ms)
        plug.at_ms += step_ms
        interval = plug.say(Flag.CLOCK)
        assert interval is not None
        assert (interval.start_ms, interval.end_ms) == (min(before_ms, plug.at_ms), plug.at_ms)
        if plug.counts:
            plug.expect(self._rise_uj(plug))
        else:
            assert interval.basis is Basis.MISSING
            plug.lost_uj += power_mw * span_ms

    @rule(which=WHICH, back_ms=st.integers(0, 10_000_000))
    def is_heard_twice_or_late(self, which: int, back_ms: int) -> None:
        plug = self.plugs[which]
        before = plug.encoded()
        late = msgspec.structs.replace(plug.readings[-1], at_ms=plug.at_ms - back_ms, flags=0)
        assert plug.meter.feed(late) is None
        assert plug.encoded() == before

    @rule(which=WHICH, after_ms=st.integers(1, 10_000))
    def says_nothing(self, which: int, after_ms: int) -> None:
        plug = self.plugs[which]
        reading = Reading(plug.at_ms + after_ms, "a", "p", float("nan"), None)
        before = plug.encoded()
        assert plug.meter.feed(reading) is None
        assert plug.encoded() == before

    @rule(which=WHICH)
    def collector_restarts(self, which: int) -> None:
        plug = self.plugs[which]
        state = msgspec.msgpack.decode(plug.encoded(), type=MeterState)
        plug.meter = Meter(plug.counter, state)

    @invariant()
    def books_agree(self) -> None:
        for plug in self.plugs:
            plug.check()

    def teardown(self) -> None:
        """A meter that hears it all at once, without a restart, tells the same."""
        for plug in self.plugs:
            again = Meter(plug.counter)
            assert [again.feed(each) for each in plug.readings] == plug.intervals
            assert again.state == plug.meter.state

    def _rise_uj(self, plug: Plug) -> int:
        rise_uj: int = plug.shown_uj - plug.heard_uj
        wrapped = plug.wraps and rise_uj < -MODULUS_UJ // 2
        return rise_uj + MODULUS_UJ if wrapped else rise_uj

    def _begin_again(self, plug: Plug, span_ms: int, flag: Flag) -> None:
        """Let a counter that began at zero be heard: it, or more, by the power's guess."""
        fell_back = plug.counter.kind is CounterKind.LIFETIME and plug.heard_uj <= UJ_PER_WH
        guess_uj = max(plug.held_mw, plug.power_mw) * span_ms if plug.says_power else 0
        used_uj = plug.power_mw * span_ms
        plug.say(flag)
        plug.lost_uj += used_uj if fell_back else 0
        plug.keep_unsettled()
        plug.over_uj += plug.count_uj
        plug.expect(0 if fell_back else plug.shown_uj, guess_uj + plug.count_uj)
