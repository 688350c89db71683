"""The display on a serial port: a board on a pseudo-terminal stands in for the real one."""

import asyncio
import contextlib
import errno
import os
import time
import tty
from datetime import UTC

import pytest
import serial
from tests.fakes.board import Board
from tests.sinks.flats import EXTRAS, flat

from flatwatt.errors import DisplayError
from flatwatt.sinks.lcd import LcdDisplay, Options, link, serialport
from flatwatt.sinks.lcd.cells import page
from flatwatt.sinks.lcd.ports import Port, choose
from flatwatt.sinks.lcd.trial import Trial


class Desk:
    """A computer with USB sockets, a board, and a display that looks for it."""

    def __init__(self, folder):
        self.folder = folder
        self.links = {}
        self.presses = []
        self.board = Board(self.socket("ttyACM0"))

    def socket(self, name, **more):
        path = self.folder / name
        self.links[path] = {"vid": 0x2341, "pid": 0x43, "serial_number": "75", **more}
        return path

    def ports(self):
        return [Port(str(path), **ids) for path, ids in self.links.items() if path.exists()]

    def display(self, port=""):
        return LcdDisplay(
            Options(str(port)),
            language="en",
            zone=UTC,
            buttons=lambda button, kind: self.presses.append((button, kind)),
            find=self.ports,
        )


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.board.close()


@contextlib.asynccontextmanager
async def running(display):
    task = asyncio.create_task(display.run())
    try:
        yield display
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(done, seconds=5.0):
    start = time.monotonic()
    while not done():
        assert time.monotonic() - start < seconds, "it never happened"
        await asyncio.sleep(0.005)
    return time.monotonic() - start


ONE = {0: page("now", "1"), 4: page("today", "2")}


async def test_pages_reach_the_board_after_its_hello(desk):
    async with running(desk.display()) as display:
        display.show(flat(), EXTRAS)
        await until(lambda: display.talk.settled)
        assert sorted(desk.board.pages) == [0, 1, 4, 5, 6, 7]
        assert desk.board.glass() == "ⓐⓗⓗⓗⓗⓔ    2042 W  0.92kWh  0.30ⓑ"
        assert len(desk.board.glyphs) == 8
        assert display.trouble is None
        assert display.port.device.endswith("ttyACM0")
        assert (desk.board.resets, desk.board.bad) == (1, 0)


async def test_only_changed_pages_are_sent_afterwards(desk):
    async with running(desk.display()) as display:
        display.show(flat(), EXTRAS)
        await until(lambda: display.talk.settled)
        desk.board.executed.clear()
        display.show(flat(), EXTRAS)
        await asyncio.sleep(0.2)
        assert not desk.board.executed
        display.show(flat(total_w=99.0), EXTRAS)
        await until(lambda: "99 W" in desk.board.glass())
        assert [body[:1] + body[3:4] for body in desk.board.executed] == [b"F0"]


async def test_a_reset_in_the_middle_pushes_everything_again(desk):
    async with running(desk.display()) as display:
        display.put(ONE)
        await until(lambda: len(desk.board.glyphs) >= 3)
        desk.board.reset()
        await until(lambda: not desk.board.glyphs)
        await until(lambda: display.talk.settled and sorted(desk.board.pages) == [0, 4])
        assert len(desk.board.glyphs) == 8
        assert desk.board.resets == 2


async def test_a_replugged_board_shows_again_within_three_seconds_under_another_name(desk):
    desk.board.boot_s = 1.5
    async with running(desk.display(desk.folder / "ttyACM0")) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        desk.board.unplug()
        await until(lambda: display.trouble is not None)
        await asyncio.sleep(0.7)
        desk.board.plug_in(desk.socket("ttyACM1"))
        took_s = await until(lambda: sorted(desk.board.pages) == [0, 4])
        assert took_s < 3
        await until(lambda: display.trouble is None)
        assert display.port.device.endswith("ttyACM1")


async def test_a_board_plugged_in_late_is_found(tmp_path):
    desk = Desk(tmp_path)
    desk.board.unplug()
    try:
        async with running(desk.display()) as display:
            await until(lambda: display.trouble is not None)
            assert "no board found on USB" in display.trouble
            display.put(ONE)
            desk.board.plug_in(desk.socket("ttyUSB3"))
            assert await until(lambda: sorted(desk.board.pages) == [0, 4]) < 3
    finally:
        desk.board.close()


