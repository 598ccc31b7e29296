"""The prompts of a repository: files that code loads, modules of prompts, texts beside calls, and system prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, calls_in, calls_of, imports, lines_of
from checks.application.named_values import assigned
from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.look import PYTHON, WEB, is_product
from checks.models.calls import model_calls, model_files
from checks.observation import Location
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

_TEMPLATE = re.compile(
    r"(?i)(?:^|/)(?:[\w-]*prompts?/.*|[\w.-]*prompts?[\w-]*)"
    r"\.(?:txt|md|mdx|j2|jinja2?|ya?ml|toml|json|hbs|mustache|liquid|tmpl|prompt|prompty|xml)$"
    r"|\.(?:prompt|prompty)$"
)
_NOT_OURS = re.compile(
    r"(?:^|/)(?:\.github|\.cursor|\.claude|\.windsurf|docs?|\.kiro|\.codex|\.vscode|\.lovable)/"
    r"|(?:^|/)(?:AGENTS|CLAUDE|GEMINI)\.md$"
)
_MODULE = re.compile(r"(?i)(?:^|/)(?:[\w.-]*prompts?[\w.-]*\.(?:py|ts|js|mjs|tsx)|prompts?/[\w/-]+\.(?:py|ts|js|mjs))$")
_INSTRUCTS = re.compile(
    r"(?i)\byou are (?:an?|the)\b|^\s*you are [A-Z]|^\s*you (?:help|write|answer|work as|act as)\b"
    r"|\byour (?:task|job|role|goal)\b"
    r"|\b(?:respond|reply|answer|return|output)\b.{0,40}\b(?:json|only|in|with|using|based)\b"
    r"|\b(?:summari[sz]e|classify|translate|extract|rewrite|describe|transform|generate)\b.{3,}|\bstep by step\b"
    r"|\bdo not (?:make up|include|mention)\b"
    r"|\buser'?s? (?:question|query|message|request)\b|\bthe following\b",
    re.DOTALL,
)
_SQL = re.compile(r"(?i)^\s*(?:select|insert|update|delete|create|with)\b|^https?://|^\s*<")
_WORDS = 4
"""Words of a text inside a model call that make it a prompt."""
_SHORT, _LONG = 40, 120
"""Characters: below the first nothing is a prompt; above the second any text in a prompt's place is."""
_PLACED = re.compile(
    r"(?i)prompt|instruction|system|template|role[\"']?\s*:\s*[\"'](?:system|developer|user)|content[\"']?\s*[:=]"
)
_SYSTEM = re.compile(
    r"(?:role[\"']?\s*[:=]\s*[\"'](?:system|developer)[\"']\s*,\s*[\"']?content[\"']?\s*[:=]|\bsystem\s*[=:]"
    r"|\bsystem_?(?:prompt|instruction|message)s?\s*[=:]"
    r"|\bsystem(?:Instruction|Prompt|Message)\s*[=:]|\binstructions\s*[=:]|SystemMessage\(\s*(?:content\s*=)?"
    r"|\(\s*[\"']system[\"']\s*,|\[\s*[\"']system[\"']\s*,)\s*"
)
_CONSTANT_HOLE = re.compile(
    r"^[A-Z][A-Z0-9_.]+$|(?i:(?:^|[_.])(?:now|today|date|time|year|locale|version|lang|language|schema|tools?)(?:$|[_.(])"
    r"|format_?instructions|(?:^|\.)(?:config|settings)\.|len\(|\.length|(?:^|_)max_|_limit\b|JSON\.stringify\(\w*schema)"
)
_MOST_PROMPT = 6000
"""Characters of one prompt that are read."""
_NAMED = re.compile(r"\(?\s*((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)\s*(?:[,)}\]\n]|$|\((?=[^()\n]*\)))")
_FROM_USER = re.compile(
    r"(?i)\b(?:body|req|request|params|payload|form|query|args)\b[.\[(]|\buser_?(?:input|message|query|question"
    r"|prompt|text)\b|\bst\.(?:text|chat)\w*\("
)
_REQUEST = re.compile(
    r"\b(?:req|request)\b(?:\.\w+)*\.(?:get_json|json|form|formData|args|body|query|params|values|data|POST|GET|query_params)\b"
)
_INPUT_NAMED = re.compile(
    r"(?i)^(?:\w+\.)*(?:user_?(?:input|message|query|prompt|text|question)|question|query|prompt|message|input)$"
)


