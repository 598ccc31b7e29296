"""What the code rules saw: matches, the files read in full, and why anything else was not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from checks.observation import Severity, Unread

FACT = "fact."
"""Rules under this prefix count things (calls, handlers); their matches are no complaint and become no finding."""


@dataclass(frozen=True, slots=True)
class RawMatch:
    """One place a rule matched. `path` is relative to the root; `signal` is the signal the rule feeds."""

    rule: str
    path: str
    line: int
    end_line: int
    message: str
    severity: Severity
    signal: str

    @property
    def is_fact(self) -> bool:
        """Whether the match only counts something, so that a probe can compute a ratio."""
        return self.rule.startswith(FACT)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What the code rules saw in one file. It depends on that file alone: every rule looks at one file at a time.

    `unread` says why not every rule read all of it, "" where they did; `left_out` that its content is minified or
    generated, `wordless` that it lacks the words of every rule, so that nothing had to be run to know it clean.
    `lasting` is False where another run may see more (a time limit was met): not to be kept in a cache.
    """

    matches: tuple[RawMatch, ...] = ()
    unread: str = ""
    left_out: bool = False
    lasting: bool = True
    wordless: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """One run of the code rules over some files, by path in the tree; `trouble` and `tool` as in `CodeFindings`.

    A file that was asked for and is missing in `files` was not looked at; `trouble` says why. While that is set,
    nothing of the run is worth keeping in a cache.
    """

    files: Mapping[str, FileResult] = field(default_factory=dict)
    trouble: str | None = None
    tool: str = ""


@dataclass(frozen=True, slots=True)
class CodeFindings:
    """The result of one run of the code rules.

    `examined` holds the files every rule read in full, `unread` those it could not or only partly read, `left_out`
    those whose content is minified or generated. `trouble` is one line that says what went wrong with the run as a
    whole and what to do; while it is set, matches are real but their absence means nothing. `tool` is the tool and
    rule-set version.
    """

    findings: tuple[RawMatch, ...] = ()
    examined: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()
    trouble: str | None = None
    tool: str = ""
    left_out: frozenset[str] = frozenset()

    def of(self, *rules: str) -> tuple[RawMatch, ...]:
        """Matches of the given rules; `fact.http.call` means that rule and all below it (`fact.http.call.py`)."""
        below = tuple(f"{rule}." for rule in rules)
        return tuple(match for match in self.findings if match.rule in rules or match.rule.startswith(below))

    def complete_for(self, paths: Iterable[str]) -> bool:
        """Whether every rule read all of the team's own files among `paths`, so that "no match" means there is none."""
        # Asked file by file as well: no set of all files is made for it.
        return self.trouble is None and all(path in self.examined or path in self.left_out for path in paths)


class AskedFindings:
    """`CodeFindings` as a probe sees them: of which rules it asks for matches is said, so that others do not matter."""

    def __init__(self, code: CodeFindings, ask: Callable[[str], None]) -> None:
        self._code, self._ask = code, ask

    def of(self, *rules: str) -> tuple[RawMatch, ...]:
        """As `CodeFindings.of`."""
        self._ask(" ".join(rules))
        return self._code.of(*rules)

    def complete_for(self, paths: Iterable[str]) -> bool:
        """As `CodeFindings.complete_for`."""
        return self._read.complete_for(paths)

    @property
    def trouble(self) -> str | None:
        """What went wrong with the run as a whole."""
        return self._read.trouble

    @property
    def examined(self) -> frozenset[str]:
        """The files every rule read in full."""
        return self._read.examined

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The files that were not, or only partly, read."""
        return self._read.unread

    @property
    def _read(self) -> CodeFindings:
        self._ask("")
        return self._code


def gather(scan: Scan) -> CodeFindings:
    """The results of all files together. A scan may be put together from several: the order does not matter."""
    read = {path: result for path, result in scan.files.items() if not result.left_out}
    return CodeFindings(
        findings=tuple(sorted((match for result in scan.files.values() for match in result.matches), key=_order)),
        examined=frozenset(path for path, result in read.items() if not result.unread),
        unread=tuple(Unread(path, result.unread) for path, result in sorted(read.items()) if result.unread),
        trouble=scan.trouble,
        tool=scan.tool,
        left_out=frozenset(scan.files.keys() - read.keys()),
    )


def _order(match: RawMatch) -> tuple[str, int, int, str]:
    return (match.path, match.line, match.end_line, match.rule)
