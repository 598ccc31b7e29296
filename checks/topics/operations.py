"""Operations: backups, runbooks and service level objectives, as documents and as jobs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.databases import databases
from checks.application.infrastructure import not_configured, programs_say
from checks.application.wiring import answer, not_applicable
from checks.files.kinds import is_test, is_vendored
from checks.look import Look, is_product
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.readers.documents import Document
from checks.topics.documents import TEMPLATE
from checks.topics.runbook_content import is_runbook

BACKUPS = "ops.backups"
RUNBOOKS = "ops.runbooks"
SLO = "ops.slo"

_COMMANDS = re.compile(
    r"\b(pg_dump(all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|restic|borg|velero|wal-g|pgbackrest|barman"
    r"|litestream"
    r"|xtrabackup|sqlite3 \S+ \S*\.backup|aws s3 (sync|cp)|rclone)\b"
)
_DUMPS = re.compile(r"\b(pg_dump|mysqldump|mongodump|restic backup|pg_basebackup)")
_RESTORES = re.compile(r"(?i)\brestor|\brecover")
_SAFE_SERVICE = re.compile(
    r"postgres-backup|docker-volume-backup|mysql-backup|pgbackups|litestream|restic|wal-g|backup-local"
)
_SAFE_CLOUD = re.compile(
    r"backup_retention_(?:period|days)\s*=\s*[1-9]|point_in_time_recovery|backup_configuration|backup_window"
    r"|snapshot_retention_limit\s*=\s*[1-9]"
)
_BY_PROGRAM = re.compile(
    r"\bbackup_?[rR]etention\s*[:=]\s*(?!(?:cdk\.)?Duration\.days\(0\)|0\b)|\bpoint_?[iI]n_?[tT]ime_?[rR]ecovery\w*\s*[:=]\s*(?!false|False)"
    r"|\bBackupPlan\b|\bbackup_?[rR]etention_?[pP]eriod\s*[:=]\s*[1-9]|\bbackup\s*[:=]\s*(?:\{\s*retention|rds\.BackupProps)"
)
_MENTIONS = re.compile(
    r"(?i)\bback(?:ing)?[- ]?ups? (?:of )?(?:the |your |all )*(?:data\w*|db|volumes?|postgres\w*|mongo\w*|sqlite)\b"
    r"|(?m:^\W{0,3}back-?ups?:\s+\w)"
    r"|\b(?:database|data|db|postgres\w*|volume|nightly|daily|weekly|hourly|automat\w+|regular) back-?ups?\b"
)
_HEADS = re.compile(
    r"(?i)\bback-?ups?\b|disaster recovery"
    r"|\brestor(?:e|ing)\b.*\b(?:data|databases?|db|postgres\w*|mysql|mongo\w*|sqlite|volumes?|snapshots?|dumps?)\b"
    r"|\bdata(?:base)? (?:recovery|restore)\b|\brecover(?:y|ing)\b.*\b(?:data|databases?|postgres\w*)\b"
)
_VECTOR_STORES = (
    "chromadb", "langchain_chroma", "qdrant_client", "weaviate", "lancedb", "langchain_postgres", "milvus*", "pymilvus",
    "@qdrant/*", "@lancedb/*",
)  # fmt: skip
_STATEFUL = re.compile(r"postgres|mysql|mariadb|mongo|minio|elastic|qdrant|chroma|weaviate|clickhouse")


@probe(BACKUPS)
def backups(look: Look) -> Observation:
    """A specific procedure, or a job that makes backups; words alone are half of it."""
    searched = ("documents and headings about backup and recovery", "scripts, compose, CI, Kubernetes and Terraform")
    fix = "back up the data on a schedule, write down how to restore it, and rehearse it"
    jobs = [*_backup_jobs(look), *programs_say(look, _BY_PROGRAM)]
    if jobs:
        return answer(BACKUPS, Outcome.MET, "a job makes backups", jobs, searched=searched)
    documents = [
        item for item in look.documents.all if "changelog" not in item.kinds and not TEMPLATE.search(item.path)
    ]
    specific = [Location(item.path, 1) for item in documents if _is_about_backups(item) and item.specific]
    sections = [
        (Location(item.path, heading.line), f"{heading.text}\n{item.section(re.escape(heading.text))}")
        for item in documents
        for heading in item.headings
        if _HEADS.search(heading.text)
    ]
    specific += [place for item in documents if not _is_for_agents(item.path) for place in _dumped_and_restored(item)]
    specific += [place for place, text in sections if _COMMANDS.search(text) or _is_procedure(text)]
    if specific:
        return answer(BACKUPS, Outcome.MET, "a written procedure", specific, searched=searched)
    mentioned = [place for place, _ in sections] + [Location(i.path, 1) for i in documents if _is_about_backups(i)]
    mentioned += [
        Location(item.path, item.text.count("\n", 0, match.start()) + 1)
        for item in documents
        if not _is_for_agents(item.path) and (match := _MENTIONS.search(item.text))
    ]
    if mentioned:
        said = "backups are mentioned, without a procedure or a job"
        return answer(BACKUPS, Outcome.PARTIAL, said, mentioned, searched=searched, fix=fix)
    state = (
        databases(look).any
        or look.importers(*_VECTOR_STORES)
        or any(_STATEFUL.search(item.image) for item in look.containers.services)
    )
    if not state and not [path for path in look.tree.match("*.sql", "*.prisma") if is_product(path)]:
        return not_applicable(look, BACKUPS, "no database or other state was found", searched=searched)
    said = f"no backup procedure or job{look.documents.still_blank('backup')}"
    return not_configured(look, BACKUPS, said, searched=searched, fix=fix)


_DUMPED = re.compile(r"(?i)\bdumps?\b|\bback(?:s|ed)? up\b|\bsnapshots?\b")
_WHEN = re.compile(r"(?i)\b(?:nightly|hourly|daily|weekly|every|each)\b|\bat \d{1,2}:\d\d\b")
_PUT_BACK = re.compile(
    r"`[^`\n]*\b(?:pg_restore|psql|mysql|mariadb|mongorestore|restic restore|rclone|sqlite3)\b[^`\n]*`"
)


def _dumped_and_restored(document: Document) -> Iterator[Location]:
    """Paragraphs, under whatever heading, that say when the data is kept and with what command it comes back."""
    line = 1
    for paragraph in re.split(r"(\n[ \t]*\n)", document.text):
        told = (_DUMPED, _WHEN, _RESTORES, _PUT_BACK)
        if all(form.search(paragraph) for form in told):
            yield Location(document.path, line)
        line += paragraph.count("\n")


def _is_about_backups(document: Document) -> bool:
    return "backup" in document.kinds and bool(re.search(r"(?i)backup|disaster", f"{document.path} {document.title}"))


def _is_procedure(text: str) -> bool:
    """Whether it says how data comes back: in numbered steps or with commands; a bare list may be one of wishes."""
    commands = text.count("```") // 2 + len(
        re.findall(
            r"(?<!`)``?(?:docker|kubectl|pg_\w+|mysql\w*|mongo\w+|aws|gcloud|rclone|restic|sqlite3|fly|heroku|make|just|python|\./)[^`]+``?(?!`)",
            text,
        )
    )
    steps = commands + len(re.findall(r"(?m)^\s*\d+\. \S", text))
    if commands or "`" in text:
        steps += len(re.findall(r"(?m)^\s*[-*] (?!\[ \])\S", text))
    return steps > 1 and bool(_RESTORES.search(text))


def _backup_jobs(look: Look) -> Iterator[Location]:
    for path in look.tree.match("*.sh", "*.bash", "Makefile"):
        if is_test(path) or is_vendored(path):
            continue
        lines = enumerate((look.tree.text(path) or "").splitlines(), 1)
        dumps = [number for number, line in lines if _DUMPS.search(line) and not line.lstrip().startswith("#")]
        if dumps:
            yield Location(path, dumps[0])
    yield from _configured_backups(look)
    for workflow in look.workflows.all:
        for job in workflow.jobs if "schedule" in workflow.triggers else ():
            for command in look.workflows.commands_of(job):
                if _COMMANDS.match(command.text) and "dump" in command.text:
                    yield command.location


def _configured_backups(look: Look) -> Iterator[Location]:
    for service in look.containers.services:
        if _SAFE_SERVICE.search(service.image):
            yield Location(service.path, service.line)
    for item in look.containers.resources:
        named = "backup" in f"{item.kind} {item.name}".lower()
        if named and item.kind in {"CronJob", "Schedule", "ScheduledBackup", "Backup"}:
            yield Location(item.path, item.line)
    for cloud in look.containers.infrastructure:
        if _SAFE_CLOUD.search(cloud.body) or "backup_plan" in cloud.kind:
            yield Location(cloud.path, cloud.line)


# -- runbooks -----------------------------------------------------------------------------------------------------

_OPERATES = re.compile(
    r"(?i)\b(alert|restart|roll ?back|escalat\w*|on-?call|severity|sev ?[0-4]|diagnos\w*|mitigat\w*|logs?|kubectl"
    r"|systemctl"
    r"|docker|restore|symptoms?|outage|dashboard|page[rd]?|rolled back"
    r"|timeline|impact|root cause|primary|replica|scale|promote)\b"
)
_HELPS = re.compile(
    r"(?i)(^|/)(troubleshoot\w*|maintenance|updating|upgrad\w+|operations?|monitoring|faq)([-_.][\w-]*)?\.(md|mdx|rst)$"
)
_CONTENT = re.compile(r"(?i)(^|/)(data|datasets?|knowledge[\w-]*|corpus|kb|content|samples?|public|static|uploads)/")
"""Folders whose documents the product works on; what they say is not about operating it."""
_CONCRETE = re.compile(r"`[^`\n]{3,}`|\b\d{1,2}:\d\d\b|\b\d+\.\d+\.\d+\b|^\s*\$ \S|\b20\d\d-\d\d-\d\d\b", re.MULTILINE)
_FEWEST_SIGNS = 3
_FEWEST_WORDS = 25


@probe(RUNBOOKS)
def runbooks(look: Look) -> Observation:
    """Runbooks or incident documents that speak of this system."""
    searched = ("documents named runbook, playbook, on-call, incident or postmortem", "operation pages")
    fix = "write a runbook for the likeliest failure: symptom, check, repair, whom to call"
    playbooks = {path.rpartition("/")[0] for path in look.tree.match("**/playbooks/**/*.y*ml")}
    named = [
        item
        for kind in ("runbook", "incident")
        for item in look.documents.of(kind)
        if not _is_for_agents(item.path) and not _CONTENT.search(item.path)
        if item.path.rpartition("/")[0] not in playbooks
    ]
    own = [item for item in named if _is_own(item) and not TEMPLATE.search(item.path) and _operates(item)]
    own += [item for item in look.documents.all if item not in named and is_runbook(item) and _may_be_runbook(item)]
    if own:
        places = [Location(item.path, 1) for item in own]
        return answer(RUNBOOKS, Outcome.MET, "runbooks or incident documents", places, searched=searched)
    general = [
        item
        for item in look.documents.all
        if _HELPS.search(item.path) and not _is_for_agents(item.path) and _operates(item)
    ]
    named += [item for kind in ("runbook", "incident") for item in look.documents.unfilled if kind in item.kinds]
    if named or general:
        places = [Location(item.path, 1) for item in (*named, *general)]
        waiting = look.documents.still_blank("runbook") or look.documents.still_blank("incident")
        said = f"templates or general advice only{waiting}"
        return answer(RUNBOOKS, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    return answer(RUNBOOKS, Outcome.UNMET, "no runbooks or incident documents", searched=searched, fix=fix)


_OTHER_KINDS = frozenset({"readme", "changelog", "license", "agents", "contributing", "architecture", "decision"})


def _may_be_runbook(document: Document) -> bool:
    path = document.path
    aside = _is_for_agents(path) or _CONTENT.search(path) or TEMPLATE.search(path)
    return not aside and not document.kinds & _OTHER_KINDS


def _is_for_agents(path: str) -> bool:
    return bool(
        re.search(r"(^|/)(\.claude|\.cursor|\.github|prompts?|agents?|skills|node_modules|tests?|fixtures)/", path)
    )


def _is_own(document: Document) -> bool:
    """Whether it speaks of this system: at length, or tersely with commands, names or times of it."""
    concrete = len(_CONCRETE.findall(document.text))
    return document.specific or (concrete >= _FEWEST_SIGNS and document.filled(_FEWEST_WORDS))


def _operates(document: Document) -> bool:
    return len({match[1].lower() for match in _OPERATES.finditer(document.text)}) >= _FEWEST_SIGNS


# -- objectives ---------------------------------------------------------------------------------------------------

_OBJECTIVE = re.compile(r"(?i)\b\d[\d.,]*\s*(%|ms\b|s\b|seconds?|minutes?|hours?)")
_KIND = re.compile(
    r"(?m)^kind:\s*(SLO|ServiceLevelObjective|PrometheusServiceLevel)\b|^slos:\s*$(?=(?s:.*?)^\s+(- )?objective:\s*\d)"
)
_HEADING = re.compile(r"\bSLOs?\b|(?i:service[- ]level (objectives?|agreements?|targets?|indicators?))|\bSLAs?\b")


@probe(SLO)
def objectives(look: Look) -> Observation:
    """Service level objectives with numbers, in a document or as configuration."""
    searched = ("documents and headings about service levels", "OpenSLO, Sloth and Pyrra files")
    fix = "write down objectives with numbers, such as 99.5 % availability a month"
    for path in look.tree.match("*.yml", "*.yaml"):
        text = look.tree.text(path) or ""
        if not is_test(path) and not is_vendored(path) and (match := _KIND.search(text)):
            place = Location(path, text.count("\n", 0, match.start()) + 1)
            return answer(SLO, Outcome.MET, "objectives are configured", [place], searched=searched)
    numbered: list[Location] = []
    bare: list[Location] = []
    for document in look.documents.all:
        if TEMPLATE.search(document.path) or "changelog" in document.kinds or _is_for_agents(document.path):
            continue
        for place, text in _service_levels(document):
            (numbered if _OBJECTIVE.search(text) else bare).append(place)
    if numbered:
        return answer(SLO, Outcome.MET, "objectives with numbers", numbered, searched=searched)
    if bare:
        return answer(SLO, Outcome.PARTIAL, "objectives without numbers", bare, searched=searched, fix=fix)
    said = f"no service level objectives{look.documents.still_blank('slo')}"
    return answer(SLO, Outcome.UNMET, said, searched=searched, fix=fix)


def _service_levels(document: Document) -> Iterator[tuple[Location, str]]:
    if (
        "slo" in document.kinds
        and document.headings
        and re.search(r"(?i)slo|sla|service", document.path + document.title)
    ):
        yield Location(document.path, 1), re.sub(r"(?m)^.*(_{3,}|TODO|TBD|<[^>]+>).*$", "", document.text)
        return
    for heading in document.headings:
        if _HEADING.search(heading.text):
            yield Location(document.path, heading.line), document.section(re.escape(heading.text))
