"""What a tree reveals of its product in general: its parts, how they are tested and started, what they serve and call.

Documents about the product can be filled in from it. It judges nothing: that is for probes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Container", "Endpoint", "Keeper", "Part", "Person", "Portrait"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the product with a manifest of its own.

    Commands are put together from names that were checked to be plain words, and run in `folder` ("" is the root); one
    that the tree does not show is "". `language` is "python" or "node".
    """

    folder: str
    language: str
    manager: str
    install: str
    test: str = ""
    lint: str = ""
    types: str = ""
    version: str = ""
    """Of the language, as the manifest asks for it; "" where it asks for none."""
    audit: str = ""
    locked: str = ""
    """The lock file, relative to the root; "" without one."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One served route, as it is written in the code. `public` is one that is usually open: health, login, webhooks."""

    methods: tuple[str, ...]
    path: str
    framework: str
    place: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class Container:
    """One service of the compose file. `image` is "" where it is built from this tree."""

    name: str
    image: str


@dataclass(frozen=True, slots=True)
class Person:
    """One author in git's history with the number of recent commits; `owner` is how a code-owners file names them."""

    name: str
    owner: str
    commits: int


@dataclass(frozen=True, slots=True)
class Keeper:
    """A top folder and those who committed to it most of late, as a code-owners file names them."""

    folder: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A product as its tree shows it. Every text is untrusted, and none holds a secret that is known by its shape."""

    name: str = ""
    parts: tuple[Part, ...] = ()
    frameworks: tuple[str, ...] = ()
    """Of the serving side, the one with most routes first."""
    application: str = ""
    """The file that makes the application of the first framework."""
    endpoints: tuple[Endpoint, ...] = ()
    health: str = ""
    """The route that answers whether it is up; "" where none was found."""
    port: int = 0
    """0 where it is not known."""
    port_from: str = ""
    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    """Where models are called, as `path:line`."""
    databases: tuple[str, ...] = ()
    compose: str = ""
    containers: tuple[Container, ...] = ()
    images: tuple[str, ...] = ()
    """The Dockerfiles."""
    platforms: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    """Names of Kubernetes workloads."""
    startable: tuple[str, ...] = ()
    """Databases and caches of the compose file that start without a setting of one's own."""
    keepers: tuple[Keeper, ...] = ()
    """The top folders that hold code of the product."""
    workflows: bool = False
    """Whether there are workflows of GitHub."""
    people: tuple[Person, ...] = ()
    tag: str = ""
    """The newest version tag."""
    trouble: str = ""
    """What could not be told, and why; "" where everything was looked at."""
