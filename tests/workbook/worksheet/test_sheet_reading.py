"""Sheets that people filled in, in the ways people do."""

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook.answers import Gap, Rung, Status
from workbook.errors import Refused
from workbook.exports.worksheet import to_markdown
from workbook.guide import CHOICES
from workbook.hands import Work, load_hands
from workbook.worksheet.lines import decoded
from workbook.worksheet.reading import read
from workbook.worksheet.taking import intended
from workbook.worksheet.words import ABSENT, Field

ONE, TWO = "pii-handling", "regulatory-compliance"
LABELS = {kind: str(kind) for kind in Field}


def test_a_sheet_nobody_touched_says_nothing(session, sheet):
    reading = read(session, sheet)
    found = intended(session, reading)
    assert (reading.filled, reading.troubles, reading.strays) == ((), (), ())
    assert reading.questions == sheet.count("[ref ") > 40
    assert not found.anything


@pytest.mark.parametrize(
    ("word", "status", "gap"),
    [
        ("yes", Status.READY, None),
        ("partly", Status.NEEDS_REVIEW, Gap.PARTIAL),
        ("no", Status.BLOCKER, None),
        ("don't know", Status.NEEDS_REVIEW, Gap.UNKNOWN),
    ],
)
def test_a_tick_is_a_proposal_under_the_name_and_never_a_pass(session, paper, bring_in, word, status, gap):
    before = session.headline
    bring_in(paper.signed("Lea Legal <lea@example.com>").tick(ONE, word).text)
    answer = session.state.answer(ONE)
    assert (answer.status, answer.gap, answer.rung) == (status, gap, Rung.PROPOSED)
    assert (answer.proposed_by, answer.by) == ("Lea Legal <lea@example.com>", ())
    assert session.assessment.standings[ONE].standing not in ("proven", "claimed")
    assert word != "yes" or "0 and" in session.headline, before


def test_everything_that_was_written_arrives(session, paper, bring_in):
    paper.signed().tick(ONE, "partly")
    paper.write(ONE, "Note", "One contract is missing.\n\n  The rest is signed.")
    paper.write(
        ONE, "Evidence, one a line", "\n- https://example.com/dpa\n- the safe, ask Bo\n- infra.tf\n- C:\\dpa.pdf"
    )
    paper.write(ONE, "Owner, with mail address", "Bo Sample (bo@example.com)")
    paper.write(ONE, "Answered by", "Max Muster")
    reading, found = bring_in(paper.text)
    assert (reading.strays, found.troubles, found.left) == ((), (), ())
    answer = session.state.answer(ONE)
    assert answer.note == "One contract is missing.\n\n  The rest is signed."
    assert [(one.kind, one.label) for one in answer.evidence] == [
        ("link", "https://example.com/dpa"),
        ("elsewhere", "the safe, ask Bo"),
        ("file", "infra.tf"),
        ("elsewhere", "C:\\dpa.pdf"),
    ]
    assert (answer.owner, answer.proposed_by) == ("Bo Sample <bo@example.com>", "Max Muster")


def test_a_second_time_nothing_is_left_to_do(session, paper, bring_in):
    paper.signed().tick(ONE).write(ONE, "Note", "Signed.").write(ONE, "Evidence, one a line", "https://example.com/a")
    bring_in(paper.text)
    session.save()
    _, found = bring_in(paper.text)
    assert (found.same, found.anything, session.unsaved) == ((ONE,), False, False)
    after = read(session, to_markdown(session, "open"))
    assert (after.filled, after.strays, after.troubles) == ((), (), ())


def test_a_sheet_of_yesterday_is_read_though_answers_moved_on(session, paper, bring_in):
    session.answer(ONE, Status.NEEDS_REVIEW, note="A note of today.")
    reading, _ = bring_in(paper.signed().tick(TWO).text)
    assert ([one.control for one in reading.filled], reading.strays, reading.troubles) == ([TWO], (), ())


def test_what_a_person_answered_is_left_alone_and_the_command_is_told(session, paper, bring_in):
    session.answer(ONE, Status.NEEDS_REVIEW, note="Ana's")
    _, found = bring_in(paper.signed().tick(ONE).write(ONE, "Note", "It's done").text)
    (left,) = found.left
    assert session.state.answer(ONE).note == "Ana's"
    assert left.command == f"""readiness answer {ONE} yes --note 'It'"'"'s done'"""
    assert "Ana Example" in left.why


