"""Environments: are development, staging and production configured apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.kinds import is_test, is_vendored
from checks.look import Look
from checks.observation import Location, Observation, Outcome
from checks.probe import probe
from checks.wiring import answer

ENVIRONMENTS = "run.separate-environments"
_CLASSES = {
    "development": re.compile(r"(?i)(^|[/._-])(dev|development|local)([/._-]|$)|compose\.override"),
    "staging": re.compile(r"(?i)(^|[/._-])(staging|stage|stg|preprod|pre-prod|uat|qa)([/._-]|$)"),
    "production": re.compile(r"(?i)(^|[/._-])(prod|production|prd|live)([/._-]|$)"),
}
_CONFIGURES = re.compile(
    r"(?i)(^|/)(\.env[\w.-]*|[\w.-]*compose[\w.-]*\.ya?ml|values[\w.-]*\.ya?ml|[\w.-]*\.tfvars(\.\w+)?"
    r"|appsettings\.\w+\.json"
    r"|fly\.[\w.]*toml|Dockerfile[\w.-]*|application-\w+\.(ya?ml|properties))$"
    r"|(^|/)(overlays|environments?|envs|settings|config|configs|configuration|deploy|deployment|infra|terraform"
    r"|k8s)/[\w./-]+"
    r"\.(ya?ml|toml|json|tf|py|ini|env|[jt]s)$"
)


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
    for path in look.tree.paths:
        if _CONFIGURES.search(path) and not is_test(path) and not is_vendored(path):
            for name, pattern in _CLASSES.items():
                if pattern.search(path):
                    found[name].append(Location(path))
    for workflow in look.workflows.all:
        for job in workflow.jobs:
            for name, pattern in _CLASSES.items():
                if job.environment and pattern.search(job.environment):
                    found[name].append(job.location)
    for name, place in _named_in_settings(look):
        found[name].append(place)
    seen = [name for name, places in found.items() if places]
    places = [found[name][0] for name in seen]
    if len(seen) == len(_CLASSES):
        said = "configuration for development, staging and production"
        return answer(ENVIRONMENTS, Outcome.MET, said, places, searched=searched)
    if len(seen) > 1:
        said = f"configuration for {' and '.join(seen)} only"
        return answer(ENVIRONMENTS, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    return answer(ENVIRONMENTS, Outcome.UNMET, "one configuration for all", places, searched=searched, fix=fix)


def _named_in_settings(look: Look) -> Iterator[tuple[str, Location]]:
    """Environments that a settings class lists, as in Literal["local", "staging", "production"]."""
    for path in look.source_paths(".py"):
        text = look.tree.text(path) or ""
        for match in re.finditer(r"(?i)\b\w*env\w*\s*:\s*Literal\[([^\]]+)\]", text):
            for name, pattern in _CLASSES.items():
                if any(pattern.search(word) for word in re.findall(r"[\w-]+", match[1])):
                    yield name, Location(path, text.count("\n", 0, match.start()) + 1)
