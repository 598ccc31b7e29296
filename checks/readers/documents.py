"""Documents by kind, and whether they say something about this system or are still a skeleton."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from checks.blanks import said_of, unfilled

if TYPE_CHECKING:
    from checks.tree import Tree

_SUFFIXES = (".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt")
_BARE = frozenset(
    {"license", "licence", "copying", "changelog", "changes", "history", "readme", "security", "codeowners"}
)
_NAMED = re.compile(rf"(?i)(?:{'|'.join(map(re.escape, _SUFFIXES))})\Z|(?:^|/)(?:{'|'.join(sorted(_BARE))})\Z")
_KINDS: dict[str, tuple[str, str]] = {
    # kind: (pattern of the path, pattern of the first heading)
    "readme": (r"(^|/)readme(\.[\w-]+)?(\.\w+)?$", ""),
    "license": (r"(^|/)(licen[cs]e|copying|unlicense)([-.][\w.-]+)?$", ""),
    "changelog": (r"(^|/)(changelog|changes|history|release[-_]?notes|news)(\.\w+)?$", r"^(changelog|release notes)\b"),
    "security-policy": (r"^(\.github/|docs/)?security(\.\w+)?$", ""),
    "contributing": (r"(^|/)contributing(\.\w+)?$", ""),
    "runbook": (
        r"runbooks?\b|playbooks?\b|(^|/)(on[-_]?call|operations)(\.\w+)?$",
        r"\b(run|play)book\b|\bon[- ]call\b",
    ),
    "incident": (
        r"incidents?[-_/.]|post[-_]?mortems?|severity[-_]levels?",
        r"\b(incident (response|management|report)|post-?mortem)\b",
    ),
    "decision": (
        r"(^|/)(adrs?|decisions?|rfcs?|design[-_]decisions?)/|(^|/)(adrs?|decisions|decision[-_](log|records?))\.\w+$",
        r"^(adr|rfc)[- ]?\d+|\bdecision record\b",
    ),
    "architecture": (
        r"(^|/)(architecture|system[-_]design|design|technical[-_]design)[\w-]*(\.\w+)?$|(^|/)architecture/|^docs?/designs?/",
        r"\b(architecture|system design|technical design)\b",
    ),
    "slo": (r"(^|[/_-])(slos?|slas?|service[-_]levels?)([/_.-]|$)", r"\b(service[- ]level|SLOs?|SLAs?)\b"),
    "requirements": (
        r"(^|/)(prd|requirements|specs?|non[-_]functional[\w-]*|nfrs?)[\w-]*\.(md|rst|adoc)$",
        r"\b(product|production|functional|non-functional) requirements?\b|\bPRD\b",
    ),
    "backup": (
        r"backups?|disaster[-_]recovery|(^|[/_-])(dr|restore|recovery)[-_.]",
        r"\b(backups?|disaster recovery)\b",
    ),
    "rollback": (r"rollbacks?|roll[-_]back", r"\broll(ing)?[- ]?back\b"),
    "deployment": (r"(^|/)(deploy(ment|ing)?)[\w-]*\.\w+$|(^|/)deployment/", r"\bdeploy(ment|ing)?\b"),
    "agents": (r"(^|/)(agents|claude|gemini)\.md$|\.cursorrules$|copilot-instructions\.md$", ""),
}
_COMPILED = {
    kind: (re.compile(path, re.IGNORECASE), re.compile(heading, re.IGNORECASE) if heading else None)
    for kind, (path, heading) in _KINDS.items()
}
_PLACEHOLDER = re.compile(
    r"\bTODO\b|\bTBD\b|\bFIXME\b|\bXXX+\b|lorem ipsum|\byour[- _](name|company|project|email|team|service)\b"
    r"|<[A-Za-z][A-Za-z _-]{2,40}>(?!\()|\[(insert|add|describe|fill|your|enter|name|date|todo)[^\]]{0,60}\](?!\()"
    r"|\{\{[^}]{1,40}\}\}|_{4,}|\bYYYY-MM-DD\b|coming soon",
    re.IGNORECASE,
)
_HTML_TAG = re.compile(r"</?(a|p|br|img|div|b|i|h\d|li|ul|ol|td|tr|th|table|code|pre|details|summary|kbd|sub|sup|em|"
                       r"strong|span|picture|source|center|video|hr)\b[^>]*>", re.IGNORECASE)  # fmt: skip
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$|^(=+)\s+(.+)$")
_RULE = re.compile(r"\s*\|?[\s|:]*-[\s|:-]*$|\s*([=\-~^*])\1{2,}\s*$")
"""The line below the head of a table, or below a title."""
_FENCE = re.compile(r"^(```|~~~)")
_ALWAYS_READ = frozenset({"readme", "license", "changelog"})
"""Documents that speak of more than one thing: a blank in them leaves the rest standing."""
_FEWEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its line and level, 1 for the title."""

    text: str
    line: int
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `kinds` are all it may be read as; `text` is its whole text."""

    path: str
    kinds: frozenset[str]
    headings: tuple[Heading, ...]
    text: str

    @property
    def title(self) -> str:
        """The first heading, "" if there is none."""
        return self.headings[0].text if self.headings else ""

    @property
    def specific(self) -> bool:
        """Whether it says something about this system; see `specific()`."""
        return specific(self.text)

    @property
    def waits(self) -> bool:
        """Whether it has blanks that a person still has to fill in."""
        return not self.kinds & _ALWAYS_READ and unfilled(self.text)

    def filled(self, words: int) -> bool:
        """Whether it says at least so many words of its own and hardly any placeholder; see `specific()`."""
        return specific(self.text, words)

    def section(self, pattern: str) -> str:
        """The text under the first heading that matches `pattern` (case ignored), sub-sections included; "" if none."""
        wanted = re.compile(pattern, re.IGNORECASE)
        for position, heading in enumerate(self.headings):
            if wanted.search(heading.text):
                after = (item for item in self.headings[position + 1 :] if item.level <= heading.level)
                end = next(after, None)
                return "\n".join(self.text.splitlines()[heading.line : end.line - 1 if end else None])
        return ""


class Documents:
    """The documents of a tree. One with blanks to fill in stands apart: it says nothing yet."""

    def __init__(self, found: tuple[Document, ...]) -> None:
        self.unfilled = tuple(item for item in found if item.waits)
        """Documents with blanks, which no probe takes for what they may become."""
        self.all = tuple(item for item in found if not item.waits)

    @classmethod
    def read(cls, tree: Tree) -> Documents:
        """Read every document outside vendored folders. Unreadable ones are left to the tree's own list."""
        from checks.files.kinds import is_vendored

        found = []
        for path in tree.named_like(_NAMED):
            name = path.rsplit("/", 1)[-1].lower()
            if (
                (name.endswith(_SUFFIXES) or name in _BARE)
                and not is_vendored(path)
                and "requirements" not in name[:-4]
            ):
                text = tree.text(path)
                if text is not None:
                    headings = _headings(path, text)
                    found.append(Document(path, _kinds(path, headings), headings, text))
        return cls(tuple(found))

    def of(self, kind: str) -> tuple[Document, ...]:
        """The documents of a kind, nearest to the root first."""
        return tuple(sorted((d for d in self.all if kind in d.kinds), key=lambda d: (d.path.count("/"), d.path)))

    def still_blank(self, kind: str) -> str:
        """What to add to "there is none": the document of that kind that has blanks to fill in; "" without one."""
        return next((said_of(item.path, item.text) for item in self.unfilled if kind in item.kinds), "")

    @cached_property
    def readme(self) -> Document | None:
        """The README at the root, or the only one there is."""
        found = [item for item in self.of("readme") if item.path.count("/") == 0 or item.path.startswith(".github/")]
        everywhere = self.of("readme")
        return found[0] if found else everywhere[0] if len(everywhere) == 1 else None


