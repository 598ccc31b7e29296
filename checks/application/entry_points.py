"""Where execution starts: application objects, routed files, manifests, containers, browsers' first scripts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from checks.application.library_entries import of_libraries
from checks.application.reach import OLD, Entry, EntryPoint, old_folder
from checks.files.listed import CODE_OF_PRODUCT, PYTHON_OF_PRODUCT, named_so
from checks.reads import SOURCES, of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule

_APPLICATIONS = {
    "fastapi.FastAPI": Entry.SERVICE, "starlette.applications.Starlette": Entry.SERVICE, "flask.Flask": Entry.SERVICE,
    "quart.Quart": Entry.SERVICE, "sanic.Sanic": Entry.SERVICE, "litestar.Litestar": Entry.SERVICE,
    "aiohttp.web.Application": Entry.SERVICE, "tornado.web.Application": Entry.SERVICE, "bottle.Bottle": Entry.SERVICE,
    "falcon.App": Entry.SERVICE, "falcon.asgi.App": Entry.SERVICE, "apiflask.APIFlask": Entry.SERVICE,
    "django.core.wsgi.get_wsgi_application": Entry.SERVICE, "django.core.asgi.get_asgi_application": Entry.SERVICE,
    "robyn.Robyn": Entry.SERVICE, "chalice.Chalice": Entry.SERVICE, "dash.Dash": Entry.SERVICE,
    "gradio.Blocks": Entry.SERVICE, "gradio.Interface": Entry.SERVICE, "gradio.ChatInterface": Entry.SERVICE,
    "mcp.server.fastmcp.FastMCP": Entry.SERVICE, "fastmcp.FastMCP": Entry.SERVICE,
    "discord.Client": Entry.SERVICE, "discord.ext.commands.Bot": Entry.SERVICE, "slack_bolt.App": Entry.SERVICE,
    "telegram.ext.ApplicationBuilder": Entry.SERVICE, "celery.Celery": Entry.WORKER, "huey.RedisHuey": Entry.WORKER,
    "rq.Worker": Entry.WORKER, "apscheduler.schedulers.blocking.BlockingScheduler": Entry.WORKER,
    "ninja.NinjaAPI": Entry.SERVICE, "typer.Typer": Entry.SCRIPT,
}  # fmt: skip
_UVICORN = re.compile(r"\b([A-Za-z_][\w.]{0,200}):[A-Za-z_]\w*")
_FILE = re.compile(r"(?<![\w@/-])(?:\./)?((?:[\w.-]{1,200}/)*[\w.-]{1,200}\.(?:py|[cm]?[jt]sx?))\b")
_MODULE = re.compile(r"\bpython[\d.]*\s+(?:-\w+\s+)*?-m\s+([\w.]+)")
_SCRIPT_TAG = re.compile(r"<script\b[^>]*\bsrc\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_ROUTED = (
    # Next.js
    r"(^|/)app/(.*/)?(page|route|layout|template|loading|(global-)?error|not-found|default|sitemap|robots)\.[jt]sx?$",
    r"(^|/)pages/.+\.[jt]sx?$",
    r"(^|/)(src/)?(middleware|proxy|instrumentation|instrumentation-client)\.[jt]s$",
    # Nuxt, SvelteKit, Remix and React Router, Astro
    r"(^|/)server/(api|routes|middleware|plugins)/.+\.[jt]s$",
    r"(^|/)src/routes/.*\+(page|layout|server|error)(\.server)?\.([jt]s|svelte)$|(^|/)src/hooks\.(server|client)\.[jt]s$",
    r"(^|/)app/(routes/.+|root|entry\.(client|server))\.[jt]sx?$",
    r"(^|/)src/pages/.+\.(astro|[jt]sx?)$",
    r"(^|/)(pages|layouts|components|plugins|middleware|stores)/.+\.(vue|ts|js)$|(^|/)(app|error)\.vue$",
)
_FRAMEWORKS = {
    "next": (0, 1, 2), "nuxt": (3, 7, 2), "@sveltejs/kit": (4,), "@remix-run/react": (5,), "@react-router/dev": (5,),
    "astro": (6, 2), "@tanstack/react-start": (5,), "gatsby": (6,),
}  # fmt: skip
_SENTRY = re.compile(r"(?:src/)?sentry\.(client|server|edge)\.config\.[jt]s$")
_LAST_INJECTED = 7
"""The last major version of Sentry's library for Next that loads its server's configuration without being told."""
_WEB_MAIN = re.compile(r"^(.*/)?(src/)?(main|index|app|server)\.([cm]?[jt]sx?)$")
_NEST = "@nestjs/core"
_LISTENERS = frozenset({"express", "fastify", "koa", "http"})
_SUPABASE = re.compile(r"(^|/)supabase/functions/[^/_][^/]*/index\.[jt]sx?$")
_CLOUD = re.compile(r"(^|/)(netlify/(edge-)?functions/.+|functions/index|api/[\w/\[\].-]+)\.[jt]s$")
_CONFIGURES = re.compile(r"[\w.-]+\.config\.[cm]?[jt]s|service-?worker\.[jt]s|sw\.[jt]s")
_STARTS_BY_NAME = re.compile(
    "|".join((_SUPABASE.pattern, _CLOUD.pattern, _WEB_MAIN.pattern, rf"(?:^|/)(?:{_CONFIGURES.pattern})\Z"))
)
_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_LISTENING = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_STARTED = ("started by ", "named by ", "script of ", "loaded by ")
"""Reasons that name who runs the file; the others tell what the file holds."""
_DJANGO = frozenset({"INSTALLED_APPS", "ROOT_URLCONF"})
"""Settings that no Django project does without."""


def find(look: Look) -> list[EntryPoint]:
    """The entry points of a tree's application code, those of folders that were laid aside among them."""
    is_code = named_so(CODE_OF_PRODUCT)
    found = [
        *_python(look),
        *_manifests(look),
        *_graphs(look),
        *_commands(look),
        *_html(look),
        *_routed(look),
        *_of_sentry(look),
        *_web(look),
    ]
    return [item for item in found if look.tree.file(item.path) and is_code(item.path)]


