"""What is asked of a file's facts: fields apart from each other, and lines apart from fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.products import Product, read_products
from checks import run
from checks.application import calls_seen, own_clients, product_said, switches, wiring
from checks.application.calls_seen import Seen, calls_that
from checks.application.endpoints import endpoints
from checks.application.routing import web_routing
from checks.cache.answers import Answers
from checks.cache.store import Store
from checks.look import WEB, Look
from checks.readers import python_facts, web_facts
from checks.readers.facets import (
    assignments_within,
    calls_beside,
    calls_like,
    calls_within,
    field_of,
    like,
    line_of,
    same,
)
from checks.readers.python_facts import PythonModule
from checks.reads import QUESTIONS, READABLE, RESTS_ON, Question, name_of
from checks.report_wire import pack
from checks.tree import Tree

PRODUCTS = list(read_products(Path(__file__).parent / "products"))[::5]
CODE = """import httpx

client = httpx.Client()


class Store:
    pool = None


def load(url, limit=3):
    found = client.get(url, timeout=limit)
    return found
"""


def look_at(root: Path, text: str = CODE, name: str = "load.py") -> Look:
    root.mkdir(exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")
    return Look(Tree.read(root, None))


def module_of(root: Path, text: str) -> PythonModule:
    module = look_at(root, text).python.module("load.py")
    assert module is not None
    # As the cache gives it back: of no look.
    return python_facts.rows().unpack(python_facts.rows().pack(module))


def asked(look: Look, ask: Callable[[PythonModule], object]) -> set[Question]:
    module = look.python.module("load.py")
    assert module is not None
    with look.reads.step("one"):
        ask(module)
    return set(look.reads.steps["one"].asked)


@pytest.mark.parametrize(
    ("ask", "questions"),
    [
        (lambda module: [call.callee for call in module.calls], {"calls"}),
        (lambda module: [call.line for call in module.calls], {"calls", ""}),
        (lambda module: module.function("load").end_line, {"functions called~load", ""}),
        (lambda module: line_of(module, module.functions[0]), {"functions", "line of~load"}),
        (lambda module: [call.callee for _, call in calls_beside(module, "a.b")], {"calls beside~a.b"}),
        (lambda module: set(module.imports), {"imports", ""}),
        (lambda module: module.path, set()),
        (lambda module: module.made_globally, {"made_globally"}),
        (lambda module: [item.target for item in module.instances], {"instances"}),
        (lambda module: calls_like(module, "resolved", r"httpx\..*"), {r"resolved~httpx\..*"}),
        (lambda module: [call.callee for call in calls_within(module, "load")], {"calls in~load"}),
        (lambda module: [item.target for item in assignments_within(module, "load")], {"assignments in~load"}),
    ],
)
def test_what_is_read_of_a_module_is_what_counts_as_asked(
    tmp_path: Path, ask: Callable[[PythonModule], object], questions: set[str]
) -> None:
    assert asked(look_at(tmp_path), ask) == {("python module", one) for one in questions}


def test_lines_count_for_everyone_who_asks_for_them(tmp_path: Path) -> None:
    look = look_at(tmp_path)
    module = look.python.module("load.py")
    assert module is not None
    call = module.calls[0]
    for step in ("one", "two", "one"):
        with look.reads.step(step):
            assert call.line == 3
    assert [set(look.reads.steps[step].asked) for step in ("one", "two")] == [{("python module", "")}] * 2


def test_lines_of_web_code_count_too(tmp_path: Path) -> None:
    look = look_at(tmp_path, "export const load = () => fetch('/x');\n", "load.ts")
    module = look.web.module("load.ts")
    assert module is not None
    with look.reads.step("one"):
        assert [call.callee for call in module.calls] == ["fetch"]
    assert set(look.reads.steps["one"].asked) == {("web module", "calls")}
    with look.reads.step("one"):
        assert module.calls[0].end_line == 1
    assert ("web module", "") in look.reads.steps["one"].asked
    assert web_facts.rows().unpack(web_facts.rows().pack(module)) == module


@pytest.mark.parametrize(
    ("now", "still", "changed"),
    [
        ("\n" + CODE, ["calls", "functions", "imports", "classes", "calls beside~httpx.Client"], ["", "line of~load"]),
        (CODE.replace("    found", "    # a word\n    found"), ["line of~load", "calls beside~client.get"], [""]),
        (
            CODE.replace("found = client", "found = 1\n    client"),
            ["line of~load", "calls"],
            ["calls beside~client.get"],
        ),
        (
            CODE + "\n\ndef other():\n    found = call(1)\n",
            ["calls in~load", "assignments in~load", "functions called~load", "functions named~load"],
            ["calls", "assignments", "functions", "calls in~other", "assignments in~other", "functions called~other"],
        ),
        (CODE.replace("found", "more"), ["calls in~load"], ["assignments in~load"]),
        (CODE.replace("timeout=limit", "timeout=3"), ["functions called~load"], ["calls in~load"]),
        (
            CODE.replace("    return found", "    other = 1\n    return found"),
            ["calls", "made_globally"],
            ["assignments"],
        ),
        (CODE.replace("limit)", "limit)\n    load(url)"), ["functions", "resolved~httpx[.].*", "kept"], ["calls"]),
        (CODE.replace("timeout=limit", "timeout=True"), ["functions"], ["calls", "resolved~httpx[.].*"]),
        (CODE.replace("url, limit=3", "url, limit=4"), ["calls", "decorated"], ["functions"]),
        (CODE.replace("pool = None", "pool = 1"), ["calls"], ["classes"]),
    ],
)
def test_a_change_is_told_from_what_stands(tmp_path: Path, now: str, still: list[str], changed: list[str]) -> None:
    before, after = module_of(tmp_path / "a", CODE), module_of(tmp_path / "b", now)
    assert [one for one in [*still, *changed, READABLE] if same(before, after, one)] == [*still, READABLE]


@pytest.mark.parametrize("part", ["calls in~load", "assignments in~load", "functions called~load", "resolved~.*"])
def test_a_part_is_the_same_where_the_field_is_of_which_it_is_taken(tmp_path: Path, part: str) -> None:
    module = module_of(tmp_path, CODE)
    assert (field_of("line of~load"), field_of("calls beside~a")) == ("", ""), "lines decide these, which no field has"
    taken = asked(look_at(tmp_path), lambda module: getattr(module, field_of(part)))
    assert taken == {("python module", field_of(part))}
    assert same(module, module, part)
    other = replace(module, **{field_of(part): ()})
    assert not same(module, other, part), "taken of this field and of no other"


@pytest.mark.parametrize(("one", "other"), [("True", "1"), ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"), ("1", "1.0")])
def test_values_that_python_holds_for_equal_are_not_the_same(tmp_path: Path, one: str, other: str) -> None:
    # Cut texts are equal, so only the values tell them apart.
    pad = "x" * 300
    before = module_of(tmp_path / "a", f"call(['{pad}', {one}])\n")
    after = module_of(tmp_path / "b", f"call(['{pad}', {other}])\n")
    assert not same(before, after, "calls")


def _asks(call: Seen, wanted: str) -> bool:
    return call.name == wanted


def test_calls_of_one_kind_are_found_in_order_of_the_files(tmp_path: Path) -> None:
    look_at(tmp_path, "import a\na.one()\na.two()\n", "b.py")
    look = look_at(tmp_path, "import a\na.one(3)\n", "a.py")
    with look.reads.step("one"):
        assert [(call.path, call.line) for call in calls_that(look, _asks, "a.one")] == [("a.py", 2), ("b.py", 2)]
    answers = [said for step in look.reads.everything("one") for said in step.answers.values()]
    assert {path for said in answers for path in said} == {"a.py", "b.py"}


@pytest.mark.parametrize(
    ("edit", "most"),
    [
        ("    counted = 1\n    return value", 8),
        ("    counted(1)\n    return value", 20),
        ("    # a word\n\n    return value", 8),
    ],
)
def test_few_steps_run_again_after_an_edit_inside_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: str, most: int
) -> None:
    root = tmp_path / "acme"
    (root / "app").mkdir(parents=True)
    main = "from fastapi import FastAPI\nfrom app import inner\n\napp = FastAPI()\n\n\n@app.get('/')\ndef get():\n"
    (root / "app" / "main.py").write_text(f"{main}    return inner.one(1)\n")
    inner = "def one(value):\n    if value:\n        return 2\n    return value\n"
    (root / "app" / "inner.py").write_text(inner)
    ran: list[str] = []
    keep = Answers.keep
    monkeypatch.setattr(Answers, "keep", lambda self, name, value: (ran.append(name), keep(self, name, value))[1])
    with Store(tmp_path / "looks.sqlite3") as store:
        run.look_over(root, store=store)
        every = len(ran)
        ran.clear()
        (root / "app" / "inner.py").write_text(inner.replace("    return value\n", f"{edit}\n"))
        warm = run.look_over(root, store=store)
    assert every > 70
    assert len(ran) <= most
    assert pack(warm) == pack(run.look_over(root))


def test_where_endpoints_are_does_not_rest_on_where_their_handlers_end(tmp_path: Path) -> None:
    code = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef get():\n    return 1\n"
    look = look_at(tmp_path, code)
    with look.reads.step("one"):
        assert [item.place.line for item in endpoints(look)] == [7]
    with look.reads.step("other"):
        assert [item.last for item in endpoints(look)] == [8]
    lines = "python module", ""
    assert not any(lines in step.asked for step in look.reads.everything("one"))
    assert any(lines in step.asked for step in look.reads.everything("other"))


@pytest.mark.parametrize("product", PRODUCTS, ids=[product.name for product in PRODUCTS])
def test_web_files_that_may_not_declare_a_route_declare_none(product: Product, tmp_path: Path) -> None:
    for path, text in product.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    look = Look(Tree.read(tmp_path, None))
    assert look.web.routes(web_routing(look, dead=True)) == look.web.routes(look.source_paths(*WEB))


ARGUMENTS = {
    name_of(calls_seen._those_that): f"{calls_seen.__name__}:_any\n",
    name_of(own_clients._imports_a_library): "",
    name_of(wiring._calls_like): like("callee", ".*"),
    name_of(switches._assigned): "app",
    name_of(product_said.called_like): product_said.asked_for(re.compile(".")),
    name_of(product_said.texts_like): product_said.asked_for(re.compile(".")),
    name_of(switches._assigned): "app",
}


@pytest.mark.parametrize("product", PRODUCTS, ids=[product.name for product in PRODUCTS])
def test_a_question_asks_for_no_other_parts_of_its_file_than_it_says(product: Product, tmp_path: Path) -> None:
    for path, text in product.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    look = Look(Tree.read(tmp_path, None))
    assert ARGUMENTS.keys() == RESTS_ON.keys()
    seen = 0
    for question, argument in ARGUMENTS.items():
        for path in look.source_paths():
            with look.reads.aside() as step:
                seen += bool(QUESTIONS[question](look, path, argument))
            own = {(kind, part.split("~")[0]) for (kind, part), paths in step.asked.items() if path in paths}
            said = {(kind, part) for kind, parts in RESTS_ON[question].items() for part in (*parts, READABLE)}
            said |= {(kind, by) for kind, part in said if part == "calls" for by in ("callee", "resolved")}
            assert own <= said, (question, path)
    assert seen > 10
