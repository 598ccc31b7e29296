"""What the block says in each style, and where it is put."""

import re
from datetime import date

import pytest

from workbook.answers import Evidence, Status
from workbook.errors import Refused
from workbook.exports import pr_template
from workbook.exports.pr_template import Style
from workbook.pull_request import template
from workbook.pull_request.locations import Host
from workbook.session import Session

BLOCK = "<!-- readiness:begin v=1 -->\n- [ ] one\n<!-- readiness:end -->"
NEW = ".github/pull_request_template.md"


def line_of(text, item):
    (line,) = [line for line in text.splitlines() if f"readiness:item {item} " in line]
    return line


def single(session, count):
    return [item for item in session.checklist.scored if len(item.controls) == 1][:count]


def write(session, **options):
    return [(one.path.as_posix(), not one.current) for one in template.write(session, **options)]


def current(session):
    plans = template.planned_blocks(session)
    return bool(plans) and all(one.current for one in plans)


# What it says


def test_a_new_template_holds_one_line_for_each_deciding_item(session):
    assert write(session) == [(NEW, True)]
    text = (session.root / NEW).read_text()
    assert re.findall(r"readiness:item (\S+) -->", text) == [item.id for item in session.checklist.scored]
    assert text.count("- [ ] ") == 50
    assert line_of(text, "fifty-point.4.31").startswith("- [ ] 4.31 ")
    assert line_of(text, "fifty-point.4.31").endswith(": not answered <!-- readiness:item fifty-point.4.31 -->")
    assert "[x]" not in text


def test_a_tick_says_ready_and_nothing_else_and_what_is_open_comes_first(session):
    ready, stops, open_gap, absent = single(session, 4)
    session.answer(ready.controls[0], Status.READY)
    session.answer(stops.controls[0], Status.BLOCKER)
    session.answer(open_gap.controls[0], Status.NEEDS_REVIEW)
    session.answer(absent.controls[0], Status.NOT_APPLICABLE, reason="no such thing")
    text = pr_template.block(session)
    assert line_of(text, ready.id).startswith("- [x] ")
    assert line_of(text, ready.id).split(": ")[-1].startswith("ready <!--")
    for item, word in ((stops, "stops launch"), (open_gap, "open gap"), (absent, "doesn't apply")):
        assert line_of(text, item.id).startswith("- [ ] ")
        assert f": {word} <!--" in line_of(text, item.id)
    first, _, second = text.partition("#### Ready, or does not apply")
    assert "#### Open" in first
    assert all(f"item {item.id} " in first for item in (stops, open_gap))
    assert all(f"item {item.id} " in second for item in (ready, absent))
    assert "[x]" not in first


def test_every_item_has_its_place_in_both_groups_so_that_hosts_merge_what_different_people_answer(session):
    places = re.findall(r"^<!-- ([^\s:]+) -->$", pr_template.block(session), re.MULTILINE)
    names = [item.id.removeprefix("fifty-point.") for item in session.checklist.scored]
    assert places == [*names, *names]


def test_a_proposal_never_ticks(session):
    (item,) = single(session, 1)
    session.answer(item.controls[0], Status.READY, proposed_by="an agent")
    assert line_of(pr_template.block(session), item.id).startswith("- [ ] ")


def test_the_tick_goes_when_a_watched_file_changes(session):
    (item,) = single(session, 1)
    session.answer(item.controls[0], Status.READY, evidence=[Evidence("file", {"path": "infra.tf"})])
    session.save()
    template.write(session)
    assert current(session)
    (session.root / "infra.tf").write_text("# another\n")
    again = Session(session.root)
    assert "needs a fresh look" in line_of(pr_template.block(again), item.id)
    assert not current(again)


@pytest.mark.parametrize("style", Style)
def test_a_block_is_the_same_on_any_day_and_holds_no_totals(session, style):
    for item in session.checklist.scored[:20]:
        for control in item.controls:
            session.answer(control, Status.READY)
    session.save()
    later = Session(session.root, today=lambda: date(2036, 1, 1))
    text = pr_template.block(session, style)
    assert pr_template.block(later, style) == text
    assert not re.search(r"20\d\d-|\d+ of \d+", text)


def test_the_printable_style_holds_33_boxes_to_tick_by_hand_whatever_is_answered(session):
    before = pr_template.block(session, Style.PRINTABLE)
    assert before.count("\n- [ ] ") == 33
    assert re.findall(r"^\*\*(.+)\*\*$", before, re.MULTILINE) == [
        "Testing", "Security", "Scalability", "Observability", "Deployment", "Operations",
    ]  # fmt: skip
    for control in session.catalogue.controls:
        session.answer(control, Status.READY)
    assert pr_template.block(session, Style.PRINTABLE) == before


