"""Pictures of hard runs show what was said, and when, beside what is true."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bench.runs.drawing import Panel, colour, picture
from bench.runs.pictures import SHOTS, Shot, taken

DRAWN = sorted((Path(__file__).parents[2] / "docs" / "pictures").glob("runs-*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def panel(**more) -> Panel:
    powers = [(float(second), 2000.0 if second < 300 else 40.0) for second in range(600)]
    return Panel("<b>&", "note", 600.0, powers, **more)


def parts(text: str, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(text).iter(SVG + tag))  # noqa: S314 - we drew it ourselves


def fills(text: str) -> list[str | None]:
    return [each.get("fill") for each in parts(text, "rect")]


def test_a_told_stage_is_a_band_and_a_bar_and_a_true_one_a_bar_only():
    told, true = [(0.0, 300.0, "heating")], [(0.0, 280.0, "spinning")]
    drawn = fills(picture("x", [panel(told=told, true=true)]))
    assert drawn.count(colour("heating")) == 3  # with the legend's
    assert drawn.count(colour("spinning")) == 2


def test_a_run_without_stages_is_a_bar_without_a_band():
    drawn = fills(picture("x", [panel(told=[(10.0, 500.0, "")])]))
    assert drawn.count(colour("")) == 2


def test_names_are_text_and_never_markup():
    text = picture("<script>", [panel(told=[(0.0, 9.0, "<i>")])])
    titles = [each.text for each in parts(text, "text")]
    assert "<b>&" in titles
    assert "<i>" in titles


def test_steady_power_needs_few_points():
    steady = Panel("x", "", 3600.0, [(float(second), 100.0) for second in range(3600)])
    assert len(picture("x", [steady])) < len(picture("x", [panel()])) + 100


def test_a_panel_shows_the_run_that_was_asked_for_and_what_was_said():
    cut = taken(Shot("dr_crease_slow", "x", 1, before_s=600, after_s=1200), 7, 1)
    first = next(span for span in cut.true if span[2] == "drying")
    assert first[0] == 600
    assert [kind for _, kind in cut.marks][-1] == "finished"
    assert "end told" in cut.note
    assert cut.powers[-1][0] <= cut.length_s


@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.name)
def test_the_pictures_are_small_and_whole(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 60_000
    panels = [each for each in parts(text, "text") if each.get("class") == "t"]
    assert len(panels) == len(SHOTS[path.stem][1])


def test_every_picture_is_there():
    assert [path.stem for path in DRAWN] == sorted(SHOTS)
