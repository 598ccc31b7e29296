"""The bundle: every file with its digest, evidence compared, equal bytes, and no secret."""

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from checks.observation import Examined, ProbeReport
from workbook.answers import Evidence, Status
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.people import People
from workbook.report.bundle import write_bundle
from workbook.session import Session

ANA = "Ana Example <ana@example.com>"
KEY = "AKIA" + "Z7QX4M2N8P5R3T6V"
"""Looks like a key, and is none."""


@pytest.fixture
def session(repository, git):
    for name in ("same", "other", "gone"):
        (repository / f"{name}.md").write_text(f"{name}\n")
    made = Session(repository, People(ANA))
    made.start(["fifty-point"])
    control = made.checklist.scored[0].controls[0]
    pieces = [Evidence("file", {"path": f"{name}.md"}) for name in ("same", "other", "gone")]
    made.answer(control, Status.READY)
    for piece in (*pieces, Evidence("link", {"url": "https://example.com/board"})):
        made.attach(control, piece)
    made.save()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Answers")
    git(repository, "tag", "v1")
    (repository / "other.md").write_text("changed\n")
    (repository / "gone.md").unlink()
    made.relocate()
    return made


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def evidence(files):
    return {
        one["recorded"].get("path", one["kind"]): one["result"]
        for one in json.loads(files["evidence.json"])["evidence"]
    }


def test_every_file_has_its_digest_and_the_manifest_its_own(session, tmp_path):
    made = write_bundle(session, str(tmp_path / "bundle"))
    files = files_of(tmp_path / "bundle")
    manifest = json.loads(files["manifest.json"])
    listed = {one["path"]: (one["bytes"], one["sha256"]) for one in manifest["files"]}
    assert listed.keys() == files.keys() - {"manifest.json", "SHA256SUMS"}
    assert all((len(files[name]), hashlib.sha256(files[name]).hexdigest()) == told for name, told in listed.items())
    assert made.digest == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert made.files == len(files)
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path / "bundle", capture_output=True, check=False
    )
    assert checked.returncode == 0
    assert checked.stdout.count(b": OK") == len(files) - 1
    assert files["readiness.toml"] == (session.root / "readiness.toml").read_bytes()


def test_the_published_schemas_hold(session, tmp_path, schema):
    for place, ref in (("now", ""), ("then", "v1")):
        write_bundle(session, str(tmp_path / place), ref)
        files = files_of(tmp_path / place)
        schema(json.loads(files["manifest.json"]), "bundle-manifest-1.json")
        schema(json.loads(files["evidence.json"]), "bundle-evidence-1.json")
        schema(json.loads(files["report.json"]), "report-1.json")


def test_a_commit_in_which_nothing_of_ours_changed_is_the_one_that_was_asked_for(session, tmp_path, git):
    (session.root / "other.md").write_text("later\n")
    git(session.root, "add", "other.md")
    git(session.root, "commit", "-qm", "Code alone")
    later = git(session.root, "rev-parse", "HEAD")
    (session.root / "infra.tf").write_text("# more\n")
    git(session.root, "commit", "-qam", "And more")
    session.relocate()
    write_bundle(session, str(tmp_path / "then"), later)
    files = files_of(tmp_path / "then")
    assert json.loads(files["manifest.json"])["of"]["commit"] == later
    assert evidence(files)["other.md"] == "different"
    assert evidence(files)["gone.md"] == "same"


def test_the_readme_names_every_file(session, tmp_path):
    session.accept(ProbeReport(None, {}, (), Examined(3)))
    session.answer(session.checklist.scored[1].controls[0], Status.NEEDS_REVIEW)
    (session.root / "readiness-waivers.toml").write_text("schema = 1\n")
    write_bundle(session, str(tmp_path / "bundle"))
    files = files_of(tmp_path / "bundle")
    told = {line.split()[0] for line in files["README.txt"].decode().splitlines() if line and "." in line.split()[0]}
    assert files.keys() - {"README.txt", "SHA256SUMS"} == told & files.keys()
    assert "SHA256SUMS" in files["README.txt"].decode()
    assert json.loads(files["manifest.json"])["probes"] == "run to the end"


def test_evidence_is_compared_with_what_it_is_now_and_what_it_was_then(session, tmp_path):
    now = write_bundle(session, str(tmp_path / "now"))
    then = write_bundle(session, str(tmp_path / "then"), "v1")
    expected = {"same.md": "same", "other.md": "different", "gone.md": "missing", "link": "not-compared"}
    assert evidence(files_of(tmp_path / "now")) == expected
    assert evidence(files_of(tmp_path / "then")) == {
        "same.md": "same", "other.md": "same", "gone.md": "same", "link": "not-compared",
    }  # fmt: skip
    assert [line.split(": ")[1] for line in now.told] == ["other.md", "gone.md"]
    assert then.told == ()
    manifest = json.loads((tmp_path / "now" / "manifest.json").read_text())
    assert manifest["evidence"] == {"same": 1, "different": 1, "missing": 1, "not-compared": 1}


