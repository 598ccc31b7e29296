"""Planning data beside the catalogue: facts of the articles in seventeen blocks, tools, and our own work estimates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar

from workbook.catalogue.compiled import compiled
from workbook.catalogue.load import CatalogueError, check_known, load_catalogue, read_toml, record
from workbook.catalogue.model import SEVERITY_ORDER, Area, Catalogue
from workbook.data import templates

WHOLE = 100
"""All of the work, in percent."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement and where it comes from. Without `articles` it is our own reading.

    The rest says whom it concerns, any one of them: confirmed scope facts, frameworks ("*" for any), profiles, a
    dimension of the fifty points; where none of these is named, open controls. A fact without any concerns everybody.
    `controls` are also those it explains.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    text: str
    articles: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    dimension: str = ""
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the work split: its share of all work in percent, and what AI takes of it, as the article words it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    name: str
    share: int
    ai: str
    built: bool = False
    """Whether it is the prototype, which exists already."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of hardening: the pillar of its tasks. Which gates and areas it takes besides is our mapping."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    number: int
    theme: str
    tasks: str
    raises: tuple[str, ...]
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """An anti-pattern or weak spot: its item, what gives it away, which signals show that and what they cannot tell."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    item: str
    name: str
    sign: str
    signals: tuple[str, ...] = ()
    blind: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of planning aids. `in_plan` blocks show in the plan those of their facts that concern the team."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    number: int
    title: str
    articles: tuple[str, ...]
    in_plan: bool = False
    facts: tuple[Fact, ...] = ()
    phases: tuple[Phase, ...] = ()
    weeks: tuple[Week, ...] = ()
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """A size of work in half-days of one person, and what it is meant for."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    half_days: int
    reason: str


OWN = Size(4, "a control of the team's own: no size is proposed, a medium one assumed")
"""What a control that no published checklist has is taken to cost."""


@dataclass(frozen=True, slots=True)
class Work:
    """The proposed size of one control, and the controls it cannot sensibly be done without."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    size: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """A kind of stack: the file patterns that show it, and the named tools that need it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    id: str
    name: str
    files: tuple[str, ...]
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools the articles name: usable anywhere, or in one ecosystem. `left_out` are named but no tools to pick."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    general: tuple[str, ...]
    left_out: tuple[str, ...]
    ecosystems: Mapping[str, Ecosystem] = field(default_factory=dict)


@dataclass(frozen=True)
class Plans:
    """Everything the plan is made from beside the catalogue. Sizes, order and risk weights are our own proposals."""

    blocks: Mapping[str, Block]
    tools: Tools
    sizes: Mapping[str, Size]
    risk: Mapping[str, int]
    work: Mapping[str, Work]

    def effort(self, control: str) -> Size:
        """The proposed size of a control; a medium one where the control is the team's own."""
        return self.sizes[self.work[control].size] if control in self.work else OWN

    def after(self, control: str) -> tuple[str, ...]:
        """What comes right before a control; nothing where it is the team's own."""
        return self.work[control].after if control in self.work else ()

    def facts(self, control: str) -> tuple[tuple[Block, Fact], ...]:
        """The facts that name a control, with their block."""
        return self._about.get(control, ())

    @cached_property
    def _about(self) -> Mapping[str, tuple[tuple[Block, Fact], ...]]:
        found: dict[str, list[tuple[Block, Fact]]] = {name: [] for name in self.work}
        for block in self.blocks.values():
            for fact in block.facts:
                for control in fact.controls:
                    found[control].append((block, fact))
        return {name: tuple(facts) for name, facts in found.items()}


@cache
def load_plans(folder: Path | None = None) -> Plans:
    """The planning data below `folder` (the packaged one by default), in the order of the blocks' numbers.

    Raises:
        CatalogueError: a file is missing, not TOML, or breaks the schema, a cross reference or the order of work.
    """
    if folder is not None:
        return _from_files(folder)
    base = templates()
    # What they refer to is checked with them, so the files of the catalogue are theirs too.
    files = sorted(
        path for part in (base / "plans", base / "controls", base / "checklists") for path in part.rglob("*.toml")
    )
    return compiled("plans", [*files, base / "scope.toml", base / "signals.toml"], lambda: _from_files(None), _thawed)


