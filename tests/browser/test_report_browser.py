"""The report and the memo in a real browser: light, dark, narrow, printed; hostile texts, contrast, structure."""

from __future__ import annotations

import os
import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from workbook.answers import Gap, Status
from workbook.decisions import Condition, Decider, Outcome
from workbook.exports import memo, report_html
from workbook.people import People
from workbook.report import gather, record
from workbook.session import Session

pytestmark = pytest.mark.browser

SHEETS = ("A4", "Letter")
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 360)]
TODAY = date(2026, 11, 20)
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"

CHECKS = Path(__file__).with_name("accessibility.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def answered(tmp_path_factory, git):
    """A team with answers of every kind, accepted risk, a number, a conditional decision and some history."""
    root = tmp_path_factory.mktemp("answered") / "acme"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    session = Session(root, People(ANA), today=lambda: TODAY)
    session.start(["fifty-point", "six-gates", "ten-gates"])
    for place, name in enumerate(session.catalogue.controls_of(session.state.checklists)):
        if place % 6 == 0:
            session.answer(name, Status.BLOCKER, note="Nobody has tried to restore the backup.")
        elif place % 6 == 1:
            session.answer(name, Status.NEEDS_REVIEW, gap=Gap.PARTIAL, note="The login has it, the rest does not.")
            if place < 40:
                session.waive(
                    name, reason="Twelve customers know.", owner=ANA, approved_by=BO, expires=date(2027, 1, 1)
                )
        elif place % 6 == 2:
            session.answer(name, Status.NOT_APPLICABLE, reason="There is no such part.")
        elif place % 6 < 5:
            session.answer(name, Status.READY, note="Shown in the review.")
    session.save()
    git(root, "add", "-A")
    git(root, "-c", "user.name=Ana Example", "-c", "user.email=ana@example.com", "commit", "-qm", "Answers")
    session.measure("coverage.percent", 83.4, "%", "coverage.xml")
    deciders = [Decider(ANA, "engineering"), Decider(BO, "product")]
    session.decide(Outcome.CONDITIONAL, deciders, [Condition("A restore is rehearsed", BO, date(2026, 12, 1))])
    session.save()
    return session


@pytest.fixture
def harm(payloads, hostile_team, scale):
    corpus = payloads.corpus(scale(300, 2400))
    random.Random(9).shuffle(corpus)  # noqa: S311  an order
    return hostile_team.Team(corpus, 12)


@pytest.fixture
def hostile(harm, tmp_path, monkeypatch):
    return harm.session(tmp_path / "hostile", monkeypatch)


def full(report: record.Report, text: str) -> record.Report:
    """A report in which everything the memo shows is there more often than it has room for, and as long as `text`."""
    said = replace(report.decides, name=text, certain=(text,) * 9, can_end=("ship",), path=text)
    blocker = replace(report.todo[0], title=text, why=text, standing="blocker", owner=text, due=TODAY)
    risk = record.Risk("x", text, text, text, text, TODAY, TODAY, counts=False)
    promise = record.Promise(text, text, TODAY, "overdue")
    decided = record.Decided("2026-11-20-12", "conditional", text, text, True, ((text, text),) * 9, (promise,) * 9)
    onward = record.Onward(text, (text,) * 9, 99, 99, {}, ())
    return replace(
        report,
        project=text,
        article=text,
        verdicts=(said, *report.verdicts[1:]),
        todo=(blocker,) * 20,
        risks=(risk,) * 20,
        decisions=(decided,),
        onward=onward,
        problems=(text,) * 3,
        when=replace(report.when, label=text, past=True),
    )


def pages(page, sheet):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=sheet)))


