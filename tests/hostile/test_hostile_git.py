"""Every way in which a repository can make git run something, against every call we make of git: nothing runs."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import pkgutil
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from operator import methodcaller
from pathlib import Path

import pytest

import checks.git
from checks.application.frameworks import frameworks_of
from checks.cache.challenges import Challenges
from checks.cache.reports import Reports
from checks.challenge.run import challenge
from checks.files.temporary import PrivateFolder
from checks.git import Git, GitProblem
from checks.git.identity import identity
from checks.git.locate import locate
from checks.git.sanitize import PinnedDirectory
from checks.look import Look
from checks.past import laid_out
from checks.portrait.child import look_at as portrait_of
from checks.run import look_over
from checks.semgrep.engine import find_program
from checks.topics.release import changelog
from checks.tree import Tree
from workbook import commit
from workbook.answers import Status
from workbook.change.base import base_of
from workbook.change.base import look as look_there
from workbook.cli import doctor, gate
from workbook.cli.main import main
from workbook.decisions import Decider, Outcome
from workbook.errors import Refused
from workbook.exports import report_sarif
from workbook.history.replay import replay
from workbook.operations import scaffolding
from workbook.places import Place
from workbook.report.bundle import contents
from workbook.report.proofs import proofs
from workbook.session import Session

PlainGit = Callable[..., str]
ROOT = Path(__file__).resolve().parents[2]
RULE = ROOT / "checks" / "semgrep" / "rules" / "canary.yml"
ANA = "Ana Example <ana@example.com>"


def _vectors():
    spec = importlib.util.spec_from_file_location("git_vectors", Path(__file__).with_name("git_vectors.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VECTORS, INNER = _vectors().VECTORS, _vectors().INNER


# -- every call ------------------------------------------------------------------------------------------------------


def pinned(call: Callable[[PinnedDirectory], object]) -> Callable[[Path], None]:
    def inside(root: Path) -> None:
        directory = PinnedDirectory(locate(root))
        try:
            call(directory)
        finally:
            directory.close()

    return inside


PLAIN_METHODS = {"head", "branch", "files", "past", "lists_plainly", "unlisted", "tags", "timeline", "churn", "state"}
PLAIN_METHODS |= {"is_shallow", "told", "asked_at"}
METHODS: dict[str, Callable[[Git], object]] = {
    "open": lambda git: Git.open(git.root).close(),
    "git_dir": lambda git: git.git_dir,
    "hash_name": lambda git: git.hash_name,
    "commit_id": lambda git: (git.commit_id("v1"), git.commit_id("HEAD~1")),
    "changed_between": lambda git: (git.changed_between("HEAD~1"), git.changed_between("HEAD", ["app.py"])),
    "blob_ids": lambda git: (git.blob_ids(["README.md", "app.py"]), git.blob_ids(["README.md"], "v1")),
    "show": lambda git: (git.show("HEAD", "README.md"), git.show("HEAD", "app.py")),
    "merge_base": lambda git: git.merge_base("HEAD~1"),
    "tree": lambda git: (git.tree("HEAD"), git.tree("v1")),
    "since": lambda git: git.since("HEAD~1"),
    "log": lambda git: (git.log(limit=3), git.log(["app.py", "README.md"])),
    "changes": lambda git: (git.changes(), git.changes(3, ["app.py"])),
    "blobs": lambda git: git.blobs(git.blob_ids(["README.md", "app.py"]).values()),
    "stored_id": lambda git: git.stored_id("app.py", b"a\r\n"),
    "canonical": lambda git: git.canonical(ANA),
    "believe": lambda git: (git.believe(git.told()), git.files()),
    **{name: methodcaller(name) for name in PLAIN_METHODS},
    "close": lambda git: git.close(),
}
"""Every public member of `Git`."""

FUNCTIONS: dict[str, Callable[[Path], object]] = {
    "checks.git.identity.identity": identity,
    "checks.git.locate.locate": locate,
    "checks.git.sanitize.PinnedDirectory": pinned(
        lambda directory: (directory.environment(), directory.is_unborn(), directory.digest())
    ),
}
"""What else in the package is given a repository by those outside of it."""


def a_workbook(call: Callable[[Session], object]) -> Callable[[Path], None]:
    def opened(root: Path) -> None:
        session = Session(root)
        session.start(["fifty-point"])
        session.answer("rate-limiting", Status.READY, watch=["src/*"])
        assert session.assessment
        call(session)
        session.discard()

    return opened


def digest(root: Path) -> None:
    with Git.open(root) as git:
        Tree.read(root, git).digest(["*"])


def ask_release(root: Path) -> None:
    with Git.open(root) as git:
        changelog(Look(Tree.read(root, git), git))


def ask_churn(root: Path) -> None:
    with Git.open(root) as git:
        assert Look(Tree.read(root, git), git).hotspots


def place(root: Path) -> None:
    found = Place.of(root)
    assert found.identity is not None
    found.digest(["*"])


def quick_look(root: Path) -> None:
    look_over(root, signals={"release.changelog"})


def told_look(root: Path) -> None:
    with Git.open(root) as git:
        told = git.told()
    look_over(root, signals={"release.changelog"}, told=told)


def earlier(root: Path) -> None:
    with Git.open(root) as git, laid_out(git, "HEAD~1") as folder:
        assert folder is None or any(folder.iterdir())


def dry_commit(root: Path) -> None:
    main(["-C", str(root), "init", "--yes"])
    main(["-C", str(root), "commit", "--dry-run"])
    (root / "readiness.toml").unlink(missing_ok=True)


def cached_look(root: Path) -> None:
    Reports(root, None).close()


def challenged(root: Path) -> None:
    seen = look_over(root, signals={"release.changelog"}).observations
    with PrivateFolder("test") as room:
        assert len(list(challenge(root, room.path, seen, given_up={}, tell=lambda _: None))) == 1


def kept_challenges(root: Path) -> None:
    Challenges(root).keep(Challenges(root).kept())


CALLERS: dict[str, dict[str, Callable[[Path], object]]] = {
    "checks.application.frameworks": {"what the tree is written with": frameworks_of},
    "checks.cache.reports": {"the state of the tree": cached_look},
    "checks.cache.challenges": {"the state of a challenged tree": kept_challenges},
    "checks.challenge.run": {"the copy of a challenge": challenged},
    "checks.challenge.scratch": {"a copy with its tags": challenged},
    # Says what git said.
    "checks.challenge.child": {},
    "checks.files.admission": {"listing the tree": digest},
    "checks.hotspots": {"how often files changed": ask_churn},
    # Hands on what git said.
    "checks.isolated": {},
    "checks.isolated_child": {"a look that is told what git said": told_look},
    "checks.look": {"a probe that reads tags": ask_release},
    "checks.portrait.child": {"the portrait of a product": lambda root: portrait_of(root, {})},
    "checks.run": {"the file probes": quick_look},
    "checks.topics.release": {"a probe that reads tags": ask_release},
    "checks.tree": {"listing the tree": digest},
    "workbook.operations.scaffolding": {"what scaffolds are there": scaffolding.there},
    "workbook.cli.doctor": {"doctor's look at git": doctor._git, "doctor's look at the name": doctor._name},
    "workbook.cli.again": {"a command that only reads": lambda root: main(["-C", str(root), "status"])},
    "workbook.cli.looking": {
        "a look without a workbook": lambda root: main(["-C", str(root), "probe", "release.changelog"])
    },
    # Say what git said, or hand over the snapshot that `again` took.
    "workbook.cli.main": {},
    "workbook.cli.context": {},
    "workbook.view": {},
    "workbook.commit.files": {
        "the message before a commit": a_workbook(commit.preview),
        "the changes before a commit": a_workbook(commit.diff),
        "commit --dry-run": dry_commit,
    },
    "checks.past": {"the files of an earlier commit": earlier},
    "workbook.change.base": {
        "a change against its merge base": a_workbook(lambda session: base_of(session, "HEAD~1")),
        "the merge base laid out": a_workbook(lambda session: look_there(session, base_of(session, "HEAD~1"), ["no"])),
    },
    "workbook.cli.gate": {"where the workbook lies in its repository": a_workbook(gate._prefix)},
    "workbook.places": {"the place of a workbook": place},
    "workbook.cli.merge": {"the look at a merge": lambda root: main(["-C", str(root), "merge", "--check"])},
    "workbook.operations.deciding": {
        "a launch decision": a_workbook(
            lambda session: session.decide(Outcome.NO_GO, [Decider("Ana Example <ana@example.com>", "engineering")])
        )
    },
    "workbook.history.replay": {"the history of a workbook": a_workbook(replay)},
    "workbook.report.bundle": {
        "the bundle for an auditor": a_workbook(contents),
        "the bundle of an earlier commit": a_workbook(lambda session: contents(session, "HEAD~1")),
    },
    "workbook.report.proofs": {
        "digests of evidence at a commit": a_workbook(lambda session: proofs(session, session.state, "HEAD~1"))
    },
    "workbook.exports.report_sarif": {"findings with their place in the repository": a_workbook(report_sarif._below)},
    # Name what git says when it refuses; the calls stand above.
    "workbook.report.gather": {},
    "workbook.notebook.committing": {},
    "tui.screens.diff": {},
    # Work on what the place of a workbook has read.
    "workbook.breadth": {},
    "workbook.culprits": {},
    # Makes a repository of its own, from our own files.
    "workbook.sample": {},
}
"""Every module outside the package that uses it, and the calls by which it does."""


def make_every_call(root: Path) -> int:
    """Make all of them, on the repository and on a folder inside it; how many there were.

    A promised object that is missing cannot be read, and some repositories are refused; what counts is that nobody
    was asked and nothing ran.
    """
    calls = [partial(call, root) for call in FUNCTIONS.values()]
    for folder in (root, root / "src"):
        with suppress(GitProblem):
            git = Git.open(folder)
            calls += [partial(call, git) for call in METHODS.values()]
    for call in calls:
        with suppress(GitProblem):
            call()
    return len(calls)


def make_every_call_of_others(root: Path) -> int:
    calls = {name: call for group in CALLERS.values() for name, call in group.items()}
    for call in calls.values():
        with suppress(GitProblem, Refused):
            call(root)
    return len(calls)


def test_the_matrix_holds_every_member_of_git_and_every_function_of_its_package() -> None:
    assert {name for name in vars(Git) if not name.startswith("_")} == set(METHODS)
    found = set()
    for module in (
        importlib.import_module(f"checks.git.{one.name}") for one in pkgutil.iter_modules(checks.git.__path__)
    ):
        for name, thing in vars(module).items():
            ours = getattr(thing, "__module__", "") == module.__name__ and not name.startswith("_")
            if ours and (inspect.isfunction(thing) or inspect.isclass(thing)):
                found.add(f"{module.__name__}.{name}")
    data = {"changes.Changed", "history.Commit", "listing.Listed", "locate.Place", "repository.Git", "repository.Tag"}
    data |= {"timeline.Moment", "changes.Churn", "listing.Told"}
    said_elsewhere = {f"checks.git.{name}" for name in data}
    errors = {name for name in found if name.startswith("checks.git.problem.")}
    assert found - said_elsewhere - errors == set(FUNCTIONS) | INNER


def test_the_matrix_holds_every_module_that_uses_the_package() -> None:
    found = set()
    for folder in ("checks", "workbook", "tui"):
        for path in (ROOT / folder).rglob("*.py"):
            if (ROOT / "checks" / "git") in path.parents:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[:2] == ["checks", "git"]:
                    found.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert found == set(CALLERS)


# -- every vector ----------------------------------------------------------------------------------------------------


APART = ("lazy_fetch", "command_for_alternate", "fsmonitor_behind", "submodule_update", "submodule_command")
TOGETHER = [name for name in VECTORS if not name.startswith(APART)]
ALONE = [name for name in VECTORS if name not in TOGETHER]
PARTS = 4


def groups(part: int, full: int) -> list[list[str]]:
    """Quickly: all vectors that one repository can hold, and each of the others. At full size also each by itself."""
    everything = [TOGETHER, *([name] for name in ALONE), *([name] for name in TOGETHER if full)]
    return everything[part::PARTS]


@pytest.fixture
def hostile(
    victim: Path, canary, plain_git: PlainGit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[list[str]], Path]:
    """Makes a copy of the victim hostile in these ways; what that itself woke is forgotten."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def plant(names: list[str]) -> Path:
        root = tmp_path / "hostile" / f"{len(names)} {names[0]}"
        shutil.copytree(victim, root, symlinks=True)
        for name in names:
            VECTORS[name].plant(root, canary.script, plain_git)
        canary.forget()
        return root

    return plant