def laid_aside(look: Look, found: Iterable[EntryPoint]) -> frozenset[str]:
    """Folders that are called old, hold no manifest or image, and of which nothing outside names a file to start."""
    folders = {old_folder(path) for path in filter(named_so(CODE_OF_PRODUCT), look.tree.named_like(OLD))} - {""}
    if not folders or all(old_folder(item.path) for item in found):
        return frozenset()
    own = (
        *(package.path for package in look.manifests.packages),
        *(item.path for item in look.manifests.dependencies),
        *(item.path for item in look.containers.dockerfiles),
    )
    live = {old_folder(path) for path in own}
    for item in found:
        folder = old_folder(item.path)
        if item.reason.startswith(_STARTED) and f" {folder}/" not in item.reason:
            live.add(folder)
    return frozenset(folders - live)


def _python(look: Look) -> Iterator[EntryPoint]:
    for path, started in look.gather(_started, "", PYTHON_OF_PRODUCT).items():
        for entry, reason in started:
            yield EntryPoint(path, Entry(entry), reason)


@of_one_file
def _started(look: Look, path: str, _: str) -> list[tuple[str, str]]:
    """How a Python file is started, each with what in it says so."""
    module = look.python.module(path)
    return sorted({(item.entry.value, item.reason) for item in _in_python(module)}) if module else []


def _in_python(module: PythonModule) -> Iterator[EntryPoint]:
    name = module.path.rsplit("/", 1)[-1]
    if name in {"wsgi.py", "asgi.py"} or (name == "urls.py" and _makes(module, "django")):
        yield EntryPoint(module.path, Entry.SERVICE, f"{name} of a web server")
    elif name in {"manage.py", "__main__.py"}:
        yield EntryPoint(module.path, Entry.COMMAND, f"is a {name}")
    elif name == "env.py" and any(item.top == "alembic" for item in module.imports):
        yield EntryPoint(module.path, Entry.COMMAND, "alembic runs it")
    for call in module.calls:
        entry = _APPLICATIONS.get(call.resolved)
        # `app()` of a Typer application resolves to its class as well, and creates nothing.
        if entry and call.callee.rsplit(".", 1)[-1] != call.resolved.rsplit(".", 1)[-1]:
            entry = None
        if entry:
            yield EntryPoint(module.path, entry, f"creates {call.callee}")
    yield from of_libraries(module)
    if _is_streamlit_page(module):
        yield EntryPoint(module.path, Entry.SERVICE, "is a Streamlit page")
    if name in {"lambda_function.py", "handler.py"} and module.function("lambda_handler"):
        yield EntryPoint(module.path, Entry.SERVICE, "has a Lambda handler")
    if module.main_guard:
        yield EntryPoint(module.path, Entry.SCRIPT, "has a main guard")
    if name == "settings.py" or any(item.target in {"INSTALLED_APPS", "ROOT_URLCONF"} for item in module.assignments):
        yield EntryPoint(module.path, Entry.SERVICE, "Django settings")


def _makes(module: PythonModule, package: str) -> bool:
    return any(item.top == package for item in module.imports)


