"""Who read what: the files that each probe, and the work it shares with others, asked about during a look.

A probe whose files did not change since gives the same answer again (`checks.cache.answers`). So whatever a probe can
learn of a file must pass by here, and what is worked out once and used by many is a step of its own: its reads count
for all who use it, not for the first alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from checks.look import Look
    from checks.observation import Finding, Unread

Asked = TypeVar("Asked", bound="OfOneFile")
Question = tuple[str, str]
"""A kind and an argument: what is asked about files."""

TEXT: Final = ("text", "")
"""The content itself."""
PYTHON_MODULE: Final = "python module"
WEB_MODULE: Final = "web module"
MODULES: Final = frozenset({PYTHON_MODULE, WEB_MODULE})
"""What is asked of these is one field of a module, "" for all of it with its lines, or whether there is one."""
READABLE: Final = "readable"
MEASURE: Final = ("complexity", "")
"""What readers make of a file: rows of `checks.cache.facts` with that kind."""

FACTS: Final = MODULES | {MEASURE[0]}
"""What is compared as those rows where a file changed, not as its content."""

CODE: Final = "code rules: "
GIT: Final = "git"
"""What is asked of the whole look: what semgrep read, or with rules behind it found, and the history."""


OfOneFile = Callable[["Look", str, str], Any]
"""Reads the file at a path, and no other, for an argument. Returns what `json` can write, false for nothing."""

QUESTIONS: Final[dict[str, OfOneFile]] = {}
"""The questions of `of_one_file` by their module and name."""


def of_one_file(question: Asked) -> Asked:
    """Register a function as a question: what it returns is remembered of a file, not the file's whole text."""
    QUESTIONS[name_of(question)] = question
    return question


RESTS_ON: Final[dict[str, Mapping[str, tuple[str, ...]]]] = {}
"""Of questions that say so, the parts of a module by its kind: where these are the same, so is the answer."""


def rests_on(python: tuple[str, ...], web: tuple[str, ...]) -> Callable[[Asked], Asked]:
    """Say of a question of `of_one_file` that in its own file it asks for these parts of the module alone."""

    def said(question: Asked) -> Asked:
        RESTS_ON[name_of(question)] = {PYTHON_MODULE: python, WEB_MODULE: web}
        return question

    return said


def name_of(question: OfOneFile) -> str:
    """The name under which a question is registered."""
    return f"{question.__module__}:{question.__name__}"


class Step:
    """What one probe, or one piece of shared work, asked for by itself, and which other steps it used."""

    def __init__(self) -> None:
        self.asked: dict[Question, set[str]] = {}
        self.answers: dict[Question, dict[str, object]] = {}
        """What files answered to questions of their own kind, where it was something."""
        self.whole: set[str] = set()
        self.uses: set[str] = set()
        self.unread: list[Unread] = []
        self.findings: list[Finding] = []


class _Aside(AbstractContextManager[Step]):
    """Entered for each question to each file: a generator would take longer than most of the questions."""

    __slots__ = ("_outer", "_reads", "_step")

    def __init__(self, reads: Reads, step: Step) -> None:
        self._reads, self._step = reads, step

    def __enter__(self) -> Step:
        self._outer, self._reads.now = self._reads.now, self._step
        return self._step

    def __exit__(self, *_: object) -> None:
        self._reads.now = self._outer


class Reads:
    """The steps of one look."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}
        self.now = Step()
        """The step that is under way."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What is read inside counts for the step of that name, and for every step that enters it."""
        outer = self.now
        outer.uses.add(name)
        self.now = self.steps.setdefault(name, Step())
        try:
            yield
        finally:
            self.now = outer

    def used(self, name: str) -> None:
        """What the step of that name worked out is used."""
        self.now.uses.add(name)

    def aside(self, kind: str = "") -> AbstractContextManager[Step]:
        """What is read inside counts for nobody: who asked has said so with a question of that kind."""
        return _Aside(self, self.steps.setdefault(kind, Step()) if kind else Step())

    def ask(self, question: Question, path: str) -> None:
        """A file is asked about."""
        asked = self.now.asked.get(question)
        if asked is None:
            asked = self.now.asked[question] = set()
        asked.add(path)

    def ask_all(self, question: Question, paths: Iterable[str]) -> None:
        """Files are asked about."""
        self.now.asked.setdefault(question, set()).update(paths)

    def told(self, question: Question, path: str, answer: object) -> None:
        """A file is asked about, and this is what it says."""
        self.ask(question, path)
        if answer:
            self.now.answers.setdefault(question, {})[path] = answer

    def told_all(self, question: Question, paths: Iterable[str], answers: Mapping[str, object]) -> None:
        """Files are asked about, and this is what those say that say something."""
        self.now.asked.setdefault(question, set()).update(paths)
        self.now.answers.setdefault(question, {}).update(answers)

    def took(self, step: Step, but: str) -> None:
        """What was read aside is used, apart from what was read of one file."""
        for question, paths in step.asked.items():
            others = paths - {but}
            if others:
                self.told_all(
                    question,
                    others,
                    {path: said for path, said in step.answers.get(question, {}).items() if path in others},
                )
        self.now.whole |= step.whole
        self.now.uses |= step.uses

    def unread(self, *files: Unread) -> None:
        """Files turn out to be unreadable."""
        self.now.unread += files

    def found(self, *findings: Finding) -> None:
        """Something is found that the report will say."""
        self.now.findings += findings

    def ask_whole(self, what: str) -> None:
        """Something is asked of the look as a whole."""
        self.now.whole.add(what)

    def everything(self, name: str) -> list[Step]:
        """A step and all that it used, each once."""
        return self._with_used(self.steps[name])

    def unread_by(self, steps: Iterable[Step]) -> list[Unread]:
        """What steps could not read, readers' troubles with the files they asked about included; sorted, each once."""
        steps = list(steps)
        found = {one for step in steps for one in step.unread}
        for kind in FACTS & self.steps.keys():
            asked = (its for step in steps for question, its in step.asked.items() if question[0] == kind)
            paths = {path for its in asked for path in its}
            found.update(one for one in self.steps[kind].unread if one.path in paths)
        return sorted(found, key=lambda one: (one.path, one.reason))

    def unread_so_far(self) -> list[Unread]:
        """What the step that is under way could not read, with all that it used."""
        return self.unread_by(self._with_used(self.now))

    def _with_used(self, step: Step) -> list[Step]:
        found: dict[str, Step] = {}
        waiting = sorted(step.uses)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.steps:
                found[name] = self.steps[name]
                waiting += sorted(found[name].uses)
        return [step, *(one for one in found.values() if one is not step)]
