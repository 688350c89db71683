"""The hex: small, and the same wherever it is built."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.firmware.workshop import FIRMWARE, PACKAGED_HEX, Built, make


def test_flash_and_memory_keep_their_budgets(built: Built) -> None:
    flash, ram = re.findall(r"(\d+) of \d+ ", make(FIRMWARE / "uno", "sizes"))
    assert 0 < int(flash) <= 0.25 * 32256
    assert 0 < int(ram) <= 0.45 * 2048
    assert built.elf.exists()


def test_the_packaged_hex_is_what_the_source_builds(built: Built) -> None:
    assert built.hex.read_bytes() == PACKAGED_HEX.read_bytes(), (
        "the source changed: make -C firmware/uno install-hex"
    )


def test_another_folder_builds_the_same_bytes(built: Built, tmp_path: Path) -> None:
    copy = tmp_path / "somewhere" / "uno"
    shutil.copytree(FIRMWARE / "uno", copy, ignore=shutil.ignore_patterns("build"))
    make(copy)
    assert (copy / "build/flatwatt_display.hex").read_bytes() == built.hex.read_bytes()


def test_no_waiting_and_no_allocation_in_the_sketch() -> None:
    for path in (FIRMWARE / "uno/flatwatt_display").iterdir():
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"\b(delay\(|String\b|malloc|new\b|delete\b)", code), path.name


def test_wire_and_buttons_include_nothing_of_the_board() -> None:
    sketch = FIRMWARE / "uno/flatwatt_display"
    for path in sketch.glob("*.*"):
        included = re.findall(r"#include <([^>]+)>", path.read_text(encoding="utf-8"))
        if path.stem not in {"flatwatt_display", "hd44780", "boot_id"}:
            assert set(included) <= {"stdint.h", "string.h"}, path.name


def test_every_include_says_what_for() -> None:
    sources = [p for p in FIRMWARE.rglob("*.*") if p.suffix in {".h", ".c", ".cpp", ".ino"}]
    assert len(sources) > 20
    for path in sources:
        own = f'"{path.stem}.h"'
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#include") and own not in line:
                assert "//" in line or "/*" in line, f"{path.name}: {line}"


def test_the_hex_ends_before_the_bootloader(built: Built) -> None:
    done = subprocess.run(
        ["avr-size", "--target=ihex", str(built.hex)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout.split()[-3]) <= 32256
