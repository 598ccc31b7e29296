"""What one file of code loads: by its imports, and by names that frameworks and bundlers load by text."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checks.application.auto_imports import all_loaded_by_name
from checks.cache.facts import may_tell
from checks.files.listed import LOADABLE_PYTHON, LOADABLE_WEB
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule

_FILE: Final = "file"
_FOLDER: Final = "all below"
_PACKAGE: Final = "application"
"""A folder that Django or Celery loads some files of by their names."""
_SPECIFIER: Final = "specifier"
_GLOB: Final = "pattern"
_ANY: Final = "not told"
"""How a file names what it loads; the last where the names may be a secret, which answers must not hold."""

_INNER: Final = ("apps", "models", "admin", "signals", "tasks", "urls", "templatetags", "management", "migrations")
_LONGEST_NAME: Final = 120
"""Characters; no module's name is longer."""


def loads(look: Look) -> Iterator[tuple[str, list[str]]]:
    """The files that load others, each with those: all code but tests and vendored files; some may be told twice.

    Generated code is among it: a generated router imports the pages.
    """
    for path, named in look.gather(_python_names, "", LOADABLE_PYTHON).items():
        yield path, [one for how, what in named for one in _python_files(look, how, what)]
    if not look.listed(LOADABLE_WEB):
        look.reads.ask_listing(*LOADABLE_WEB)
        return
    inward = look.web.resolver.inward()
    by_name = all_loaded_by_name(look, LOADABLE_WEB)
    spelled = look.gather(_web_names, inward, LOADABLE_WEB)
    for path in sorted(by_name.keys() | spelled.keys()):
        yield path, [*by_name.get(path, {}).values(), *_web_files(look, path, spelled.get(path, []), inward)]


def _web_files(look: Look, path: str, named: list[tuple[str, str]], inward: str) -> Iterator[str]:
    for how, what in _spelled(look, path, inward) if (_ANY, "") in named else named:
        if how == _GLOB:
            yield from _globbed(look, path, what)
        elif found := look.web.resolver.resolve(path, what)[0]:
            yield found


# -- Python -------------------------------------------------------------------------------------------------------


@of_one_file
def _python_names(look: Look, path: str, _: str) -> list[tuple[str, str]]:
    # Which file a name stands for is a matter of the names of files alone.
    module = look.python.module(path)
    return sorted(set(_named(look, path, module)) - {(_FILE, path)}) if module else []


def _named(look: Look, path: str, module: PythonModule) -> Iterator[tuple[str, str]]:
    for item in module.imports:
        if not item.checked_only:
            for loaded in item.paths:
                yield _FILE, loaded
    own_package = path.rpartition("/")[0]
    if path.endswith("env.py") and any(item.top == "alembic" for item in module.imports):
        yield _FOLDER, f"{own_package}/versions/"
    for text in module.texts:
        # "app.urls", "app.main:app", "project.settings": frameworks load modules named by text.
        name = text.value.partition(":")[0]
        if "." in name and len(name) < _LONGEST_NAME and name.replace(".", "").replace("_", "").isalnum():
            yield from _by_text(look, path, name)
    for assigned in module.assignments:
        if assigned.target.endswith("INSTALLED_APPS") and isinstance(assigned.value.value, list | tuple):
            for name in assigned.value.value:
                yield from _by_text(look, path, str(name))
    if own_package and any(_discovers(call.resolved, call.arguments) for call in module.calls):
        # Plug-ins found at run time: which ones cannot be told, so the whole package counts as loaded.
        yield _FOLDER, f"{own_package}/"


def _by_text(look: Look, path: str, name: str) -> Iterator[tuple[str, str]]:
    found = look.python.files_of(name, path)
    for one in found:
        yield _FILE, one
    if found and found[-1].endswith("/__init__.py"):
        # An installed Django application, or a package whose tasks a worker discovers.
        yield _PACKAGE, found[-1].rpartition("/")[0]


def _discovers(name: str, arguments: tuple[object, ...]) -> bool:
    from checks.readers.python_facts import Value

    if name in {"pkgutil.iter_modules", "pkgutil.walk_packages"}:
        return True
    first = arguments[0] if arguments else None
    return name == "importlib.import_module" and isinstance(first, Value) and not first.is_constant


def _python_files(look: Look, how: str, what: str) -> Iterator[str]:
    if how == _FILE:
        yield what
    elif how == _FOLDER:
        yield from look.python.below(what)
    else:
        for inner in _INNER:
            prefix = f"{what}/{inner}"
            yield from look.python.below(f"{prefix}/")
            if look.tree.file(f"{prefix}.py"):
                yield f"{prefix}.py"


# -- JavaScript and TypeScript --------------------------------------------------------------------------------------


@of_one_file
def _web_names(look: Look, path: str, inward: str) -> list[tuple[str, str]]:
    found = _spelled(look, path, inward)
    return [(_ANY, "")] if may_tell("\n".join(name for _, name in found)) else found


def _spelled(look: Look, path: str, inward: str) -> list[tuple[str, str]]:
    """What a web file names that may be of the tree: where specifiers lead depends on other files."""
    web = look.web.module(path)
    if web is None:
        return []
    found = {(_SPECIFIER, item.specifier) for item in web.imports if not item.type_only}
    for call in web.calls:
        # `new Worker(new URL("./worker.ts", import.meta.url))`, Vite's `import.meta.glob`
        if call.callee == "URL" and call.is_new and len(call.arguments) > 1 and "import.meta" in call.arguments[1]:
            found.add((_SPECIFIER, call.arguments[0].strip("'\"`")))
        elif call.callee.endswith("meta.glob") and call.arguments:
            found.add((_GLOB, call.arguments[0].strip("'\"`")))
    leads_inward = re.compile(inward, re.DOTALL).fullmatch
    return sorted(one for one in found if one[0] == _GLOB or leads_inward(one[1].split("?", 1)[0]))


def _globbed(look: Look, path: str, pattern: str) -> Iterator[str]:
    whole = posixpath.normpath(posixpath.join(path.rpartition("/")[0], pattern))
    if not whole.startswith("..") and "{" not in whole:
        yield from look.tree.match("/" + whole.lstrip("/"))
