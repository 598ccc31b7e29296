"""Dependencies: locked, and kept up to date by a machine."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatch

from checks.application.numbers import counted
from checks.application.wiring import answer, line_matches
from checks.application.workspaces import Workspaces
from checks.look import Look, is_product
from checks.observation import Confidence, Location, Observation, Outcome
from checks.probe import probe
from checks.readers.manifest_python import normalized
from checks.readers.manifests import Dependency
from checks.readers.plain import line_of, mapping, read_json, read_yaml, sequence
from checks.readers.shell import split, unwrapped

LOCKED = "deps.locked"
UPDATES = "deps.update-automation"

_DEPENDABOT = {
    "pip": "python", "uv": "python", "poetry": "python", "pipenv": "python", "npm": "node", "yarn": "node",
    "bun": "node",
    "pnpm": "node", "gomod": "go", "cargo": "rust", "bundler": "ruby", "composer": "php", "maven": "java",
    "gradle": "java",
    "mix": "elixir", "pub": "dart", "nuget": "dotnet", "swift": "swift", "terraform": "terraform",
}  # fmt: skip
_MANAGERS = {
    "poetry": "python", "pip_requirements": "python", "pep621": "python", "pipenv": "python", "uv": "python",
    "npm": "node",
    "bun": "node", "gomod": "go", "cargo": "rust", "bundler": "ruby", "composer": "php", "maven": "java",
    "gradle": "java",
}  # fmt: skip
_INSTALL = re.compile(r"^(pip3? install|uv pip install|npm (?:install|i)|yarn add|pnpm add|bun add) (?!.*\s-g\b)(.+)")
_RENOVATE = (
    "/renovate.json", "/renovate.json5", "/.renovaterc", "/.renovaterc.json", "/.github/renovate.json",
    "/.github/renovate.json5", "/.gitlab/renovate.json",
)  # fmt: skip


@probe(LOCKED)
def locked(look: Look) -> Observation:
    """Every manifest's dependencies have a lock file at or above it, or exact pins."""
    searched = ("manifests of every ecosystem", "lock files beside or above them")
    fix = "commit a lock file for each ecosystem and install from it"
    groups: dict[tuple[str, str], list[Dependency]] = {}
    for item in look.manifests.dependencies:
        if is_product(item.path) and item.ecosystem != "actions":
            groups.setdefault((item.ecosystem, item.path.rpartition("/")[0]), []).append(item)
    if not groups:
        if look.unread:
            said = f"no dependency was read; {counted(len(look.unread), 'file')} could not be read"
            return answer(LOCKED, Outcome.UNKNOWN, said, searched=searched)
        if undeclared := list(_undeclared(look)):
            said = "no manifest names the packages that an image installs without a version"
            return answer(LOCKED, Outcome.UNMET, said, undeclared, searched=searched, fix=fix)
        return answer(LOCKED, Outcome.NOT_APPLICABLE, "no dependencies", searched=searched, confidence=Confidence.HIGH)
    packages = look.manifests.packages
    if packages and all(item.is_library for item in packages) and not look.manifests.locks:
        return answer(
            LOCKED, Outcome.NOT_APPLICABLE, "a library, which leaves versions to its users", searched=searched
        )
    workspaces = Workspaces(look)
    loose = {key: items for key, items in groups.items() if not _is_locked(look, workspaces, *key, items)}
    if not loose and (undeclared := [place for place in _undeclared(look) if _stands_alone(look, place.path)]):
        said = "no manifest names the packages that the image of one service installs without a version"
        return answer(LOCKED, Outcome.PARTIAL, said, undeclared, searched=searched, fix=fix)
    if not loose:
        places = [Location(item.path) for item in look.manifests.locks] or [
            Location(next(iter(groups.values()))[0].path)
        ]
        return answer(
            LOCKED, Outcome.MET, "every ecosystem is locked", places, searched=searched, confidence=Confidence.HIGH
        )
    places = [Location(item.path, item.line) for items in loose.values() for item in items if not item.pinned]
    names = ", ".join(sorted({ecosystem for ecosystem, _ in loose}))
    exact = [item for items in groups.values() for item in items if item.pinned and not item.dev]
    if len(loose) == len(groups) and len(exact) < len(places):
        said = f"version ranges only, no lock file ({names})"
        return answer(LOCKED, Outcome.UNMET, said, places, searched=searched, confidence=Confidence.HIGH, fix=fix)
    said = f"not locked: {names}"
    return answer(LOCKED, Outcome.PARTIAL, said, places, searched=searched, confidence=Confidence.HIGH, fix=fix)


def _undeclared(look: Look) -> Iterator[Location]:
    """Image stages that install packages by name, without a manifest and without a version."""
    for image in look.containers.dockerfiles:
        for stage in image.stages:
            commands = (" ".join(unwrapped(one.words, "")[0]) for text in stage.runs for one in split(text))
            if any(_installs_a_range(command) for command in commands):
                yield Location(image.path, stage.line)


