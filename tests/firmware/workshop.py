"""Builds what the firmware's tests run: the hex, the simulator, the PC program, Optiboot."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
PACKAGED_HEX = ROOT / "src/flatwatt/sinks/lcd/flatwatt_display.hex"
VECTORS = FIRMWARE / "protocol/vectors.txt"
PROGRAMS = ("avr-gcc", "gcc", "g++", "make", "avrdude")
PACKAGES = (
    "gcc g++ make gcc-avr avr-libc arduino-core-avr libsimavr-dev libelf-dev avrdude"  # Debian's
)


@dataclass(frozen=True)
class Built:
    """Where everything lies once it is built."""

    hex: Path
    elf: Path
    unosim: Path
    pcboard: Path
    optiboot: Path


def make(folder: Path, *words: str) -> str:
    """Run make there; say what it said when it fails."""
    environment = {k: v for k, v in os.environ.items() if k not in {"MAKEFLAGS", "BUILD"}}
    done = subprocess.run(
        ["make", "-s", "-C", str(folder), *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, f"make in {folder.name}:\n{done.stdout}{done.stderr}"
    return done.stdout


def build() -> Built:
    """Build all of it, once at a time however many test workers ask."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    assert not missing, (
        f"{', '.join(missing)} not found: apt-get install --no-install-recommends {PACKAGES}"
    )
    scratch = FIRMWARE / "sim/build"
    scratch.mkdir(exist_ok=True)
    with FileLock(scratch / ".lock"):
        make(FIRMWARE / "uno")
        make(FIRMWARE / "sim", "all", "optiboot")
        make(FIRMWARE / "pc")
    return Built(
        FIRMWARE / "uno/build/flatwatt_display.hex",
        FIRMWARE / "uno/build/flatwatt_display.elf",
        FIRMWARE / "sim/build/unosim",
        FIRMWARE / "pc/build/pcboard",
        FIRMWARE / "sim/build/optiboot.hex",
    )
