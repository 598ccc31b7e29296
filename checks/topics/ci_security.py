"""Security of and by CI: scanners that can fail the build, and third-party actions pinned to a commit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.application.numbers import counted, share
from checks.application.wiring import answer, complain, line_matches
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.workflows import Job, Step, Workflow
from checks.topics import ci_jobs
from checks.topics.ci import not_found
from checks.topics.ci_jobs import SEARCHED

SCAN = "ci.security-scan"
PINNED = "ci.actions-pinned"

_ACTIONS = {
    "code": r"github/codeql-action/analyze|(semgrep|returntocorp)/semgrep-action|[Ss]onar[Ss]ource/|PyCQA/bandit"
    r"|mdegis/bandit|securego/gosec|brakeman|ajinabraham/njsscan",
    "dependencies": r"actions/dependency-review-action|pypa/gh-action-pip-audit|google/osv-scanner|snyk/actions"
    r"|ossf/osv|oss-review-toolkit/|pyupio/safety|dependency-check/",
    "secrets": r"gitleaks/gitleaks-action|trufflesecurity/trufflehog|GitGuardian/ggshield|zricethezav/gitleaks",
    "containers": r"aquasecurity/trivy-action|anchore/scan-action|docker/scout-action|Azure/container-scan",
    "infrastructure": r"bridgecrewio/checkov|aquasecurity/tfsec|checkmarx/kics|tenable/terrascan",
    "workflows": r"zizmorcore/zizmor|woodruffw/zizmor|ossf/scorecard-action",
}
_COMMANDS = {
    "code": r"(semgrep|opengrep|bandit|njsscan|brakeman|gosec|sonar-scanner|codeql|snyk code)\b",
    "dependencies": r"(pip-audit|safety|osv-scanner|govulncheck|audit-ci|better-npm-audit|snyk test|cargo audit"
    r"|grype dir|bundle-audit|trivy (fs|repo)|dependency-check|(npm|pnpm|bun) audit|yarn (npm )?audit|uv audit)\b",
    "secrets": r"(gitleaks|trufflehog|detect-secrets(-hook)?|ggshield|talisman|secretlint|git-secrets|noseyparker)\b",
    "containers": r"(trivy image|grype|docker scout|dockle|snyk container)\b",
    "infrastructure": r"(checkov|tfsec|kics|terrascan|trivy config)\b",
    "workflows": r"zizmor\b",
}  # fmt: skip
_TEMPLATES = {
    "code": r"sast(?!-iac)|auto-devops",
    "dependencies": r"dependency-scanning|auto-devops",
    "secrets": r"secret-detection|auto-devops",
    "containers": r"container-scanning|auto-devops",
    "infrastructure": r"sast-iac",
}
"""GitLab's own templates and components: they report to the host."""
_OF_THE_PIPELINE = frozenset({"infrastructure", "workflows"})
_ONLY_INSTALLS = re.compile(r"\b(install|--version|--help|init)\b|\baudit fix\b")
_EXIT_0 = re.compile(r"--exit-zero|--exit-code[= ]0\b|--no-fail|--fail-on[= ]none|--audit-level[= ]none")


@dataclass(frozen=True, slots=True)
class _Scan:
    kind: str
    name: str
    place: Location
    blocks: bool


@probe(SCAN)
def security_scan(look: Look) -> Observation:
    """At least one scanner in CI can fail the build, or reports to the host; the summary names the kinds found."""
    fix = "add a scanner that fails the build, such as a dependency audit and a secret scan"
    found = list(_scans(look))
    hard = [scan for scan in found if scan.blocks]
    if hard:
        kinds: dict[str, list[str]] = {}
        for scan in hard:
            kinds.setdefault(scan.kind, []).append(scan.name)
        said = "scans of " + ", ".join(f"{kind} ({', '.join(dict.fromkeys(names))})" for kind, names in kinds.items())
        said += "" if set(kinds) - _OF_THE_PIPELINE else " only, not of the product"
        seen = answer(SCAN, Outcome.MET, said, [scan.place for scan in hard], searched=SEARCHED)
        return replace(seen, kinds=tuple(kinds))
    if found:
        places = [scan.place for scan in found]
        complain(look, "ci.scan-ignored", SCAN, places, Severity.MEDIUM, "what this scan finds does not fail the build")
        said = "a scan runs, but what it finds neither fails the build nor reaches the host"
        seen = answer(SCAN, Outcome.PARTIAL, said, places, searched=SEARCHED, fix="let the scan fail the build")
        return replace(seen, kinds=tuple(dict.fromkeys(scan.kind for scan in found)))
    keys = [ci_jobs.place_of(run) for run in ci_jobs.runs(look) if "detect-private-key" in run.command.text]
    if keys:
        seen = answer(SCAN, Outcome.PARTIAL, "only a private-key hook", keys, searched=SEARCHED, fix=fix)
        return replace(seen, kinds=("secrets",))
    return not_found(look, SCAN, "CI runs no security scan", fix=fix)


def _scans(look: Look) -> Iterator[_Scan]:
    yield from _included(look)
    for job, workflow in {id(job): (job, workflow) for workflow, job in _started_jobs(look)}.values():
        yield from _in_job(look, workflow, job)


def _included(look: Look) -> Iterator[_Scan]:
    """What GitLab's own templates and components scan, unless a variable switches them off."""
    for workflow in look.workflows.all:
        text = look.tree.text(workflow.path) or ""
        for name in workflow.included if workflow.system == "gitlab" and ci_jobs.is_on_change(workflow) else ():
            for kind, pattern in _TEMPLATES.items():
                if re.search(pattern, name, re.IGNORECASE):
                    switch = {"code": "SAST", "secrets": "SECRET_DETECTION"}.get(kind, kind.upper().rstrip("S"))
                    off = re.search(rf"(?m)^\s*{switch}\w*_DISABLED:\s*[\"']?(true|1)", text)
                    place = next(iter(line_matches(look, workflow.path, re.escape(name))), Location(workflow.path))
                    yield _Scan(kind, name, place, not off)


