"""Releases: is there a record of them, and a way back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.infrastructure import not_configured, programs_say
from checks.application.numbers import counted
from checks.application.wiring import answer
from checks.git.problem import GitProblem
from checks.look import Look, is_product
from checks.observation import Confidence, Location, Observation, Outcome
from checks.probe import probe
from checks.readers.documents import Document
from checks.readers.manifests import Package
from checks.topics.documents import TEMPLATE

CHANGELOG = "release.changelog"
ROLLBACK = "release.rollback"

_VERSION_TAG = re.compile(r"^(?:[\w@/.-]*[-@/])?v?\d+(\.\d+)+|^v\d+|^\d{4}[-.]?\d{2}|^release[-/]")
_ENTRY = re.compile(
    r"(?im)^[^\S\n]*(?:(?:#+|\*\*|[-*]|=+)[^\S\n]*)?\[?v?\d+\.\d|^#.*(?:\d{4}-\d{2}|\bunreleased\b)|^\d{4}-\d{2}-\d{2}"
)
_DRAFTS = re.compile(
    r"^(release-drafter/release-drafter|(googleapis|google-github-actions)/release-please-action|changesets/action"
    r"|cycjimmy/semantic-release|go-semantic-release/|orhun/git-cliff-action|tiangolo/latest-changes)"
)
_DRAFTING_COMMANDS = re.compile(
    r"^(semantic-release|git-cliff|release-please|release-it|standard-version|changeset version)\b"
)
_SEVERAL = 2


@probe(CHANGELOG)
def changelog(look: Look) -> Observation:
    """A changelog with entries, version tags, or CI that writes release notes."""
    searched = ("CHANGELOG, CHANGES, HISTORY and release notes", "version tags", "release tools that CI runs")
    fix = "tag releases and keep a CHANGELOG.md"
    written = [item for item in look.documents.of("changelog") if _ENTRY.search(item.text)]
    started = {item.path for item in look.manifests.scripts if item.name == "start"}
    packages = [
        item
        for item in look.manifests.packages
        if item.folder and is_product(item.path) and (_releases(item) or item.path in started)
    ]
    at_root = any("/" not in item.path or item.path.startswith("docs/") for item in written)
    if written and len(packages) >= _SEVERAL and not at_root:
        covered = {item.path.rpartition("/")[0] for item in written}
        if any(package.folder not in covered for package in packages):
            places = [Location(item.path, 1) for item in written]
            said = "a changelog for some of several packages"
            return answer(CHANGELOG, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    if written:
        places = [Location(item.path, 1) for item in written]
        return answer(CHANGELOG, Outcome.MET, "a changelog", places, searched=searched, confidence=Confidence.HIGH)
    try:
        tags = [tag.name for tag in look.git.tags() if _VERSION_TAG.match(tag.name)] if look.git else []
    except GitProblem:
        return answer(CHANGELOG, Outcome.UNKNOWN, "no changelog, and tags could not be read", searched=searched)
    if tags:
        said = f"{counted(len(tags), 'version tag')}, the newest {tags[0][:40]}"
        return answer(CHANGELOG, Outcome.MET, said, searched=searched, confidence=Confidence.HIGH)
    drafted = list(_drafting(look))
    if drafted:
        return answer(CHANGELOG, Outcome.MET, "CI writes release notes", drafted, searched=searched)
    if look.git is not None and (look.git.git_dir / "shallow").is_file():
        said = "no changelog, and a shallow clone does not show all tags"
        return answer(CHANGELOG, Outcome.UNKNOWN, said, searched=searched, fix=fix)
    if look.git is None:
        return answer(
            CHANGELOG, Outcome.UNKNOWN, "no changelog, and no git to ask for tags", searched=searched, fix=fix
        )
    return answer(CHANGELOG, Outcome.UNMET, "no changelog and no version tags", searched=searched, fix=fix)


def _releases(package: Package) -> bool:
    return package.is_library or package.version.strip("v") not in {"", "0.0.0", "0.0.1"}


def _drafting(look: Look) -> Iterator[Location]:
    for workflow in look.workflows.all:
        for job in look.workflows.jobs_of(workflow):
            yield from (Location(s.path, s.line) for s in job.steps if _DRAFTS.match(s.uses) and not s.never)
            for command in look.workflows.commands_of(job):
                if _DRAFTING_COMMANDS.match(command.text):
                    yield command.location


# -- the way back -------------------------------------------------------------------------------------------------

_UNDOES = re.compile(
    r"^(kubectl rollout undo|helm rollback|(fly|flyctl) releases? rollback|heroku rollback|vercel rollback"
    r"|gcloud run services update-traffic|gcloud app services set-traffic|kamal rollback|dokku ps:rebuild|eb swap"
    r"|argocd app rollback|kubectl argo rollouts (undo|abort)|helm upgrade .*--(atomic|rollback-on-failure))"
)
_CONFIGURED = re.compile(
    r"(?m)^[^\S\n]*(failure_action:\s*rollback|strategy\s*=\s*[\"'](canary|bluegreen)[\"']|autoRollback:\s*true)"
    r"|(?m:^[^\S\n]*DeploymentPreference:)|(Canary|Linear)\d+Percent\w+"
    r"|deployment_circuit_breaker|deployment_type\s*=\s*\"BLUE_GREEN\"|auto_rollback_configuration"
)
_BY_PROGRAM = re.compile(
    r"circuitBreaker\s*:\s*\{[^}]{0,60}rollback\s*:\s*true|DeploymentCircuitBreaker\([^)]{0,60}rollback\s*=\s*True"
    r"|\b(?:Lambda|Ecs|Server)DeploymentConfig\.\w*(?:CANARY|LINEAR)|DeploymentControllerType\.CODE_DEPLOY"
    r"|autoRollback\s*:\s*\{"
)
_UNDOING_NAME = re.compile(r"(?i)(^|[:_.-])(roll[-_:]?back|blue-?green|canary)($|[:_.-])")
_ROLLBACK_WORD = re.compile(
    r"(?i)\broll(ing)?[- ]?back\b|^go(?:ing)? back(?: to (?:the|an|a) [\w ]{3,30})?$"
    r"|\bblue[-/ ]green\b|\bcanary (release|deploy)"
    r"|\b(?:re-?deploy|go back to) the (?:previous|last|old) (?:commit|version|release|image|tag)"
)
_LAST = r"(?:the |an? )?(?:previous|prior|last(?: good)?|old(?:er)?|earlier|known[- ]good)"
_RELEASED = r"(?:versions?|releases?|images?|tags?|deploy(?:ment)?s?|revisions?|builds?)"
_GONE_WRONG = re.compile(
    rf"(?i)\b(?:when|if|after) (?:an?|the|your) (?:new |last )?(?:{_RELEASED}|update) (?:\w+ )?"
    rf"(?:misbehaves|fail\w*|breaks|broke|goes wrong|went wrong|is (?:bad|broken))"
    rf"|\b(?:bad|broken|failed|faulty) {_RELEASED}\b"
    rf"|\b(?:undo|revert|revers)(?:ing|e)? (?:an? |the )?(?:bad |last |broken |failed )?{_RELEASED}\b"
    rf"|\b(?:return|revert|switch|back|downgrad)(?:e|ing)? (?:back )?to {_LAST} {_RELEASED}\b"
)
"""Headings over what to do with a bad release, and sentences about going back, without the usual word."""
_BRINGS_BACK = re.compile(rf"(?i)\b{_LAST} {_RELEASED}\b|\bprevious\b|\b{_RELEASED} (?:before|you had)\b")
_OF_COMMITS = re.compile(r"(?i)\bgit\b|\bcommits?\b|\bbranch")
_OF_RELEASES = re.compile(r"(?i)\b(?:re-?deploy\w*|releases?|production)\b")
_OF_DATA = re.compile(r"(?i)migration|transaction|alembic|session\.rollback|database|savepoint")
_STEP = re.compile(
    r"(?m)^[^\S\n]*(?:(\d+\.|[-*]) \S|(\$ )?(git|kubectl|helm|docker|fly|vercel|gh|make|aws|gcloud|\./)\b)"
)
_INLINE = re.compile(
    r"`(?:(?:\w+=(?:<[^<>`]*>|\S+)|sudo)\s+)*(?:kubectl|helm|git|docker|flyctl|fly|vercel|gh|make|aws|gcloud|az|alembic|heroku|railway|terraform|argocd|kamal|npx|pnpm|curl)\s[^`]+`"
)
"""A command in running text."""
_MENU = re.compile(r"[*_`\"“][A-Z][\w /-]{1,40}(?: (?:>|→|->|&gt;) [\w /-]{1,40})+[*_`\"”]")
"""A place in the pages of a host, as in `*Deployments > Rollback*`."""
_FENCED = re.compile(r"(?ms)^ *```[\w-]*\n(.*?)^ *```")
_FEWEST_STEPS = 2


@probe(ROLLBACK)
def rollback(look: Look) -> Observation:
    """A rollback, canary or blue-green step that is configured, or a written procedure."""
    searched = ("CI, compose, Kubernetes, Terraform and platform files", "documents and headings about rollback")
    fix = "write down the commands that bring the last version back, and rehearse them"
    configured = list(_configured(look))
    if configured:
        said = "rollback, canary or blue-green is configured"
        return answer(ROLLBACK, Outcome.MET, said, configured, searched=searched)
    documents = [i for i in look.documents.all if "changelog" not in i.kinds and not TEMPLATE.search(i.path)]
    sections = [
        (Location(item.path, heading.line), item.section(re.escape(heading.text)))
        for item in documents
        for heading in item.headings
        if _ROLLBACK_WORD.search(heading.text) and not _OF_DATA.search(heading.text)
    ]
    sections += [place for item in documents for place in _after_bad_release(item)]
    specific = [place for place, text in sections if _is_procedure(text)]
    whole = [item for item in documents if "rollback" in item.kinds and item.specific]
    specific += [Location(item.path, 1) for item in whole if _is_procedure(item.text)]
    specific += [place for item in documents for place in (*_commands_back(item), *_told_in_a_paragraph(item))]
    if specific:
        return answer(ROLLBACK, Outcome.MET, "a written procedure", specific, searched=searched)
    mentioned = [place for place, _ in sections] + [place for item in documents for place in _mentions(item)]
    if mentioned:
        return answer(ROLLBACK, Outcome.PARTIAL, "only mentioned", mentioned, searched=searched, fix=fix)
    said = f"no rollback procedure or configuration{look.documents.still_blank('rollback')}"
    return not_configured(look, ROLLBACK, said, searched=searched, fix=fix)


def _is_procedure(text: str) -> bool:
    words = len(re.findall(r"\w{2,}", text))
    fenced = [line for block in _FENCED.findall(text) for line in block.splitlines() if line.strip(" #")]
    told = (
        len(_INLINE.findall(text))
        + len(_MENU.findall(text))
        + len(re.findall(r"(?i)\b(?:then|when|until|at once|wait)\b", text))
    )
    steps = max(len(_STEP.findall(text)), len(fenced), told if _INLINE.search(text) else 0)
    return steps >= _FEWEST_STEPS and words >= 10 and "TODO" not in text  # noqa: PLR2004 - a sentence


_COMMAND_BACK = re.compile(
    r"(?:`(?:\$ )?|^\s*(?:\$ )?)(?:kubectl rollout undo|kubectl argo rollouts (?:undo|abort)|helm rollback"
    r"|kamal rollback"
    r"|(?:fly|flyctl) releases? rollback|(?:fly|flyctl) deploy --image|heroku (?:releases:)?rollback|vercel rollback"
    r"|wrangler rollback|argocd app rollback|gcloud run services update-traffic)\b[^`\n]{3,}(?:`|$)"
)
"""A command that brings a release back, with what it is to bring back."""


def _after_bad_release(document: Document) -> Iterator[tuple[Location, str]]:
    """The sections about what to do with a bad release that speak of the one before it."""
    if document.kinds & {"contributing", "agents"}:
        return
    for heading in document.headings:
        if _GONE_WRONG.search(heading.text) and not _OF_DATA.search(heading.text):
            text = document.section(re.escape(heading.text))
            if _BRINGS_BACK.search(text):
                yield Location(document.path, heading.line), text


def _commands_back(document: Document) -> Iterator[Location]:
    """Where a document gives such a command in a sentence about going back."""
    for number, line in enumerate(document.text.splitlines(), 1):
        if _COMMAND_BACK.search(line) and not re.search(r"(?i)\b(?:todo|someday|would|could|planned)\b", line):
            yield Location(document.path, number)


_GOING_BACK = re.compile(
    rf"(?i)\bto (?:go|get|roll) back\b|\broll(?:ing)? back\b|\b(?:pick|choose|redeploy|promote) {_LAST} {_RELEASED}\b"
)
_RESTARTS = re.compile(r"`[^`\n]*\b(?:restart|up -d|deploy|rollout|docker run|push)\b[^`\n]*`")
_GOES_ON = re.compile(r"(?i)\b(?:then|afterwards|until|or the next|next push)\b")


def _told_in_a_paragraph(document: Document) -> Iterator[Location]:
    """Paragraphs that say where in the pages of a host, or with what command, the former release comes back."""
    line = 1
    for paragraph in re.split(r"(\n[ \t]*\n)", document.text):
        by_menu = all(form.search(paragraph) for form in (_GOING_BACK, _MENU, _GOES_ON))
        by_command = all(form.search(paragraph) for form in (_GONE_WRONG, _BRINGS_BACK, _INLINE, _RESTARTS))
        if (by_menu or by_command) and not re.search(r"TODO|(?i:\bplanned\b)", paragraph):
            yield Location(document.path, line)
        line += paragraph.count("\n")


def _mentions(document: Document) -> Iterator[Location]:
    """Where a document about operation speaks of rolling back a release; databases roll back transactions."""
    if not document.kinds & {"deployment", "runbook", "incident", "readme", "architecture", "decision", "contributing"}:
        return
    operates = bool(document.kinds & {"deployment", "runbook", "incident"})
    for number, line in enumerate(document.text.splitlines(), 1):
        spoken = _ROLLBACK_WORD.search(line) or (operates and _GONE_WRONG.search(line))
        if spoken and not _OF_DATA.search(line):
            if "contributing" in document.kinds and _OF_COMMITS.search(line) and not _OF_RELEASES.search(line):
                continue  # of one's own work, not of a release
            yield Location(document.path, number)


def _configured(look: Look) -> Iterator[Location]:
    for item in look.containers.resources:
        if item.kind in {"Rollout", "Canary"} and not item.templated:
            yield Location(item.path, item.line)
    paths = set(look.tree.match("template.yaml", "template.yml", "serverless.yml", "serverless.yaml"))
    paths |= {item.path for item in look.containers.services}
    paths |= {item.path for item in look.containers.platforms}
    paths |= {item.path for item in look.containers.infrastructure}
    for path in sorted(paths):
        text = look.tree.text(path) or ""
        if match := _CONFIGURED.search(text):
            yield Location(path, text.count("\n", 0, match.start()) + 1)
    yield from programs_say(look, _BY_PROGRAM)
    for script in look.manifests.scripts:
        if _UNDOING_NAME.search(script.name) and not _OF_DATA.search(" ".join((script.name, *script.commands))):
            yield Location(script.path, script.line)
    for path in look.tree.match("*rollback*.sh", "*roll-back*.sh", "*roll_back*.sh"):
        if is_product(path) and not _OF_DATA.search(path):
            yield Location(path, 1)
    for workflow in look.workflows.all:
        for job in look.workflows.jobs_of(workflow):
            for command in look.workflows.commands_of(job):
                if _UNDOES.match(command.text):
                    yield command.location
