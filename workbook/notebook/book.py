"""One pillar in a notebook: its form, its probe run and its summary, all on one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.catalogue import Checklist, Pillar
from workbook.errors import Refused
from workbook.notebook import words
from workbook.notebook.headless_mode import headless
from workbook.notebook.views import Page
from workbook.reading import nearest
from workbook.session import Session
from workbook.words import STATUS_WORDS

if TYPE_CHECKING:
    from workbook.notebook.form import PillarForm
    from workbook.notebook.probing import ProbePanel


class PillarBook:
    """A pillar of the deciding checklist. Every object it gives has a plain-text and an HTML form."""

    def __init__(self, session: Session, pillar: str) -> None:
        self.session = session
        self.pillar: Pillar = find_pillar(session.checklist, pillar)
        self._form: PillarForm | None = None
        self._panel: ProbePanel | None = None

    @property
    def title(self) -> str:
        """The pillar as people say it."""
        return self.session.checklist.heading(self.pillar)

    @property
    def signals(self) -> tuple[str, ...]:
        """The signals that feed this pillar's controls: what its notebook looks at."""
        asked = (name for item in self.session.checklist.in_pillar(self.pillar.id) for name in item.controls)
        feeding = self.session.catalogue.feeding
        return tuple(dict.fromkeys(signal.id for name in asked for signal in feeding[name]))

    def form(self) -> PillarForm | Page:
        """The questions, to be answered here; a table of them where nobody can."""
        if headless():
            return self.questions()
        from workbook.notebook.form import PillarForm

        if self._form:
            # It would take in other people's saves before the new one sees them.
            self._form.close()
        self._form = PillarForm(self.session, self.pillar, self.questions)
        return self._form

    def probes(self) -> ProbePanel | Page:
        """Run the probes, with progress and a way to stop; what they saw goes to the form by itself."""
        if headless():
            self.session.probe(signals=self.signals)
            return self.findings()
        from workbook.notebook.probing import ProbePanel

        if self._panel:
            self._panel.cancel()
        self._panel = ProbePanel(self.session, self.signals, self.findings, self._tell)
        self._panel.start()
        return self._panel

    def summary(self) -> Page:
        """The pillar's points and where the team stands, as of now."""
        session = self.session
        lines = [session.headline]
        if pending := session.pending:
            lines.append("Not saved yet: " + "; ".join(words.changed(session.catalogue, pending)))
        states = {one.item.id: one for one in session.assessment.of(session.checklist)}
        rows = [
            (f"{item.number}. {item.title}", STATUS_WORDS[states[item.id].status], states[item.id].why)
            for item in session.checklist.in_pillar(self.pillar.id)
        ]
        return Page(self.title, tuple(lines), ("Point", "State", "Why"), tuple(rows))

    def questions(self) -> Page:
        """The pillar's questions with answers and observations, what matters most first."""
        session = self.session
        rows = [
            (
                one.item.asks,
                words.standing(one),
                one.judged.why,
                "; ".join(words.probed(one, session.report)),
                one.answer.note,
                ", ".join(piece.label for piece in one.answer.evidence),
            )
            for one in session.questions(self.pillar.id)
        ]
        columns = ("Question", "Stands", "Why", "Probes", "Note", "Evidence")
        return Page(self.title, (session.headline,), columns, tuple(rows))

    def findings(self) -> Page:
        """What the probes found on this pillar's questions, and how far they looked."""
        report = self.session.report
        if report is None:
            return Page("Probes", ("They have not looked yet.",))
        found = {hit: None for one in self.session.questions(self.pillar.id) for hit in one.findings}
        rows = tuple((words.place(hit.location), str(hit.severity), hit.message, hit.snippet) for hit in found)
        lines = [
            f"{report.files.examined} files read; {len(rows)} finding{'' if len(rows) == 1 else 's'} on this pillar."
        ]
        unread = (*report.files.partial, *report.files.skipped)
        if unread:
            lines.append(f"{len(unread)} files not read in full, as {unread[0].path}: {unread[0].reason}.")
        if not report.complete:
            lines.append("Stopped before the end: what was not looked at stays unknown.")
        return Page("What the probes found", tuple(lines), ("Where", "Severity", "What", "Code"), rows)

    def __repr__(self) -> str:
        return repr(self._cover())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002  IPython passes both
        return self._cover()._repr_mimebundle_()

    def _cover(self) -> Page:
        offers = "form() answers, probes() looks, summary() says where the pillar stands."
        return Page(self.title, (f"{self.session.root}: {self.session.headline}", offers))

    def _tell(self) -> None:
        if self._form:
            self._form.show()


def find_pillar(checklist: Checklist, name: str) -> Pillar:
    """The pillar that "fifty-point.4", "4" or its title names.

    Raises:
        Refused: there is none; the nearest is named, or the command where another checklist decides.
    """
    slug, _, rest = name.partition(".")
    wanted = rest if rest and slug == checklist.slug else name
    for pillar in checklist.scored_pillars:
        if wanted.casefold() in (pillar.id.casefold(), pillar.title.casefold()):
            return pillar
    known = [f"{checklist.slug}.{pillar.id}" for pillar in checklist.scored_pillars]
    raise Refused(
        f"the deciding checklist, {checklist.slug}, has no pillar {name!r}{nearest(name, known)}",
        f"choose from {', '.join(known)}, or make new notebooks with: readiness notebook sync",
    )
