"""What a job really runs: its shell lines, followed through make, npm, task, tox and other named scripts."""

from __future__ import annotations

import itertools
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checks.observation import Location
from checks.readers.scripts import DEFAULT
from checks.readers.shell import Simple, split, unwrapped

if TYPE_CHECKING:
    from checks.readers.manifests import Manifests, Script
    from checks.readers.workflows import Job, Step
    from checks.tree import Tree

_MOST_DEPTH = 8
_MOST_COMMANDS = 2000
_NPM_OWN = frozenset(
    {"add", "audit", "cache", "ci", "config", "create", "dedupe", "dlx", "exec", "explain", "help", "info", "init"}
    | {"install", "i", "link", "list", "ls", "outdated", "pack", "publish", "prune", "rebuild", "remove", "repl"}
    | {"set", "up", "update", "upgrade", "version", "view", "whoami", "x"}
)
_NPM_SHORT = frozenset({"test", "t", "start", "stop", "restart"})
_WORD = re.compile(r"[A-Za-z0-9_@:./+-]+")


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it is run. `words` have wrappers such as `uv run` and `sudo` taken off.

    `folder` is where it runs ("" is the root); `path` and `line` where the CI step stands; `via` the scripts that led
    to it, outermost first. `missing` names scripts, files or folders it needs and the tree has not: then it fails, or
    runs nothing. `tolerated` says that its failure is ignored.
    """

    words: tuple[str, ...]
    folder: str
    path: str
    line: int
    via: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tolerated: bool = False
    variables: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The program's name without its folder, as in "pytest"; `python -m pytest` counts as "pytest"."""
        return self.words[0].rsplit("/", 1)[-1] if self.words else ""

    @property
    def text(self) -> str:
        """The command as one line."""
        return " ".join(self.words)

    @property
    def location(self) -> Location:
        """Where the CI step that runs it stands."""
        return Location(self.path, self.line)


def expand(job: Job, tree: Tree, manifests: Manifests) -> Iterator[Command]:
    """The commands of a job's steps, scripts followed; at most 2,000."""
    expander = _Expander(tree, manifests)
    for step in job.steps:
        run = "pre-commit run" if step.uses.startswith("pre-commit/action@") else step.run
        if run and not step.never:
            yield from expander.step(step, run, tolerated=job.tolerated or step.tolerated)


_ENDS_WELL = re.compile(r"(?m)^(?:exit 0|true|:)[ \t]*(?:#.*)?\s*\Z")
"""The last line of a script that ends well however its commands did, unless it stops at the first that fails."""
_STOPS = re.compile(
    r"(?m)^#!.*\s-\w*e|\bset\s+-\w*e|\bset\s+-o\s+errexit|^\s*exit\s+[^0\s]|\|\|\s*exit\s+[^0\s]|\btrap\b"
)


