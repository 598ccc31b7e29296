"""How the product is packaged and deployed: images, compose services, Kubernetes, Terraform, platform files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.observation import Unread

if TYPE_CHECKING:
    from checks.tree import Tree

_IDLES = re.compile(r"\bsleep (?:inf|\d{4,}|\d+[dh])|\btail -[fF] /dev/null|\bwhile (?:true|:)\s*;?\s*do\s+sleep\b")


@dataclass(frozen=True, slots=True)
class Stage:
    """One build stage. `image` is what it starts from, with build arguments filled in; "" for an earlier stage.

    `base` is the earlier stage it starts from, "" for an image. `user` is the last USER, "" if none.
    """

    name: str
    image: str
    line: int
    base: str = ""
    user: str = ""
    healthcheck: str = ""
    command: str = ""
    entrypoint: str = ""
    runs: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def exec_form(self) -> bool:
        """Whether what starts the process is a JSON array, so that it gets signals itself and not its shell."""
        return (self.entrypoint or self.command).lstrip().startswith("[")

    @property
    def digest(self) -> bool:
        """Whether the image is pinned to a digest."""
        return "@sha256:" in self.image

    @property
    def tag(self) -> str:
        """The image's tag, "" if it has none."""
        last = self.image.split("@", 1)[0].rsplit("/", 1)[-1]
        return last.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """One Dockerfile. `final` is the stage that is shipped, with what it inherits from earlier stages filled in.

    `drops_privileges` names the entry-point script that switches to another user (gosu, su-exec, setpriv …), "" if
    none does.
    """

    path: str
    stages: tuple[Stage, ...]
    final: Stage
    drops_privileges: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One compose service, with the files that extend it merged as compose does by name."""

    name: str
    path: str
    line: int
    image: str = ""
    build: str = ""
    dockerfile: str = ""
    inline: str = ""
    """A Dockerfile that stands in the compose file itself."""
    inline_line: int = 0
    command: str = ""
    healthcheck: bool = False
    replicas: int | None = None
    user: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    stop_grace: str = ""
    restart: str = ""
    init: bool = False
    limits: bool = False

    @property
    def idles(self) -> bool:
        """Whether it only stays up for somebody who opens a shell in it, as the containers of developers do."""
        return bool(_IDLES.search(self.command))


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a Kubernetes workload."""

    name: str
    image: str
    line: int
    liveness: bool = False
    readiness: bool = False
    requests: bool = False
    limits: bool = False
    runs_as_non_root: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One Kubernetes object. `templated` marks Helm and like templates, whose content cannot be told without values."""

    kind: str
    name: str
    path: str
    line: int
    containers: tuple[Container, ...] = ()
    replicas: int | None = None
    templated: bool = False
    spec: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_workload(self) -> bool:
        """Whether it keeps containers running."""
        return self.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout"}


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """One Terraform resource, found by pattern: its type and name, not its evaluated settings."""

    kind: str
    name: str
    path: str
    line: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """One file of a hosting platform. `data` is its content where it is a table; `commands` what it starts."""

    platform: str
    path: str
    data: Mapping[str, object] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    serverless: bool = False


class Containers:
    """Everything a tree says about packaging and deployment."""

    def __init__(
        self,
        dockerfiles: tuple[Dockerfile, ...],
        services: tuple[Service, ...],
        resources: tuple[Resource, ...],
        infrastructure: tuple[Infrastructure, ...],
        platforms: tuple[PlatformFile, ...],
    ) -> None:
        self.dockerfiles = dockerfiles
        self.services = services
        self.resources = resources
        self.infrastructure = infrastructure
        self.platforms = platforms

    @classmethod
    def read(cls, tree: Tree, unread: list[Unread]) -> Containers:
        """Read every such file of the tree."""
        from checks.readers import compose, dockerfile, kubernetes, platforms

        services = tuple(compose.read(tree, unread))
        inline = (dockerfile.inline(item.path, item.inline, item.inline_line) for item in services if item.inline)
        return cls(
            (*dockerfile.read(tree, unread), *(item for item in inline if item)),
            services,
            tuple(kubernetes.read(tree, unread)),
            tuple(platforms.terraform(tree, unread)),
            tuple(platforms.read(tree, unread)),
        )

    @property
    def for_developers(self) -> frozenset[str]:
        """The compose files in which nothing that is built there runs: all of it idles until somebody opens a shell."""
        built = [item for item in self.services if item.build]
        return frozenset(item.path for item in built if item.idles) - {item.path for item in built if not item.idles}

    @property
    def commands(self) -> tuple[tuple[str, str], ...]:
        """What containers and platforms start, as (path, command line)."""
        found = [
            (item.path, text)
            for item in self.dockerfiles
            for text in (item.final.entrypoint, item.final.command)
            if text
        ]
        found += [(item.path, item.command) for item in self.services if item.command]
        found += [(item.path, text) for item in self.platforms for text in item.commands]
        found += [(item.path, box.command) for item in self.resources for box in item.containers if box.command]
        return tuple(found)