async def test_another_device_on_the_port_is_said_plainly_and_left_alone(desk):
    desk.board.voice = b"start\necho:Marlin 2.1 \x1b[31m\n"
    async with running(desk.display()) as display:
        await until(lambda: display.trouble is not None, 6)
        assert "says something else: 'start echo:Marlin 2.1" in display.trouble
        assert "flatwatt display flash --port" in display.trouble
        await asyncio.sleep(1.5)
        assert "Marlin" in display.trouble
        assert desk.board.resets == 1, "a printer must not be reset again and again"


async def test_a_silent_device_is_no_display(desk):
    desk.board.voice = b""
    async with running(desk.display(desk.folder / "ttyACM0")) as display:
        took_s = await until(lambda: display.trouble is not None, 6)
        assert 3.5 < took_s < 5.5
        assert "says nothing in 4 s; it is no flatwatt display" in display.trouble


async def test_a_display_of_another_size_is_refused(desk):
    desk.board._hello = lambda: desk.board._say(b"Hflatwatt-big 0.1.0 20x4 8 00A1")
    async with running(desk.display()) as display:
        await until(lambda: display.trouble is not None and "20x4" in display.trouble)
        assert "flatwatt shows 16x2" in display.trouble


async def test_a_board_that_falls_silent_is_reset_by_opening_it_again(desk):
    async with running(desk.display()) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        desk.board.lose = lambda body: desk.board.resets == 1
        display.put({**ONE, 0: page("now", "2")})
        await until(lambda: desk.board.resets == 2, 8)
        await until(lambda: "2" in desk.board.pages.get(0, ""))
        await until(lambda: display.trouble is None)


async def test_lost_acknowledgements_neither_repeat_nor_lose_a_press(desk):
    lost = iter(range(10**6))
    async with running(desk.display()) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        desk.board.lose = lambda body: next(lost) % 3 == 0
        take, skipped = desk.board._line, iter(range(10**6))
        desk.board._line = lambda text: (
            None if text[:1] == b"a" and next(skipped) % 2 == 0 else take(text)
        )
        told = []
        for number in range(6):
            told.append(("AB"[number % 2], ("pressed", "released", "held")[number % 3]))
            desk.board.press("AB"[number % 2], number % 3 + 1)
        await until(lambda: not desk.board.queue, 20)
        assert desk.presses == told


async def test_a_page_can_be_turned_to_and_is_reported(desk):
    async with running(desk.display()) as display:
        display.put(ONE)
        display.turn_to(4)
        await until(lambda: desk.board.visible == 4)
        await until(lambda: display.talk.visible == 4)


async def test_two_programs_do_not_talk_into_each_other(desk):
    async with running(desk.display()) as display:
        await until(lambda: display.talk.hello is not None)
        with pytest.raises(DisplayError, match="is in use by another program"):
            serialport.open_port(str(desk.folder / "ttyACM0"))


async def test_stopping_lets_go_of_the_port_at_any_moment(desk):
    for pause_s in (0, 0.001, 0.01, 0.05, 0.15, 0.3):
        async with running(desk.display()) as display:
            display.put(ONE)
            await asyncio.sleep(pause_s)
    serialport.open_port(str(desk.folder / "ttyACM0")).close()


async def test_no_permission_names_the_group(desk, monkeypatch):
    def refused(*_args, **_options):
        raise serial.SerialException(errno.EACCES, "could not open port: Permission denied")

    monkeypatch.setattr(serial, "Serial", refused)
    async with running(desk.display()) as display:
        await until(lambda: display.trouble is not None)
        assert "dialout" in display.trouble


@pytest.mark.parametrize(
    "error",
    [serial.SerialException("gone"), OSError(errno.EIO, "I/O"), TypeError("fd is None"),
     ValueError("closed"), serialport.termios.error(5, "I/O")],
)  # fmt: skip
async def test_whatever_a_vanished_port_raises_it_is_found_again(desk, monkeypatch, error):
    async with running(desk.display()) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        read = serial.Serial.read
        failed = []

        def fail_once(self, size=1):
            if not failed:
                failed.append(size)
                raise error
            return read(self, size)

        monkeypatch.setattr(serial.Serial, "read", fail_once)
        await until(lambda: display.trouble is not None)
        await until(lambda: display.trouble is None and desk.board.resets == 2)
        await until(lambda: sorted(desk.board.pages) == [0, 4])


async def test_without_pyserial_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "serial.tools.list_ports", None)
    display = LcdDisplay(Options(), language="en", zone=UTC)
    async with running(display):
        await until(lambda: display.trouble is not None)
        assert "pip install 'flatwatt[lcd]'" in display.trouble


