"""Sheets as they come back from people and their programs: 500 of them, edited at random, and nothing lost."""

import random
import re
import textwrap
from collections import Counter

import pytest

from workbook.guide import CHOICES
from workbook.worksheet.reading import read
from workbook.worksheet.taking import intended
from workbook.worksheet.words import ABSENT, Field

WORDS = {choice: ABSENT if choice.needs_reason else choice.word for choice in CHOICES}
TOKEN = re.compile(r"w\d+w")


class Hand:
    """Somebody who fills in a sheet and edits it; `truth` is what they mean, `typed` every word of theirs."""

    def __init__(self, dice, clean):
        self.dice, self.count, self.truth, self.spoiled = dice, 0, {}, set()
        head, *blocks = re.split(r"(?m)^(?=## )", clean)
        blocks[-1], end = blocks[-1].split("End of", 1)
        blocks = dice.sample(blocks, dice.randint(3, 12))
        made = [self._block(block) for block in blocks]
        if dice.random() < 0.4:
            head = head.replace("Filled in by:", f"Filled in by: {self._text()}")
        if dice.random() < 0.2:
            head = head.replace("Leave the marks", f"{self._text()}\n\nLeave the marks")
        tail = f"\n\n{self._text()}\n" if dice.random() < 0.2 else ""
        self.text = self._saved(head + "".join(made) + "End of" + end + tail)

    def _word(self):
        self.count += 1
        return f"w{self.count}w"

    def _text(self, lines=1):
        about = ["signed by", "see §", "(draft)", "50 %", "naïve", "a_b", "<b>", "1.", "*soon*", "—", "C:\\dpa"]
        made = []
        for _ in range(self.dice.randint(1, lines)):
            made.append(" ".join([self._word(), *self.dice.sample(about, 2), self._word()]))
            made += [""] * (self.dice.random() < 0.2)
        return "\n".join(made).strip()

    def _block(self, block):
        control = re.search(r"\[ref (\S+)", block)[1]
        fields, choice = {}, None
        if self.dice.random() < 0.8:
            choice = self.dice.choice(CHOICES)
            block = block.replace(f"- [ ] {WORDS[choice]}", self._tick(WORDS[choice]), 1)
            fields = self._fields(choice)
            for kind, value in fields.items():
                label = self._label(str(kind)) + self.dice.choice((" ", "\n"))
                block = block.replace(f"- {kind}:", f"{label}{value}", 1)
        block = self._edited(control, block, choice)
        if choice and control not in self.spoiled:
            self.truth[control] = (choice, fields)
        return block

    def _fields(self, choice):
        fields = {}
        if self.dice.random() < 0.7:
            fields[Field.NOTE] = self._text(4)
        if choice.needs_reason:
            fields[Field.REASON] = self._text(2)
        if self.dice.random() < 0.4:
            fields[Field.EVIDENCE] = "\n".join(
                self.dice.choice([f"https://example.com/{self._word()}", f"- the safe {self._word()}"])
                for _ in range(2)
            )
        if self.dice.random() < 0.3:
            fields[Field.OWNER] = f"Bo {self._word()} <bo@example.com>"
        if self.dice.random() < 0.3:
            fields[Field.NAME] = f"Max {self._word()}"
        return fields

    def _tick(self, word):
        bullet = self.dice.choice(["-", "-", "*", "+", "•", "–", "3.", ""])  # noqa: RUF001
        inside = self.dice.choice(["x", "X", " x ", "✓"])
        said = self.dice.choice([word, word, word.upper(), f"**{word}**", word.replace("'", "\u2019"), f"{word}."])
        return f"{bullet} [{inside}]  {said}".strip()

    def _label(self, label):
        return self.dice.choice([f"- {label}:", f"- {label}:", f"{label.upper()} :", f"**{label}:**", f"* {label}:"])

    def _edited(self, control, block, choice):
        """One more thing people do to a question; some of them spoil it, which must be told."""
        kind = self.dice.randrange(14)
        if kind == 0:
            block = block.replace("Why it matters", f"{self._text()}\n\nWhy it matters")
        elif kind == 1:
            block = "\n".join(
                one if one.startswith(("- ", "## ")) else textwrap.fill(one, 50) for one in block.split("\n")
            )
        elif kind == 2:
            block = re.sub(r"^## \d+\.", f"### {self.dice.randint(1, 99)})", block)
        elif kind == 3:
            block = "\n".join(one for one in block.split("\n") if not one.startswith("- [ ]"))
        elif kind == 4:
            block = block.replace("\n\nReady when", f" {self._text()}\n\nReady when", 1)
        elif kind == 5:
            self.spoiled |= {control} if choice else set()
            block = block.replace(f"[ref {control}", f"[ref {control[:-1]}0")
        elif kind == 6:
            self.spoiled |= {control} if choice else set()
            block = re.sub(r"( \[ref \S+) [0-9a-f]{12}", r"\1 " + "0" * 12, block)
        elif kind == 7 and choice and "- [ ] " in block:
            self.spoiled |= {control} if choice else set()
            block = block.replace("- [ ] ", "- [x] ", 1)
        elif kind == 8:
            self.spoiled |= {control} if choice else set()
            block = re.sub(r" \[ref [^\]]*\]", self.dice.choice(["", f" [ref {control}", " [ref"]), block)
        elif kind == 10:
            title, rest = block.split("\n", 1)
            block = textwrap.fill(title, self.dice.choice([30, 50, 72]), break_on_hyphens=False) + "\n" + rest
        elif kind == 9:
            block = f"{block.rstrip()}\n\n{self._text()}\n\n"
        return block

    def _saved(self, text):
        """What programs do to the whole."""
        kind = self.dice.randrange(10)
        if kind == 0:
            text = text.replace("\n", "  \n")
        elif kind == 1:
            text = re.sub(r"(?m)^#+ ", "", text)
        elif kind == 2:
            text = text.replace("- [ ]", "* [ ]").replace("\n\n", "\n\n\n")
        elif kind == 3:
            text = text.replace("\n## ", "\n---\n\n## ")
        elif kind == 4:
            text = text.replace("- [ ]", "- []")
        return text


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.stress
def test_random_edits_lose_nothing_and_put_no_word_in_another_s_mouth(session, sheet, scale, figure):
    count, wrong, sheets = Counter(), [], scale(60, 500)
    for seed in range(sheets):
        hand = Hand(random.Random(seed), sheet)  # noqa: S311  # the sheets must be the same on every run
        reading = read(session, hand.text)
        found = {one.control: one for one in reading.filled}
        for control, (choice, fields) in hand.truth.items():
            one = found.get(control)
            said = {"": choice, **fields}
            read_as = {"": one.choice, **one.fields} if one else {}
            for kind, value in said.items():
                got = read_as.get(kind)
                right = got is value if kind == "" else got is not None and squeezed(got) == squeezed(value)
                count["fields"] += 1
                count["right"] += right
                wrong += [] if right else [(seed, control, kind, value, got)]
        for control, one in found.items():
            count["false"] += one.choice is not hand.truth.get(control, (None, {}))[0]
            wrong += [(seed, control)] if control in hand.spoiled and one.choice else []
        kept = " ".join(
            [reading.name, *(text for one in reading.filled for text in one.fields.values())]
            + [text for _, text in reading.strays]
        )
        typed = set(TOKEN.findall(hand.text))
        count["typed"] += len(typed)
        lost = typed - set(TOKEN.findall(kept))
        count["lost"] += len(lost)
        wrong += [(seed, sorted(lost)[:5])] if lost else []
        if hand.spoiled:
            count["spoiled"] += 1
            count["told"] += bool(reading.troubles or reading.strays)
        lines = hand.text.count("\n") + 1
        assert all(1 <= line <= lines for line in [one.line for one in intended(session, reading, "Lea").troubles])
    figure(
        "edited worksheets, fields read back",
        ">= 99 %, 0 lost, 0 false",
        f"{sheets} sheets: {count['right']} of {count['fields']} fields right, {count['lost']} of {count['typed']} "
        f"typed words lost, {count['false']} false answers, {count['told']} of {count['spoiled']} spoiled sheets told",
    )
    assert (count["lost"], count["false"], count["told"]) == (0, 0, count["spoiled"]), wrong[:5]
    assert count["right"] >= 0.99 * count["fields"], wrong[:5]
