"""Whatever a repository holds, a reader answers, and says what it could not read."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.readers import web_resolve
from checks.readers.plain import RefusedError, load_yaml, read_json
from checks.readers.shell import split, unwrapped

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)
NASTY: dict[str, str | bytes] = {
    "deep.py": "(" * 5000 + ")" * 5000,
    "sum.py": "x = " + "1+" * 100_000 + "1",
    "minus.py": "-" * 100_000 + "1",
    "nul.py": b"import a\x00\n",
    "latin.py": "x = 'caf\xe9'\n".encode("latin-1"),
    "broken.py": "class (",
    "deep.ts": "[" * 50_000,
    "chain.js": "a" + ".b()" * 20_000,
    "nul.js": b"a()\x00b()",
    "long.js": "x=" + "1+" * 400_000,
    "broken/package.json": "{",
    "deep/package.json": "[" * 100_000,
    "list/package.json": "[1]",
    "odd/package.json": '{"dependencies": [1], "scripts": {"a": 1}, "exports": {"a": {"b": {"c": null}}}, "name": {}}',
    "pyproject.toml": "a = " + "[" * 3000,
    "odd/pyproject.toml": "project = 3\ntool = []\n",
    "Cargo.toml": "dependencies = 1",
    "setup.cfg": "nonsense\n[x",
    "Makefile": "\t\n:\n::\na b: c\n\t",
    "Taskfile.yml": "tasks: [1, {2: 3}]",
    ".github/workflows/bomb.yml": BOMB,
    ".github/workflows/deep.yml": "a: " + "[" * 100_000,
    ".github/workflows/flow.yml": "{" * 100_000,
    ".github/workflows/tab.yml": "a:\n\t- b",
    ".github/workflows/odd.yml": (
        "on: {push: 1}\njobs: {a: [], b: {steps: {x: 1}}, c: {steps: [1, null, {run: {}}]}, 1: null}"
    ),
    ".github/workflows/empty.yml": "",
    ".gitlab-ci.yml": (
        "a: {extends: a, script: 3}\nb: {extends: [a, b, 1], needs: {x: 1}}\ninclude: {local: '../../x'}\n"
    ),
    "compose.yml": "services: {a: null, b: [], c: {build: [], deploy: 1, environment: 3}}",
    "k8s.yaml": "apiVersion: 1\nkind: Deployment\nspec: [1]\n",
    "Dockerfile": "FROM\nFROM a AS\nUSER\nENV\nCMD [\nFROM a AS a\nFROM a AS b\n",
    "x/Dockerfile": "FROM b AS a\nFROM a AS a\nRUN <<E\nnever closed",
    "main.tf": 'resource "a" "b" {' * 100,
    "README.md": "#" * 100_000 + "\n" + "<a " * 50_000,
    "vercel.json": "nope",
    "tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"*": [1, "./*/*"]}, "baseUrl": 3}}',
}


def test_every_reader_survives_and_says_what_it_could_not_read(look_at):
    look = look_at(NASTY)
    list(look.python.modules(look.python.paths))
    list(look.web.modules(look.web.paths))
    assert look.python.routes(look.python.paths) == ()
    assert look.web.routes(look.web.paths) == ()
    assert look.manifests.packages
    assert {item.path for item in look.workflows.commands_on_change()} == {".gitlab-ci.yml"}
    assert look.containers.dockerfiles
    assert look.documents.all
    assert look.reach.entry_points is not None
    assert len(look.proposals) == 29
    unread = {item.path for item in look.unread}
    assert unread >= {
        "deep.py",
        "sum.py",
        "minus.py",
        "broken.py",
        "broken/package.json",
        "deep/package.json",
        "pyproject.toml",
        "setup.cfg",
        ".github/workflows/bomb.yml",
        ".github/workflows/deep.yml",
        ".github/workflows/flow.yml",
        ".github/workflows/tab.yml",
        "vercel.json",
    }
    assert all(item.reason and "\n" not in item.reason and len(item.reason) < 200 for item in look.unread)


def test_settings_that_all_extend_each_other_are_read_a_bounded_number_of_times(look_at, monkeypatch):
    names = [f"tsconfig.{number}.json" for number in range(30)]
    text = json.dumps({"extends": [f"./{name}" for name in names], "compilerOptions": {"paths": {"@/*": ["./web/*"]}}})
    look = look_at(dict.fromkeys(names, text) | {"a.ts": "import '@/b';\n", "web/b.ts": "export const b = 1;\n"})
    read = []
    monkeypatch.setattr(
        web_resolve,
        "read_json",
        lambda tree, path, *rest, **more: read.append(path) or read_json(tree, path, *rest, **more),
    )
    assert [item.path for item in look.web.module("a.ts").imports] == ["web/b.ts"]
    assert len(read) <= len(names) ** 2


def test_a_byte_order_mark_hides_nothing(look_at):
    mark = b"\xef\xbb\xbf"
    look = look_at(
        {
            "a.py": mark + b"import httpx\n",
            "b.ts": mark + b"import 'zod';\n",
            "package.json": mark + b'{"dependencies": {"zod": "1"}}',
            ".github/workflows/a.yml": mark + b"on: push\njobs: {a: {steps: [{run: pytest}]}}\n",
        }
    )
    assert [item.dotted for item in look.python.module("a.py").imports] == ["httpx"]
    assert [item.package for item in look.web.module("b.ts").imports] == ["zod"]
    assert look.manifests.names() == {"zod"}
    assert [item.text for item in look.workflows.commands_on_change()] == ["pytest"]
    assert look.unread == []


def test_an_anchor_bomb_is_refused_and_a_plain_alias_is_not():
    with pytest.raises(RefusedError):
        load_yaml(BOMB)
    assert load_yaml("a: &x {k: 1}\nb: *x\nc: {<<: *x, k: 2, on: yes}")[0] == {
        "a": {"k": 1},
        "b": {"k": 1},
        "c": {"k": 2, "on": "yes"},
    }


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab \n\\'\"$(){};|&<>#=-", max_size=60))
def test_any_shell_text_is_split_without_failing(text):
    for simple in split(text):
        assert simple.words
        unwrapped(simple.words, "")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="sudo envuvrn-mpthy=. 1/", max_size=40))
def test_any_wrapper_is_taken_off_without_failing(text):
    words = tuple(text.split())
    if words:
        unwrapped(words, "")


def test_a_grammar_that_does_not_end_gives_the_file_up(monkeypatch, look_at):
    monkeypatch.setattr("checks.readers.grammar.SECONDS", 0.2)
    look = look_at({"src/endless.ts": "/* \n" * 15_000, "src/short.ts": "export const one = 1;\n"})
    assert look.web.module("src/endless.ts") is None
    assert look.web.module("src/short.ts") is not None
    assert any("not parsed within" in one.reason for one in look.unread if one.path == "src/endless.ts")
    assert any("not parsed within" in one.reason for one in look.complexity.unread)
