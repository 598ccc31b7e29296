"""Names whose annotation tells what they are: parameters, and the fields that a constructor fills from them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.files.listed import is_product

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import PythonModule

_CLIENTS = re.compile(
    r"(?:httpx|requests|niquests|aiohttp|openai|anthropic|groq|mistralai|cohere|google\.genai|together|langchain\w*)\.[\w.]*"
)
"""Packages whose objects call something outside."""
_INNER = re.compile(r"^[\"']?(?:(?:typing\.)?(?:Annotated|Optional|Final|ClassVar)\[\s*)?[\"']?([A-Za-z_][\w.]*)")


def typed_names(look: Look, module: PythonModule) -> dict[tuple[str, str], str]:
    """What annotated names are, by the function, or the class for `self.client`, in which they hold: dotted classes."""
    found: dict[tuple[str, str], str] = {}
    for function in module.functions:
        for parameter in function.parameters:
            if parameter.annotation and (made := _class_of(look, module, parameter.annotation, hops=2)):
                found[function.qualified, parameter.name] = made
    for one in module.classes:
        for name, annotation in one.annotations.items():
            if made := _class_of(look, module, annotation, hops=2):
                found[one.name, f"self.{name}"] = made
    for item in module.kept:
        owner, _, method = item.function.rpartition(".")
        if owner and method == "__init__" and item.target.startswith("self."):
            given = found.get((item.function, item.value.text.split(" or ", 1)[0].strip()))
            if given:
                found[owner, item.target] = given
    return found


def _class_of(look: Look, module: PythonModule, annotation: str, hops: int) -> str:
    """The dotted class of a client that an annotation, or the alias that it is, names; "" if it names none."""
    match = _INNER.match(annotation)
    name = match[1] if match else ""
    head, _, rest = name.partition(".")
    for item in module.imports:
        if item.local == head and not item.paths:
            dotted = f"{item.dotted}.{rest}" if rest else item.dotted
            return dotted if _CLIENTS.fullmatch(dotted) else ""
        # As `PythonCode.trace`, names are followed within the product.
        if item.local == head and hops and is_product(item.paths[-1]) and (home := look.python.module(item.paths[-1])):
            return _alias(look, home, rest or item.name, hops - 1)
    return _alias(look, module, name, hops - 1) if hops else ""


def _alias(look: Look, module: PythonModule, name: str, hops: int) -> str:
    for item in module.made_globally:
        if item.target == name and item.value.text.startswith(("Annotated", "typing.Annotated")):
            return _class_of(look, module, item.value.text, hops)
    return ""