def test_the_short_style_holds_a_box_for_the_worst_seven_and_folds_every_item_without_boxes(session):
    stops, open_gap = session.checklist.scored[-1], single(session, 1)[0]
    session.answer(open_gap.controls[0], Status.NEEDS_REVIEW)
    session.answer(stops.controls[0], Status.BLOCKER)
    text = pr_template.block(session, Style.SHORT)
    head, _, folded = text.partition("<details>")
    assert text.splitlines()[1] == f"Production readiness, {session.checklist.name}: **No decision yet**"
    boxes = re.findall(r"^- \[ \] .* <!-- readiness:item (\S+) -->$", head, re.MULTILINE)
    assert len(boxes) == pr_template.BOXES == 7
    assert {stops.id, open_gap.id} <= set(boxes), "the worst, in the order of the checklist"
    assert boxes == [item.id for item in session.checklist.scored if item.id in boxes]
    assert "[ ]" not in folded
    lines = re.findall("^- (.+)$", folded, re.MULTILINE)
    assert len(lines) == 50
    assert lines[-1].endswith(": stops launch")


def test_a_box_of_the_short_style_says_no_standing_so_that_who_moves_it_up_and_who_answers_it_do_not_meet(session):
    (item,) = single(session, 1)
    session.answer(item.controls[0], Status.NEEDS_REVIEW)
    before = line_of(pr_template.block(session, Style.SHORT), item.id)
    session.answer(item.controls[0], Status.BLOCKER)
    assert line_of(pr_template.block(session, Style.SHORT), item.id) == before


def test_nothing_open_leaves_no_box_in_the_short_style(session):
    for control in session.catalogue.controls_of(("fifty-point",)):
        session.answer(control, Status.READY)
    text = pr_template.block(session, Style.SHORT)
    assert "[ ]" not in text
    assert "**Ship**" in text


# Where it goes


def test_writing_twice_changes_nothing(session):
    template.write(session)
    before = (session.root / NEW).read_bytes()
    assert write(session) == [(NEW, False)]
    assert (session.root / NEW).read_bytes() == before


