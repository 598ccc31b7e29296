"""Whole small products: all probes over each at once, beside what a careful reader says of it.

The products are data, one file each in `products/`, labelled before a probe saw them; `benchmarks.products` reads and
judges them, so that the figures it prints are of what is tested here. What the probes still get wrong stands in the
product's own table of misses, which must be true both ways: a new miss fails, and so does one that has been mended
(`python -P -m benchmarks.products --renew` writes the tables anew).
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from benchmarks.products import Judged, Product, judge, missed, read_products, renew
from checks.observation import Outcome
from checks.probe import probes

FOLDER = Path(__file__).parent / "products"
PRODUCTS = list(read_products(FOLDER))
SIGNALS = frozenset(PRODUCTS[0].labels)

PENDING_WRONG_MET: set[tuple[str, str]] = set()
"""What the probes call met though a reader would not, until it is mended; what a mend brings anew is never added."""


@pytest.mark.parametrize("product", PRODUCTS, ids=[product.name for product in PRODUCTS])
def test_the_probes_agree_with_the_reader_of_a_product_but_for_what_is_known(product: Product) -> None:
    judged = judge(product)
    if failed := next((one.summary for one in judged if "semgrep" in one.summary and _is_unknown(one)), ""):
        # What a busy machine did to one run of semgrep is judged elsewhere (test_semgrep_adapter); it is told here.
        warnings.warn(f"{product.name}: {failed}", stacklevel=1)
        judged = judge(product)
    told = "\n".join(
        f"{one.signal}: {one.said.outcome} ({one.said.where}: {one.said.why}), said {one.compared.seen}: {one.summary}"
        for one in judged
        if one.compared.seen is not product.misses.get(one.signal) and one.compared.verdict != "agrees"
    )
    assert missed(judged) == product.misses, told


def _is_unknown(one: Judged) -> bool:
    return one.compared.seen is Outcome.UNKNOWN


def test_no_product_is_called_ready_where_it_is_not() -> None:
    wrong = {
        (product.name, signal) for product in PRODUCTS for signal, seen in product.misses.items() if seen is Outcome.MET
    }
    assert wrong == PENDING_WRONG_MET


def test_every_product_is_labelled_for_the_same_signals_by_files_it_has() -> None:
    assert {signal for probe in probes() for signal in probe.signals} >= SIGNALS
    for product in PRODUCTS:
        assert product.labels.keys() == SIGNALS, product.name
        assert product.misses.keys() <= SIGNALS, product.name
        places = {said.where for said in product.labels.values()}
        there = {place for place in places if any(f"{name}/".startswith(f"{place}/") for name in product.files)}
        assert places == there, product.name


def test_every_signal_is_said_in_more_than_one_way() -> None:
    alike = {signal for signal in SIGNALS if len({product.labels[signal].outcome for product in PRODUCTS}) == 1}
    assert alike == set()


def test_renewing_the_misses_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    text = (FOLDER / f"{PRODUCTS[0].name}.toml").read_text(encoding="utf-8").partition("\n[misses]\n")[0]
    path.write_text(text, encoding="utf-8")
    renew(path, {"tests.load": Outcome.MET})
    (read,) = read_products(tmp_path)
    assert read.misses == {"tests.load": Outcome.MET}
    renew(path, {})
    (read,) = read_products(tmp_path)
    assert read.misses == {}
    assert path.read_text(encoding="utf-8").rstrip("\n") == text.rstrip("\n")
