"""Repositories that mean harm: their names and routes stay text, and nothing is written outside or over anything."""

from __future__ import annotations

import ast
import json
import os
import re
from dataclasses import replace
from pathlib import PurePosixPath

import pytest
import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checks.portrait import Container, Endpoint, Keeper, Part, Person, Portrait
from checks.portrait.child import look_at
from checks.portrait.isolated import portrait_of
from workbook.cli.main import main
from workbook.errors import Refused
from workbook.operations import scaffolding
from workbook.scaffold import writing
from workbook.scaffold.planning import plain_path, planned
from workbook.scaffold.registry import scaffolds
from workbook.session import Session

JAVASCRIPT = tree_sitter.Language(tree_sitter_javascript.language())
TYPESCRIPT = tree_sitter.Language(tree_sitter_typescript.language_typescript())
EVIL = (
    'a"; process.exit(1); //', "${process.env.HOME}", "`id`", "x\n- run: id", "${{ github.token }}", "{{ $labels }}",
    "'''\nimport os\n'''", '"""\nimport os\n"""', "*/ alert(1) /*", "</script><script>alert(1)</script>", "]: x",
    "![x](https://evil.example.com/p)", "<img src=x onerror=alert(1)>", "| a | b |", "\u2028id()",
    "\x1b]0;x\x07", "\u202eevil",
    "[fill in: nothing]", "{% include '/etc/passwd' %}", "{{ 7 * 7 }}", "-->", "\\", "\ud83d", "#!/bin/sh",
    "--- !!python/none",
)  # fmt: skip


def hostile(text, framework="fastapi"):
    """A portrait with the text in every field that a tree can fill."""
    routes = (
        Endpoint(("GET",), f"/{text}", "fastapi", f"{text}.py:1"),
        Endpoint((text,), f"/{text}/{{id}}", "fastapi", f"{text}.py:2"),
    )
    return Portrait(
        name=text,
        parts=(
            Part(
                "", "python", "pip", "pip install -r requirements.txt", "python -m pytest", "", "", "3.12", "pip-audit"
            ),
        ),
        frameworks=(framework, text),
        application="app/main.py",
        endpoints=routes,
        health=f"{text}.py:1",
        port=8000,
        port_from=text,
        providers=(text,),
        models=(text,),
        calls=(f"{text}.py:3",),
        databases=(text,),
        compose=text,
        containers=(Container(text, text), Container("api", "")),
        images=(f"{text}/Dockerfile",),
        platforms=("fly", text),
        clusters=(text,),
        keepers=(Keeper(text, (text,)), Keeper("app", ("@ana",))),
        people=(Person(text, text, 3), Person("Ana", "@ana", 2)),
        tag=text,
        trouble=text,
    )


def assert_tame(path, text, harmless):
    """It parses, and has the same structure as with a harmless text in all fields."""
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", text)
    suffix = PurePosixPath(path).suffix
    if suffix == ".py":
        assert shape(ast.parse(text)) == shape(ast.parse(harmless))
    elif suffix in {".yml", ".yaml"}:
        assert outline(yaml.safe_load(text)) == outline(yaml.safe_load(harmless))
        assert "${{" not in re.sub(r"(?m)^\s*#.*$", "", text)
        assert "{{" not in re.sub(r"(?m)^\s*#.*$", "", text)
    elif suffix in {".js", ".ts"}:
        assert nodes(text, suffix) == nodes(harmless, suffix)
    elif suffix == ".md":
        rendered = MarkdownIt("commonmark").render(text)
        assert "<img" not in rendered
        assert "<script" not in rendered
        assert not re.search(r"<a |onerror=alert\(1\)>", rendered)
    else:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        lines = [line.replace("[fill in: an owner's @name]", "@blank") for line in lines]
        assert all(re.fullmatch(r"[\w./*@-]+( (@[\w/-]+|[\w.@+-]+))+", line) for line in lines), lines


def names(folder):
    return [path.name for path in folder.iterdir()]


def shape(tree):
    """What a tree of Python is made of, but for its constants: how many routes there are may differ."""
    return [type(node).__name__ for node in ast.walk(tree) if not isinstance(node, ast.Constant)]


def outline(value):
    if isinstance(value, dict):
        return {key: outline(part) for key, part in value.items()}
    return [outline(part) for part in value] if isinstance(value, list) else type(value).__name__


def nodes(text, suffix):
    root = tree_sitter.Parser(TYPESCRIPT if suffix == ".ts" else JAVASCRIPT).parse(text.encode()).root_node
    assert not root.has_error
    found, todo = [], [root]
    while todo:
        node = todo.pop()
        if node.type in {"string", "comment", ","}:  # a route with a part to be chosen is named in a comment
            continue
        found.append(node.type)
        todo += node.children
    return found


def check(text, framework, ground):
    for scaffold in scaffolds().values():
        try:
            plan = planned(scaffold, ground(hostile(text, framework)), ())
        except ValueError:
            # Not a command of plain words: nothing is written at all.
            assert scaffold.name in {"dependabot", "ci", "codeowners"}, scaffold.name
            continue
        harmless = planned(scaffold, ground(hostile("harmless", framework)), ())
        assert_tame(plan.path, plan.text, harmless.text)


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("framework", ["fastapi", "express", "next"])
def test_a_hostile_text_in_every_field_stays_text(text, framework, ground):
    check(text, framework, ground)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(EVIL) | st.text(st.characters(), max_size=5), min_size=1, max_size=4).map("".join))
def test_so_does_any_mixture_of_them(ground, text):
    check(text, "fastapi", ground)


