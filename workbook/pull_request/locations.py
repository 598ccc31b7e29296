"""Where each host looks for the template of a pull request, in which order, and under which names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Final

from workbook.errors import Refused


class Host(StrEnum):
    """Who shows the pull request. `OTHER` keeps templates in its settings, so the text is pasted there."""

    GITHUB = "github"
    GITLAB = "gitlab"
    FORGEJO = "forgejo"
    GITEA = "gitea"
    AZURE = "azure"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Convention:
    """One host's rules. Names count in any case; folders are relative to the root, the preferred one first."""

    new: str
    """Where a first template goes."""
    folders: tuple[str, ...] = ()
    """Where the one template that is taken by itself may be."""
    several: tuple[str, ...] = ()
    """Folders that hold several templates to choose from."""
    endings: tuple[str, ...] = (".md",)
    default: str = ""
    """The name that is taken by itself among several."""


_NAME: Final = "pull_request_template"
_AZURE: Final = (".azuredevops", ".vsts", "docs", "")

CONVENTIONS: Final[Mapping[Host, Convention]] = {
    Host.GITHUB: Convention(
        new=f".github/{_NAME}.md",
        folders=(".github", "", "docs"),
        several=(f".github/{_NAME}", _NAME, f"docs/{_NAME}"),
        endings=(".md", ".txt"),
    ),
    Host.GITLAB: Convention(
        new=".gitlab/merge_request_templates/Default.md",
        several=(".gitlab/merge_request_templates",),
        default="default.md",
    ),
    Host.FORGEJO: Convention(new=f".forgejo/{_NAME}.md", folders=(".forgejo", ".gitea", ".github", "", "docs")),
    Host.GITEA: Convention(new=f".gitea/{_NAME}.md", folders=(".gitea", ".github", "", "docs")),
    Host.AZURE: Convention(
        new=f".azuredevops/{_NAME}.md",
        folders=_AZURE,
        several=tuple(f"{folder}/{_NAME}{below}".lstrip("/") for folder in _AZURE for below in ("", "/branches")),
        endings=(".md", ".txt"),
    ),
}
"""Every host that reads templates from the repository."""

_SIGNS: Final = (
    (Host.GITHUB, ".github"),
    (Host.GITLAB, ".gitlab"),
    (Host.GITLAB, ".gitlab-ci.yml"),
    (Host.FORGEJO, ".forgejo"),
    (Host.GITEA, ".gitea"),
    (Host.AZURE, ".azuredevops"),
    (Host.AZURE, ".vsts"),
    (Host.AZURE, "azure-pipelines.yml"),
    (Host.OTHER, "bitbucket-pipelines.yml"),
)
"""What in a repository tells its host, most telling first."""


def guessed(root: Path) -> Host:
    """The host a repository is made for, by what lies in it; GitHub where nothing tells."""
    return next((host for host, sign in _SIGNS if (root / sign).exists()), Host.GITHUB)


def found(root: Path, host: Host) -> tuple[Path, ...]:
    """The templates a host would find, relative to the root, in its order: what it takes by itself comes first."""
    rules = CONVENTIONS.get(host)
    if rules is None:
        return ()
    alone = [
        path
        for folder in rules.folders
        for path in _files(root, folder)
        if path.stem.lower() == _NAME and path.suffix.lower() in rules.endings
    ]
    among = [path for folder in rules.several for path in _files(root, folder) if path.suffix.lower() in rules.endings]
    among.sort(key=lambda path: path.name.lower() != rules.default)
    return tuple(dict.fromkeys((*alone, *among)))


def everywhere(root: Path) -> tuple[Path, ...]:
    """The templates of any host, relative to the root."""
    return tuple(dict.fromkeys(path for host in CONVENTIONS for path in found(root, host)))


def target(root: Path, host: Host) -> Path:
    """The template a host's block belongs in: the one it takes by itself, else the only one, else a new one.

    Raises:
        Refused: there are several to choose from, or the host keeps none in the repository.
    """
    if host not in CONVENTIONS:
        raise Refused("this host keeps templates in its settings", "paste the text: readiness pr write --host other")
    rules, there = CONVENTIONS[host], found(root, host)
    if not there:
        return Path(rules.new)
    first = there[0]
    if first.stem.lower() == _NAME or first.name.lower() == rules.default or len(there) == 1:
        return first
    raise Refused(
        f"there are several templates: {', '.join(map(str, there))}", "name those that should have it with --file"
    )


def known(name: str) -> Path:
    """A path given by a person, as one where some host looks for templates.

    Raises:
        Refused: no host does.
    """
    path = PurePosixPath(name)
    folder = "" if str(path.parent) == "." else str(path.parent).lower()
    for rules in CONVENTIONS.values():
        ending = path.suffix.lower() in rules.endings
        alone = folder in rules.folders and path.stem.lower() == _NAME
        if ending and ".." not in path.parts and (alone or folder in rules.several):
            return Path(path)
    raise Refused(
        f"no host looks for a pull-request template at {name}",
        "name one below .github, .gitlab or docs, as in the docs",
    )


def _files(root: Path, folder: str) -> Iterator[Path]:
    """The files of a folder, whose last name counts in any case; no folder is reached through a link."""
    here = root
    for part in PurePosixPath(folder).parts:
        real = here / part
        if not real.is_dir():
            real = next((one for one in _listed(here) if one.name.lower() == part.lower()), real)
        if real.is_symlink() or not real.is_dir():
            return
        here = real
    yield from (entry.relative_to(root) for entry in _listed(here) if entry.is_symlink() or entry.is_file())


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
