"""Draws the README's terminal pictures from a real demo home.

    .venv/bin/python scripts/pictures.py

Runs the demo for a moment, then renders `live` and `report` as SVG without any foreign
font or request.
"""

import asyncio
import io
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from flatwatt import demo
from flatwatt.answers import summary_of
from flatwatt.cli.view import live_view, report_table
from flatwatt.flat import Flat
from flatwatt.opening import counters
from flatwatt.report.periods import Period, local_day
from flatwatt.store.home import Home

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
START_MS = 1_795_532_400_000  # 2026-11-24 16:00 in Berlin
SVG = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>flatwatt in a terminal</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}"
 height="{terminal_height}"/></clipPath>{lines}</defs>
<rect fill="#171a21" x="1" y="1" width="{width}" height="{height}" rx="8"/>
<g transform="translate({terminal_x}, 14)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g></g></svg>
"""
THEME = TerminalTheme(
    (23, 26, 33),
    (225, 227, 232),
    [(23, 26, 33), (224, 108, 117), (126, 200, 120), (240, 183, 72), (97, 160, 230),
     (190, 140, 220), (86, 182, 194), (225, 227, 232)],
)  # fmt: skip


def draw(name: str, view: object, width: int) -> None:
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    console.print(view)
    text = console.export_svg(code_format=SVG, theme=THEME, unique_id=name)
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(text, encoding="utf-8")


async def life(scene: demo.Scene, flat: Flat, seconds: float) -> None:
    task = asyncio.create_task(demo.perform(scene, flat))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        with demo.stage(home, 60.0, START_MS) as scene:
            flat = Flat(home, scene.loaded.config, counters())
            demo.fill(scene, flat, 3, lambda _count: None)
            asyncio.run(life(scene, flat, 15.0))
            now_ms = scene.clock.now_ms()
            draw("live", live_view(flat.snapshot(now_ms), flat.zone, "en"), 92)
            today = local_day(now_ms, flat.zone)
            week = Period(date.fromordinal(today.toordinal() - 6), today)
            title = f"{flat.config.flat.name} · {week.first} – {week.last}"
            draw("report", report_table(summary_of(flat, week, now_ms), title, "en"), 84)
            flat.close()


if __name__ == "__main__":
    main()
