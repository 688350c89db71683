"""A simulated UNO with the display on it, and everything it needs built first."""

from collections.abc import Iterator

import pytest
from tests.firmware.uno import BOOT_MS, Uno
from tests.firmware.workshop import Built, build


@pytest.fixture(scope="session")
def built() -> Built:
    return build()


@pytest.fixture
def uno(built: Built) -> Iterator[Uno]:
    """A board that has started and said hello."""
    with Uno(built.unosim, built.hex) as board:
        board.run(BOOT_MS)
        yield board


@pytest.fixture
def page(uno: Uno) -> Uno:
    """The same with a host that has sent page 0."""
    uno.send("?", "F000Now      1234 W Today  1.23 kWh ", ms=5)
    uno.rx()
    return uno
