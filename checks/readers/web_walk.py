"""One walk over a parsed JavaScript or TypeScript module that gathers its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING

from checks.cache.rows import NOTHING
from checks.readers.web_facts import (
    Attribute,
    Catch,
    Environment,
    WebCall,
    WebFunction,
    WebImport,
    WebModule,
    WebText,
)
from checks.readers.web_nodes import (
    MOST_FUNCTION,
    MOST_TEXT,
    catch_body,
    dotted,
    runnable,
    strings_in,
    text_of,
)
from checks.readers.web_spellings import syntax

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "function"}
    | {"generator_function_declaration", "generator_function"}
)
_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_EACH = frozenset({"map", "forEach", "filter", "reduce", "flatMap", "some", "every"})
_TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")


@dataclass(slots=True)
class _Place:
    function: str = ""
    in_loop: bool = False


@dataclass(slots=True)
class _Gathered:
    imports: list[WebImport] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    calls: list[WebCall] = field(default_factory=list)
    functions: list[WebFunction] = field(default_factory=list)
    catches: list[Catch] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    texts: list[WebText] = field(default_factory=list)
    environment: list[Environment] = field(default_factory=list)
    directives: list[str] = field(default_factory=list)
    inner_directives: list[tuple[str, int]] = field(default_factory=list)


OnParsed = Callable[[str, str, "Node"], None]
"""Told of each TypeScript file that was parsed as it stands: its path, its text and its tree, which is not kept."""


def gather(
    path: str, text: str, resolve: Callable[[str], tuple[str, str]], on_parsed: OnParsed | None = None
) -> WebModule:
    """Walk a module once.

    Args:
        path: decides the grammar: TSX for .tsx, .jsx, .js; TypeScript for .ts, .vue, .svelte, .astro.
        text: its source.
        resolve: gives the repository file and the npm package of an import specifier.
        on_parsed: told of the tree.

    Raises:
        TooSlowError: the grammar did not come to an end in time.
    """
    source = text.encode("utf-8", "replace")
    root = syntax(_language(_grammar(path)), source)
    if on_parsed is not None and path.endswith(_TYPESCRIPT):
        on_parsed(path, text, root)
    walk = _Walk(resolve)
    walk.run(root)
    found = walk.found
    return WebModule(
        path=path,
        lines=text.count("\n") + 1,
        imports=tuple(found.imports),
        exports=tuple(dict.fromkeys(found.exports)),
        calls=tuple(found.calls),
        functions=tuple(found.functions),
        catches=tuple(found.catches),
        attributes=tuple(found.attributes),
        texts=tuple(found.texts),
        environment=tuple(found.environment),
        assigned=walk.bound,
        directives=tuple(found.directives),
        inner_directives=tuple(found.inner_directives),
        complete=not root.has_error,
    )


def _grammar(path: str) -> str:
    if path.endswith((".ts", ".mts", ".cts", ".vue", ".svelte", ".astro")):
        return "typescript"
    return "tsx" if path.endswith(".tsx") else "javascript"


@lru_cache(maxsize=3)
def _language(grammar: str) -> Language:
    import tree_sitter_javascript
    import tree_sitter_typescript
    from tree_sitter import Language

    pointer = {
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
        "javascript": tree_sitter_javascript.language,
    }[grammar]
    return Language(pointer())


class _Walk:
    def __init__(self, resolve: Callable[[str], tuple[str, str]]) -> None:
        self.found = _Gathered()
        self.bound: dict[str, str] = {}
        self._fields: dict[str, str] = {}
        self._resolve_import = resolve

    def run(self, root: Node) -> None:
        """Visit every node in source order, without recursion: reviewed code may nest without end."""
        stack: list[tuple[Node, _Place]] = [(root, _Place())]
        while stack:
            node, place = stack.pop()
            kind = node.type
            inner = self._visit(node, kind, place)
            children = runnable(node) if kind == "statement_block" else node.named_children
            children.reverse()
            stack += [(child, inner) for child in children]

    def _visit(self, node: Node, kind: str, place: _Place) -> _Place:
        if kind in {"call_expression", "new_expression"}:
            return self._call(node, place)
        if kind in _FUNCTIONS:
            return self._function(node, place)
        if kind in _LOOPS:
            return _Place(place.function, in_loop=True)
        handle = _VISITS.get(kind)
        if handle:
            handle(self, node, place)
        return place

    # -- imports and exports ----------------------------------------------------------------------------------------

    def _import(self, node: Node, _place: _Place) -> None:
        source = node.child_by_field_name("source")
        if source is None:
            return
        names: dict[str, str] = {}
        for clause in node.named_children:
            if clause.type == "import_clause":
                names |= dict(_clause_names(clause))
        whole = text_of(node, 40)
        self._add_import(strings_in(source), node, "import", names, type_only=whole.startswith("import type"))

    def _add_import(
        self, specifier: str, node: Node, kind: str, names: dict[str, str], *, type_only: bool = False
    ) -> None:
        path, package = self._resolve_import(specifier)
        line = node.start_point[0] + 1
        self.found.imports.append(WebImport(specifier, line, kind, names or NOTHING, path, package, type_only))
        for local, name in names.items():
            origin = f"{path}#" if path else f"{package or specifier}."
            self.bound[local] = f"{origin}{name}" if name != "*" else origin.rstrip(".#")

    def _export(self, node: Node, _place: _Place) -> None:
        source = node.child_by_field_name("source")
        declaration = node.child_by_field_name("declaration")
        names: dict[str, str] = {}
        for clause in node.named_children:
            if clause.type == "export_clause":
                for item in clause.named_children:
                    name = text_of(item.child_by_field_name("name"))
                    names[text_of(item.child_by_field_name("alias")) or name] = name
        if source is not None:
            self._add_import(strings_in(source), node, "export", names or {})
        self.found.exports += names
        if any(child.type == "default" for child in node.children):
            self.found.exports.append("default")
            value = node.child_by_field_name("value")
            if value is not None and dotted(value):
                self.bound["default"] = self._resolve(dotted(value))
        if declaration is not None:
            self.found.exports += _declared(declaration)

    # -- calls ------------------------------------------------------------------------------------------------------

    def _call(self, node: Node, place: _Place) -> _Place:
        callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        name = dotted(callee)
        listed = node.child_by_field_name("arguments")
        arguments = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
        first = arguments[0] if arguments else None
        if name in {"require", "import"} and first is not None and first.type == "string":
            names = _required_names(node)
            self._add_import(strings_in(first), node, "dynamic" if name == "import" else "require", names)
        keys: dict[str, str] = {}
        spread = False
        for argument in arguments:
            spread = spread or argument.type == "spread_element"
            if argument.type == "object":
                pairs, hidden = _pairs(argument)
                keys |= pairs
                spread = spread or hidden
        parent = node.parent
        self.found.calls.append(
            WebCall(
                name,
                self._resolve(_loaded(node) or name),
                node.start_point[0] + 1,
                node.end_point[0] + 1,
                tuple(_argument(argument) for argument in arguments),
                keys or NOTHING,
                place.function,
                node.type == "new_expression",
                parent is not None and parent.type == "await_expression",
                place.in_loop,
                spread,
            )
        )
        last = name.rsplit(".", 1)[-1]
        if name == "Deno.env.get" and first is not None and first.type == "string":
            self.found.environment.append(Environment(strings_in(first), node.start_point[0] + 1))
        if last == "catch" and callee is not None and callee.type == "member_expression" and first is not None:
            body = first.child_by_field_name("body")
            self._add_catch(node, body if body is not None else first, place)
        each = last in _EACH and callee is not None and callee.type == "member_expression"
        return _Place(place.function, in_loop=True) if each else place

    def _resolve(self, name: str) -> str:
        head, _, rest = name.partition(".")
        if head == "this":
            member, _, rest = rest.partition(".")
            made = self._fields.get(member, "")
            return intern(f"{made}.{rest}") if made and rest else made or name
        if head in self.bound:
            return intern(f"{self.bound[head]}.{rest}") if rest else self.bound[head]
        return name

    def _variable(self, node: Node, _place: _Place) -> None:
        """Remember what a name stands for: `const client = new OpenAI()`."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        origin = self._resolve(_loaded(value) or dotted(value))
        if name.type == "identifier" and origin and origin != text_of(name) and len(origin) < MOST_TEXT:
            self.bound.setdefault(text_of(name), origin)
        elif name.type == "object_pattern" and origin:
            for local, imported in _pattern_names(name):
                self.bound.setdefault(local, f"{origin}.{imported}")

    def _field(self, node: Node, _place: _Place) -> None:
        """Remember what a field of a class is made with, in its declaration or as `this.client = new OpenAI()`."""
        is_declared = node.type in {"public_field_definition", "field_definition"}
        target = node.child_by_field_name("property") or node.child_by_field_name("name" if is_declared else "left")
        value = node.child_by_field_name("value" if is_declared else "right")
        name = text_of(target) if target is not None else ""
        if not is_declared and not name.startswith("this."):
            return
        name = name.removeprefix("this.")
        if value is None or value.type not in {"new_expression", "call_expression"} or "." in name:
            return
        made = dotted(value)
        origin = self._resolve(_loaded(value) or made)
        if origin == made or len(origin) >= MOST_TEXT:
            return
        # Two classes of a file may have fields of one name: what both are is not known then.
        self._fields[name] = origin if self._fields.get(name, origin) == origin else ""

    # -- functions, catches, texts ----------------------------------------------------------------------------------

    def _function(self, node: Node, place: _Place) -> _Place:
        name = _function_name(node).removeprefix("module.").removeprefix("exports.")
        listed = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        parameters = (
            ()
            if listed is None
            else (text_of(listed),)
            if listed.type == "identifier"
            else tuple(text_of(child) for child in listed.named_children if child.type != "comment")
        )
        is_async = any(child.type == "async" for child in node.children)
        self.found.functions.append(
            WebFunction(name, node.start_point[0] + 1, node.end_point[0] + 1, is_async, _is_exported(node), parameters)
        )
        # Code in a function runs when it is called; only callbacks of map and forEach run inside the loop.
        in_loop = place.in_loop and node.parent is not None and node.parent.type == "arguments"
        return _Place(name or place.function, in_loop)

    def _catch(self, node: Node, place: _Place) -> None:
        body = node.child_by_field_name("body")
        if body is not None:
            self._add_catch(node, body, place)

    def _add_catch(self, node: Node, body: Node, place: _Place) -> None:
        self.found.catches.append(
            Catch(node.start_point[0] + 1, node.end_point[0] + 1, catch_body(body), place.function)
        )

    def _text(self, node: Node, place: _Place) -> None:
        if node.parent is not None and node.parent.type in {"import_statement", "export_statement"}:
            return
        value = strings_in(node)
        holes = any(child.type == "template_substitution" for child in node.named_children)
        line = node.start_point[0] + 1
        if value and node.parent is not None and node.parent.type == "expression_statement":
            block = node.parent.parent
            if block is None or block.type == "program":
                self.found.directives.append(value)
            else:
                self.found.inner_directives.append((value, line))
        elif value:
            self.found.texts.append(WebText(value, line, holes, place.function))

    def _member(self, node: Node, _place: _Place) -> None:
        owner = node.child_by_field_name("object")
        # Most owners are a name alone: that need not be spelled out.
        if owner is None or owner.type != "member_expression":
            return
        if text_of(owner, 40) in {"process.env", "import.meta.env", "Bun.env"}:
            member = node.child_by_field_name("property") or node.child_by_field_name("index")
            name = text_of(member).strip("'\"`")
            self.found.environment.append(Environment(name, node.start_point[0] + 1))

    def _attribute(self, node: Node, _place: _Place) -> None:
        children = node.named_children
        owner = node.parent
        element = text_of(owner.child_by_field_name("name")) if owner is not None else ""
        if children:
            value = text_of(children[1]) if len(children) > 1 else ""
            self.found.attributes.append(Attribute(element, text_of(children[0]), value, node.start_point[0] + 1))