def test_a_note_that_was_there_stays_above_the_new_one(session, paper, bring_in):
    session.note(ONE, "Ask Lea.")
    bring_in(paper.signed().tick(ONE).write(ONE, "Note", "Asked.").text)
    assert session.state.answer(ONE).note == "Ask Lea.\nAsked."


def test_an_owner_alone_is_taken(session, paper, bring_in):
    _, found = bring_in(paper.write(ONE, "Owner, with mail address", "[Bo](mailto:bo@example.com)").text)
    assert session.state.answer(ONE).owner == "Bo <bo@example.com>"
    assert not found.troubles


# Edited by hand


@pytest.mark.parametrize(
    "line",
    [
        "- [X] yes", "* [x] Yes", "+ [ x ] YES.", "3. [x] yes", "•\u00a0[x] yes", "– [x]  yes", "- [✓] yes", "☒ yes",  # noqa: RUF001
        "\t-  [x]   yes", "- \\[x\\] yes", "> - [x] yes", "- **[x]** yes", "[x] yes", "Answer: yes", "- [x] **yes**",
    ],
)  # fmt: skip
def test_a_tick_is_read_however_it_was_made(session, paper, line):
    reading = read(session, paper.replace(ONE, "- [ ] yes", line).text)
    assert [(one.control, one.choice and one.choice.word) for one in reading.filled] == [(ONE, "yes")]
    assert (reading.troubles, reading.strays) == ((), ())


@pytest.mark.parametrize("line", ["- [?] yes", "- [yes] yes", "- [x] yes and no", "- [x] maybe", "- [x] no longer"])
def test_what_is_no_clear_tick_is_told_with_its_line(session, paper, line):
    text = paper.replace(ONE, "- [ ] yes", line).text
    reading = read(session, text)
    assert reading.filled == ()
    assert paper.line_of(line) in {one.line for one in reading.troubles}


def test_words_behind_a_tick_become_part_of_the_note(session, paper, bring_in):
    bring_in(
        paper.signed().replace(ONE, "- [ ] partly", "- [x] partly: only Europe").write(ONE, "Note", "Ask me.").text
    )
    assert session.state.answer(ONE).note == "only Europe\nAsk me."


@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("'", "\u2019").encode(),
        lambda text: text.replace("'", "\u2019").encode("cp1252"),
        lambda text: text.replace("[", "\\[").replace("]", "\\]").replace("-", "\\-", 30).encode(),
        lambda text: text.replace("\n\n", "\n\n\n\n").encode(),
        lambda text: text.replace("## ", "").replace("# ", "").encode(),
        lambda text: "\n".join(f"> {line}" for line in text.split("\n")).encode(),
        lambda text: text.upper().replace("NINETY", "ninety").encode(),
        lambda text: text.replace("-", "\u2011").encode(),
        lambda text: text.replace("\n", "  \n").encode(),
    ],
    ids=["crlf", "cr", "bom", "utf16", "smart", "cp1252", "escaped", "spread", "flat", "quoted", "caps", "hyphens",
         "blanks"],
)  # fmt: skip
def test_a_sheet_is_read_whatever_program_saved_it(session, paper, encoded):
    text = decoded(encoded(paper.signed("Lea").tick(ONE, "don't know").tick(TWO).text), "file")
    reading = read(session, text)
    found = {one.control: one.choice.word for one in reading.filled}
    assert (found, reading.troubles, reading.strays) == ({ONE: "don't know", TWO: "yes"}, (), ())
    assert reading.name.lower() == "lea"


def test_wrapped_words_of_ours_are_not_taken_for_somebody_elses(session, paper):
    import textwrap

    lines = [
        line if line.startswith(("-", "#", "End")) else "\n".join(textwrap.wrap(line, 40)) if line else ""
        for line in paper.tick(ONE).text.split("\n")
    ]
    reading = read(session, "\n".join(lines))
    assert (len(reading.filled), reading.strays, reading.troubles) == (1, (), ())


@pytest.mark.parametrize("width", [40, 60, 72])
@pytest.mark.parametrize("quote", ["", "> "])
def test_a_title_that_a_mail_program_wrapped_keeps_its_mark(session, paper, width, quote):
    import textwrap

    text = paper.signed().tick(ONE).tick(TWO, "no").text
    lines = [part for line in text.split("\n") for part in textwrap.wrap(line, width, break_on_hyphens=False) or [""]]
    lines[0] = text.split("\n")[0]
    reading = read(session, "\n".join(quote + line for line in lines[:1] + lines[1 + (width == 40) :]))
    assert {one.control: one.choice.word for one in reading.filled} == {ONE: "yes", TWO: "no"}
    assert (reading.troubles, reading.strays, reading.questions) == ((), (), text.count("[ref "))


