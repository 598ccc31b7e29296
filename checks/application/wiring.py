"""What is wired: calls in code that an entry point reaches, and what could not be looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from checks.application.emptied import Emptied
from checks.application.partly_read import partly_read
from checks.application.usage import Usage
from checks.application.web_usage import runs
from checks.digests import of_text
from checks.files.kinds import is_template_of_code
from checks.files.listed import CODE_OF_PRODUCT, PYTHON_OF_PRODUCT, WEB_OF_PRODUCT, named_so
from checks.observation import Confidence, Finding, Location, Observation, Outcome, Severity
from checks.once import once
from checks.readers.facets import LIKE, calls_like, calls_within, like
from checks.readers.python_facts import PythonModule
from checks.reads import ENDING, Question, of_one_file, rests_on

if TYPE_CHECKING:
    from checks.application.reach import Reach
    from checks.look import Look
    from checks.readers.python_facts import Call, Function
    from checks.readers.web_facts import WebCall, WebModule

CODE = ("application code that an entry point reaches",)
"""The place that most probes of code search."""

_OTHER_LANGUAGES = {
    ".go": "Go", ".java": "Java", ".kt": "Kotlin", ".rb": "Ruby", ".php": "PHP", ".cs": "C#", ".rs": "Rust",
    ".ex": "Elixir", ".scala": "Scala",
}  # fmt: skip
_MOST_NAMED = 3
_MOST_PLACES = 10
_ONE_OFF = frozenset({"scripts", "script", "migrations", "alembic", "seeds", "seed", "fixtures", "tools", "bin"})


@dataclass(frozen=True, slots=True)
class Hit:
    """One call in application code: where, in which function, and the call itself."""

    place: Location
    function: str
    call: Call | WebCall


_Every = tuple[tuple[PythonModule, ...], tuple["WebModule", ...]]


@once
def _all_modules(look: Look) -> _Every:
    """The readable modules of the application, Python and web. Who uses them says which it asks for."""
    python = tuple(look.python.modules(look.listed(PYTHON_OF_PRODUCT)))
    return python, tuple(look.web.modules(look.listed(WEB_OF_PRODUCT)))


@once
def _live_modules(look: Look) -> _Every:
    """Those of them that an entry point reaches."""
    python, web = _all_modules(look)
    return tuple(one for one in python if reached(look, one.path)), tuple(one for one in web if reached(look, one.path))


_Named = dict[str, list[str]]
"""The files that call something, by what names it there."""


@once
def _resolved(look: Look) -> _Named:
    """The modules by what their calls resolve to. Who uses them says which calls it asks for."""
    return _by_name(look, attrgetter("resolved"))


@once
def _written_as(look: Look) -> _Named:
    """The modules by what their calls are written as. Who uses them says which calls it asks for."""
    return _by_name(look, attrgetter("callee"))


_NAMED = {"resolved": _resolved, "callee": _written_as}


def _by_name(look: Look, name_of: Callable[[Call | WebCall], str]) -> _Named:
    found: _Named = {}
    with look.reads.aside():
        python, web = _all_modules(look)
        every: list[PythonModule | WebModule] = [*python, *web]
        for module in every:
            made: Sequence[Call | WebCall] = module.calls
            for name in dict.fromkeys(map(name_of, made)):
                found.setdefault(name, []).append(module.path)
    return found


def modules_calling(
    look: Look, by: str, pattern: str, *, dead: bool = False
) -> Iterator[tuple[PythonModule | WebModule, tuple[Call | WebCall, ...]]]:
    """The modules of the application that call something alike, with these calls; Python first, each in path order.

    Who asks rests on these calls alone, and no other module is read where it is known what it said before.

    Args:
        look: The look.
        by: "resolved" or "callee": what of a call is looked at.
        pattern: A regular expression that it matches in full.
        dead: With modules that no entry point reaches.
    """

    def at_once() -> dict[str, bool]:
        matches = re.compile(pattern).fullmatch
        return {path: True for name, calling in _NAMED[by](look).items() if matches(name) for path in calling}

    having = look.answers_of(_calls_like, like(by, pattern), at_once)
    for path in having:
        if (dead or reached(look, path)) and (module := look.module(path)):
            yield module, calls_like(module, by, pattern)


@rests_on(python=("calls",), web=("calls",))
@of_one_file
def _calls_like(look: Look, path: str, asked: str) -> bool:
    """Whether a file calls something that matches."""
    by, _, pattern = asked.partition(LIKE)
    module = look.module(path)
    return bool(module and calls_like(module, by, pattern))


@once
def _usage(look: Look) -> Usage:
    is_source = named_so(PYTHON_OF_PRODUCT)
    return Usage(look, lambda path: is_source(path) and reached(look, path))


def reached(look: Look, path: str) -> bool:
    """Whether the service reaches the file, or any entry point where there is no service, or that cannot be told."""
    reach, known = _known_reached(look)
    if path not in known:
        served = reach.served(path)
        known[path] = reach.reached(path) is not False if served is None else served
    return known[path]


@once
def _known_reached(look: Look) -> tuple[Reach, dict[str, bool]]:
    """What `reached` said of files: it is asked for each of their calls by many probes."""
    return look.reach, {}


def python_modules(look: Look, *having: str, dead: bool = False) -> Iterator[PythonModule]:
    """Readable Python modules of the application; with `dead`, also those no entry point reaches.

    Args:
        look: The look.
        having: Fields; the modules that have something in one of these. Who asks so does not rest on which others
            there are.
        dead: With modules that no entry point reaches.
    """
    if not having:
        look.reads.ask_listing(*PYTHON_OF_PRODUCT)
        yield from (_all_modules if dead else _live_modules)(look)[0]
        return
    for path in look.gather(_has, "\n".join(having), PYTHON_OF_PRODUCT):
        module = look.python.module(path) if dead or reached(look, path) else None
        if module:
            yield module


def web_modules(look: Look, *having: str, dead: bool = False) -> Iterator[WebModule]:
    """Readable JavaScript and TypeScript modules of the application, chosen as by `python_modules`."""
    if not having:
        look.reads.ask_listing(*WEB_OF_PRODUCT)
        yield from (_all_modules if dead else _live_modules)(look)[1]
        return
    for path in look.gather(_has, "\n".join(having), WEB_OF_PRODUCT):
        module = look.web.module(path) if dead or reached(look, path) else None
        if module:
            yield module


def modules_defining(look: Look, names: Collection[str]) -> Iterator[PythonModule]:
    """Readable Python modules of the application with a function of such a name, plain or qualified."""
    # What a call is given may be no name at all, and must not be kept.
    wanted = sorted(name for name in names if name.replace(".", "").isidentifier())
    for path in look.gather(_defines, "\n".join(wanted), PYTHON_OF_PRODUCT) if wanted else ():
        module = look.python.module(path) if reached(look, path) else None
        if module:
            yield module


@of_one_file
def _defines(look: Look, path: str, names: str) -> bool:
    """Whether a file of Python defines a function of one of these names."""
    module, wanted = look.python.module(path), names.split("\n")
    return any(one.name in wanted or one.qualified in wanted for one in (module.functions if module else ()))


def modules(look: Look, *having: str) -> Iterator[PythonModule | WebModule]:
    """Readable modules of the application of either language that an entry point reaches."""
    yield from python_modules(look, *having)
    yield from web_modules(look, *having)


@of_one_file
def _has(look: Look, path: str, fields: str) -> bool:
    """Whether a file has something in one of these fields of its module."""
    module = look.module(path)
    return module is not None and any(getattr(module, field) for field in fields.split("\n"))


def arguments_of(call: Call | WebCall) -> tuple[str, ...]:
    """The source texts of a call's positional arguments."""
    return tuple(item if isinstance(item, str) else item.text for item in call.arguments)


