"""Reads a sheet that people filled in. What cannot be understood is told with its line; nothing is passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workbook.catalogue import Catalogue
from workbook.errors import Refused
from workbook.guide import Choice
from workbook.reading import nearest
from workbook.session import Session
from workbook.text import markdown_prose
from workbook.worksheet import lines, words
from workbook.worksheet.asking import Asked, asked, audiences, digest
from workbook.worksheet.printed import Numbered, written
from workbook.worksheet.words import (
    ANSWER,
    END,
    FILLED_IN_BY,
    INTRODUCTION,
    ONE_LINE,
    READY,
    WHY,
    Field,
    normal,
)

START: Final = 30
"""Letters by which the printed words of a question are known, where its mark is gone."""

LONGEST_START: Final = 400
"""Characters of a line in which they are looked for."""

WRAPPED: Final = 6
"""Lines over which a title and its mark may have been wrapped."""

HINTS: Final = 5
"""Unknown questions for which the nearest is looked up."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person has to look at: where, and what. Texts are untrusted."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written under one question. Texts are untrusted."""

    control: str
    line: int
    choice: Choice | None
    fields: Mapping[Field, str]
    places: Mapping[Field, int]
    """The line of each field that holds something."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet, read. `strays` are lines that were written where nothing is asked, each with its text."""

    filled: tuple[Filled, ...]
    name: str
    troubles: tuple[Trouble, ...]
    strays: tuple[Numbered, ...]
    questions: int