def test_a_blank_that_the_repository_brings_is_no_blank_of_ours_but_keeps_the_form_a_form(ground):
    """A repository may hold our mark; the text is then still unfilled, which is the safe side."""
    plan = planned(scaffolds()["runbook"], ground(hostile("[fill in: nothing]")), ())
    assert plan.blanks


def test_a_hostile_tree_gives_commands_of_plain_words_only(tmp_path):
    root = tmp_path / 'evil"; id'
    (root / "a b; id").mkdir(parents=True)
    (root / "a b; id" / "package.json").write_text(
        json.dumps(
            {"name": "$(id)", "scripts": {"test": "jest; id", "lint; id": "x"}, "dependencies": {"express": "1"}}
        )
    )
    (root / "README.md").write_text("# ${{ github.token }} \x1b]0;x\x07`id`\n")
    (root / "requirements.txt").write_text("flask\n")
    (root / "pyproject.toml").write_text('[project]\nname = "x"\nrequires-python = ">=3.12\\"; id"\n')
    (root / "app.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\n\n\n"
        '@app.get("/${id}`\\"")\ndef one():\n    return "x"\n\n\n@app.get("/{{ 7 * 7 }}")\ndef two():\n    return "y"\n'
    )
    (root / "compose.yml").write_text('services:\n  "db; id":\n    image: postgres\n  db:\n    image: "postgres; id"\n')
    portrait = look_at(root, {})
    session = Session(root)
    for name in scaffolds():
        plan = scaffolding.intended(session, name, portrait=portrait)
        assert "; id" not in re.sub(r"[`\"].*?[`\"]", "", plan.text), name
    flow = yaml.safe_load(scaffolding.intended(session, "ci", portrait=portrait).text)
    commands = [step.get("run", "") for job in flow["jobs"].values() for step in job["steps"]]
    assert not [one for one in commands if "id" in one.split()]


def test_a_file_that_hangs_a_reader_costs_only_itself(tmp_path):
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "app.py").write_text(
        'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/a")\ndef a():\n    return 1\n'
    )
    seen = portrait_of(tmp_path)
    assert seen == look_at(tmp_path, {}), "the same in a process of its own"
    left = look_at(tmp_path, {"app.py": "too slow"})
    assert left.endpoints == ()
    assert left.parts == seen.parts


# --- where it is written ---


@pytest.mark.parametrize(
    "to",
    [
        "../out.md", "/etc/out.md", "a/../../out.md", "", ".", "docs/", ".git/hooks/pre-commit", ".GIT/config",
        "a/.git/x",
        ".readiness/x.md", "readiness.toml", "README\n.md", "~/out.md", "a\\b.md",
    ],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(to):
    with pytest.raises(Refused):
        plain_path(to)


def test_nothing_is_written_through_a_link_or_over_anything(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "docs").symlink_to(outside)
    with pytest.raises(Refused, match="symbolic link"):
        writing.create(root, "docs/runbook.md", b"x")
    assert not list(outside.iterdir())

    (outside / "kept.md").write_text("kept")
    (root / "SECURITY.md").symlink_to(outside / "kept.md")
    with pytest.raises(Refused, match="there already"):
        writing.create(root, "SECURITY.md", b"x")
    (root / "AGENTS.md").symlink_to(outside / "missing.md")
    with pytest.raises(Refused, match="there already"):
        writing.create(root, "AGENTS.md", b"x")
    assert not (outside / "missing.md").exists()

    (root / "ops").write_text("a file")
    with pytest.raises(Refused, match="symbolic link or a file"):
        writing.create(root, "ops/alert-rules.yml", b"x")
    (root / "RunBook.md").write_text("mine")
    with pytest.raises(Refused, match=r"RunBook\.md is there already"):
        writing.create(root, "runbook.md", b"x")
    assert (root / "RunBook.md").read_text() == "mine"
    assert (outside / "kept.md").read_text() == "kept"
    assert not [name for name in names(root) if name.endswith(".tmp")]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch):
    link = os.link

    def late(*arguments, **named):
        (tmp_path / "a.md").write_text("theirs")
        return link(*arguments, **named)

    monkeypatch.setattr(writing.os, "link", late)
    with pytest.raises(Refused, match="there already"):
        writing.create(tmp_path, "a.md", b"ours")
    assert (tmp_path / "a.md").read_text() == "theirs"
    assert names(tmp_path) == ["a.md"]


def test_a_disk_that_knows_no_links_gets_the_file_all_the_same(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(1, "not permitted")

    monkeypatch.setattr(writing.os, "link", refuse)
    writing.create(tmp_path, "docs/a.md", b"ours")
    assert (tmp_path / "docs" / "a.md").read_text() == "ours"
    assert names(tmp_path / "docs") == ["a.md"]


def test_what_is_ignored_by_git_is_there_all_the_same(fresh, capsys):
    root = fresh("flask")
    (root / ".gitignore").write_text("docs/\n")
    (root / "docs").mkdir()
    (root / "docs" / "runbook.md").write_text("mine")
    assert main(["-C", str(root), "scaffold", "runbook"]) == 1
    assert "docs/runbook.md is there already and stays as it is" in capsys.readouterr().err
    assert (root / "docs" / "runbook.md").read_text() == "mine"


def test_a_part_of_the_portrait_that_is_no_plain_word_is_never_written_as_a_command(ground):
    part = Part("", "python", "pip", "pip install x; id")
    with pytest.raises(ValueError, match="plain words"):
        planned(scaffolds()["ci"], ground(replace(hostile("x"), parts=(part,))), ())
