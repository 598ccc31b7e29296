"""A whole look over trees made to hang, crash, fill or escape it: it ends, and says of every file what became of it."""

from __future__ import annotations

import json
import os
import resource
import socket
import stat
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from checks.children import allowance, process
from checks.isolated import look_over
from checks.observation import Outcome, ProbeReport
from checks.report_json import to_json
from checks.report_wire import pack, unpack
from workbook.cli.seen import report_lines

OUTSIDE = "canary-from-outside-the-root"
GAP = "import requests\n\n\ndef go(url):\n    return requests.get(url)\n"
NAMES = [
    "new\nline.py", "esc\x1b[2J\x9b31m.py", "bell\x07.py", "rtl\u202egpj.py", "zero\u200bwidth.py",
    os.fsdecode(b"latin\xe9.py"), "-rf.py", "--config=x.py", "!bang.py", "#hash.py", "Case.py", "case.py",
    " blank .py", "trail.py ", "back\\slash.py", "$(touch x).py", "caf\u00e9.py", "cafe\u0301.py", "a" * 252 + ".py",
    "README.md", "readme.md", "[@click=app.quit].py", "`|<b>.py", "%s{0}.py", "=cmd.py",
]  # fmt: skip
LINKS = {
    "l/absolute.py": "{out}/secret.py", "l/relative.py": "../../outside/secret.py", "l/folder": "../../outside",
    "l/chain.py": "relative.py", "l/loop.py": "loop.py", "l/a.py": "b.py", "l/b.py": "a.py", "l/nowhere.py": "none.py",
    "l/environ.py": "/proc/self/environ", "l/root": "/proc/self/root", "l/zero.py": "/dev/zero",
    "l/stdin.py": "/proc/self/fd/0",
}  # fmt: skip


def alias_bomb(levels: str) -> str:
    lines = [f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in pairwise(levels)]
    return "\n".join([f"{levels[0]}: &{levels[0]} [x]", *lines])


def bombs(n: int) -> dict[str, str | bytes]:
    """Content that costs a careless parser quadratic time or worse, `n` thousand repetitions each."""
    k = 1000 * n
    return {
        # Python
        "p/parentheses.py": "(" * k + ")" * k, "p/minus.py": "x = " + "-" * k + "1",
        "p/sum.py": "x = " + "1+" * k + "1",
        "p/attributes.py": "x" + ".a" * k, "p/calls.py": "x" + "()" * k,
        "p/elif.py": "if x: pass\n" + "elif x: pass\n" * k,
        "p/strings.py": "x = " + "'a' " * k, "p/format.py": "x = f'" + "{a}" * (2 * k) + "'",
        "p/lambda.py": "x = " + "lambda: " * k + "1", "p/zero.py": b"import a\0\n",
        "p/long.py": "x = '" + "a" * 20 * k + "'",
        "p/indent.py": "\n".join(" " * i + "if x:" for i in range(99)) + "\n" + " " * 99 + "pass\n",
        # JavaScript and its relatives
        "w/endless.ts": "/* \n" * k, "w/brackets.ts": "[" * k, "w/tags.tsx": "<a>\n" * k, "w/templates.ts": "`${" * k,
        "w/ampersands.tsx": "<a>" + "&\n" * k, "w/arrows.js": "a=>" * k, "w/ternaries.js": "a?b:" * k,
        "w/sum.ts": "x=" + "1+\n" * k + "1", "w/a.vue": "<script\n" * k, "w/b.vue": "<script>\n" * k,
        "w/c.astro": "---\n" * k,
        # data
        "d/brackets/package.json": "[" * k, "d/objects/package.json": '{"a":' * k,
        "d/many/package.json": json.dumps({"dependencies": {f"a{i}": "1" for i in range(k)}}),
        "d/comments/tsconfig.json": "/*" * k, "d/quotes/tsconfig.json": '"\\' * k,
        "d/brackets/pyproject.toml": "a = " + "[" * k, "d/dots/pyproject.toml": "a" + ".a" * 5 * k + " = 1\n",
        "d/tables/pyproject.toml": "\n".join(f"[a{'.a' * i}]" for i in range(1, 10 * n)),
        ".github/workflows/aliases.yml": alias_bomb("abcdefghi"), ".github/workflows/flow.yml": "{" * k,
        ".github/workflows/deep.yml": "a: " + "[" * k, ".github/workflows/dashes.yml": "- " * k,
        ".github/workflows/nested.yml": "\n".join(" " * i + "a:" for i in range(20 * n)),
        ".github/workflows/merges.yml": "a: &a {x: 1}\nb: {" + "<<: *a, " * k + "}",
        ".github/workflows/documents.yml": "---\na: 1\n" * k, ".github/workflows/shell.yml":
            "on: push\njobs: {a: {steps: [{run: '" + "$(" * k + "'}]}}",
        # everything else
        "c/Dockerfile": "FROM a AS a\n" * k, "c/deep/Dockerfile": "FROM a\nRUN " + "$(" * k,
        "c/joined/Dockerfile": "FROM a\nRUN " + "\\\n" * k, "c/main.tf": 'resource "a" "b" {\n' * k,
        "c/compose.yml": alias_bomb("abcdefgh"), "c/k8s.yaml": "apiVersion: v1\nkind: Deployment\n---\n" * k,
        "requirements.txt": "a==1\n" * k, "go.mod": "require (\n" + "a v1\n" * k,
        "Makefile": "a: b\n\t" + "$(" * k + "\n",
        "s/run.sh": "#!/bin/sh\n" + "$(" * k, "s/if.sh": "#!/bin/sh\n" + "if x; then " * k,
        "s/q.sql": "select " + "(" * k,
        "docs/hashes.md": "#" * k, "docs/comment.md": "<!--" * k, "docs/tags.md": "<a " * k, "docs/blanks.md": "_" * k,
        "docs/runbook.md": "{{" * k, "docs/rule.md": "a\n" + "=" * k, ".env": "A=" + "x" * k,
        "secret.py": "password = '" + "aB3$" * k + "'\n", "keys.txt": "-----BEGIN PRIVATE KEY-----" * k,
    }  # fmt: skip