@pytest.fixture
def look(browser, tmp_path):
    """Opens a page as a file with one color scheme and width; what came alive is in `heard`."""
    contexts = []

    def opened(text, scheme="light", width=1280, *, bypass_csp=False):
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        contexts.append(
            browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=bypass_csp)
        )
        page = contexts[-1].new_page()
        page.heard = []
        page.on("request", lambda one: page.heard.append(one.url) if one.url != file.as_uri() else None)
        page.on("dialog", lambda one: (page.heard.append(one.message), one.dismiss()))
        for event in ("console", "pageerror"):
            page.on(event, lambda one: page.heard.append(str(one)))
        page.goto(file.as_uri())
        if folder := os.environ.get("READINESS_SHOTS"):
            kind = "memo" if 'class="memo"' in text else "report"
            page.screenshot(path=str(Path(folder) / f"{kind}-{scheme}-{width}.png"), full_page=True)
        return page

    yield opened
    for one in contexts:
        one.close()


KINDS = {"report": report_html.to_html, "memo": memo.to_memo}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_page_reads_well(look, answered, kind, scheme, width):
    page = look(KINDS[kind](answered), scheme, width)
    assert page.evaluate(CHECKS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
    dark = sum(map(int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3])) < 200
    assert dark is (scheme == "dark")
    assert page.heard == []


def test_the_checks_see_what_is_wrong(look):
    """Each of them, on a page that breaks it: a check that cannot fail proves nothing."""
    page = look(
        "<!doctype html><html><body><h1>a</h1><h3>b</h3><table><tr><td>c</td></tr></table><svg></svg>"
        "<p id=x style='color:#bbb'>d</p><p id=x>e</p><section aria-labelledby=no></section><a href='#'></a>"
        "<div style='overflow-x:auto;width:9px'><p style='width:99px'>f</p></div></body></html>"
    )
    told = " ".join(page.evaluate(CHECKS))
    for word in (
        *("language", "title", "main", "heading", "caption", "scope", "picture", "contrast", "twice", "labelledby"),
        *("link", "focus"),
    ):
        assert word in told, (word, told)


@pytest.mark.parametrize("kind", KINDS)
def test_the_accessibility_engine_finds_nothing(look, answered, kind):
    """axe-core, where somebody has it: it is no dependency of ours."""
    engine = os.environ.get("READINESS_AXE")
    if not engine:
        pytest.skip("set READINESS_AXE to axe.min.js of axe-core")
    for scheme, width in LOOKS:
        page = look(KINDS[kind](answered), scheme, width, bypass_csp=True)
        page.evaluate(Path(engine).read_text(encoding="utf-8"))
        assert page.evaluate("axe.run(document).then(found => found.violations.map(one => one.id))") == []


def test_the_memo_is_one_sheet(look, answered, hostile):
    report = gather(answered)
    texts = ("Wide words we wrote " * 40, "W" * 500, "漢字" * 300, "\u202e" * 300, "")
    empty = replace(report, decisions=(), risks=(), todo=(), dimensions=(), onward=None)
    made = [memo.to_memo(answered), memo.to_memo(hostile), memo.memo_of(empty)]
    made += [memo.memo_of(full(report, text)) for text in texts]
    for place, text in enumerate(made):
        page = look(text)
        assert [pages(page, sheet) for sheet in SHEETS] == [1, 1], place


@pytest.mark.stress
def test_no_payload_lives_in_a_report(look, harm, hostile, figure):
    live, seen = [], set()
    for kind, make in KINDS.items():
        page = look(make(hostile))
        live += [(kind, one) for one in page.heard]
        live += page.evaluate(
            "[...document.querySelectorAll('script,iframe,img,object,embed,form,link,base,[style]')]"
            ".map(one => one.outerHTML)"
        )
        live += page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(one => [...one.attributes]).map(one => one.name)"
            ".filter(name => name.startsWith('on'))"
        )
        live += page.evaluate(
            "[...document.querySelectorAll('a')].filter(one => !one.getAttribute('href').startsWith('#'))"
            ".filter(one => one.protocol !== 'https:' || one.username).map(one => one.href)"
        )
        shown = harm.shown(page.evaluate("document.body.textContent"))
        seen |= {one for number in shown for one in harm.groups[number][1]}
        assert shown or kind == "memo", "nothing was shown whole, so nothing was tested"
    told = f"{len(harm.payloads)}: {len(live)} live; {len(seen)} seen whole"
    figure("payload corpus x report and memo in a browser", ">= 2,000: 0 live", told)
    assert not live
