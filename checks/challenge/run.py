"""All challenges of one tree: copy it, look at the copy as it is, then attempt one signal after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from checks.cache.store import Store
from checks.challenge.attempt import Attempt
from checks.challenge.gaps import Site, site_of
from checks.challenge.plans import Plan, plan_of
from checks.challenge.record import Challenged, Verdict
from checks.challenge.scratch import Scratch
from checks.git import Git, GitProblem
from checks.look import Look
from checks.observation import Observation, Outcome, ProbeReport
from checks.progress import Progress
from checks.run import look_over
from checks.tree import Tree

STAGE: Final = "challenge"


def challenge(
    root: Path,
    room: Path,
    real: Mapping[str, Observation],
    *,
    given_up: Mapping[str, str],
    tell: Callable[[Progress], None],
) -> Iterator[Challenged]:
    """Challenge the probes of the signals in `real`, and yield each result when it is there.

    Nothing below `root` is changed, and nothing of it is executed.

    Args:
        root: The folder that was looked at.
        room: A private folder of ours, empty; the copy and its own cache go there.
        real: What the probes say of `root`.
        given_up: Paths not to read, with the reasons.
        tell: Told before each step.

    Raises:
        TooMuchError: the tree is too large to be copied.
        GitProblem: the copy cannot be made a repository.
        OSError: the copy cannot be written.
    """
    tell(Progress(STAGE, 0, len(real), "copying"))
    scratch, site = _copied(root, room / "copy", given_up)
    with Store(room / "looks.sqlite3") as store:

        def look(signals: Collection[str]) -> ProbeReport:
            return look_over(scratch.root, signals=signals, store=store, given_up=given_up)

        tell(Progress(STAGE, 0, len(real), "looking at the copy"))
        control = look(real).observations
        for number, (signal, was) in enumerate(real.items()):
            tell(Progress(STAGE, number, len(real), signal))
            if signal not in control:
                why = "a plug-in answers it; only probes of ours are challenged"
                green = was.outcome in (Outcome.MET, Outcome.PARTIAL)
                yield Challenged(signal, Verdict.NOT_PLANTED if green else Verdict.NOTHING, was.outcome, why)
                continue
            yield _attempted(was, control[signal], plan_of(signal), scratch, site, lambda one: look([one]))


def _copied(root: Path, folder: Path, given_up: Mapping[str, str]) -> tuple[Scratch, Site]:
    folder.mkdir()
    git, tags = None, None
    try:
        git = Git.open(root)
        tags = [one.name for one in git.tags()]
    except GitProblem:
        git, tags = None, None
    try:
        tree = Tree.read(root, git)
        tree.give_up(given_up)
        return Scratch(tree, folder, tags), site_of(Look(tree, git))
    finally:
        if git is not None:
            git.close()


def _attempted(
    was: Observation, control: Observation, plan: Plan, scratch: Scratch, site: Site, look: Callable[[str], ProbeReport]
) -> Challenged:
    if control.outcome is not was.outcome and was.outcome not in {Outcome.UNMET, Outcome.UNKNOWN}:
        why = f"the copy shows something else than the repository: {control.summary}"
        return Challenged(was.signal, Verdict.NOT_PLANTED, was.outcome, why)
    return Attempt(scratch, site, look, plan, control).result()
