"""Environments: are development, staging and production configured apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.infrastructure import not_configured
from checks.application.wiring import answer, python_modules
from checks.files.kinds import is_test, is_vendored
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.reads import SOURCES, of_one_file

ENVIRONMENTS = "run.separate-environments"
_CLASSES = {
    "development": re.compile(r"(?i)(^|[/._-])(dev|development|local)([/._-]|$)|compose\.override"),
    "staging": re.compile(r"(?i)(^|[/._-])(staging|stage|stg|preprod|pre-prod|uat|qa)([/._-]|$)"),
    "production": re.compile(r"(?i)(^|[/._-])(prod|production|prd|live)([/._-]|$)|compose\.deploy\."),
}
_VARIABLE = re.compile(r"(?i)(^|_)env(ironment)?$")
_CONFIGURES = re.compile(
    r"(?i)(^|/)(\.env[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml|values[\w.-]*\.ya?ml|[\w.-]*\.tfvars(\.\w+)?"
    r"|appsettings\.\w+\.json"
    r"|fly\.[\w.]*toml|Dockerfile[\w.-]*|application-\w+\.(ya?ml|properties))$"
    r"|(^|/)(overlays|environments?|envs|settings|config|configs|configuration|deploy|deployment|infra|terraform"
    r"|k8s)/[\w./-]+"
    r"\.(ya?ml|toml|json|tf|py|ini|env|[jt]s)$"
)

_SIBLING = re.compile(r"(.*[\w-])[._-](\w+)(\.(?:json|ya?ml|toml|ini|env|conf|cfg|properties))")
_NO_SETTINGS = re.compile(
    r"(?i)(^|/)(tsconfig|jsconfig|requirements|package|environment|[\w-]*lock)\b[^/]*$|(^|/)(docs?|i18n)/"
)
"""Files of compilers, packages and documents: what they hold is not how a service runs."""


@probe(ENVIRONMENTS)
def separate_environments(look: Look) -> Observation:
    """Development, staging and production each have configuration."""
    fix = "keep configuration for development, staging and production apart"
    searched = (
        "names of configuration files and folders",
        "deployment environments of CI",
        "settings that name environments",
    )
    found: dict[str, list[Location]] = {name: [] for name in _CLASSES}
    same: dict[str, list[Location]] = {}
    for path in look.tree.named_like(_CONFIGURES):
        if not is_test(path) and not is_vendored(path):
            names = _names(path)
            hollow = bool(names) and look.answer_of(_only_hands_on, path, "")
            for name in names:
                (same.setdefault(name, []) if hollow else found[name]).append(Location(path))
    if len(same) == 1:  # what all share may well be what one of them needs
        for name, hollow_places in same.items():
            found[name] += hollow_places
    for workflow in look.workflows.all:
        for job in workflow.jobs:
            for name, pattern in _CLASSES.items():
                if job.environment and pattern.search(job.environment):
                    found[name].append(job.location)
    named = (*_named_in_settings(look), *_classes(look), *_variables(look), *_bases(look), *_siblings(look))
    for name, place in named:
        found[name].append(place)
    seen = [name for name, places in found.items() if places]
    places = [found[name][0] for name in seen]
    if len(seen) == len(_CLASSES):
        said = "configuration for development, staging and production"
        return answer(ENVIRONMENTS, Outcome.MET, said, places, searched=searched)
    if len(seen) > 1:
        said = f"configuration for {' and '.join(seen)} only"
        return answer(ENVIRONMENTS, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    return not_configured(look, ENVIRONMENTS, "one configuration for all", searched=searched, fix=fix)


@of_one_file
def _only_hands_on(look: Look, path: str, _: str) -> bool:
    """Whether a file of settings sets nothing itself: it is empty, or takes all from another one."""
    text = look.tree.text(path)
    if text is None or not path.endswith((".py", ".yml", ".yaml", ".toml", ".env", ".tf")):
        return False
    return not re.sub(r"(?m)^\s*(?:#.*|from\s+\S+\s+import\s+\*.*)$|\s+", "", text)


def _named_in_settings(look: Look) -> Iterator[tuple[str, Location]]:
    """Environments of a setting that code reads, as in `ENVIRONMENT: Literal["local", "staging", "production"]`."""
    for path, literals in look.gather(_literals, "", (SOURCES, ".py")).items():
        for setting, values, line in literals:
            if not look.gather(_reads_field, setting, (SOURCES, ".py")):
                continue
            for name, pattern in _CLASSES.items():
                if any(pattern.search(word) for word in re.findall(r"[\w-]+", values)):
                    yield name, Location(path, line)


@of_one_file
def _literals(look: Look, path: str, _: str) -> list[tuple[str, str, int]]:
    """Settings that name an environment: their name, their values and their line."""
    text = look.tree.text(path) or ""
    if "literal[" not in text.lower():
        return []
    return [
        (match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in re.finditer(r"(?i)\b(\w*env\w*)\s*:\s*Literal\[([^\]]+)\]", text)
    ]


@of_one_file
def _reads_field(look: Look, path: str, name: str) -> bool:
    return bool(re.search(rf"\.{name}\b", look.tree.text(path) or ""))


def _classes(look: Look) -> Iterator[tuple[str, Location]]:
    """Environments that have a class of settings each, as in `class ProductionConfig(Config)`."""
    for module in python_modules(look, "classes"):
        for item in module.classes:
            match = re.fullmatch(
                r"(?i)(dev(?:elopment)?|local|staging|stage|prod(?:uction)?)_?(?:config|settings)", item.name
            )
            if match:
                yield from ((name, Location(module.path, item.line)) for name in _names(match[1]))


def _variables(look: Look) -> Iterator[tuple[str, Location]]:
    """Environments that deployment files set by a variable or keep a table for."""
    for service in look.containers.services:
        for key, value in service.environment.items():
            if _VARIABLE.search(key):
                yield from ((name, Location(service.path, service.line)) for name in _names(value))
    for platform in look.containers.platforms:
        tables = platform.data.get("env") if platform.platform == "cloudflare" else None
        variables = platform.data.get("vars")
        words = [str(key) for key in tables] if isinstance(tables, dict) else []
        if isinstance(variables, dict):
            words += [str(value) for key, value in variables.items() if _VARIABLE.search(str(key))]
        yield from ((name, Location(platform.path)) for word in words for name in _names(word))


def _bases(look: Look) -> Iterator[tuple[str, Location]]:
    """The plain compose file is the developers' where another is for production, else what runs where one is theirs."""
    files = {item.path for item in look.containers.services}
    for path in sorted(files):
        match = re.fullmatch(r"(.*/)?(docker-)?compose\.(ya?ml)", path)
        others = [other.removeprefix(match[1] or "") for other in files if other != path] if match else []
        if any(_names(other)[:1] == ["production"] for other in others):
            yield "development", Location(path)
        elif any(_names(other)[:1] == ["development"] and "/" not in other for other in others):
            yield "production", Location(path)


def _siblings(look: Look) -> Iterator[tuple[str, Location]]:
    """Files of one name that differ by the environment only, as in logging.dev.json and logging.prod.json."""
    families: dict[str, list[tuple[str, str]]] = {}
    for path in look.tree.named_like(_SIBLING):
        match = _SIBLING.fullmatch(path)
        if match and not _NO_SETTINGS.search(path) and not is_test(path) and not is_vendored(path):
            for name in _names(match[2]):
                families.setdefault(f"{match[1]}*{match[3]}", []).append((name, path))
    for family in families.values():
        if len({name for name, _ in family}) > 1:
            yield from ((name, Location(path)) for name, path in family)


def _names(word: str) -> list[str]:
    return [name for name, pattern in _CLASSES.items() if pattern.search(word)]
