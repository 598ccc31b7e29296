"""Infrastructure that is written as a program, or in a language that is not read here: seen, but not understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.wiring import answer
from checks.files.kinds import is_test, is_vendored
from checks.observation import Confidence, Location, Observation, Outcome

if TYPE_CHECKING:
    from checks.look import Look

_PROGRAMS = {
    "cdk.json": "AWS CDK", "cdktf.json": "CDK for Terraform", "Pulumi.yaml": "Pulumi", "Pulumi.yml": "Pulumi",
    "sst.config.ts": "SST", "*.bicep": "Bicep", "alchemy.run.ts": "Alchemy", "*.nomad.hcl": "Nomad",
    "*.jsonnet": "Jsonnet",
}  # fmt: skip
_LIBRARIES = ("aws_cdk", "aws-cdk-lib", "@aws-cdk/*", "pulumi", "pulumi_*", "@pulumi/*", "cdktf", "cdk8s", "constructs")
_KUBERNETES = re.compile(r"(?i)kubernetes|\beks\b|\baks\b|\bgke\b|cdk8s|\bk8s\b")


def unread_infrastructure(look: Look) -> tuple[str, tuple[Location, ...]]:
    """The name of what describes the infrastructure without being read, and where; ("", ()) where nothing does."""
    for pattern, name in _PROGRAMS.items():
        paths = [path for path in look.tree.match(pattern) if not (is_test(path) or is_vendored(path))]
        if paths:
            return name, tuple(Location(path) for path in paths)
    places = look.importers(*_LIBRARIES, reached=False)
    return ("a program of its own", places) if places else ("", ())


def programs_say(look: Look, pattern: re.Pattern[str]) -> Iterator[Location]:
    """Where a program of the CDK or of Pulumi, whose libraries are known, asks for something in plain words."""
    for path in sorted({place.path for place in look.importers(*_LIBRARIES, reached=False)}):
        text = look.tree.text(path) or ""
        if not is_test(path) and (match := pattern.search(text)):
            yield Location(path, text.count("\n", 0, match.start()) + 1)


def programs_kubernetes(look: Look) -> tuple[Location, ...]:
    """Where such a program makes Kubernetes workloads."""
    _, places = unread_infrastructure(look)
    folders = {place.path.rpartition("/")[0] for place in places}
    files = {path for path in look.source_paths() if path.rpartition("/")[0] in folders} if folders else set()
    files |= {place.path for place in look.importers(*_LIBRARIES, reached=False)}
    return tuple(Location(path) for path in sorted(files) if places and _KUBERNETES.search(look.tree.text(path) or ""))


def not_configured(look: Look, signal: str, summary: str, *, searched: tuple[str, ...], fix: str) -> Observation:
    """Nothing of the kind stands in files: unmet, unless a program that is not read may set it up."""
    name, places = unread_infrastructure(look)
    if places:
        said = f"{summary} in the files that are read; {name} is not ({places[0].path})"
        return answer(signal, Outcome.UNKNOWN, said, places, searched=searched, confidence=Confidence.LOW, fix=fix)
    return answer(signal, Outcome.UNMET, summary, searched=searched, fix=fix)
