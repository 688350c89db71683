"""The host's half of the conversation with a board: no port and no clock in here.

What must be on the board is compared with what it has acknowledged, and the difference is
sent, one command in flight. A hello with another boot id means that the board was reset
and has nothing: everything goes again. Commands and button events carry numbers, so a lost
acknowledgement neither repeats nor loses one.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping

from msgspec import Struct

from flatwatt.sinks.lcd import wire
from flatwatt.sinks.lcd.cells import BITMAPS, Page

log = logging.getLogger("flatwatt")
ACK_S = 0.25
TRIES = 8
BEAT_S = 3.0
ASK_AGAIN_S = 10.0
"""So often the board is asked for its boot id: a reset whose hello was lost is found."""
STALE_S = 10.0
"""Pages older than this are no longer vouched for with heartbeats: the board shows an age."""
ASKS_S = (2.0, 2.5, 3.0, 3.5)
HELLO_S = 4.0
"""After opening the board boots for 1 to 2 s; then it is asked; then it is no board."""
KINDS = {1: "pressed", 2: "released", 3: "held"}
_REMEMBERED_PRESSES = 64
_BEAT, _GLYPH, _STORE, _DROP, _TURN = range(5)


class Job(Struct, frozen=True):
    """One command, before it has a number."""

    kind: int
    index: int = 0
    cells: str = ""

    def body(self, seq: int) -> bytes:
        """Return it for the wire."""
        if self.kind == _GLYPH:
            return wire.store_glyph(seq, self.index, BITMAPS[self.index])
        if self.kind == _STORE:
            return wire.store_page(seq, self.index, self.cells)
        if self.kind == _DROP:
            return wire.drop_page(seq, self.index)
        if self.kind == _TURN:
            return wire.turn_to(seq, self.index)
        return wire.heartbeat(seq)


class Flight(Struct):
    """The command that waits for its acknowledgement."""

    job: Job
    seq: int
    line: bytes
    sent_s: float
    tries: int = 1


class Talk:
    """What is said to the board and heard from it; kept over all sessions of a display.

    Times are seconds of any clock that only runs forward.

    Attributes:
        hello: who answers; None until it has said so in this session.
        visible: slot on the glass, as far as the board has told.
        decoder: of this session; counts bad lines, keeps a stranger's first bytes.
        sent, resent, refused: commands, their repetitions, and those the board refused.
        pushes: how often everything was sent.
    """

    def __init__(self, pressed: Callable[[str, str], None]) -> None:
        self.hello: wire.Hello | None = None
        self.visible: int | None = None
        self.decoder = wire.Decoder()
        self.sent = self.resent = self.refused = self.pushes = 0
        self._pressed = pressed
        self._wanted: dict[int, str] = {}
        self._held: dict[int, str | None] = {}
        self._glyphs = 0
        self._turn: int | None = None
        self._flight: Flight | None = None
        self._replies = bytearray()
        self._seq = 0
        self._boot = ""
        self._numbers: deque[int] = deque(maxlen=_REMEMBERED_PRESSES)
        self._since_s = self._asked_s = self._spoke_s = 0.0
        self._asks = 0
        self._beaten = False
        self._put_s = float("-inf")

    # --- what the host wants ------------------------------------------------------

    def opened(self, now_s: float) -> None:
        """Begin a session: the port has just been opened, which resets most boards."""
        self.decoder = wire.Decoder()
        self._replies.clear()
        self._listen(now_s)

    def closed(self) -> None:
        """End a session: nobody is there."""
        self.hello = None
        self.visible = None
        self._flight = None

    def put(self, pages: Mapping[int, Page], now_s: float) -> None:
        """Have these pages on the board, and vouch that they are current."""
        self._wanted = {slot: each.cells for slot, each in pages.items()}
        self._put_s = now_s

    def turn_to(self, slot: int) -> None:
        """Show a page as soon as the board has it."""
        self._turn = slot

    @property
    def settled(self) -> bool:
        """Whether the board has all that it should."""
        return self.hello is not None and self._flight is None and self._change() is None

    # --- what is to be sent -------------------------------------------------------

    def due(self, now_s: float) -> bytes:
        """Return what is to be written now; empty when there is nothing to say."""
        out = bytes(self._replies)
        self._replies.clear()
        if self.hello is None:
            return out + self._ask_for_hello(now_s)
        if self._flight is not None:
            return out + self._again(self._flight, now_s)
        if now_s - self._asked_s >= ASK_AGAIN_S:
            self._asked_s = now_s
            out += wire.line(wire.ASK_HELLO)
        if job := self._next(now_s):
            out += self._launch(job, now_s)
        return out

    def wait_s(self, now_s: float) -> float:
        """Return in how many seconds `due` has something to say by itself."""
        if self.hello is None:
            moments = [self._since_s + each for each in (*ASKS_S, HELLO_S)][self._asks :]
            return max(0.0, moments[0] - now_s)
        if self._flight is not None:
            return max(0.0, self._flight.sent_s + ACK_S - now_s)
        beat_s = self._spoke_s + BEAT_S
        if beat_s <= now_s:  # nobody vouches for the pages: no heartbeat
            beat_s = now_s + BEAT_S
        return max(0.0, min(beat_s, self._asked_s + ASK_AGAIN_S) - now_s)

    def overdue(self, now_s: float) -> bool:
        """Return whether nobody has said hello for too long."""
        return self.hello is None and now_s - self._since_s >= HELLO_S

    def _listen(self, now_s: float) -> None:
        self.hello = None
        self._flight = None
        self._since_s = now_s
        self._asks = 0

    def _ask_for_hello(self, now_s: float) -> bytes:
        if self._asks >= len(ASKS_S) or now_s - self._since_s < ASKS_S[self._asks]:
            return b""
        self._asks += 1
        return wire.line(wire.ASK_HELLO)

    def _again(self, flight: Flight, now_s: float) -> bytes:
        if now_s - flight.sent_s < ACK_S:
            return b""
        if flight.tries >= TRIES:
            self._listen(now_s - ASKS_S[0])
            return self._ask_for_hello(now_s)
        flight.tries += 1
        flight.sent_s = now_s
        self.resent += 1
        return flight.line

    def _launch(self, job: Job, now_s: float) -> bytes:
        self._seq = (self._seq + 1) % 256
        line = wire.line(job.body(self._seq))
        self._flight = Flight(job, self._seq, line, now_s)
        self._spoke_s = now_s
        self.sent += 1
        return line

    def _next(self, now_s: float) -> Job | None:
        # The first command may bear the number of the last one of an earlier session and
        # be taken for its repetition; a heartbeat may be lost so without harm.
        if not self._beaten:
            return Job(_BEAT)
        changed = self._change()
        if changed is not None:
            return changed
        if now_s - self._spoke_s >= BEAT_S and now_s - self._put_s <= STALE_S:
            return Job(_BEAT)
        return None

    def _change(self) -> Job | None:
        """Return what the board lacks most: glyphs, the page looked at, other pages."""
        if self._glyphs < len(BITMAPS):
            return Job(_GLYPH, self._glyphs)
        slots = self.hello.pages if self.hello else 0
        for slot in sorted(self._wanted, key=lambda each: (each != self.visible, each)):
            if slot < slots and self._held.get(slot) != self._wanted[slot]:
                return Job(_STORE, slot, self._wanted[slot])
        for slot in self._held:
            if slot not in self._wanted:
                return Job(_DROP, slot)
        if self._turn is not None and self._turn in self._held:
            return Job(_TURN, self._turn)
        return None

    # --- what is heard ------------------------------------------------------------

    def hear(self, data: bytes, now_s: float) -> None:
        """Take bytes from the board; call the button callback for each new press."""
        for body in self.decoder.feed(data):
            said = wire.parse(body)
            if isinstance(said, wire.Hello):
                self._greeted(said, now_s)
            elif self.hello is not None and said is not None:
                self._understand(said)

    def _understand(self, said: wire.Message) -> None:
        if isinstance(said, wire.Ack):
            self._landed(said.seq)
        elif isinstance(said, wire.Refusal):
            self.refused += 1
            log.debug("display: command %02X refused, error %d", said.seq, said.error)
            self._landed(said.seq)
        elif isinstance(said, wire.Visible):
            self.visible = said.page
        elif isinstance(said, wire.Press):
            self._press(said)

    def _greeted(self, hello: wire.Hello, now_s: float) -> None:
        fresh = hello.boot != self._boot
        reset = fresh and self._boot != ""
        if fresh:
            self._boot = hello.boot
            self._numbers.clear()
        if fresh or self.hello is None:
            # A board that was not reset may still hold pages nobody wants any more.
            self._held = {} if reset else dict.fromkeys(range(hello.pages))
            self._glyphs = 0
            self._flight = None
            self._beaten = False
            self.visible = None
            self.pushes += 1
        self.hello = hello
        self._asked_s = now_s

    def _landed(self, seq: int) -> None:
        flight = self._flight
        if flight is None or flight.seq != seq:
            return
        self._flight = None
        job = flight.job
        self._beaten = True
        if job.kind == _GLYPH:
            self._glyphs = job.index + 1
        elif job.kind == _STORE:
            self._held[job.index] = job.cells
        elif job.kind == _DROP:
            self._held.pop(job.index, None)
        elif job.kind == _TURN and self._turn == job.index:
            self._turn = None

    def _press(self, press: wire.Press) -> None:
        self._replies += wire.line(wire.acknowledge(press.number))
        if press.number in self._numbers:
            return
        self._numbers.append(press.number)
        try:
            self._pressed(press.button, KINDS[press.kind])
        except Exception:  # the wall: what a press does never stops the display
            log.exception("display: what button %s does failed", press.button)
