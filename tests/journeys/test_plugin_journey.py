"""The example plug-in, built and installed as anybody would, and used through the real command from end to end."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "acme-readiness"
TRAP = "import os\nopen(os.path.join(os.path.dirname(__file__), 'ran'), 'w')\nraise SystemExit('this must not run')\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory, doc_pages):
    """An environment with our wheel and the example's."""
    return doc_pages.environment(tmp_path_factory.mktemp("plugin"), EXAMPLE)


@pytest.fixture
def readiness(environment, tmp_path):
    """The command in a repository that lays traps: modules and metadata as if it were installed itself."""
    root = tmp_path / "acme"
    (root / "docs").mkdir(parents=True)
    (root / "main.py").write_text("print('hello')\n")
    (root / "ROTA.md").write_text("- 2026-W48: Ana Example\n")
    for package in ("acme_readiness", "docs/acme_readiness", "evil", "checks", "workbook"):
        (root / package).mkdir()
        for name in ("__init__.py", "probes.py"):
            (root / package / name).write_text(TRAP)
    for folder in ("evil-1.0.dist-info", "evil.egg-info"):
        (root / folder).mkdir()
        lines = [f"[readiness_workbook.{one}]\nevil = evil.probes\n" for one in ("probes", "importers", "exports")]
        (root / folder / "entry_points.txt").write_text("\n".join(lines))
        (root / folder / "METADATA").write_text("Metadata-Version: 2.4\nName: evil\nVersion: 1.0\n")
    (root / "evil" / "signals.toml").write_text('["evil.sign"]\nquestion = "q"\nmet = "m"\nunmet = "u"\n')
    variables = {
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "LANG": "C.UTF-8",
        # As in many a shell: the tree that is worked on is named here.
        "PYTHONPATH": f"{root / 'docs'}:{root / 'evil'}",
    }
    (tmp_path / "home").mkdir()
    for words in (
        *(("init", "-q", "-b", "main"), ("config", "user.name", "Ana Example")),
        *(("config", "user.email", "ana@example.com"), ("add", "-A"), ("commit", "-qm", "Start")),
    ):
        subprocess.run(["git", *words], cwd=root, check=True, env=variables)

    def run(*arguments, **more):
        done = subprocess.run(
            ["readiness", *arguments], cwd=root, env=variables | more, capture_output=True, text=True, check=False
        )
        assert not list(root.rglob("ran")), "code of the repository ran"
        assert "Traceback" not in done.stderr
        return done

    run.root = root
    return run


def told(done, code=0):
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_example_plugin_is_found_asked_and_shown_everywhere(readiness):
    asked = json.loads(told(readiness("probe", "--format", "json")))
    seen = {one["signal"]: one for one in asked["signals"]}
    assert seen["acme.rota"]["outcome"] == "partial"
    assert seen["acme.rota"]["locations"] == [{"path": "ROTA.md", "line": 1, "end_line": 0}]
    assert seen["acme.rota"]["tool"] == "acme-readiness 1.0"
    assert len(seen) > 70
    assert not [name for name in seen if name.startswith("evil.")]
    assert [(one["name"], one["version"], one["trouble"]) for one in asked["plugins"]] == [
        ("acme-readiness", "1.0", [])
    ]
    assert json.loads(told(readiness("probe", "--format", "json"))) == asked, "the same from the cache"

    text = told(readiness("probe", "acme.rota"))
    assert "partly         acme.rota" in text
    assert "Plug-in acme-readiness 1.0 was asked." in text
    assert "acme.rota: Does a rota name who is on call?" in told(readiness("explain", "acme.rota"))
    assert "Signals: acme.rota" in told(readiness("explain", "acme-launch-rota"))

    doctor = readiness("doctor").stdout
    brings = "probes acme; importers acme-licenses; exports acme-wiki; checklists acme-launch"
    assert f"ok     plug-in   acme-readiness 1.0: {brings}" in doctor
    assert "evil" not in doctor

    assert "acme-launch" in told(readiness("checklists"))
    told(readiness("init", "--checklist", "acme-launch", "--yes"))
    assert "The items end between 0 and 1 of 1" in told(readiness("status"))
    wiki = told(readiness("report", "--format", "acme-wiki"))
    assert wiki.startswith("h1. acme: ")
    assert "|The rota is written down|high|" in wiki
    told(readiness("report", "--format", "acme-wiki", "-o", "open.txt"))
    assert (readiness.root / "open.txt").read_text() == wiki

    told(readiness("answer", "acme-launch-rota", "ready", "--note", "seen"))
    told(readiness("answer", "on-call-routing", "ready", "--note", "seen"))
    (readiness.root / "ROTA.md").write_text("nobody yet\n")
    disputed = told(readiness("status", "--probe"))
    assert "acme-launch-rota" in disputed
    assert "probe disagrees" in disputed

    report = '{"acme_licenses": 1, "packages": [{"name": "a", "allowed": true}, {"name": "b", "allowed": false}]}'
    (readiness.root / "licenses.json").write_text(report)
    imported = told(readiness("evidence", "import", "licenses.json", "--for", "acme-launch-rota"))
    assert "acme-licenses (plug-in acme-readiness 1.0)" in imported
    assert "2 packages, 1 with a license that is not allowed" in imported
    assert "Acme license scanner" in (readiness.root / "readiness.toml").read_text()
    (readiness.root / "licenses.json").write_text('{"acme_licenses": 1, "packages": 3}')
    refused = readiness("evidence", "import", "licenses.json")
    assert refused.returncode == 2
    assert "packages is not a list of objects" in refused.stderr
    page = told(readiness("report", "--format", "html", "--probe"))
    assert "acme.rota" in page
    assert "Plug-ins were asked too: acme-readiness 1.0" in page
    assert json.loads(told(readiness("report", "--format", "json", "--probe")))["look"]["plugins"]


def test_who_has_not_the_plugin_is_told_what_is_missing(readiness, environment, tmp_path):
    told(readiness("init", "--checklist", "acme-launch", "--yes"))
    (site,) = (environment / "lib").glob("python*/site-packages")
    info = site / "acme_readiness-1.0.dist-info"
    away = tmp_path / info.name
    shutil.move(info, away)
    try:
        missing = readiness("status")
        assert "there is no checklist 'acme-launch'" in missing.stderr
        gate = readiness("gate")
        assert gate.returncode == 3, gate.stdout
        assert "install the plug-in that brings it" in gate.stdout
        assert "acme.rota" not in told(readiness("probe", "--format", "json"))
    finally:
        shutil.move(away, info)
    assert "acme.rota" in told(readiness("probe", "--format", "json")), "what was kept without it is not said again"


def test_the_author_of_the_example_can_run_its_tests(environment, tmp_path):
    done = subprocess.run(
        [environment / "bin" / "python", "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLE / "tests"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout
