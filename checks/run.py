"""All probes over one repository: those of files beside the code rules, then those that need what the rules found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks import semgrep, snippet
from checks.cache.ahead import Ahead
from checks.cache.answers import Answers
from checks.cache.code_rules import CodeRules
from checks.cache.registry import known_probes
from checks.children import allowance, cores
from checks.git import Git, GitProblem
from checks.hotspots import COMPLEXITY, Hotspots
from checks.look import Look, is_product
from checks.observation import (
    Confidence,
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
from checks.once import GivenUpError
from checks.probe import Probe, Stage
from checks.progress import STOPPED, Progress
from checks.report_wire import pack_hotspots, pack_observation, unpack_hotspots, unpack_observation, unpack_proposal
from checks.secrets.redaction import redacted
from checks.semgrep import RawMatch
from checks.tree import Tree

if TYPE_CHECKING:
    from checks.cache.store import Store
    from checks.git.listing import Told
    from checks.plugins.guest import Guest

__all__ = ["PROBES_VERSION", "STOPPED", "Progress", "look_over"]

PROBES_VERSION = "1"
PROPOSALS, RULES, PLUGINS, HOTSPOTS = "scope facts", "code rules", "plug-ins", "hotspots"
"""Steps that are no probe, as they are named where they come to no end."""
WRITTEN_BY_A_PROGRAM = "generated, minified or somebody else's code: searched for secrets only"
TOO_SLOW = "its probe came to no end here; please report this"

_BY_CHANCE = (
    *("too long", "too much memory", "not parsed within", "in time", "gave no answer", "cannot be opened"),
    *("its probe failed", TOO_SLOW),
)
"""How reasons read that may not hold the next time."""

_NO_SNIPPET = "secrets."
"""Rules below this prefix point at secret values; their findings never show the line."""
_WORST_FIRST = {severity: rank for rank, severity in enumerate(Severity)}


def look_over(
    root: Path,
    *,
    signals: Collection[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
    on_partial: Callable[[ProbeReport], None] | None = None,
    on_answer: Callable[[Observation], None] | None = None,
    given_up: Mapping[str, str] | None = None,
    too_slow: Collection[str] = (),
    store: Store | None = None,
    on_report: Callable[[ProbeReport, bool], None] | None = None,
    guests: Sequence[Guest] = (),
    told: Told | None = None,
) -> ProbeReport:
    """Run the probes of `signals` (all when None) over the folder `root` and report what they saw.

    Nothing of the repository is executed and nothing is written. A missing git or semgrep makes unknown what depends
    on it. A probe that raises makes its own signals unknown and stops nothing else. In this process a file may keep a
    parser busy without end; `checks.isolated.look_over` bounds that, and is what the faces call.

    Args:
        root: The folder to look at, inside a git repository or not.
        signals: Ids of the signals to answer.
        on_progress: Told before each step, from this thread.
        cancel: Set it from another thread to stop; what was not answered yet is unknown then.
        on_partial: Given what is known so far when the file probes are done, where the code rules are still running.
            Signals that wait for them are not in it.
        on_answer: Given each observation when it is made.
        given_up: Paths not to read, with the reasons.
        too_slow: Probes not to run, each named by its first signal, and shared work, named as its note says.
        store: Where results may be kept and found again. They never depend on it.
        on_report: Given the report before what was learned is written to the store, for which nobody need wait, and
            whether the same tree would give the same report again: no limit on time or memory and no failure had a
            part in it.
        guests: The probes of plug-ins, asked when all of ours are done.
        told: What git said of the files just now; it is asked when None.

    Raises:
        NotADirectoryError: `root` is no folder; the message says so in one line.
    """
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder: name the folder to look at with -C DIR")
    tree, git = Tree.opened(root, told)
    try:
        tree.give_up(given_up or {})
        tell = (on_progress or _ignore, on_answer or _ignore)
        run = _Run(tree, git, signals, frozenset(too_slow), cancel or threading.Event(), *tell, store, given_up or {})
        with closing(run):
            run.begin_rules()
            run.answer(Stage.FILES)
            if on_partial is not None and run.waits_for_rules():
                on_partial(run.report(complete=False))
            run.finish_rules()
            run.answer(Stage.CODE)
            run.answer_guests(guests)
            if not run.cancel.is_set():
                run.look.read_what_decides()
            report = run.report(complete=not run.cancel.is_set())
        # What was seen of a file that changed after it was listed is not to be taken for what it held.
        lasting = run.code.trouble is None and not tree.changed and _is_lasting(report)
        if on_report is not None:
            on_report(report, lasting)
        run.look.facts.save()
        if lasting and run.answers is not None:
            run.answers.save()
        return report
    finally:
        if git is not None:
            git.close()


class _Run:
    """One run: its look, its observations so far, and what may stop it."""

    def __init__(
        self,
        tree: Tree,
        git: Git | None,
        signals: Collection[str] | None,
        too_slow: frozenset[str],
        cancel: threading.Event,
        tell: Callable[[Progress], None],
        tell_answer: Callable[[Observation], None],
        store: Store | None,
        given_up: Mapping[str, str],
    ) -> None:
        self.look = Look(tree, git, store=store, too_slow=too_slow)
        self._turns = cores.turns()
        self._ahead = Ahead(self.look, store, self._turns, given_up) if store is not None else None
        self.look.facts.ahead = self._ahead
        self.cancel, self.tell, self.tell_answer = cancel, tell, tell_answer
        self._store = store
        self.observations: dict[str, Observation] = {}
        self.code = semgrep.CodeFindings()
        self._wanted, self._too_slow = signals, too_slow
        self._probes = [
            one for one in known_probes(store) if signals is None or not set(one.signals).isdisjoint(signals)
        ]
        self._commit = _commit(git)
        self.answers: Answers | None = None
        if store is not None and not (tree.cut or too_slow or tree.has_given_up):
            self.answers = Answers(self.look, store, "all" if signals is None else "\n".join(sorted(signals)))
        self._rules: CodeRules | None = None

    def answer(self, stage: Stage) -> None:
        """Run the probes of one stage."""
        todo = [one for one in self._probes if one.stage is stage]
        for number, one in enumerate(todo):
            if self.cancel.is_set():
                self._keep(one, [_unknown(signal, STOPPED) for signal in one.signals])
                continue
            if one.signals[0] in self._too_slow:
                self._keep(one, [_unknown(signal, TOO_SLOW) for signal in one.signals])
                continue
            allowance.probing(one.signals[0])
            self.tell(Progress(stage.value, number, len(todo), one.signals[0]))
            answers = self._asked(one)
            if stage is Stage.CODE and self.code.trouble:
                answers = [_only_found(answer, self.code.trouble) for answer in answers]
            if self.look.tree.cut:
                answers = [_only_found(answer, _cut(self.look.tree)) for answer in answers]
            self._keep(one, answers)
        self.tell(Progress(stage.value, len(todo), len(todo)))

    def answer_guests(self, guests: Sequence[Guest]) -> None:
        """Ask the probes of plug-ins, each in a process of its own."""
        if not guests:
            return
        # Seldom needed, and a thirtieth of a look after a change.
        from checks.plugins import forked

        todo = [(one, {name for name in one.signals if self._is_wanted(name)}) for one in guests]
        for number, (guest, names) in enumerate(todo):
            if guest.title in self._too_slow:
                seen = {name: _unknown(name, f"plug-in {guest.title}: {TOO_SLOW}") for name in names}
            else:
                allowance.probing(guest.title)
                self.tell(Progress(PLUGINS, number, len(todo), guest.title))
                seen = forked.ask(guest, self.look, names, allowance.seconds(), self.cancel) if names else {}
            for answer in seen.values():
                whole = _only_found(answer, _cut(self.look.tree)) if self.look.tree.cut else answer
                self.observations[answer.signal] = whole
                self.tell_answer(whole)

    def _asked(self, one: Probe) -> list[Observation]:
        """What a probe says: what it said before, where it would see the same."""
        answers = self._worked_out(one.signals[0], lambda: [pack_observation(said) for said in _ask(one, self.look)])
        return [unpack_observation(answer) for answer in answers]

    def _worked_out(self, name: str, work: Callable[[], Any]) -> Any:
        """What one step comes to as plain data, or came to before, where it would see the same."""
        kept = self.answers.recall(name) if self.answers else None
        if kept is None:
            with self.look.reads.step(name):
                kept = work()
            if self.answers:
                self.answers.keep(name, kept)
        return kept

    def begin_rules(self) -> None:
        """Start the code rules, which run beside the probes of files, unless no probe waits for them."""
        if self._ahead is not None and self._wanted is None and not (self.answers and self.answers.knows):
            self._ahead.begin()
        if any(one.stage is Stage.CODE for one in self._probes) and RULES not in self._too_slow:
            allowance.probing(RULES)
            tree, facts = self.look.tree, self.look.facts
            self._rules = CodeRules(tree, self._store, lambda: facts.contents, self.cancel, self._turns)

    def waits_for_rules(self) -> bool:
        """Whether the code rules still run."""
        return self._rules is not None and not self._rules.has_ended()

    def finish_rules(self) -> None:
        """Wait for the code rules, unless the run was stopped."""
        if not self.cancel.is_set():
            allowance.probing(RULES)
            if self._rules is not None:
                self.tell(Progress(RULES, 0, 1, "semgrep"))
                self.code = self._rules.finish()
                self.tell(Progress(RULES, 1, 1))
            elif RULES in self._too_slow:
                self.code = semgrep.CodeFindings(trouble=TOO_SLOW)
        self.look.begin_code(self.code)

    def close(self) -> None:
        """Stop what still runs."""
        if self._ahead is not None:
            self._ahead.close()
        if self._rules is not None:
            self._rules.close()

    def report(self, *, complete: bool) -> ProbeReport:
        """What is known now, without secret values."""
        return redacted(
            ProbeReport(
                commit=self._commit,
                observations=dict(sorted(self.observations.items())),
                findings=_ordered(one for one in self._findings() if self._is_wanted(one.signal)),
                files=self._files(),
                proposals=self._proposals(),
                complete=complete,
                hotspots=self._hotspots(),
            )
        )

    def _keep(self, one: Probe, answers: Iterable[Observation]) -> None:
        tool = f"probes {PROBES_VERSION}"
        if one.stage is Stage.CODE and self.code.tool:
            tool = f"{self.code.tool}; {tool}"
        for answer in answers:
            if self._is_wanted(answer.signal):
                kept = answer if answer.tool else replace(answer, tool=tool)
                self.observations[answer.signal] = kept
                self.tell_answer(kept)

    def _is_wanted(self, signal: str) -> bool:
        return self._wanted is None or signal in self._wanted

    def _findings(self) -> Iterator[Finding]:
        yield from self.look.findings
        for match in self.code.findings:
            if not match.is_fact and is_product(match.path):
                place = Location(match.path, match.line, match.end_line)
                yield Finding(match.rule, match.signal, place, match.severity, match.message, self._shown(match, place))

    def _shown(self, match: RawMatch, place: Location) -> str:
        if match.rule.startswith(_NO_SNIPPET):
            return ""
        if self.answers is None:
            return snippet.cut(self.look.tree.text(place.path), place)
        return self.answers.shown(place, lambda: snippet.cut(self.look.tree.text(place.path), place))

    def _proposals(self) -> tuple[Proposal, ...]:
        if self.cancel.is_set() or PROPOSALS in self._too_slow:
            return ()
        allowance.probing(PROPOSALS)
        try:
            kept = self._worked_out(PROPOSALS, lambda: [asdict(one) for one in self.look.proposals])
            return tuple(unpack_proposal(one) for one in kept)
        except Exception:  # noqa: BLE001  # a proposal that fails proposes nothing; a person is asked about every fact anyway
            return ()

    def _hotspots(self) -> Hotspots | None:
        """The table, where the probe that measures complexity ran."""
        if COMPLEXITY not in self.observations or COMPLEXITY in self._too_slow or self.cancel.is_set():
            return None
        allowance.probing(COMPLEXITY)
        try:
            return unpack_hotspots(self._worked_out(HOTSPOTS, lambda: pack_hotspots(self.look.hotspots)))
        except Exception:  # noqa: BLE001  # a table that fails is missing; the signal itself has its answer
            return None

    def _files(self) -> Examined:
        seen = self.look.tree.examined()
        judged = {one.path: one.reason for one in (*self.code.unread, *sorted(self.look.noted, key=_by_path))}
        apart = dict.fromkeys(self.look.written_by_programs, WRITTEN_BY_A_PROGRAM)
        reasons = apart | judged | {one.path: one.reason for one in seen.partial}
        for one in seen.skipped:
            reasons.pop(one.path, None)
        partial = tuple(Unread(path, reason) for path, reason in sorted(reasons.items()))
        newly = len((reasons.keys() - {one.path for one in seen.partial}) & set(self.look.tree.every))
        return Examined(max(0, seen.examined - newly), partial, seen.skipped)


def _ignore(_: object) -> None:
    """For who does not want to be told."""


def _by_path(one: Unread) -> tuple[str, str]:
    return one.path, one.reason


def _is_lasting(report: ProbeReport) -> bool:
    """Whether nothing in a report is owed to chance: a busy machine, a full disk, a failure of ours."""
    said = [one.reason for one in (*report.files.partial, *report.files.skipped)]
    said += [one.summary for one in report.observations.values() if one.outcome is Outcome.UNKNOWN]
    return report.complete and not any(sign in text for text in said for sign in _BY_CHANCE)


def _commit(git: Git | None) -> str | None:
    try:
        return git.head() if git is not None else None
    except GitProblem:
        return None


def _ask(one: Probe, look: Look) -> Iterator[Observation]:
    """A probe's observations, one for each of its signals whatever happens inside it."""
    answers: dict[str, Observation] = {}
    reason = "its probe gave no answer; please report this"
    try:
        given = one.look(look)
        for answer in [given] if isinstance(given, Observation) else given:
            answers[answer.signal] = answer
    except GivenUpError:
        reason = TOO_SLOW
        answers.clear()
    except Exception as error:  # noqa: BLE001  # whatever a probe meets, the other signals must still be answered
        reason = f"its probe failed ({_where(error)}); please report this"
        answers.clear()
    for signal in one.signals:
        yield answers.get(signal) or _unknown(signal, reason)


