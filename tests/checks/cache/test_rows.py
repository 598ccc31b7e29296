"""Records survive the cache as they were, whatever literals the code holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.cache.facts import FileFacts
from checks.cache.rows import Rows
from checks.cache.store import Store
from checks.readers.python import PythonCode
from checks.readers.python_facts import NOT_CONSTANT, PythonModule, Value
from checks.readers.web import WebCode
from checks.readers.web_facts import WebModule
from checks.tree import Tree

LITERALS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(),
              st.binary(), st.complex_numbers(allow_nan=False, allow_infinity=False), st.just(NOT_CONSTANT)),
    lambda inner: st.one_of(st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)  # fmt: skip
PYTHON = """
import app.other as other
from fastapi import FastAPI
LIMITS = {"a": (1, 2.5), "b": [None, b"x"], "c": {1, 2}}
class Item(Base, metaclass=M):
    price: float = 1e3
@app.get("/x", deps=[1, 2], **more)
async def route(item: Item, *, limit=3, other=...) -> None:
    try:
        for one in await client.post("https://example.com", timeout=2.0, retries=-1):
            raise Problem(f"no {one}")
    except (A, B):
        pass
"""
TYPESCRIPT = """
"use client";
import { a as b, default as c } from "./other";
import React from "react";
export const client = new Client({ key: process.env.KEY, ...rest });
export async function load<T>(name: string) {
  try { return await fetch(`/x/${name}`, { signal }); } catch (error) { console.log(error); }
}
export const View = () => <a href="x" onClick={() => load("y")}>z</a>;
"""


@given(LITERALS)
def test_literals_come_back_as_they_were_or_not_at_all(value: object) -> None:
    rows = Rows(Value)
    try:
        row = rows.pack(Value("text", value))
    except (ValueError, SyntaxError):
        # The source of most complex numbers gives back another zero.
        assert "Ellipsis" in repr(value) or "j" in repr(value), "only what has no source cannot be kept"
        return
    back = rows.unpack(json.loads(json.dumps(row)))
    assert repr(back) == repr(Value("text", value))


def test_sets_are_kept_and_their_order_does_not_count() -> None:
    rows = Rows(Value)
    one, other = {"a": [{0, 8}]}, {"a": [{8, 0}]}
    assert repr(one) != repr(other), "Python writes what was put in first"
    assert rows.pack(Value("text", one)) == rows.pack(Value("text", other))
    assert rows.unpack(rows.pack(Value("text", other))) == Value("text", one)


def test_a_number_too_long_to_be_written_down_is_not_kept() -> None:
    with pytest.raises(ValueError, match="digits"):
        Rows(Value).pack(Value("text", 1 << 20_000))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    files = {
        "app/main.py": PYTHON,
        "app/other.py": "",
        "web/main.tsx": TYPESCRIPT,
        "web/other.ts": "export default 1\n",
    }
    for path, text in files.items():
        (tmp_path / "acme" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "acme" / path).write_text(text)
    return Tree.read(tmp_path / "acme", None)


def test_modules_come_back_as_they_were(tree: Tree) -> None:
    python, web = PythonCode(tree, []).module("app/main.py"), WebCode(tree, []).module("web/main.tsx")
    assert python
    assert python.imports[0].paths
    assert web
    assert web.imports[0].path == "web/other.ts"
    for kind, module in ((PythonModule, python), (WebModule, web)):
        rows = Rows(kind)
        assert rows.unpack(json.loads(json.dumps(rows.pack(module)))) == module


def test_what_files_say_again_is_held_once(tree: Tree) -> None:
    (tree.root / "app" / "again.py").write_text(PYTHON)
    (tree.root / "web" / "again.tsx").write_text(TYPESCRIPT)
    again = Tree.read(tree.root, None)
    python, web = PythonCode(again, []), WebCode(again, [])
    one, other = python.module("app/main.py"), python.module("app/again.py")
    assert one
    assert other
    assert web_module(web, "web/main.tsx").calls[0].resolved is web_module(web, "web/again.tsx").calls[0].resolved
    kept = Rows(PythonModule)
    for module in (other, kept.unpack(json.loads(json.dumps(kept.pack(other))))):
        for mine, theirs in zip(one.calls, module.calls, strict=True):
            assert mine.resolved is theirs.resolved
            assert mine.keywords is theirs.keywords or mine.keywords
            plain = [value.value is None or isinstance(value.value, str | int) for value in mine.arguments]
            pairs = zip(plain, mine.arguments, theirs.arguments, strict=True)
            assert all(value is same for is_plain, value, same in pairs if is_plain)
        assert one.functions[0].parameters[0] is module.functions[0].parameters[0]


def web_module(web: WebCode, path: str) -> WebModule:
    module = web.module(path)
    assert module
    return module


def test_kept_modules_are_not_parsed_again_but_their_imports_are_resolved_anew(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "looks.sqlite3") as store:
        facts = FileFacts(tree, store)
        first = PythonCode(tree, [], facts=facts).module("app/main.py")
        WebCode(tree, [], facts=facts).module("web/main.tsx")
        facts.save()
        (tree.root / "app" / "other.py").unlink()
        (tree.root / "web" / "other.ts").rename(tree.root / "web" / "other.js")
        later = Tree.read(tree.root, None)
        facts = FileFacts(later, store)
        monkeypatch.setattr("checks.readers.python.python_ast.gather", lambda *_: pytest.fail("parsed again"))
        python = PythonCode(later, [], facts=facts).module("app/main.py")
        assert first
        assert python
        assert python.calls == first.calls
        assert not python.imports[0].paths
        web = WebCode(later, [], facts=facts).module("web/main.tsx")
        assert web
        assert web.imports[0].path == "web/other.js"
        assert web.assigned["b"] == "web/other.js#a"


def test_a_module_with_a_secret_is_not_kept(tmp_path: Path) -> None:
    root = tmp_path / "acme"
    root.mkdir()
    drawn = "".join(["gh", "p_", "Zq8tR2mVx0LwKd7", "YbN4sHc9JfPg1UeXa3Tk5"])
    (root / "keys.py").write_text(f"TOKEN = '{drawn}'\n")
    tree = Tree.read(root, None)
    with Store(tmp_path / "looks.sqlite3") as store:
        facts = FileFacts(tree, store)
        assert PythonCode(tree, [], facts=facts).module("keys.py")
        facts.save()
        assert FileFacts(tree, store).kept("python module", "keys.py") is None
    assert drawn.encode() not in (tmp_path / "looks.sqlite3").read_bytes()


def test_each_file_that_is_known_is_a_step_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "acme"
    root.mkdir()
    for name in "abc":
        (root / f"{name}.py").write_text(f"{name} = 1\n")
    with Store(tmp_path / "looks.sqlite3") as store:
        tree = Tree.read(root, None)
        facts = FileFacts(tree, store)
        assert len([*PythonCode(tree, [], facts=facts).modules(tree.paths)]) == 3
        facts.save()
        begun: list[str] = []
        monkeypatch.setattr("checks.children.allowance.reading", begun.append)
        tree = Tree.read(root, None)
        # Else all of them were one step, which a large tree would not survive.
        assert len([*PythonCode(tree, [], facts=FileFacts(tree, store)).modules(tree.paths)]) == 3
        assert begun == ["a.py", "b.py", "c.py"]
