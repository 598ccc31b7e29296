"""The scaffolds as data: what each is for, where it goes, and which controls and signals it helps with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from workbook.data import templates
from workbook.errors import Refused
from workbook.reading import nearest

Kind = Literal["markdown", "yaml", "javascript", "typescript", "python", "owners"]


@dataclass(frozen=True, slots=True)
class Form:
    """One text of a scaffold: where it goes, its template, and the sink that everything in it is encoded for."""

    path: str
    template: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Scaffold:
    """One document or configuration that can be written. `there` are other spellings of it, as gitignore patterns."""

    name: str
    title: str
    what: str
    path: str
    template: str
    kind: Kind
    there: tuple[str, ...]
    controls: tuple[str, ...]
    signals: tuple[str, ...]
    complete: bool = False
    """Whether it can be written without a blank, so that it may answer its signals at once."""
    frameworks: Mapping[str, Form] = field(default_factory=dict)
    """The form for a framework that has one of its own."""

    @property
    def command(self) -> str:
        """What writes it."""
        return f"readiness scaffold {self.name}"

    def form(self, framework: str) -> Form:
        """The text for a framework, or the one for all."""
        return self.frameworks.get(framework, Form(self.path, self.template, self.kind))


@cache
def scaffolds() -> Mapping[str, Scaffold]:
    """Every scaffold by name, in the order they are listed."""
    # Read as it is: its schema is held by a test, so that no command waits for a validator.
    with (templates() / "documents" / "scaffolds.toml").open("rb") as file:
        return {name: _scaffold(name, table) for name, table in tomllib.load(file).items()}


def _scaffold(name: str, table: dict[str, Any]) -> Scaffold:
    forms = {framework: Form(**form) for framework, form in table.pop("frameworks", {}).items()}
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return Scaffold(name=name, frameworks=forms, **values)


def known(name: str) -> Scaffold:
    """The scaffold of that name.

    Raises:
        Refused: there is none; the nearest name is given.
    """
    found = scaffolds()
    if name not in found:
        raise Refused(
            f"there is no scaffold {name!r}{nearest(name, found)}", "list them with: readiness scaffold --list"
        )
    return found[name]


def for_control(control: str) -> tuple[Scaffold, ...]:
    """The scaffolds that help to close a control, the nearest first; none where nothing can be written for it."""
    return _nearest_first(control, "controls")


def for_signal(signal: str) -> tuple[Scaffold, ...]:
    """The scaffolds that a signal's probe reads, the nearest first."""
    return _nearest_first(signal, "signals")


def _nearest_first(name: str, where: Literal["controls", "signals"]) -> tuple[Scaffold, ...]:
    asked = [(getattr(one, where), one) for one in scaffolds().values()]
    # Python's sort keeps the listed order where two are equally near.
    return tuple(
        one for named, one in sorted((pair for pair in asked if name in pair[0]), key=lambda p: p[0].index(name))
    )