def specific(text: str, fewest: int = _FEWEST_WORDS) -> bool:
    """Whether a document is filled in: at least 60 words of its own (or `fewest`) and hardly any placeholder.

    Code blocks count as words, for a runbook is commands; headings, comments and placeholders do not.
    """
    bare = _HTML_TAG.sub(" ", re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL))
    lines = [line for line in bare.splitlines() if line.strip() and not _HEADING.match(line) and not _RULE.match(line)]
    marks = sum(1 for line in lines if _PLACEHOLDER.search(line))
    empty = sum(1 for line in lines if re.fullmatch(r"\s*([-*]|\d+\.|\|[\s|:-]*\||- \[ \])\s*", line))
    words = len(re.findall(r"\w{2,}", " ".join(line for line in lines if not _PLACEHOLDER.search(line))))
    return words >= fewest and (marks + empty) * 8 <= len(lines)


def _kinds(path: str, headings: tuple[Heading, ...]) -> frozenset[str]:
    title = headings[0].text if headings else ""
    return frozenset(
        kind
        for kind, (by_path, by_title) in _COMPILED.items()
        if by_path.search(path) or (by_title is not None and title and by_title.search(title))
    )


def _headings(path: str, text: str) -> tuple[Heading, ...]:
    found: list[Heading] = []
    lines = text.splitlines()
    fenced = False
    rst = path.endswith(".rst")
    for number, line in enumerate(lines, 1):
        if _FENCE.match(line.strip()):
            fenced = not fenced
        elif not fenced and (match := _HEADING.match(line)) and not rst:
            found.append(Heading(match[2] or match[4], number, len(match[1] or match[3])))
        elif number > 1 and re.fullmatch(r"([=\-~^*#])\1{2,}\s*", line) and (rst or line[0] in "=-"):
            above = lines[number - 2].strip()
            if above and not fenced and not above.startswith(("|", "-", "*", "#", ">")) and len(line) + 3 >= len(above):
                found.append(Heading(above, number - 1, "=-~^*#".index(line[0]) + 1))
    return tuple(found)
