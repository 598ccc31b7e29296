"""The commands as data: which module each lives in, and its line of help. Listing them loads none of them."""

from __future__ import annotations

from typing import Final

from checks.frozen import Frozen


class Command(Frozen):
    """A command: the module below `workbook.cli` with its `arguments` and `run`, and what it does in one line."""

    module: str
    help: str


COMMANDS: Final[dict[str, Command]] = {
    "init": Command("init", "start a workbook: write readiness.toml"),
    "probe": Command("probe", "look at the repository and say what it shows"),
    "guide": Command("guide", "answer one question after the other, as plain lines"),
    "status": Command("status", "say where the team stands"),
    "answer": Command("answer", "answer one control"),
    "verify": Command("verify", "confirm what somebody else answered, or run its recorded command again"),
    "evidence": Command("evidence", "attach evidence, or run a command or a rehearsal and record it"),
    "waive": Command("waive", "accept the risk of a gap for a while"),
    "scope": Command("scope", "record a fact about the product"),
    "measure": Command("measure", "store a number that items compare with their thresholds"),
    "score": Command("score", "give one domain of a scorecard its level"),
    "attest": Command("attest", "state a yes-or-no fact that a decision model asks for"),
    "decide": Command("decide", "record a launch decision, or show how its conditions stand"),
    "due": Command("due", "say what comes due and when"),
    "plan": Command("plan", "say what to do next, and the shortest way to a better verdict"),
    "history": Command("history", "say what happened to the workbook, from git alone"),
    "diff": Command("diff", "say what changed between two points of history, and why"),
    "checklists": Command("checklists", "list the checklists, your own among them, and choose which decide"),
    "upgrade": Command("upgrade", "bring the workbook up to the catalogue's version"),
    "pr": Command("pr", "the checklist in the pull-request template, and what a change puts in doubt"),
    "gate": Command("gate", "check the state or a change by the team's policy, for CI"),
    "report": Command("report", "write reports, the launch memo, badges, findings, or all of it for an auditor"),
    "sheet": Command("sheet", "open questions as a worksheet for people without the tool, and back as proposals"),
    "brief": Command("brief", "the gaps for a coding agent: places, proof, and where to stop"),
    "scaffold": Command("scaffold", "write a document or configuration that is missing, with blanks to fill in"),
    "commit": Command("commit", "commit the workbook's files, and only those"),
    "merge": Command("merge", "merge two branches of a state file, or decide what a merge left open"),
    "explain": Command("explain", "say what an id or a finding means, and show the fix in your framework"),
    "notebook": Command("notebook", "open, write or run the notebooks"),
    "sample": Command("sample", "try the workbook on a small application with planted gaps"),
    "doctor": Command("doctor", "check that this machine has what the workbook needs"),
}
"""In the order a team meets them; `readiness --help` lists them so."""