@dataclass(slots=True)
class _Block:
    """One question while it is being read."""

    name: str
    line: int
    asked: str
    digest: str
    control: str | None = None
    open: bool = True
    """False once its words and answers are over: what follows belongs to a question whose mark is gone."""
    printed: list[Numbered] = field(default_factory=list)
    ticks: list[tuple[int, Choice]] = field(default_factory=list)
    boxes: list[Choice] = field(default_factory=list)
    values: dict[Field, list[Numbered]] = field(default_factory=dict)
    current: Field | None = None
    begun: bool = False
    added: list[str] = field(default_factory=list)
    wrong: list[Trouble] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether anything was written into its answers."""
        return bool(self.ticks or self.wrong or any(text.strip() for one in self.values.values() for _, text in one))


class _Reader:
    """Goes through a sheet line by line."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ids = {words.short(name): name for name in session.catalogue.controls}
        self.titles = {normal(one.title).lstrip("0123456789") for one in session.catalogue.controls.values()}
        self.starts = _starts(session.catalogue)
        self.known: dict[str, Asked] = {}
        self.blocks: list[_Block] = []
        self.head: list[Numbered] = []
        self.strays: list[Numbered] = []
        self.troubles: list[Trouble] = []
        self.name = ""
        self.name_open = False
        self.unknown = 0
        self.ended = False
        self.escaped = False
        self.block: _Block | None = None

    def unwrapped(self, text: str) -> Iterator[Numbered]:
        """The lines, with a title and its mark in one where a mail program wrapped them."""
        texts = text.split("\n")
        number = 0
        while number < len(texts):
            taken = next(
                (taken for taken in range(2, WRAPPED + 1) if self._is_title(texts[number : number + taken])), 1
            )
            yield number + 1, _joined(texts[number : number + taken]) if taken > 1 else texts[number]
            number += taken

    def _is_title(self, wrapped: list[str]) -> bool:
        """Whether lines together are a title of ours with its mark, and the first of them not by itself."""
        if "]" not in wrapped[-1] or max(map(len, wrapped)) > LONGEST_START or words.marked(wrapped[0]):
            return False
        mark = words.marked(_joined(wrapped)) if normal(wrapped[0]) else None
        control = self.ids.get(mark[1]) if mark else None
        title = normal(mark[0]).lstrip("0123456789") if mark else ""
        return control is not None and title == normal(self._asked(control).title).lstrip("0123456789") != ""

    def line(self, number: int, text: str) -> None:
        """Take one line."""
        mark = words.marked(text)
        if mark is not None:
            self._open(number, text, mark)
        elif normal(text[:200]).startswith(normal(END)):
            self.ended, self.block = True, None
            if not normal(text).removeprefix(normal(END)).removeprefix("questions").isdecimal():
                self.strays.append((number, text))
        elif self.block is None:
            self._outside(number, text)
        elif self.block.open and (words.torn(text, self.ids) or self._next_begins(text)):
            self.block.open = False
            self.troubles.append(Trouble(number, "the mark of a question is damaged, so what follows belongs to none"))
            self._stray(number, text)
        elif not self.block.open:
            self._stray(number, text)
        else:
            self._inside(self.block, number, text)

    def _open(self, number: int, text: str, mark: tuple[str, str, str, str]) -> None:
        before, name, asked_then, printed = mark
        self.escaped = self.escaped or words.escaped(text)
        self.block = _Block(name, number, asked_then, printed, self.ids.get(name))
        self.blocks.append(self.block)
        title = normal(before).lstrip("0123456789")
        if title and self.block.control and title != normal(self._asked(self.block.control).title).lstrip("0123456789"):
            self.strays.append((number, before.strip()))

    def _asked(self, control: str) -> Asked:
        if control not in self.known:
            self.known[control] = asked(self.session, control)
        return self.known[control]

    def _next_begins(self, text: str) -> bool:
        """Whether words of another question stand here, though no mark was found."""
        block = self.block
        if block is None or not block.begun:
            return False
        short = normal(text[:LONGEST_START])
        return short[:START] in self.starts or short.lstrip("0123456789") in self.titles

    def _outside(self, number: int, text: str) -> None:
        """Above the first question, or below the last line."""
        found = lines.label(text)
        if found and found[0] == normal(FILLED_IN_BY):
            if self.name and found[1]:
                self.troubles.append(Trouble(number, "who filled in the sheet stands there twice"))
                self._stray(number, text)
            self.name = self.name or found[1]
            self.name_open = not self.name
        elif self.name_open and not lines.is_layout(text):
            self.name, self.name_open = text.strip(), False
        else:
            self.name_open = False
            self.head.append((number, text))

    def _inside(self, block: _Block, number: int, text: str) -> None:
        found, named = lines.box(text), lines.label(text)
        if named and named[0] == normal(ANSWER) and (found := lines.answer(named[1])) is None and named[1]:
            block.wrong.append(Trouble(number, f"{named[1]!r} is none of the five answers"))
        if found and (found.choice or not block.current):
            self._box(block, number, text, found)
        elif named and (kind := lines.field(named[0])):
            self._label(block, number, kind, named[1])
        elif block.current in ONE_LINE and block.current:
            # Only what follows at once is meant: a line further down may be anybody's remark.
            value, block.current = block.values[block.current], None
            if lines.is_layout(text) or (any(one.strip() for _, one in value) and not lines.is_mail(text)):
                self._stray(number, text)
            else:
                value.append((number, text))
        elif block.current:
            block.values[block.current].append((number, text))
        elif not block.begun:
            block.printed.append((number, text))
        elif not lines.is_layout(text) and not (named and named[0] == normal(ANSWER)):
            self._stray(number, text)

    def _box(self, block: _Block, number: int, text: str, found: lines.Box) -> None:
        block.begun, block.current = True, None
        if found.choice is None:
            if found.ticked is not False or not lines.is_layout(text.replace("[", "").replace("]", "")):
                block.wrong.append(Trouble(number, "a box without one of the five answers"))
                self._stray(number, text)
            return
        if found.choice in block.boxes:
            block.wrong.append(
                Trouble(number, f"{found.choice.word!r} stands there twice; is a mark missing above it?")
            )
        block.boxes.append(found.choice)
        if found.ticked is None:
            block.wrong.append(Trouble(number, f"it cannot be told whether {found.choice.word!r} is ticked"))
        elif found.ticked:
            block.ticks.append((number, found.choice))
        if found.added and found.ticked:
            block.added.append(found.added)
        elif found.added:
            self._stray(number, text)

    def _label(self, block: _Block, number: int, kind: Field, value: str) -> None:
        block.begun, block.current = True, kind
        before = block.values.get(kind, [])
        if value and any(text.strip() for _, text in before):
            block.wrong.append(Trouble(number, f"{kind!s} stands there twice"))
        block.values[kind] = [*before, (number, value)]

    def _stray(self, number: int, text: str) -> None:
        if not lines.is_layout(text):
            self.strays.append((number, text))

    def reading(self) -> Reading:
        """What the sheet says."""
        self._check_head()
        filled: dict[str, list[Filled]] = {}
        for block in self.blocks:
            if one := self._filled(block):
                filled.setdefault(one.control, []).append(one)
        once = tuple(one for several in filled.values() for one in self._agreed(several))
        strays, troubles = sorted(self.strays), sorted(self.troubles, key=lambda one: one.line)
        return Reading(once, self._value([(0, self.name)]), tuple(troubles), tuple(strays), len(self.blocks))

    def _check_head(self) -> None:
        ends = tuple(normal(title) for title in audiences().values())
        first = next((one for one in self.head if not lines.is_layout(one[1])), None)
        if first and normal(first[1]).startswith("readinessof") and normal(first[1]).endswith(ends):
            self.head.remove(first)
        self.strays += written(self.head, INTRODUCTION)

    def _filled(self, block: _Block) -> Filled | None:
        """What a question says; None where nothing was written, or what was written cannot be taken."""
        if block.control is None:
            self.unknown += 1
            hint = nearest(block.name, self.ids) if self.unknown <= HINTS else ""
            self.troubles.append(Trouble(block.line, f"there is no question {block.name!r}{hint}"))
            self._give_up(block)
            self.strays += written(block.printed, (), block.digest)
            return None
        asked_now = self._asked(block.control)
        added = list(written(block.printed, asked_now.paragraphs[:-1], block.digest))
        changed = block.asked != digest(asked_now.question)
        # Of a question that has changed the printed words are not ours any more; that it changed is told by itself.
        self.strays += added if not changed else []
        if block is self.blocks[-1] and not self.ended:
            self.troubles.append(Trouble(block.line, f"the last line ({END} …) is missing, so this may be cut"))
        elif changed and (block.holds or added):
            block.wrong.append(Trouble(block.line, "the question has changed since this sheet was written"))
        if block is self.blocks[-1] and not self.ended:
            self._give_up(block)
            return None
        values = {kind: self._value(one) for kind, one in block.values.items()}
        values = {kind: value for kind, value in values.items() if value}
        if block.added:
            values[Field.NOTE] = "\n".join(filter(None, (*block.added, values.get(Field.NOTE, ""))))
        if len({choice.key for _, choice in block.ticks}) > 1:
            block.wrong.append(Trouble(block.ticks[1][0], "more than one answer is ticked"))
        if block.wrong:
            self.troubles += block.wrong
            self._give_up(block)
            return None
        if not block.ticks and not values:
            return None
        choice = block.ticks[0][1] if block.ticks else None
        places = {
            kind: next((number for number, text in one if text.strip()), block.line)
            for kind, one in block.values.items()
            if kind in values
        }
        return Filled(block.control, block.ticks[0][0] if block.ticks else block.line, choice, values, places)

    def _value(self, found: list[Numbered]) -> str:
        """The lines of a field as one text, without the rules and titles that separate questions."""
        texts = [text.rstrip() for _, text in found]
        while texts and lines.is_layout(texts[-1]) and not texts[-1].strip(" \t-*_#="):
            texts.pop()
        value = "\n".join(texts).strip()
        return words.unescaped(value) if self.escaped else value

    def _give_up(self, block: _Block) -> None:
        """Tell everything that was written under a question that cannot be taken."""
        self.strays += [(number, f"[x] {choice.word}") for number, choice in block.ticks]
        self.strays += [one for lines_ in block.values.values() for one in lines_ if one[1].strip()]
        self.strays += [(block.line, one) for one in block.added]

    def _agreed(self, several: list[Filled]) -> Iterator[Filled]:
        """A question that stands there several times: what it says where all say the same, else nothing."""
        same = {(one.choice, tuple(sorted(one.fields.items()))) for one in several}
        if len(same) == 1:
            yield several[0]
            return
        for one in several[1:]:
            before = f"{one.control} is answered in line {several[0].line} too, and otherwise"
            self.troubles.append(Trouble(one.line, before))
        for one in several:
            self.strays += [(one.line, f"[x] {one.choice.word}")] if one.choice else []
            self.strays += [(one.places.get(kind, one.line), value) for kind, value in one.fields.items()]


def _joined(wrapped: list[str]) -> str:
    """Lines in one, without the marks of a quotation before each."""
    return " ".join(part.strip("> \t") for part in wrapped)


def _starts(catalogue: Catalogue) -> frozenset[str]:
    """How the printed words of every question begin."""
    texts = [f"{WHY} {one.why}" for one in catalogue.controls.values()]
    texts += [f"{READY} {one.ready_when}" for one in catalogue.controls.values()]
    texts += [item.asks for item in catalogue.items.values()]
    return frozenset(short[:START] for text in texts if len(short := normal(markdown_prose(text))) >= START)


def read(session: Session, text: str) -> Reading:
    """What a sheet says, against the questions as they are now.

    Raises:
        Refused: no question of ours is in it.
    """
    reader = _Reader(session)
    for number, line in reader.unwrapped(text):
        reader.line(number, line)
    if not reader.blocks:
        raise Refused("no question of a worksheet is in it", "write one with: readiness sheet out --for open -o FILE")
    return reader.reading()
