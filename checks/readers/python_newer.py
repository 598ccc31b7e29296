"""Python that the running interpreter cannot parse in any spelling we know, outlined by tree-sitter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.readers.grammar import TooSlowError, parse
from checks.readers.python_facts import Class, Function, Import

if TYPE_CHECKING:
    from tree_sitter import Node


def outline(source: str, package: tuple[str, ...]) -> tuple[list[Import], list[Function], list[Class]] | None:
    """Imports, functions and classes of a module, or None where this grammar meets errors as well."""
    import tree_sitter_python
    from tree_sitter import Language

    try:
        root = parse(Language(tree_sitter_python.language()), source.encode("utf-8", "replace")).root_node
    except TooSlowError:
        return None
    if root.has_error:
        return None
    imports: list[Import] = []
    functions: list[Function] = []
    classes: list[Class] = []
    stack = [root]
    while stack:
        node = stack.pop()
        stack += reversed(node.children)
        if node.type in {"import_statement", "import_from_statement"}:
            imports += _imports(node, package)
        elif node.type in {"function_definition", "class_definition"}:
            name = _text(node.child_by_field_name("name"))
            first, last = node.start_point[0] + 1, node.end_point[0] + 1
            if node.type == "class_definition":
                classes.append(Class(name, first, last))
            else:
                functions.append(Function(name, name, "", first, last, node.children[0].type == "async"))
    return imports, functions, classes


def _imports(node: Node, package: tuple[str, ...]) -> Iterator[Import]:
    line = node.start_point[0] + 1
    module = _text(node.child_by_field_name("module_name"))
    if module.startswith("."):
        level = len(module) - len(module.lstrip("."))
        base = package[: len(package) - level + 1]
        module = ".".join([*base, *([module.lstrip(".")] if module.lstrip(".") else [])])
    if any(child.type == "wildcard_import" for child in node.children):
        yield Import(module, module, "*", "*", line)
    for named in node.children_by_field_name("name"):
        aliased = named.type == "aliased_import"
        name = _text(named.child_by_field_name("name") if aliased else named)
        local = _text(named.child_by_field_name("alias")) if aliased else name
        if node.type == "import_statement":
            yield Import(name, name, "", local if aliased else name.split(".", 1)[0], line)
        else:
            yield Import(f"{module}.{name}" if module else name, module, name, local, line)


def _text(node: Node | None) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text else ""