def _is_streamlit_page(module: PythonModule) -> bool:
    """Whether the file draws with Streamlit at module level, or in a main function that its guard calls."""
    drawn = [call for call in module.calls if call.resolved.startswith("streamlit.")]
    return any(not call.function for call in drawn) or (bool(drawn) and module.main_guard)


def _manifests(look: Look) -> Iterator[EntryPoint]:
    for package in look.manifests.packages:
        for entry in package.entries:
            if package.ecosystem == "python":
                files = look.python.files_of(entry.partition(":")[0], f"{package.folder}/x.py".lstrip("/"))
                yield from (EntryPoint(path, Entry.COMMAND, f"script of {package.path}") for path in files[-1:])
            else:
                path = _built_from(look, package.folder, entry)
                if path:
                    yield EntryPoint(path, Entry.COMMAND, f"named by {package.path}")
    for script in look.manifests.scripts:
        serving = script.name in {"start", "dev", "serve", "start:prod", "start:dev", "prod", "run"}
        for command in script.commands:
            entry = Entry.SERVICE if serving and script.runner == "npm" else Entry.COMMAND
            yield from _named_in(look, command, script.folder, entry, f"{script.runner} {script.name}")


def _graphs(look: Look) -> Iterator[EntryPoint]:
    """What a LangGraph manifest serves: its graphs, as text or with a path, its HTTP application and its sign-in."""
    from checks.look import is_product
    from checks.readers.plain import mapping, read_json

    for path in look.tree.match("langgraph.json"):
        data = read_json(look.tree, path, []) if is_product(path) else {}
        served = [*mapping(data.get("graphs")).values(), mapping(data.get("http")).get("app"), data.get("auth")]
        for item in served:
            named = item if isinstance(item, str) else mapping(item).get("path")
            if isinstance(named, str):
                yield from _named_in(look, named, path.rpartition("/")[0], Entry.SERVICE, path)


def _built_from(look: Look, folder: str, entry: str) -> str:
    """The source file that a manifest's (perhaps compiled) file is built from, or ""."""
    path = posixpath.normpath(posixpath.join(folder, entry))
    for spelling in (path, re.sub(r"(^|/)(dist|build|lib|out)/", r"\1src/", path)):
        for bare in (spelling, re.sub(r"\.d\.ts$|\.[cm]?js$", "", spelling)):
            found = look.web.resolver.file(bare)
            if found:
                return found
    return ""


def _commands(look: Look) -> Iterator[EntryPoint]:
    """What containers, platforms and CI start."""
    from checks.readers.dockerfile import words_of

    for path, command in look.containers.commands:
        line = " ".join(words_of(command)) or command
        yield from _named_in(look, line, path.rpartition("/")[0], Entry.SERVICE, path)
    for item in look.containers.dockerfiles:
        folder = item.path.rpartition("/")[0]
        started = f"{item.final.entrypoint} {item.final.command}"
        for script in re.findall(r"[\w./-]+\.sh", started):
            for found in look.tree.match(script.rsplit("/", 1)[-1]):
                for line in (look.tree.text(found) or "").splitlines():
                    if not line.lstrip().startswith("#"):
                        yield from _named_in(look, line, folder, Entry.SERVICE, found)
    for run in look.workflows.commands_on_change():
        yield from _named_in(look, run.text, run.folder, Entry.COMMAND, run.path)


def _named_in(look: Look, line: str, folder: str, entry: Entry, reason: str) -> Iterator[EntryPoint]:
    """The files a command line starts: `uvicorn app.main:app`, `python -m app`, `node server.js`."""
    importer = f"{folder}/x.py".lstrip("/")
    for match in (*_UVICORN.finditer(line), *_MODULE.finditer(line)):
        files = look.python.files_of(match[1], importer)
        main = [path.replace("__init__.py", "__main__.py") for path in files[-1:] if path.endswith("/__init__.py")]
        for path in (*files[-1:], *main):
            yield EntryPoint(path, entry, f"started by {reason}")
    for match in _FILE.finditer(line):
        named = match[1]
        candidates = [posixpath.normpath(posixpath.join(folder, named)), posixpath.normpath(named)]
        found = next((path for path in candidates if look.tree.file(path)), "") or _built_from(look, folder, named)
        if not found:
            # A container's own path, as in `python /app/server.py`: the one file of that name, if there is one.
            like = look.tree.named_like(re.compile(re.escape("/" + named.rsplit("/", 1)[-1]) + r"\Z"))
            same = list(filter(named_so(CODE_OF_PRODUCT), like))
            found = same[0] if len(same) == 1 and "/" in line else ""
        if found:
            yield EntryPoint(found, entry, f"started by {reason}")
    if re.search(r"\bfastapi\s+(run|dev)\b", line):
        for name in ("main.py", "app.py", "api.py", "app/main.py", "app/app.py", "app/api.py"):
            path = posixpath.normpath(posixpath.join(folder, name))
            if look.tree.file(path):
                yield EntryPoint(path, entry, f"started by {reason}")


