"""Tests of whole flows over the API: kept apart as end-to-end tests, several requests each, through all layers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.topics.tests_doubled import is_doubled
from checks.topics.tests_driven import driving_cases
from checks.topics.tests_driven_web import drives
from checks.topics.tests_found import cases

if TYPE_CHECKING:
    from checks.look import Look
    from checks.topics.tests_case import Case

_APART = re.compile(r"(?i)(?:^|[/._-])(?:e2e|end[-_]?to[-_]?end)(?:[/._-]|$)")
_MARKED = re.compile(r"(?i)\bmark\.(?:e2e|end_to_end)\b")
_ASKS = re.compile(
    r"(?:(?:client|request|session|agent|api|httpx|requests|axios)\w*(?:\((?:[^()\n]|\([^()\n]*\)){0,200}\))?\s*\.(?:get|post|put|patch|delete|query|mutate)\b)"
    r"|\bfetch\("
)
_SEVERAL = 2
"""Requests, or steps that are given the client, from which on a test is a flow."""
_PAGES = ("react", "vue", "svelte", "next", "nuxt", "@angular/core", "solid-js", "preact", "astro")
_AFAR = re.compile(r"(?i)\b(?:base|api|server|service|live)_?url\b|https?://(?:localhost|127\.0\.0\.1)|live_server")


def flow_cases(look: Look) -> list[Case]:
    """The tests that walk through a flow over the API, those that are skipped among them."""
    apart = [case for case in cases(look) if case.grade != "none" and _is_apart(look, case)]
    python = driving_cases(look, [case for case in apart if case.kind == "python"])
    web = []
    for case in apart:
        module = look.web.module(case.path) if case.kind == "web" else None
        if module and drives(look, module):
            web.append(case)
    return [case for case in (*python, *web) if _is_flow(look, case) and not is_doubled(look, case)]


def leave_pages_out(look: Look, flows: list[Case]) -> bool:
    """Whether the product has pages of its own, and the flows only call the application inside the test's process."""
    far = any(_AFAR.search(look.tree.text(path) or "") for path in {case.path for case in flows})
    return not far and bool(look.depends_on(*_PAGES))


def _is_apart(look: Look, case: Case) -> bool:
    if _APART.search(case.path):
        return True
    module = look.python.module(case.path) if case.kind == "python" else None
    function = module.function(case.function) if module else None
    if module is None or function is None:
        return False
    marks = [one.callee for one in function.decorators]
    marks += [item.value.text for item in module.assignments if item.target == "pytestmark"]
    return any(_MARKED.search(mark) for mark in marks)


def _is_flow(look: Look, case: Case) -> bool:
    lines = (look.tree.text(case.path) or "").splitlines()[case.line : case.end_line]
    body = "\n".join(lines)
    clients = [name for name in case.parameters if re.search(r"client|api|session|live_server", name)]
    handed = sum(len(re.findall(rf"\b{re.escape(name)}\b", body)) for name in clients)
    return max(handed, len(_ASKS.findall(body))) >= _SEVERAL
