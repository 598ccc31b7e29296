"""Two people, editors that know nothing of us, branches, damage and crashes: what each was told stays true.

A state machine with a model beside it. The model knows what is on disk, because it knows every acknowledged save and
every act of others, and what each client saw and has not saved. It is compared with the real thing after every step.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from workbook import session as session_module
from workbook.answers import Status
from workbook.errors import Refused
from workbook.ledger.owned_drafts import OwnedDraft
from workbook.merge.merging import merge
from workbook.people import People
from workbook.places import Place
from workbook.session import Session
from workbook.store import MISSING, Clashed, Edit, Saved, apply, drafts, same


def _loaded(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


model = _loaded("store_model")
ANA, BO = "Ana Example <ana@example.com>", "Bo Sample <bo@example.com>"
CONTROLS = ("integration-tests", "rate-limiting", "secrets-manager")
START = "# By hand, safe to edit.\nschema = 1\n\n" + "\n".join(
    f'# Title of {name}\n[controls.{name}]\nstatus = "unanswered"\n' for name in CONTROLS
)
TEXTS = ("", "a", "b", "c", 'quoted "text" # no comment', "two\nlines", "[controls.x]", "ümlaut")
CALLS = ("open", "write", "fsync", "replace", "close", "unlink", "scandir")

IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Crashes here are those of processes, not of disks, so nothing waits for one."""

clients = st.integers(0, 1)
controls = st.sampled_from(CONTROLS)
texts = st.sampled_from(TEXTS)
counted = Counter()
live = set()


