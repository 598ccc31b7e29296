"""The state file as it is first written: a table for every control, so that later edits merge cleanly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from workbook.catalogue import Catalogue
from workbook.text import toml_comment

HEADER = """\
# Production readiness of this repository. Kept by the readiness workbook; safe to edit by hand.
# Nothing here is derived: standings and verdicts are computed from these answers and the tree.
"""


def skeleton(
    catalogue: Catalogue,
    checklists: Sequence[str],
    *,
    profiles: Sequence[str] = (),
    facts: Mapping[str, bool] | None = None,
    despite: Sequence[str] = (),
    by: str = "",
    at: date | None = None,
) -> bytes:
    """The bytes of a new state file; the first of `checklists` decides."""
    lines = [HEADER, "schema = 1", f"catalogue = {quoted(catalogue.version)}", "", "[workbook]"]
    lines += [f"decides = {quoted(checklists[0])}", f"also = {listed(checklists[1:])}"]
    lines += [f"profiles = {listed(profiles)}", "frameworks = []", "", "[scope]"]
    if facts:
        lines += [f"by = {quoted(by)}", f"at = {at}"]
        lines += [f"despite = {listed(despite)}"] if despite else []
        lines += [f"{name} = {str(facts[name]).lower()}" for name in catalogue.scope if name in facts]
    lines += ["", "[gate]", 'mode = "ratchet"']
    for name in catalogue.controls_of(tuple(checklists)):
        title = toml_comment(catalogue.controls[name].title)
        lines += ["", f"# {title}", f"[controls.{name}]", 'status = "unanswered"']
    return ("\n".join(lines) + "\n").encode()


def table_order(catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """Where tables belong in a state file, so that one added later finds its place."""
    before = [("workbook",), ("readings",), ("scope",), ("gate",), ("measurements",), ("scores",), ("attested",)]
    controls = [("controls", name) for name in catalogue.controls]
    return (*before, *controls, ("items",), ("decisions",))


def quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(texts: Sequence[str]) -> str:
    """A TOML array of strings on one line."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"
