"""Scope facts as a tree suggests them: what the product is and has, with the places that say so.

A fact is denied only where the tree can show absence: all its code is in languages that were read, and read in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import count, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from checks.application import product_signs as signs
from checks.application.product_said import (
    Said,
    asked_for,
    called_like,
    calls_in,
    digest_of,
    lines_with,
    texts_in,
    texts_like,
)
from checks.application.routing import python_routing, web_routing
from checks.application.spots import Spot, Spots, first_places, spot_of_route, spots_of
from checks.application.wiring import python_modules, unread_code, web_modules
from checks.files.listed import CODE_OF_PRODUCT
from checks.look import PYTHON, is_product
from checks.observation import Location, Proposal
from checks.reads import OfOneFile

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule, Route

_MOST_PLACES = 5
_IN_AND_USER = ("login", "log_in", "signin", "sign_in", "currentuser", "current_user")
_ROLE_WORDS = ("admin", "superuser", "staff", "moderator", "role", "permission", "has_perm")
_ASK = "only a person can tell"


def proposals(look: Look) -> tuple[Proposal, ...]:
    """All 29 scope facts, in the catalogue's order. `holds` is None where the tree cannot tell."""
    product = _Product(look)
    return tuple(_proposal(product, fact, judge) for fact, judge in _FACTS.items())


_Places = dict[str, list[tuple[int, str, str, Said]]]
"""Where each text stands, with its number among all: the same few names and words stand all over the code."""


