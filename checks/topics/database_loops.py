"""Queries inside loops: one statement a row, where one statement for all rows would do."""

from __future__ import annotations

import re

from checks.application.databases import databases, without_database
from checks.application.methods import called
from checks.application.numbers import counted
from checks.application.wiring import (
    answer,
    blind_spots,
    complain,
    function_at,
    is_one_off,
    reached,
    span,
)
from checks.digests import of_text
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.look import PYTHON, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.readers.facets import calls_within
from checks.readers.python_facts import Call, PythonModule
from checks.readers.web_facts import WebCall, WebModule
from checks.reads import of_one_file

SIGNAL = "db.n-plus-one"
SEARCHED = ("loops in the application's Python, JavaScript and TypeScript",)

_HOST = (
    r"(?:\w*session|\w*db|\w*conn|\w*connection|\w*cursor|cur|tx|trans|transaction|\w*database|engine|pool|\w*client)"
)
_READS = re.compile(
    rf"(?i)(?:.*\.)?{_HOST}\.(?:query|scalar|scalars|fetch|fetchrow|fetchval|fetch_one|fetch_all|get_one)"
    rf"|(?:.*\.)?{_HOST}\.(?:get|execute|exec)|.*\.objects(?:\.\w+)*\.(?:get|filter|first|count|exists|get_or_create)"
)
_NOT_SQL = re.compile(r"(?i)http|redis|cache|boto|openai|anthropic|requests|aiohttp|qdrant|chroma|minio|s3|config")
_WRITES = re.compile(
    r"(?is)^\W*(?:\w+\()?\W*(?:insert|update|delete|create|drop|alter|set|begin|commit|truncate|pragma)\b"
)
_WRITE_NAMES = re.compile(r"(?i)(?:\w+\.)?\w*(?:insert|update|delete|drop|upsert)")
_WEB_READS = re.compile(
    r"(?:.*\.)?prisma\.\w+\.(?:find\w+|count|aggregate)|.*[pP]risma\w*\.\w+\.(?:find\w+|count)"
    r"|(?:.*\.)?(?:db|tx|database)\.(?:select|selectDistinct|query\.\w+\.find\w+)"
    r"|(?:.*\.)?(?:db|pool|conn|connection|knex|client)\.(?:query|execute)|.*\.(?:findOne|findById|findByPk|findUnique|findFirst)"
    r"|(?:.*\.)?supabase\w*\.from\b.*select.*"
    r"|(?:.*\.)?getDocs?|.*\.(?:getDocument|listDocuments|getFirstListItem|getFullList)"
)
_WEB_WRITES = re.compile(
    r"(?:.*\.)?(?:db|tx|trx|database)\.(?:insert|update|delete)(?:\..*)?"
    r"|(?:.*[.#])?(?:\w*[pP]risma\w*|db|tx|trx|database)\.\w+\.(?:create|update|updateMany|upsert|delete|deleteMany)"
    r"|.*\.(?:updateOne|insertOne|replaceOne|deleteOne|findOneAndUpdate|findByIdAndUpdate|findOrCreate)"
    r"|(?:.*\.)?\w+Repository\.(?:save|insert|update|upsert|delete)"
    r"|(?:.*\.)?supabase\w*\.from\.(?:insert|update|upsert|delete)(?:\..*)?"
)
_PRISMA_WRITE = re.compile(r"(?:.*\.)?\w+\.(?:create|update|updateMany|upsert|delete|deleteMany)")
_MODEL_WRITE = re.compile(r"[A-Z]\w*\.(?:create|update|upsert|destroy|insert|delete|save|increment)")
_MAPPERS = frozenset({"sequelize", "sequelize-typescript", "mongoose", "typeorm", "objection", "@adonisjs/lucid"})
_AT_ONCE = re.compile(r"(?:\$transaction|\.batch|\bbulkWrite)\(\s*(?:\[|[\w.]+\.map\()")
"""Statements that are gathered in a loop and sent together."""
_LINES_ABOVE = 3
_TURN_LINES = 12
_WALKS = re.compile(
    r"\bfor\s*(?:await\s*)?\(\s*(?:const|let|var)\s+([^)=;]*?)\s+of\b"
    r"|\.(?:map|forEach|flatMap)\(\s*(?:async\s*)?(?:function\s*\w*\s*)?\(?\s*(\w[\w\s,]*|\{[^}]*\})"
)
"""What a loop of JavaScript calls the row of a turn."""
_DOCUMENT_READ = re.compile(r".*\.document(?:\(.*\))?\.get|.*\.(?:get_document|list_documents|get_first_list_item)")
_RETRY = re.compile(r"(?i)\b(?:range\(|attempt|retry|retries|tries|while\b|batch|chunk|offset|page)")