_VISITS: dict[str, Callable[[_Walk, Node, _Place], None]] = {
    "import_statement": _Walk._import,
    "export_statement": _Walk._export,
    "variable_declarator": _Walk._variable,
    "public_field_definition": _Walk._field,
    "field_definition": _Walk._field,
    "assignment_expression": _Walk._field,
    "catch_clause": _Walk._catch,
    "string": _Walk._text,
    "template_string": _Walk._text,
    "member_expression": _Walk._member,
    "subscript_expression": _Walk._member,
    "jsx_attribute": _Walk._attribute,
}


def _clause_names(clause: Node) -> Iterator[tuple[str, str]]:
    for child in clause.named_children:
        if child.type == "identifier":
            yield text_of(child), "default"
        elif child.type == "namespace_import":
            yield text_of(child.named_children[0]), "*"
        elif child.type == "named_imports":
            for item in child.named_children:
                name = text_of(item.child_by_field_name("name"))
                if name:
                    yield text_of(item.child_by_field_name("alias")) or name, name


def _required_names(node: Node) -> dict[str, str]:
    """The names a `require` or awaited `import` is bound to."""
    holder = node.parent
    while holder is not None and holder.type in {"await_expression", "parenthesized_expression"}:
        holder = holder.parent
    name = holder.child_by_field_name("name") if holder is not None and holder.type == "variable_declarator" else None
    if name is None:
        return {}
    return {text_of(name): "*"} if name.type == "identifier" else dict(_pattern_names(name))


