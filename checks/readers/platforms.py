"""Terraform resources and the files of hosting platforms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.containers import Infrastructure, PlatformFile
from checks.readers.plain import bounded_text, mapping, read_json, read_toml, read_yaml, sequence

if TYPE_CHECKING:
    from checks.tree import Tree

_RESOURCE = re.compile(r'^\s*(?:resource|module)\s+"([\w-]+)"(?:\s+"([\w-]+)")?\s*\{', re.MULTILINE)
_MOST_BODY = 4000
_NAMES = {
    "Procfile": "heroku", "app.json": "heroku", "fly.toml": "fly", "vercel.json": "vercel", "now.json": "vercel",
    "netlify.toml": "netlify", "render.yaml": "render", "app.yaml": "app-engine", "railway.json": "railway",
    "railway.toml": "railway", "wrangler.toml": "cloudflare", "wrangler.json": "cloudflare",
    "wrangler.jsonc": "cloudflare", "serverless.yml": "serverless", "serverless.yaml": "serverless",
    "template.yaml": "aws-sam", "amplify.yml": "amplify", "apprunner.yaml": "apprunner", "nixpacks.toml": "nixpacks",
    "cloudbuild.yaml": "cloud-build", "firebase.json": "firebase", "azure.yaml": "azure", "Pulumi.yaml": "pulumi",
    "cdk.json": "aws-cdk", "captain-definition": "caprover", "supabase/config.toml": "supabase",
    "Dockerrun.aws.json": "elastic-beanstalk",
}  # fmt: skip
_NAMED = re.compile(rf"(?:^|/)(?:{'|'.join(map(re.escape, _NAMES))})$")
_SERVERLESS = frozenset({"vercel", "netlify", "cloudflare", "serverless", "aws-sam", "firebase", "supabase", "amplify"})


def terraform(tree: Tree, unread: list[Unread]) -> Iterator[Infrastructure]:
    """Terraform resources and modules by pattern, with the text of their bodies (cut at 4,000 characters)."""
    from checks.files.kinds import is_vendored

    for path in sorted(tree.match("*.tf", "*.tofu")):
        text = bounded_text(tree, path, unread) if not is_vendored(path) else ""
        starts = list(_RESOURCE.finditer(text))
        for position, match in enumerate(starts):
            end = starts[position + 1].start() if position + 1 < len(starts) else len(text)
            line = text.count("\n", 0, match.start(1)) + 1
            body = text[match.end() : min(end, match.end() + _MOST_BODY)]
            yield Infrastructure(match[1], match[2] or "", path, line, body)


def read(tree: Tree, unread: list[Unread]) -> Iterator[PlatformFile]:
    """The platform files of the tree, with what they start."""
    from checks.files.kinds import is_test, is_vendored

    for path in tree.named_like(_NAMED):
        name = path.rsplit("/", 1)[-1]
        platform = _NAMES.get(name) or _NAMES.get("/".join(path.split("/")[-2:]))
        if not platform or is_vendored(path) or is_test(path):
            continue
        data = _data(tree, path, name, unread)
        if name in {"app.json", "template.yaml", "app.yaml", "azure.yaml"} and not _is_platform(name, data):
            continue
        commands = _procfile(tree.text(path) or "") if name == "Procfile" else tuple(_commands(data, 0))
        yield PlatformFile(platform, path, data, commands, platform in _SERVERLESS)


def _data(tree: Tree, path: str, name: str, unread: list[Unread]) -> dict[str, Any]:
    if name.endswith(".toml"):
        return read_toml(tree, path, unread)
    if name.endswith((".json", ".jsonc")):
        return read_json(tree, path, unread, comments=True)
    if name.endswith((".yml", ".yaml")):
        documents = read_yaml(tree, path, unread)
        return mapping(documents[0]) if documents else {}
    return {}


def _is_platform(name: str, data: dict[str, Any]) -> bool:
    """Whether a file with a common name is the platform's: app.json may be anybody's."""
    wanted = {
        "app.json": {"buildpacks", "formation", "addons"},
        "template.yaml": {"AWSTemplateFormatVersion", "Transform"},
        "app.yaml": {"runtime", "services", "entrypoint"},
        "azure.yaml": {"services"},
    }
    return bool(wanted[name] & data.keys())


def _procfile(text: str) -> tuple[str, ...]:
    lines = (line.partition(":")[2].strip() for line in text.splitlines() if not line.lstrip().startswith("#"))
    return tuple(line for line in lines if line)


def _commands(value: object, depth: int) -> Iterator[str]:
    """Start commands wherever a platform keeps them."""
    if depth > 6:  # noqa: PLR2004 - platform files nest three or four deep
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if str(key).lower() in {"startcommand", "entrypoint", "command", "cmd", "main"}:
                yield from (str(part) for part in sequence(item) if isinstance(part, str))
            else:
                yield from _commands(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _commands(item, depth + 1)