class Machine(RuleBasedStateMachine):
    """The rules are what people, editors, git and bad luck do."""

    @initialize()
    def begin(self):
        self.root = Path(tempfile.mkdtemp(prefix="readiness-machine-", dir=IN_MEMORY))
        self.path, self.private = self.root / "readiness.toml", self.root / ".git" / "readiness"
        (self.root / ".git").mkdir()
        self.number = 0
        self.comments = []
        self.raw = START.encode()
        self.path.write_bytes(self.raw)
        self.branch = None
        self.clients = [self.opened(0), self.opened(1)]

    # What is there

    def opened(self, at):
        session = Session(self.root, people=People((ANA, BO)[at]), today=lambda: date(2026, 11, 20))
        client = model.Client(f"client {at}", session, deepcopy(self.disk), self.damaged)
        live.update(client.draft_names)
        return client

    @property
    def disk(self):
        return {} if self.damaged or self.raw is None else tomllib.loads(self.raw.decode())

    @property
    def damaged(self):
        return getattr(self, "damage", None) is not None

    def seldom(self, every):
        """Whether it is the turn of what ends a session: were it always, no session would live to see a clash."""
        self.turn = getattr(self, "turn", 0) + 1
        return self.turn % every == 0

    def fresh(self):
        self.number += 1
        return self.number

    def set_raw(self, raw):
        self.raw = raw
        self.path.unlink(missing_ok=True)
        if raw is not None:
            self.path.write_bytes(raw)

    def client(self, at):
        """The client, started again where it had crashed."""
        if self.clients[at] is None:
            self.start_again(at)
        return self.clients[at]

    def refused(self, client, doing):
        """Do it where the client may edit; say whether it was refused."""
        if client.trouble or not client.session.has_state:
            with pytest.raises(Refused):
                doing()
            return True
        doing()
        return False

    # People

    @rule(at=clients, control=controls, text=texts)
    def write_note(self, at, control, text):
        client, table = self.client(at), ("controls", control)
        before = client.looks()
        if self.refused(client, lambda: client.session.note(control, text)):
            return
        self.edited(client, before, {table: before})
        assert client.shows((table, "note"), text or MISSING)

    @rule(control=controls, both=st.permutations(TEXTS), then=st.sampled_from(["save", "save", "save", "die"]))
    def write_notes_against_each_other(self, control, both, then):
        for at in range(2):
            self.write_note(at, control, both[at])
        if then == "save":
            self.save(0)
        else:  # the machine stops under both
            self.end(0)
            self.end(1)

    @rule(at=clients, control=controls, status=st.sampled_from([Status.READY, Status.BLOCKER, Status.UNANSWERED]))
    def answer(self, at, control, status):
        client, table = self.client(at), ("controls", control)
        before = client.looks()
        if self.refused(client, lambda: client.session.answer(control, status)):
            return
        self.edited(client, before, {table: before})
        assert client.shows((table, "status"), str(status))

    def edited(self, client, before, seen):
        """Take over what an operation put on the desk, and remember it for undo."""
        client.learn(seen)
        after = client.looks()
        changed = {
            place for place in {*before, *after} if not same(before.get(place, MISSING), after.get(place, MISSING))
        }
        assert all(place[0] in seen for place in changed), "an operation changed another table"
        if changed:
            client.done.append(changed)
            client.undone.clear()

    @rule(at=clients)
    def undo(self, at):
        client = self.client(at)
        self.went(client, client.session.undo(), client.done, client.undone, lambda edit: (edit.base, edit.new))

    @rule(at=clients)
    def redo(self, at):
        client = self.client(at)
        self.went(client, client.session.redo(), client.undone, client.done, lambda edit: (edit.new, edit.base))

    def went(self, client, step, stack, other, sides):
        """Undo or redo: what it shows is the wanted value, or what is on disk where nothing of mine is left."""
        assert bool(step) == bool(stack)
        counted["undone or redone"] += bool(step)
        if not step:
            return
        changed = stack.pop()
        other.append(changed)
        assert {(edit.table, edit.field) for edit in step} >= changed
        # What they saw before is what the step had written, or had found.
        client.learn({edit.table: {(one.table, one.field): sides(one)[1] for one in step} for edit in step})
        for edit in step:
            assert client.shows((edit.table, edit.field), sides(edit)[0])

    @rule(at=clients)
    def refresh(self, at):
        client = self.client(at)
        told = client.session.refresh()
        if told:
            client.trouble = self.damaged
            if not self.damaged:
                client.rebase(self.disk)
        else:
            assert client.trouble == self.damaged
            assert self.damaged or client.view == self.disk

    @rule(at=clients)
    def save(self, at):
        client = self.client(at)
        clashing = client.clashing(self.disk)
        intended = model.with_edits(self.disk, client.yielded(self.disk))
        try:
            result = client.session.save()
        except Refused:
            assert self.may_refuse(client), "refused for nothing"
            return
        assert not client.trouble
        assert not self.damaged
        self.saved(client, result, clashing, intended)

    def may_refuse(self, client):
        """A save is refused where the file is not what may be edited, or where the client has not seen it repaired."""
        return client.trouble or self.damaged or self.raw is None or not client.session.has_state

    def saved(self, client, result, clashing, intended):
        if isinstance(result, Clashed):
            counted["clashes"] += 1
            sides = model.clash_sides(result.clashes)
            assert sides.keys() == clashing.keys()
            assert all(all(map(same, sides[place], clashing[place])) for place in sides)
            client.rebase(self.disk)
            client.clashes = list(result.clashes)
            assert client.session.pending, "a clash left nothing to decide"
            return
        assert isinstance(result, Saved)
        assert not clashing, "a clash was not shown"
        counted["saves"] += 1
        counted["rebased"] += result.rebased
        self.raw = self.path.read_bytes()
        assert self.disk == intended, "a save wrote something else than it was told"
        client.rebase(self.disk)
        assert not client.claims
        client.clashes = []

    @precondition(lambda self: any(client and client.clashes for client in self.clients))
    @rule(keep_mine=st.booleans())
    def settle(self, keep_mine):
        client = next(client for client in self.clients if client and client.clashes)
        clash = client.clashes.pop()
        counted["decisions"] += 1
        client.session.settle(clash, keep_mine=keep_mine)
        client.settled(clash, keep_mine)

    @precondition(lambda self: self.seldom(16))
    @rule(at=clients)
    def discard(self, at):
        client = self.client(at)
        client.session.discard()
        client.view = {} if client.trouble else client.view  # a damaged file says nothing
        counted["discards"] += 1
        client.claims, client.done, client.undone, client.clashes = {}, [], [], []

    # Bad luck

    @precondition(lambda self: self.seldom(16))
    @rule(at=clients)
    def crash(self, at):
        self.end(at)

    def end(self, at):
        if client := self.clients[at]:
            counted["crashes"] += 1
            live.difference_update(client.draft_names)
            self.clients[at] = None

    @precondition(lambda self: self.seldom(8))
    @rule(at=clients, call=st.sampled_from(CALLS), nth=st.integers(1, 3))
    def crash_in_a_save(self, at, call, nth):
        """The session's process ends, without a word, at the nth such call of its save."""
        client = self.client(at)
        clashing = client.clashing(self.disk)
        intended = model.with_edits(self.disk, client.yielded(self.disk))
        child = os.fork()
        if not child:
            os._exit(model.save_and_die(client.session, call, nth))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        raw = self.path.read_bytes() if self.raw is not None else None
        if status == model.REFUSED:
            assert self.may_refuse(client)
        elif status == model.CLASHED:
            assert clashing
        elif status == model.SAVED:
            assert not clashing
            self.raw = raw
            assert self.disk == intended
        else:
            assert status == model.KILLED
            counted["killed saves"] += 1
            before, self.raw = self.raw, raw
            if raw != before:
                assert not clashing
                assert self.disk == intended
        self.end(at)

    def start_again(self, at):
        """A new session, and with it the drafts of those that died."""
        dead = [
            {
                (edit.table, edit.field): edit.new
                for edit in map(drafts.edit_from_json, draft.data["edits"])
                if not same(edit.base, edit.new)
            }
            for draft in drafts.recover(self.private)
            if draft.name not in live
        ]
        client = self.clients[at] = self.opened(at)
        assert not list(self.root.glob(".readiness*"))
        assert not [path for path in self.private.glob(".*") if not any(name in path.name for name in live)]
        client.session.recover()
        client.claims = client.real_claims()
        waiting = [draft for draft in drafts.recover(self.private) if draft.name not in live and draft.data["edits"]]
        kept = [
            (edit.table, edit.field, edit.new)
            for draft in waiting
            for edit in map(drafts.edit_from_json, draft.data["edits"])
        ]
        for edits in dead:
            counted["drafts recovered"] += bool(edits)
            for place, new in edits.items():
                stands = same(model.shown(self.disk, place), new) or same(client.sees(place), new)
                assert stands or any(place == one[:2] and same(new, one[2]) for one in kept), (place, new)
        if not (self.damaged or self.raw is None):
            assert len(waiting) < max(1, len(dead)), "no draft came back"

    # Editors and git

    @precondition(lambda self: not self.damaged and self.raw is not None)
    @rule(control=controls, text=texts, with_comment=st.booleans(), with_unknown=st.booleans())
    def edit_by_hand(self, control, text, with_comment, with_unknown):
        table, number = ("controls", control), self.fresh()
        edits = [Edit(table, "note", MISSING, text or MISSING)]
        if with_unknown:
            edits.append(Edit(table, f"x-by-hand-{number}", MISSING, [number, "kept"]))
        raw = apply(self.raw, edits)
        if with_comment:
            comment = f"# Written by hand, number {number}\n".encode()
            header = f"[controls.{control}]\n".encode()
            assert raw.count(header) == 1 or b"'''" in raw or b'"""' in raw
            at = raw.index(b"\n" + header) + 1
            raw = raw[:at] + comment + raw[at:]
            self.comments.append(comment)
        self.set_raw(raw)

    @precondition(lambda self: not self.damaged and self.raw is not None)
    @rule(kind=st.sampled_from(["garbage", "conflict", "newer", "truncated", "bytes", "link", "gone"]))
    def damage_it(self, kind):
        raw = self.raw
        whole = {
            "garbage": raw + b"\nthis is = = not TOML\n",
            "conflict": raw + b"<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n",
            "newer": raw.replace(b"schema = 1", b"schema = 2"),
            "truncated": raw[: raw.index(b"[controls.") + 6],
            "bytes": raw + b"# \xff\n",
            "link": raw,
            "gone": None,
        }[kind]
        self.before_damage = raw
        if kind == "link":
            (self.root / ".git" / "target").write_bytes(raw)
            self.path.unlink()
            self.path.symlink_to(self.root / ".git" / "target")
        else:
            self.set_raw(whole)
        if kind != "gone":
            self.damage = whole

    @precondition(lambda self: self.damaged or self.raw is None)
    @rule()
    def repair(self):
        self.damage = None
        self.set_raw(self.before_damage)

    @precondition(lambda self: not self.damaged and self.raw is not None and self.branch is None)
    @rule(control=controls, text=texts)
    def branch_off(self, control, text):
        """A colleague edits on a branch, from what is here now."""
        theirs = apply(self.raw, [Edit(("controls", control), "note", MISSING, text or MISSING)])
        self.branch = (self.raw, theirs)

    @precondition(lambda self: not self.damaged and self.raw is not None and self.branch is not None)
    @rule()
    def merge_by_readiness(self):
        """Our own driver: never markers; where both sides decided, both stay in the file for a person."""
        base, theirs = self.branch
        self.branch = None
        changed = model.changes(tomllib.loads(base.decode()), tomllib.loads(theirs.decode()))
        intended = model.with_edits(self.disk, changed)
        merged = merge(base, self.raw, theirs)
        self.set_raw(merged.raw)
        counted["merges by readiness"] += 1
        counted["open disagreements"] += len(merged.disagreements)
        for place, (_, new) in changed.items():
            kept = same(model.shown(self.disk, place), new) or model.holds(self.disk["controls"][place[0][1]], new)
            assert kept or merged.disagreements, "a merge dropped the other side"
        assert merged.disagreements or self.disk == intended

    @precondition(lambda self: not self.damaged and self.raw is not None and self.branch is not None)
    @rule()
    def merge(self):
        base, theirs = self.branch
        self.branch = None
        files = [self.root / ".git" / name for name in ("ours", "base", "theirs")]
        for file, raw in zip(files, (self.raw, base, theirs), strict=True):
            file.write_bytes(raw)
        done = subprocess.run(["git", "merge-file", "-p", *files], capture_output=True, check=False)
        changed = model.changes(tomllib.loads(base.decode()), tomllib.loads(theirs.decode()))
        if done.returncode:
            counted["merge conflicts"] += 1
            self.before_damage, self.damage = self.raw, done.stdout
            self.set_raw(done.stdout)
            return
        counted["merges"] += 1
        intended = model.with_edits(self.disk, changed)
        self.set_raw(done.stdout)
        assert self.disk == intended, "a clean merge lost or invented something"

    # What always holds

    @invariant()
    def files_are_as_told(self):
        counted["steps"] += 1
        if self.damaged:
            assert self.path.read_bytes() == self.damage, "a damaged file was touched"
            return
        assert not self.path.is_symlink()
        assert (self.path.read_bytes() if self.path.exists() else None) == self.raw
        if self.raw is not None:
            for comment in self.comments:
                assert comment in self.raw, "a comment is gone"

    @invariant()
    def clients_are_as_told(self):
        for client in self.clients:
            if client:
                client.compare()

    @invariant()
    def nothing_of_ours_is_in_the_tree_and_what_is_private_is_private(self):
        assert {entry.name for entry in self.root.iterdir()} <= {".git", "readiness.toml"} | self.temporaries()
        if self.private.exists():
            assert self.private.stat().st_mode & 0o777 == 0o700
            assert all(file.stat().st_mode & 0o777 == 0o600 for file in self.private.iterdir())

    def temporaries(self):
        """A crash may leave them until the next start, and only then."""
        return {path.name for path in self.root.glob(".readiness.toml.*.tmp")} if None in self.clients else set()

    def teardown(self):
        if hasattr(self, "root"):
            for client in self.clients:
                live.difference_update(client.draft_names if client else ())
            shutil.rmtree(self.root)


