"""Small products edited at random: what is kept of earlier looks never shows in a later one."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from benchmarks.products import Product, read_products
from checks import run
from checks.cache.store import Store
from checks.probe import Stage, probes
from checks.report_wire import pack

PRODUCTS = list(read_products(Path(__file__).parents[1] / "products"))
LOOKS = 8
WORD = re.compile(r"[A-Za-z_]{4,}")
FILES_ONLY = {signal for one in probes() if one.stage is Stage.FILES for signal in one.signals}
"""Semgrep has its own tests of what is kept, and would take most of the time."""


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ana Example", "-c", "user.email=ana@example.com", "-c", "core.autocrlf=false")
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, env=environment)


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def edited(text: str, chance: random.Random, others: list[str]) -> str:
    """A text after one change of those that people make."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    match chance.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[chance.randrange(len(lines))])
        case 2:
            lines.insert(0, "")
        case 3:
            lines.append(f"# {chance.random()}")
        case 4:
            # An import, a route or a setting of another file.
            lines.insert(at, chance.choice(chance.choice(others).split("\n")))
        case 5:
            words = sorted(set(WORD.findall(text)))
            word = chance.choice(words) if words else "x"
            return re.sub(rf"\b{word}\b", chance.choice([f"{word}_new", "requests", "timeout", "cache"]), text)
        case _:
            return chance.choice([*others, "", text + text])
    return "\n".join(lines)


def change(root: Path, chance: random.Random, pool: dict[str, str]) -> str:
    """Change one file of a tree; what was done."""
    there = sorted(str(one.relative_to(root)) for one in root.rglob("*") if one.is_file() and ".git" not in one.parts)
    path = chance.choice(there)
    others = [text for other, text in pool.items() if Path(other).suffix == Path(path).suffix] or [""]
    roll = chance.random()
    if fresh := [one for one in there if Path(one).stem == "fresh"]:
        # What said nothing when it came may say something later.
        path = chance.choice(fresh) if chance.random() < 0.4 else path
        others = [text for other, text in pool.items() if Path(other).suffix == Path(path).suffix] or [""]
    if roll > 0.85:
        other = f"{Path(path).parent}/fresh{chance.choice([Path(path).suffix, '.py', '.ts', '.md', '.css'])}"
        if not (root / other).exists():
            write(root, other, chance.choice(["", "\n", "def fresh(value):\n    return value\n"]))
        return f"with {other}"
    if roll < 0.1 and len(there) > 5:
        (root / path).unlink()
        return f"without {path}"
    if roll < 0.2:
        other = f"{Path(path).parent}/{chance.choice(['new', 'tests/test_it', 'api/inner'])}{Path(path).suffix}"
        if not (root / other).exists() and not any(one.is_file() for one in (root / other).parents):
            (root / other).parent.mkdir(parents=True, exist_ok=True)
            (root / path).rename(root / other)
        return f"{path} is {other}"
    if roll < 0.3:
        other = chance.choice(sorted(pool))
        if not any(one.is_file() for one in (root / other).parents) and not (root / other).is_dir():
            write(root, other, pool[other])
        return f"with {other}"
    write(root, path, edited((root / path).read_text(encoding="utf-8"), chance, others))
    return f"changed {path}"


@pytest.mark.parametrize("product", PRODUCTS[::6], ids=[product.name for product in PRODUCTS[::6]])
def test_looks_at_an_edited_product_are_the_same_warm_and_cold(product: Product, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)  # noqa: S311  # which edits, no secret
    pool = dict(chance.choice(PRODUCTS).files) | dict(product.files)
    root = tmp_path / "acme"
    for path, text in product.files.items():
        write(root, path, text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    done: list[str] = []
    with Store(tmp_path / "looks.sqlite3") as store:
        for _ in range(LOOKS):
            done += [change(root, chance, pool) for _ in range(chance.choice([1, 1, 1, 3]))]
            if chance.random() < 0.2:
                git(root, "add", "-A")
                git(root, "commit", "-qm", "Go on", "--allow-empty")
            warm = run.look_over(root, signals=FILES_ONLY, store=store)
            cold = run.look_over(root, signals=FILES_ONLY)
            assert json.dumps(pack(warm)) == json.dumps(pack(cold)), (seed, done)
