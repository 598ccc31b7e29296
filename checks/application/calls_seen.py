"""Every call of the application in one shape, Python and JavaScript alike, with the source around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from importlib import import_module
from sys import intern
from typing import TYPE_CHECKING

from checks.application.emptied import Emptied
from checks.application.typed_clients import typed_names
from checks.children import allowance
from checks.digests import blake2b, of_text
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import PYTHON
from checks.observation import Location
from checks.once import once
from checks.readers.web_facts import WebCall
from checks.reads import carried, name_of, of_one_file, rests_on
from checks.shared import REACH

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, PythonModule
    from checks.reads import Step


@dataclass(frozen=True, slots=True)
class Seen:
    """One call. `name` is the resolved callee, followed across files.

    `reached` is false in files that no entry point loads.
    """

    path: str
    call: Call | WebCall
    name: str
    reached: bool = True

    # Nothing is copied: there are millions of calls in a large tree, and who goes through them for one that is not
    # there does not ask where the others stand.
    @property
    def callee(self) -> str:
        """What is called, as written."""
        return self.call.callee

    @property
    def function(self) -> str:
        """The function around it, "" at module level."""
        return self.call.function

    @property
    def arguments(self) -> tuple[str, ...]:
        """The positional arguments as text."""
        call = self.call
        return call.arguments if isinstance(call, WebCall) else tuple([value.text for value in call.arguments])

    @property
    def keys(self) -> Mapping[str, str]:
        """The named arguments, or the keys of objects that are given, as text."""
        call = self.call
        return call.keys if isinstance(call, WebCall) else {name: value.text for name, value in call.keywords.items()}

    @property
    def hidden(self) -> bool:
        """Whether arguments are unpacked or spread."""
        return self.call.spread if isinstance(self.call, WebCall) else self.call.unpacked

    @property
    def in_loop(self) -> bool:
        """Whether it stands in a loop."""
        return self.call.in_loop

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.call.line

    @property
    def end_line(self) -> int:
        """Where it ends."""
        return self.call.end_line

    @property
    def place(self) -> Location:
        """Where it stands."""
        return Location(self.path, self.line, self.end_line)

    @property
    def last(self) -> str:
        """The last part of the callee, as in "create"."""
        return self.callee.rsplit(".", 1)[-1]


_PYTHON_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))[ \t]*#(?![^\n]*[\"'])[^\n]*$|^[ \t]*#[^\n]*$")
# An unclosed comment runs to the end, so that no text makes the search start over again and again.
_WEB_COMMENT = re.compile(r"(?m)(?:^|(?<=[\s;{}(),]))(?://[^\n]*$|/\*(?s:.*?)(?:\*/|\Z))")


Says = Callable[[Seen, str], bool]
"""Tells of a call by what it is, and by nothing else: not by its lines, and not by whether it is reached."""


def _any(_: Seen, __: str) -> bool:
    return True


def calls_of(look: Look, path: str, says: Says = _any, argument: str = "") -> list[Seen]:
    """The calls of one file, in the order in which it was walked: all, or those that `calls_that` finds in it."""
    asked, every, known = _asked(says, argument), _by_file(look), _found_in(look)
    if (asked, path) not in known:
        calls = _reached(look, path, [call for call in every.of(path) if says(call, argument)])
        known[asked, path] = _told(calls), calls
    told, calls = known[asked, path]
    if calls:
        look.reads.used(REACH)
    look.reads.told((name_of(_those_that), asked), path, told)
    return calls


@once
def _found_in(_: Look) -> dict[tuple[str, str], tuple[str, list[Seen]]]:
    """What `calls_of` found by what was asked of which file: a digest, and the calls."""
    return {}


def calls_in(look: Look, paths: Container[str], says: Says = _any, argument: str = "") -> list[Seen]:
    """The calls of some files, in the order of `calls_that`; what the others hold does not matter to who asks."""
    return [call for path in _by_file(look).paths if path in paths for call in calls_of(look, path, says, argument)]


def calls_that(look: Look, says: Says, argument: str = "") -> tuple[Seen, ...]:
    """The calls of application code of which a function of a module says so, in path order.

    Who asks so rests on these calls alone, not on all that there are: see `checks.cache.answers`.

    Args:
        look: The look.
        says: A function that is found by its module and name.
        argument: What it is given beside each call.
    """
    asked = _asked(says, argument)
    known = _found(look)
    look.reads.used(_BY_FILE)
    if asked not in known:
        every = _by_file(look)
        silent = every.silent(asked)
        asked_of = (path for path in every.paths if path not in silent)
        those = {path: those for path in asked_of if (those := [c for c in every.of(path) if says(c, argument)])}
        found = {path: _reached(look, path, calls) for path, calls in those.items()}
        told = {path: _told(those) for path, those in found.items()}
        known[asked] = told, tuple(call for those in found.values() for call in those)
    told, calls = known[asked]
    if calls:
        look.reads.used(REACH)
    look.tell_gathered(_those_that, asked, told)
    return calls


def _reached(look: Look, path: str, calls: list[Seen]) -> list[Seen]:
    """Calls of a file, which say whether it is reached."""
    if not calls or look.reach.reached(path) is not False:
        return calls
    return [replace(call, reached=False) for call in calls]


@once
def _found(_: Look) -> dict[str, tuple[dict[str, str], tuple[Seen, ...]]]:
    """What `calls_that` found by what was asked for: digests by file, and the calls."""
    return {}


def _asked(says: Says, argument: str) -> str:
    return intern(f"{says.__module__}:{says.__name__}\n{argument}")


@rests_on(
    python=("calls", "imports", "functions", "classes", "kept", "kept_calls", "made_globally"),
    web=("calls", "assigned"),
)
@of_one_file
def _those_that(look: Look, path: str, asked: str) -> str:
    """What `calls_that` finds in a file. What that reads of other files, all who ask rest on: see `_by_file`."""
    named, _, argument = asked.partition("\n")
    module, _, name = named.partition(":")
    says: Says = getattr(import_module(module), name)
    return _told([call for call in _alone(look).of(path) if says(call, argument)])


@once
def _alone(look: Look) -> _Alone:
    return _Alone(look)


class _Alone:
    """The calls of single files, each file walked once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: dict[str, tuple[list[Seen], Step]] = {}

    def of(self, path: str) -> list[Seen]:
        # Asked for each time, so that it is known that the file is read, and what others are for it.
        self._look.module(path)
        if path not in self._known:
            with self._look.reads.aside() as step:
                self._known[path] = list(_of_file(self._look, path)), step
        calls, step = self._known[path]
        self._look.reads.took(step, but=path)
        return calls


