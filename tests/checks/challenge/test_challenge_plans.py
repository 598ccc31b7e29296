"""The plans of challenges: every signal can be challenged, and no plan holds what must not stand here."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path, PurePosixPath

import pytest
import yaml

from checks.challenge.plans import FOLDER, plan_of, plans
from checks.secrets.shapes import suspect
from workbook.data import templates

SIGNALS = tomllib.loads((templates() / "signals.toml").read_text(encoding="utf-8"))
GAPS = [(signal, gap) for signal, plan in plans().items() for gap in plan.gaps]


def test_plans_are_of_signals_that_there_are():
    assert set(plans()) <= set(SIGNALS)


def test_every_signal_can_be_challenged():
    assert not [name for name in SIGNALS if plan_of(name).take == "nothing" and not plan_of(name).gaps]


def test_no_key_shaped_string_stands_in_a_plan():
    for path in sorted(Path(FOLDER).glob("*.toml")):
        assert not suspect(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(("signal", "gap"), GAPS)
def test_gaps_are_files_below_the_root_that_parse(signal, gap):
    assert gap.files or gap.changes or gap.without, signal
    for path, text in gap.files.items():
        pure = PurePosixPath(path)
        assert not pure.is_absolute()
        assert ".." not in pure.parts
        if gap.beside:
            assert "/" not in path
        whole = text.replace("@{each}", gap.each).replace("@{key}", "key").replace("@{n}", "1")
        if path.endswith(".py"):
            ast.parse(whole)
        if path.endswith((".yml", ".yaml")):
            yaml.safe_load(whole)
        assert "@{" not in whole
    for change in gap.changes:
        re.compile(change.find)


def test_a_gap_beside_a_module_names_its_language():
    assert not [(signal, gap.name) for signal, gap in GAPS if gap.beside and not gap.language]


def test_sizes_grow():
    assert not [(signal, gap.name) for signal, gap in GAPS if list(gap.sizes) != sorted(set(gap.sizes))]
