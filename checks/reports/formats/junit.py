"""JUnit XML of any test runner: how many tests ran and how they ended. No name and no output of a test is kept."""

from __future__ import annotations

from checks.reports.document import Document, Element, Xml
from checks.reports.format import Format
from checks.reports.record import Imported, NotUsable, day

TITLE = "JUnit tests"
ENDS = ("failure", "error", "skipped")


def recognizes(document: Document) -> bool:
    """Whether it looks like this format."""
    return isinstance(document, Xml) and document.root in ("testsuites", "testsuite")


def read(document: Document) -> Imported:
    """The tests, counted one by one: the totals of the suites are not believed."""
    elements = document.elements if isinstance(document, Xml) else ()
    ends = tuple(_ends(elements))
    failed, skipped = sum(one in ("failure", "error") for one in ends), ends.count("skipped")
    passed = len(ends) - failed - skipped
    if not passed + failed:
        raise NotUsable(TITLE, "no test ran", "see which tests the runner was told to run")
    suites = [one.attributes for one in elements if one.name == "testsuite"]
    days = [found for one in suites if (found := day(one.get("timestamp", "")))]
    return Imported(
        "junit",
        TITLE,
        "JUnit",
        ("tests",),
        f"{passed} tests passed, {failed} failed, {skipped} skipped",
        at=min(days, default=None),
        counts={"passed": passed, "failed": failed, "skipped": skipped},
        notes=("a failed test speaks against what it tests",) if failed else (),
    )


def _ends(elements: tuple[Element, ...]) -> list[str]:
    """How each test ended: "" passed. The worst of several ends counts."""
    found: list[str] = []
    case_depth = -1
    for one in elements:
        if one.name == "testcase":
            found.append("")
            case_depth = one.depth
        elif found and one.depth == case_depth + 1 and one.name in ENDS and (not found[-1] or found[-1] == "skipped"):
            found[-1] = one.name
    return found


FORMAT = Format("junit", TITLE, recognizes, read)
