import asyncio
import threading
import tomllib
from datetime import date

import pytest

from checks.observation import Examined, Finding, Location, Observation, Outcome, ProbeReport, Severity
from workbook.answers import Evidence, Gap, Status
from workbook.assess import Standing
from workbook.errors import Refused
from workbook.guide import CHOICES
from workbook.notebook import open_pillar
from workbook.notebook.book import PillarBook
from workbook.session import Session

CONTROL = "dependency-scanning"
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\x1b[2J\u202e"


def pillar_of(session, control):
    return next(item.pillar for item in session.checklist.scored if control in item.controls)


def form_of(session, control=CONTROL):
    form = PillarBook(session, pillar_of(session, control)).form()
    form.open(control)
    return form


def texts(widget):
    """Every HTML value that a widget tree would put on the page."""
    found = [widget.value] if type(widget).__name__ == "HTML" else []
    return found + [text for child in getattr(widget, "children", ()) for text in texts(child)]


def assert_inert(html):
    assert "<img" not in html
    assert "<script" not in html
    assert "</script" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html


@pytest.fixture
def control(opened):
    """A control of the checklist whose "no" stops the launch."""
    return next(one.control.id for one in opened.questions() if one.stops_launch)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.word)
def test_a_click_writes_what_the_operation_writes(opened, twin, control, choice):
    form = form_of(opened, control)
    form.panel.note.value = "Seen in staging"
    form.panel.reason.value = "No such thing here" if choice.needs_reason else ""
    form.panel.choices[choice.key].click()
    assert not form.guard.trouble, form.guard.status
    assert [key for key, one in form.panel.choices.items() if "readiness-given" in one._dom_classes] == [choice.key]
    form.save.click()

    question = twin.question(control)
    status = question.status_of(choice)
    twin.answer(
        control,
        status,
        gap=choice.gap if status is Status.NEEDS_REVIEW else None,
        note="Seen in staging",
        reason="No such thing here" if choice.needs_reason else None,
    )
    twin.save()
    assert opened.state_path.read_bytes() == twin.state_path.read_bytes()
    assert tomllib.loads(opened.state_path.read_text())["controls"][control]["status"] == str(status)


def test_a_person_may_keep_a_no_as_an_open_gap(opened, control):
    form = form_of(opened, control)
    form.panel.stops.value = False
    form.panel.choices["n"].click()
    assert opened.state.answer(control).status is Status.NEEDS_REVIEW
    assert opened.state.answer(control).gap is Gap.ABSENT


def test_evidence_is_recognized_attached_and_kept_by_a_later_answer(opened, twin):
    form = form_of(opened)
    form.panel.evidence.value = "infra.tf"
    form.panel.attach.click()
    form.panel.evidence.value = "https://example.com/limits"
    form.panel.choices["y"].click()
    form.save.click()
    twin.attach(CONTROL, Evidence("file", {"path": "infra.tf"}))
    pieces = [*twin.state.answer(CONTROL).evidence, Evidence("link", {"url": "https://example.com/limits"})]
    twin.answer(CONTROL, Status.READY, evidence=pieces)
    twin.save()
    assert opened.state_path.read_bytes() == twin.state_path.read_bytes()


def test_what_cannot_be_done_is_said_in_place_and_changes_nothing(opened):
    form = form_of(opened)
    before = opened.state_path.read_bytes()
    form.panel.choices["x"].click()
    assert form.guard.trouble
    assert "reason" in form.guard.status
    form.panel.evidence.value = "http://example.com"
    form.panel.attach.click()
    assert "https" in form.guard.status
    assert not opened.unsaved
    assert opened.state_path.read_bytes() == before


def test_a_failing_handler_is_said_in_place(opened, monkeypatch):
    form = form_of(opened)
    monkeypatch.setattr(Session, "answer", lambda *_, **__: 1 / 0)
    form.panel.choices["y"].click()
    assert form.guard.trouble
    assert "ZeroDivisionError" in form.guard.status


