"""One test, as its runner would collect it."""

from __future__ import annotations

from dataclasses import dataclass

from checks.files.kinds import is_generated, is_vendored
from checks.observation import Location

_EXAMPLES = frozenset({"examples", "example", "samples", "sample", "tutorial", "tutorials", "docs_src"})


def is_left_out(path: str) -> bool:
    """Whether tests in a file are not the product's: somebody else's, a program's, or of an example."""
    return is_vendored(path) or is_generated(path) or not _EXAMPLES.isdisjoint(path.split("/")[:-1])


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `grade` is "asserts", "weak" (existence only) or "none"; `kind` "python", "web", "browser", "other".

    `function` is a Python test's qualified name, `parameters` the names of its parameters, fixtures among them.
    """

    path: str
    line: int
    end_line: int
    kind: str
    grade: str
    enabled: bool = True
    parameters: tuple[str, ...] = ()
    function: str = ""

    @property
    def place(self) -> Location:
        """Where it stands."""
        return Location(self.path, self.line)

    @property
    def counts(self) -> bool:
        """Whether it is enabled and asserts something."""
        return self.enabled and self.grade != "none"
