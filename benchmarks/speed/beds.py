"""Repositories to measure on: synthetic ones of any size, the same on every machine, or copies of real ones."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

COMMITS = 20
"""Of the history of a synthetic bed."""

MIX = {".py": 45, ".ts": 18, ".tsx": 12, ".js": 5, ".json": 8, ".yaml": 6, ".md": 6}
"""Files of each kind in a hundred."""

PLANTED = 0.01
"""How often a function holds one of the things that code rules look for: about a third of a finding a file, as measured
on an application. More of them would be a bed of its own kind."""

NOUNS = (
    "account",
    "basket",
    "channel",
    "digest",
    "event",
    "filter",
    "gateway",
    "invoice",
    "ledger",
    "message",
    "order",
)
VERBS = ("load", "merge", "check", "render", "store", "fetch", "split", "rank", "update", "list")

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ana Example", "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Bo Sample", "GIT_COMMITTER_EMAIL": "bo@example.com",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/local/bin:/usr/bin:/bin",
    "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0",
}  # fmt: skip
"""Git packs by itself after a commit that made many objects, in the background: it would remove folders while the next
commit writes into them, which then fails, and run beside what is measured."""


def synthetic(place: Path, files: int) -> Path:
    """A repository of so many files with a history, in the new folder `place`."""
    chance = random.Random(files)  # noqa: S311  # the same bed on every machine, no secret
    kinds = list(MIX)
    written = 0
    git(place.parent, "init", "-q", "-b", "main", str(place))
    for number in range(COMMITS):
        while written < files * (number + 1) // COMMITS:
            kind = chance.choices(kinds, weights=list(MIX.values()))[0]
            path = (
                place
                / "src"
                / f"{chance.choice(NOUNS)}s"
                / f"part{written // 200}"
                / f"{_name(chance)}_{written}{kind}"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(_lines(chance, kind)) + "\n", encoding="utf-8")
            written += 1
        if number + 1 == COMMITS:
            # As in a clone that somebody works in: packed, but for what came last.
            git(place, "repack", "-adq")
        commit(place, f"Part {number + 1} of {COMMITS}", day=number + 1)
    return place


def copied(place: Path, source: Path) -> Path:
    """A clone of a real repository, so that the one that was named is left as it is."""
    git(place.parent, "clone", "-q", "--no-hardlinks", str(source.resolve()), str(place))
    return place


def commit(place: Path, message: str, *, day: int = 28) -> None:
    """Commit everything there is."""
    git(place, "add", "-A")
    git(place, "commit", "-qm", message, day=day)


def git(folder: Path, *arguments: str, day: int = 28) -> str:
    """Run git in a folder, away from the user's own settings."""
    when = {f"GIT_{who}_DATE": f"2026-10-{day:02}T12:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607  # the git on our own list of folders, see IDENTITY
        cwd=folder,
        env=IDENTITY | when,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _name(chance: random.Random) -> str:
    return f"{chance.choice(VERBS)}_{chance.choice(NOUNS)}"


def _lines(chance: random.Random, kind: str) -> Iterator[str]:
    match kind:
        case ".py":
            yield from _python(chance)
        case ".json":
            rows = [{"id": n, "name": _name(chance), "on": bool(n % 3)} for n in range(chance.randint(10, 120))]
            yield json.dumps(rows, indent=2)
        case ".yaml":
            yield from (f"{_name(chance)}_{n}:\n  replicas: {n % 5}\n  image: example/{n}" for n in range(20))
        case ".md":
            yield from (f"## {_name(chance)}\n\nWhat to know before you {_name(chance)}.\n" for _ in range(15))
        case _:
            yield from _script(chance, kind)


def _python(chance: random.Random) -> Iterator[str]:
    yield '"""Part of a synthetic service."""\n\nimport json\nimport logging\n\nimport requests\n\n'
    yield "log = logging.getLogger(__name__)\n\n"
    for number in range(chance.randint(4, 14)):
        name, noun = f"{_name(chance)}_{number}", chance.choice(NOUNS)
        yield f"def {name}(items, limit={number + 3}, *, strict=False):"
        yield f'    """The {noun}s that are wanted."""\n    found = {{}}\n    for index, one in enumerate(items):'
        for depth in range(chance.randint(1, 4)):
            yield f"        if one.get('{noun}_{depth}') and index > {depth}:"
            yield f"            found[one['id']] = one['{noun}_{depth}'] * {depth + 2} - limit"
        yield "        elif strict:\n            found.setdefault(index, one)\n            continue"
        if chance.random() < PLANTED:
            yield "        else:\n            log.warning('left out %s', index)"
        if chance.random() < PLANTED:
            yield f"    requests.get(f'https://example.com/{noun}s/{{limit}}')"
        if chance.random() < PLANTED:
            query = f"SELECT * FROM {noun}s WHERE id = "  # noqa: S608  # a planted flaw: text, never run
            yield f"    cursor.execute(f'{query}{{limit}}')"
        if chance.random() < PLANTED:
            yield "    try:\n        limit += len(json.dumps(found))\n    except ValueError as error:"
            yield "        raise RuntimeError('cannot be written') from error"
        yield "    return sorted(found.items(), key=lambda pair: (pair[1], str(pair[0])))[:limit]\n\n"


def _script(chance: random.Random, kind: str) -> Iterator[str]:
    typed = kind != ".js"
    row = ": Record<string, number>[]" if typed else ""
    yield 'import { useState } from "react";\n'
    for number in range(chance.randint(4, 12)):
        noun = chance.choice(NOUNS)
        yield f"export async function {chance.choice(VERBS)}{noun.title()}{number}(rows{row}, limit = {number + 2}) {{"
        yield "  const found = [];\n  for (const row of rows) {"
        for depth in range(chance.randint(1, 4)):
            field = f"row.{noun}{depth}"
            yield f"    if ({field} > limit && row.id !== {depth}) {{\n      found.push({field} * 2);\n    }}"
        yield "  }"
        if chance.random() < PLANTED:
            yield f"  const reply = await fetch(`https://example.com/{noun}/${{limit}}`);"
            yield "  found.push(await reply.json());"
        yield "  return found;\n}\n"
    if kind == ".tsx":
        yield "export function View() {\n  const [open, setOpen] = useState(false);"
        yield '  return <button onClick={() => setOpen(!open)}>{open ? "close" : "open"}</button>;\n}'
