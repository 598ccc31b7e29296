"""What readers make of a tree, each once a look: the steps behind the properties of `checks.look.Look`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.files.listed import is_product

if TYPE_CHECKING:
    import ast

    from tree_sitter import Node

    from checks.application.reach import Reach
    from checks.complexity.measure import Complexity, Measures
    from checks.hotspots import Hotspots
    from checks.look import Look
    from checks.observation import Proposal
    from checks.readers.containers import Containers
    from checks.readers.documents import Documents
    from checks.readers.manifests import Manifests
    from checks.readers.python import PythonCode
    from checks.readers.web import WebCode
    from checks.readers.workflows import Workflows


def python(look: Look) -> PythonCode:
    """Facts about Python files; each that is parsed is measured at once."""
    from checks.readers.python import PythonCode

    def measure(path: str, text: str, module: ast.Module) -> None:
        if is_product(path):
            look.once(measures).parsed_python(path, text, module)

    return PythonCode(look.tree, look.noted, measure, look.facts)


def web(look: Look) -> WebCode:
    """Facts about web code; each file that is parsed is measured at once."""
    from checks.readers.web import WebCode

    def measure(path: str, text: str, root: Node) -> None:
        if is_product(path):
            look.once(measures).parsed_web(path, text, root)

    return WebCode(look.tree, look.noted, measure, look.facts)


def web_imports(look: Look) -> str:
    """Which web imports may lead into the tree, by all that packages and compilers are told of it."""
    return look.web.resolver.inward()


def manifests(look: Look) -> Manifests:
    """Manifests of every ecosystem."""
    from checks.readers.manifests import Manifests

    return Manifests.read(look.tree, look.noted)


def workflows(look: Look) -> Workflows:
    """Continuous integration."""
    from checks.readers.workflows import Workflows

    return Workflows.read(look.tree, look.manifests, look.noted)


def containers(look: Look) -> Containers:
    """Containers and where they run."""
    from checks.readers.containers import Containers

    return Containers.read(look.tree, look.noted)


def documents(look: Look) -> Documents:
    """Documents by kind."""
    from checks.readers.documents import Documents

    return Documents.read(look.tree)


def reach(look: Look) -> Reach:
    """What the entry points reach."""
    from checks.application.reach import Reach

    return Reach.trace(look)


REACH = f"{reach.__module__}.{reach.__name__}"
"""The step that works out `Look.reach`."""


def measures(look: Look) -> Measures:
    """What is measured of single files."""
    from checks.complexity.measure import Measures

    return Measures(look.tree, look.facts)


def complexity(look: Look) -> Complexity:
    """Complexity of the application's own code."""
    measured = look.once(measures).of(look.source_paths())
    look.noted.extend(measured.unread)
    look.left_out |= measured.left_out
    return measured


def hotspots(look: Look) -> Hotspots:
    """The table of complex code that changes often."""
    from checks.hotspots import hotspots

    return hotspots(look)


def proposals(look: Look) -> tuple[Proposal, ...]:
    """The scope facts."""
    from checks.application.product import proposals

    return proposals(look)
