from datetime import date
from xml.etree import ElementTree

import pytest

from workbook.answers import Status
from workbook.pictures import (
    Bar,
    Moment,
    Span,
    Spot,
    complexity_histogram,
    hotspot_map,
    pillar_map,
    score_split,
    svg,
    timeline,
    trend,
    verdict_bars,
)

SIX = Bar("Six gates", "ready", 33, 33, 33, hold=False)
DAY = date(2026, 11, 1)
NAME = "]]></title></svg><script>alert(1)</script>\x1b[2J\u202e"


def drawn(name):
    return {
        "verdict_bars": verdict_bars([Bar(name, name, 3, 41, 50, hold=True), SIX]),
        "pillar_map": pillar_map({name: {Status.READY: 4, Status.BLOCKER: 1}, "2": {}}),
        "complexity_histogram": complexity_histogram([(1, 1), (5, 1), (6, 1), (20, 1), (21, 1), (41, 1)]),
        "hotspot_map": hotspot_map([Spot(name, 31, 40), Spot("api/b.py", 2, 3)]),
        "trend": trend([Moment(DAY, name, 3, 50, hold=True), Moment(DAY, "now", 9, 50, hold=False)]),
        "score_split": score_split([(name, 3), ("stated", 2), ("2", 0), ("open", 1), ("stop", 1), ("unknown", 9)]),
        "timeline": timeline([Span(name, 3, 7), Span("Week 2", 0, 0)]),
    }  # fmt: skip


@pytest.mark.parametrize("kind", drawn(""))
def test_hostile_names_stay_text_and_nothing_is_fetched(kind):
    picture = drawn(NAME)[kind]
    tree = ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output; that it parses is the test
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "text", "title", "rect", "circle", "line", "polyline"}
    assert not [key for element in tree.iter() for key in element.attrib if key.startswith("on") or "href" in key]
    for form in (picture._repr_html_(), repr(picture)):
        assert "\x1b" not in form
        assert "\u202e" not in form
    assert "<script" not in picture._repr_html_()


@pytest.mark.parametrize("kind", drawn(""))
def test_who_does_not_see_it_is_told_the_same(kind):
    picture = drawn("Security")[kind]
    tree = ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == f"{picture.title}. {picture.said}"
    tips = [element.text for element in tree.iter() if element.tag.endswith("title")]
    marks = [tip for tip in tips if tip not in {"", "Security"}]
    assert marks
    told = " ".join(picture.lines)
    words = {word for tip in marks for word in tip.replace(":", " ").replace(",", " ").split()}
    assert words <= set(told.replace(":", " ").replace(",", " ").split())


def test_nothing_to_draw_is_said():
    empty = (verdict_bars([]), pillar_map({}), complexity_histogram([]), hotspot_map([]), trend([]), timeline([]))
    for picture in empty:
        ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output
    assert hotspot_map([]).said == "no functions measured"
    assert trend([]).said == "no history yet"


def test_every_function_is_counted_once_at_the_bounds_of_its_rank():
    lines = complexity_histogram([(5, 1), (6, 1), (10, 1), (11, 1), (40, 1), (41, 1), (400, 1)]).lines
    assert [line.rpartition(": ")[2] for line in lines] == [
        f"{count} functions" for count in (1, 2, 1, 0, 1, 2)
    ]  # fmt: skip


def test_long_names_are_cut_in_the_picture_and_whole_in_its_text():
    name = "src/a/very/long/path/of/a/module.py function_with_a_name"
    picture = hotspot_map([Spot(name, 30, 30)])
    tree = ElementTree.fromstring(picture.svg)  # noqa: S314  # our own output
    cut = [element for element in tree.iter() if (element.text or "").endswith("…")]
    assert [element[0].text for element in cut] == [name]
    assert name in picture.lines[0]


def contrast(one, other):
    def light(color):
        parts = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("color", [svg.GOOD, svg.STATED, svg.DOUBT, svg.STOP, svg.QUIET])
@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_marks_can_be_seen_on_light_and_on_dark_pages(color, page):
    """WCAG 2.2, 1.4.11: graphics need a contrast of 3 to 1 to what is beside them."""
    assert contrast(color, page) >= 3