def _in_job(look: Look, workflow: Workflow, job: Job) -> Iterator[_Scan]:
    away = {(step.path, step.line) for step in job.steps if ci_jobs.never_starts(workflow, step.condition)}
    for kind in _kinds(_ACTIONS, job.calls):  # a reusable workflow of the scanner's maker, which reports to the host
        yield _Scan(kind, job.calls.split("@", 1)[0], job.location, not job.tolerated)
    uploads = any(step.uses.startswith("github/codeql-action/upload-sarif") for step in job.steps)
    for step in job.steps:
        for kind in _kinds(_ACTIONS, "" if step.never or (step.path, step.line) in away else step.uses):
            blocks = not (job.tolerated or step.tolerated) and (uploads or _action_blocks(step))
            yield _Scan(kind, step.uses.split("@", 1)[0], Location(step.path, step.line), blocks)
    for run in look.workflows.commands_of(job):
        if run.missing or _ONLY_INSTALLS.search(run.text) or (run.path, run.line) in away:
            continue
        for kind in _kinds(_COMMANDS, run.text):
            blocks = not ci_jobs.is_ignored(run) and (uploads or _command_blocks(run.text))
            yield _Scan(kind, run.program, run.location, blocks)


def _kinds(patterns: dict[str, str], text: str) -> list[str]:
    return [kind for kind, pattern in patterns.items() if re.match(pattern, text)]


def _started_jobs(look: Look) -> Iterator[tuple[Workflow, Job]]:
    """Jobs of workflows that start by themselves: on changes, on a schedule or on a release."""
    for workflow in look.workflows.all:
        if set(workflow.triggers) - {"workflow_dispatch", "workflow_call"}:
            yield from ((workflow, job) for job in look.workflows.jobs_of(workflow))


def _action_blocks(step: Step) -> bool:
    """Whether the action fails on findings: Trivy's does so only when told an exit code."""
    if "trivy-action" in step.uses:
        return step.inputs.get("exit-code", "0") not in {"", "0"}
    if step.uses.startswith("anchore/scan-action"):
        return step.inputs.get("fail-build", "true") != "false"
    return "sonarsource" not in step.uses.lower() or step.inputs.get("args", "").find("qualitygate.wait=false") < 0


def _command_blocks(text: str) -> bool:
    """Whether the command fails on findings: some scanners do so only when asked."""
    if _EXIT_0.search(text):
        return False
    if text.startswith("trivy"):
        return "--exit-code" in text
    if text.startswith(("semgrep", "opengrep")):
        return text.split()[1:2] == ["ci"] or "--error" in text
    return (
        not text.startswith(("grype", "docker scout", "detect-secrets scan"))
        or "--fail-on" in text
        or "exit-code" in text
    )


# -- pins ---------------------------------------------------------------------------------------------------------

_COMMIT = re.compile(r"@[0-9a-f]{40}([0-9a-f]{24})?$")
_HOSTS_OWN = ("actions/", "github/")


@probe(PINNED)
def actions_pinned(look: Look) -> Observation:
    """Actions and reusable workflows of others are named by commit, not by a tag that can move."""
    fix = "pin each third-party action to a full commit id, with the version in a comment"
    used = dict.fromkeys(_third_party(look))
    loose = [place for name, place in used if not (_COMMIT.search(name) or "@sha256:" in name)]
    hidden = [item.path for item in look.unread if item.path.startswith(".github/workflows/")]
    if loose:
        message = "a third-party action is named by a tag or branch, which its owner can move"
        complain(look, "ci.action-not-pinned", PINNED, loose, Severity.LOW, message)
        outcome = Outcome.PARTIAL if len(loose) < len(used) else Outcome.UNMET
        said = share(
            len(used) - len(loose),
            len(used),
            "use of a third-party action",
            "is pinned to a commit",
            "are pinned to a commit",
        )
        return answer(PINNED, outcome, said, loose, searched=SEARCHED, confidence=Confidence.HIGH, fix=fix)
    if hidden:
        return answer(PINNED, Outcome.UNKNOWN, f"{hidden[0]} could not be read", searched=SEARCHED)
    if not used and (others := ci_jobs.other_systems(look)):
        said = f"no third-party actions, but {others[0].path} is of a system that is not read here"
        return answer(PINNED, Outcome.UNKNOWN, said, others, searched=SEARCHED, fix=fix)
    brought = [item for item in look.workflows.all if item.included and item.system not in {"github", "gitlab"}]
    if not used and brought:
        said = f"no actions, but {brought[0].path} takes in {brought[0].included[0]}, whose version was not judged"
        places = [Location(item.path) for item in brought]
        return answer(PINNED, Outcome.UNKNOWN, said, places, searched=SEARCHED, fix=fix)
    if not used:
        return answer(PINNED, Outcome.NOT_APPLICABLE, "no third-party actions", searched=SEARCHED)
    places = [place for _, place in used]
    return answer(PINNED, Outcome.MET, f"pinned to a commit: {counted(len(used), 'use')}", places, searched=SEARCHED)


def _third_party(look: Look) -> Iterator[tuple[str, Location]]:
    for workflow in look.workflows.all:
        for job in workflow.jobs:
            names = [(step.uses, Location(step.path, step.line)) for step in job.steps]
            for name, place in [(job.calls, job.location), *names]:
                if name and not name.startswith(("./", *_HOSTS_OWN)):
                    yield name, place
