"""Nothing that a probe reads goes uncounted because another had it worked out first: what it answered rests on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.products import Product, read_products
from checks import semgrep
from checks.look import Look
from checks.probe import Probe, probes
from checks.reads import Step
from checks.tree import Tree

FOLDER = Path(__file__).parents[1] / "products"
PRODUCTS = list(read_products(FOLDER))[::4]
"""Of different stacks; all of them would take a minute."""


def read_by(look: Look, one: Probe) -> set[tuple[str, ...]]:
    name = one.signals[0]
    with look.reads.step(name):
        given = one.look(look)
        if not hasattr(given, "signal"):
            list(given)
    steps = look.reads.everything(name)
    return {asked for step in steps for asked in flat(step)}


def flat(step: Step) -> set[tuple[str, ...]]:
    files = {(*question, path) for question, paths in step.asked.items() for path in paths}
    return files | {(what,) for what in step.whole} | {("the list of files", *one) for one in step.listing}


@pytest.mark.parametrize("product", PRODUCTS, ids=[product.name for product in PRODUCTS])
def test_a_probe_alone_reads_nothing_that_is_not_counted_when_all_run(product: Product, tmp_path: Path) -> None:
    for path, text in product.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    shared = Look(Tree.read(tmp_path, None), code=semgrep.CodeFindings())
    missing = {}
    for one in probes():
        counted = read_by(shared, one)
        alone = read_by(Look(Tree.read(tmp_path, None), code=semgrep.CodeFindings()), one)
        if alone - counted:
            missing[one.signals[0]] = sorted(alone - counted)[:5]
    assert not missing