@probe(SIGNAL)
def n_plus_one(look: Look) -> Observation:
    """No loop over rows asks the database once a row."""
    found = databases(look)
    if not found.any:
        return without_database(look, SIGNAL, "no database", searched=SEARCHED)
    clear: list[Location] = []
    doubtful: list[Location] = []
    turns = look.gather(_turns_of_python, "sql" if found.sql else "", PYTHON_OF_PRODUCT)
    for path, calls in [*turns.items(), *look.gather(_turns_of_web, among=WEB_OF_PRODUCT).items()]:
        if reached(look, path) and not is_one_off(path):
            surely, perhaps = (_in_python if path.endswith(PYTHON) else _in_web)(look, path, calls)
            clear += surely
            doubtful += perhaps
    fix = "ask for all rows at once, with a join, an IN list or eager loading"
    if clear:
        complain(look, "db.query-in-loop", SIGNAL, clear, Severity.MEDIUM, "one query for each turn of a loop")
        said = f"{counted(len(clear), 'query', 'queries')} inside loops over rows"
        return answer(SIGNAL, Outcome.UNMET, said, clear, searched=SEARCHED, fix=fix)
    if doubtful:
        said = f"{counted(len(doubtful), 'statement')} inside loops, none clearly a query a row"
        return answer(SIGNAL, Outcome.PARTIAL, said, doubtful, searched=SEARCHED, fix=fix)
    if blind := blind_spots(look):
        return answer(SIGNAL, Outcome.UNKNOWN, f"no query inside a loop was seen, but {blind}", searched=SEARCHED)
    said = "no query stands inside a loop; lazily loaded relations are not seen"
    return answer(SIGNAL, Outcome.MET, said, found.any[:3], searched=SEARCHED)


_Both = tuple[list[Location], list[Location]]
"""The clear and the doubtful ones among places."""
_Turns = list[tuple[int, str, bool, str]]
"""Of calls in the loops of a file that may matter: their numbers among all calls in loops, how they may, whether that
is doubtful, and a digest of them. None of their lines: they are asked for where a call turns out to matter."""


def _in_python(look: Look, path: str, turns: _Turns) -> _Both:
    clear: list[Location] = []
    doubtful: list[Location] = []
    for number, kind, is_doubtful, _ in turns:
        module = look.python.module(path)
        if module is None:
            continue
        with look.reads.aside():
            call = _in_loops(module)[number]
        if kind != "each" or _asks_for_each(look, module, call):
            (doubtful if is_doubtful else clear).append(Location(path, call.line, call.end_line))
    return clear, doubtful


@of_one_file
def _turns_of_python(look: Look, path: str, sql: str) -> list[tuple[int, str, bool, str]]:
    """Calls that ask, or that ask a relation of a row, or that are given what the loop walks over."""
    found: _Turns = []
    module = look.python.module(path)
    for number, call in enumerate(_in_loops(module) if module else ()):
        place = Location(path, call.line, call.end_line)
        if _asks(call, sql=bool(sql)):
            if not _is_asked_once(look, place, call):
                found.append((number, "asks", _is_doubtful(look, place, call), ""))
        elif sql and module and _asks_relation(look, module, call):
            found.append((number, "relation", _is_unless_known(look, place), ""))
        elif sql and _is_given_what_is_walked(look, place, call):
            said = of_text(f"{call.callee}\n{call.resolved}\n{call.function}")
            found.append((number, "each", _is_unless_known(look, place), said))
    return found


