"""The files of the product that may declare routes: others make no difference to who looks for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.wiring import reached
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT
from checks.readers.python_facts import PythonModule
from checks.reads import Question, of_one_file

if TYPE_CHECKING:
    from checks.look import Look


def python_routing(look: Look, *, dead: bool = False) -> Iterator[str]:
    """The Python files that may; with `dead`, also those that no entry point reaches."""
    return _routing(look, PYTHON_OF_PRODUCT, dead=dead)


def web_routing(look: Look, *, dead: bool = False) -> Iterator[str]:
    """The web files that may, as of `python_routing`."""
    return _routing(look, WEB_OF_PRODUCT, dead=dead)


def _routing(look: Look, among: Question, *, dead: bool) -> Iterator[str]:
    return (path for path in look.gather(_may_route, "", among) if dead or reached(look, path))


@of_one_file
def _may_route(look: Look, path: str, _: str) -> bool:
    from checks.readers import python_routes, web_routes

    module = look.module(path)
    if isinstance(module, PythonModule):
        return python_routes.may_declare(module)
    return module is not None and web_routes.may_declare(module)