def plant(root: Path, content: dict[str, str | bytes]) -> None:
    for name, given in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(given if isinstance(given, bytes) else given.encode())


def hostile(root: Path, content: dict[str, str | bytes], depth: int) -> set[str]:
    """Plants `content` and everything else below `root`; the paths that are no readable file."""
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(f"KEY = '{OUTSIDE}'\n{GAP}")
    root.mkdir()
    plant(root, content | dict.fromkeys(NAMES, GAP) | {"app.py": GAP})
    for name, target in LINKS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(target.format(out=outside))
    for name in ("pipe.py", "x/Dockerfile", "x/package.json", "x/readiness.toml", ".semgrepignore"):
        (root / name).parent.mkdir(exist_ok=True)
        os.mkfifo(root / name)
    here = Path.cwd()
    os.chdir(root)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.py")
    finally:
        os.chdir(here)
    never = {*LINKS, "pipe.py", "x/Dockerfile", "x/package.json", "x/readiness.toml", ".semgrepignore", "socket.py"}
    if os.geteuid() == 0:
        try:
            os.mknod(root / "zero.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
            never.add("zero.py")
        except PermissionError:
            pass  # this container makes no devices
    for name in ("sparse.py", "sparse.yml", "sparse.md"):
        with (root / name).open("wb") as file:
            file.truncate(2 * 1024**3)
        never.add(name)
    with zipfile.ZipFile(root / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros", bytes(50_000_000))
    never.add("bomb.zip")
    os.link(root / "app.py", root / "hard.py")
    deep = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("deep", dir_fd=deep)
        below = os.open("deep", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        deep = below
    os.close(os.open("leaf.py", os.O_CREAT | os.O_WRONLY, dir_fd=deep))
    os.close(deep)
    return never


def accounted(data: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {one["path"]: one["reason"] for kind in ("partial", "skipped") for one in data[kind]}


@pytest.mark.stress
def test_a_look_over_everything_hostile_ends_and_accounts_for_all(tmp_path: Path, scale, figure) -> None:
    root = tmp_path / "root"
    n = scale(1, 60)
    never = hostile(root, bombs(n), max(150, 4000 * n // 60))
    try:
        report = look_over(root)
        data, text = to_json(report), "\n".join(report_lines(report))
    finally:
        subprocess.run(["rm", "-rf", str(root)], check=True)
    told = accounted(data["files"])
    assert never <= set(told), never - set(told)
    assert any(path.startswith("deep/") for path in told)
    assert all(reason and "\n" not in reason and len(reason) < 200 for reason in told.values())
    whole = data["files"]["examined"]
    # Lock files are the only ones no probe wants to read.
    assert whole + len(told) >= len(NAMES) + len(bombs(1)) + len(never)
    assert OUTSIDE not in json.dumps(data) + text
    lines = [unread for unread in text.splitlines() if any(unicodedata.category(one) in {"Cc", "Cf"} for one in unread)]
    assert lines == []
    answers = {one["signal"]: one["outcome"] for one in data["signals"]}
    assert answers["secrets.none-in-code"] in {"unknown", "unmet"}
    assert "met" not in answers.values(), "a tree that was cut is right about nothing"
    assert not [one for one in data["signals"] if "its probe failed" in one["summary"]]
    assert {one["path"] for one in data["findings"]} & {"app.py"}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    given_up = sum("took more than" in reason or "made a reader fail" in reason for reason in told.values())
    figure(
        "hostile tree corpus, whole look, text and JSON",
        "0 escapes, 0 hangs, every path examined or told",
        f"0 escapes; {whole} examined, {len(told)} told, {given_up} given up; largest process {peak} MB",
    )


def test_the_command_shows_hostile_names_safely_in_both_formats(tmp_path: Path) -> None:
    root = tmp_path / "root"
    never = hostile(root, {}, 150)
    try:
        said = {
            kind: subprocess.run(
                [sys.executable, "-P", "-m", "workbook", "-C", str(root), "probe", "--format", kind],
                stdin=subprocess.DEVNULL, capture_output=True, check=True,
            ).stdout.decode()
            for kind in ("text", "json")
        }  # fmt: skip
    finally:
        subprocess.run(["rm", "-rf", str(root)], check=True)
    assert OUTSIDE not in said["text"] + said["json"]
    assert never <= set(accounted(json.loads(said["json"])["files"]))
    shown = {unicodedata.category(one) for one in said["text"].replace("\n", "")}
    assert not shown & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


# -- the process a look runs in ----------------------------------------------------------------------------------------


def test_a_file_that_keeps_a_reader_too_long_costs_that_file_only(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(allowance, "SECONDS", 1.5)
    plant(tmp_path, {"slow.py": "x = f'" + "{a}" * 300_000 + "'", "app.py": GAP, "README.md": "# Acme\n"})
    stages: list[str] = []
    report = look_over(tmp_path, on_progress=lambda step: stages.append(step.stage))
    assert report.complete
    told = {one.path: one.reason for one in report.files.skipped}
    assert told == {"slow.py": "took more than 1.5 seconds to read"}
    assert [one.location.path for one in report.findings] == ["app.py"]
    assert report.observations["secrets.none-in-code"].outcome is Outcome.UNKNOWN
    assert set(stages) == {"files", "code rules", "code"}


def test_a_look_that_is_killed_starts_again_without_the_file_it_was_reading(tmp_path) -> None:
    plant(tmp_path, {"slow.py": "x = f'" + "{a}" * 300_000 + "'", "app.py": GAP})

    def kill() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for one in psutil.Process().children():
                if "isolated_child" in " ".join(one.cmdline()) and one.cpu_times().user > 1.5:
                    one.kill()
                    return
            time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    report = look_over(tmp_path)
    thread.join()
    assert report.complete
    assert {one.path: one.reason for one in report.files.skipped} == {"slow.py": "made a reader fail"}


@pytest.mark.stress
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory from outside")
def test_memory_that_runs_out_costs_the_file_that_wanted_it(tmp_path, monkeypatch, scale, figure) -> None:
    if not scale(0, 1):
        pytest.skip("only under --stress")
    monkeypatch.setattr("checks.isolated_start.MEMORY_BYTES", 250 * process.MIB)
    plant(tmp_path, {"many.py": "x = [" + "[]," * 600_000 + "]\n", "app.py": GAP})
    report = look_over(tmp_path)
    assert report.complete
    assert "many.py" in {one.path for one in (*report.files.partial, *report.files.skipped)}
    assert {one.location.path for one in report.findings} == {"app.py"}
    figure("a file that wants more memory than there is", "that file is told, the rest is read", "so it was")


def test_a_report_crosses_the_wire_as_it_was(tmp_path) -> None:
    from checks.run import look_over as look_here

    plant(
        tmp_path, {os.fsdecode(b"latin\xe9.py"): GAP, "b.py": b"x = '\xff'\n", "requirements.txt": "fastapi\nopenai\n"}
    )
    here: ProbeReport = look_here(tmp_path)
    assert unpack(json.loads(json.dumps(pack(here)))) == here
    there = look_over(tmp_path)
    assert there == here


def test_a_probe_of_few_signals_answers_only_them(tmp_path) -> None:
    plant(tmp_path, {"app.py": GAP})
    report = look_over(tmp_path, signals={"docs.readme", "calls.timeouts"} & set(look_over(tmp_path).observations))
    assert 0 < len(report.observations) <= 2


# -- what the repository says about the probes is not obeyed -----------------------------------------------------------

GAPS = {
    "api/main.py": GAP,
    "api/login.py": "def login(password):\n    return password == 'hunter2-not-real'\n",
    "web/app.ts": "import cors from 'cors';\nimport express from 'express';\nconst app = express();\n"
    "app.use(cors({ origin: '*' }));\n",
    "api/hard.py": "def f(a):\n"
    + "".join(f"    if a == {i}:\n        a += {i}\n" for i in range(40))
    + "    return a\n",
}
SWITCHES: dict[str, str] = {
    ".semgrepignore": "*\n",
    ".semgrep.yml": "rules: []\n",
    ".semgrep/rules.yml": "rules: []\n",
    "semgrep.toml": "exclude = ['*']\n",
    "radon.cfg": "[radon]\nexclude = *\ncc_min = F\nignore = api\n",
    "setup.cfg": "[radon]\nexclude = *\n[flake8]\nexclude = *\n[tool:pytest]\n",
    ".ignore": "*\n",
    ".rgignore": "*\n",
    ".dockerignore": "*\n",
    ".gitattributes": "* linguist-generated linguist-vendored linguist-documentation -diff binary export-ignore\n",
    ".editorconfig": "root = true\n",
    ".coveragerc": "[run]\nomit = *\n",
    ".banditrc": "[bandit]\nexclude = /\n",
    ".readiness/ignore": "*\n",
}
COMMENTS = ("nosem", "nosemgrep", "noqa", "nosec", "type: ignore", "pragma: no cover", "pylint: disable=all", "NOSONAR")


def complaints(report: ProbeReport) -> set[tuple[str, str, int]]:
    return {(one.rule, one.location.path, one.location.line) for one in report.findings}


@pytest.mark.stress
def test_the_repository_switches_no_probe_off(tmp_path: Path, plain_git: Callable[..., str], figure) -> None:
    bare, talked = tmp_path / "bare", tmp_path / "talked"
    for root in (bare, talked):
        root.mkdir()
        plant(root, GAPS)
    comments = "  # " + "  # ".join(COMMENTS)
    plant(talked, SWITCHES)
    for name, text in GAPS.items():
        sign = comments.replace("#", "//") if name.endswith(".ts") else comments
        (talked / name).write_text("".join(f"{line}{sign}\n" for line in text.splitlines()))
    for root in (bare, talked):
        plain_git(root, "init", "-q")
        plain_git(root, "add", "-f", "-A")
    # These would hide files that are not tracked yet; these are.
    (talked / ".git" / "info" / "exclude").write_text("*\n")
    (talked / ".git" / "info" / "attributes").write_text("* linguist-generated binary\n")
    before, after = look_over(bare), look_over(talked)
    planted = complaints(before)
    assert {path for _, path, _ in planted} == set(GAPS)
    kept = {one for one in complaints(after) if one[1] in GAPS}
    assert kept == planted
    assert not {one.path for one in (*after.files.partial, *after.files.skipped)} & set(GAPS)
    named = {"code.no-complex-hotspots", "secrets.none-in-code", "calls.timeouts"}
    assert [before.observations[one].outcome for one in named] == [after.observations[one].outcome for one in named]
    figure(
        "the repository switches probes off",
        "every planted finding kept",
        f"{len(kept)} of {len(planted)} kept against {len(SWITCHES) + 2} files and {len(COMMENTS)} comments",
    )
