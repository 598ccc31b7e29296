"""The planning data: whole, honest about its sources, and refused with file and key when it is wrong."""

from pathlib import Path
from shutil import copy, copytree

import pytest

from workbook.catalogue import CatalogueError, load_catalogue
from workbook.catalogue.plans import before, load_plans
from workbook.data import templates

CATALOGUE, PLANS = load_catalogue(), load_plans()
BLOCKS = (
    "work-split", "lifecycle", "frequencies", "alert-limits", "slo-numbers", "order-of-work", "four-weeks",
    "time-and-money", "launch-risk", "anti-patterns", "ai-operations", "telemetry", "model-choice", "compliance",
    "generators", "people", "dimensions",
)  # fmt: skip


def test_the_seventeen_blocks_are_there_in_their_order():
    assert tuple(PLANS.blocks) == BLOCKS
    assert [block.number for block in PLANS.blocks.values()] == list(range(1, 18))


def test_no_block_is_called_like_anything_else():
    others = {*CATALOGUE.controls, *CATALOGUE.items, *CATALOGUE.signals, *CATALOGUE.scope, *CATALOGUE.checklists}
    assert not others & set(PLANS.blocks)


def test_every_fact_names_its_article_and_only_the_order_of_profiles_is_our_reading():
    ours = {block.id for block in PLANS.blocks.values() for fact in block.facts if not fact.articles}
    assert ours == {"order-of-work"}
    assert all(block.articles for block in PLANS.blocks.values())
    assert all(block.facts or block.phases or block.weeks or block.patterns for block in PLANS.blocks.values())


def test_every_control_has_a_size_and_nothing_comes_after_itself():
    assert set(PLANS.work) == set(CATALOGUE.controls)
    assert not [name for name in PLANS.work if name in before(PLANS, name)]
    assert all(size.half_days > 0 and size.reason for size in PLANS.sizes.values())
    used = {work.size for work in PLANS.work.values()}
    assert used == set(PLANS.sizes)


def test_the_order_of_work_is_that_of_engineering():
    assert {"golden-signals"} <= before(PLANS, "on-call-routing")
    assert {"no-hardcoded-secrets", "secrets-manager"} <= before(PLANS, "credential-rotation")
    assert {"unit-tests-core", "ci-test-pipeline"} <= before(PLANS, "coverage-floor")
    assert {"separate-environments", "load-tested"} <= before(PLANS, "ten-x-acceptance")


def test_every_tool_an_article_names_is_sorted_once():
    tools = PLANS.tools
    named = {tool for item in CATALOGUE.items.values() for tool in item.tools}
    named |= {tool for block in PLANS.blocks.values() for fact in block.facts for tool in fact.tools}
    sorted_ones = [*tools.general, *tools.left_out, *(one for kind in tools.ecosystems.values() for one in kind.tools)]
    assert sorted(sorted_ones) == sorted(named)


def test_the_published_shares_add_up_and_nine_days_follow_each_one():
    phases = PLANS.blocks["work-split"].phases
    assert [phase.share for phase in phases] == [10, 25, 15, 10, 10, 10, 20]
    assert [phase.name for phase in phases if phase.built] == ["Prototype or demo"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("work.toml", 'size = "tiny" }', 'size = "huge" }', "controls.productisation-case.size: 'huge' is not known"),
        ("work.toml", "gap-register = {", "gap-registry = {", "controls.gap-register: this control has no size"),
        ("work.toml", 'after = ["productisation-case"]', 'after = ["slo-defined"]', "it comes after itself"),
        ("work.toml", 'after = ["gap-register"]', 'after = ["gaps"]', "controls.build-path-decision.after: 'gaps'"),
        ("work.toml", "half_days = 1,", "half_day = 1,", "sizes.tiny.half_days"),
        ("work.toml", "medium = 2", "middling = 2", "risk.medium: this severity has no weight"),
        ("tools.toml", "left_out = [", "left = [", "left_out"),
        ("blocks/work-split.toml", "share = 25", "share = 35", "phases: the shares must add up to 100 %"),
        ("blocks/people.toml", 'controls = ["team-capability"]', 'controls = ["team"]', "facts.1.controls: 'team'"),
        ("blocks/people.toml", 'articles = ["prototype-gap"]', 'articles = ["two-gates"]', "articles: 'two-gates'"),
        ("blocks/model-choice.toml", 'scope = ["model"]', 'scope = ["modal"]', "facts.1.scope: 'modal'"),
        ("blocks/anti-patterns.toml", '"llm.cost-tracking"', '"llm.costs"', "no-unit-economics.signals: 'llm.costs'"),
        ("blocks/anti-patterns.toml", 'item = "ten-gates.anti.one', 'item = "ten-gates.one', "patterns.item"),
        ("blocks/four-weeks.toml", 'tasks = "plan1"', 'tasks = "plan9"', "weeks.1: 'plan9'"),
        ("blocks/lifecycle.toml", "number = 2", "number 2", "not valid TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, file: str, old: str, new: str, said: str):
    for name in ("controls", "checklists", "plans"):
        copytree(templates() / name, tmp_path / name)
    for data in templates().glob("*.toml"):
        copy(data, tmp_path)
    path = tmp_path / "plans" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(CatalogueError) as error:
        load_plans(tmp_path)
    assert file in str(error.value)
    assert said in str(error.value)