def test_a_word_processor_s_backslashes_are_taken_out_of_what_was_typed(session, paper):
    typed = paper.tick(ONE).write(ONE, "Note", "see A_B [1] - *now*").text
    (one,) = read(session, "".join(f"\\{each}" if each in "[]_*" else each for each in typed)).filled
    assert one.fields[Field.NOTE] == "see A_B [1] - *now*"
    (one,) = read(session, paper.text.replace("see A_B", "C:\\_B")).filled
    assert one.fields[Field.NOTE] == "C:\\_B [1] - *now*"


def test_blocks_may_be_moved_deleted_and_renumbered(session, paper):

    head, *blocks = re.split(r"(?m)^(?=## )", paper.tick(ONE).tick(TWO, "no").text)
    blocks[-1], end = blocks[-1].split("End of", 1)
    mixed = [re.sub(r"^## \d+\.", "## 7)", one) for one in (*blocks[::-2], *blocks[-2::-3])]
    reading = read(session, head + "".join(mixed) + "End of" + end)
    here = {name for name in (ONE, TWO) if f"[ref {name} " in "".join(mixed)}
    assert here
    assert {one.control for one in reading.filled} == here
    assert (reading.strays, reading.troubles) == ((), ())


# Problems, by line


def test_each_problem_is_told_with_its_line_and_takes_nothing(session, paper, bring_in):
    paper.signed()
    paper.tick(ONE).tick(ONE, "no").write(ONE, "Note", "both?")
    paper.tick(TWO, ABSENT)
    paper.write("audit-trail", "Note", "lonely words")
    paper.tick("security-review").write("security-review", "Why it does not apply", "but it does")
    paper.tick("ai-governance-owner").write("ai-governance-owner", "Owner, with mail address", "just Bo")
    reading, found = bring_in(paper.text)
    told = {one.line: one.what for one in found.troubles}
    assert told.keys() == {
        paper.line_of("- [x] no\n"),
        paper.line_of(f"- [x] {ABSENT}"),
        paper.line_of("[ref audit-trail "),
        paper.line_of("but it does"),
        paper.line_of("just Bo"),
    }
    assert "more than one" in told[paper.line_of("- [x] no\n")]
    assert {text for _, text in reading.strays} >= {"both?", "[x] yes", "[x] no"}
    assert not found.anything
    assert not session.unsaved


def test_a_secret_on_paper_is_not_kept_and_the_rest_is(paper, bring_in):
    key = "AKIA" + "Z7QX4M2N8P5R3T6V"
    paper.signed().tick(ONE).write(ONE, "Note", f"the key is {key}").tick(TWO)
    _, found = bring_in(paper.text)
    assert [one.control for one in found.proposals] == [TWO]
    assert [one.line for one in found.troubles] == [paper.line_of(key)]
    assert key not in found.troubles[0].what


def test_does_not_apply_takes_its_reason_from_either_place(session, paper, bring_in):
    paper.signed().tick(ONE, ABSENT).write(ONE, "Why it does not apply", "no personal data").write(
        ONE, "Note", "really"
    )
    paper.tick(TWO, ABSENT).write(TWO, "Note", "no law")
    bring_in(paper.text)
    assert (session.state.answer(ONE).reason, session.state.answer(ONE).note) == ("no personal data", "really")
    assert (session.state.answer(TWO).reason, session.state.answer(TWO).note) == ("no law", "")


def test_nobody_s_answer_is_nobody_s_proposal(paper, bring_in):
    _, found = bring_in(paper.tick(ONE).text)
    assert not found.anything
    assert "nobody is named" in found.troubles[0].what
    assert bring_in(paper.text, by="Lea Legal")[1].proposals[0].name == "Lea Legal"