def _from_files(folder: Path | None) -> Plans:
    base = (folder or templates()) / "plans"
    catalogue = load_catalogue(folder)
    blocks = [
        record(Block, {**read_toml(path), "id": path.stem}, path, "") for path in sorted(base.glob("blocks/*.toml"))
    ]
    work_file = base / "work.toml"
    work = read_toml(work_file)
    plans = Plans(
        blocks={block.id: block for block in sorted(blocks, key=lambda block: (block.number, block.id))},
        tools=_tools(base / "tools.toml"),
        sizes={name: record(Size, table, work_file, f"sizes.{name}") for name, table in _part(work, "sizes")},
        risk=record(dict[str, int], dict(_part(work, "risk")), work_file, "risk"),
        work={name: record(Work, table, work_file, f"controls.{name}") for name, table in _part(work, "controls")},
    )
    _check_blocks(plans, catalogue, base)
    _check_work(plans, catalogue, work_file)
    return plans


def _thawed(tables: Mapping[str, Any]) -> Plans:
    """The plans that `dataclasses.asdict` took apart, after JSON, which knows no tuples."""
    tools = _tuples(tables["tools"])
    ecosystems = {name: Ecosystem(**_tuples(one)) for name, one in tools["ecosystems"].items()}
    return Plans(
        blocks={name: _thawed_block(_tuples(one)) for name, one in tables["blocks"].items()},
        tools=Tools(**tools | {"ecosystems": ecosystems}),
        sizes={name: Size(**one) for name, one in tables["sizes"].items()},
        risk=tables["risk"],
        work={name: Work(**_tuples(one)) for name, one in tables["work"].items()},
    )


def _thawed_block(table: dict[str, Any]) -> Block:
    for key, kind in (("facts", Fact), ("phases", Phase), ("weeks", Week), ("patterns", Pattern)):
        table[key] = tuple(kind(**_tuples(one)) for one in table[key])
    return Block(**table)


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _part(tables: Mapping[str, object], key: str) -> Iterator[tuple[str, dict[str, object]]]:
    part = tables.get(key)
    yield from part.items() if isinstance(part, dict) else ()


def _tools(path: Path) -> Tools:
    tables = read_toml(path)
    named = {name: {**table, "id": name} for name, table in _part(tables, "ecosystems")}
    return record(Tools, {**tables, "ecosystems": named}, path, "")


def _check_blocks(plans: Plans, catalogue: Catalogue, base: Path) -> None:
    for block in plans.blocks.values():
        path = base / "blocks" / f"{block.id}.toml"
        check_known(path, "articles", block.articles, catalogue.checklists)
        for number, fact in enumerate(block.facts, start=1):
            key = f"facts.{number}"
            check_known(path, f"{key}.articles", fact.articles, block.articles)
            check_known(path, f"{key}.controls", fact.controls, catalogue.controls)
            check_known(path, f"{key}.scope", fact.scope, catalogue.scope)
        pillars = {pillar.id for slug in block.articles for pillar in catalogue.checklists[slug].pillars}
        for week in block.weeks:
            check_known(path, f"weeks.{week.number}", (week.tasks, *week.raises), pillars)
        if block.phases and sum(phase.share for phase in block.phases) != WHOLE:
            raise CatalogueError(f"{path}: phases: the shares must add up to {WHOLE} %")
        for pattern in block.patterns:
            check_known(path, "patterns.item", (pattern.item,), catalogue.items)
            check_known(path, f"patterns.{pattern.item}.signals", pattern.signals, catalogue.signals)


def _check_work(plans: Plans, catalogue: Catalogue, path: Path) -> None:
    if missing := [name for name in catalogue.controls if name not in plans.work]:
        raise CatalogueError(f"{path}: controls.{missing[0]}: this control has no size; give it one")
    check_known(path, "controls", tuple(plans.work), catalogue.controls)
    if unweighted := [name for name in SEVERITY_ORDER if name not in plans.risk]:
        raise CatalogueError(f"{path}: risk.{unweighted[0]}: this severity has no weight")
    for name, work in plans.work.items():
        check_known(path, f"controls.{name}.size", (work.size,), plans.sizes)
        check_known(path, f"controls.{name}.after", work.after, plans.work)
        if name in before(plans, name):
            raise CatalogueError(f"{path}: controls.{name}.after: in the end it comes after itself; break the circle")


def before(plans: Plans, control: str) -> frozenset[str]:
    """Everything that comes before a control, near and far."""
    found: set[str] = set()
    left = list(plans.work[control].after)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left.extend(plans.work[name].after)
    return frozenset(found)