def _html(look: Look) -> Iterator[EntryPoint]:
    from checks.look import is_product

    for path in look.tree.match("*.html"):
        for (bare,) in look.answer_of(_own_scripts, path, "") if is_product(path) else ():
            folder = path.rpartition("/")[0]
            for candidate in (posixpath.join(folder, bare.lstrip("/")), bare.lstrip("/"), f"{folder}/../{bare}"):
                found = look.web.resolver.file(candidate)
                if found:
                    yield EntryPoint(found, Entry.SERVICE, f"loaded by {path}")
                    break


@of_one_file
def _own_scripts(look: Look, path: str, _: str) -> list[tuple[str]]:
    """The scripts that a page loads from its own place."""
    found = _SCRIPT_TAG.findall(look.tree.text(path) or "")
    return [(source.split("?", 1)[0],) for source in found if "//" not in source and "{" not in source]


def _routed(look: Look) -> Iterator[EntryPoint]:
    """Files that a framework loads by their place, in the folder of the package that depends on the framework."""
    for dependency in look.manifests.dependencies:
        numbers = _FRAMEWORKS.get(dependency.name) if dependency.ecosystem == "node" else None
        if numbers is None:
            continue
        folder = dependency.path.rpartition("/")[0]
        prefix = f"{folder}/" if folder else ""
        routed = re.compile("|".join(_ROUTED[number] for number in numbers))
        for path in filter(named_so(CODE_OF_PRODUCT), look.tree.named_like(routed)):
            if path.startswith(prefix) and routed.search(path[len(prefix) :]):
                yield EntryPoint(path, Entry.SERVICE, f"{dependency.name} loads it by its place")


def _of_sentry(look: Look) -> Iterator[EntryPoint]:
    """What Sentry's wrapper of the Next config loads; newer versions leave the server to an instrumentation file."""
    for dependency in look.manifests.dependencies:
        if dependency.ecosystem != "node" or dependency.name != "@sentry/nextjs":
            continue
        prefix = dependency.path.rpartition("/")[0]
        prefix = f"{prefix}/" if prefix else ""
        configs = [path for path in look.tree.match("next.config.*") if path.startswith(prefix)]
        if not any("withSentryConfig" in (look.tree.text(path) or "") for path in configs):
            continue
        major = re.search(r"\d+", dependency.requirement)
        for path in filter(named_so((SOURCES, ".js\n.ts")), look.tree.named_like(_SENTRY)):
            found = _SENTRY.match(path, len(prefix)) if path.startswith(prefix) else None
            if found and (found[1] == "client" or (major and int(major[0]) <= _LAST_INJECTED)):
                yield EntryPoint(path, Entry.SERVICE, "Sentry's wrapper of the Next config loads it")


def _web(look: Look) -> Iterator[EntryPoint]:
    folders = {package.folder for package in look.manifests.packages if package.ecosystem == "node"}
    for path in filter(named_so((SOURCES, "\n".join(_SCRIPTS))), look.tree.named_like(_STARTS_BY_NAME)):
        if _SUPABASE.search(path):
            yield EntryPoint(path, Entry.SERVICE, "is a Supabase function")
        elif _CLOUD.search(path) and any(item.serverless for item in look.containers.platforms):
            yield EntryPoint(path, Entry.SERVICE, "is a serverless function")
        else:
            match = _WEB_MAIN.match(path)
            if match and (match[1] or "").rstrip("/").removesuffix("src").rstrip("/") in folders:
                yield EntryPoint(path, Entry.SERVICE, "is the main file of its package")
        name = path.rsplit("/", 1)[-1]
        if _CONFIGURES.fullmatch(name):
            yield EntryPoint(path, Entry.COMMAND, "configuration that a tool loads")
    for path in look.gather(_may_listen, "", (SOURCES, "\n".join(_LISTENING))):
        # What a name in it stands for depends on where its imports lead.
        module = look.web.module(path)
        for call in module.calls if module else ():
            listens = call.callee.endswith(".listen") and call.resolved.split(".")[0] in _LISTENERS
            if listens or call.resolved.startswith(f"{_NEST}.NestFactory.create"):
                yield EntryPoint(path, Entry.SERVICE, "listens for requests")


@of_one_file
def _may_listen(look: Look, path: str, _: str) -> bool:
    module = look.web.module(path)
    return module is not None and (
        any(call.callee.endswith(".listen") for call in module.calls)
        or any(_NEST in item.specifier for item in module.imports)
    )
