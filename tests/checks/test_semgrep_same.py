"""That the fast path sees what semgrep's own front sees, and that a file's result depends on that file alone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from benchmarks.pairs import read_cases
from checks.semgrep import FileResult, RawMatch, candidates, find_program, scan_files
from checks.semgrep.front import CANARY, RULES
from checks.semgrep.output import read
from checks.semgrep.shards import split
from checks.semgrep.targets import choose
from checks.tree import Tree

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "templates" / "sample"
LEAST_FILES = 300


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The snippets of every rule, the sample product and every planted pair, as one tree."""
    root = tmp_path_factory.mktemp("corpus")
    for source in (HERE / "semgrep_rules", SAMPLE):
        for file in source.rglob("*"):
            if file.is_file():
                (root / source.name / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
                (root / source.name / file.relative_to(source)).write_bytes(file.read_bytes())
    for number, case in enumerate(read_cases(HERE / "pairs")):
        case.write(root / f"pair-{number}")
    tree = Tree.read(root, None)
    assert len(candidates(tree)) > LEAST_FILES
    return tree


@pytest.fixture(scope="module")
def whole(corpus: Tree) -> dict[str, FileResult]:
    found = scan_files(corpus, candidates(corpus))
    assert found.trouble is None
    return dict(found.files)


def test_the_fast_path_finds_what_the_reference_finds(
    corpus: Tree, whole: dict[str, FileResult], tmp_path: Path
) -> None:
    """One ordinary `semgrep scan` by the Python front, all files in one folder, against our shards."""
    targets = choose(corpus, candidates(corpus), tmp_path, sift=False)
    options = ("--json", "--quiet", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--disable-nosem")
    done = subprocess.run(
        [str(find_program()), "scan", "--legacy", "--config", str(RULES), *options, "--jobs", "2", str(tmp_path)],
        capture_output=True, check=True,
    )  # fmt: skip
    said = read(done.stdout)
    places = {str(copy): path for copy, path in targets.places.items()}
    reference = {replace(one, path=places[one.path]) for one in said.matches}
    # What lacks the words of every rule is clean even where it cannot be parsed.
    unread = {path for path, one in whole.items() if one.unread and path not in targets.passed_over}
    assert {path for one in said.problems if not whole[path := places[one.path]].wordless} == unread
    ours = {one for result in whole.values() for one in result.matches}
    assert len(ours) > LEAST_FILES
    assert sorted(map(_place, ours ^ reference)) == []


def test_some_files_scanned_alone_give_their_part_of_the_whole(corpus: Tree, whole: dict[str, FileResult]) -> None:
    paths = candidates(corpus)
    for part in (paths[::2], paths[1::2], paths[:1], [path for path in paths if path.endswith(".js")]):
        found = scan_files(corpus, part)
        assert found.trouble is None
        assert {path: _sorted(one) for path, one in found.files.items()} == {
            path: _sorted(whole[path]) for path in part
        }


def test_every_rule_looks_at_one_file_at_a_time() -> None:
    """What is kept of a file while others change rests on it: no joins, no analysis across files.

    The only paths are marks on copies, by what is in them.
    """
    for rule in _rules():
        assert rule.get("mode", "search") in {"search", "taint"}, rule["id"]
        assert not {"join", "steps", "r2c-internal-project-depends-on"} & rule.keys(), rule["id"]
        assert not {"interfile", "generic_engine"} & rule.get("options", {}).keys(), rule["id"]


def test_each_shard_has_its_examples_and_javascript_stands_apart(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copies = {}
    for number, suffix in enumerate([".py", ".ts", ".tsx", ".js", ".jsx", ".mjs"] * 4):
        copy = tmp_path / "copies" / f"{number}{suffix}"
        copy.write_text("x = 1;\n" * 10_000)
        copies[copy] = f"a/{number}{suffix}"
    shards = split(copies, tmp_path, 3)
    assert len(shards) == 6
    assert sorted(path for shard in shards for path in shard.places.values()) == sorted(copies.values())
    for shard in shards:
        suffixes = {Path(copy).suffix for copy in shard.places}
        assert suffixes <= {".py", ".ts", ".tsx"} or suffixes <= {".js", ".jsx", ".mjs"}
        family = {".js" if one in {".js", ".jsx", ".mjs"} else one.replace("x", "") for one in suffixes}
        assert {Path(one).name for one in shard.canaries} == {f"{CANARY}{one}" for one in family}
        assert {str(one) for one in shard.folder.iterdir()} == shard.canaries | shard.places.keys()
    assert len({len(shard.places) for shard in shards}) == 1


def _rules() -> Iterator[dict]:
    for file in RULES.glob("*.yml"):
        yield from yaml.safe_load(file.read_text())["rules"]


def _place(match: RawMatch) -> tuple[str, int, str]:
    return match.path, match.line, match.rule


def _sorted(result: FileResult) -> FileResult:
    return replace(result, matches=tuple(sorted(result.matches, key=_place)))