def test_an_unknown_question_a_changed_one_and_one_twice(session, paper, bring_in):
    text = paper.signed().tick(ONE).tick(TWO).text
    _, found = bring_in(text.replace(f"[ref {ONE}", "[ref pii-handlin"))
    assert [(one.control) for one in found.proposals] == [TWO]
    assert "did you mean 'pii-handling'" in found.troubles[0].what
    start = text.index(f"[ref {ONE} ") + len(f"[ref {ONE} ")
    _, found = bring_in(text[:start] + "0" * 12 + text[start + 12 :])
    assert (len(found.same), found.proposals) == (1, ())
    assert "has changed since" in found.troubles[0].what
    block = text[text.rindex("## ", 0, start) : text.index("## ", start)]
    twice = text.replace("End of", block.replace("[x] yes", "[ ] yes").replace("[ ] no", "[x] no") + "End of")
    reading = read(session, twice)
    assert {one.control for one in reading.filled} == {TWO}
    assert "is answered in line" in reading.troubles[0].what
    same = read(session, text.replace("End of", block + "End of"))
    assert ({one.control for one in same.filled}, same.troubles) == ({ONE, TWO}, ())


def test_a_question_that_changed_and_was_not_touched_is_no_trouble(session, paper):
    start = paper.text.index(f"[ref {ONE} ") + len(f"[ref {ONE} ")
    reading = read(session, paper.text[:start] + "0" * 12 + paper.text[start + 12 :])
    assert (reading.troubles, reading.strays) == ((), ())


def test_a_sheet_that_was_cut_takes_nothing_of_its_last_question(session, paper):
    paper.tick(ONE).tick(TWO).write(TWO, "Note", "a long story")
    text = paper.text[: paper.text.index("a long story") + 6]
    text = text if text.index(f"[ref {TWO} ") > text.index(f"[ref {ONE} ") else paper.text
    reading = read(session, text)
    assert {one.control for one in reading.filled} == {ONE}
    assert (len(reading.troubles), "missing" in reading.troubles[0].what) == (1, True)
    assert [each for _, each in reading.strays] == ["[x] yes", "a long"]


@pytest.mark.parametrize("damage", ["[ref {}", "[ref {} 12", "", "ref {}"])
def test_a_damaged_mark_gives_its_answers_to_no_other_question(session, paper, damage):
    start = paper.text.index(f"[ref {ONE} ")
    end = paper.text.index("]", start) + 1
    reading = read(session, paper.tick(ONE).text.replace(paper.text[start:end], damage.format(ONE)))
    assert reading.filled == ()
    assert reading.troubles
    assert "- [x] yes" in [text for _, text in reading.strays]


def test_text_between_is_told_and_changes_nothing(session, paper):
    paper.tick(ONE).replace(ONE, "Why it matters", "Who asks this?\n\nWhy it matters")
    paper.replace(ONE, "So far: not answered", "So far: not answered, sadly")
    text = paper.text.replace("Filled in by:", "Hello team!\n\nFilled in by:\n") + "\nKind regards\n"
    reading = read(session, text)
    assert [one.control for one in reading.filled] == [ONE]
    told = [each.strip(" ,") for _, each in reading.strays]
    assert sorted(told) == sorted(["Hello team!", "Who asks this?", "So far: not answered, sadly", "Kind regards"])
    assert reading.name == ""


@pytest.mark.parametrize("raw", [b"PK\x03\x04docx", b"{\\rtf1", b"%PDF-1.7", b"\x81\x8d\x8f", b"", b"nothing of ours"])
def test_what_is_no_sheet_is_refused_in_one_line(session, raw):
    with pytest.raises(Refused) as refused:
        read(session, decoded(raw, "legal.docx"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("place", "filler", "words"),
    [("note", "x " * 500_000, True), ("printed", "So far\n" * 150_000, True), ("printed", "word\n" * 200_000, True),
     ("end", "word\n" * 200_000, True), ("printed", "[" * 1_000_000, True), ("printed", "\\[" * 500_000, True),
     ("note", "- [x] yes\n" * 100_000, True), ("end", "- Note: a\n" * 100_000, True), ("note", "* " * 500_000, False),
     ("end", "[ref a-b 000000000000 000000000000]\n" * 30_000, True),
     ("end", "[ref pii-handling 000000000000 000000000000]\n" * 30_000, False)],
    ids=["words", "so far", "lines", "behind", "brackets", "escapes", "ticks", "notes", "bullets", "unknown", "same"],
)  # fmt: skip
def test_a_megabyte_is_read_to_its_end(session, paper, place, filler, words):
    paper.tick(TWO)
    if place == "note":
        paper.write("audit-trail", "Note", filler)
    elif place == "printed":
        paper.replace("audit-trail", "Why it matters", f"{filler}\nWhy it matters")
    else:
        paper.text += filler
    reading = read(session, paper.text)
    assert TWO in {one.control for one in reading.filled}
    told = intended(session, reading, "Lea").troubles or reading.strays
    assert told or not words


# Whatever is written


TYPED = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60)
WRITTEN = st.fixed_dictionaries(
    {"choice": st.sampled_from(CHOICES)},
    optional={
        "note": TYPED,
        "evidence": st.lists(st.sampled_from(["https://example.com/a", "the safe", "infra.tf", "a|b <c>"]), max_size=3),
        "owner": st.sampled_from(["Bo Sample <bo@example.com>"]),
        "name": st.sampled_from(["Max Muster", "Ana Example <ana@example.com>"]),
    },
)


