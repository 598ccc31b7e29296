"""Who read what: the files that each probe, and the work it shares with others, asked about during a look.

A probe whose files did not change since gives the same answer again (`checks.cache.answers`). So whatever a probe can
learn of a file must pass by here, and what is worked out once and used by many is a step of its own: its reads count
for all who use it, not for the first alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
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
DECIDES: Final = ("what decides where web imports lead", "")
"""The content too, of files that are read in every look: see `Look.read_what_decides`."""
PYTHON_MODULE: Final = "python module"
WEB_MODULE: Final = "web module"
MODULES: Final = frozenset({PYTHON_MODULE, WEB_MODULE})
"""What is asked of these is one field of a module, "" for all of it with its lines, or whether there is one."""
READABLE: Final = "readable"
MEASURE: Final = ("complexity", "")
"""What readers make of a file: rows of `checks.cache.facts` with that kind."""

_GATHERED: Final = "gathered"

FACTS: Final = MODULES | {MEASURE[0]}
"""What is compared as those rows where a file changed, not as its content."""

ALL_FILES: Final = "all files"
ENDING: Final = "files that end so"
MATCHING: Final = "files that match"
ANY_MATCHING: Final = "whether any file matches"
NAMED_LIKE: Final = "files that are named like"
SOURCES: Final = "code of the product"
TESTS: Final = "tests"
TEST_FILES: Final = "tests that end so"
LOADABLE: Final = "code beside tests"
FILE: Final = "a file"
PLACE: Final = "a file or folder"
TRACKED: Final = "whether git knows a file"
"""What is asked of the list of files, whatever they hold."""

PYTHON_IMPORT: Final = "Python import"
WEB_IMPORT: Final = "web import"
WEB_FILE: Final = "web file"
LOOKUPS: Final = frozenset({PYTHON_IMPORT, WEB_IMPORT, WEB_FILE})
"""Where names of a folder lead, asked of the list of files too: looked up again, and compared, where it changed."""

RESOLVING: Final = "where web imports lead"
"""The step of a look that reads what packages and compilers are told of it."""

REMEMBERED: Final = "remembered"
"""The step of a look in which answers of files are counted that no other rests on, for the next look to know them."""

CODE: Final = "code rules: "
GIT: Final = "git"
"""What is asked of the whole look: what semgrep read, or with rules behind it found, and the history."""

_FEW: Final = 64
"""Paths that a set may hold without it being looked for among others."""


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


def gathered(among: Question, question: OfOneFile) -> str:
    """The kind of a question that is asked of all files that are called so, where only those count that say something.

    A file that is added and says nothing makes no difference to who asks, nor does one that is gone and said nothing.
    """
    return "\n".join([_GATHERED, *among, name_of(question)])


def taken_apart(kind: str) -> tuple[str, Question | None]:
    """The name of a question, and what files it was asked of, where it was `gathered`."""
    if not kind.startswith(f"{_GATHERED}\n"):
        return kind, None
    _, of, *argument, name = kind.split("\n")
    return name, (of, "\n".join(argument))


CARRIED: Final[set[str]] = set()
"""The steps of `carried`."""


def carried(step: str) -> str:
    """Register a step whose reads are kept, so that who must be asked again need not do all of its work again.

    Its work asks `Look.take_up` whether it would read the same; returns the name.
    """
    CARRIED.add(step)
    return step


class Step:
    """What one probe, or one piece of shared work, asked for by itself, and which other steps it used."""

    def __init__(self) -> None:
        self.asked: dict[Question, Set[str]] = {}
        self.answers: dict[Question, dict[str, object]] = {}
        """What files answered to questions of their own kind, where it was something."""
        self.listing: set[Question] = set()
        """What was asked of the list of files."""
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
        self.now = self._outermost = Step()
        """The step that is under way."""
        self._shared: dict[frozenset[str], frozenset[str]] = {}
        self.lookups: dict[str, dict[str, dict[str, str]]] = {}
        """Where names lead, by the kind of `LOOKUPS` and the folder they were looked up from."""
        self.leaning: set[str] = set()
        """Questions of `of_one_file` by name that some file answered with more than itself: see `leaned`."""
        self.troubled: set[str] = set()
        """Files that turned out to be unreadable, at least in part."""

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
        if outer is self._outermost:
            self._share()

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
            self.now.asked[question] = {path}
        elif path not in asked:
            self._own(question, asked).add(path)

    def ask_all(self, question: Question, paths: Iterable[str]) -> None:
        """Files are asked about."""
        asked = self.now.asked.get(question)
        if asked is None:
            self.now.asked[question] = set(paths)
        elif isinstance(asked, set) or not asked >= frozenset(paths):
            self._own(question, asked).update(paths)

    def ask_listing(self, kind: str, argument: str = "") -> None:
        """The list of files is asked."""
        self.now.listing.add((kind, argument))

    def looked_up(self, kind: str, folder: str, name: str, found: Iterable[str]) -> None:
        """A name was looked up from a folder among the files, and this is what it leads to."""
        self.now.listing.add((kind, folder))
        self.lookups.setdefault(kind, {}).setdefault(folder, {})[name] = "\n".join(found)

    def told(self, question: Question, path: str, answer: object) -> None:
        """A file is asked about, and this is what it says."""
        self.ask(question, path)
        if answer:
            self.now.answers.setdefault(question, {})[path] = answer

    def told_all(self, question: Question, paths: Iterable[str], answers: Mapping[str, object]) -> None:
        """Files are asked about, and this is what those say that say something."""
        self.ask_all(question, paths)
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
        self.now.listing |= step.listing
        self.now.whole |= step.whole
        self.now.uses |= step.uses

    def leaned(self, question: str, step: Step) -> bool:
        """Whether what was read aside for an answer is more than a file: others that are listed, or shared work.

        Where names lead is not counted: files from which names lead elsewhere are known (`lookups`).
        """
        leans = any(kind not in LOOKUPS for kind, _ in step.listing)
        used = self.with_used(step, but=RESOLVING)[1:] if step.uses else ()
        leans = leans or any(one.asked or one.listing or one.whole for one in used)
        if leans:
            self.leaning.add(question)
        return leans

    def lean(self, step: Step) -> None:
        """What was read aside beside a file is used."""
        self.now.listing.update(one for one in step.listing if one[0] not in LOOKUPS)
        self.now.uses |= step.uses - {RESOLVING}

    def unread(self, *files: Unread) -> None:
        """Files turn out to be unreadable."""
        self.now.unread += files
        self.troubled.update(one.path for one in files)

    def found(self, *findings: Finding) -> None:
        """Something is found that the report will say."""
        self.now.findings += findings

    def ask_whole(self, what: str) -> None:
        """Something is asked of the look as a whole."""
        self.now.whole.add(what)

    def everything(self, name: str) -> list[Step]:
        """A step and all that it used, each once."""
        return self.with_used(self.steps[name])

    def asked_by(self, name: str) -> set[str]:
        """The files that the step of that name asked about; none where there was no such step."""
        step = self.steps.get(name)
        return {path for paths in step.asked.values() for path in paths} if step else set()

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
        return self.unread_by(self.with_used(self.now))

    def _own(self, question: Question, asked: Set[str]) -> set[str]:
        """The set of a step, to be added to: one that is held for many as well is copied."""
        if not isinstance(asked, set):
            asked = self.now.asked[question] = set(asked)
        return asked

    def _share(self) -> None:
        """Hold large sets that are the same once: most probes ask something of all code, and of the code that runs."""
        for step in self.steps.values():
            for question, paths in step.asked.items():
                if len(paths) > _FEW and isinstance(paths, set):
                    same = frozenset(paths)
                    step.asked[question] = self._shared.setdefault(same, same)

    def with_used(self, step: Step, but: str = "") -> list[Step]:
        """A step and all that it used, `but` the one of that name, each once."""
        found: dict[str, Step] = {}
        waiting = sorted(step.uses)
        while waiting:
            name = waiting.pop()
            if name not in found and name != but and name in self.steps:
                found[name] = self.steps[name]
                waiting += sorted(found[name].uses)
        return [step, *(one for one in found.values() if one is not step)]


class Noted(list["Unread"]):
    """Files that could not be read, which tells who added what."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def append(self, file: Unread) -> None:
        """Add a file."""
        self._reads.unread(file)
        super().append(file)

    def extend(self, files: Iterable[Unread]) -> None:
        """Add files."""
        for file in files:
            self.append(file)