def test_a_bundle_of_a_tag_holds_the_files_of_that_commit_and_no_probe(session, tmp_path, git):
    then = (session.root / "readiness.toml").read_bytes()
    session.answer(session.checklist.scored[0].controls[0], Status.BLOCKER)
    session.save()
    write_bundle(session, str(tmp_path / "then.zip"), "v1")
    with zipfile.ZipFile(tmp_path / "then.zip") as archive:
        assert archive.read("readiness.toml") == then
        assert archive.read("readiness.toml") != (session.root / "readiness.toml").read_bytes()
        assert not {"probes.json", "findings.sarif"} & set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["of"]["commit"] == git(session.root, "rev-parse", "v1")
    assert manifest["probes"].startswith("not run")


def test_equal_content_makes_equal_bytes(session, tmp_path):
    session.accept(ProbeReport(None, {}, (), Examined(3)))
    one = write_bundle(session, str(tmp_path / "one.zip"))
    again = Session(session.root, People("Bo Sample <bo@example.com>"))
    again.accept(ProbeReport(None, {}, (), Examined(3)))
    two = write_bundle(again, str(tmp_path / "two.zip"))
    write_bundle(session, str(tmp_path / "folder"))
    assert one == two
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files_of(tmp_path / "folder")


def test_no_secret_leaves_with_a_bundle(session, tmp_path):
    state = session.root / "readiness.toml"
    raw = state.read_bytes() + f'\n[attested]\nx = {{ holds = true, by = "Ana", note = "{KEY}" }}\n'.encode()
    state.write_bytes(raw)
    made = write_bundle(Session(session.root), str(tmp_path / "bundle"))
    files = files_of(tmp_path / "bundle")
    assert not [name for name, content in files.items() if KEY.encode() in content]
    assert json.loads(files["manifest.json"])["altered"] == {"readiness.toml": hashlib.sha256(raw).hexdigest()}
    assert any("secret" in line for line in made.told)


def test_a_hostile_team_makes_a_bundle_like_any_other(hostile_team, payloads, tmp_path, monkeypatch, schema):
    hostile = hostile_team.Team(payloads.corpus(300), 3).session(tmp_path / "hostile", monkeypatch)
    write_bundle(hostile, str(tmp_path / "bundle"))
    files = files_of(tmp_path / "bundle")
    for name, content in files.items():
        if name.endswith((".json", ".sarif")):
            assert content.isascii()
            assert json.loads(content)
    schema(json.loads(files["evidence.json"]), "bundle-evidence-1.json")
    schema(json.loads(files["manifest.json"]), "bundle-manifest-1.json")


def test_what_is_there_is_never_mixed_with_a_bundle(session, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for place in ("full", "link"):
        with pytest.raises(Refused, match="there already"):
            write_bundle(session, str(tmp_path / place))
    with pytest.raises(Refused, match="file of the workbook"):
        write_bundle(session, str(session.root / "readiness.toml"))
    write_bundle(session, str(tmp_path / "empty") + "/")
    assert files_of(tmp_path / "full") == {"mine": b"mine"}
    assert "manifest.json" in files_of(tmp_path / "empty")


def test_a_bundle_that_cannot_be_finished_leaves_nothing(session, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refused, match="the disk is full"):
        write_bundle(session, str(tmp_path / "bundle"))
    assert sorted(tmp_path.iterdir()) == before


def test_the_command_looks_first_and_prints_the_digest_to_be_quoted(session, tmp_path, capsys, monkeypatch):
    def probe(self, **_):
        self.accept(ProbeReport(None, {}, (), Examined(5)))
        return self.report

    monkeypatch.setattr(Session, "probe", probe)
    root, place = str(session.root), str(tmp_path / "bundle")
    assert main(["-C", root, "report", "--bundle", place]) == 0
    told = capsys.readouterr()
    files = files_of(tmp_path / "bundle")
    assert told.out.strip() == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert "other.md: the content changed since it was recorded" in told.err
    assert json.loads(files["probes.json"])["files"]["examined"] == 5
    assert main(["-C", root, "report", "--bundle", place]) == 2
    assert main(["-C", root, "report", "--bundle", f"{place}2", "-o", "x"]) == 2
    assert main(["-C", root, "report"]) == 2