def kept(text):
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1].strip(" \t-*_#="):
        lines.pop()
    return "\n".join(lines).strip()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_what_was_written_is_what_is_read(session, sheet, paper, data):
    paper.text = sheet
    names = data.draw(st.lists(st.sampled_from([ONE, TWO, "audit-trail", "security-review"]), unique=True))
    truth = {}
    for name in names:
        one = data.draw(WRITTEN)
        word = ABSENT if one["choice"].needs_reason else one["choice"].word
        paper.tick(name, word)
        fields = {Field.NOTE: kept(one.get("note", "")), Field.EVIDENCE: "\n".join(one.get("evidence", ()))}
        fields |= {Field.OWNER: one.get("owner", ""), Field.NAME: one.get("name", "")}
        for kind, text in ((Field.NOTE, one.get("note", "")), *list(fields.items())[1:]):
            paper.write(name, LABELS[kind], text)
        truth[name] = (one["choice"], {kind: text for kind, text in fields.items() if text})
    reading = read(session, paper.text)
    assert {one.control: (one.choice, dict(one.fields)) for one in reading.filled} == truth
    assert (reading.troubles, reading.strays) == ((), ())


def test_every_control_has_its_hands_and_every_audience_a_question(session):
    hands = load_hands()
    assert {hands.closes(name) for name in session.catalogue.controls} == set(Work)
    assert hands.closes("a-teams-own") is Work.PERSON
    for audience in hands.audiences:
        assert "[ref " in to_markdown(session, audience)
    with pytest.raises(Refused, match="did you mean 'legal'"):
        to_markdown(session, "leagl")


def test_hostile_words_that_stand_there_already_are_never_taken_for_somebody_s(session, payloads, scale):
    """What is printed of the workbook is encoded, and is known again as printed, whatever it says."""
    corpus = [one.encode("utf-8", "ignore").decode() for one in payloads.corpus(scale(300, 2400))]
    names = session.catalogue.controls_of(session.state.checklists)
    for start in range(0, len(corpus), 3 * len(names)):
        for place, name in enumerate(names):
            with suppress(Refused):  # what looks like a secret is never kept
                session.note(name, " ".join(corpus[start + place :: len(names)][:3]))
        text = to_markdown(session, "open")
        assert text.count("So far: not answered; noted") > len(names) / 2
        reading = read(session, text)
        assert (reading.filled, reading.troubles, reading.strays) == ((), (), ())
        assert reading.questions == len(names)


def test_hostile_words_on_paper_arrive_as_words_or_are_told(session, sheet, payloads, scale):
    corpus = [one.encode("utf-8", "ignore").decode() for one in payloads.corpus(scale(300, 2400))]
    names = re.findall(r"\[ref (\S+)", sheet)
    for start in range(0, len(corpus), len(names)):
        head, *blocks = re.split(r"(?m)^(?=## )", sheet)
        typed = dict(zip(names, corpus[start:], strict=False))
        for place, payload in enumerate(typed.values()):
            blocks[place] = blocks[place].replace("- [ ] no\n", "- [x] no\n")
            blocks[place] = blocks[place].replace("- Note:", f"- Note: n{place}n {payload} e{place}e")
        reading = read(session, head + "".join(blocks))
        kept = " ".join(
            [one.fields.get(Field.NOTE, "") for one in reading.filled] + [text for _, text in reading.strays]
        )
        assert not [place for place in range(len(typed)) if not re.search(rf"n{place}n.*e{place}e", kept, re.DOTALL)]
        notes = {one.control: one.fields.get(Field.NOTE, "") for one in reading.filled}
        for place, (name, payload) in enumerate(typed.items()):
            if name in notes and "\n" not in payload and "\r" not in payload:
                assert notes[name] == f"n{place}n {payload} e{place}e"
        assert {one.choice.word for one in reading.filled if one.choice} == {"no"}
