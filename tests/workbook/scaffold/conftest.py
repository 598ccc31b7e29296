"""Small products of several stacks, looked at once, and what each scaffold writes for them."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from checks.portrait import Portrait
from checks.portrait.child import look_at
from workbook.catalogue import load_catalogue
from workbook.scaffold.limits import Limits
from workbook.scaffold.planning import Planned, planned
from workbook.scaffold.registry import scaffolds
from workbook.scaffold.rendering import Ground

STACKS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("stacks.toml").read_text("utf-8"))
CHOSEN = ("fifty-point", "six-gates", "seven-steps", "ten-gates")


def grounded(portrait: Portrait, *chosen: str) -> Ground:
    """What scaffolds are filled with, under the given checklists."""
    catalogue = load_catalogue()
    slugs = chosen or ("fifty-point",)
    return Ground(portrait, Limits(catalogue, slugs), catalogue.checklists[slugs[0]].name, (), date(2026, 11, 20))


def lay_out(root: Path, files: dict[str, str]) -> None:
    """Write the files of a product, with one commit by Ana."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ana Example", "GIT_AUTHOR_EMAIL": "12+ana-example@users.noreply.github.com",
        "GIT_COMMITTER_NAME": "Ana Example", "GIT_COMMITTER_EMAIL": "ana@example.com",
    }  # fmt: skip
    named = (["config", "user.name", "Ana Example"], ["config", "user.email", "ana@example.com"])
    for words in (["init", "-q", "-b", "main"], *named, ["add", "-A"], ["commit", "-qm", "Start", "--allow-empty"]):
        subprocess.run(["git", *words], cwd=root, env=environment, check=True, capture_output=True)


@dataclass(frozen=True)
class Stack:
    """One product on disk, its portrait, and what every scaffold would write by the deciding checklist given."""

    name: str
    root: Path
    portrait: Portrait
    paths: tuple[str, ...]

    def plan(self, scaffold: str, *chosen: str, to: str = "") -> Planned:
        return planned(scaffolds()[scaffold], grounded(self.portrait, *chosen), self.paths, to)


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stack]:
    """Every stack, looked at once."""
    found = {}
    for name, files in STACKS.items():
        root = tmp_path_factory.mktemp("stacks") / name
        root.mkdir()
        lay_out(root, files)
        found[name] = Stack(name, root, look_at(root, {}), tuple(files))
    return found


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of a stack that a test may write into."""

    def make(name: str) -> Path:
        root = tmp_path_factory.mktemp("fresh") / name
        root.mkdir()
        lay_out(root, STACKS[name])
        return root

    return make


@pytest.fixture(scope="session")
def ground() -> Callable[..., Ground]:
    """Makes what scaffolds are filled with from a portrait, under the checklists that are named."""
    return grounded