def test_a_question_is_explained_in_place_in_the_framework_of_the_tree(opened):
    from workbook.explain import explain
    from workbook.explain.as_html import explain_html

    (opened.root / "requirements.txt").write_text("django\n")
    form = form_of(opened, CONTROL)
    before = texts(form.widget)
    form.panel.explain.click()
    (one, *_) = explain(opened.catalogue, CONTROL, ("django", "python"), opened.report, opened)
    assert [text for text in texts(form.widget) if explain_html(one) in text]
    form.panel.explain.click()
    assert texts(form.widget) == before


def test_a_cell_explains_what_the_command_explains(opened, capsys):
    from workbook.cli.main import main
    from workbook.notebook.opened import Workbook

    for name in ("api.rate-limiting", "six-gates", "sql.string-built.py"):
        assert main(["-C", str(opened.root), "explain", name]) == 0
        assert capsys.readouterr().out.rstrip("\n") == repr(Workbook(opened).explain(name))
    with pytest.raises(Refused, match="did you mean 'rate-limiting'"):
        Workbook(opened).explain("rate-limitin")


def test_undo_takes_the_answer_back_and_the_note_field_with_it(opened):
    form = form_of(opened)
    form.panel.note.value = "Perhaps"
    form.panel.choices["p"].click()
    form.undo.click()
    assert opened.state.answer(CONTROL).status is Status.UNANSWERED
    assert form.panel.note.value == ""
    assert not opened.unsaved


def test_half_typed_text_survives_a_look_at_another_question(opened):
    form = form_of(opened)
    other = next(name for name in form.entries if name != CONTROL)
    form.panel.reason.value = "because"
    form.panel.note.value = "kept"
    form.entries[other].click()
    assert (form.panel.reason.value, form.panel.note.value) == ("", "")
    form.entries[CONTROL].click()
    assert (form.panel.reason.value, form.panel.note.value) == ("because", "kept")
    form.save.click()
    assert tomllib.loads(opened.state_path.read_text())["controls"][CONTROL]["note"] == "kept"


def test_next_and_previous_go_round_all_questions(opened):
    form = form_of(opened)
    begun, seen = form.current, []
    for _ in form.entries:
        form.following.click()
        seen.append(form.current)
    assert form.current == begun
    assert sorted(seen) == sorted(form.entries)
    form.previous.click()
    assert form.current == seen[-2]


def test_somebody_elses_save_shows_without_asking(opened):
    form = form_of(opened)
    form.panel.note.value = "being typed"
    other = Session(opened.root)
    other.answer(CONTROL, Status.READY)
    other.save()
    assert form.refresh()
    assert "stated" in form.entries[CONTROL].description
    assert form.panel.note.value == "being typed"
    assert not form.refresh()


@pytest.mark.parametrize(("label", "expected"), [("Keep mine", "ready"), ("Take theirs", "not-applicable")])
def test_a_clash_shows_both_sides_and_the_person_decides(opened, label, expected):
    form = form_of(opened)
    other = Session(opened.root, today=lambda: date(2026, 11, 20))
    form.panel.choices["y"].click()
    other.answer(CONTROL, Status.NOT_APPLICABLE, reason="gateway elsewhere")
    other.save()
    form.save.click()
    assert form.guard.trouble
    shown = "".join(texts(form.clashes.widget))
    assert "ready" in shown
    assert "not-applicable" in shown
    while form.clashes.widget.children:
        buttons = form.clashes.widget.children[0].children[1].children
        next(button for button in buttons if button.description == label).click()
    form.save.click()
    assert tomllib.loads(opened.state_path.read_text())["controls"][CONTROL]["status"] == expected


