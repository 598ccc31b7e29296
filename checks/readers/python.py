"""Python code: every file parsed on demand and once, imports resolved to the repository's own files."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from checks.cache.facts import FileFacts
from checks.files.listed import is_product
from checks.observation import Unread
from checks.readers import python_ast, python_newer, python_older
from checks.readers.facets import attend
from checks.readers.python_facts import Call, Import, PythonModule, Route, rows
from checks.reads import ENDING, NAMED_LIKE, PYTHON_IMPORT, PYTHON_MODULE, READABLE

if TYPE_CHECKING:
    from checks.tree import Tree

MOST_BYTES = 2_000_000
"""Larger files are data or generated; parsing them costs more than they tell."""

_SUFFIXES = (".py", ".pyw")
_MOST_HOPS = 4

OnParsed = Callable[[str, str, ast.Module], None]
"""Told of each file that was parsed as it stands: its path, its text and its tree, which is not kept."""


class PythonCode:
    """Facts about the Python files of a tree."""

    def __init__(
        self, tree: Tree, unread: list[Unread], on_parsed: OnParsed | None = None, facts: FileFacts | None = None
    ) -> None:
        self._tree = tree
        self._unread = unread
        self._on_parsed = on_parsed
        self._facts = facts or FileFacts(tree, None)
        self._modules: dict[str, PythonModule | None] = {}
        self._routes: dict[tuple[str, ...], tuple[Route, ...]] = {}
        self._led: dict[tuple[str, str], tuple[str, ...]] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """All Python files, tests and examples included, sorted."""
        self._tree.reads.ask_listing(ENDING, "\n".join(_SUFFIXES))
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        # Asked for by name, this counts for nobody: who looks up where a name leads says so.
        return tuple(path for path in self._tree.every if path.endswith(_SUFFIXES))

    def below(self, folder: str) -> tuple[str, ...]:
        """The Python files below a folder, which is named with a slash at its end; sorted."""
        self._tree.reads.ask_listing(NAMED_LIKE, f"0\n(?s)^{re.escape(folder)}.*\\.pyw?\\Z")
        after = f"{folder[:-1]}{chr(ord(folder[-1]) + 1)}"
        return self._paths[bisect_left(self._paths, folder) : bisect_left(self._paths, after)]

    def module(self, path: str) -> PythonModule | None:
        """The facts of one file, or None where it could not be read; the reason is then among the unread files."""
        if not path.endswith((".py", ".pyw", ".pyi")) and "." in path.rsplit("/", 1)[-1]:
            return None  # another language: trying would only list it as broken Python
        self._tree.reads.ask((PYTHON_MODULE, READABLE), path)
        if path not in self._modules:
            with self._tree.reads.aside(PYTHON_MODULE):
                self._modules[path] = module = self._known(path) or self._parse(path)
            attend(module, self._tree.reads, PYTHON_MODULE, path)
        return self._modules[path]

    def modules(self, paths: Iterable[str]) -> Iterator[PythonModule]:
        """The readable ones among `paths`."""
        for path in paths:
            module = self.module(path)
            if module:
                yield module

    def routes(self, paths: Iterable[str]) -> tuple[Route, ...]:
        """HTTP and WebSocket routes that `paths` declare, with the guards of their routers and mounts."""
        from checks.readers.python_routes import find_routes

        chosen = tuple(paths)
        with self._tree.reads.step("python routes"):
            if chosen not in self._routes:
                self._routes[chosen] = find_routes(self, chosen)
        return self._routes[chosen]

    def files_of(self, dotted: str, importer: str = "") -> tuple[str, ...]:
        """The repository files that importing `dotted` from the file `importer` loads: packages first, target last."""
        folder = importer.rpartition("/")[0]
        if (folder, dotted) not in self._led:
            self._led[folder, dotted] = self._files_of(dotted, importer)
        found = self._led[folder, dotted]
        self._tree.reads.looked_up(PYTHON_IMPORT, folder, dotted, found)
        return found

    def look_up(self, folder: str, name: str) -> None:
        """Look up again what was before, for `Reads.lookups`: a dotted name, one below a root, or "" for the roots."""
        importer = f"{folder}/x.py".lstrip("/")
        root, below, dotted = name.rpartition("\0")
        if below:
            self._lone(root, dotted, importer)
        elif name:
            self.files_of(name, importer)
        else:
            self._roots_of(importer)

    def _files_of(self, dotted: str, importer: str) -> tuple[str, ...]:
        parts = dotted.split(".")
        if not parts[0] or parts[0] in sys.stdlib_module_names:
            return ()  # the standard library wins over a like-named folder further up
        for root in self._roots(importer):
            found = self._under(root, parts)
            if found:
                return found
        return self._anywhere(parts)

    def trace(self, path: str, call: Call) -> str:
        """`call.resolved` with names from other repository files followed to where they were made.

        `from app.llm import client` in `path`, and `client = openai.OpenAI()` in app/llm.py, give
        "openai.OpenAI.chat.completions.create" for `client.chat.completions.create(...)`. Names of the product are
        followed within it: what is read of other files for a name alone would count as examined, or not, by chance.
        """
        name = call.resolved
        for _ in range(_MOST_HOPS):
            step = self._hop(path, name)
            if step is None:
                return name
            path, name = step
        return name

    def _hop(self, path: str, name: str) -> tuple[str, str] | None:
        module = self.module(path)
        for item in module.imports if module else ():
            if item.paths and item.name and (name == item.dotted or name.startswith(item.dotted + ".")):
                if is_product(path) and not is_product(item.paths[-1]):
                    continue
                target = self.module(item.paths[-1])
                rest = name[len(item.dotted) :]
                if target and item.name in target.bound and target.path != path:
                    return target.path, target.bound[item.name] + rest
        return None

    # -- parsing ----------------------------------------------------------------------------------------------------

    def _known(self, path: str) -> PythonModule | None:
        row = self._facts.kept(PYTHON_MODULE, path)
        if row is None:
            return None
        module = rows().unpack(row)
        return replace(module, imports=self._resolved(path, module.imports))

    def _keep(self, module: PythonModule, source: str) -> None:
        if not self._facts.keeps:
            return
        # What imports resolve to depends on the other files; a literal may have no source that gives it back.
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            bare = tuple(replace(item, paths=()) for item in module.imports)
            self._facts.keep(PYTHON_MODULE, module.path, rows().pack(replace(module, imports=bare)), source)

    def _parse(self, path: str) -> PythonModule | None:
        source = self._tree.text(path)
        if source is None:
            self._unread.append(Unread(path, "not readable as text"))
            return None
        if len(source) > MOST_BYTES:
            self._unread.append(Unread(path, f"larger than {MOST_BYTES // 1_000_000} MB of source"))
            return None
        source = source.removeprefix("\ufeff")
        folders = tuple(path.split("/")[:-1])
        name = ".".join([*folders, path.rsplit("/", 1)[-1].rsplit(".", 1)[0]]).removesuffix(".__init__")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # invalid escapes in reviewed code are not our user's warnings
                tree, as_it_stands = _parsed(source)
            found = python_ast.gather(tree, source, folders)
        except (SyntaxError, ValueError) as error:
            return self._parse_newer(path, name, source, folders, str(error))
        except (RecursionError, MemoryError):
            self._unread.append(Unread(path, "nested too deeply to parse"))
            return None
        if as_it_stands and self._on_parsed is not None:
            self._on_parsed(path, source, tree)
        module = PythonModule(
            path=path,
            name=name,
            imports=self._resolved(path, found.imports),
            functions=tuple(found.functions),
            classes=tuple(found.classes),
            calls=tuple(found.calls),
            handlers=tuple(found.handlers),
            texts=tuple(found.texts),
            assignments=tuple(found.assignments),
            main_guard=found.main_guard,
            assertions=found.assertions,
            bound=found.bound,
        )
        self._keep(module, source)
        return module

    def _parse_newer(
        self, path: str, name: str, source: str, folders: tuple[str, ...], error: str
    ) -> PythonModule | None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        outline = python_newer.outline(source, folders) if "\0" not in source else None
        if outline is None:
            self._unread.append(Unread(path, f"does not parse as Python {version}: {error[:120]}"))
            return None
        said = f"Python {version} cannot parse it: only imports and definition names were read"
        self._unread.append(Unread(path, said))
        imports, functions, classes = outline
        return PythonModule(
            path=path,
            name=name,
            imports=self._resolved(path, imports),
            functions=tuple(functions),
            classes=tuple(classes),
            complete=False,
        )

    def _resolved(self, path: str, imports: Iterable[Import]) -> tuple[Import, ...]:
        found = [replace(item, paths=self.files_of(item.dotted, path)) for item in imports]
        missing = [item for item in found if not item.paths]
        # A lone module lies beside the packages that were found below a root of PYTHONPATH.
        for root in sorted(self._far_roots(path, found)) if missing else ():
            found = [item if item.paths else replace(item, paths=self._lone(root, item.dotted, path)) for item in found]
        return tuple(found)

    def _far_roots(self, path: str, found: Iterable[Import]) -> set[str]:
        """The folders, other than those every import is looked for in, below which the imports of a file were found."""
        above = {
            f"/{item.paths[0]}".partition(f"/{item.top}/")[0].removeprefix("/")
            for item in found
            if item.paths and f"/{item.top}/" in f"/{item.paths[0]}"
        }
        return above - set(self._roots_of(path)) if above else above

    def _roots_of(self, importer: str) -> tuple[str, ...]:
        roots = tuple(self._roots(importer))
        self._tree.reads.looked_up(PYTHON_IMPORT, importer.rpartition("/")[0], "", roots)
        return roots

    def _lone(self, root: str, dotted: str, importer: str) -> tuple[str, ...]:
        parts = dotted.split(".")
        alone = f"{root}/{parts[0]}.py" in self._files and parts[0] not in sys.stdlib_module_names
        found = self._under(root, parts) if alone else ()
        self._tree.reads.looked_up(PYTHON_IMPORT, importer.rpartition("/")[0], f"{root}\0{dotted}", found)
        return found

    # -- resolving --------------------------------------------------------------------------------------------------

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self._paths)

    @cached_property
    def _folders(self) -> frozenset[str]:
        return frozenset(
            "/".join(parts[:count])
            for parts in (path.split("/")[:-1] for path in self._paths)
            for count in range(1, len(parts) + 1)
        )

    @cached_property
    def _source_roots(self) -> tuple[str, ...]:
        """Folders on the import path by convention: those holding a manifest, and `src` below or beside them."""
        roots = {
            path.rpartition("/")[0]
            for path in self._tree.every
            if path.endswith(("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt"))
        }
        below = {f"{root}/{name}" if root else name for root in roots | {""} for name in ("src", "lib", "python")}
        return tuple(sorted(roots | (below & self._folders)))

    def _roots(self, importer: str) -> Iterator[str]:
        folder = importer.rpartition("/")[0]
        if importer:
            while folder:
                if f"{folder}/__init__.py" not in self._files:
                    yield folder  # a script's own folder, or the parent of its package
                folder = folder.rpartition("/")[0]
        yield ""
        yield from self._source_roots

    def _anywhere(self, parts: list[str]) -> tuple[str, ...]:
        """Under a root that only PYTHONPATH or a container knows: where the first two parts fit one place alone."""
        if len(parts) < 2:  # noqa: PLR2004 - one part alone may as well be a third-party package
            return ()
        places = self._places.get((parts[0], parts[1]), ())
        return self._under(places[0], parts) if len(places) == 1 else ()

    @cached_property
    def _places(self) -> dict[tuple[str, str], tuple[str, ...]]:
        from checks.files.kinds import is_test

        found: dict[tuple[str, str], set[str]] = {}
        for path in self._paths:
            if is_test(path):
                continue  # tests often mirror the folders of what they test
            parts = path.removesuffix("/__init__.py").removesuffix(".py").split("/")
            for position in range(len(parts) - 1):
                found.setdefault((parts[position], parts[position + 1]), set()).add("/".join(parts[:position]))
        return {pair: tuple(sorted(places)) for pair, places in found.items()}

    def _under(self, root: str, parts: list[str]) -> tuple[str, ...]:
        found: list[str] = []
        at = root
        for count, part in enumerate(parts):
            at = f"{at}/{part}" if at else part
            if f"{at}.py" in self._files and f"{at}/__init__.py" not in self._files:
                return (*found, f"{at}.py")
            if at not in self._folders:
                # The last part may be a name inside the package; then the package must hold something of its own.
                return tuple(found) if count == len(parts) - 1 else ()
            if f"{at}/__init__.py" in self._files:
                found.append(f"{at}/__init__.py")
        return tuple(found)


def _parsed(source: str) -> tuple[ast.Module, bool]:
    """The syntax tree, and whether it is of the source as it stands; else of an older spelling."""
    try:
        return ast.parse(source), True
    except SyntaxError:
        older = python_older.older_spelling(source)
        if older == source:
            raise
        return ast.parse(older), False
