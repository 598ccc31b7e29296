"""Writing a document or configuration that the team lacks, filled with what the tree reveals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from checks.git import Git, GitProblem
from checks.tree import Tree
from workbook.errors import Refused
from workbook.scaffold.limits import Limits
from workbook.scaffold.planning import Planned, planned, spellings
from workbook.scaffold.registry import known, scaffolds
from workbook.scaffold.rendering import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from checks.portrait import Portrait
    from workbook.view import View

_HOSTS_OWN: Final = ".github/"


def intended(view: View, name: str, to: str = "", portrait: Portrait | None = None) -> Planned:
    """What writing the scaffold `name` would do. Nothing is written, and nothing of the repository is executed.

    Args:
        view: the workbook, or the folder before there is one: then the numbers are those of the usual checklist.
        name: the scaffold.
        to: where it should go; its usual place if empty.
        portrait: what the tree reveals, where it was looked at already.

    Raises:
        Refused: there is no such scaffold, or the path is not for documents.
    """
    scaffold = known(name)
    if portrait is None:
        from checks.portrait.isolated import portrait_of

        portrait = portrait_of(view.root)
    ground = Ground(
        portrait=portrait,
        limits=Limits(view.catalogue, view.state.checklists),
        checklist=view.checklist.name,
        profiles=view.state.profiles,
        today=view.today(),
    )
    return planned(scaffold, ground, _paths(view.root), to)


def written(view: View, plan: Planned) -> None:
    """Write what was planned, as a new file.

    Raises:
        Refused: the document is there already, or cannot be written; nothing was written then.
    """
    from workbook.scaffold.writing import create

    if plan.there:
        raise Refused(
            f"{plan.there[0]} is there already and stays as it is", "write another one with --to PATH", code=1
        )
    create(view.root, plan.path, plan.text.encode())


def cautions(view: View, plan: Planned) -> Iterator[str]:
    """What a person should know of a plan before trusting it. Untrusted text."""
    if plan.path.startswith(_HOSTS_OWN) and view.place.git_dir is not None and not (view.root / ".git").exists():
        yield "hosts look for .github at the top of the repository, and this workbook lies below it."
    if plan.trouble:
        yield plan.trouble


def there(root: Path) -> dict[str, tuple[str, ...]]:
    """For each scaffold the files that are it already, by their names alone."""
    paths = _paths(root)
    return {name: spellings(one, paths) for name, one in scaffolds().items()}


def _paths(root: Path) -> tuple[str, ...]:
    try:
        with Git.open(root) as git:
            return Tree.read(root, git).paths
    except GitProblem:
        return Tree.read(root, None).paths