@dataclass(frozen=True, slots=True)
class SystemPrompt:
    """One system prompt. `holes` are values put into it that are no constants; `fed` means one comes from a user."""

    place: Location
    holes: tuple[str, ...] = ()
    fed: bool = False
    own: bool = True
    """Whether the text itself stands there, not a name for it."""
    closed: bool = False
    """Whether values go in, and each of them is one of a closed set: a member of an enumeration, or a literal."""


def prompt_files(look: Look) -> tuple[str, ...]:
    """Prompt files that reached code names: by file name, by stem, or by their folder."""
    named = [path for path in look.tree.named_like(_TEMPLATE) if is_product(path) and not _NOT_OURS.search(path)]
    wanted = "\n".join(sorted({word for path in named for word in _naming(path)}))
    told = look.gather(_said_of, wanted).items() if named else ()
    words = {word for path, every in told if look.reach.reached(path) is not False for (word,) in every}
    found = [path for path in named if _is_named(path, words) and (look.tree.text(path) or "").strip()]
    return tuple(sorted({*found, *_instructions_read(look)}))


@of_one_file
def _said_of(look: Look, path: str, wanted: str) -> list[tuple[str]]:
    """Those of some words that are in the texts of a file, as paths or parts of them; "*.md" where one ends in that."""
    texts = {text for text in _texts(look, path) if len(text) < 200}  # noqa: PLR2004 - no path is longer
    words = {part.removesuffix("/") for text in texts for part in (text, *re.split(r"[/\\]", text))}
    words |= {f"*.{word.rsplit('.', 1)[-1]}" for word in words if "." in word}
    return [(word,) for word in sorted(words.intersection(wanted.split("\n")))]


def _instructions_read(look: Look) -> Iterator[str]:
    """Text files that instruct, and agents described in YAML, under any name that code beside model calls knows."""
    near = model_files(look)
    near |= {other for path in near for other in (*look.reach.imports_of(path), *look.reach.imported_by(path))}
    near |= {place.path for place in look.importers("crewai")}
    texts = {text.rsplit("/", 1)[-1] for path in near if is_product(path) for text in _texts(look, path)}
    for path in look.tree.match("*.txt", "*.md", "*.j2", "*.jinja2", "*.y*ml"):
        if path.rsplit("/", 1)[-1] not in texts or not is_product(path) or _NOT_OURS.search(path):
            continue
        content = (look.tree.text(path) or "")[:_MOST_PROMPT]
        if path.endswith((".yaml", ".yml")):
            if re.search(r"(?m)^\s+(?:backstory|goal|role|expected_output):\s*\S", content):
                yield path
        elif _INSTRUCTS.search(content):
            yield path


def _texts(look: Look, path: str) -> Iterator[str]:
    module = look.module(path)
    for text in module.texts if module else ():
        yield text.value
    web = look.web.module(path) if path.endswith(WEB) else None
    for item in web.imports if web else ():
        yield item.specifier  # `import prompt from "./prompts/summary.md?raw"`


_OF_A_FILE = 2
"""How many names a file has by itself, with and without what a bundler is told."""


def _is_named(path: str, words: set[str]) -> bool:
    *asked, stem, ending = _naming(path)
    return not words.isdisjoint(asked) or (len(asked) > _OF_A_FILE and {stem, ending} <= words)


def _naming(path: str) -> tuple[str, ...]:
    """What names a prompt file: its name, folders of prompts that hold it; and, together, its stem and its ending."""
    *folders, name = path.split("/")
    holders = [folder for folder in folders if re.search(r"(?i)prompt", folder)]
    return name, f"{name}?raw", *holders, name.split(".", 1)[0], f"*.{path.rsplit('.', 1)[-1]}"


def prompt_modules(look: Look) -> tuple[str, ...]:
    """Reached modules that are named for prompts and hold little but texts."""
    found = []
    for path in filter(named_so(CODE_OF_PRODUCT), look.tree.named_like(_MODULE)):
        if look.reach.reached(path) is False or path in model_files(look):
            continue
        if any(_is_prose(text) for text in _texts(look, path)) and not calls_of(look, path, _calls_out):
            found.append(path)
    return tuple(found)


def _is_prose(text: str) -> bool:
    return len(text) >= _LONG or (len(text) >= _SHORT and (bool(_INSTRUCTS.search(text)) or _is_sentence(text)))


def _is_sentence(text: str) -> bool:
    return text.count(" ") > _WORDS and not _SQL.search(text)


def _calls_out(call: Seen, _: str) -> bool:
    return bool(re.match(r"requests|httpx|fetch|sqlalchemy|fastapi|@?supabase|@prisma|drizzle", call.name))


