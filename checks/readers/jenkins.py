"""Jenkins: the `sh` steps of a Jenkinsfile that are plain text, by stage; Groovy itself is not evaluated."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.observation import Unread
from checks.readers.plain import bounded_text
from checks.readers.workflows import Job, Step, Workflow

if TYPE_CHECKING:
    from checks.tree import Tree

PATHS = ("Jenkinsfile*", "*.jenkinsfile")
_TEXT = r"'''[\s\S]*?'''|\"\"\"[\s\S]*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\""
_TOKEN = re.compile(rf"//[^\n]*|/\*[\s\S]*?\*/|{_TEXT}|[{{}}]|\b[A-Za-z_]\w*\b")
_GIVEN = re.compile(rf"[ \t]*\(?[ \t]*(?:\w+\s*:\s*\w+\s*,\s*)*(?:script\s*:\s*)?({_TEXT})([^\n]{{0,200}})")
_MOST_STEPS = 2000
_RUNS = frozenset({"sh", "bat", "powershell", "pwsh"})
_TOLERATES = frozenset({"catchError", "warnError", "try"})
_AFTERWARDS = frozenset({"post", "catch", "finally"})
_OPENS = frozenset({"stage", "dir"}) | _TOLERATES | _AFTERWARDS
_ELSEWHERE = re.compile(r"(?m)^\s*(?:@Library\b|library[ (]|(?:def\s+)?(?:\w+\s*=\s*)?load[ ('\"])")


def read(tree: Tree, unread: list[Unread]) -> Iterator[Workflow]:
    """The pipelines of the tree's Jenkinsfiles. A job at the host says what starts each; a push is taken for it."""
    from checks.files.kinds import is_test, is_vendored

    for path in tree.match(*PATHS):
        text = "" if is_vendored(path) or is_test(path) else bounded_text(tree, path, unread)
        if text:
            reader = _Reader(path, text)
            jobs = tuple(reader.jobs())
            hidden = [*reader.hidden, *(["loads steps from elsewhere"] if _ELSEWHERE.search(text) else [])]
            hidden += [] if jobs else ["has no step that is a plain sh '…'"]
            triggers: dict[str, dict[str, object]] = {"push": {}} if jobs else {"conditional": {}}
            yield Workflow(path, path, "jenkins", triggers, jobs, hidden=tuple(hidden))


class _Reader:
    """One pass over the words of a Jenkinsfile, with the blocks that are open around each."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._blocks: list[str] = []
        """What stands before each open brace, as in "stage Test", "dir web" or "try"."""
        self._steps: dict[str, list[Step]] = {}
        self._manual: set[str] = set()
        self._left = _MOST_STEPS
        self.hidden: list[str] = []

    def jobs(self) -> Iterator[Job]:
        """One job for each stage that runs something; each needs the one before, and an `input` holds those behind."""
        self._scan()
        names = list(self._steps)
        for number, name in enumerate(names):
            steps = tuple(self._steps[name])
            title = name.removeprefix("stage ")
            needs = tuple(names[max(0, number - 1) : number])
            yield Job(name, title, self._path, steps[0].line, steps, needs, manual=name in self._manual)

    def _scan(self) -> None:
        head, at, asked = "", 0, False
        while (match := _TOKEN.search(self._text, at)) and self._left:
            word, before, at = match[0], at, match.end()
            if word == "{":
                self._blocks.append(head)
                head = ""
            elif word == "}":
                self._blocks[-1:] = []
                head = ""
            elif word in _RUNS:
                self._left -= 1
                at = self._run(match, asked=asked)
            elif word[0] in "'\"":
                head = f"{head} {word.strip(word[0])}" if head in {"stage", "dir"} else head
            elif word[0] != "/" and (
                word in _OPENS or head.split(" ")[0] not in _OPENS or "\n" in self._text[before:at]
            ):
                head = word
            asked = asked or word == "input"

    def _run(self, match: re.Match[str], *, asked: bool) -> int:
        """Take in what a step runs; where to go on."""
        after = self._text[match.end() : match.end() + 1]
        given = _GIVEN.match(self._text, match.end()) if after in {" ", "(", "\t"} else None
        if after not in {" ", "(", "\t"} or any(one.split(" ")[0] in _AFTERWARDS for one in self._blocks):
            return match.end()
        if given is None or given[2].lstrip().startswith("+"):
            self.hidden.append("runs commands that Groovy puts together")
            return match.end()
        quote = 3 if given[1][:3] in {"'''", '"""'} else 1
        stage = next((one for one in reversed(self._blocks) if one.startswith("stage ")), "stage")
        folders = [one.removeprefix("dir ") for one in self._blocks if one.startswith("dir ")]
        if asked:
            self._manual.add(stage)
        step = Step(
            name="",
            path=self._path,
            line=self._text.count("\n", 0, match.start()) + 1,
            run=textwrap.dedent(given[1][quote:-quote]),
            folder="/".join(folders),
            tolerated="returnStatus" in given[0] or any(one in _TOLERATES for one in self._blocks),
        )
        self._steps.setdefault(stage, []).append(step)
        return given.end(1)
