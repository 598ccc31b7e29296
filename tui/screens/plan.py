"""The plan: what to do next and what that makes of the verdict, the shortest way up, and everything open in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tui.actions import bindings
from tui.screens.page import Page, Row
from tui.wording import place, said, standing, weight
from workbook.plan import Gap, Plan, Step, in_days
from workbook.sentences import WORDS


class PlanView(Page):
    """The same plan as `readiness plan`, from the same ranking as the board's next three."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("plan", "page", "everywhere")

    def action_begin(self) -> None:
        """Show the document that the highlighted gap lacks."""
        if control := self._control(self.chosen):
            self.workbook_app.begin_document(control)

    def page(self) -> tuple[Content, Content, Sequence[Row]]:
        """What next, the way up, the order of work, the four weeks, the signs, and tools."""
        plan = self.session.plan()
        probed = "" if plan.probed else "By the answers alone: the probes have not looked yet. "
        about = f"{probed}Days, order and risk weights are our proposals."
        titles = {name: control.title for name, control in self.session.catalogue.controls.items()}
        title = Content.assemble("Plan for ", said(plan.checklist.name, "bold"))
        return (
            title,
            Content(about),
            [*_next(plan), *_way(plan, titles), *_gaps(plan, titles), *_weeks(plan, titles), *_signs(plan)],
        )


def _next(plan: Plan) -> Iterator[Row]:
    if not plan.next.steps:
        yield "", Content("Nothing to do next: nothing is open but accepted risk")
        return
    yield "", Content("Next three: the most risk for the least effort")
    for number, step in enumerate(plan.next.steps, start=1):
        yield f"control:{step.gap.control.id}|next", _step(number, step)
    if plan.next.together and len(plan.next.steps) > 1:
        yield "info:together", Content.assemble("All of them together: ", said(plan.next.together))


def _step(number: int, step: Step) -> Content:
    gap = step.gap
    parts: list[Content | str] = [f"{number}  ", said(gap.control.title, "bold"), "  ", weight(gap.control.severity)]
    parts += ["  ", standing(gap.standing), "  ", said(in_days(gap.half_days), "$foreground 60%")]
    parts += ["\n   do: ", said(gap.action.what)]
    if gap.action.place:
        parts += ["  ", place(gap.action.place)]
    if gap.form:
        parts += ["\n   begin with: ", said(gap.form), said("  (B shows it)", "$foreground 60%")]
    parts += ["\n   then the verdict: ", said(step.verdict or "stays as it is", "$foreground 60%")]
    return Content.assemble(*parts)


def _way(plan: Plan, titles: Mapping[str, str]) -> Iterator[Row]:
    way = plan.way
    if way is None:
        return
    yield "", Content("The shortest way to a better verdict")
    if way.at_the_top or not way.goal:
        told = "there is no better verdict" if way.at_the_top else "controls alone lead to none"
        yield "info:top", said(f"{WORDS[way.now]}: {told}.")
        yield from ((f"info:obstacle{number}", said(text)) for number, text in enumerate(way.obstacles))
        return
    exact = "no shorter one exists" if way.exact else "a shorter one may exist"
    count = f"{len(way.controls)} controls, {in_days(way.half_days)}" if way.controls else "no control has to change"
    yield "info:way", said(f"From “{WORDS[way.start]}” to “{WORDS[way.goal]}”: {count} ({exact}).")
    for name in way.controls:
        yield f"control:{name}|way", said(f"   {titles[name]}")
    if way.levels:
        given = ", ".join(f"{name} {level}" for name, level in way.levels.items())
        yield "info:levels", said(f"   then a named person gives these levels: {given}")
    if way.to_answer:
        yield "info:answer", Content(f"   and {way.to_answer} further questions have to be answered")
    yield "info:goal", said(f"   it says then: {way.goal_sentence}")


def _gaps(plan: Plan, titles: Mapping[str, str]) -> Iterator[Row]:
    late = sum(gap.overdue for gap in plan.gaps)
    overdue = f", {late} overdue" if late else ""
    yield "", Content(f"All {len(plan.gaps)} open or unanswered controls in the order of work{overdue}")
    for number, gap in enumerate(plan.gaps, start=1):
        yield f"control:{gap.control.id}|gap", _gap(number, gap, titles)


def _gap(number: int, gap: Gap, titles: Mapping[str, str]) -> Content:
    parts: list[Content | str] = [f"{number:>3}  ", said(gap.control.title), "  ", weight(gap.control.severity)]
    parts += ["  ", standing(gap.standing), "  ", said(in_days(gap.half_days), "$foreground 60%")]
    if gap.owner:
        parts += ["  ", said(gap.owner.partition(" <")[0])]
    if gap.due:
        parts += [("  OVERDUE " if gap.overdue else "  due "), str(gap.due)]
    if gap.after:
        parts += ["  ", said(f"after {'; '.join(titles[one] for one in gap.after)}", "$foreground 60%")]
    return Content.assemble(*parts)


def _weeks(plan: Plan, titles: Mapping[str, str]) -> Iterator[Row]:
    yield "", Content("Four weeks, as the article orders them")
    for week in plan.weeks.weeks:
        yield f"info:week{week.number}", said(f"Week {week.number}: {week.theme} ({in_days(week.half_days)})", "bold")
        for at, task in enumerate(week.tasks):
            what = task.title.partition(": ")[2] or task.title
            controls = "; ".join(titles[one] for one in task.controls) or "nothing open here"
            yield f"info:week{week.number}.{at}", said(f"   {what}: {controls}")


def _signs(plan: Plan) -> Iterator[Row]:
    if plan.signs:
        yield "", Content("Anti-patterns the articles name, and whether they show here")
    for at, sign in enumerate(plan.signs):
        parts: list[Content | str] = [said(f"{sign.shows}  ", "bold"), said(f"{sign.pattern.name}: {sign.why}")]
        if sign.place:
            parts += ["  ", place(sign.place)]
        yield f"info:sign{at}", Content.assemble(*parts)
