"""The models that a repository names, and whether each name can move to another version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.calls_seen import lines_of
from checks.digests import of_text
from checks.look import WEB, is_product
from checks.models.development import development_files
from checks.models.name_places import is_no_choice, model_folders
from checks.observation import Location
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Text
    from checks.readers.web_facts import WebText

_NAME = re.compile(
    r"(?i)^(?:[\w@-]+[/:.]){0,4}(?:gpt-?[0-9o]|o[134](?:-(?:mini|pro|preview|\d{4})|$)|chatgpt-|text-davinci|dall-e-\d|gpt-image"
    r"|claude-(?:\d|opus|sonnet|haiku|instant|v\d)|gemini-(?:\d|pro|flash|ultra)|(?:meta-)?llama-?v?[0-9]|codellama|mistral-|open-mi[sx]tral"
    r"|ministral|codestral|pixtral|mixtral|mistral(?::|$)|command-(?:r|a|light)|deepseek-|qwen-?[0-9]|phi-?[0-9]|gemma-?[0-9]"
    r"|grok-|nova-(?:pro|lite|micro)|sonar(?:-|$)|kimi-|glm-[0-9]|flux-|stable-diffusion-|tts-1|whisper-1)[\w.:@+-]*$"
)
_DATED = re.compile(
    r"\d{4}-\d{2}-\d{2}|[-@_]20\d{6}\b|-(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\b|-|$)|(?:gemini|text|imagen)[\w.-]*-00\d$"
    r"|-(?:mistral|large|small|medium|nemo|r|plus|latest)?-?(?:2[3-9](?:0[1-9]|1[0-2])|0[1-9]-20\d\d)$|-\d{2}-20\d{2}$|@sha256:"
)
_TAG = re.compile(r"(?i)^[\w./-]+:[\w.-]+$|\.gguf$|/resolve/|^[\w-]+/[\w.-]+$")
_WEIGHTS = re.compile(r"(?i)^https?://\S+/resolve/\S+|^[\w.@/-]+\.gguf$")
_COMMIT = re.compile(r"/resolve/[0-9a-f]{12,}/")
_NOT_GENERATING = re.compile(r"(?i)embed|rerank|tokenizer|moderation|clip-")
_SETTING = re.compile(
    r"(?im)^[^\S\n]*(?:-\s*|export\s+)?[\"']?\w{0,60}model\w{0,60}[\"']?\s*[=:]\s*[\"']?([\w./:@+-]+)"
)
_FALLBACK = re.compile(r"\$\{\w*MODEL\w*:-([\w./:@+-]+)\}")
_ENTRY = re.compile(
    r"(?im)(?:^[^\S\n]*|[{,]\s*)(?:-\s*)?[\"']?(?:\w{0,40}model\w{0,40}|id|name|default|engine|deployment)[\"']?\s*[=:]\s*[\"']?([\w./:@+-]+)"
)
_OF_MODELS = re.compile(r"(?i)(?:models?|llms?|providers?)(?:[._-][\w.-]*)?\.\w+$|(?:models?|llms?|providers?)/[^/]+$")
"""Data files that hold models: what stands there by an id or a name is one."""
_MOST_NAME = 200
_NO_SETTINGS = ("package.json", "package-lock.json", "tsconfig.json")
_PRICED = re.compile(r"(?i)price|pricing|cost|context_?(?:window|length|limit)|token_?limits?|encoding_for")


@dataclass(frozen=True, slots=True)
class ModelName:
    """One name. `kind` is "dated" (a snapshot), "tag" (an open model whose tag can move) or "alias"."""

    text: str
    kind: str
    place: Location


def named_models(look: Look) -> tuple[ModelName, ...]:
    """Names of generative models in reached code, settings files, compose files and environment examples."""
    return tuple(sorted(set(_named(look)), key=lambda one: (one.place, one.text)))


def _named(look: Look) -> Iterator[ModelName]:
    aside = development_files(look)
    for path, naming in look.gather(_naming).items():
        if look.reach.reached(path) is False or path in aside:
            continue
        for number, kind, _ in naming:
            with look.reads.aside():
                text = _texts(look, path)[number]
            if _is_price(look, path, text.line) or is_no_choice(look, path, text.line, text.value):
                continue
            fixed = kind == "tag" and _has_revision(look, path)
            yield ModelName(text.value[:80], "dated" if fixed else kind, Location(path, text.line))
    settings = (
        ".env.example",
        ".env.sample",
        ".env.template",
        "*compose*.y*ml",
        "config*.y*ml",
        "config*.toml",
        "settings*.toml",
    )
    for path in dict.fromkeys((*look.tree.match(*settings), *_settings_read(look), *model_folders(look))):
        content = look.tree.text(path) or ""
        entries = _ENTRY.finditer(content) if _OF_MODELS.search(path) else _SETTING.finditer(content)
        for match in (*entries, *_FALLBACK.finditer(content)) if is_product(path) else ():
            if kind := _kind(match[1]):
                yield ModelName(match[1][:80], kind, Location(path, content.count("\n", 0, match.start(1)) + 1))


@of_one_file
def _naming(look: Look, path: str, _: str) -> list[tuple[int, str, str]]:
    """The texts of a file that name models: their numbers among all, their kinds, and digests of them."""
    kinds = [(number, _kind(text.value), text.value) for number, text in enumerate(_texts(look, path))]
    return [(number, kind, of_text(value)) for number, kind, value in kinds if kind]


def _kind(text: str) -> str:
    if len(text) > 300 or _NOT_GENERATING.search(text):  # noqa: PLR2004 - no model name or address is longer
        return ""
    if _WEIGHTS.match(text):
        return "dated" if _COMMIT.search(text) else "tag"
    if not _NAME.match(text):
        return ""
    if _DATED.search(text):
        return "dated"
    name = text.rsplit("/", 1)[-1].lower()
    closed = re.match(
        r"(?:gpt|o\d|chatgpt|claude|gemini|grok|dall-e|tts|whisper|command|sonar)",
        name.split(".")[-1] if "anthropic." in name else name.removeprefix(_provider(name)),
    )
    return "alias" if closed or not _TAG.match(text) or text.endswith("latest") else "tag"


def _provider(name: str) -> str:
    """What stands before a closed model's name, as in "openai:gpt-4o": no tag follows there."""
    match = re.match(r"(?:openai|anthropic|google[\w-]*|azure[\w-]*|vertex[\w-]*|bedrock|xai|cohere)[\w-]*:", name)
    return match[0] if match else ""