def inline_prompts(look: Look) -> list[Location]:
    """Texts that instruct a model, in files with model calls and in those that lead to them; no prompt modules."""
    modules = set(prompt_modules(look))
    files = model_files(look)
    files |= {user for path in files for user in look.reach.imported_by(path) if look.reach.reached(user) is not False}
    files |= _builders(look)
    found: list[Location] = []
    for path in sorted(files - modules):
        module = look.module(path)
        texts = module.texts if module else ()
        found += [Location(path, text.line) for text in texts if _is_prompt(look, path, text.value, text.line)]
    for call in model_calls(look):
        module = (
            look.python.module(call.seen.path) if call.seen.path.endswith(PYTHON) else look.web.module(call.seen.path)
        )
        for text in module.texts if module and call.seen.path not in modules else ():
            inside = call.seen.line <= text.line <= call.seen.end_line
            if inside and text.value.count(" ") >= _WORDS - 1 and not _SQL.search(text.value):
                found.append(Location(call.seen.path, text.line))
    found += [one.place for one in system_prompts(look) if one.own and one.place.path not in modules]
    return sorted(set(found))


def _builders(look: Look) -> set[str]:
    """Files that make what others run: `build_chain()` stands in one, `.invoke()` in another."""
    frameworks = re.compile(r"langchain|langgraph|llama_?index|@langchain/|haystack|dspy|pydantic_ai|agents$")
    return {
        used for path in model_files(look) for used in look.reach.imports_of(path) if imports(look, used, frameworks)
    }


def _is_prompt(look: Look, path: str, text: str, line: int) -> bool:
    if len(text) < _SHORT or text.count(" ") < 5 or _SQL.search(text):  # noqa: PLR2004 - a sentence
        return False
    placed = _PLACED.search(lines_of(look, path, max(line - 4, 1), line))
    return bool(placed and (_INSTRUCTS.search(text) or len(text) >= _LONG))


def system_prompts(look: Look) -> tuple[SystemPrompt, ...]:
    """System prompts in files with model calls and in the files that lead to them."""
    files = model_files(look)
    files |= {user for path in files for user in look.reach.imported_by(path)}
    files |= {used for path in model_files(look) for used in look.reach.imports_of(path) if _MODULE.search(used)}
    files |= _builders(look)
    reached = [path for path in sorted(files) if look.reach.reached(path) is not False]
    return tuple(one for path in reached or sorted(files) for one in _system_prompts_of(look, path))


def _system_prompts_of(look: Look, path: str) -> Iterator[SystemPrompt]:
    text = lines_of(look, path)
    python = path.endswith(PYTHON)
    for match in _SYSTEM.finditer(text):
        line = text.count("\n", 0, match.end()) + 1
        rest = text[match.end() : match.end() + _MOST_PROMPT]
        value = _value(rest, python=python)
        own = value is not None and _literal_words(rest) >= _WORDS
        if value is None and (named := _NAMED.match(rest)):
            parts = re.sub(r"\.(?:format|replace|strip|substitute|render)$", "", named[1])
            value = _value_named(look, path, parts.rsplit(".", 1)[-1])
            if value is not None and parts != named[1]:
                value = [*value, *_filled_in(rest[named.end() :])]
        if value is None:
            continue
        open_ones = [hole for hole in value if not _CONSTANT_HOLE.search(hole)]
        holes = tuple(hole for hole in open_ones if not _is_closed(look, path, line, hole))
        fed = any(_comes_from_user(look, path, line, hole) for hole in holes)
        yield SystemPrompt(Location(path, line), holes, fed, own, bool(open_ones) and not holes)


def _filled_in(arguments: str) -> Iterator[str]:
    """The values that a template is filled with, from the text right behind `TEMPLATE.format(`."""
    for part in arguments.split(")", 1)[0].split(","):
        value = part.rsplit("=", 1)[-1].strip()
        if value and value[0] not in "\"'*0123456789":
            yield value


def _is_closed(look: Look, path: str, line: int, hole: str) -> bool:
    """Whether a value is a parameter whose type allows only listed values."""
    module = look.python.module(path) if path.endswith(PYTHON) else None
    if module is None:
        return False
    head = hole.split(".", 1)[0]
    types = [
        item.annotation
        for one in module.functions
        if one.line <= line <= one.end_line
        for item in one.parameters
        if item.name == head
    ]
    return any(re.search(r"\bLiteral\[", one) or _is_enumeration(look, path, one) for one in types)


