"""Trials that the tests run small and bench/display.py runs large."""

from tests.firmware.uno import BOOT_MS, KHZ, Dice, Uno, frame

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
AWAKE = "flatwatt        waiting for host"
ROWS = "0E1F111F0E040400"


def page_text(turn: int) -> str:
    """32 cells of which each differs from those of the turn before."""
    return "".join(LETTERS[(turn + cell * 5) % len(LETTERS)] for cell in range(32))


def store(number: int, text: str, page: int = 0) -> bytes:
    return frame(f"F{number % 256:02X}{page}{text}")


def damage(line: bytes, dice: Dice) -> bytes:
    """One to four bits flipped, bytes dropped, put in, or the end cut off."""
    hurt = bytearray(line)
    for _ in range(1 + dice.roll(4)):
        if not hurt:
            break
        at, kind = dice.roll(len(hurt)), dice.roll(4)
        if kind == 0:
            hurt[at] ^= 1 << dice.roll(8)
        elif kind == 1:
            del hurt[at]
        elif kind == 2:
            hurt.insert(at, dice.roll(256))
        else:
            del hurt[at:]
    return bytes(hurt)


def corrupted_lines(uno: Uno, count: int, seed: int) -> dict[str, int]:
    """Each damaged page is followed at once by a clean one.

    Returns:
        damaged: lines sent; wrong: turns in which the glass showed anything but the page
        before and the clean one; lost: clean pages not acknowledged or not on the glass.
    """
    dice, wrong, lost = Dice(seed), 0, 0
    uno.send("?", f"F000{page_text(0)}", "P010", ms=10)
    for turn in range(1, count + 1):
        before, clean = uno.shown(), page_text(turn)
        bad_line = store(2 * turn, page_text(turn + 7), dice.roll(8))
        hurt = bad_line
        while bad_line in hurt:  # bytes put in before or behind it do no harm
            hurt = damage(bad_line, dice)
        uno.rx()
        uno.ask("mark")
        number = 2 * turn + 1
        uno.tx(hurt, store(number, clean))
        uno.drain()
        uno.run(4)
        wrong += not set(uno.history()) <= {before, clean}
        answers = uno.rx().split(b"\n")
        lost += uno.shown() != clean or frame(f"A{number % 256:02X}")[:-1] not in answers
    return {"damaged": count, "wrong": wrong, "lost": lost}


def resets(uno: Uno, count: int, seed: int) -> dict[str, int]:
    """Reset at a random cycle: while a page arrives and is drawn, or while the LCD is set up.

    Returns:
        wrong: start pictures, pages or glyphs not as they should be afterwards.
    """
    dice, wrong = Dice(seed), 0
    for turn in range(count):
        if turn % 2:
            uno.tx(frame(f"G{turn % 256:02X}0{ROWS}"), store(turn + 1, page_text(turn)))
            uno.ask("step", dice.roll(10 * KHZ))
        else:
            uno.ask("step", dice.roll(BOOT_MS * KHZ))
        uno.ask("reset")
        uno.run(BOOT_MS + 20)  # what was on the cable arrives too
        wrong += uno.shown() not in {AWAKE, page_text(turn)}
        uno.send(f"G{turn + 2 & 0xFF:02X}3{ROWS}", ms=2)
        uno.tx(store(turn + 3, page_text(turn + 1), 5), frame(f"P{turn + 4 & 0xFF:02X}5"))
        uno.drain()
        uno.run(5)
        state = uno.glass().state
        wrong += uno.shown() != page_text(turn + 1) or uno.glyphs()[3] != ROWS
        wrong += (state["on"], state["cursor"], state["shift"], state["bits"]) != (1, 0, 0, 4)
    return {"resets": count, "wrong": wrong}


def back_to_back(uno: Uno, count: int) -> dict[str, int]:
    """Pages without a pause between them. Returns how many were drawn whole and in order."""
    uno.send("?", f"F000{page_text(0)}", "P010", ms=30)
    uno.rx()
    uno.ask("mark")
    uno.tx(*(store(1 + turn, page_text(turn)) for turn in range(1, count + 1)))
    uno.drain()
    uno.run(5)
    acknowledged = sum(body.startswith("A") for body in uno.said())
    wanted = [page_text(turn) for turn in range(1, count + 1)]
    seen = [text for text in uno.history() if text in wanted]
    return {
        "sent": count,
        "drawn": count if seen == wanted else len(set(seen)),
        "acknowledged": acknowledged,
        "characters": uno.stat()["characters"],
    }


def latencies(uno: Uno, texts: tuple[str, str], count: int, seed: int) -> list[tuple[int, int]]:
    """Send the two pages in turn, each at a random moment.

    Returns:
        For each: cycles from the last byte to the first and to the last LCD edge.
    """
    dice, found = Dice(seed), []
    uno.send("?", f"F000{texts[1]}", "P010", ms=30)
    for turn in range(count):
        uno.ask("step", dice.roll(20 * KHZ))
        uno.ask("mark")
        uno.tx(store(turn + 2, texts[turn % 2]))
        uno.drain()
        uno.run(4)
        stat = uno.stat()
        found.append((stat["first_edge"] - stat["received"], stat["last_edge"] - stat["received"]))
    return found


def one_cell(cell: int) -> tuple[str, str]:
    """Two pages that differ in this cell alone."""
    text = page_text(1)
    return text[:cell] + "#" + text[cell + 1 :], text
