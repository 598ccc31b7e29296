"""A second person confirms an answer, or its recorded command is run again."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.content import Content

from tui.offers import people_known
from tui.screens.form import FormScreen
from tui.screens.running import Running
from tui.widgets.part import Kind, Part
from tui.wording import said, said_lines, standing
from workbook.answers import Evidence, Status
from workbook.errors import Refused
from workbook.people import person
from workbook.running import Recorded, Watch, reproduced
from workbook.session import Session
from workbook.text import shell_display, shown_address

LOOKED, RERUN = "looked", "rerun"


class Verify(FormScreen):
    """Whoever did not give the answer says that they looked."""

    KIND: ClassVar[str] = "verification"
    BUTTON: ClassVar[str] = "Confirm it"

    @classmethod
    def untimely(cls, session: Session, about: str) -> str:
        """Only an answer that counts as ready can be confirmed."""
        ready = session.state.answer(about).status in (Status.READY, Status.NOT_APPLICABLE)
        return "" if ready else "Only an answer that says it holds can be verified."

    def heading(self) -> Content:
        """Which answer."""
        return Content.assemble("Verify: ", said(self.session.question(self.subject).control.title))

    def lead(self) -> Content:
        """What was said, by whom, and with what."""
        question = self.session.question(self.subject)
        answer = question.answer
        who = ", ".join(answer.by) or answer.proposed_by or "nobody"
        lines = [said(f"Said by {who}{f', {answer.at}' if answer.at else ''}")]
        lines += [
            Content.assemble("Evidence: ", said(one.kind), "  ", said(shown_address(one.label), "$text-secondary"))
            for one in answer.evidence
        ]
        if answer.note:
            lines.append(Content.assemble("Note: ", said_lines(answer.note)))
        judged = question.judged
        lines.append(Content.assemble(standing(judged.standing), "  ", said(judged.why, "$foreground 60%")))
        lines.append(said(f"Ready when: {question.control.ready_when}", "$foreground 60%"))
        return Content("\n").join(lines)

    def parts(self) -> Sequence[Part]:
        """Who, and how; a recorded command can be run again by anybody."""
        answer, people = self.session.question(self.subject).answer, self.session.people
        here = [name for name in (people.driver, *people.navigators) if name and name not in answer.by]
        offers = [name for name in people_known(self.session) if name not in answer.by]
        how = Part(
            "how",
            "How",
            kind=Kind.CHOICE,
            value=LOOKED,
            choices=((LOOKED, "somebody else looked, and it holds"), (RERUN, "run the recorded command again")),
        )
        when = ("how", LOOKED) if self._command else None
        return (
            *((how,) if self._command else ()),
            Part(
                "by",
                "Who looked",
                "not who gave the answer: Name <mail>",
                value=here[0] if here else "",
                offers=offers,
                check=self._other,
                only_when=when,
            ),
        )

    def take(self, values: Mapping[str, str]) -> str:
        """Confirm it, or show the command that will be run again."""
        if values.get("how") != RERUN:
            self.session.verify(self.subject, by=values["by"])
            return f"Verified by {values['by']}"
        before = self._command
        if before is None:
            raise Refused("there is no recorded command any more")
        root, commit = self.session.root, self.session.place.commit
        argv = [str(word) for word in before.values["argv"]]

        def job(cancel: threading.Event, watch: Watch) -> Recorded:
            return reproduced(before, root, commit, cancel=cancel, watch=watch)[1]

        def keep(again: Recorded) -> str:
            if again.exit != before.values["exit"]:
                was = before.values["exit"]
                return f"Not reproduced: it ended with {again.exit}, and with {was} before. The answer stays as it was."
            self.session.verify(self.subject, how=f"run again: {shell_display(argv)}")
            return f"Reproduced: it ended with {again.exit} again. Verified."

        self.further = Running(argv, self.heading(), job, keep)
        return ""

    @property
    def _command(self) -> Evidence | None:
        """The newest recorded command."""
        ran = [one for one in self.session.question(self.subject).answer.evidence if one.values.get("argv")]
        return ran[-1] if ran else None

    def _other(self, text: str) -> None:
        if person(text) in self.session.question(self.subject).answer.by:
            raise Refused(f"{text} gave this answer", "somebody else confirms it")