def test_hostile_text_is_only_ever_text(opened):
    path = f"api/{HOSTILE}.py"
    form = form_of(opened)
    book = PillarBook(opened, pillar_of(opened, CONTROL))
    signal = opened.catalogue.feeding[CONTROL][0].id
    spot = Location(path, 3)
    report = ProbeReport(
        None,
        {signal: Observation(signal, Outcome.UNMET, HOSTILE, (HOSTILE,), (spot,))},
        (Finding("rule", signal, spot, Severity.HIGH, HOSTILE, HOSTILE),),
        Examined(1, (), ()),
    )
    opened.accept(report)
    opened.answer(CONTROL, Status.NEEDS_REVIEW, note=HOSTILE, evidence=[Evidence("elsewhere", {"where": HOSTILE})])
    form.show()
    for html in texts(form.widget):
        assert_inert(html)
    assert any("onerror" in html for html in texts(form.widget))
    for page in (book.questions(), book.findings(), book.summary(), book):
        bundle = page._repr_mimebundle_()
        assert_inert(bundle["text/html"])
        assert "\x1b" not in bundle["text/plain"]
        assert "\u202e" not in bundle["text/plain"]
    form.guard.complain(HOSTILE)
    assert "\x1b" not in form.guard.status
    assert "onerror" in book.findings()._repr_html_()


def test_without_a_workbook_the_form_says_how_to_start(repository):
    form = PillarBook(Session(repository), "1").form()
    assert "readiness init" in form.guard.status
    form.panel.choices["y"].click()
    assert "readiness init" in form.guard.status


def test_probes_run_beside_the_form_and_tell_it(opened, monkeypatch):
    book = PillarBook(opened, pillar_of(opened, CONTROL))
    form = book.form()
    form.open(CONTROL)
    signal = opened.catalogue.feeding[CONTROL][0].id
    asked, go = [], threading.Event()

    def look(session, *, signals, cancel, **_):
        asked.extend(signals)
        go.wait(10)
        seen = {signal: Observation(signal, Outcome.UNMET, "no limits anywhere")}
        report = ProbeReport(None, seen, (), Examined(2, (), ()), (), not cancel.is_set())
        session.accept(report)
        return report

    monkeypatch.setattr(Session, "probe", look)
    panel = book.probes()
    assert panel.running
    assert panel.again.disabled
    form.panel.choices["p"].click()
    assert "Answered" in form.guard.status
    panel.stop.click()
    go.set()
    panel.wait(10)
    assert signal in asked
    assert "Stopped" in panel.guard.status
    assert panel.guard.progress < 0
    assert any("no limits anywhere" in html for html in texts(form.panel.widget))


def test_failing_probes_are_said_in_place(opened, monkeypatch):
    def look(*_, **__):
        raise OSError("disk gone")

    monkeypatch.setattr(Session, "probe", look)
    panel = PillarBook(opened, "1").probes()
    panel.wait(10)
    assert panel.guard.trouble
    assert "disk gone" in panel.guard.status
    assert not panel.again.disabled


def test_every_object_has_a_plain_and_an_html_form(opened):
    book = PillarBook(opened, "1")
    for shown in (book, book.form(), book.summary(), book.questions(), book.findings()):
        bundle = shown._repr_mimebundle_()
        assert bundle["text/plain"].strip()
        assert bundle["text/html"].startswith("<div")


def test_running_all_cells_again_keeps_what_is_not_saved(opened):
    first = open_pillar(pillar_of(opened, CONTROL), opened.root)
    old = first.form()
    old.open(CONTROL)
    old.panel.choices["p"].click()
    again = open_pillar(pillar_of(opened, CONTROL), opened.root)
    form = again.form()
    assert "open gap" in form.entries[CONTROL].description
    form.save.click()
    assert tomllib.loads(opened.state_path.read_text())["controls"][CONTROL]["gap"] == "partial"


def test_where_a_probe_disagrees_the_form_asks_why_it_holds(opened):
    control = "runbooks"
    seen = Observation("ops.runbooks", Outcome.UNMET, "no runbook was found")
    opened.accept(ProbeReport(None, {seen.signal: seen}, (), Examined()))
    form = form_of(opened, control)
    assert form.panel.dispute.layout.display == "none"
    form.panel.choices["y"].click()
    assert form.panel.dispute.layout.display is None
    form.panel.hold.click()
    assert form.guard.trouble
    assert "needs its words" in form.guard.status
    form.panel.dispute.value = "they live in the wiki"
    form.panel.hold.click()
    assert opened.state.answer(control).dispute_note == "they live in the wiki"
    assert opened.assessment.standings[control].standing is Standing.CLAIMED
    assert form.panel.dispute.layout.display == "none"