def calls(look: Look, pattern: str, *, dead: bool = False) -> tuple[Hit, ...]:
    """Calls whose resolved name matches the regular expression in full, in path and line order.

    A call inside a function that nothing in the application ever names is left out unless `dead`: it is written, not in
    force.
    """
    found = [
        (place := Location(module.path, call.line, call.end_line), number, Hit(place, call.function, call))
        for module, made in modules_calling(look, "resolved", pattern, dead=dead)
        for number, call in enumerate(made)
        if dead or _in_force(look, module, call)
    ]
    return tuple(hit for _, _, hit in sorted(found, key=itemgetter(0, 1)))


def _in_force(look: Look, module: PythonModule | WebModule, call: Call | WebCall) -> bool:
    if isinstance(module, PythonModule):
        return is_used(look, module, call.function)
    return runs(look, module, call.line)


def is_used(look: Look, module: PythonModule, qualified: str) -> bool:
    """Whether a module-level function is called, passed on or decorated anywhere; true for methods and module level."""
    if not qualified or "." in qualified:
        return True
    function = module.function(qualified)
    if function is None or function.decorators or function.name == "main" or function.name in _named_by_commands(look):
        return True
    return _usage(look).names(module.path, qualified, function.name)


@once
def _named_by_commands(look: Look) -> frozenset[str]:
    """Functions that a command starts by name: `uvicorn --factory app.main:create`, `gunicorn "app:make()"`."""
    lines = [text for _, text in look.containers.commands]
    lines += [f"{image.final.entrypoint} {image.final.command}" for image in look.containers.dockerfiles]
    lines += [command for script in look.manifests.scripts for command in script.commands]
    entries = [entry for package in look.manifests.packages for entry in package.entries]
    return frozenset(re.findall(r"[\w.]+:(\w+)", "\n".join([*lines, *entries])))