def _pattern_names(pattern: Node) -> Iterator[tuple[str, str]]:
    for item in pattern.named_children:
        if item.type == "shorthand_property_identifier_pattern":
            yield text_of(item), text_of(item)
        elif item.type == "pair_pattern":
            value = item.child_by_field_name("value")
            if value is not None and value.type == "identifier":
                yield text_of(value), text_of(item.child_by_field_name("key"))


def _declared(declaration: Node) -> Iterator[str]:
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield text_of(name)
    for child in declaration.named_children:
        if child.type == "variable_declarator":
            yield text_of(child.child_by_field_name("name"))


def _pairs(node: Node) -> tuple[dict[str, str], bool]:
    pairs: dict[str, str] = {}
    for child in node.named_children:
        if child.type == "pair":
            pairs[text_of(child.child_by_field_name("key")).strip("'\"")] = text_of(child.child_by_field_name("value"))
        elif child.type in {"shorthand_property_identifier", "method_definition"}:
            name = child.child_by_field_name("name") if child.type == "method_definition" else child
            pairs[text_of(name)] = text_of(child)
    return pairs, any(child.type == "spread_element" for child in node.named_children)


def _function_name(node: Node) -> str:
    name = node.child_by_field_name("name")
    if name is not None:
        return text_of(name)
    parent = node.parent
    while parent is not None and parent.type in {"call_expression", "arguments", "parenthesized_expression"}:
        parent = parent.parent  # `const load = useCallback(async () => …)`
    if parent is None:
        return ""
    named = {
        "variable_declarator": "name",
        "pair": "key",
        "assignment_expression": "left",
        "public_field_definition": "name",
    }
    return text_of(parent.child_by_field_name(named[parent.type])) if parent.type in named else ""