def tell(form, typed, *, asked, button=None):
    """The message that the browser sends at a key, or where a button is pressed."""
    names = [name for name in button._dom_classes if name.startswith("readiness-press-")] if button else []
    pressed = names[0].removeprefix("readiness-press-") if names else ""
    form.guard.script._handle_custom_msg({"asked": asked, "typed": typed, "pressed": pressed}, [])


def test_a_press_does_not_overtake_what_was_typed(opened, control):
    form = form_of(opened, control)
    form.panel.note.value = "half of the"
    texts = {"note": "half of the text", "evidence": "https://example.com/run"}
    tell(form, texts, asked=control, button=form.panel.choices["y"])
    given = opened.state.answer(control)
    assert (given.note, [piece.values.get("url") for piece in given.evidence]) == (
        "half of the text",
        ["https://example.com/run"],
    )
    assert form.panel.evidence.value == ""


def test_every_key_is_kept_and_is_not_written_over_while_it_is_typed(opened, control):
    form = form_of(opened, control)
    tell(form, {"note": "half a sent"}, asked=control)
    form.show()
    assert form.panel.note.value == ""
    other = next(one for one in form.entries if one != control)
    form.open(other)
    form.open(control)
    assert opened.state.answer(control).note == "half a sent"


def test_texts_of_another_question_are_not_taken_for_this_one(opened, control):
    form = form_of(opened, control)
    other = next(one for one in form.entries if one != control)
    before = opened.state.answer(control)
    tell(form, {"note": "meant for another"}, asked=other, button=form.panel.choices["p"])
    assert opened.state.answer(control) == before
    assert "still showed another question" in form.guard.status
    form.open(other)
    assert form.panel.note.value == "meant for another"
    tell(form, {"note": "typed before the screen followed"}, asked=control)
    assert form.panel.note.value == "meant for another"
    form.open(control)
    assert form.panel.note.value == "typed before the screen followed"


def test_what_is_typed_and_pressed_is_done_in_its_order_in_one_thread(opened, control):
    async def work():
        form = form_of(opened, control)
        form._task.cancel()
        threads = set()
        form.panel.note.observe(lambda _: threads.add(threading.current_thread()), names="value")

        def hear():
            for length in range(1, 6):
                tell(form, {"note": "in order"[:length]}, asked=control)
            tell(form, {"note": "in order"}, asked=control, button=form.panel.choices["y"])
            tell(form, {"note": "in order"}, asked=control, button=form.following)

        other = threading.Thread(target=hear)
        other.start()
        other.join()
        assert opened.state.answer(control).note == ""  # the kernel's thread was busy until now
        await asyncio.sleep(0.01)
        assert opened.state.answer(control).note == "in order"
        assert form.current != control
        assert threads == {threading.current_thread()}

    asyncio.run(work())


def test_a_button_that_may_not_be_pressed_is_not(opened, control):
    form = form_of(opened, control)
    form.panel.choices["y"].disabled = True
    before = opened.state.answer(control).status
    tell(form, {"note": ""}, asked=control, button=form.panel.choices["y"])
    assert opened.state.answer(control).status is before


def test_the_box_is_told_with_the_press(opened):
    blocked = next(one for one in opened.questions() if one.stops_launch)
    form = form_of(opened, blocked.control.id)
    tell(form, {"stops": ""}, asked=blocked.control.id, button=form.panel.choices["n"])
    assert opened.state.answer(blocked.control.id).gap is Gap.ABSENT
    tell(form, {"stops": "yes"}, asked=blocked.control.id, button=form.panel.choices["n"])
    assert opened.state.answer(blocked.control.id).status is Status.BLOCKER


def test_words_that_the_disk_does_not_take_stop_no_press(opened, control, monkeypatch):
    form = form_of(opened, control)

    def full(*_):
        raise Refused("the disk is full")

    with monkeypatch.context() as context:
        context.setattr(opened.typed, "keep", full)
        tell(form, {"note": "still in its field"}, asked=control)
        assert form.guard.status.startswith("the disk is full")
    tell(form, {"note": "still in its field"}, asked=control, button=form.panel.choices["y"])
    assert opened.state.answer(control).note == "still in its field"