def is_one_off(path: str) -> bool:
    """Whether the file is a script, seed or migration: run by hand or once, not while serving."""
    return not _ONE_OFF.isdisjoint(path.lower().split("/")[:-1]) or "/management/commands/" in f"/{path}"


@once
def blind_spots(look: Look) -> str:
    """What of the application could not be looked at, in words; "" where everything was."""
    return "; ".join(_blind_spots(look))


def not_examined(look: Look) -> list[str]:
    """The code of the product that the code rules did not read in full."""
    # What they are not given is of these kinds; of other files that they did not read, it is said that they did not.
    look.reads.ask_listing(ENDING, ".d.mts\n.d.cts")
    return [path for path in look.listed(CODE_OF_PRODUCT) if not look.code.complete_for([path])]


@once
def unread_code(look: Look) -> tuple[str, ...]:
    """Application code that its reader could not take in full: Python first, each in path order."""
    python = (path for path in partly_read(look, PYTHON_OF_PRODUCT) if not _is_template(look, path))
    return (*python, *partly_read(look, WEB_OF_PRODUCT))


def _is_template(look: Look, path: str) -> bool:
    # What no grammar takes because places in it are still to be filled runs nowhere as it stands.
    return look.python.module(path) is None and is_template_of_code(look.tree.text(path) or "")


def _blind_spots(look: Look) -> Iterator[str]:
    unread = unread_code(look)
    if unread:
        more = "" if len(unread) <= _MOST_NAMED else f" and {len(unread) - _MOST_NAMED} more"
        yield f"not read in full: {', '.join(unread[:_MOST_NAMED])}{more}"
    paths = look.source_paths(*_OTHER_LANGUAGES)
    others = sorted({name for path in paths for suffix, name in _OTHER_LANGUAGES.items() if path.endswith(suffix)})
    if others:
        yield f"{' and '.join(others)} code is not read"


# -- following calls ----------------------------------------------------------------------------------------------


def function_at(look: Look, path: str, name: str) -> tuple[PythonModule, Function] | None:
    """The repository's function that `name` stands for in `path`: a local one, an imported one, or a method."""
    module = look.python.module(path)
    if module is None:
        return None
    local = module.function(name)
    if local:
        return module, local
    head, _, rest = name.partition(".")
    for item in module.imports:
        if item.local != head or not item.paths:
            continue
        target = look.python.module(item.paths[-1])
        for candidate in (rest, f"{item.name}.{rest}", item.name) if rest else (item.name,):
            found = target.function(candidate) if target else None
            if target and found:
                return target, found
    return None


def callees(look: Look, module: PythonModule, function: Function) -> Iterator[tuple[PythonModule, Function]]:
    """The repository's functions that a function calls directly."""
    seen = set()
    for call in calls_within(module, function.qualified):
        if call.callee in seen:
            continue
        seen.add(call.callee)
        name = call.callee
        if name.startswith(("self.", "cls.")) and function.owner:
            name = f"{function.owner}.{name.partition('.')[2]}"
        found = function_at(look, module.path, name)
        if found:
            yield found


def without_comments(text: str) -> str:
    """Source text with comment-only lines and trailing comments emptied, line count kept."""
    if "/*" in text:
        text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
    if not ("#" in text or "//" in text or "--" in text):
        return text
    # Never a line break: a place in what is left is a place in the file.
    return re.sub(r"(?m)(^[^\S\n]*|[^\S\n])(#|//|--(?=\s))[^\n]*$", "", text)


def uncommented(look: Look, path: str) -> str:
    """The text of a file `without_comments`, emptied once for a look; "" where it has none."""
    look.answer_of(_stands_in, path, "")
    return _emptied(look).of(path)