async def test_the_idle_line_costs_nothing(desk):
    async with running(desk.display()) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        due, calls = display.talk.due, []
        display.talk.due = lambda now_s: calls.append(now_s) or due(now_s)
        await asyncio.sleep(1.5)
        assert len(calls) <= 4


async def test_a_printer_with_the_same_chip_is_not_taken_for_the_board_that_left(desk, tmp_path):
    same = {"vid": 0x1A86, "pid": 0x7523, "serial_number": None}
    desk.links[desk.folder / "ttyACM0"] = {**same, "location": "1-1"}
    async with running(desk.display(desk.folder / "ttyACM0")) as display:
        display.put(ONE)
        await until(lambda: display.talk.settled)
        printer = Board(desk.socket("ttyUSB0", **same, location="1-2"))
        try:
            await asyncio.to_thread(display._look_around, display.port)
            desk.board.unplug()
            await until(lambda: display.trouble is not None)
            await asyncio.sleep(1.2)
            assert printer.resets == 0, "a print would have been lost"
            desk.board.plug_in(desk.socket("ttyUSB1", **same, location="1-3"))
            await until(lambda: display.talk.settled)
            assert display.port.device.endswith("ttyUSB1")
            assert printer.resets == 0
        finally:
            printer.close()


ACM = Port("/dev/ttyACM0", 0x2341, 0x43, "75", "1-1")
CH340 = Port("/dev/ttyUSB0", 0x1A86, 0x7523, None, "1-2")
MODEM = Port("/dev/ttyS0")


def test_the_only_board_is_chosen_and_others_are_left_alone():
    assert choose([MODEM, CH340]) == CH340
    assert MODEM.board is None
    assert "CH340" in CH340.board


@pytest.mark.parametrize(
    ("found", "wanted", "refused", "text"),
    [
        ([MODEM], "", (), "no board found on USB"),
        ([], "/dev/no-such-port", (), "there is no port /dev/no-such-port"),
        ([ACM, CH340], "", (), "2 boards found"),
        ([ACM], "", ("/dev/ttyACM0",), "no flatwatt display on /dev/ttyACM0"),
    ],
)
def test_nothing_is_opened_by_guess(found, wanted, refused, text):
    with pytest.raises(DisplayError, match=text):
        choose(found, wanted, refused=refused)


def test_a_board_that_moved_is_known_again_among_others():
    moved = Port("/dev/ttyACM7", 0x2341, 0x43, "75", "1-4")
    assert choose([moved, CH340], known=ACM) == moved
    assert choose([moved, CH340], wanted="/dev/ttyACM0-gone", known=ACM) == moved


def test_once_a_board_was_known_no_other_is_opened_in_its_place():
    with pytest.raises(DisplayError, match="on /dev/ttyACM0 is gone; plug it in again"):
        choose([CH340], known=ACM)


def test_a_port_may_be_named_by_a_link_to_it(tmp_path):
    named = tmp_path / "desk-display"
    named.symlink_to("/dev/ttyACM0")
    assert choose([CH340, ACM], wanted=str(named)) == ACM


async def test_a_trial_walks_pages_and_buttons_and_says_what_it_saw(desk):
    said = []
    desk.board.boot_s = 0.1
    trial = Trial("", "en", say=said.append, patience_s=3, find=desk.ports, look_s=0.05)

    async def person():
        await until(lambda: any("Press button A" in each for each in said), 10)
        desk.board.press("A", 1)
        desk.board.press("A", 2)
        await until(lambda: any("Press button B" in each for each in said))
        desk.board.press("B", 1)

    async with asyncio.TaskGroup() as group:
        group.create_task(person())
        outcome = group.create_task(trial.run())
    text = "\n".join(said)
    assert outcome.result() is False
    assert "flatwatt-uno 0.1.0 answers on" in text
    assert "NOT SHOWN" not in text
    assert "button A pressed: seen" in text
    assert "button B pressed: seen" in text
    assert "button B held: NOT SEEN" in text
    assert text.count("┌────────────────┐") == 6


def test_the_fake_board_behaves_like_a_port(tmp_path):
    board = Board(tmp_path / "tty")
    fd = os.open(tmp_path / "tty", os.O_RDWR | os.O_NOCTTY)
    tty.setraw(fd)
    assert os.read(fd, 100).startswith(b"$Hflatwatt-uno")
    os.close(fd)
    board.close()
    assert link.LOOK_S < 1
