"""The source of a function or of a call is asked for by what it is: where it stands may change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checks.application.calls_seen import Seen, around, calls_that, text_of
from checks.application.endpoints import endpoints, helpers
from checks.application.wiring import source_of
from checks.look import Look
from checks.tree import Tree

PYTHON = """import httpx


def other():
    return 1


def load(url):
    return httpx.get(url, timeout=3)


def load_more(url):
    return httpx.get(url)
"""
WEB = """import { check } from "../../lib/check"
export async function GET(request) {
  return check(request)
}
"""
HELPER = """export function other() { return 1 }
export function check(request) {
  return request.headers
}
"""


SOURCES = {"_written", "_written_around", "_function_source", "_functions_named"}
"""The questions whose answers are digests of sources."""


def _is_get(call: Seen, _: str) -> bool:
    return call.callee == "httpx.get"


def _of_call(look: Look) -> str:
    return text_of(look, calls_that(look, _is_get)[0])


def _around_call(look: Look) -> str:
    return around(look, calls_that(look, _is_get)[0])


def _of_function(look: Look) -> str:
    return source_of(look, "load.py", "load")


def _of_helper(look: Look) -> str:
    return "\n".join(helpers(look, endpoints(look)[0]))


def asked(root: Path, ask: Callable[[Look], str], path: str, text: str) -> tuple[str, dict[str, str], set[str]]:
    """What is told, what the file says to questions of sources, and what of its module is asked for."""
    for name, content in {"load.py": PYTHON, "app/api/route.ts": WEB, "lib/check.ts": HELPER, path: text}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    look = Look(Tree.read(root, None))
    with look.reads.step("one"):
        told = ask(look)
    steps = look.reads.everything("one")
    said = {
        f"{kind} {argument}": str(answers[path])
        for step in steps
        for (kind, argument), answers in step.answers.items()
        if path in answers and kind.split(":")[-1] in SOURCES
    }
    kind = "python module" if path.endswith(".py") else "web module"
    parts = {part for step in steps for (of, part), paths in step.asked.items() if of == kind and path in paths}
    return told, said, parts


@pytest.mark.parametrize(
    ("ask", "path", "text", "own"),
    [
        (_of_call, "load.py", PYTHON, "timeout=3"),
        (_around_call, "load.py", PYTHON, "timeout=3"),
        (_of_function, "load.py", PYTHON, "timeout=3"),
        (_of_helper, "lib/check.ts", HELPER, "request.headers"),
    ],
)
def test_a_source_is_the_same_wherever_it_stands(
    tmp_path: Path, ask: Callable[[Look], str], path: str, text: str, own: str
) -> None:
    told, said, parts = asked(tmp_path / "a", ask, path, text)
    assert own in told
    assert said
    assert "" not in parts, "the lines of the file are asked for"
    moved = asked(tmp_path / "b", ask, path, text.replace("return 1", "one = 1\n    return one"))
    assert moved == (told, said, parts)
    assert asked(tmp_path / "c", ask, path, text.replace(own, f"{own} + 1"))[1] != said