@pytest.fixture
def one_process(monkeypatch):
    """All clients live in this process: a draft is an orphan when its client is gone, and git is not asked."""
    monkeypatch.setattr(OwnedDraft, "_is_orphan", lambda self, name: name.startswith(self._prefix) and name not in live)
    monkeypatch.setattr(Place, "digest", lambda *_: "0123")
    monkeypatch.setattr(session_module.Place, "of", lambda root, _git=None: Place(root, "", root / ".git", ""))


@pytest.mark.stress
@pytest.mark.usefixtures("one_process")
def test_what_each_was_told_stays_true(scale, figure):
    counted.clear()
    quick = scale(1, 0)
    while counted["steps"] < scale(400, 10_000):
        profile = settings(
            max_examples=scale(12, 260),
            stateful_step_count=scale(40, 50),
            derandomize=bool(quick),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # a case of fifty steps is readable; to shrink one takes longer than all others
        )
        run_machine(Machine, settings=profile)
    shown = ", ".join(f"{counted[name]} {name}" for name in sorted(counted) if name != "steps")
    figure(
        "Hypothesis state machine: two clients", ">= 10,000 steps, 0 violations", f"{counted['steps']} steps: {shown}"
    )
    wanted = ("saves", "clashes") if quick else ("saves", "clashes", "merges", "killed saves", "drafts recovered")
    assert all(counted[name] for name in wanted)