def _stands_alone(look: Look, image: str) -> bool:
    """Whether code stands beside the image definition, and no manifest beside, above or below it."""
    folder = image.rpartition("/")[0]
    homes = {item.path.rpartition("/")[0] for item in look.manifests.dependencies if item.ecosystem != "actions"}
    declared = any(not home or f"{folder}/".startswith(f"{home}/") or home.startswith(f"{folder}/") for home in homes)
    return bool(folder) and not declared and any(path.startswith(f"{folder}/") for path in look.source_paths())


def _installs_a_range(command: str) -> bool:
    match = _INSTALL.match(command)
    named = [word for word in match[2].split() if word[0].isalpha() or word[0] == "@"] if match else []
    return any("==" not in word and "@" not in word[1:] and "." not in word for word in named)


def _is_locked(look: Look, workspaces: Workspaces, ecosystem: str, folder: str, items: list[Dependency]) -> bool:
    if all(item.pinned for item in items):
        return True
    if workspaces.covers(ecosystem, folder) and not _installs_ranges(look, ecosystem, items):
        return True
    if ecosystem != "python":
        return False
    served = [item for item in items if not _FOR_DEVELOPERS.search(item.path)]
    if served and len(served) < len(items) and all(item.pinned for item in served):
        return True
    pins = _compiled(look, folder) | {
        name for path in {item.path for item in items} for name in _constrained(look, path)
    }
    return bool(pins) and all(item.pinned or item.name in pins for item in items)


_FOR_DEVELOPERS = re.compile(
    r"(?i)(?:^|/)(?:requirements[-_./])?(?:dev\w*|local|tests?|testing|lint|docs?|ci|typing)(?:[-_]requirements)?\.txt$"
)
"""Requirements files of tools that are not deployed: what is served decides."""


def _installs_ranges(look: Look, ecosystem: str, items: list[Dependency]) -> bool:
    """Whether an image installs from a requirements file of ranges, past the lock file beside it."""
    loose = {item.path.rsplit("/", 1)[-1] for item in items if not item.pinned and item.path.endswith(".txt")}
    runs = [text for image in look.containers.dockerfiles for stage in image.stages for text in stage.runs]
    installs = [text for text in runs if "pip install" in text and "export" not in text] if loose else []
    return ecosystem == "python" and any(
        re.search(rf"-r\s*\S*\b{re.escape(name)}", text) for name in loose for text in installs
    )


_REQUIREMENTS = re.compile(r"^(?:.*/)?requirements(?=/|$)")


def _compiled(look: Look, folder: str) -> set[str]:
    """What requirements files pin that lie beside a folder's manifests, or in a folder of requirements of theirs.

    `pip-compile` and `uv pip compile` write them from a pyproject.toml or from `.in` files with the ranges.
    """
    within = _REQUIREMENTS.match(folder)
    top = within[0] if within else posixpath.join(folder, "requirements")
    return {
        item.name
        for item in look.manifests.dependencies
        if item.pinned and item.path.endswith(".txt")
        if (at := item.path.rpartition("/")[0]) in {folder, top} or at.startswith(f"{top}/")
    }


def _constrained(look: Look, path: str) -> Iterator[str]:
    """What the constraints that a requirements file names pin, as in `-c constraints.txt`."""
    text = (look.tree.text(path) or "") if path.endswith((".txt", ".in")) else ""
    for match in re.finditer(r"(?m)^[ \t]*(?:-c|--constraint)[ =]+([\w./-]+)", text):
        named = posixpath.normpath(posixpath.join(path.rpartition("/")[0], match[1]))
        held = (look.tree.text(named) or "") if look.tree.exists(named) else ""
        for pin in re.finditer(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]\n]*\])?[ ]*===?[ ]*[\w.]+", held):
            yield normalized(pin[1])


@probe(UPDATES)
def update_automation(look: Look) -> Observation:
    """Dependabot, Renovate or a like tool is on, for every ecosystem of the tree."""
    searched = (".github/dependabot.yml", "renovate.json and its other names", "scheduled workflows")
    fix = "turn on Dependabot or Renovate for every ecosystem"
    wanted = {item.ecosystem for item in look.manifests.dependencies if is_product(item.path)}
    covered, disabled, places = _dependabot(look)
    renovate, renovate_off, renovate_places = _renovate(look, wanted)
    covered |= renovate
    places += renovate_places
    if not covered and not places:
        scheduled = _scheduled(look)
        if scheduled:
            said = "a scheduled workflow updates dependencies"
            return answer(UPDATES, Outcome.MET, said, scheduled, searched=searched)
        return answer(
            UPDATES,
            Outcome.UNMET,
            "nothing updates dependencies",
            searched=searched,
            confidence=Confidence.HIGH,
            fix=fix,
        )
    missing = sorted(wanted - covered)
    if not covered:
        why = "; ".join([*disabled, *renovate_off]) or "no ecosystem of the tree is named"
        return answer(UPDATES, Outcome.PARTIAL, f"configured, but off: {why}", places, searched=searched, fix=fix)
    if missing:
        said = f"not updated: {', '.join(missing)}"
        return answer(UPDATES, Outcome.PARTIAL, said, places, searched=searched, fix=fix)
    return answer(UPDATES, Outcome.MET, "dependencies are updated by a machine", places, searched=searched)


