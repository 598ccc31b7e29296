"""What to do next: pure functions over catalogue, state, assessment and, where there is one, a probe report."""

from workbook.plan.advice import Advice, Aid, Stack, Suggestion
from workbook.plan.as_data import to_data
from workbook.plan.calm import Met, met
from workbook.plan.forecast import Forecast, forecast
from workbook.plan.gaps import Action, Gap, in_days
from workbook.plan.signs import Shows, Sign
from workbook.plan.steps import Next, Step
from workbook.plan.way import Way
from workbook.plan.weeks import FilledWeek, Task, Weeks
from workbook.plan.whole import Plan, make_plan, next_three

__all__ = [
    "Action",
    "Advice",
    "Aid",
    "FilledWeek",
    "Forecast",
    "Gap",
    "Met",
    "Next",
    "Plan",
    "Shows",
    "Sign",
    "Stack",
    "Step",
    "Suggestion",
    "Task",
    "Way",
    "Weeks",
    "forecast",
    "in_days",
    "make_plan",
    "met",
    "next_three",
    "to_data",
]