def _in_loops(module: PythonModule) -> list[Call]:
    return [call for call in module.calls if call.in_loop]


def _in_web(look: Look, path: str, turns: _Turns) -> _Both:
    """A row that is written alone in each turn is doubtful; where a turn runs several statements for it, clear."""
    clear: list[Location] = []
    doubtful: list[Location] = []
    written: dict[str, set[Location]] = {}
    for number, kind, is_doubtful, _ in turns:
        web = look.web.module(path)
        if web is None:
            continue
        with look.reads.aside():
            call = _web_loops(web)[number]
        kinds = set(kind.split())
        if "reads" in kinds:
            (doubtful if is_doubtful else clear).append(Location(path, call.line, call.end_line))
        elif "each" in kinds and _asks_for_each_in_web(look, web, call):
            clear.append(Location(path, call.line, call.end_line))
        elif "relation" in kinds and look.importers("sequelize", "sequelize-typescript"):
            doubtful.append(Location(path, call.line, call.end_line))
        elif not is_doubtful and ("writes" in kinds or ("model" in kinds and _writes_a_model(look, web, call))):
            place = Location(path, call.line, call.end_line)
            with look.reads.aside():
                turn = _loop_around(look, place) or call.function
            written.setdefault(turn, set()).add(place)
    for places in written.values():
        several = len({place.line for place in places}) > 1
        (clear if several else doubtful).extend(sorted(places))
    return clear, doubtful


@of_one_file
def _turns_of_web(look: Look, path: str, _: str) -> list[tuple[int, str, bool, str]]:
    """Calls that read rows, write them, or are given what the loop walks over; of those that write, whether at once."""
    found: _Turns = []
    web = look.web.module(path)
    for number, call in enumerate(_web_loops(web) if web else ()):
        place = Location(path, call.line, call.end_line)
        if _WEB_READS.fullmatch(call.resolved) or _WEB_READS.fullmatch(call.callee):
            found.append((number, "reads", bool(_WRITES.match(" ".join(call.arguments)) or _is_retry(look, place)), ""))
            continue
        walked = _walked_in_web(look, place)
        kinds = {
            "each": any(word in walked for text in call.arguments for word in re.findall(r"^\w+", text))
            and not _is_retry(look, place),
            "relation": _ASSOCIATION.fullmatch(call.callee)
            and call.awaited
            and call.callee.partition(".")[0] in walked,
            "writes": _writes(call),
            "model": call.awaited and _MODEL_WRITE.fullmatch(call.callee),
        }
        if any(kinds.values()):
            above = span(look, path, max(call.line - _LINES_ABOVE, 1), call.line)
            no_row = _is_retry(look, place) or bool(_AT_ONCE.search(above))
            said = of_text(f"{call.callee}\n{call.resolved}\n{call.function}\n{_loop_around(look, place)}")
            found.append((number, " ".join(kind for kind, holds in kinds.items() if holds), no_row, said))
    return found


def _web_loops(web: WebModule) -> list[WebCall]:
    return [call for call in web.calls if call.in_loop]


def _writes(call: WebCall) -> bool:
    """Whether a call of web code writes rows; the path that a client of Prisma comes from may be what tells it."""
    if "prisma" in call.resolved.lower() and _PRISMA_WRITE.fullmatch(call.callee):
        return True
    return bool(_WEB_WRITES.fullmatch(call.callee) or _WEB_WRITES.fullmatch(call.resolved))


