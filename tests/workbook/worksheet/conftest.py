"""A workbook, its sheet, and somebody who fills it in."""

from __future__ import annotations

import pytest

from workbook.exports.worksheet import to_markdown
from workbook.session import Session
from workbook.worksheet.reading import read
from workbook.worksheet.taking import intended, take


@pytest.fixture
def session(repository):
    made = Session(repository)
    made.start(["fifty-point"])
    made.save()
    return made


@pytest.fixture
def sheet(session):
    return to_markdown(session, "open")


class Paper:
    """A sheet that is filled in line by line, as with a text editor."""

    def __init__(self, text):
        self.text = text

    def _block(self, control):
        start = self.text.index(f"[ref {control} ")
        end = self.text.find("\n## ", start)
        return start, len(self.text) if end < 0 else end

    def replace(self, control, old, new):
        start, end = self._block(control)
        block = self.text[start:end]
        assert old in block
        self.text = self.text[:start] + block.replace(old, new, 1) + self.text[end:]
        return self

    def tick(self, control, word="yes"):
        return self.replace(control, f"- [ ] {word}", f"- [x] {word}")

    def write(self, control, label, value):
        return self.replace(control, f"- {label}:", f"- {label}: {value}")

    def signed(self, name="Lea Legal"):
        self.text = self.text.replace("Filled in by:", f"Filled in by: {name}", 1)
        return self

    def line_of(self, part):
        return self.text[: self.text.index(part)].count("\n") + 1


@pytest.fixture
def paper(sheet):
    return Paper(sheet)


@pytest.fixture
def bring_in(session):
    """Reads a sheet and takes it; what it was read as, and what it did."""

    def run(text, by=""):
        reading = read(session, text)
        found = intended(session, reading, by)
        take(session, found)
        return reading, found

    return run
