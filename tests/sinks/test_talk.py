"""The conversation, with a board in memory, a bad cable and a clock of our own."""

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from flatwatt.sinks.lcd import wire
from flatwatt.sinks.lcd.cells import page
from flatwatt.sinks.lcd.talk import ACK_S, BEAT_S, HELLO_S, STALE_S, Talk

STEP_S = 0.01


class Cable:
    """A board and its cable; each line may be lost on the way, either way."""

    def __init__(self, lost=lambda: False):
        self.now_s = 100.0
        self.pressed = []
        self.talk = Talk(lambda button, kind: self.pressed.append((button, kind)))
        self.lost = lost
        self.boot = 0x10
        self.executed = []
        self.writes = []
        self.number = 0
        self.queue = deque()
        self.to_host = wire.line(self.hello())
        self.talk.opened(self.now_s)
        self.reset()

    def hello(self):
        return b"Hflatwatt-uno 0.1.0 16x2 8 %04X" % self.boot

    def reset(self):
        self.boot += 1
        self.pages, self.glyphs, self.last = {}, {}, None
        self.queue.clear()
        self.number = 0
        self.retell_s = 0.0
        self.to_host = b""
        self.say(self.hello())

    def press(self, button="A", kind=1):
        self.queue.append((self.number, button, kind))
        self.number = (self.number + 1) % 256

    def say(self, body):
        if not self.lost():
            self.to_host += wire.line(body)

    def run(self, seconds):
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.step()

    def step(self):
        if self.queue and self.now_s - self.retell_s >= 0.25:
            self.retell_s = self.now_s
            number, button, kind = self.queue[0]
            self.say(b"K%02X%b%d" % (number, button.encode(), kind))
        data, self.to_host = self.to_host, b""
        self.talk.hear(data, self.now_s)
        sent = self.talk.due(self.now_s)
        if sent:
            self.writes.append((self.now_s, sent))
        for body in wire.Decoder().feed(sent):
            if not self.lost():
                self.take(body)

    def take(self, body):
        if body == b"?":
            self.last = None
            self.say(self.hello())
        elif body[:1] == b"a":
            if self.queue and self.queue[0][0] == int(body[1:], 16):
                self.queue.popleft()
                self.retell_s = 0.0
        else:
            if body != self.last:
                self.last = body
                self.executed.append(body)
                self.do(chr(body[0]), body[3:])
            self.say(b"A" + body[1:3])

    def do(self, command, rest):
        if command == "F":
            self.pages[int(rest[:1])] = wire.decode_cells(rest[1:])
        elif command == "G":
            self.glyphs[int(rest[:1])] = rest[1:]
        elif command == "D":
            self.pages.pop(int(rest), None)

    def kinds(self):
        return "".join(chr(body[0]) for body in self.executed)


ONE = {0: page("one", "1"), 4: page("four", "$*\\ is escaped")}
TWO = {**ONE, 4: page("four", "changed")}


def shows(cable, pages):
    return cable.pages == {slot: each.cells for slot, each in pages.items()}


def test_after_the_hello_glyphs_and_pages_are_pushed_then_only_what_changed():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.run(0.5)
    # The six slots that are not wanted are cleared: who knows what an old host left there.
    assert cable.kinds() == "TGGGGGGGGFFDDDDDD"
    assert shows(cable, ONE)
    cable.talk.put(TWO, cable.now_s)
    cable.run(0.5)
    assert cable.kinds()[17:] == "F"
    assert shows(cable, TWO)
    cable.talk.put({0: ONE[0]}, cable.now_s)
    cable.run(0.5)
    assert cable.kinds()[18:] == "D"


def test_one_command_is_in_flight_at_a_time():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.run(1)
    for _, sent in cable.writes:
        assert sum(body[:1] in b"FGPDT" for body in wire.Decoder().feed(sent)) <= 1


def test_a_reset_in_the_middle_pushes_everything_again():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.run(0.06)
    cable.reset()
    cable.run(0.5)
    assert shows(cable, ONE)
    assert len(cable.glyphs) == 8
    assert cable.talk.pushes == 2


