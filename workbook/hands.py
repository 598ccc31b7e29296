"""Who can close a gap: code, something that runs elsewhere, or a person; and what to ask people without a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import ClassVar

from workbook.catalogue.load import CatalogueError, check_known, load_catalogue, read_toml, record
from workbook.data import templates


class Work(StrEnum):
    """What closes a control, what needs the most last."""

    CODE = "code"
    """A change to files of the repository."""
    ENVIRONMENT = "environment"
    """Something that runs outside of it: a deployment, a console, a rehearsal."""
    PERSON = "person"
    """A decision, a signature, somebody's knowledge."""


@dataclass(frozen=True, slots=True)
class Audience:
    """People who are asked together, and what they are asked about."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    title: str
    controls: tuple[str, ...]


@dataclass(frozen=True)
class Hands:
    """The whole of templates/hands.toml."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    work: Mapping[Work, tuple[str, ...]]
    audiences: Mapping[str, Audience]

    def closes(self, control: str) -> Work:
        """What closes a control. One of a team's own is a person's matter: nobody said that code can do it."""
        return self._by_control.get(control, Work.PERSON)

    @cached_property
    def _by_control(self) -> Mapping[str, Work]:
        return {control: work for work, controls in self.work.items() for control in controls}


@cache
def load_hands(folder: Path | None = None) -> Hands:
    """The data below `folder` (the packaged one by default).

    Raises:
        CatalogueError: it breaks the schema, names a control that is not there, or places one twice or nowhere.
    """
    path = (folder or templates()) / "hands.toml"
    hands = record(Hands, read_toml(path), path, "")
    known = load_catalogue(folder).controls
    for work, controls in hands.work.items():
        check_known(path, f"work.{work}", controls, known)
    for name, audience in hands.audiences.items():
        check_known(path, f"audiences.{name}", audience.controls, known)
    placed = [control for controls in hands.work.values() for control in controls]
    for control in known:
        if placed.count(control) != 1:
            raise CatalogueError(f"{path}: work: {control!r} must stand in exactly one of code, environment, person")
    return hands