def _told(calls: list[Seen]) -> str:
    """A digest of calls, of all but where they stand and whether they are reached."""
    if not calls:
        return ""
    said = "\n".join(
        f"{c.name}\0{c.call.resolved}\0{c.callee}\0{c.function}\0{c.hidden}{c.in_loop}{c.call.awaited}{c.call.arguments}\0"
        f"{f'{c.call.is_new}{c.call.keys}' if isinstance(c.call, WebCall) else c.call.keywords}"
        for c in calls
    )
    return blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


@once
def _by_file(look: Look) -> _ByFile:
    """The calls of each file, those without any included. Who uses them says which it asks for.

    Here only other files that name them are read, and whether files that entry points do not reach call them is open.
    """
    return _ByFile(look)


_BY_FILE = carried(f"{_by_file.__module__}.{_by_file.__name__}")


class _ByFile:
    """Walks all files at once, unless all that names them elsewhere is as it was: then those that are asked for."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._known: dict[str, list[Seen]] = {}
        self.paths = dict.fromkeys(look.listed(PYTHON_OF_PRODUCT, WEB_OF_PRODUCT))
        """In their order."""
        self._to_walk = look.take_up(_BY_FILE)
        for path in self.paths:
            if self._to_walk is None or path in self._to_walk:
                look.reads.took(self._walk(path), but=path)

    def of(self, path: str) -> list[Seen]:
        """The calls of one file; none of a file that is not among the paths."""
        if path not in self._known and path in self.paths:
            self._walk(path)  # What that reads of others was taken up.
        return self._known.get(path, [])

    def _walk(self, path: str) -> Step:
        # Parsed before, so none of them is opened: the calls of a large tree take longer than one step may.
        allowance.reading(path)
        with self._look.reads.aside() as step:
            self._known[path] = list(_of_file(self._look, path))
        return step

    def silent(self, asked: str) -> Set[str]:
        """The files that are known to hold no call of those that are asked for."""
        if self._to_walk is None:
            return frozenset()
        before = self._look.recalled(_those_that, asked)
        silent = {path for path, told in before.items() if not told} - self._to_walk
        return set(filter(self._look.tree.assume_read, silent))


def _of_file(look: Look, path: str) -> Iterator[Seen]:
    return _python(look, path) if path.endswith(PYTHON) else _web(look, path)


def _python(look: Look, path: str) -> Iterator[Seen]:
    module = look.python.module(path)
    if module is None:
        return
    fields = _http_fields(module)
    typed = typed_names(look, module)
    for call in module.calls:
        name = look.python.trace(path, call)
        if name == call.callee and typed:
            name = _by_type(typed, call.function, name)
        field = fields.get((call.function.rpartition(".")[0], ".".join(name.split(".")[:2])), "")
        yield Seen(path, call, field + name[name.index(".", 5) :] if field and name.count(".") > 1 else name)


def _by_type(typed: Mapping[tuple[str, str], str], function: str, callee: str) -> str:
    """A callee that nothing assigns, with the class in the place of a name whose annotation tells it."""
    parts = callee.split(".")
    head = ".".join(parts[:2]) if parts[0] == "self" else parts[0]
    scope = function.rpartition(".")[0] if parts[0] == "self" else function
    made = typed.get((scope, head), "")
    return made + callee[len(head) :] if made else callee


_HTTP_CLIENT = re.compile(
    r"httpx\.(?:Async)?Client|(?:requests|niquests)\.(?:sessions\.)?[Ss]ession|aiohttp\.(?:client\.)?ClientSession"
)


def _http_fields(module: PythonModule) -> dict[tuple[str, str], str]:
    """The fields that a class fills with an HTTP client, as (class, "self.client"), and what makes each."""
    fields = {}
    for target, function, name in module.kept_calls:
        if re.fullmatch(r"self\.\w+", target) and _HTTP_CLIENT.fullmatch(name):
            fields[function.rpartition(".")[0], target] = name
    return fields


def _web(look: Look, path: str) -> Iterator[Seen]:
    module = look.web.module(path)
    for call in module.calls if module else ():
        yield Seen(path, call, look.web.trace(call))


_LAST = 10**9
"""No file has so many lines."""


def lines_of(look: Look, path: str, first: int = 1, last: int = _LAST) -> str:
    """The lines `first` to `last` of a file with comments emptied; who asks has read these, and not the file."""
    look.answer_of(_stands_in, path, f"{first} {last}")
    return _lines(look, path, first, last)


@of_one_file
def _stands_in(look: Look, path: str, lines: str) -> str:
    """A digest of what stands in lines of a file: it is kept, and they may hold what must not be."""
    look.tree.text(path)  # so that it is known that the file is read
    first, last = map(int, lines.split())
    return of_text(_lines(look, path, first, last))


def _lines(look: Look, path: str, first: int, last: int) -> str:
    text = _emptied(look).of(path)
    if (first, last) == (1, _LAST):
        return text
    return "\n".join(text.split("\n", max(last, 0))[max(first - 1, 0) : max(last, 0)])


@once
def _emptied(look: Look) -> Emptied:
    return Emptied(look, _without_comments)


def _without_comments(path: str, text: str) -> str:
    """Python has "#" comments alone: "/*" there is part of a glob pattern."""
    if path.endswith(PYTHON):
        return _PYTHON_COMMENT.sub("", text) if "#" in text else text
    return _WEB_COMMENT.sub(_newlines, text) if "//" in text or "/*" in text else text


def _newlines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def text_of(look: Look, call: Seen) -> str:
    """The source of a call; who asks has read this, and not where it stands."""
    which = _which(look, call)
    if not which:
        return lines_of(look, call.path, call.line, call.end_line)
    look.answer_of(_written, call.path, which)
    with look.reads.aside():
        return lines_of(look, call.path, call.line, call.end_line)


def around(look: Look, call: Seen) -> str:
    """The source of the function that holds a call; who asks has read this, and not where it stands."""
    which = _which(look, call)
    if not which:
        return lines_of(look, call.path, *function_span(look, call.path, call.line))
    look.answer_of(_written_around, call.path, which)
    with look.reads.aside():
        return lines_of(look, call.path, *function_span(look, call.path, call.line))


@of_one_file
def _written(look: Look, path: str, which: str) -> str:
    """A digest of the source of a call of a file; "" where it is not there."""
    look.tree.text(path)  # so that it is known that the file is read
    call = _by_which(look, path).get(which)
    return of_text(_lines(look, path, call.line, call.end_line)) if call else ""


@of_one_file
def _written_around(look: Look, path: str, which: str) -> str:
    """A digest of the source of the function that holds a call of a file; "" where it is not there."""
    look.tree.text(path)  # so that it is known that the file is read
    call = _by_which(look, path).get(which)
    return of_text(_lines(look, path, *function_span(look, path, call.line))) if call else ""


def _which(look: Look, call: Seen) -> str:
    """What tells a call from the others of its file, wherever it stands; "" for a decorator, which is none of them."""
    with look.reads.aside():
        _by_which(look, call.path)
        return _told_apart(look)[call.path][1].get(id(call.call), "")


def _by_which(look: Look, path: str) -> Mapping[str, Call | WebCall]:
    """The calls of a file by a digest of their function and what they are written as, with a number among the same."""
    known = _told_apart(look)
    if path not in known:
        module = look.module(path)
        numbers: dict[str, int] = {}
        named: dict[str, Call | WebCall] = {}
        for call in module.calls if module else ():
            said = of_text(f"{call.function}\n{call.callee}")
            numbers[said] = numbers.get(said, -1) + 1
            named[f"{said} {numbers[said]}"] = call
        known[path] = named, {id(call): which for which, call in named.items()}
    return known[path][0]


@once
def _told_apart(_: Look) -> dict[str, tuple[dict[str, Call | WebCall], dict[int, str]]]:
    """Filled by `_by_which`: the calls of files by what tells them apart, and that by the calls."""
    return {}


def function_span(look: Look, path: str, line: int) -> tuple[int, int]:
    """First and last line of the function around a line; the whole file for module-level code.

    For JavaScript the innermost function that is named or asynchronous: a bare callback is part of its caller.
    """
    spans: list[tuple[int, int]] = []
    if path.endswith(PYTHON):
        module = look.python.module(path)
        spans = [(item.line, item.end_line) for item in module.functions] if module else []
    else:
        web = look.web.module(path)
        spans = [(item.line, item.end_line) for item in web.functions if item.name or item.is_async] if web else []
    around = [span for span in spans if span[0] <= line <= span[1]]
    return max(around, key=lambda span: (span[0], -span[1]), default=(1, _LAST))


def imports(look: Look, path: str, packages: re.Pattern[str]) -> bool:
    """Whether the file imports a package whose name matches from its start."""
    if path.endswith(PYTHON):
        module = look.python.module(path)
        return any(packages.match(item.dotted) and not item.paths for item in module.imports) if module else False
    web = look.web.module(path)
    return any(item.package and packages.match(item.specifier) for item in web.imports) if web else False


def places(calls: list[Seen] | tuple[Seen, ...]) -> tuple[Location, ...]:
    """Where calls stand, sorted, each once."""
    return tuple(sorted({call.place for call in calls}))


def users_of(look: Look, path: str, name: str) -> list[Seen]:
    """Reached calls of a function, or calls it is handed to: in its own file, its importers, and theirs."""
    near = {path, *look.reach.imported_by(path)}
    near |= {further for user in list(near) for further in look.reach.imported_by(user)}
    return [
        call
        for call in calls_in(look, near, _uses, name)
        if call.reached and (call.path != path or call.function.rsplit(".", 1)[-1] != name)
    ]


def _uses(call: Seen, name: str) -> bool:
    if call.last == name:
        return True
    attribute = f".{name}"
    return any(given == name or given.endswith(attribute) for given in call.arguments)