class _Product:
    """What the tree shows of the product, each part gathered once."""

    def __init__(self, look: Look) -> None:
        self.look = look

    def _is_reached(self, path: str) -> bool:
        return self.look.reach.reached(path) is not False

    @cached_property
    def unseen(self) -> str:
        """Why absence cannot be told from this tree, "" where it can."""
        if not self.look.has_code():
            return "no Python, JavaScript or TypeScript code to tell it from"
        if other := self.look.source_paths(*signs.OTHER_LANGUAGES):
            return f"{len(other)} files of other languages, such as {other[0]}, were not read"
        unread = unread_code(self.look)
        return f"{unread[0]} could not be read in full" if unread else ""

    def imports(self, packages: Iterable[str]) -> Spots:
        """Where reached code imports one of `packages`."""
        return spots_of(self.look.importers(*packages))

    def calls(self, pattern: re.Pattern[str]) -> Spots:
        """Where reached code calls something whose resolved name matches."""
        return self._where(self._called, called_like, pattern)

    def texts(self, pattern: re.Pattern[str]) -> Spots:
        """Where a string of reached code matches."""
        return self._where(self._texts, texts_like, pattern)

    def _where(self, places: _Places, question: OfOneFile, pattern: re.Pattern[str]) -> Spots:
        """The places of the texts in which the pattern is found, in their order; it is these that are asked for."""
        found = [one for text, every in places.items() if pattern.search(text) for one in every]
        found.sort(key=itemgetter(0))
        names: dict[str, list[str]] = {}
        for _, path, text, _ in found:
            names.setdefault(path, []).append(text)
        self.look.tell_gathered(question, asked_for(pattern), {path: digest_of(its) for path, its in names.items()})
        return tuple(Spot(path, one) for _, path, _, one in found)

    @cached_property
    def _called(self) -> _Places:
        return self._by_text(calls_in)

    @cached_property
    def _texts(self) -> _Places:
        return self._by_text(texts_in)

    def _by_text(self, each: Callable[[Look, str], Iterator[tuple[str, Said]]]) -> _Places:
        """Who uses the places says which are asked for; here only what is read of other files counts."""
        found: _Places = {}
        number = count()
        for path in filter(self._is_reached, self.look.listed(CODE_OF_PRODUCT)):
            with self.look.reads.aside() as step:
                said = list(each(self.look, path))
            self.look.reads.took(step, but=path)
            for text, one in said:
                found.setdefault(text, []).append((next(number), path, text, one))
        return found

    def lines(self, pattern: re.Pattern[str], paths: Iterable[str], *words: str) -> Spots:
        """The first lines of `paths` that match; comment lines do not count. Without one of `words` nothing matches."""
        likely = self.look.files_with(paths, *words) if words else paths
        return spots_of(islice(self._each_line(pattern, likely), _MOST_PLACES))

    def code_lines(self, pattern: re.Pattern[str], others: Iterable[str], *words: str) -> Spots:
        """As `lines`, of reached code and of other files behind it."""
        code = filter(self._is_reached, self.look.sources_with(*words))
        return self.lines(pattern, (*code, *self.look.files_with(others, *words)))

    def _each_line(self, pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[Location]:
        asked = asked_for(pattern)
        return (Location(path, line) for path in paths for line in self.look.answer_of(lines_with, path, asked))

    def fields(self, pattern: re.Pattern[str]) -> Spots:
        """Classes of reached Python code with a field whose name matches."""
        return tuple(
            Spot(module.path, item)
            for module in self.python("classes")
            for item in module.classes
            if any(pattern.search(name) for name in (*item.annotations, *item.fields))
        )

    def python(self, *having: str) -> Iterator[PythonModule]:
        """The Python modules of reached code that have something in one of these fields."""
        return (one for one in python_modules(self.look, *having, dead=True) if self._is_reached(one.path))

    def inputs(self, *types: str) -> Spots:
        """The fields of forms of these types in reached code."""
        return tuple(
            Spot(module.path, item)
            for module in web_modules(self.look, "attributes", dead=True)
            if self._is_reached(module.path)
            for item in module.attributes
            if item.name == "type" and item.value.strip("\"'{}`") in types
        )

    @cached_property
    def schemas(self) -> tuple[str, ...]:
        """Database schemas and migrations in SQL or Prisma."""
        return tuple(path for path in self.look.tree.match("*.sql", "*.prisma") if is_product(path))

    @property
    def python_routes(self) -> tuple[Route, ...]:
        """The routes of Python code that is reached."""
        return self.look.python.routes(filter(self._is_reached, python_routing(self.look, dead=True)))

    @cached_property
    def routes(self) -> tuple[tuple[tuple[str, ...], Spot], ...]:
        """Methods and places of the routes that are reached and mounted, as far as can be told."""
        python = self.python_routes
        web = self.look.web.routes(filter(self._is_reached, web_routing(self.look, dead=True)))
        return (
            *((item.methods, spot_of_route(item)) for item in python if item.mounted is not False),
            *((item.methods, spot_of_route(item)) for item in web if item.mounted is not False),
        )

    # -- facts that others build on ---------------------------------------------------------------------------------

    @cached_property
    def server(self) -> Spots:
        return tuple(place for _, place in self.routes) or self.imports(signs.WEB_FRAMEWORKS)

    @cached_property
    def pages(self) -> Spots:
        pages = [path for path in self.look.tree.match(*signs.PAGES) if is_product(path)]
        # An HTML file that is mailed is no user interface.
        return spots_of(Location(path) for path in pages if not re.search(r"e?mails?\b", path.lower()))

    @cached_property
    def front_end(self) -> Spots:
        return (*self.imports(signs.FRONT_ENDS), *self.pages)

    @cached_property
    def hosted_model(self) -> Spots:
        return (*self.imports(signs.HOSTED_MODELS), *self.texts(signs.HOSTED_ENDPOINTS))

    @cached_property
    def model(self) -> Spots:
        local = (*self.imports(signs.LOCAL_MODELS), *self.texts(signs.LOCAL_ENDPOINTS))
        return (*self.hosted_model, *local, *self.imports(signs.MODEL_FRAMEWORKS))

    @cached_property
    def model_files(self) -> frozenset[str]:
        return frozenset(place.path for place in self.model)

    @cached_property
    def database(self) -> Spots:
        images = spots_of(
            Location(service.path, service.line)
            for service in self.look.containers.services
            if signs.DATABASE_IMAGES.search(service.image)
        )
        return (*self.imports(signs.DATABASES), *images, *spots_of(Location(path) for path in self.schemas[:1]))

    def near_model(self, places: Iterable[Spot]) -> Spots:
        """Those of `places` in files that use a model, or that import such a file directly."""
        return tuple(
            place
            for place in places
            if place.path in self.model_files or self.model_files.intersection(self.look.reach.imports_of(place.path))
        )

    def reaches_model(self, places: Iterable[Spot]) -> Spots:
        """Those of `places` whose file leads to a file that uses a model, over at most three imports."""
        found = []
        for place in places:
            near = {place.path}
            for _ in range(3):
                near |= {path for item in near for path in self.look.reach.imports_of(item)}
            if near & self.model_files:
                found.append(place)
        return tuple(found)


_Verdict = tuple[bool | None, str, Spots]
_Judge = Callable[[_Product], _Verdict]


def _proposal(product: _Product, fact: str, judge: _Judge) -> Proposal:
    holds, reason, places = judge(product)
    return Proposal(fact, holds, reason, first_places(places, _MOST_PLACES))


def _seen(product: _Product, places: Iterable[Spot], yes: str, no: str) -> _Verdict:
    """Yes where something was seen; no where absence can be told; else unknown with the reason."""
    found = tuple(places)
    if found:
        return True, yes, found
    return (None, f"{no}, but {product.unseen}", ()) if product.unseen else (False, no, ())


def _seen_or_ask(places: Iterable[Spot], yes: str, no: str) -> _Verdict:
    """Yes where something was seen; what was not seen may still be so, and only a person can tell."""
    found = tuple(places)
    return (True, yes, found) if found else (None, f"{no}; {_ASK}", ())


def _of_model(product: _Product, places: Iterable[Spot], yes: str, no: str, *, absent: bool) -> _Verdict:
    """A fact about a model: no without a model; `absent` says whether not seeing it denies it."""
    model = _model(product)
    if not model[0]:
        return model[0], model[1], ()
    return _seen(product, places, yes, no) if absent else _seen_or_ask(places, yes, no)


def _ask(_: _Product) -> _Verdict:
    return None, _ASK, ()


def _server(product: _Product) -> _Verdict:
    return _seen(product, product.server, "routes or a web framework are wired", "no web framework and no route found")


def _user_interface(product: _Product) -> _Verdict:
    found = product.front_end
    if not found and not product.server and product.imports(("typer", "click", "argparse", "commander", "yargs")):
        return None, "only a command line was found; say whether people use it directly", ()
    return _seen(product, found, "a front-end library, pages or templates", "no front end, pages or templates found")


def _sign_in(product: _Product) -> _Verdict:
    found = (*product.imports(signs.SIGN_IN), *product.calls(signs.SIGN_IN_CALLS))
    hints = product.code_lines(signs.SIGN_IN_WORDS, (), "password", "authenticate", *_IN_AND_USER)
    if not found and hints:
        return None, "no authentication library, but names that speak of signing in", hints
    return _seen(product, found, "authentication libraries or token code are used", "no authentication code found")


def _several_roles(product: _Product) -> _Verdict:
    found = product.code_lines(signs.ROLES, product.schemas, *_ROLE_WORDS)
    return _seen_or_ask(found, "role or permission names in the code", "no role or permission code found")


def _many_tenants(product: _Product) -> _Verdict:
    found = (*product.fields(signs.OWNERS), *product.lines(signs.OWNER_COLUMNS, product.schemas))
    if not found and not product.database and not product.unseen:
        return False, "no database found", ()
    return _seen_or_ask(found, "owner or tenant columns", "no owner or tenant column found")


def _browser_http(product: _Product) -> _Verdict:
    drawn = product.imports(signs.DRAWN_IN_BROWSERS)
    shares = product.calls(re.compile(r"CORSMiddleware|(^|\.)CORS$|(^|\.)cors(\.default)?$"))
    shown = drawn + product.pages + shares
    if product.server and not shown and not product.unseen:
        return None, "an API without a front end here; say whether browsers call it", product.server
    return _seen(product, shown, "pages or a browser front end", "no server and no front end found")


def _uploads(product: _Product) -> _Verdict:
    python = tuple(
        spot_of_route(route)
        for route in product.python_routes
        if any("UploadFile" in item.annotation or "File(" in item.default for item in route.parameters)
    )
    found = (
        *python,
        *product.inputs("file"),
        *product.imports(signs.UPLOAD_PACKAGES),
        *product.calls(signs.UPLOAD_CALLS),
    )
    return _seen(product, found, "upload handlers or file inputs", "no upload handler and no file input found")


def _websockets(product: _Product) -> _Verdict:
    routes = tuple(place for methods, place in product.routes if "WEBSOCKET" in methods)
    streams = product.texts(re.compile(r"^text/event-stream"))
    found = (*routes, *product.imports(signs.LIVE_PACKAGES), *product.calls(signs.LIVE_CALLS), *streams)
    return _seen(product, found, "WebSocket or event-stream code", "no WebSocket or event-stream code found")


def _database(product: _Product) -> _Verdict:
    return _seen(product, product.database, "database drivers, an ORM or schemas", "no database driver or schema found")


def _writes_data(product: _Product) -> _Verdict:
    if not product.database:
        return _seen(product, (), "", "no database driver or schema found")
    files = {place.path for place in product.database}
    near = {path for item in files for path in product.look.reach.imported_by(item)} | files
    # Session objects are handed around: files up to two imports away from the driver may write.
    near |= {path for item in near for path in product.look.reach.imported_by(item)}
    written = tuple(place for place in product.calls(signs.WRITES) if place.path in near)
    return _seen_or_ask((*written, *product.texts(signs.WRITING_SQL)), "write calls or statements", "no write found")


def _personal_data(product: _Product) -> _Verdict:
    columns = product.lines(signs.PERSONAL_COLUMNS, product.schemas)
    found = (*product.fields(signs.PERSONAL), *columns, *product.inputs("email", "tel"))
    return _seen_or_ask(found, "fields such as e-mail or phone", "no such field name found")


def _model(product: _Product) -> _Verdict:
    return _seen(product, product.model, "model libraries or endpoints are used", "no model library or endpoint found")


def _generative(product: _Product) -> _Verdict:
    found = (*product.calls(signs.GENERATES), *product.texts(signs.GENERATING_ENDPOINTS))
    return _of_model(product, found, "chat, completion or image calls", "no generating call found", absent=False)


def _paid_model(product: _Product) -> _Verdict:
    found = product.hosted_model
    return _of_model(product, found, "hosted providers are called", "only local models found", absent=True)


def _output_to_users(product: _Product) -> _Verdict:
    found = product.reaches_model((*(place for _, place in product.routes), *product.front_end))
    return _of_model(product, found, "routes or pages lead to model calls", "no route leads to a model", absent=False)


def _output_to_code(product: _Product) -> _Verdict:
    found = product.near_model(product.calls(signs.PARSES))
    return _of_model(product, found, "code parses text beside model calls", "no parsing found", absent=False)


def _model_tools(product: _Product) -> _Verdict:
    given = tuple(place for path in sorted(product.model_files) for place in _calls_with_tools(product, path))
    libraries = (*product.calls(signs.TOOL_CALLS), *product.imports(signs.TOOL_PACKAGES))
    found = (*libraries, *given, *_decorated_tools(product))
    return _of_model(product, found, "tools are given to a model", "no tool definition found", absent=True)


def _calls_with_tools(product: _Product, path: str) -> Iterator[Spot]:
    if path.endswith(PYTHON):
        module = product.look.python.module(path)
        for call in module.calls if module else ():
            if {"tools", "functions"} & call.keywords.keys() and "Depends" not in call.callee:
                yield Spot(path, Location(path, call.line))
    else:
        web = product.look.web.module(path)
        for item in web.calls if web else ():
            if "tools" in item.keys:
                yield Spot(path, Location(path, item.line))


def _decorated_tools(product: _Product) -> Iterator[Spot]:
    for module in product.python("decorated"):
        for function in module.decorated:
            if any(item.resolved.endswith((".tool", ".function_tool")) for item in function.decorators):
                yield Spot(module.path, function)


def _outside_text(product: _Product) -> _Verdict:
    found = product.reaches_model(place for _, place in product.routes)
    asked = product.near_model(product.calls(re.compile(r"chat_input$|^gradio\.ChatInterface$|^input$|text_input$")))
    return _of_model(product, (*found, *asked), "requests lead to model calls", "no such path found", absent=False)


def _knowledge(product: _Product) -> _Verdict:
    found = product.imports(signs.KNOWLEDGE)
    return _of_model(product, found, "retrieval or vector libraries are used", "no retrieval found", absent=False)


def _data_pipelines(product: _Product) -> _Verdict:
    cron = spots_of(
        Location(item.path, item.line) for item in product.look.containers.resources if item.kind == "CronJob"
    )
    crons = spots_of(Location(item.path) for item in product.look.containers.platforms if "crons" in item.data)
    found = (*product.imports(signs.PIPELINES), *cron, *crons)
    return _seen(product, found, "pipeline libraries or scheduled jobs", "no pipeline library or scheduled job found")


def _outside_services(product: _Product) -> _Verdict:
    fetched = product.calls(re.compile(r"^(fetch|urllib\.request\.urlopen)$"))
    urls = {place.path for place in product.texts(re.compile(r"^https?://(?!localhost|127\.|0\.0\.0\.0|www\.w3\.org)"))}
    called = tuple(place for place in fetched if place.path in urls)
    found = (*product.imports(signs.CLIENTS), *called, *product.hosted_model)
    return _seen(product, found, "HTTP clients or provider libraries", "no HTTP client or provider library found")


def _slow_work(product: _Product) -> _Verdict:
    found = (*product.model, *product.imports(signs.SLOW))
    return _seen_or_ask(found, "model calls, mail, media or queued work", "nothing slow was recognized")


def _many_services(product: _Product) -> _Verdict:
    own = {(service.build, service.name): service for service in product.look.containers.services if service.build}
    names = {service.name for service in own.values()}
    places = spots_of(Location(service.path, service.line) for service in own.values()) if len(names) > 1 else ()
    workloads = spots_of(Location(r.path, r.line) for r in product.look.containers.resources if r.is_workload)
    found = (*places, *(workloads if len(workloads) > 1 else ()), *product.imports(signs.TOOL_PACKAGES))
    if product.model and product.imports(signs.KNOWLEDGE):
        found = (*found, *product.imports(signs.KNOWLEDGE))
    return _seen_or_ask(found, "several services, agents or a retrieval step", "one service was found")


def _containers(product: _Product) -> _Verdict:
    shipped = [item for item in product.look.containers.dockerfiles if is_product(item.path)]
    found = spots_of(Location(item.path, item.stages[0].line) for item in shipped)
    if found:
        return True, "image definitions", found
    built = spots_of(
        command.location
        for command in product.look.workflows.commands_on_change()
        if re.search(r"\b(docker|podman|buildah|pack|ko|jib\w*)\b.*\bbuild\b", command.text)
    )
    return (True, "CI builds images", built) if built else (False, "no Dockerfile or Containerfile", ())


def _paid_infrastructure(product: _Product) -> _Verdict:
    cloud = spots_of(
        Location(item.path, item.line)
        for item in product.look.containers.infrastructure
        if signs.CLOUD_RESOURCES.search(item.kind)
    )
    platforms = spots_of(Location(item.path) for item in product.look.containers.platforms)
    workloads = spots_of(Location(r.path, r.line) for r in product.look.containers.resources if r.is_workload)
    found = (*cloud, *platforms, *workloads, *product.hosted_model)
    return _seen_or_ask(found, "cloud, platform or hosted-model use", "no cloud or platform configuration found")


_FACTS: dict[str, _Judge] = {
    "server": _server,
    "user-interface": _user_interface,
    "public": _ask,
    "sign-in": _sign_in,
    "several-roles": _several_roles,
    "many-tenants": _many_tenants,
    "browser-http": _browser_http,
    "uploads": _uploads,
    "websockets": _websockets,
    "database": _database,
    "writes-data": _writes_data,
    "personal-data": _personal_data,
    "sensitive-data": _ask,
    "model": _model,
    "generative-model": _generative,
    "paid-model": _paid_model,
    "model-output-to-users": _output_to_users,
    "model-output-to-code": _output_to_code,
    "model-tools": _model_tools,
    "outside-text-to-model": _outside_text,
    "high-stakes": _ask,
    "knowledge": _knowledge,
    "changing-data": _ask,
    "data-pipelines": _data_pipelines,
    "outside-services": _outside_services,
    "slow-work": _slow_work,
    "many-services": _many_services,
    "containers": _containers,
    "paid-infrastructure": _paid_infrastructure,
}
