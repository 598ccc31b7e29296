"""Documents people need: how to run it, and why it is built so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.wiring import answer, complain
from checks.look import Look
from checks.observation import Confidence, Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.documents import Document
from checks.topics.readme_steps import dead_steps

README = "docs.readme"
ARCHITECTURE = "docs.architecture"

_SETS_UP = re.compile(
    r"(?m)^[\s>$#]*(?:[`-]\s*)?(sudo )?((uv )?pip3? install|uv sync|uv venv|poetry install|pipenv install"
    r"|pdm install|conda (env )?create"
    r"|(npm|pnpm|bun) (install|i|ci)\b|yarn( install)?\s*$|yarn install|make (setup|install|init|bootstrap|deps"
    r"|dev)|task (setup|install)"
    r"|(docker[ -]compose|podman-compose)\b.* (up|build|pull)|docker (build|pull|run)|bundle install"
    r"|composer install|go mod download"
    r"|cargo (build|install)|python3? -m (venv|pip install)|\.?/?\S*(setup|install|bootstrap)\S*\.sh|just (setup"
    r"|install)|mix deps|"
    r"brew install|rye sync|pixi install|deno install|npx create-|flutter pub get|go install|dotnet restore)"
)
_RUNS = re.compile(
    r"(?m)(?:^|&&|;|\|\|)[\s>$#`-]*(?:\w+=\S+\s+)*(sudo )?((uv|poetry|pipenv|pdm|rye|pixi|conda) run \S+|uvicorn "
    r"|gunicorn |flask\b.* run|fastapi (dev|run)|streamlit run"
    r"|chainlit run|gradio |hypercorn |celery |python3? (-m )?[\w./-]+|node [\w./-]+|deno (run|task)"
    r"|bun (run )?[\w.:/-]+"
    r"|(npm|pnpm) (run [\w:-]+|start|test)"
    r"|pnpm (?!install|i\b|ci\b|add|dlx|exec|audit)[\w:-]+"
    r"|yarn (run )?(start|dev|serve|[\w:-]+)|npx [\w@/-]+|(docker[ -]compose"
    r"|podman-compose)\b.* up"
    r"|docker run|make [\w-]+|task [\w:-]+|just [\w-]+|go run|cargo run|rails s|bundle exec|mix phx"
    r"|php artisan serve|\./[\w./-]+"
    r"|turbo (run )?\w+|next (dev|start)|vercel dev|wrangler dev|supabase start|modal (run|serve)|honcho start"
    r"|foreman start)"
)
_INSTALL_ONLY = re.compile(r"\b(pip|venv|install|i|ci|setup|init|add|test|lint|build|create)\b")
_FURTHER = re.compile(
    r"(?i)(install|getting[-_ ]?started|quick[-_ ]?start|set[-_ ]?up|development|deployment|contributing|running|usage)"
)


@probe(README)
def readme(look: Look) -> Observation:
    """The README, or a document it leads to, gives commands to set the product up and to run it."""
    searched = ("README", "installation and development documents of the repository")
    fix = "write the commands that set it up and start it into the README"
    document = look.documents.readme
    if document is None:
        if look.documents.of("readme"):
            places = [Location(item.path) for item in look.documents.of("readme")]
            said = "READMEs in folders only, none at the root"
            return answer(README, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
        sure = Confidence.HIGH
        return answer(README, Outcome.UNMET, "no README", searched=searched, confidence=sure, fix=fix)
    further = [item for item in look.documents.all if item is not document and _leads(document, item)]
    sets_up, runs = [], []
    for item in (document, *further):
        sets_up += [Location(item.path, line) for line in _setting_up(item)]
        runs += [Location(item.path, line) for line in _running(item)]
    dead = list(dict.fromkeys(dead_steps(look, document)))
    if dead:
        message = "this step names a script or file that does not exist"
        complain(look, "documents.dead-step", README, dead, Severity.LOW, message)
    runs = [place for place in runs if place not in dead]
    if not runs and (own := _own_commands(look)):
        runs = [Location(document.path, line) for line, piece in _commands(document) if own.match(piece)]
    if sets_up and runs and (wanted := _untold_settings(look, document, further)):
        said = f"steps to set it up and run it, but not a word about the settings it needs, such as {wanted}"
        return answer(README, Outcome.PARTIAL, said, [*sets_up[:2], *runs[:2]], searched=searched, fix=fix)
    if sets_up and runs and dead:
        said = "how to set it up and run it is written down, but some steps name scripts or files that do not exist"
        return answer(README, Outcome.PARTIAL, said, [*dead, *sets_up[:2], *runs[:2]], searched=searched, fix=fix)
    if sets_up and runs:
        said = "how to set it up and run it is written down"
        return answer(README, Outcome.MET, said, [*sets_up[:2], *runs[:2]], searched=searched)
    if sets_up or runs:
        said = "steps to set it up, none to run it" if sets_up else "steps to run it, none to set it up"
        needs_none = not sets_up and not look.manifests.dependencies
        outcome = Outcome.MET if needs_none else Outcome.PARTIAL
        return answer(README, outcome, said, [*sets_up, *runs], searched=searched, fix=fix)
    if re.search(r"(?i)\]\(https?://[^)]*(docs?|install|getting|guide|wiki)[^)]*\)", document.text):
        said = "the README leads to steps outside the repository"
        return answer(README, Outcome.PARTIAL, said, [Location(document.path)], searched=searched, fix=fix)
    said = "the README gives no steps to run it"
    return answer(README, Outcome.UNMET, said, [Location(document.path)], searched=searched, fix=fix)


_NEEDS = re.compile(
    r"(?:getenv\(\s*|environ(?:\.get\(\s*|\[)|process\.env\.)[\"']?"
    r"(\w*(?:API_?KEY|TOKEN|SECRET|DATABASE_URL|DB_URL|MONGO\w*|PASSWORD)\w*)[\"']?(?!\s*(?:,|\?\?|\|\|))"
)
"""A setting that code reads without a value of its own to fall back on."""
_TOLD = re.compile(
    r"(?i)\.env\b|\benv(?:ironment)?[ -]?(?:var|file|setting)|environment|\bapi[- ]?keys?\b|\bsecrets?\b|credential"
    r"|\btokens?\b|\bexport \w+=|configur|\bsettings?\b|\bpassword|\bkeys?\b|connection string"
)


def _untold_settings(look: Look, document: Document, further: list[Document]) -> str:
    """A setting that the product cannot run without, where no document that leads there speaks of settings at all."""
    text = "\n".join(item.text for item in (document, *further))
    if _TOLD.search(text):
        return ""
    if look.tree.match("*compose*.y*ml", "*.env*", "env.*", "*env.template", "*env.example", "*env.sample", ".envs/**"):
        return ""  # what is set there tells what is needed
    for path in look.source_paths():
        if look.reach.reached(path) is False or "/functions/" in path:
            continue
        for match in _NEEDS.finditer(look.tree.text(path) or ""):
            if match[1] not in text:
                return match[1]
    return "the key of the model's provider" if look.importers(*_WITH_KEY) else ""


_WITH_KEY = ("openai", "anthropic", "litellm", "groq", "mistralai", "cohere", "@anthropic-ai/sdk", "langchain_openai",
    "langchain_anthropic", "@ai-sdk/openai", "@ai-sdk/anthropic", "@langchain/openai")  # fmt: skip
"""Clients of models that do nothing without a key."""


def _own_commands(look: Look) -> re.Pattern[str] | None:
    """The commands that the product installs, as its manifests name them."""
    names: set[str] = set()
    for path in look.tree.match("pyproject.toml"):
        text = look.tree.text(path) or ""
        for table in re.findall(r"(?ms)^\[(?:project|tool\.poetry)\.scripts\]\n(.*?)(?=^\[|\Z)", text):
            names.update(re.findall(r"(?m)^[\"']?([\w.-]+)[\"']?\s*=", table))
    return re.compile(rf"(?:\$ )?(?:{'|'.join(map(re.escape, sorted(names)))})\b") if names else None


def _leads(readme: Document, other: Document) -> bool:
    """Whether another document continues the README: linked from it, or an installation page of its documentation."""
    if other.path in readme.text or other.path.rsplit("/", 1)[-1] in readme.text:
        return bool(_FURTHER.search(other.path) or "readme" in other.path.lower())
    top = other.path.split("/", 1)[0].lower()
    return top in {"docs", "doc", "documentation"} and bool(_FURTHER.search(other.path))


def _commands(document: Document) -> Iterator[tuple[int, str]]:
    """What the document shows as code: fenced and indented lines, lines after a prompt, and inline code."""
    fenced = False
    for number, line in enumerate(document.text.splitlines(), 1):
        if re.match(r"\s*(```|~~~)", line):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t", "$ ")):
            yield number, line.strip()
        else:
            yield from ((number, piece) for piece in re.findall(r"`([^`]+)`", line))


def _setting_up(document: Document) -> Iterator[int]:
    yield from (number for number, piece in _commands(document) if _SETS_UP.search(piece))


def _running(document: Document) -> Iterator[int]:
    for number, piece in _commands(document):
        match = _RUNS.search(piece)
        if match and not _INSTALL_ONLY.search(match[0]):
            yield number


# -- architecture -------------------------------------------------------------------------------------------------

TEMPLATE = re.compile(r"(?i)template|example|(^|/)(\.claude|\.cursor|prompts?|agents?|skills|node_modules)/|(^|/)0000-")
_SECTION = r"\b(architecture|how it works|(system|technical) (design|overview)|project structure|design decisions)\b"
_PICTURE = re.compile(r"(?i)architecture|system[-_]?(design|diagram)|docker[-_]diagram|(^|/)(arch|c4)[-_.]")
_GUIDE = re.compile(
    r"(?i)(^|/)(developers?[-_]guide|internals|how[-_]it[-_]works|technical[-_]overview|code[-_]tour"
    r"|system[-_]overview)"
)
_DECIDES = re.compile(r"(?im)^(#+\s*|\*\*)?(decision|status|context|consequence|alternative|option)s?\b")
_PARTS_OF_A_DECISION = 2
_FEWEST_WORDS = 25
_FEWEST_OF_A_DESIGN = 40
_FEWEST_OF_ANY = 12


@probe(ARCHITECTURE)
def architecture(look: Look) -> Observation:
    """Documents of the architecture, or decision records, that are filled in."""
    searched = ("documents named architecture, design, ADR or decisions", "README sections", "pictures")
    fix = "write down the parts, why they are so, and the decisions that shaped them"
    decisions = [
        item for item in look.documents.of("decision") if not TEMPLATE.search(item.path) and _is_decision(item)
    ]
    written = [
        item for item in look.documents.of("architecture") if not TEMPLATE.search(item.path) and _describes(item)
    ]
    if decisions or written:
        places = [Location(item.path, 1) for item in (*decisions, *written)]
        said = "decision records" if decisions else "an architecture document"
        return answer(ARCHITECTURE, Outcome.MET, said, places, searched=searched)
    partly: list[Location] = []
    for item in (*look.documents.of("readme"), *look.documents.of("agents"), *look.documents.of("contributing")):
        partly += [Location(item.path, h.line) for h in item.headings if re.search(_SECTION, h.text, re.IGNORECASE)]
    suffixes = (".png", ".svg", ".jpg", ".jpeg", ".webp", ".drawio", ".puml", ".mmd", ".excalidraw", ".gif", ".d2")
    partly += [Location(path) for path in look.tree.ending(*suffixes) if _PICTURE.search(path)]
    partly += [Location(item.path) for item in look.documents.all if _GUIDE.search(item.path)]
    short = [
        *(item for item in look.documents.of("decision") if not TEMPLATE.search(item.path)),
        *(item for item in look.documents.of("architecture") if not TEMPLATE.search(item.path)),
    ]
    partly += [Location(item.path, 1) for item in short if item.filled(_FEWEST_OF_ANY)]
    if partly:
        said = "only a section, a picture, a guide for developers or a few lines"
        return answer(ARCHITECTURE, Outcome.PARTIAL, said, partly, searched=searched, fix=fix)
    said = f"no architecture document{look.documents.still_blank('decision')}"
    return answer(ARCHITECTURE, Outcome.UNMET, said, searched=searched, fix=fix)


def _is_decision(document: Document) -> bool:
    parts = {match[2].lower() for match in _DECIDES.finditer(document.text)}
    words = len(re.findall(r"\w{2,}", document.text))
    return document.specific or (len(parts) >= _PARTS_OF_A_DECISION and words >= _FEWEST_WORDS)


def _describes(document: Document) -> bool:
    """Whether it is about the system: user-interface design and design systems are something else."""
    return document.filled(_FEWEST_OF_A_DESIGN) and not re.search(
        r"(?i)(^|/)(ui|ux|design[-_]system|figma|branding)", document.path
    )