def _settings_read(look: Look) -> tuple[str, ...]:
    """Data files that reached code names: what a model is called may stand there."""
    paths = [path for path in look.tree.match("*.y*ml", "*.toml", "*.json", "*.ini") if is_product(path)]
    paths = [path for path in paths if not path.endswith(_NO_SETTINGS)]
    names = "\n".join(sorted({path.rsplit("/", 1)[-1] for path in paths}))
    told = look.gather(_names_files, names).items() if paths else ()
    named = {name for path, every in told if look.reach.reached(path) is not False for (name,) in every}
    return tuple(path for path in paths if path.rsplit("/", 1)[-1] in named)


@of_one_file
def _names_files(look: Look, path: str, names: str) -> list[tuple[str]]:
    """Those of some names of files that a file of code has in its texts or imports, whatever folder stands before."""
    said = {text.value.rsplit("/", 1)[-1] for text in _texts(look, path) if len(text.value) < _MOST_NAME}
    web = look.web.module(path) if path.endswith(WEB) else None
    said |= {item.specifier.rsplit("/", 1)[-1] for item in (web.imports if web else ())}
    return [(name,) for name in sorted(said.intersection(names.split("\n")))]


def _texts(look: Look, path: str) -> tuple[Text | WebText, ...]:
    module = look.module(path)
    return module.texts if module else ()


def _has_revision(look: Look, path: str) -> bool:
    """Whether a file loads open weights at a commit."""
    source = lines_of(look, path)
    return bool(re.search(r"\brevision\s*=", source)) and any(
        re.fullmatch(r"[0-9a-f]{40}", text.value) for text in _texts(look, path)
    )


def _is_price(look: Look, path: str, line: int) -> bool:
    """Whether the name is a row of a table of prices or limits, not a choice."""
    here = lines_of(look, path, line, line)
    above = lines_of(look, path, max(line - 25, 1), line)
    row = re.search(r"[\"'][\w./:-]+[\"']\s*:\s*[\[{(\d]", here)
    return bool(row and _PRICED.search(above))