def span(look: Look, path: str, first: int, last: int) -> str:
    """The lines `first` to `last` of a file, comments taken out; who asks has read these, and not the file."""
    look.answer_of(_stands_in, path, f"{first} {last}")
    return _lines(look, path, first, last)


def source_of(look: Look, path: str, function: str) -> str:
    """The lines of a function of Python, comments taken out; who asks has read these, and not where they stand."""
    look.answer_of(_function_source, path, function)
    with look.reads.aside():
        return _source(look, path, function)


@of_one_file
def _function_source(look: Look, path: str, function: str) -> str:
    """A digest of the lines of a function, as of lines; "" where there is none of that qualified name."""
    text = _source(look, path, function)
    return of_text(text) if text else ""


def _source(look: Look, path: str, function: str) -> str:
    module = look.python.module(path)
    found = module.function(function) if module else None
    return _lines(look, path, found.line, found.end_line) if found else ""


@of_one_file
def _stands_in(look: Look, path: str, lines: str) -> str:
    """A digest of what stands in lines of a file, or in all: it is kept, and they may hold what must not be."""
    look.tree.text(path)  # so that it is known that the file is read
    return of_text(_lines(look, path, *map(int, lines.split())) if lines else _emptied(look).of(path))


def _lines(look: Look, path: str, first: int, last: int) -> str:
    end = max(last, first, 0)
    return "\n".join(_emptied(look).of(path).split("\n", end)[max(first - 1, 0) : end])


@once
def _emptied(look: Look) -> Emptied:
    return Emptied(look, lambda _, text: without_comments(text))


def line_matches(look: Look, path: str, pattern: str) -> tuple[Location, ...]:
    """The places in one file where a regular expression matches outside comments."""
    return tuple(Location(path, line) for line in look.answer_of(_lines_with, path, pattern))


def matches_in(look: Look, pattern: str, *among: Question) -> list[Location]:
    """The places in readable files of these kinds that an entry point reaches, as of `line_matches`."""
    return [
        place
        for one in among
        for path in files_matching(look, pattern, one)
        if reached(look, path) and look.module(path)
        for place in line_matches(look, path, pattern)
    ]


def files_matching(look: Look, pattern: str, among: Question = CODE_OF_PRODUCT) -> list[str]:
    """Those of the files that are called so in which a regular expression matches outside comments."""
    return list(look.gather(_lines_with, pattern, among))


@of_one_file
def _lines_with(look: Look, path: str, pattern: str) -> list[int]:
    look.tree.text(path)  # so that it is known that the file is read
    text = _emptied(look).of(path)
    return [text.count("\n", 0, match.start()) + 1 for match in re.finditer(pattern, text)]


# -- answers --------------------------------------------------------------------------------------------------------


def answer(
    signal: str,
    outcome: Outcome,
    summary: str,
    places: tuple[Location, ...] | list[Location] = (),
    *,
    searched: tuple[str, ...] = CODE,
    confidence: Confidence = Confidence.MEDIUM,
    fix: str = "",
) -> Observation:
    """An observation with at most ten places, each once."""
    shown = tuple(dict.fromkeys(places))[:_MOST_PLACES]
    return Observation(signal, outcome, summary, searched, shown, confidence, fix=fix)


def absent(look: Look, signal: str, summary: str, *, searched: tuple[str, ...] = CODE, fix: str = "") -> Observation:
    """Nothing of the kind was found: unmet where all of the application was read, else unknown."""
    blind = blind_spots(look)
    if blind:
        return answer(signal, Outcome.UNKNOWN, f"{summary}, but {blind}", searched=searched, fix=fix)
    return answer(signal, Outcome.UNMET, summary, searched=searched, fix=fix)


def not_applicable(look: Look, signal: str, summary: str, *, searched: tuple[str, ...] = CODE) -> Observation:
    """The question does not arise: where all of the application was read, else unknown."""
    blind = blind_spots(look)
    if blind:
        return answer(signal, Outcome.UNKNOWN, f"{summary}, but {blind}", searched=searched)
    return answer(signal, Outcome.NOT_APPLICABLE, summary, searched=searched)


def complain(
    look: Look, rule: str, signal: str, places: tuple[Location, ...] | list[Location], severity: Severity, message: str
) -> None:
    """Add one finding a place, each once."""
    look.found(*(Finding(rule, signal, place, severity, message) for place in dict.fromkeys(places)))
