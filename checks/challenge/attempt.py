"""One signal's challenge: plant, look, judge, put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from checks.challenge.gaps import CannotPlantError, Site, edits_of
from checks.challenge.plans import Gap, Plan, Take
from checks.challenge.record import Challenged, Means, Plant, Verdict, verdict_of
from checks.challenge.scratch import Edits, Scratch
from checks.challenge.takes import without
from checks.observation import Location, Observation, Outcome, ProbeReport
from checks.secrets.shapes import redact

MOST_ROUNDS: Final = 12
"""What a probe names is capped, so behind what was taken out it may name more; after these the gap is large enough."""

_STATEMENT_ROUNDS: Final = 6
"""After these whole files go."""

_FEW_ROUNDS: Final = 3
"""After these a whole file takes its like with it."""

_MOST_PATHS: Final = 10
_GREEN: Final = (Outcome.MET, Outcome.PARTIAL)
_RED: Final = (Outcome.PARTIAL, Outcome.UNMET)

Look = Callable[[str], ProbeReport]
"""Looks at the copy for one signal."""


class Attempt:
    """The challenge of one signal in a copy."""

    def __init__(self, scratch: Scratch, site: Site, look: Look, plan: Plan, was: Observation) -> None:
        self._scratch, self._site, self._look = scratch, site, look
        self._plan, self._was = plan, was
        self._obstacles: list[str] = []

    def result(self) -> Challenged:
        """Try every plant of the plan."""
        was = self._was
        if was.outcome not in (*_GREEN, Outcome.NOT_APPLICABLE):
            why = "unmet as it is" if was.outcome is Outcome.UNMET else "unknown as it is"
            return Challenged(was.signal, Verdict.NOTHING, was.outcome, why)
        plants = self._plants()
        verdict = verdict_of(plants)
        if not plants and was.outcome is Outcome.NOT_APPLICABLE:
            why = "does not apply, and no plant is known that would make it apply here"
            return Challenged(was.signal, Verdict.NOTHING, was.outcome, why)
        if not plants:
            why = "; ".join(dict.fromkeys(self._obstacles)) or "no plant is known"
            return Challenged(was.signal, verdict, was.outcome, why)
        worst = next(one for one in plants if one.verdict is verdict)
        return Challenged(was.signal, verdict, was.outcome, f"{worst.what}: {worst.summary}", tuple(plants))

    def _plants(self) -> list[Plant]:
        take = self._plan.take if self._was.outcome is Outcome.MET else self._plan.take_partial
        if take == "nothing" or self._was.outcome is Outcome.NOT_APPLICABLE:
            return list(self._gaps())
        if self._was.outcome is Outcome.PARTIAL and self._plan.gaps:
            # More of the same may rightly stay partial, so what makes it better than unmet is taken out as well.
            return list(self._removal(take, self._first_gap()))
        return [*self._gaps(), *self._removal(take, {})]

    # -- gaps -------------------------------------------------------------------------------------------------------

    def _gaps(self) -> Iterable[Plant]:
        """The first gap of the plan that there is a place for, in each language of the product."""
        for gap in self._possible():
            yield self._grown(gap)

    def _first_gap(self) -> dict[str, bytes | None]:
        return next((self._edits(gap, gap.sizes[0]) for gap in self._possible()), {})

    def _possible(self) -> Iterable[Gap]:
        done: set[str] = set()
        for language in (*self._site.languages, ""):
            for gap in self._plan.gaps:
                if gap.language != language or language in done or (done and not language):
                    continue
                if not self._is_gap(gap):
                    continue
                try:
                    self._edits(gap, 1)
                except CannotPlantError as error:
                    self._obstacles.append(str(error))
                else:
                    done.add(language)
                    yield gap

    def _is_gap(self, gap: Gap) -> bool:
        """Whether it would be one here: what is there and does not count would not when it is changed either."""
        applies = self._was.outcome is not Outcome.NOT_APPLICABLE
        return not (gap.asks if applies else gap.changes and not gap.files)

    def _edits(self, gap: Gap, size: int) -> dict[str, bytes | None]:
        return edits_of(gap, size, self._site, self._scratch, self._was.locations)

    def _grown(self, gap: Gap) -> Plant:
        """The gap, planted as often as it takes."""
        for size in gap.sizes:
            edits = self._edits(gap, size)
            seen = self._seen(edits)
            verdict = self._judged(seen, edits)
            if verdict is Verdict.TURNED:
                break
        times = f", {size} times" if size > 1 else ""
        return _plant(Means.GAP, gap.name + times, verdict, self._observation(seen), edits)

    def _judged(self, report: ProbeReport, edits: Edits) -> Verdict:
        after = self._observation(report)
        if after.outcome is Outcome.UNKNOWN:
            return Verdict.UNANSWERED
        if after.outcome is Outcome.UNMET:
            return Verdict.TURNED
        if after.outcome is not Outcome.PARTIAL:
            return Verdict.BLIND
        if self._was.outcome is not Outcome.PARTIAL:
            return Verdict.TURNED
        # Partial before and after: it told the gap where it names a planted place.
        told = {one.path for one in after.locations} | {
            one.location.path for one in report.findings if one.signal == after.signal
        }
        return Verdict.TURNED if told & set(edits) else Verdict.BLIND

    # -- removal ----------------------------------------------------------------------------------------------------

    def _removal(self, take: Take, base: Edits) -> Iterable[Plant]:
        """What the probe named is taken out, and what it names instead, until it names nothing or is not green."""
        edits, seen, rounds = dict(base), self._was, 0
        if self._plan.tags:
            seen = self._observation(self._seen(edits))
        while seen.outcome is self._was.outcome and rounds < MOST_ROUNDS:
            whole = take == "files" or rounds >= _STATEMENT_ROUNDS
            # Where nothing is left to take at a named place, the file it is in is what is left.
            more = self._taken(seen.locations, edits, whole=whole) or self._taken(seen.locations, edits, whole=True)
            if not more:
                break
            edits |= more
            if whole and rounds >= _FEW_ROUNDS:
                edits |= self._like(more, below=rounds >= _STATEMENT_ROUNDS)
            rounds += 1
            seen = self._observation(self._seen(edits))
        if not rounds and not self._plan.tags:
            self._obstacles.append("its probe names no place that could be taken out")
            return
        what = "what it rests on, taken out" + (f" in {rounds} rounds" if rounds > 1 else "")
        yield _plant(Means.REMOVAL, what, self._fallen(seen), seen, edits)

    def _fallen(self, after: Observation) -> Verdict:
        if after.outcome in {Outcome.UNMET, Outcome.UNKNOWN}:
            return Verdict.TURNED
        fell = self._was.outcome is Outcome.MET and after.outcome is Outcome.PARTIAL
        return Verdict.TURNED if fell else Verdict.BLIND

    def _taken(self, places: Iterable[Location], gone: Edits, *, whole: bool) -> dict[str, bytes | None]:
        """The next edits: the named places out of the files as earlier edits left them."""
        by_path: dict[str, list[Location]] = {}
        for place in places:
            by_path.setdefault(place.path, []).append(place)
        found: dict[str, bytes | None] = {}
        for path, named in by_path.items():
            if path in gone and gone[path] is None:
                continue
            if whole or any(not place.line for place in named):
                found[path] = None
            elif (left := self._left(path, gone, named)) is not None:
                found[path] = left
        return found

    def _left(self, path: str, gone: Edits, named: Iterable[Location]) -> bytes | None:
        """The file without the named places; None where it would stay as it is."""
        content = gone.get(path)
        text = content.decode("utf-8", "surrogatepass") if content is not None else self._scratch.text(path)
        if text is None or (left := without(path, text, named)) == text:
            return None
        return left.encode("utf-8", "surrogatepass")

    def _like(self, paths: Iterable[str], *, below: bool) -> dict[str, None]:
        """The files of the same folder and ending, with `below` of the same top folder: a probe names the first."""
        kinds = {_kind(path, top=below) for path in paths}
        return {path: None for path in self._site.paths if _kind(path, top=below) in kinds}

    # -- looking ----------------------------------------------------------------------------------------------------

    def _seen(self, edits: Edits) -> ProbeReport:
        with self._scratch.planted(edits, tagless=self._plan.tags):
            return self._look(self._was.signal)

    def _observation(self, report: ProbeReport) -> Observation:
        return report.observations[self._was.signal]


def _kind(path: str, *, top: bool) -> tuple[str, str]:
    """The folder of a path, or the one at the top, and its ending."""
    folder, _, name = path.rpartition("/")
    return folder.partition("/")[0] if top else folder, name.rpartition(".")[2]


def _plant(means: Means, what: str, verdict: Verdict, seen: Observation, edits: Edits) -> Plant:
    # What the probe said is redacted already; a path of the repository may hold a secret as well.
    paths = tuple(redact(path) for path in sorted(edits)[:_MOST_PATHS])
    return Plant(means, what, verdict, seen.outcome, seen.summary, paths)