def _where(error: Exception) -> str:
    """The error's kind and the place in our code, never its text: that may quote the repository."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"


def _cut(tree: Tree) -> str:
    return f"only part of the tree was looked at ({tree.cut}): probe a smaller folder with -C DIR"


def _only_found(answer: Observation, trouble: str) -> Observation:
    """An answer given while the rules were in trouble, or the tree cut: only a complaint about a place still stands."""
    if answer.outcome is Outcome.UNKNOWN or (answer.outcome is Outcome.UNMET and answer.locations):
        return answer
    return replace(answer, outcome=Outcome.UNKNOWN, summary=trouble, locations=(), confidence=Confidence.HIGH, fix="")


def _unknown(signal: str, reason: str) -> Observation:
    return Observation(signal, Outcome.UNKNOWN, reason)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first; of several complaints about one place for one signal only the worst and nearest."""
    ranked = sorted(findings, key=lambda one: (_WORST_FIRST[one.severity], one.location, one.rule))
    first: dict[tuple[str, str, int], Finding] = {}
    for one in ranked:
        first.setdefault((one.signal, one.location.path, one.location.line), one)
    by_file: dict[tuple[str, str], list[Finding]] = {}
    for one in first.values():
        by_file.setdefault((one.signal, one.location.path), []).append(one)
    return tuple(
        one
        for one in first.values()
        if not any(_says_the_same(one, other) for other in by_file[one.signal, one.location.path])
    )


def _says_the_same(wide: Finding, near: Finding) -> bool:
    """Whether another rule complains, no less severely, about lines within those of a finding."""
    last = wide.location.end_line or wide.location.line
    inside = wide.location.line < near.location.line <= last and (near.location.end_line or near.location.line) <= last
    return near.rule != wide.rule and inside and _WORST_FIRST[near.severity] <= _WORST_FIRST[wide.severity]
