"""A session whose every untrusted field holds payloads, between tags that tell afterwards which of them were shown.

A new untrusted field belongs here: put `self.text(…)` into it, and every export, screen and command is tested with it.
"""

import json
import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import workbook.view
from checks.hotspots import HotFile, Hotspot, Hotspots
from checks.observation import (
    Examined,
    Finding,
    Location,
    Observation,
    Outcome,
    ProbeReport,
    Proposal,
    Severity,
    Unread,
)
from workbook.catalogue import load_catalogue
from workbook.people import People
from workbook.session import Session

TODAY = date(2026, 11, 20)
CHECKLIST = "fifty-point"
EVIDENCE = ("link:url", "file:path", "elsewhere:where", "report:tool", "drill:what")
OUTCOMES = (Outcome.UNMET, Outcome.PARTIAL, Outcome.MET, Outcome.UNKNOWN)
LONGEST = 300
"""Characters of one payload on a screen: a longer one would push all others out of sight."""


class Team:
    """Deals the payloads out over the fields, `each` of them to a field, round and round."""

    def __init__(self, payloads, each=4):
        self.payloads, self.each, self.at = list(payloads), each, 0
        self.groups = {}
        """What stands between the tags of each number."""

    def text(self, where="", *, one_line=False):
        """The next payloads, tagged; `where` is a word that tells the kind of field."""
        number = len(self.groups)
        chosen = [self.payloads[(self.at + offset) % len(self.payloads)] for offset in range(self.each)]
        self.at += self.each
        self.groups[number] = (where, chosen)
        text = " ".join((f"q{number}q", *(payload[:LONGEST] for payload in chosen), f"z{number}z"))
        return " ".join(text.split()) if one_line else text

    def shown(self, text):
        """The numbers of the fields that stand in a text from their first tag to their last."""
        ended = set(re.findall(r"z(\d+)z", text))
        return {int(number) for number in re.findall(r"q(\d+)q", text) if number in ended}

    def scanner_report(self):
        """A report of another tool with hostile texts where a tool, a rule and a path are named."""
        places = [
            {
                "ruleId": self.text("rule"),
                "level": "error",
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": self.text("path")}}}],
            }
            for _ in range(5)
        ]
        driver = {"name": self.text("tool"), "version": self.text("tool")}
        return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": places}]}

    def broken(self, text):
        """The fields whose text broke its line, so that the rest of it stands there as if the program had said it."""
        lines = [line for line in text.split("\n") if re.search(r"q\d+q", line)]
        whole = {number for line in lines for number in self.shown(line)}
        return [f"{self.groups[number]} broke its line" for number in self.shown(text) - whole]

    def kinds(self, text):
        """The kinds of fields of which at least the beginning stands in a text."""
        return {self.groups[int(number)][0] for number in set(re.findall(r"q(\d+)q", text))}

    def path(self, where="path"):
        return self.text(where, one_line=True).replace("\0", "").replace("/", "∕")[:180]  # noqa: RUF001  # looks like one

    def written(self, where):
        """A text as a TOML file can hold one: without lone surrogates."""
        return self.text(where).encode("utf-8", "replace").decode()

    def argument(self):
        """An argument of a command, as an operating system can pass one on."""
        return re.sub("[\0\ud800-\udc7f\udd00-\udfff]", "?", self.text("argument"))

    # What a pull request brings

    def state(self, catalogue):
        """A state file by somebody who means harm. TOML itself holds no lone surrogates and no NUL is left out."""
        lines = ["schema = 1", f'catalogue = "{catalogue.version}"', "", "[workbook]", f'decides = "{CHECKLIST}"']
        lines += [f"also = [{toml(self.text('also'))}]", f"profiles = [{toml(self.text('profile'))}]"]
        lines += ["", "[scope]", f"by = {toml(self.text('scope by'))}", "at = 2026-11-20", "server = true", ""]
        names = catalogue.controls_of((CHECKLIST,))
        for index, name in enumerate(names):
            lines += [f"[controls.{name}]", *self._answer(index), ""]
        lines += [f"[measurements.{toml(self.text('measurement'))}]", "value = 1", f"unit = {toml(self.text('unit'))}"]
        lines += [f"source = {toml(self.text('source'))}", ""]
        lines += [f"[controls.{toml(self.text('unknown control'))}]", 'status = "ready"', ""]
        lines += self._beside_answers()
        return "\n".join(lines) + "\n"

    def _beside_answers(self):
        """What the state file holds besides answers: a number, a level, a fact, an item, a decision, a standoff."""
        by, at = f"by = {toml(self.text('signed by'))}", "at = 2026-11-19"
        other = f'{{ value = 2, unit = "count", source = {toml(self.text("standoff"))} }}'
        yield from ("[measurements.views]", "value = 1", 'unit = "count"', f"source = {toml(self.text('source'))}", "")
        yield from ("[measurements.fields]", "value = 1", 'unit = "count"', f"source = {toml(self.text('source'))}")
        yield from (f'clash = [{{ unit = "all", other = {other} }}]', "")
        yield from ("[scores.ten-gates]", f"security = {{ level = 2, {by}, {at} }}", "")
        note = f"note = {toml(self.text('fact note'))}"
        yield from ("[attested]", f"core-logic-sound = {{ holds = true, {by}, {at}, {note} }}", "")
        yield from (
            '[items."fifty-point.1.1"]',
            'status = "ready"',
            by,
            at,
            f"reason = {toml(self.text('item reason'))}",
            "",
        )
        yield from ('[decisions."2026-11-19"]', 'outcome = "conditional"', f"commit = {toml(self.text('decided on'))}")
        yield f"verdict = {toml(self.text('decided verdict'))}"
        yield f"by = [{{ name = {toml(self.text('decider'))}, role = {toml(self.text('role'))} }}]"
        promise = f"text = {toml(self.text('condition'))}, owner = {toml(self.text('condition owner'))}"
        yield from (f"conditions = [{{ {promise}, due = 2026-12-10 }}]", "")

    def _answer(self, index):
        status = ("needs-review", "ready", "not-applicable", "blocker", "wrong")[index % 5]
        kind, key = EVIDENCE[index % len(EVIDENCE)].split(":")
        address = "https://example.com/" if kind == "link" else ""
        yield f"status = {toml(self.text('status') if status == 'wrong' else status)}"
        yield f"by = [{toml(self.text('by'))}]"
        yield "at = 2026-11-19"
        yield f"note = {toml(self.text('note'))}"
        yield f"reason = {toml(self.text('reason'))}"
        yield f"owner = {toml(self.text('owner'))}"
        yield f"dispute_note = {toml(self.text('dispute note'))}"
        if status == "needs-review":
            yield 'gap = "partial"'
        if index % 3 == 0:
            yield f"watch = [{toml(self.text('watch'))}]"
            yield f'pins = "{index:012x}"'
        yield f"evidence = [{{ kind = {toml(kind)}, {key} = {toml(address + self.text('evidence'))} }}]"

    def waivers(self, catalogue):
        """Accepted risk of the same kind."""
        lines = ["schema = 1", ""]
        for name in catalogue.controls_of((CHECKLIST,))[3:40:5]:
            lines += [f"[waivers.{name}]", "at = 2026-11-19", "expires = 2027-01-19"]
            lines += [f"{key} = {toml(self.text(f'waiver {key}'))}" for key in ("reason", "owner", "approved_by")]
        return "\n".join(lines) + "\n"

    # What the reviewed tree brings

    def report(self, catalogue, commit=""):
        """What probes would say of a tree with such names and lines."""
        observations, findings = {}, []
        for index, name in enumerate(catalogue.signals):
            where = Location(self.path(), index + 1, index + 1)
            observations[name] = Observation(
                name, OUTCOMES[index % 4], self.text("summary"), (self.path("searched"),), (where,)
            )
            if index % 4 == 0:
                place = Location("api/users.py", 5, 5) if index % 8 else where
                severity = tuple(Severity)[index % len(Severity)]
                findings.append(Finding("rule", name, place, severity, self.text("message"), self.text("snippet")))
        unread = tuple(Unread(self.path("unread"), self.text("unread reason")) for _ in range(3))
        proposals = tuple(
            Proposal(name, index % 2 == 0, self.text("proposal"), (Location(self.path(), 1),))
            for index, name in enumerate(catalogue.scope)
        )
        hot = Hotspot(self.path(), self.text("function"), 1, 30, None, 9, 3, 1, 90)
        file = HotFile(self.path(), 1, 30, None, None, None, None, None, None, 9, 3, 1, 90)
        table = Hotspots((hot,), (file,), self.text("churn"))
        files = Examined(2, unread[:1], unread[1:])
        return ProbeReport(commit, observations, tuple(findings), files, proposals, hotspots=table)

    # What a team's own checklist brings

    def catalogue(self):
        """The published catalogue with every text replaced; ids, which are checked when one is read, stay."""
        real = load_catalogue()
        controls = {
            name: replace(
                one,
                title=self.written("control title"),
                why=self.written("why"),
                ready_when=self.written("ready when"),
                severity_reason=self.written("severity reason"),
                applies_if=self.written("applies if"),
                freshness=replace(one.freshness, text=self.written("freshness")),
            )
            for name, one in real.controls.items()
        }
        scope = {name: replace(one, question=self.written("fact")) for name, one in real.scope.items()}
        checklists = {slug: self._checklist(one) for slug, one in real.checklists.items()}
        return replace(real, controls=controls, checklists=checklists, scope=scope)

    def _checklist(self, one):
        items = tuple(replace(item, title=self.written("item title"), asks=self.written("asks")) for item in one.items)
        pillars = tuple(replace(pillar, title=self.written("pillar")) for pillar in one.pillars)
        named = {
            "name": self.written("checklist"),
            "summary": self.written("summary of checklist"),
            "word": self.written("word"),
        }
        return replace(one, items=items, pillars=pillars, **named)

    # All of it in one place

    def prepare(self, root, monkeypatch):
        """A repository, and a catalogue for every session that is opened on it."""
        catalogue = self.catalogue()
        left_out = (self.text("left out"),)
        monkeypatch.setattr(workbook.view, "catalogue_of", lambda _: (catalogue, left_out))
        (root / "api").mkdir(parents=True)
        code = "\n".join(self.text("code", one_line=True) for _ in range(12))
        (root / "api" / "users.py").write_text(code, encoding="utf-8", errors="replace")
        git(root, "init", "-q", "-b", "topic/\u202eхост-]-@user-<b>")  # noqa: RUF001  # what git lets pass in a name
        git(root, "config", "user.name", "Ana \x1b]0;x\x07 [/] \u202e Example")
        git(root, "config", "user.email", "ana@example.com")
        git(root, "add", "-A")
        git(root, "commit", "-qm", "Start")
        (root / "readiness.toml").write_text(self.state(catalogue), encoding="utf-8")
        (root / "readiness-waivers.toml").write_text(self.waivers(catalogue), encoding="utf-8")
        return catalogue

    def session(self, root, monkeypatch):
        """A session that has looked already."""
        catalogue = self.prepare(root, monkeypatch)
        opened = Session(root, People("Ana Example <ana@example.com>"), today=lambda: TODAY)
        opened.accept(self.report(catalogue, opened.place.commit))
        return opened


def toml(text):
    """A TOML string of any text; lone surrogates and NUL cannot stand in one."""
    clean = text.encode("utf-8", "replace").decode().replace("\0", "\x01")
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def git(root: Path, *arguments):
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True)