def _writes_a_model(look: Look, web: WebModule, call: WebCall) -> bool:
    """Whether a class whose file loads a mapper of objects to rows writes one: `await Contact.create(…)`."""
    home = look.web.module(call.resolved.partition("#")[0]) if "#" in call.resolved else web
    return any(item.package in _MAPPERS for item in (home.imports if home else ()))


def _asks(call: Call, *, sql: bool) -> bool:
    name = call.callee if "." in call.callee else call.resolved
    if _DOCUMENT_READ.fullmatch(name) or _DOCUMENT_READ.fullmatch(call.resolved):
        return True
    if not sql or not (_READS.fullmatch(name) or _READS.fullmatch(call.resolved)) or _NOT_SQL.search(call.resolved):
        return False
    last = name.rsplit(".", 1)[-1]
    if last == "get":  # Session.get(Model, key); a dictionary's get has a text or a default
        session = re.search(r"(?i)(?:session|db)\.get$", name) and len(call.arguments) >= 2  # noqa: PLR2004
        return bool(session and re.match(r"[A-Z]", call.arguments[0].text)) or ".objects" in name
    if last in {"execute", "exec", "query", "scalar", "scalars"}:
        return bool(call.arguments)
    return True


def _is_given_what_is_walked(look: Look, place: Location, call: Call) -> bool:
    """Whether a call is given what the loop around it walks over."""
    given = {word for value in (*call.arguments, *call.keywords.values()) for word in re.findall(r"^\w+", value.text)}
    return bool(given & _walked(look, place)) and not _is_retry(look, place)


def _asks_for_each(look: Look, module: PythonModule, call: Call) -> bool:
    """Whether what is called is a function or method of the repository that asks the database."""
    caller = module.function(call.function)
    target = called(look, module, caller, call) if caller else function_at(look, module.path, call.callee)
    if target is None or is_one_off(target[0].path):
        return False
    inner, function = target
    if any("cache" in mark.callee for mark in function.decorators):
        return False
    return look.answer_of(_asks_for_one, inner.path, function.qualified)


@of_one_file
def _asks_for_one(look: Look, path: str, function: str) -> bool:
    """Whether a function asks the database, and surely for one thing each time it is called."""
    module = look.python.module(path)
    asked = [one for one in (calls_within(module, function) if module else ()) if _asks(one, sql=True)]
    return bool(asked) and not any(_is_doubtful(look, Location(path, one.line), one) for one in asked)


def _asks_for_each_in_web(look: Look, web: WebModule, call: WebCall) -> bool:
    """The same for a function of JavaScript or TypeScript, of this file or of one that it imports."""
    home, _, name = look.web.trace(call).partition("#")
    home, name = (home, name) if name else (web.path, call.callee)
    return "." not in name and not is_one_off(home) and look.answer_of(_reads_in, home, name)


@of_one_file
def _reads_in(look: Look, path: str, name: str) -> bool:
    """Whether a function of that name asks the database for rows."""
    home = look.web.module(path)
    spans = [(one.line, one.end_line) for one in home.functions if one.name == name] if home else []
    return any(
        first <= one.line <= last and (_WEB_READS.fullmatch(one.resolved) or _WEB_READS.fullmatch(one.callee))
        for one in (home.calls if home and spans else ())
        for first, last in spans
    )


_ASSOCIATION = re.compile(r"(\w+)\.(?:get|count)[A-Z]\w*")


def _walked_in_web(look: Look, place: Location) -> set[str]:
    """What the loops shortly above a call name the rows of their turns."""
    above = span(look, place.path, max(place.line - _TURN_LINES, 1), place.end_line)
    return {word for text in _WALKS.findall(above) for word in re.findall(r"\w+", "".join(text))}


def _is_unless_known(look: Look, place: Location) -> bool:
    """Whether the line above asks first whether the row is known already, as in `if key not in found:`."""
    return bool(re.search(r"\bif\b.*\bnot in\b|\bif not\b", span(look, place.path, max(place.line - 1, 1), place.line)))


