"""The real firmware in a cycle-true simulator, on a pseudo-terminal."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CELL = {8 + n: chr(0x24D0 + n) for n in range(8)}


def build(folder):
    """Build simulator and bootloader; return the folder they are in."""
    subprocess.run(
        ["make", "-s", "-C", str(ROOT / "firmware" / "sim"), f"BUILD={folder}", "all", "optiboot"],
        check=True,
    )
    return folder


class Uno:
    def __init__(self, built, link, *, bootloader=False):
        sketch = ROOT / "src" / "flatwatt" / "sinks" / "lcd" / "flatwatt_display.hex"
        what = ["-f", str(built / "optiboot.hex")] if bootloader else [str(sketch)]
        self.process = subprocess.Popen(
            [str(built / "unosim"), "-p", "-l", str(link), *what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.named = self.process.stdout.readline()

    def ask(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def glass(self):
        """Two rows as a person reads them, glyphs as letters in circles."""
        cells = bytes.fromhex(self.ask("lcd").split()[0])
        text = "".join(CELL.get(byte, chr(byte)) for byte in cells)
        return f"{text[:16]}|{text[16:]}"

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=5)
        self.process.stdout.close()