def _is_exported(node: Node) -> bool:
    parent = node.parent
    for _ in range(3):
        if parent is None or parent.type == "export_statement":
            break
        parent = parent.parent
    return parent is not None and parent.type == "export_statement"


def _loaded(node: Node) -> str:
    """The package that a call in place runs, as in `require("fastify")({ logger: true })`, or one of its exports."""
    if node.type == "member_expression":  # `require("axios-retry").default`
        made = node.child_by_field_name("object")
        name = _required(made) if made is not None else ""
        return f"{name}.{text_of(node.child_by_field_name('property'))}" if name else ""
    inner = node.child_by_field_name("function") if node.type == "call_expression" else None
    return _required(inner) if inner is not None else ""


def _required(node: Node) -> str:
    """The package that `require("name")` loads, or ""."""
    if node.type != "call_expression" or dotted(node) != "require":
        return ""
    listed = node.child_by_field_name("arguments")
    first = listed.named_children[0] if listed is not None and listed.named_children else None
    name = strings_in(first) if first is not None and first.type == "string" else ""
    return name if name[:1] not in {"", ".", "/"} else ""


def _argument(node: Node) -> str:
    """The text of an argument: more of a function, for middleware is judged by what it does."""
    return text_of(node, MOST_FUNCTION if node.type in {"arrow_function", "function_expression"} else MOST_TEXT)