_RELATION = re.compile(
    r"(\w+)\.(?!objects\b)\w+\.(?:(count|exists|first|last)|filter|exclude|aggregate|values_list|latest)"
)


def _asks_relation(look: Look, module: PythonModule, call: Call) -> bool:
    """Whether a loop over rows of Django asks for what belongs to each: `for book in books: book.reviews.count()`."""
    found = _RELATION.fullmatch(call.callee)
    if not found or (found[2] and call.arguments) or not any(item.top == "django" for item in module.imports):
        return False
    place = Location(module.path, call.line, call.end_line)
    return found[1] in _walked(look, place) and not _is_retry(look, place)


def _walked(look: Look, place: Location) -> set[str]:
    """The names that the loop or the comprehension around a place gives to what it walks over."""
    here = " ".join(_as_written(look, place.path, place.line - 2, place.end_line + 1))
    named = re.findall(r"\bfor\s+([\w\s,()]+?)\s+in\b", f"{_loop_around(look, place)} {here}")
    return {name for text in named for name in re.findall(r"\w+", text)}


def _as_written(look: Look, path: str, after: int, last: int) -> list[str]:
    """The lines behind one and up to another; who asks has read these, and not the file."""
    look.answer_of(_stands_in, path, f"{max(after, 0)} {last}")
    with look.reads.aside():
        return _lines(look, path, max(after, 0), last)


@of_one_file
def _stands_in(look: Look, path: str, lines: str) -> str:
    """A digest of what stands in lines of a file: it is kept, and they may hold what must not be."""
    after, last = map(int, lines.split())
    return of_text("\n".join(_lines(look, path, after, last)))


def _lines(look: Look, path: str, after: int, last: int) -> list[str]:
    return (look.tree.text(path) or "").splitlines()[after:last]


def _is_doubtful(look: Look, place: Location, call: Call) -> bool:
    first = call.arguments[0].text if call.arguments else ""
    return bool(_WRITES.match(first.lstrip("frbu\"'(")) or _WRITE_NAMES.match(first)) or _is_retry(look, place)


def _is_asked_once(look: Look, place: Location, call: Call) -> bool:
    """Whether the call is what a comprehension walks over, outside any other loop: it runs once."""
    text = "\n".join(_as_written(look, place.path, place.line - 2, place.line))
    walked = re.search(rf"\bin\s+(?:await\s+|\w+\()*\(?(?:await\s+)?{re.escape(call.callee)}\b", text)
    return bool(walked) and not _loop_around(look, place)


def _is_retry(look: Look, place: Location) -> bool:
    """Whether the loop around the place repeats, pages or batches instead of walking over rows."""
    return bool(_RETRY.search(_loop_around(look, place)))


def _loop_around(look: Look, place: Location) -> str:
    """The line of the nearest `for` or `while` statement around a place in the same function, or ""."""
    if not look.answer_of(_loops_around, place.path, str(place.line)):
        return ""
    with look.reads.aside():
        return _loop_above(look, place.path, place.line)


@of_one_file
def _loops_around(look: Look, path: str, line: str) -> str:
    """A digest of that line, which may hold what must not be kept; "" for none."""
    found = _loop_above(look, path, int(line))
    return of_text(found) if found else ""


def _loop_above(look: Look, path: str, line: int) -> str:
    lines = (look.tree.text(path) or "").splitlines()[:line]
    depth = len(lines[-1]) - len(lines[-1].lstrip()) if lines else 0
    for above in reversed(lines[:-1]):
        indent = len(above) - len(above.lstrip())
        if above.strip() and indent < depth:
            depth = indent
            if re.match(r"\s*(?:async\s+)?(?:for|while)\b", above):
                return above
            if re.match(r"\s*(?:async\s+)?(?:def|function)\b", above):
                return ""
    return ""
