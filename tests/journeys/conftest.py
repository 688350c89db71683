"""The flatwatt command as people start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


class Command:
    """Starts `flatwatt` in a process of its own, with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {**os.environ, "FLATWATT_HOME": str(home), "COLUMNS": "120", "NO_COLOR": "1"}

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "flatwatt", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.env,
        )

    def run(self, *words: str, code: int = 0, timeout_s: float = 120) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=timeout_s)
        assert process.returncode == code, f"{words}: {process.returncode}\n{out}\n{err}"
        return out if code == 0 else err


@pytest.fixture
def flatwatt(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Command, str]:
    """A demo that has run to its end; its home and what it said."""
    command = Command(tmp_path_factory.mktemp("demo") / "home")
    said = command.run(
        "demo", "--seconds", "18", "--weeks", "1", "--plain", "--home", str(command.home)
    )
    return command, said
