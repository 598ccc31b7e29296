"""Every control of the chosen checklists as a table for spreadsheets; no cell can be taken for a formula."""

from __future__ import annotations

import csv
import io
from typing import Final

from workbook.assess import PLAIN
from workbook.history import Point, at, point_now, replay
from workbook.session import Session
from workbook.text import csv_cell

COLUMNS: Final = (
    *("control", "title", "area", "severity", "standing", "in words", "why"),
    *("answered by", "answered on", "owner", "due", "evidence"),
)
"""Of one row; `evidence` is how many pieces the answer has."""


def to_csv(session: Session, ref: str = "") -> str:
    """The table in the order of the catalogue, of now or of a tag or commit; each row is one line.

    Raises:
        Refused: `ref` leads nowhere in this history.
    """
    told = at(session, replay(session), ref) if ref else point_now(session)
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in told.catalogue.controls_of(told.state.checklists):
        writer.writerow([csv_cell(" ".join(cell.split())) for cell in _row(told, name)])
    return out.getvalue()


def _row(point: Point, name: str) -> tuple[str, ...]:
    control, judged, answer = point.catalogue.controls[name], point.assessment.standings[name], point.state.answer(name)
    return (
        *(
            name,
            control.title,
            control.area,
            control.severity,
            str(judged.standing),
            PLAIN[judged.standing],
            judged.why,
        ),
        *("; ".join(answer.by), str(answer.at or ""), answer.owner, str(answer.due or ""), str(len(answer.evidence))),
    )