def _is_enumeration(look: Look, path: str, annotation: str) -> bool:
    for other in (path, *look.reach.imports_of(path)):
        module = look.python.module(other) if other.endswith(PYTHON) else None
        for one in module.classes if module else ():
            if one.name == annotation and any(re.search(r"Enum$", base) for base in one.bases):
                return True
    return False


def _literal_words(rest: str) -> int:
    """How many words the text literal has that starts here."""
    opened = re.match(r"\(?\s*[rRbBuUfF]{0,2}(\"\"\"|\'\'\'|\"|\'|`)", rest)
    end = rest.find(opened[1], opened.end()) if opened else -1
    return len(rest[opened.end() : end].split()) if opened and end > 0 else 0


def _value_named(look: Look, path: str, name: str) -> list[str] | None:
    """Holes of the text a name stands for, in this file or one that it loads; None where no text was found."""
    near = (path, *look.reach.imports_of(path))
    near += tuple(further for one in near[1:] for further in look.reach.imports_of(one))
    assigned = re.compile(
        rf"(?m)^[ \t]*(?:export\s+)?(?:const\s+|let\s+|self\.)?{re.escape(name)}\b\s*(?::[^=\n]+)?=(?!=)\s*"
    )
    for other in dict.fromkeys(near):
        text = lines_of(look, other)
        for match in assigned.finditer(text):
            value = _value(text[match.end() : match.end() + _MOST_PROMPT], python=other.endswith(PYTHON))
            if value is not None:
                return value
    return None


def _value(rest: str, *, python: bool) -> list[str] | None:
    """The holes of the text literal that starts here; None where something else than a text stands here."""
    if python:
        return _python_value(rest)
    if rest.startswith("`"):
        end = _closing(rest)
        return [hole.strip() for hole in re.findall(r"\$\{([^{}]+)\}", rest[1:end])]
    return [] if rest[:1] in {'"', "'"} else None


def _closing(rest: str) -> int:
    end = 1
    while 0 < end < len(rest) and rest[end] != "`":
        end += 2 if rest[end] == "\\" else 1
    return end


def _python_value(rest: str) -> list[str] | None:
    """Holes of an f-string, and of those joined to it on the following lines."""
    opened = re.match(r"\(?\s*(?:([rRbBuUfF]{0,2})(\"\"\"|'''|\"|'))", rest)
    if not opened:
        return None
    holes: list[str] = []
    at = opened.start(1)
    while literal := re.compile(r"([rRbBuUfF]{0,2})(\"\"\"|'''|\"|')").match(rest, at):
        end = rest.find(literal[2], literal.end())
        if end < 0:
            break
        if "f" in literal[1].lower():
            inner = rest[literal.end() : end].replace("{{", "").replace("}}", "")
            holes += [hole.split("!")[0].split(":")[0].strip() for hole in re.findall(r"\{([^{}]+)\}", inner)]
        after = re.compile(r"\s*").match(rest, end + len(literal[2]))
        at = after.end() if after else len(rest)
    joined = re.match(
        r"\s*(?:\+\s*([A-Za-z_][\w.]*)|\.format\(([^)]*)\)|%\s*\(?([A-Za-z_][\w.]*))", rest[at - 1 if at else 0 :]
    )
    if joined:
        holes += [
            part for part in re.split(r"[,\s=]+", next(group for group in joined.groups() if group is not None)) if part
        ]
    return holes


def _comes_from_user(look: Look, path: str, line: int, hole: str) -> bool:
    """Whether a value is named like user input, or callers pass a part of a request for it."""
    if _INPUT_NAMED.match(hole) or _FROM_USER.search(hole):
        return True
    if _REQUEST.search(assigned(look, path, re.split(r"[.\[(]", hole, maxsplit=1)[0])):
        return True
    module = look.python.module(path) if path.endswith(PYTHON) else None
    inside = [one for one in module.functions if one.line <= line <= one.end_line] if module else []
    if not inside:
        return False
    function = max(inside, key=lambda one: one.line)
    names = [item.name for item in function.parameters if item.name not in {"self", "cls"}]
    head = re.split(r"[.\[(]", hole, maxsplit=1)[0]
    if head not in names:
        return False
    position = names.index(head)
    near = {path, *look.reach.imported_by(path)}
    for call in calls_in(look, near, _calls, function.name):
        if call.reached:
            passed = call.keys.get(head) or (call.arguments[position] if position < len(call.arguments) else "")
            if _FROM_USER.search(passed):
                return True
    return False


def _calls(call: Seen, name: str) -> bool:
    return call.last == name
