"""The tests of a JavaScript or TypeScript module: which calls are tests, which are off, and what they assert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.topics.tests_case import Case

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.web_facts import WebCall, WebModule

_CASE = re.compile(
    r"^(it|test|specify|fit|Deno\.test|QUnit\.test)(\.(each|only|concurrent|for|serial|fails|sequential|failing))*$"
)
_OFF = re.compile(
    r"^(xit|xtest|xdescribe|xcontext|(it|test|describe|context|suite|test\.describe)\.(skip|todo|fixme))(\.each)?$"
)
_OFF_GROUP = re.compile(r"^(xdescribe|xcontext|(describe|context|suite|test\.describe)\.)")
_OFF_INSIDE = re.compile(r"^(test|it|test\.describe)\.(skip|fixme)$")
"""In a body, called with nothing or with `true`, it switches off what it stands in."""
_GROUP = re.compile(r"^(describe|context|suite|test\.describe)(\.(only|serial|parallel))*$")
_TABLE = re.compile(r"\.(each|for)$")
_BROWSER = re.compile(
    r"^(@playwright/(?!experimental-ct)|cypress|puppeteer|selenium-webdriver|webdriverio|@wdio/|testcafe|nightwatch|detox)"
)
_GLOBALS = re.compile(r"^(cy\.|browser\.(url|newWindow|navigateTo|\$)|I\.amOnPage|device\.launchApp)")
"""What Cypress, WebdriverIO, Nightwatch, CodeceptJS and Detox give without an import."""
_MATCHES = re.compile(
    r"^expect(\.soft|\.poll)?\.(?!soft$|poll$|extend$|any$|anything$|\w+Containing$|stringMatching$|assertions$"
    r"|hasAssertions$)"
)
_WEAK = re.compile(
    r"^expect(\.\w+)*?\.(toBeDefined|toBeTruthy|not\.toBeNull|not\.toBeUndefined|toBeInstanceOf|toBeTypeOf)$"
)
_ASSERTS = re.compile(
    r"^(assert\w*|should|t)(\.|$)|^expect[A-Z]\w*$|\.should$|(^|\.)assert\w*$|\.expect$"
    r"|^(verify|check)[A-Z]\w*$|^(screen\.)?(findBy|getBy)\w+$|\.(rejects|throws|doesNotThrow|strictEqual|deepEqual)$"
)
_ALWAYS_TRUE = re.compile(r"expect\((1|true)\)\.to(Be|Equal|StrictEqual)\((1|true)\)|\bassert(\.ok)?\(true\)")
_CHAI = re.compile(r"\)\s*\.(not\.)?(to|is|should|eventually)\b")
_MOST_HOPS = 3


def web_cases(look: Look, module: WebModule, text: str) -> Iterator[Case]:
    """The tests of a module, in order."""
    kind = "browser" if _is_browser(look, module, text, _MOST_HOPS) else "web"
    off = [call for call in module.calls if _OFF.match(call.callee)]
    off += _switched_off_inside(module)
    for call in module.calls:
        is_off = _OFF.match(call.callee)
        if not (_CASE.match(call.callee) or is_off) or not call.arguments:
            continue
        if is_off and _OFF_GROUP.match(call.callee):
            continue
        if is_off and not _TABLE.search(call.callee) and call.arguments[0][:1] not in {'"', "'", "`"}:
            continue  # a condition in a body: `test.skip(browserName === "webkit", …)`
        if _TABLE.search(call.callee) and len(call.arguments) == 1:
            continue  # the table of `it.each(table)(name, test)`; the call that follows is the test
        disabled = any(item.line <= call.line and call.end_line <= item.end_line for item in off)
        yield Case(module.path, call.line, call.end_line, kind, _grade(module, call, text), not disabled)


def _switched_off_inside(module: WebModule) -> list[WebCall]:
    """The tests and groups with a `test.skip()` or `test.fixme(true)` in their own body."""
    tests = [call for call in module.calls if _CASE.match(call.callee)]
    groups = [call for call in module.calls if _GROUP.match(call.callee)]
    off = []
    for mark in module.calls:
        if _OFF_INSIDE.match(mark.callee) and (not mark.arguments or mark.arguments[0] == "true"):
            around = [call for call in tests if call.line <= mark.line and mark.end_line <= call.end_line]
            around = around or [call for call in groups if call.line <= mark.line and mark.end_line <= call.end_line]
            off += [max(around, key=lambda call: call.line)] if around else tests
    return off


def _is_browser(look: Look, module: WebModule, text: str, hops: int) -> bool:
    """Whether its tests drive a browser: by the package that gives them, also through the repository's own fixtures."""
    if "playwright.dev" in text:
        return False  # what the tool's own starter visits says nothing of this product
    if "cy.mount(" in text and "cy.visit(" not in text:
        return False  # a component on its own is no flow
    if any(_BROWSER.match(item.package) for item in module.imports):
        return True
    if any(_GLOBALS.match(call.callee) for call in module.calls):
        return True
    given = {item.path for item in module.imports if item.path and {"test", "it"}.intersection(item.names.values())}
    for path in sorted(given) if hops else ():
        fixtures = look.web.module(path)
        if fixtures and _is_browser(look, fixtures, look.tree.text(path) or "", hops - 1):
            return True
    return False


def _grade(module: WebModule, case: WebCall, text: str) -> str:
    body = "\n".join(text.splitlines()[case.line - 1 : case.end_line])
    inside = [
        call.callee
        for call in module.calls
        if case.line <= call.line and call.end_line <= case.end_line and call is not case
    ]
    matched = [callee for callee in inside if _MATCHES.match(callee)]
    weak = [callee for callee in matched if _WEAK.match(callee)]
    strong = len(matched) - len(weak) + sum(1 for callee in inside if _ASSERTS.search(callee))
    if "expect" in inside and _CHAI.search(body):
        strong += 1  # Chai asserts by naming a property: `expect(done).to.be.true`
    hollow = len(_ALWAYS_TRUE.findall(body))
    if strong - hollow > 0:
        return "asserts"
    return "weak" if weak else "none"  # what is true of every program is no assertion
