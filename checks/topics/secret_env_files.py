"""Committed environment files: which lines of them hold a secret, or a value that lets everybody in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.files.kinds import is_vendored
from checks.observation import Location
from checks.secrets import shapes
from checks.topics.secret_defaults import NOT_DEPLOYED, THROWN_AWAY, address_nearby

if TYPE_CHECKING:
    from checks.look import Look

ENV_FILE = re.compile(r"(?:^|/)\.env(?:\.[\w.-]+)?$|(?:^|/)[\w-]+\.env$")
_EXAMPLE = re.compile(r"(?i)example|sample|template|dist|defaults?|schema|ci$|test")
WORKING_DEFAULT = re.compile(
    r"(?i)change[_-]?(?:this|me|it)|(?:super[_-]?)?secret|password|admin|postgres|root|test|dev"
)
"""Values that nobody would call secret, and that let everybody in where they are left as they stand."""
_TELLING = re.compile(r"(?i)secret|passw")
_NAMES_KEY = re.compile(r"(?i)secret|passw|token|key|credential")
_PUBLIC = re.compile(r"(?i)publishable|public|anon")
_IN_THE_BROWSER = re.compile(r"(?i)^(?:export\s+)?(?:VITE|REACT_APP|VUE_APP|GATSBY|EXPO_PUBLIC|NEXT_PUBLIC|PUBLIC)_")
"""Names whose values a build writes into pages, where everybody reads them."""
NO_PROVIDER = re.compile(r"private key|JSON web token|password in a URL|connection string|^value|test|webhook")
"""Kinds that tests and examples make up for themselves, or that open nothing real."""
_LONG = 16


def committed(look: Look) -> list[str]:
    """The environment files that git keeps, examples left out."""
    return [path for path in _kept(look) if not _is_example(path)]


def _is_example(path: str) -> bool:
    return bool(_EXAMPLE.search(path.rsplit("/", 1)[-1].removeprefix(".env")))


def _kept(look: Look) -> list[str]:
    paths = [path for path in look.tree.named_like(ENV_FILE) if not is_vendored(path)]
    if look.git is not None:
        paths = [path for path in paths if look.tree.is_tracked(path)]
    return paths


def graded(look: Look, path: str) -> Iterator[tuple[Location, str]]:
    """The lines of a committed file that hold a "secret", or something "doubtful"."""
    for number, line in enumerate((look.tree.text(path) or "").splitlines(), start=1):
        if grade := _grade(path, line):
            yield Location(path, number), grade


def in_force(look: Look) -> Iterator[tuple[Location, str]]:
    """What the product runs with where nobody overrides it: a "secret", or a "default" that everybody knows.

    Files of developers, tests and jobs count only where they hold the key of a provider.
    """
    for path in committed(look):
        lines = (look.tree.text(path) or "").splitlines()
        aside = NOT_DEPLOYED.search(path) or THROWN_AWAY.search(path)
        for place, grade in graded(look, path):
            name, _, value = _parts(lines[place.line - 1])
            if _IN_THE_BROWSER.search(name) or _PUBLIC.search(name):
                continue
            if grade == "secret" and (not aside or shapes.known(value)):
                yield place, "secret"
            elif not aside and WORKING_DEFAULT.fullmatch(value) and _TELLING.search(name):
                yield place, "default"


def live_in_examples(look: Look) -> Iterator[Location]:
    """Lines of examples where somebody left a key with the format of a provider, which opens something."""
    for path in _kept(look):
        for number, line in enumerate((look.tree.text(path) or "").splitlines() if _is_example(path) else (), start=1):
            name, separator, value = _parts(line)
            if not separator or _IN_THE_BROWSER.search(name) or _PUBLIC.search(name) or "_test_" in value:
                continue
            if not shapes.PLACEHOLDER.search(value) and shapes.entropy(value) >= shapes.MIN_ENTROPY:
                yield from (Location(path, number) for one in shapes.known(value) if not NO_PROVIDER.search(one.kind))


def _parts(line: str) -> tuple[str, str, str]:
    name, separator, value = line.partition("=")
    return name.strip(), separator, value.strip().strip("\"'")


def _grade(path: str, line: str) -> str:
    name, separator, value = _parts(line)
    if not separator or name.startswith("#") or not value:
        return ""
    public = _PUBLIC.search(name)
    found = list(shapes.find(value))
    ways = {address_nearby(path, value, one) for one in found}
    if ways and "" not in ways:  # an address that leads no further than the machine or its neighbors
        return "doubtful" if "default" in ways else ""
    if WORKING_DEFAULT.fullmatch(value) and _TELLING.search(name):
        return "" if THROWN_AWAY.search(path) else "doubtful"
    if shapes.PLACEHOLDER.search(value):
        return ""
    if found:
        return "doubtful" if public else "secret"
    if not _NAMES_KEY.search(name) or public:
        return ""
    return "secret" if len(value) >= _LONG and shapes.entropy(value) >= shapes.MIN_ENTROPY else "doubtful"