@pytest.mark.stress
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_a_repository_supplies_is_executed(part: int, hostile, canary, scale, figure, capsys) -> None:
    full = scale(0, 1)
    cells, ways = 0, set()
    for names in groups(part, full):
        root = hostile(names)
        calls = make_every_call(root)
        # The others call the same, and by far the most of the time is theirs.
        if full or part == 0:
            calls += make_every_call_of_others(root)
        assert canary.runs() == [], names
        cells, ways = cells + calls, ways | set(names)
    capsys.readouterr()
    figure(f"hostile git, part {part + 1} of {PARTS}", "0 executions", f"0 in {cells} calls, {len(ways)} vectors")


@pytest.mark.stress
@pytest.mark.parametrize("name", VECTORS)
def test_ordinary_git_falls_for_it(name: str, hostile, canary, plain_git: PlainGit, git_on_a_terminal, figure) -> None:
    """Else the test above would prove nothing."""
    root = hostile([name])
    for arguments in VECTORS[name].naive:
        words = [word.format(script=canary.script) for word in arguments]
        if words[0] == "on a terminal":
            git_on_a_terminal(root, *words[1:])
        else:
            asked = "protocol=https\nhost=example.com\n\n" if words[0] == "credential" else "x\n\nSigned-off-by: x\n"
            plain_git(root, *words, stdin=asked)
    closed, naive = VECTORS[name].closed, len(canary.runs())
    figure(f"ordinary git: {name.replace('_', ' ')}", "0, closed" if closed else "> 0", f"{naive} executions {closed}")
    assert bool(naive) is not bool(closed)


