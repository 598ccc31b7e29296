"""JavaScript and TypeScript: every file parsed on demand and once, imports resolved to the repository's own files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from checks.cache.facts import FileFacts
from checks.files.listed import is_product
from checks.observation import Unread
from checks.readers.facets import attend
from checks.readers.grammar import TooSlowError
from checks.readers.web_facts import WebCall, WebModule, WebRoute, rows
from checks.readers.web_resolve import Resolver
from checks.readers.web_walk import OnParsed, gather
from checks.reads import ENDING, READABLE, RESOLVING, WEB_MODULE
from checks.semgrep.scripts import script_spans

if TYPE_CHECKING:
    from checks.tree import Tree

MOST_CHARACTERS = 1_500_000
"""Larger files are bundles or data; parsing them costs more than they tell."""

SUFFIXES = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro")
_FRONT_MATTER = re.compile(r"\A\s*---\r?\n(.*?)\r?\n---", re.DOTALL)
_LONG_LINE = 5_000
_MOST_HOPS = 4


class WebCode:
    """Facts about the JavaScript, TypeScript, Vue, Svelte and Astro files of a tree."""

    def __init__(
        self, tree: Tree, unread: list[Unread], on_parsed: OnParsed | None = None, facts: FileFacts | None = None
    ) -> None:
        self._tree = tree
        self._unread = unread
        self._on_parsed = on_parsed
        self._facts = facts or FileFacts(tree, None)
        self._modules: dict[str, WebModule | None] = {}
        self._routes: dict[tuple[str, ...], tuple[WebRoute, ...]] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """All files of these kinds, tests and examples included, sorted."""
        self._tree.reads.ask_listing(ENDING, "\n".join(SUFFIXES))
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(path for path in self._tree.every if path.endswith(SUFFIXES))

    @cached_property
    def resolver(self) -> Resolver:
        """Finds the file an import specifier stands for."""
        return Resolver(self._tree, self._unread)

    def module(self, path: str) -> WebModule | None:
        """The facts of one file, or None where it could not be read; the reason is then among the unread files."""
        if not path.endswith(SUFFIXES):
            return None  # another language: trying would list it as read in part
        self._tree.reads.ask((WEB_MODULE, READABLE), path)
        self._tree.reads.used(RESOLVING)
        if path not in self._modules:
            with self._tree.reads.aside(WEB_MODULE):
                self._modules[path] = module = self._known(path) or self._parse(path)
            attend(module, self._tree.reads, WEB_MODULE, path)
        return self._modules[path]

    def modules(self, paths: Iterable[str]) -> Iterator[WebModule]:
        """The readable ones among `paths`."""
        for path in paths:
            module = self.module(path)
            if module:
                yield module

    def text(self, path: str) -> str:
        """The source of a file; "" where it is not readable as text."""
        return self._tree.text(path) or ""

    def routes(self, paths: Iterable[str]) -> tuple[WebRoute, ...]:
        """HTTP routes that `paths` declare, by calls or by their place in the tree."""
        from checks.readers.web_routes import find_routes

        chosen = tuple(paths)
        with self._tree.reads.step("web routes"):
            if chosen not in self._routes:
                self._routes[chosen] = find_routes(self, chosen)
        return self._routes[chosen]

    def trace(self, call: WebCall) -> str:
        """`call.resolved` with names from other files of the product followed to where they were made.

        `import { client } from "./llm"` and `export const client = new OpenAI()` there give
        "openai.default.chat.completions.create" for `client.chat.completions.create(...)`.
        """
        name = call.resolved
        for _ in range(_MOST_HOPS):
            target, _, inner = name.partition("#")
            if not inner or not is_product(target):
                return name
            module = self.module(target)
            head, _, rest = inner.partition(".")
            if module is None or head not in module.assigned:
                return name
            name = module.assigned[head] + (f".{rest}" if rest else "")
        return name

    def _known(self, path: str) -> WebModule | None:
        row = self._facts.kept(WEB_MODULE, path)
        if row is None:
            return None
        module = rows().unpack(row)
        resolve = self._resolve(path)
        # What an import stands for depends on other files, and names of the module are spelled with it.
        same = all(resolve(item.specifier) == (item.path, item.package) for item in module.imports)
        return module if same else None

    def _parse(self, path: str) -> WebModule | None:
        whole = self._tree.text(path)
        if whole is None:
            self._unread.append(Unread(path, "not readable as text"))
            return None
        text = whole.removeprefix("\ufeff")
        if len(text) > MOST_CHARACTERS or _looks_minified(text):
            self._unread.append(Unread(path, "minified, bundled or too large to be hand-written"))
            return None
        if path.endswith((".vue", ".svelte", ".astro")):
            text = _scripts_only(text, path)
        try:
            module = gather(path, text, self._resolve(path), self._on_parsed)
        except TooSlowError as error:
            self._unread.append(Unread(path, str(error)))
            return None
        if not module.complete:
            self._unread.append(Unread(path, "partly not understood: facts read from it are a lower bound"))
        elif self._facts.keeps:
            self._facts.keep(WEB_MODULE, path, rows().pack(module), whole)
        return module

    def _resolve(self, path: str) -> Callable[[str], tuple[str, str]]:
        def resolve(specifier: str) -> tuple[str, str]:
            return self.resolver.resolve(path, specifier)

        return resolve


def _looks_minified(text: str) -> bool:
    return len(text) > _LONG_LINE and len(text) / (text.count("\n") + 1) > _LONG_LINE / 10


def _scripts_only(text: str, path: str) -> str:
    """The script blocks at their own lines; everything else blank."""
    spans = list(script_spans(text))
    front = _FRONT_MATTER.match(text) if path.endswith(".astro") else None
    spans += [front.span(1)] if front else []
    kept = ["\n" if sign == "\n" else " " for sign in text]
    for start, end in spans:
        kept[start:end] = text[start:end]
    return "".join(kept)
