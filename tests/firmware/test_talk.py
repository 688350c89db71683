"""Acknowledgements, repetitions, hellos and button events on the cable."""

from tests.firmware.uno import Dice, Uno


def settle(uno: Uno, *acts: str) -> None:
    """Press and release, each long enough to be seen and too short to be held."""
    for act in acts:
        uno.ask("press" if act.isupper() else "release", act.upper())
        uno.run(40)


def test_every_command_is_acknowledged_by_its_number(page: Uno) -> None:
    page.send("T01", "F020" + "x" * 32, "G030" + "0" * 16, "D047", ms=10)
    assert page.said() == ["A01", "A02", "A03", "A04"]


def test_a_repeated_command_is_acknowledged_and_not_carried_out_twice(page: Uno) -> None:
    page.send("F102" + "2" * 32, "P112", ms=5)
    settle(page, "A", "a")
    assert page.shown().startswith("Now")
    page.rx()
    page.send("P112", ms=5)
    assert "A11" in page.said()
    assert page.shown().startswith("Now")


def test_the_same_number_with_another_content_is_a_new_command(page: Uno) -> None:
    page.send("F100" + "1" * 32, ms=5)
    page.send("F100" + "2" * 32, ms=5)
    assert page.shown() == "2" * 32


def test_after_a_new_hosts_hello_nothing_is_a_repetition(page: Uno) -> None:
    page.send("F102" + "2" * 32, "P112", ms=5)
    settle(page, "A", "a")
    page.send("?", "P112", ms=5)
    assert page.shown() == "2" * 32


def test_a_repeated_refusal_is_refused_again(page: Uno) -> None:
    page.send("P015", "P015", "X02", ms=5)
    assert page.said() == ["N012", "N012", "N021"]


def test_a_page_that_is_not_there_cannot_be_shown(page: Uno) -> None:
    before = page.shown()
    page.send("P077", ms=5)
    assert (page.said(), page.shown()) == (["N072"], before)


def test_the_hello_after_a_reset_has_another_boot_number(uno: Uno) -> None:
    first = uno.said()
    hellos = [first[0], *(uno.restart()[0] for _ in range(5))]
    assert first == ["Hflatwatt-uno 0.1.0 16x2 8 0000"]
    assert len({hello[-4:] for hello in hellos}) == 6
    assert {hello[:-5] for hello in hellos} == {"Hflatwatt-uno 0.1.0 16x2 8"}


def test_the_boot_number_survives_the_power_being_cut(uno: Uno) -> None:
    boot = uno.said()[0][-4:]
    uno.ask("power")
    uno.run(200)
    assert uno.said()[0][-4:] not in {boot, "FFFF"}


def test_a_host_that_missed_the_hello_hears_it_at_its_first_word(uno: Uno) -> None:
    hello = uno.said()
    uno.send("T05", "T06", ms=10)
    assert uno.said() == [*hello, "A05", "A06"]


def test_many_questions_at_once_do_not_choke_the_board(page: Uno) -> None:
    page.send(*["?"] * 60, "T44", ms=30)
    said = page.said()
    assert said[-1] == "A44" or said[-2] == "A44"
    assert all(body.startswith("H") for body in said if body != "A44")


def test_heartbeats_without_a_pause_are_all_answered(page: Uno) -> None:
    page.send(*(f"T{n:02X}" for n in range(200)), ms=30)
    assert page.said() == [f"A{n:02X}" for n in range(200)]


def test_a_press_is_told_every_250_ms_until_it_is_taken(page: Uno) -> None:
    page.ask("press", "A")
    page.run(1_100)
    said = page.said()
    assert said == ["K00A1"] * 5
    page.send("a00", ms=5)
    assert page.said() == ["K01A3"]
    page.send("a01", ms=5)
    page.run(1_000)
    assert page.said() == []
    page.ask("release", "A")
    page.run(30)
    assert page.said() == ["K02A2"]


def test_a_bouncing_contact_is_one_press(page: Uno) -> None:
    for act in ("press", "release") * 18:
        page.ask(act, "B")
        page.run(2)
    page.ask("press", "B")
    page.run(60)
    assert page.said() == ["K00B1"]


def test_an_old_acknowledgement_takes_nothing_away(page: Uno) -> None:
    page.ask("press", "A")
    page.run(40)
    page.send("a00", "a00", "aFF", "a01", ms=5)
    page.ask("release", "A")
    page.run(300)
    page.rx()
    page.send("a00", ms=300)
    assert set(page.said()) == {"K01A2"}


def test_eight_events_are_kept_for_a_host_that_sleeps(page: Uno) -> None:
    settle(page, *"AaBbAaBbAaBb")
    page.run(20_000)
    page.rx()
    taken = []
    for number in range(8):
        page.run(260)
        taken.append(page.said()[-1])
        page.send(f"a{number:02X}", ms=1)
    page.run(600)
    assert taken == [f"K0{n}{'AABB'[n % 4]}{1 + n % 2}" for n in range(8)]
    page.rx()
    settle(page, "A")
    assert page.said() == ["K08A1"]


def test_no_press_is_lost_or_doubled_when_acknowledgements_get_lost(page: Uno) -> None:
    dice = Dice(11)
    done, heard, last, held = [], [], None, {"A": False, "B": False}

    def listen() -> None:
        nonlocal last
        for body in page.said():
            if not body.startswith("K"):
                continue
            if body[1:3] != last:
                last = body[1:3]
                heard.append(body[3:])
            if dice.roll(3):  # every third acknowledgement gets lost
                page.send(f"a{body[1:3]}")

    for _ in range(60):
        button = "AB"[dice.roll(2)]
        held[button] = not held[button]
        page.ask("press" if held[button] else "release", button)
        done.append(f"{button}{1 if held[button] else 2}")
        for _ in range(10):
            page.run(30 + dice.roll(40))
            listen()
    for _ in range(40):
        page.run(100)
        listen()
    assert [event for event in heard if event[1] != "3"] == done