def test_there_are_vectors_enough() -> None:
    assert len([one for one in VECTORS.values() if not one.closed]) >= 24


@pytest.mark.stress
def test_semgrep_and_every_probe_execute_nothing(hostile, canary, scale, figure, tmp_path: Path) -> None:
    looks = [[*TOGETHER, "lazy_fetch_over_ssh"], *([name] for name in VECTORS if scale(0, 1))]
    for names in looks:
        report = look_over(hostile(names))
        assert report.observations
        assert canary.runs() == [], names
    figure("hostile git: semgrep and every probe", "0 executions", f"0 in {len(looks)} whole looks")

    semgrep = find_program()
    assert semgrep is not None
    done = subprocess.run(
        [semgrep, "scan", "--metrics=off", "--disable-version-check", "--config", RULE, "."],
        cwd=hostile(["fsmonitor", "external_diff"]), env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert canary.runs(), f"ordinary semgrep does not fall for it either, so the test proves nothing: {done.stderr!r}"


# -- the environment -------------------------------------------------------------------------------------------------

INHERITED = {
    "GIT_EXTERNAL_DIFF": "{script}",
    "GIT_SSH": "{script}",
    "GIT_SSH_COMMAND": "{script}",
    "GIT_PROXY_COMMAND": "{script}",
    "GIT_ASKPASS": "{script}",
    "GIT_EDITOR": "{script}",
    "GIT_PAGER": "{script}",
    "GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='{script}'",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_GLOBAL": "{config}",
    "GIT_CONFIG_SYSTEM": "{config}",
    "XDG_CONFIG_HOME": "{xdg}",
    "GIT_EXEC_PATH": "{programs}",
    "GIT_PYTHON_GIT_EXECUTABLE": "{script}",
    "GIT_PYTHON_REFRESH": "raise",
    "PYTHONPATH": "{modules}",
    "PYTHONSTARTUP": "{modules}/git.py",
    "GIT_DIR": "/nonexistent",
    "GIT_WORK_TREE": "/",
    "GIT_COMMON_DIR": "/nonexistent",
    "GIT_INDEX_FILE": "/nonexistent/index",
    "GIT_OBJECT_DIRECTORY": "/nonexistent",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent",
    "GIT_SHALLOW_FILE": "/nonexistent",
    "GIT_GRAFT_FILE": "/nonexistent",
    "GIT_REPLACE_REF_BASE": "refs/heads/",
    "GIT_NAMESPACE": "other",
    "GIT_CEILING_DIRECTORIES": "/",
    "GIT_ATTR_SOURCE": "HEAD~1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_TRACE": "{trace}",
    "GIT_TRACE2_EVENT": "{trace}",
    "GIT_AUTHOR_NAME": "Someone Else",
    "GIT_PREFIX": "src/",
}


@pytest.mark.stress
def test_inherited_variables_never_count(
    victim: Path, canary, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scale, figure
) -> None:
    def seen() -> object:
        with Git.open(victim) as git:
            return git.head(), git.files(), git.log(), git.churn(), git.changed_between("HEAD~1"), identity(victim)

    planted = {name: tmp_path / name for name in ("config", "xdg", "programs", "modules", "trace")}
    planted["config"].write_text(f"[core]\n\tfsmonitor = {canary.script}\n")
    (planted["xdg"] / "git").mkdir(parents=True)
    (planted["xdg"] / "git" / "config").write_text(f"[core]\n\tfsmonitor = {canary.script}\n")
    planted["programs"].mkdir()
    for name in ("git", "git-rev-parse", "git-log", "git-ls-files"):
        (planted["programs"] / name).symlink_to(canary.script)
    planted["modules"].mkdir()
    (planted["modules"] / "git.py").write_text(f"import subprocess\nsubprocess.run([{str(canary.script)!r}])\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(canary.script))
    expected = seen()
    for together in [list(INHERITED), *([name] for name in INHERITED if scale(0, 1))]:
        with monkeypatch.context() as inherited:
            for name in together:
                inherited.setenv(name, INHERITED[name].format(script=canary.script, **planted))
            assert seen() == expected, together
        assert canary.runs() == [], together
        assert not planted["trace"].exists(), together
    figure("inherited variables of git and Python", "0 that count", f"0 of {len(INHERITED)}")


# -- the index, the program, the temporary copy ----------------------------------------------------------------------


def test_an_index_cannot_vouch_for_a_changed_file(victim: Path, plain_git: PlainGit) -> None:
    plain_git(victim, "update-index", "--assume-unchanged", "src/app.py")
    plain_git(victim, "update-index", "--skip-worktree", "README.md")
    (victim / "README.md").write_text("changed behind the index\n")
    assert plain_git(victim, "status", "--porcelain") == ""
    with Git.open(victim) as git:
        assert {listed.path: listed.blob for listed in git.files()} == {"README.md": None, "src/app.py": None}


def test_a_git_program_inside_the_repository_is_not_run(victim: Path, canary, monkeypatch: pytest.MonkeyPatch) -> None:
    (victim / "bin").mkdir()
    (victim / "bin" / "git").symlink_to(canary.script)
    monkeypatch.setenv("PATH", f"{victim / 'bin'}{os.pathsep}.{os.pathsep}{os.environ['PATH']}")
    with Git.open(victim) as git:
        assert git.head()
    assert canary.runs() == []


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", ".mailmap"])
def test_a_pipe_where_git_expects_a_file_ends_in_time(name: str, victim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.git.program.TIMEOUT_S", 0.5)
    os.mkfifo(victim / name)
    with Git.open(victim) as git:
        tree = Tree.read(victim, git)
        assert [commit.author for commit in git.log()] == ["Ana Example <ana@example.com>"] * 2
    assert set(tree.paths) == {"README.md", "src/app.py"}
    assert tree.text("README.md") == "two\n"