def _dependabot(look: Look) -> tuple[set[str], list[str], list[Location]]:
    """Ecosystems that Dependabot really updates, why others are off, and the places."""
    covered: set[str] = set()
    off: list[str] = []
    places: list[Location] = []
    for path in look.tree.match("/.github/dependabot.yml", "/.github/dependabot.yaml"):
        places.append(Location(path))
        for document in read_yaml(look.tree, path, look.noted):
            for entry in sequence(mapping(document).get("updates")):
                update = mapping(entry)
                name = str(update.get("package-ecosystem", ""))
                folders = [str(one) for one in [update.get("directory"), *sequence(update.get("directories"))] if one]
                real = [one for one in folders if _holds(look, _DEPENDABOT.get(name, name), one.strip("/"))]
                if any(_is_everything(mapping(one)) for one in sequence(update.get("ignore"))):
                    off.append(f"everything of {name} is ignored")
                    places.append(Location(path, line_of(update, "ignore")))
                elif str(update.get("open-pull-requests-limit", "")) == "0":
                    off.append(f"{name} may open no pull request")
                    places.append(Location(path, line_of(update, "open-pull-requests-limit")))
                elif not real:
                    off.append(f"the folder for {name} does not exist or holds nothing of it")
                    places.append(Location(path, line_of(update, "directory")))
                else:
                    covered.add(_DEPENDABOT.get(name, name))
    return covered, off, places[1:] if len(places) > 1 else places


def _is_everything(ignored: dict[str, object]) -> bool:
    """Whether an entry keeps every update of every dependency away, security updates aside."""
    kinds = {str(one).rsplit("-", 1)[-1] for one in sequence(ignored.get("update-types"))}
    return (
        ignored.get("dependency-name") == "*"
        and not ignored.get("versions")
        and (not kinds or kinds >= {"major", "minor", "patch"})
    )


def _holds(look: Look, ecosystem: str, folder: str) -> bool:
    """Whether a folder, or one that its pattern means, holds a manifest of the ecosystem."""
    if ecosystem not in {"node", "python"}:
        return "*" in folder or not folder or look.tree.exists(folder)  # actions, images and others have no manifest
    named = {item.path.rpartition("/")[0] for item in look.manifests.dependencies if item.ecosystem == ecosystem}
    named |= {item.folder for item in look.manifests.packages if item.ecosystem == ecosystem}
    named |= {item.folder for item in look.manifests.locks if item.ecosystem == ecosystem}
    return any(fnmatch(one, folder) for one in named)


def _renovate(look: Look, wanted: set[str]) -> tuple[set[str], list[str], list[Location]]:
    for path in look.tree.match(*_RENOVATE):
        text = look.tree.text(path) or ""
        if path.endswith("5"):
            off = bool(re.search(r"(?m)^\s{0,4}[\"']?enabled[\"']?\s*:\s*false", text))
            named = re.findall(r"enabledManagers[\"']?\s*:\s*\[([^\]]*)\]", text)
            managers = re.findall(r"[\"']([\w_-]+)[\"']", named[0]) if named else []
        else:
            settings = read_json(look.tree, path, look.noted, comments=True)
            off = settings.get("enabled") is False
            managers = [str(one) for one in sequence(settings.get("enabledManagers"))]
        if off:
            return set(), ["Renovate is switched off"], [Location(path)]
        covered = {_MANAGERS.get(one, one) for one in managers} if managers else set(wanted)
        return covered, [], [Location(path)]
    for path in look.tree.match("/package.json"):
        try:
            held = json.loads(look.tree.text(path) or "{}")
        except ValueError:
            continue
        if isinstance(held, dict) and held.get("renovate"):
            return set(wanted), [], [*line_matches(look, path, r"\"renovate\"")[:1]]
    return set(), [], []


def _scheduled(look: Look) -> list[Location]:
    """Workflows that a timer starts, update versions and open a pull request."""
    update = re.compile(
        r"(?:npm-check-updates|\bncu\b|uv lock --upgrade|poetry update|pip-compile\b.*--upgrade"
        r"|pre-commit autoupdate|renovate)"
    )
    found = []
    for workflow in look.workflows.all:
        if "schedule" not in workflow.triggers:
            continue
        for job in look.workflows.jobs_of(workflow):
            steps = " ".join(f"{step.uses} {step.run}" for step in job.steps)
            if update.search(steps) and re.search(r"create-pull-request|gh pr create|renovatebot", steps):
                found.append(job.location)
    return found
