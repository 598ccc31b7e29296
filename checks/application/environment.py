"""Settings that the environment makes: in compose and Kubernetes files, images, platform files and examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.files.kinds import is_test, is_vendored
from checks.observation import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checks.look import Look

_DEPLOYED = (
    "*compose*.y*ml", "Dockerfile*", "*.dockerfile", "Containerfile*", "render.yaml", "fly.toml", "fly.*.toml",
    "app.json", "app.yaml", "railway.json", "railway.toml", "vercel.json", "netlify.toml", "wrangler.toml",
    "wrangler.json*",
    "serverless.y*ml", "apprunner.yaml", "cloudbuild.yaml", "k8s/**/*.y*ml", "kubernetes/**/*.y*ml", "deploy/**/*.y*ml",
    "manifests/**/*.y*ml", "helm/**/*.y*ml", "charts/**/*.y*ml", "infra/**/*.y*ml", "*.tf", "*.k8s.y*ml",
    "task-definition*.json",
    ".env.production", "Procfile", "ecosystem.config.*", "langgraph.json",
)  # fmt: skip
_EXAMPLES = (
    ".env*.example",
    ".env*.sample",
    ".env*.template",
    "env.example",
    "example.env",
    ".env*.dist",
    "sample.env",
)
_APART = re.compile(r"(^|/)(\.devcontainer|docs?|examples?|samples?)/|\.dev\.|\blocal\b|[._-]test\b")


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable and its value where a file sets it. `example` means that somebody has to copy the file first."""

    name: str
    value: str
    place: Location
    example: bool


def settings(look: Look, names: str) -> tuple[Setting, ...]:
    """Where files set variables whose name matches the regular expression `names` in full; comments do not count."""
    return tuple(_settings(look, names))


def _settings(look: Look, names: str) -> Iterator[Setting]:
    same_line = re.compile(
        rf"^[^#\n]*?(?<![\w]){_named(names)}[\"']?\s*(?:=>|[:=])\s*[\"']?([^\"'\s,#}}]+)", re.MULTILINE
    )
    pairs = re.compile(
        rf"^[^#\n]*?\b(?:name|key)[\"']?\s*[:=]\s*[\"']?{_named(names)}[\"']?\s*,?\s*\n?\s*[\"']?value[\"']?\s*[:=]\s*[\"']?([^\"'\s,#}}]+)",
        re.MULTILINE,
    )
    spaced = re.compile(rf"^\s*ENV\s+{_named(names)}\s+[\"']?([^\"'\s]+)", re.MULTILINE)
    for group, example in ((_DEPLOYED, False), (_EXAMPLES, True)):
        for path in look.tree.match(*group):
            if is_test(path) or is_vendored(path) or _APART.search(path):
                continue
            text = look.tree.text(path) or ""
            for pattern in (same_line, pairs, spaced):
                for match in pattern.finditer(text):
                    line = text.count("\n", 0, match.start(1)) + 1
                    yield Setting(match[1], match[2], Location(path, line), example)


def _named(names: str) -> str:
    return rf"({names})"
