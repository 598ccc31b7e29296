"""The facts a JavaScript or TypeScript module shows, as plain records. Probes judge; readers only say what stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from checks.cache.rows import Rows, nothing
from checks.readers.facets import Placed, placed, told_apart


@placed
@dataclass(frozen=True, slots=True)
class WebImport(Placed):
    """One import, require, dynamic import or re-export.

    `names` maps local names to imported ones ("default", "*"). `path` is the repository file it loads, "" for packages;
    `package` is the npm package ("@scope/name"), "" for repository files. `kind` is "import", "require", "dynamic" or
    "export"; `type_only` marks `import type`.
    """

    specifier: str
    line: int
    kind: str = "import"
    names: Mapping[str, str] = field(default_factory=nothing)
    path: str = ""
    package: str = ""
    type_only: bool = False


@placed
@dataclass(frozen=True, slots=True)
class WebCall(Placed):
    """One call or `new`. `callee` is the dotted text; `resolved` starts with the package a binding came from.

    `const client = new OpenAI()` then `client.chat.completions.create(...)` resolves to
    "openai.default.chat.completions.create". `arguments` are source texts cut at 200 characters; `keys` are the
    properties of object-literal arguments with their text. `spread` says that `...x` hides arguments or keys.
    """

    callee: str
    resolved: str
    line: int
    end_line: int
    arguments: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=nothing)
    function: str = ""
    is_new: bool = False
    awaited: bool = False
    in_loop: bool = False
    spread: bool = False


@placed
@dataclass(frozen=True, slots=True)
class WebFunction(Placed):
    """One function, method or arrow function; `name` is the binding it is assigned to, "" where there is none."""

    name: str
    line: int
    end_line: int
    is_async: bool = False
    exported: bool = False
    parameters: tuple[str, ...] = ()


@placed
@dataclass(frozen=True, slots=True)
class Catch(Placed):
    """One `catch` clause or `.catch(...)` callback. `body`: "empty", "logs", "raises", "returns" or "handles"."""

    line: int
    end_line: int
    body: str
    function: str = ""


@placed
@dataclass(frozen=True, slots=True)
class Attribute(Placed):
    """One JSX attribute: `<element name={value}>`."""

    element: str
    name: str
    value: str
    line: int


@placed
@dataclass(frozen=True, slots=True)
class WebText(Placed):
    """One string or template literal; templates keep their literal parts with "${}" for each hole."""

    value: str
    line: int
    interpolated: bool = False
    function: str = ""


@placed
@dataclass(frozen=True, slots=True)
class Environment(Placed):
    """One use of an environment variable (`process.env.X`, `import.meta.env.X`, `Deno.env.get("X")`)."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class WebRoute:
    """One HTTP route: Express, Hono, Fastify and like calls, or a file whose place makes it a route.

    `middleware` are the source texts that run before the handler, from the route itself and from `use` calls on its
    router or application. `mounted` is False when its router is never used by an application, None when unknown.
    """

    framework: str
    methods: tuple[str, ...]
    path: str
    module: str
    line: int
    end_line: int = 0
    handler: str = ""
    middleware: tuple[str, ...] = ()
    mounted: bool | None = None


@told_apart
@dataclass(frozen=True, slots=True)
class WebModule(Placed):
    """Everything one file shows. `complete` is False where the grammar met errors; the facts are then a lower bound."""

    path: str
    lines: int
    imports: tuple[WebImport, ...] = ()
    exports: tuple[str, ...] = ()
    calls: tuple[WebCall, ...] = ()
    functions: tuple[WebFunction, ...] = ()
    catches: tuple[Catch, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    texts: tuple[WebText, ...] = ()
    environment: tuple[Environment, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=nothing)
    directives: tuple[str, ...] = ()
    inner_directives: tuple[tuple[str, int], ...] = ()
    """Strings that stand alone inside functions, each with its line: "use server"."""
    complete: bool = True


@cache
def rows() -> Rows[WebModule]:
    """What turns modules into rows of the cache and back."""
    return Rows(WebModule)