@pytest.mark.parametrize(
    "place",
    [
        "PULL_REQUEST_TEMPLATE.md",
        "docs/Pull_Request_Template.md",
        ".github/PULL_REQUEST_TEMPLATE.MD",
        ".github/pull_request_template.txt",
        ".github/PULL_REQUEST_TEMPLATE/only.md",
        "PULL_REQUEST_TEMPLATE/only.md",
        "docs/pull_request_template/only.md",
    ],
)
def test_an_existing_template_is_edited_where_it_is(session, place):
    path = session.root / place
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(b"## What\r\n\r\nAll of it\r\n")
    path.chmod(0o640)
    assert write(session) == [(place, True)]
    raw = path.read_bytes()
    assert raw.startswith(b"## What\r\n\r\nAll of it\r\n\r\n<!-- readiness:begin v=1 -->\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob(".*.tmp"))


@pytest.mark.parametrize(
    ("host", "place"),
    [
        (Host.GITHUB, NEW),
        (Host.GITLAB, ".gitlab/merge_request_templates/Default.md"),
        (Host.FORGEJO, ".forgejo/pull_request_template.md"),
        (Host.GITEA, ".gitea/pull_request_template.md"),
        (Host.AZURE, ".azuredevops/pull_request_template.md"),
    ],
)
def test_a_first_template_goes_where_its_host_looks(session, host, place):
    assert write(session, host=host) == [(place, True)]
    assert write(session, host=host) == [(place, False)]
    assert write(session) == [(place, False)], "it is found again without naming the host"


@pytest.mark.parametrize(
    ("sign", "place"),
    [
        (".gitlab-ci.yml", ".gitlab/merge_request_templates/Default.md"),
        (".forgejo/workflows/ci.yml", ".forgejo/pull_request_template.md"),
        ("azure-pipelines.yml", ".azuredevops/pull_request_template.md"),
        ("README.md", NEW),
    ],
)
def test_the_host_is_told_by_what_lies_in_the_repository(session, sign, place):
    path = session.root / sign
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("on: push\n")
    assert write(session) == [(place, True)]


def test_a_host_with_its_templates_in_its_settings_gets_no_file(session):
    with pytest.raises(Refused, match="in its settings"):
        write(session, host=Host.OTHER)
    (session.root / "bitbucket-pipelines.yml").write_text("pipelines: {}\n")
    with pytest.raises(Refused, match="in its settings"):
        write(session)


def test_among_several_the_one_the_host_takes_by_itself_is_chosen(session):
    folder = session.root / ".gitlab" / "merge_request_templates"
    folder.mkdir(parents=True)
    for name in ("Alpha.md", "default.md"):
        (folder / name).write_text("theirs\n")
    assert write(session, host=Host.GITLAB) == [(".gitlab/merge_request_templates/default.md", True)]


def test_among_equals_a_person_chooses_and_all_chosen_are_kept_up_to_date(session):
    folder = session.root / ".github" / "PULL_REQUEST_TEMPLATE"
    folder.mkdir(parents=True)
    for name in ("bug.md", "feature.md", "release.md"):
        (folder / name).write_text("theirs\n")
    with pytest.raises(Refused, match=r"several templates: .*bug\.md.*--file"):
        write(session)
    below = ".github/PULL_REQUEST_TEMPLATE"
    assert write(session, files=[f"{below}/feature.md"]) == [(f"{below}/feature.md", True)]
    assert write(session, files=[f"{below}/release.md"], style=Style.PRINTABLE) == [(f"{below}/release.md", True)]
    session.answer(single(session, 1)[0].controls[0], Status.BLOCKER)
    assert write(session) == [(f"{below}/feature.md", True), (f"{below}/release.md", False)]
    assert (folder / "bug.md").read_text() == "theirs\n"


@pytest.mark.parametrize(
    "name", ["README.md", "../pull_request_template.md", "src/pull_request_template.md", "/tmp/x.md"]
)
def test_where_no_host_looks_nothing_is_written(session, name):
    with pytest.raises(Refused, match="no host looks"):
        write(session, files=[name])


def test_a_block_keeps_its_style_until_another_is_asked_for(session):
    write(session, style=Style.SHORT)
    assert write(session) == [(NEW, False)]
    assert "style=short" in (session.root / NEW).read_text()
    assert write(session, style=Style.STATE) == [(NEW, True)]
    assert "style=" not in (session.root / NEW).read_text()


def test_a_style_of_a_later_version_is_left_alone(session):
    path = session.root / "pull_request_template.md"
    path.write_text("<!-- readiness:begin v=1 style=fancy -->\n<!-- readiness:end -->\n")
    before = path.read_bytes()
    with pytest.raises(Refused, match="no style 'fancy'"):
        write(session)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        f"{BLOCK}\n{BLOCK}\n",
        "<!-- readiness:begin v=1 -->\n",
        "<!-- readiness:end -->\n",
        "<!-- readiness:end -->\n<!-- readiness:begin v=1 -->\n",
        "<!-- readiness:begin v=1 -->\n<!-- readiness:begin v=1 -->\n<!-- readiness:end -->\n",
        "<!-- readiness:begin v=2 -->\n<!-- readiness:end -->\n",
        "```\nnever closed\n",
    ],
)
def test_what_cannot_be_edited_safely_is_refused_and_untouched(session, text):
    path = session.root / "pull_request_template.md"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        template.write(session)
    assert refused.value.code == 2
    assert str(refused.value).startswith("pull_request_template.md:")
    assert path.read_text() == text


def test_one_template_that_is_refused_keeps_all_others_as_they_are(session):
    (session.root / ".github").mkdir()
    good, bad = session.root / NEW, session.root / "pull_request_template.md"
    good.write_text(BLOCK)
    bad.write_text(f"{BLOCK}\n{BLOCK}\n")
    with pytest.raises(Refused, match="do not pair up"):
        write(session)
    assert good.read_text() == BLOCK


def test_no_link_is_followed(session, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim.md").write_text("mine")
    link = session.root / "pull_request_template.md"
    link.symlink_to(outside / "victim.md")
    with pytest.raises(Refused, match="symbolic link"):
        template.write(session)
    link.unlink()
    (session.root / ".github").symlink_to(outside)
    with pytest.raises(Refused, match="symbolic link"):
        template.write(session)
    assert [path.name for path in outside.iterdir()] == ["victim.md"]
    assert (outside / "victim.md").read_text() == "mine"


def test_a_template_that_is_a_link_of_the_teams_does_not_stop_a_commit(session):
    (session.root / "docs").mkdir()
    (session.root / "docs" / "text.md").write_text("theirs")
    (session.root / "pull_request_template.md").symlink_to("docs/text.md")
    assert template.refresh(session) == ()


def test_writing_the_template_makes_no_answer_lapse(session):
    control = "rate-limiting"
    session.answer(control, Status.READY, watch=["**"])
    session.save()
    for host in Host:
        if host is not Host.OTHER:
            write(session, host=host)
    assert "ready" in str(Session(session.root).state.answer(control).status)
    assert Session(session.root).assessment.standings[control].standing == "claimed"
