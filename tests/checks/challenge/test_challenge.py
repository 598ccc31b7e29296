"""A planted gap is told or reported as missed, and nothing but the private folder ever knows of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from checks import probe as registry
from checks.cache.challenges import Challenges
from checks.challenge import isolated
from checks.challenge.gaps import CannotPlantError
from checks.challenge.record import Challenged, Means, Verdict, figures, pack, unpack
from checks.challenge.run import challenge
from checks.challenge.told import lowered, to_json
from checks.observation import Confidence, Location, Observation, Outcome, ProbeReport
from checks.probe import Probe, Stage, probes
from checks.run import look_over
from workbook.cli.main import main

KEY = re.compile(rb"ghp_[A-Za-z0-9]{36}")
PRODUCT = {
    "LICENSE": "Apache License, Version 2.0\n\n" + "Licensed under the Apache License. " * 40,
    "README.md": (
        "# Shop\n\n## Setup\n\n```sh\npip install -r requirements.txt\n```\n\n## Run\n\n```sh\npython app.py\n```\n"
    ),
    "requirements.txt": "flask==3.1.0\n",
    ".gitignore": ".env\n",
    "app.py": (
        "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/health')\n"
        "def health():\n    return 'ok'\n\n\n"
        "if __name__ == '__main__':\n    app.run()\n"
    ),
    "tests/test_app.py": "from app import health\n\n\ndef test_health():\n    assert health() == 'ok'\n",
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for name, text in PRODUCT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made, so that what is left there can be seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def challenged(root: Path, room: Path, *signals: str) -> dict[str, Challenged]:
    seen = look_over(root, signals=signals).observations
    room.mkdir(exist_ok=True)
    made = challenge(root, room, seen, given_up={}, tell=lambda _: None)
    return {one.signal: one for one in made}


def everything(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def always(signal: str, outcome: Outcome, *places: Location) -> Probe:
    return Probe((signal,), Stage.FILES, lambda _: Observation(signal, outcome, "as ever", locations=places))


# -- what is told ----------------------------------------------------------------------------------------------------


def test_what_a_plugin_answers_is_not_planted_where_it_is_green_and_nothing_to_challenge_else(product, tmp_path):
    said = (Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN)
    real = {f"acme.{one}": Observation(f"acme.{one}", one, "as a plug-in says") for one in said}
    (tmp_path / "room").mkdir()
    results = challenge(product, tmp_path / "room", real, given_up={}, tell=lambda _: None)
    assert [one.verdict for one in results] == [Verdict.NOT_PLANTED, Verdict.NOTHING, Verdict.NOTHING]


def test_probes_that_can_fail_here_tell_what_was_planted_or_taken_out(product, tmp_path):
    names = ("gov.license", "tests.exist", "docs.readme", "secrets.env-ignored", "secrets.none-in-code")
    names += ("db.no-string-sql", "llm.call-limits", "api.health-endpoint", "tests.assertion-quality")
    found = challenged(product, tmp_path / "room", *names)
    assert {name: found[name].verdict for name in names} == dict.fromkeys(names, Verdict.TURNED)
    assert found["gov.license"].plants[0].means is Means.REMOVAL
    assert found["gov.license"].plants[0].paths == ("LICENSE",)
    assert found["db.no-string-sql"].was is Outcome.NOT_APPLICABLE
    assert found["llm.call-limits"].plants[0].paths == ("app.py", "readiness_planted.py")


def test_a_probe_that_always_says_met_is_blind_and_loses_its_confidence(product, tmp_path, monkeypatch):
    probes()
    ever = always("gov.license", Outcome.MET, Location("LICENSE"))
    monkeypatch.setitem(registry._registry, "gov.license", ever)
    found = challenged(product, tmp_path / "room", "gov.license", "secrets.env-ignored")
    assert found["gov.license"].verdict is Verdict.BLIND
    assert "as ever" in found["gov.license"].why
    assert found["secrets.env-ignored"].verdict is Verdict.TURNED

    report = lowered(look_over(product, signals=("gov.license", "secrets.env-ignored")), found.values())
    assert report.observations["gov.license"].confidence is Confidence.LOW
    assert report.observations["secrets.env-ignored"].confidence is Confidence.HIGH
    assert to_json(tuple(found.values()))["figures"]["share"] == 0.5


def test_a_probe_that_sees_no_planted_gap_is_blind(product, tmp_path, monkeypatch):
    probes()
    monkeypatch.setitem(registry._registry, "api.upload-limits", always("api.upload-limits", Outcome.NOT_APPLICABLE))
    found = challenged(product, tmp_path / "room", "api.upload-limits")["api.upload-limits"]
    assert found.verdict is Verdict.BLIND
    assert found.plants[0].means is Means.GAP


def test_evidence_taken_out_that_leaves_nothing_to_ask_about_is_no_turn(product, tmp_path, monkeypatch):
    def until_gone(look):
        there = look.tree.exists("LICENSE")
        outcome = Outcome.MET if there else Outcome.NOT_APPLICABLE
        return Observation("gov.license", outcome, "asked", locations=(Location("LICENSE"),) if there else ())

    probes()
    monkeypatch.setitem(registry._registry, "gov.license", Probe(("gov.license",), Stage.FILES, until_gone))
    assert challenged(product, tmp_path / "room", "gov.license")["gov.license"].verdict is Verdict.BLIND


def test_a_gap_that_a_probe_cannot_tell_is_no_turn_either(product, tmp_path, monkeypatch):
    def lost(look):
        planted = any("readiness" in path for path in look.tree.paths)
        return Observation("secrets.no-env-file", Outcome.UNKNOWN if planted else Outcome.MET, "could not look")

    probes()
    monkeypatch.setitem(registry._registry, "secrets.no-env-file", Probe(("secrets.no-env-file",), Stage.FILES, lost))
    found = challenged(product, tmp_path / "room", "secrets.no-env-file")["secrets.no-env-file"]
    assert found.verdict is Verdict.UNANSWERED
    assert figures([found]).turned == 0
    assert figures([found]).challenged == 1


def test_what_is_red_or_names_nothing_is_not_counted(product, tmp_path, monkeypatch):
    probes()
    monkeypatch.setitem(registry._registry, "obs.dashboards", always("obs.dashboards", Outcome.MET))
    found = challenged(product, tmp_path / "room", "gov.codeowners", "obs.dashboards")
    assert found["gov.codeowners"].verdict is Verdict.NOTHING
    assert found["obs.dashboards"].verdict is Verdict.NOT_PLANTED
    assert found["obs.dashboards"].why
    assert figures(found.values()).challenged == 0


def test_version_tags_are_taken_out_as_well(acme, git_in, tmp_path):
    git_in(acme, "tag", "v1.0.0")
    found = challenged(acme, tmp_path / "room", "release.changelog")["release.changelog"]
    assert found.was is Outcome.MET
    assert found.verdict is Verdict.TURNED
    assert git_in(acme, "tag") == "v1.0.0"


def test_results_survive_their_way_to_the_cache(product, tmp_path):
    found = challenged(product, tmp_path / "room", "gov.license", "llm.call-limits", "gov.codeowners")
    assert {name: unpack(json.loads(json.dumps(pack(one)))) for name, one in found.items()} == found


# -- what is left alone ----------------------------------------------------------------------------------------------


def test_the_tree_stays_byte_for_byte_and_no_key_outlives_the_run(product, private, tmp_path, monkeypatch, capsys):
    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    before = everything(product)
    assert main(["-C", str(product), "probe", "--challenge", "--format", "json"]) == 0
    said = capsys.readouterr()
    data = json.loads(said.out)
    signals = {one["signal"]: one for one in data["challenge"]["signals"]}
    assert signals["secrets.none-in-code"]["verdict"] == "turned"
    assert signals["secrets.no-env-file"]["verdict"] == "turned"
    assert everything(product) == before
    assert list(private.iterdir()) == []
    assert not KEY.search(said.out.encode() + said.err.encode())
    for path in (one for one in tmp_path.rglob("*") if one.is_file()):
        assert not KEY.search(path.read_bytes()), path


def test_no_key_reaches_the_cache(acme, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (acme / "api" / "main.py").write_text(PRODUCT["app.py"])
    before = everything(acme / "api")
    assert main(["-C", str(acme), "probe", "--challenge", "secrets.none-in-code", "secrets.no-env-file"]) == 0
    assert "2 of 2 challenged" in capsys.readouterr().out
    assert everything(acme / "api") == before
    kept = next((tmp_path / "cache").rglob("looks.sqlite3"))
    import sqlite3

    with sqlite3.connect(kept) as base:
        values = [zlib.decompress(value) for (value,) in base.execute("SELECT value FROM kept")]
    assert any(b"planted" in one or b"key-shaped" in one for one in values)
    assert not any(KEY.search(one) for one in values)


def test_a_run_that_is_stopped_keeps_what_it_knows_and_leaves_nothing(product, private):
    report = look_over(product)
    cancel = threading.Event()
    told: list[Challenged] = []

    def stop_after_two(one: Challenged) -> None:
        told.append(one)
        if len(told) == 2:
            cancel.set()

    run = isolated.challenge(product, report, on_result=stop_after_two, cancel=cancel)
    assert run.trouble == isolated.STOPPED
    assert set(told[:2]) <= set(run.results)
    assert len(run.results) < len(report.observations)
    assert list(private.iterdir()) == []
    assert Challenges(product).kept() == ()


def test_a_child_that_dies_is_named_and_the_rest_goes_on(product, private, monkeypatch):
    dies = (
        "import sys; sys.path.append(sys.argv[1]); from checks.challenge import attempt, child\n"
        "import os\n"
        "was = attempt.Attempt.result\n"
        "def result(self):\n"
        "    if self._was.signal == 'gov.license': os._exit(9)\n"
        "    return was(self)\n"
        "attempt.Attempt.result = result\n"
        "child.main()\n"
    )
    monkeypatch.setattr(isolated, "_START", dies)
    report = look_over(product, signals=("docs.readme", "gov.license", "secrets.env-ignored"))
    run = isolated.challenge(product, report)
    found = {one.signal: one.verdict for one in run.results}
    assert run.trouble == ""
    assert found == {
        "docs.readme": Verdict.TURNED,
        "gov.license": Verdict.NOT_PLANTED,
        "secrets.env-ignored": Verdict.TURNED,
    }
    assert list(private.iterdir()) == []


@pytest.mark.parametrize("in_git", [False, True])
def test_hostile_names_are_copied_and_challenged_as_they_are(product, tmp_path, git_in, in_git):
    names = [
        b"two\nlines.md",
        b"\x1b[31mred.py",
        b"not-utf8-\xff.py",
        b"-rf",
        b":(top)x.py",
        b"a" * 250,
        b"\xe2\x80\xae.md",
    ]
    for name in names:
        (Path(str(product)) / Path(name.decode("utf-8", "surrogateescape"))).write_bytes(b"# nothing\n")
    (product / "out").symlink_to("/etc/hostname")
    (product / "loop").symlink_to("loop")
    if in_git:
        git_in(product, "init", "-q")
        git_in(product, "add", "-A")
    before = everything(product)
    found = challenged(product, tmp_path / "room", "gov.license", "secrets.no-env-file", "tests.exist")
    assert {one.verdict for one in found.values()} == {Verdict.TURNED}
    copied = {path.name for path in (tmp_path / "room" / "copy").iterdir()}
    assert {name.decode("utf-8", "surrogateescape") for name in names} <= copied
    assert not {"out", "loop"} & copied
    assert everything(product) == before


def test_a_gap_never_takes_the_place_of_a_file(product, tmp_path):
    (product / "readiness_planted.py").write_text("kept = 1\n")
    found = challenged(product, tmp_path / "room", "llm.call-limits")["llm.call-limits"]
    assert found.verdict is Verdict.NOTHING
    assert (tmp_path / "room" / "copy" / "readiness_planted.py").read_text() == "kept = 1\n"
    assert issubclass(CannotPlantError, Exception)


# -- what is kept ----------------------------------------------------------------------------------------------------


def test_results_are_kept_for_the_very_state_of_the_tree(acme):
    def result(signal: str) -> Challenged:
        return Challenged(signal, Verdict.BLIND, Outcome.MET, "stayed green")

    assert Challenges(acme).kept() == ()
    Challenges(acme).keep([result("gov.license")])
    Challenges(acme).keep([result("docs.readme")])
    assert {one.signal for one in Challenges(acme).kept()} == {"gov.license", "docs.readme"}
    (acme / "README.md").write_text("# Changed\n")
    assert Challenges(acme).kept() == ()
    (acme / "README.md").write_text("# Acme\n")
    assert len(Challenges(acme).kept()) == 2


def test_results_of_a_tree_that_changed_meanwhile_are_not_kept(acme):
    known = Challenges(acme)
    (acme / "README.md").write_text("# Changed\n")
    known.keep([Challenged("gov.license", Verdict.BLIND, Outcome.MET, "stayed green")])
    assert Challenges(acme).kept() == ()


def test_lowering_touches_nothing_but_confidence(product):
    report = look_over(product, signals=("gov.license",))
    results = [Challenged("gov.license", Verdict.TURNED, Outcome.MET, "")]
    assert lowered(report, results) == report
    assert isinstance(lowered(report, []), ProbeReport)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_program_that_is_stopped_or_killed_leaves_no_copy_and_no_process(product, tmp_path, sent, code):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    before = everything(product)
    program = subprocess.Popen(
        [sys.executable, "-P", "-m", "workbook", "-C", str(product), "probe", "--challenge"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: any(temporary.rglob("copy/LICENSE")) or program.poll() is not None)
    assert program.poll() is None
    program.send_signal(sent)
    assert program.wait() == code
    wait_for(lambda: not any(temporary.iterdir()))
    assert everything(product) == before


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait until a condition holds. The end is far away: a busy machine is no failure."""
    for _ in range(6000):
        with suppress(FileNotFoundError):
            if holds():
                return
        time.sleep(0.02)
    raise AssertionError("waited two minutes in vain")
