"""Secrets that only their surroundings give away: in Kubernetes manifests, registry settings and commands."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from checks.secrets import shapes
from checks.topics.secret_env_files import WORKING_DEFAULT

_SECRET = re.compile(r"(?m)^kind:\s*Secret\s*$")
_DATA = re.compile(r"(?m)^(?:data|stringData):[ \t]*\n(?P<entries>(?:[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)+)")
_ENTRY = re.compile(r"(?m)^[ \t]+[\"']?(?P<name>[\w.-]+)[\"']?:[ \t]*[\"']?(?P<value>[^\s\"'#|>]+)")
_NAMES_KEY = re.compile(r"(?i)secret|passw|token|key|credential")
_REGISTRY = re.compile(r"(?m)^\s*//\S{1,200}?:_(?:authToken|password|auth)[ \t]*=[ \t]*[\"']?(?P<value>[^\s\"']+)")
_CURL = re.compile(
    r"\bcurl\b[^\n]{0,400}?\s(?:-u|--user)[ =][\"']?[\w.@-]{1,80}:(?P<value>[^\s\"'@]{6,})", re.IGNORECASE
)
_HELD = re.compile(r"[$%<{\[]|\*\*\*")
"""What stands where a value is filled in later."""
_LEAST = 8


def formed(path: str, text: str) -> Iterator[tuple[int, bool]]:
    """The lines of a file with a secret of these forms, each with whether it is a default that everybody knows."""
    if path.endswith((".yaml", ".yml")):
        yield from _of_manifest(text)
    elif path.rsplit("/", 1)[-1] in {".npmrc", ".yarnrc"}:
        yield from _of_pattern(text, _REGISTRY)
    elif path.endswith((".sh", ".bash")) or path.rsplit("/", 1)[-1] == "Makefile":
        yield from _of_pattern(text, _CURL)


def _of_manifest(text: str) -> Iterator[tuple[int, bool]]:
    if not _SECRET.search(text) or "{{" in text:
        return
    for block in _DATA.finditer(text):
        if not _SECRET.search(_document(text, block.start())):
            continue
        for entry in _ENTRY.finditer(block["entries"]):
            plain = entry["value"] if block[0].startswith("stringData") else _decoded(entry["value"])
            if plain and _NAMES_KEY.search(entry["name"]):
                yield from _judged(text, block.start("entries") + entry.start("value"), plain)


def _document(text: str, at: int) -> str:
    """The document of a file of several that a position lies in."""
    start = text.rfind("\n---", 0, at) + 1
    end = text.find("\n---", at)
    return text[start : end if end > 0 else len(text)]


def _of_pattern(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, bool]]:
    for found in pattern.finditer(text):
        yield from _judged(text, found.start("value"), found["value"])


def _judged(text: str, at: int, value: str) -> Iterator[tuple[int, bool]]:
    if len(value) < _LEAST or _HELD.search(value):
        return
    line = text.count("\n", 0, at) + 1
    if WORKING_DEFAULT.fullmatch(value):
        yield line, True
    elif not shapes.PLACEHOLDER.search(value) and shapes.entropy(value) >= shapes.MIN_ENTROPY:
        yield line, False


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").strip()
    except (binascii.Error, ValueError):
        return ""