def test_a_reset_whose_hello_was_lost_is_found():
    cable = Cable()
    for _ in range(15):
        cable.talk.put(ONE, cable.now_s)
        cable.run(1)
    cable.lost = lambda: True
    cable.reset()
    cable.lost = lambda: False
    assert not cable.pages
    for _ in range(11):
        cable.talk.put(ONE, cable.now_s)
        cable.run(1)
    assert shows(cable, ONE)


def test_heartbeats_come_each_three_seconds_while_somebody_vouches_for_the_pages():
    cable = Cable()
    for _ in range(30):
        cable.talk.put(ONE, cable.now_s)
        cable.run(1)
    beats = cable.kinds()[17:]
    assert set(beats) == {"T"}
    assert 8 <= len(beats) <= 30 / BEAT_S
    cable.run(STALE_S + BEAT_S)
    before = len(cable.executed)
    cable.run(60)
    assert len(cable.executed) == before


def test_a_silent_board_is_asked_and_then_given_up():
    cable = Cable(lost=lambda: True)
    opened_s = cable.now_s
    cable.run(HELLO_S - 0.1)
    assert not cable.talk.overdue(cable.now_s)
    assert all(sent == wire.line(b"?") for _, sent in cable.writes)
    assert cable.writes[0][0] - opened_s <= 3
    cable.run(0.2)
    assert cable.talk.overdue(cable.now_s)


def test_a_board_that_falls_silent_is_noticed_within_five_seconds():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.run(1)
    cable.lost = lambda: True
    cable.talk.put(TWO, cable.now_s)
    cable.run(5)
    assert cable.talk.overdue(cable.now_s)


def test_a_lost_acknowledgement_is_not_waited_for_longer_than_agreed():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.run(1)
    losses = deque([True])  # loses the very next line of the board
    plain_say = cable.say
    cable.say = lambda body: losses.popleft() if losses else plain_say(body)
    cable.talk.put(TWO, cable.now_s)
    cable.run(ACK_S + 3 * STEP_S)
    assert cable.talk.resent == 1
    assert cable.talk.settled
    assert cable.kinds().count("F") == 3


def test_a_refused_command_is_not_sent_for_ever():
    cable = Cable()
    cable.talk.put(ONE, cable.now_s)
    cable.take = lambda body: cable.say(b"N" + body[1:3] + b"1")
    cable.run(2)
    assert cable.talk.settled
    assert cable.talk.refused == 17


def test_a_board_that_was_not_reset_is_cleared_of_old_pages():
    cable = Cable()
    cable.talk.put(TWO | {6: page("old", "")}, cable.now_s)
    cable.run(0.5)
    cable.talk = Talk(lambda button, kind: None)
    cable.talk.opened(cable.now_s)
    cable.talk.put(ONE, cable.now_s)
    cable.run(3)
    assert shows(cable, ONE)


def test_a_callback_that_fails_stops_nothing(caplog):
    cable = Cable()
    cable.talk = Talk(lambda button, kind: 1 / 0)
    cable.talk.opened(cable.now_s)
    cable.say(cable.hello())
    cable.press()
    cable.run(1)
    assert not cable.queue
    assert "what button A does failed" in caplog.text


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 2**32), st.integers(0, 55), st.integers(1, 60), st.booleans())
def test_a_bad_cable_never_repeats_or_loses_a_press(seed, percent_lost, presses, resets):
    state = seed

    def lost():
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return state // 65536 % 100 < percent_lost

    cable = Cable(lost)
    cable.talk.put(ONE, cable.now_s)
    expected = []
    for number in range(presses):
        button, kind = "AB"[number * seed % 2], 1 + number * seed % 3
        if resets and number == presses // 2:
            while cable.queue:  # what was not told before a power cut is gone: let it be told
                live(cable)
            cable.reset()
            while not cable.talk.hello or cable.talk.hello.boot != f"{cable.boot:04X}":
                live(cable)
        cable.press(button, kind)
        expected.append((button, {1: "pressed", 2: "released", 3: "held"}[kind]))
        live(cable)
    while cable.queue or not cable.talk.settled:
        live(cable)
    assert cable.pressed == expected
    assert shows(cable, ONE)
    assert len(cable.glyphs) == 8


def live(cable):
    cable.run(0.3)
    if cable.talk.overdue(cable.now_s):
        cable.talk.opened(cable.now_s)
    cable.talk.put(ONE, cable.now_s)