class _Expander:
    def __init__(self, tree: Tree, manifests: Manifests) -> None:
        self._tree = tree
        self._manifests = manifests
        self._count = 0

    def step(self, step: Step, run: str, *, tolerated: bool) -> Iterator[Command]:
        start = Command((), _join("", step.folder), step.path, step.line, tolerated=tolerated)
        if start.folder and "$" not in start.folder and not self._tree.exists(start.folder):
            start = replace(start, missing=(start.folder,))
        yield from self._text(run, start, ())

    def _text(self, text: str, at: Command, seen: tuple[str, ...]) -> Iterator[Command]:
        folder = at.folder
        for simple in split(text):
            if simple.words[:1] == ("cd",):
                target = simple.words[1] if len(simple.words) > 1 else ""
                folder = folder if "$" in target or target in {"-", ""} else _join(folder, target)
                continue
            yield from self._simple(simple, replace(at, folder=folder), seen)

    def _simple(self, simple: Simple, at: Command, seen: tuple[str, ...]) -> Iterator[Command]:
        self._count += 1
        if self._count > _MOST_COMMANDS:
            return
        words, folder, service = unwrapped(simple.words, at.folder)
        if not words:
            return
        if service:
            folder = self._service_folder(service) or folder
        made = replace(
            at,
            words=words,
            folder=folder,
            tolerated=at.tolerated or simple.tolerated,
            variables=(*at.variables, *simple.variables),
        )
        yield from self._followed(made, seen)

    def _followed(self, made: Command, seen: tuple[str, ...]) -> Iterator[Command]:
        follow = self._follower(made)
        if follow is None:
            if made.program in {"yarn", "pnpm", "bun"} and made.words[1:] and made.words[1] not in _NPM_OWN | {"test"}:
                # `yarn vitest` runs an installed program, which may itself run scripts: `pnpm turbo test`
                yield from self._followed(replace(made, words=made.words[1:]), seen)
                return
            yield replace(made, missing=(*made.missing, *self._missing_paths(made)))
            return
        scripts, names = follow
        if not scripts:
            yield replace(made, missing=(*made.missing, *names))
            return
        yield made
        for label, folder, text in scripts:
            if label not in seen and len(seen) < _MOST_DEPTH:
                inner = replace(made, words=(), folder=folder, via=(*made.via, label))
                yield from self._text(text, inner, (*seen, label))

    # -- what a command leads to ------------------------------------------------------------------------------------

    def _follower(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        """The scripts a command runs as (label, folder, text), or the names it wanted; None for a plain command."""
        program = made.program
        if program in {"npm", "pnpm", "yarn", "bun"}:
            return self._npm(made)
        if program == "deno" and made.words[1:2] == ("task",):
            return self._npm(replace(made, words=("deno", "run", *made.words[2:])))
        if program in {
            "turbo",
            "nx",
            "lerna",
            "run-s",
            "run-p",
            "npm-run-all",
            "npm-run-all2",
            "concurrently",
            "wireit",
        }:
            return self._workspace(made)
        if program in {"make", "gmake", "task", "just", "poe", "pdm", "hatch"}:
            return self._named(made)
        if program in {"tox", "nox"}:
            return self._sessions(made)
        if program in {"pre-commit", "prek"} and "run" in made.words:
            return self._hooks(made)
        is_script = made.words[0].endswith((".sh", ".bash")) or self._has_shebang(made)
        if program in {"bash", "sh", "zsh", "dash", "source", "."} or is_script:
            return self._shell(made)
        return None

    def _npm(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        words, folder, filtered = _without_options(made)
        if words[:1] == ("workspaces",):
            words, filtered = words[2:] if words[1:2] == ("foreach",) else words[1:], "*"
        if words[:1] == ("workspace",) and len(words) > 2:  # noqa: PLR2004 - yarn workspace NAME SCRIPT
            filtered, words = words[1], words[2:]
        if words[:1] in {("run",), ("run-script",)}:
            words = words[1:]
        elif not words or words[0] in _NPM_OWN or (made.program == "npm" and words[0] not in _NPM_SHORT):
            return None
        elif made.program == "bun" and words[0] == "test":
            return None  # bun's own test runner
        if not words:
            return None
        name = {"t": "test"}.get(words[0], words[0])
        scripts = self._npm_scripts(name, folder, filtered)
        if not scripts and made.program in {"yarn", "pnpm", "bun"} and not filtered and made.words[1] != "run":
            return None  # `yarn vitest` runs an installed program
        if not scripts and made.program == "bun" and "." in name:
            return None  # `bun run file.ts`
        return self._npm_texts(scripts), (f"script {name} in {folder or '.'}/package.json",)

    def _npm_scripts(self, name: str, folder: str, filtered: str) -> list[Script]:
        if not filtered:
            found = self._manifests.script("npm", name, folder)
            return [found] if found else []
        folders = {
            package.folder
            for package in self._manifests.packages
            if package.ecosystem == "node"
            and (
                filtered == "*" or filtered.strip("./{}") in {package.name, package.folder, package.name.split("/")[-1]}
            )
        }
        found_in = [item for item in self._manifests.scripts if item.runner == "npm" and item.name == name]
        return [item for item in found_in if item.folder in folders]

    def _npm_texts(self, scripts: list[Script]) -> list[tuple[str, str, str]]:
        texts: list[tuple[str, str, str]] = []
        for script in scripts:
            for name in (f"pre{script.name}", script.name, f"post{script.name}"):
                part = self._manifests.script("npm", name, script.folder)
                if part:
                    texts.append((_label(part), part.folder, "\n".join(part.commands)))
        return texts

    def _workspace(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        names = [
            word for word in made.words[1:] if not word.startswith("-") and word not in {"run", "run-many", "affected"}
        ]
        for option in ("-t", "--target", "--targets"):
            if option in made.words[:-1]:
                rest = made.words[made.words.index(option) + 1 :]
                plain = itertools.takewhile(lambda word: not word.startswith("-"), rest)
                names = [name for word in plain for name in word.split(",")]
        if made.program in {"turbo", "nx", "lerna"}:
            scripts = [item for name in names for item in self._npm_scripts(name.partition("#")[2] or name, "", "*")]
        else:
            bare = [name.removeprefix("npm:").removeprefix("npm run ").strip("'\"") for name in names]
            patterns = [re.escape(name).replace(r"\*", ".*") for name in bare]
            scripts = [
                item
                for item in self._manifests.scripts
                if item.runner == "npm"
                and item.folder == made.folder
                and any(re.fullmatch(p, item.name) for p in patterns)
            ]
        return (
            (self._npm_texts(scripts), tuple(f"script {name} in any package.json" for name in names)) if names else None
        )

    def _named(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        words, folder, _ = _without_options(made)
        runner = {"gmake": "make"}.get(made.program, made.program)
        if runner in {"pdm", "hatch"}:
            if words[:1] != ("run",):
                return None
            words = tuple(word.partition(":")[2] or word for word in words[1:2])
        words = tuple(word for word in words if "=" not in word)
        if runner == "poe":
            words = words[:1]
        if not words and runner in {"make", "just", "task"}:
            first = next((s for s in self._manifests.scripts if s.runner == runner and s.folder == folder), None)
            words = ("default",) if runner == "task" else (first.name,) if first else ()
        known = any(item.runner == runner and item.folder == folder for item in self._manifests.scripts)
        if not known and runner in {"pdm", "hatch"}:
            return None
        found: list[tuple[str, str, str]] = []
        missing: list[str] = []
        for name in words:
            texts = list(self._with_needs(runner, name, folder, ()))
            found += texts
            if not texts and _WORD.fullmatch(name):
                missing.append(f"{runner} target {name}" + (f" in {folder}" if folder else ""))
        return found, tuple(missing)

    def _with_needs(self, runner: str, name: str, folder: str, seen: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
        script = self._manifests.script(runner, name, folder)
        if script is None or name in seen or len(seen) > _MOST_DEPTH:
            return
        for need in script.needs:
            yield from self._with_needs(runner, need, folder, (*seen, name))
        yield _label(script), folder, "\n".join(script.commands).replace("$(MAKE)", "make").replace("${MAKE}", "make")

    def _sessions(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        runner, wanted = made.program, list[str]()
        for position, word in enumerate(made.words[:-1]):
            if word in {"-e", "-s", "--session", "--sessions", "--env", "-m"}:
                wanted += made.words[position + 1].split(",")
        here = [s for s in self._manifests.scripts if s.runner == runner and s.folder == made.folder]
        wanted = wanted or [name for s in here if s.name == DEFAULT for name in s.needs]
        chosen = [s for s in here if not wanted or s.name.split("-")[0] in wanted or s.name in wanted]
        if runner == "tox" and any("$" in name or name not in {s.name for s in chosen} for name in wanted):
            chosen += [s for s in here if s.name == "testenv"]  # py312 and the like have no section of their own
        texts = [(_label(s), s.folder, "\n".join(s.commands)) for s in chosen]
        return texts, (f"{runner} configuration in {made.folder or '.'}",)

    def _hooks(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
        """What hooks run, with their arguments: the one that is named, else all but those kept for being named."""
        from checks.readers.plain import mapping, read_yaml, sequence

        path = ".pre-commit-config.yaml"
        if not self._tree.exists(path):
            return [], (path,)
        hooks = [
            mapping(hook)
            for document in read_yaml(self._tree, path, [])
            for repository in sequence(mapping(document).get("repos"))
            for hook in sequence(mapping(repository).get("hooks"))
        ]
        named = set(made.words[made.words.index("run") + 1 :])
        asked = [hook for hook in hooks if str(hook.get("id")) in named]
        kept_back = () if "manual" in named else ("manual", "pre-push", "push", "commit-msg")
        chosen = asked or [hook for hook in hooks if not _only_at(hook.get("stages"), kept_back)]
        lines = [str(hook.get("entry") or hook.get("id") or "").replace("\n", " ") for hook in chosen]
        given = [shlex.join(str(word) for word in sequence(hook.get("args"))) for hook in chosen]
        return [(path, "", "\n".join(f"{line} {more}".rstrip() for line, more in zip(lines, given, strict=True)))], ()

    def _shell(self, made: Command) -> tuple[list[tuple[str, str, str]], tuple[str, ...]] | None:
        words = list(made.words)
        if made.program in {"bash", "sh", "zsh", "dash"}:
            if "-c" in words[:-1]:
                return [("sh -c", made.folder, words[words.index("-c") + 1])], ()
            words = [word for word in words[1:] if not word.startswith(("-", "+"))]
        elif made.program in {"source", "."}:
            words = words[1:]
        if not words or "$" in words[0] or words[0].startswith(("/", "~", "<")):
            return None
        path = _join(made.folder, words[0])
        if path.rsplit("/", 1)[-1] == "activate":
            return None
        text = self._tree.text(path) if self._tree.exists(path) else None
        if text is not None and _ENDS_WELL.search(text) and not (_STOPS.search(text) or "-e" in made.words):
            text = f"set +e\n{text}"
        return ([(path, made.folder, text)], ()) if text is not None else ([], (path,))

    def _has_shebang(self, made: Command) -> bool:
        """Whether the program is a file of the tree that says it is a shell script, whatever its name."""
        path = _join(made.folder, made.words[0]) if "/" in made.words[0] and not made.words[0].startswith("/") else ""
        first = (self._tree.text(path) or "").split("\n", 1)[0] if self._tree.file(path) else ""
        return first.startswith("#!") and re.search(r"\b(ba|da|z|k)?sh\b", first) is not None

    def _service_folder(self, service: str) -> str:
        """The folder whose image a compose service runs: what it builds, or the folder of its name."""
        from checks.readers import compose

        built = next((item.build for item in compose.read(self._tree, []) if item.name == service and item.build), "")
        if built and built != ".":
            return built if self._tree.exists(built) else ""
        return service if not built and self._tree.exists(service) else ""

    def _missing_paths(self, made: Command) -> tuple[str, ...]:
        """Files and folders a test runner, interpreter or checker is given that the tree has not."""
        paths: Callable[[str], bool] = _PATH_OF.get(made.program, lambda _: False)
        named = [word.split("::", 1)[0] for word in made.words[1:] if not word.startswith("-") and "$" not in word]
        if made.program in {"python", "python3", "node", "tsx", "ts-node"}:
            named = [] if {"-m", "-c", "-e"}.intersection(made.words) else named[:1]
        wanted = [word for word in named if paths(word) and not any(sign in word for sign in "*?{}[]=,")]
        return tuple(word for word in wanted if not self._tree.exists(_join(made.folder, word)))


def _only_at(stages: object, kept_back: tuple[str, ...]) -> bool:
    """Whether a hook runs at such stages alone."""
    return isinstance(stages, list) and bool(stages) and all(str(stage) in kept_back for stage in stages)


def _is_test_path(word: str) -> bool:
    return "/" in word or word.endswith((".py", ".ts", ".js"))


_PATH_OF: dict[str, Callable[[str], bool]] = {
    "pytest": lambda word: _is_test_path(word) or word in {"tests", "test"},
    "py.test": _is_test_path,
    "python": lambda word: word.endswith(".py"),
    "python3": lambda word: word.endswith(".py"),
    "node": lambda word: word.endswith((".js", ".mjs", ".cjs")) and not word.startswith("dist"),
    "tsx": lambda word: word.endswith((".ts", ".tsx")),
    "ts-node": lambda word: word.endswith(".ts"),
    "coverage": lambda word: word.endswith(".py"),
    "mypy": lambda word: _is_test_path(word) and not word.startswith("/"),
}


def _without_options(made: Command) -> tuple[tuple[str, ...], str, str]:
    """A runner's words after its program without options, the folder they choose, and its workspace filter."""
    folder, filtered, kept, words = made.folder, "", list[str](), list(made.words[1:])
    while words:
        word = words.pop(0)
        option, _, value = word.partition("=")
        if option in {"-C", "--prefix", "--cwd", "--dir", "--directory", "-d", "-F", "--filter", "-w", "--workspace"}:
            value = value or (words.pop(0) if words else "")
            if option in {"-F", "--filter", "-w", "--workspace"}:
                filtered = value
            else:
                folder = _join(folder, value)
        elif option in {"-r", "--recursive", "-ws", "--workspaces", "--parallel", "-A", "--all"} and not kept:
            filtered = "*"
        elif word == "--":
            break
        elif option in {"-f", "-j", "-t", "--file", "--taskfile"} and not value:
            words[:1] = []
        elif not word.startswith("-"):
            kept.append(word)
    return tuple(kept), folder, filtered


def _label(script: Script) -> str:
    return f"{script.path}:{script.name}"


def _join(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path)) if path else folder
    return "" if joined in {".", "/"} else joined.removeprefix("./")
