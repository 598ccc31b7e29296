"""Go, Rust, Ruby, Java, PHP, .NET, Elixir and Dart manifests: names and, where it is cheap, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from checks.observation import Unread
from checks.readers.manifests import Dependency
from checks.readers.plain import bounded_text, mapping, read_json, read_toml

if TYPE_CHECKING:
    from checks.tree import Tree

_LINES = {
    "go.mod": ("go", re.compile(r"^(?:require\s+)?\s*([\w.-]+\.[\w.-]+/[\w./~-]+)\s+(v[\w.+-]+)")),
    "Gemfile": ("ruby", re.compile(r"""^\s*gem\s+["']([\w-]+)["'](?:\s*,\s*["']([^"']+)["'])?""")),
    "mix.exs": ("elixir", re.compile(r"""^\s*\{:(\w+),\s*"([^"]+)\"""")),
    "build.gradle": ("java", re.compile(r"""^\s*\w+[\s(]+["']([\w.-]+:[\w.-]+)(?::([\w.$-]+))?["']""")),
    "build.gradle.kts": ("java", re.compile(r"""^\s*\w+\(\s*["']([\w.-]+:[\w.-]+)(?::([\w.$-]+))?["']""")),
}
_ARTIFACT = re.compile(r"<dependency>.*?<artifactId>\s*([\w.-]+)\s*</artifactId>(.*?)</dependency>", re.DOTALL)
_PACKAGE_REFERENCE = re.compile(r'<PackageReference\s+Include="([\w.-]+)"(?:\s+Version="([^"]+)")?')


def read(tree: Tree, paths: Iterable[str], unread: list[Unread]) -> tuple[Dependency, ...]:
    """The dependencies of every other manifest among `paths`."""
    return tuple(item for path in paths for item in _one(tree, path, unread))


def _one(tree: Tree, path: str, unread: list[Unread]) -> Iterator[Dependency]:
    name = path.rsplit("/", 1)[-1]
    if name in _LINES:
        yield from _by_line(path, name, bounded_text(tree, path, unread))
    elif name == "Cargo.toml":
        table = read_toml(tree, path, unread)
        for kind, dev in (("dependencies", False), ("dev-dependencies", True), ("build-dependencies", False)):
            for crate, wanted in mapping(table.get(kind)).items():
                version = wanted if isinstance(wanted, str) else mapping(wanted).get("version", "")
                yield Dependency("rust", str(crate), str(version), path, 0, dev)
    elif name == "composer.json":
        yield from _composer(path, read_json(tree, path, unread))
    elif name == "pom.xml":
        for match in _ARTIFACT.finditer(bounded_text(tree, path, unread)):
            yield Dependency("java", match[1], "", path, 0, "<scope>test" in match[2])
    elif name.endswith((".csproj", ".fsproj")):
        for match in _PACKAGE_REFERENCE.finditer(bounded_text(tree, path, unread)):
            yield Dependency("dotnet", match[1].lower(), match[2] or "", path)


def _by_line(path: str, name: str, text: str) -> Iterator[Dependency]:
    ecosystem, pattern = _LINES[name]
    for number, line in enumerate(text.splitlines(), 1):
        match = pattern.match(line)
        if match:
            dev = "test" in line.lower().split("(")[0]
            yield Dependency(ecosystem, match[1], match[2] or "", path, number, dev)


def _composer(path: str, data: dict[str, Any]) -> Iterator[Dependency]:
    for kind, dev in (("require", False), ("require-dev", True)):
        for package, version in mapping(data.get(kind)).items():
            if "/" in str(package):
                yield Dependency("php", str(package), str(version), path, 0, dev)
