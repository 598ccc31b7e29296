from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.files.kinds import is_generated, is_test, is_vendored
from checks.git import Git
from checks.tree import Limits, Tree

GitIn = Callable[..., str]


def with_git(root: Path) -> Tree:
    with Git.open(root) as git:
        return Tree.read(root, git)


def plant(root: Path, *paths: str, text: str = "x\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def reasons(tree: Tree) -> dict[str, str]:
    examined = tree.examined()
    return {unread.path: unread.reason for unread in (*examined.partial, *examined.skipped)}


# -- which files -----------------------------------------------------------------------------------------------------


def test_files_with_git(acme: Path, git_in: GitIn) -> None:
    plant(acme, "new.py")
    tree = with_git(acme)
    assert tree.paths == ("README.md", "api/main.py", "new.py")
    main, new = tree.file("api/main.py"), tree.file("new.py")
    assert main is not None
    assert (main.size, main.blob, main.tracked) == (15, git_in(acme, "rev-parse", "HEAD:api/main.py"), True)
    assert new is not None
    assert (new.blob, new.tracked) == (None, False)
    assert tree.exists("api")
    assert tree.exists("api/")
    assert not tree.exists("api/other.py")
    assert tree.text("api/other.py") is None


IGNORE_CASES = {
    ".gitignore": "*.log\n!keep.log\n/only-root\nbuild/\n# remark\n\nsp ace\\ \n**/deep/x\n[broken\n",
    "sub/.gitignore": "!again.log\nlocal\n",
    "build/.gitignore": "!out.txt\n",
}


def test_our_walk_ignores_what_git_ignores(tmp_path: Path, git_in: GitIn) -> None:
    for path, text in IGNORE_CASES.items():
        plant(tmp_path, path, text=text)
    plant(
        tmp_path, "a.log", "keep.log", "only-root", "sub/only-root", "build/out.txt", "sub/build/y", "sub/again.log",
        "sub/b.log", "sub/local", "local", "sub/sub/local", "p/deep/x", "p/deep/y", "[broken", "sp ace ", "sp ace",
    )  # fmt: skip
    plain = Tree.read(tmp_path, None)
    git_in(tmp_path, "init", "-q")
    assert plain.paths == with_git(tmp_path).paths
    assert "sub/again.log" in plain.paths
    assert "build/out.txt" not in plain.paths


def test_installed_packages_are_never_walked(tmp_path: Path) -> None:
    plant(tmp_path, "a.py", ".git/config", ".venv/x.py", "web/node_modules/y.js")
    tree = Tree.read(tmp_path, None)
    assert tree.paths == ("a.py",)
    assert set(reasons(tree)) == {".git/", ".venv/", "web/node_modules/"}


def test_tracked_packages_are_listed(acme: Path, git_in: GitIn) -> None:
    plant(acme, "node_modules/y.js")
    assert "node_modules/y.js" not in with_git(acme).paths
    git_in(acme, "add", "-f", "node_modules")
    assert "node_modules/y.js" in with_git(acme).paths


def test_limits_are_told(tmp_path: Path) -> None:
    plant(tmp_path, "a", "b", "c/d/e/f", text="12345\n")
    few = Tree.read(tmp_path, None, Limits(files=2))
    assert few.paths == ("a", "b")
    assert "more than 2 files" in reasons(few)["c/d/e/"]
    shallow = Tree.read(tmp_path, None, Limits(depth=2))
    assert shallow.paths == ("a", "b")
    assert reasons(shallow) == {"c/d/e/": "more than 2 folders deep"}
    small = Tree.read(tmp_path, None, Limits(total_bytes=12))
    assert small.paths == ("a", "b")
    assert "beyond the first" in reasons(small)["c/d/e/f"]
    short = Tree.read(tmp_path, None, Limits(file_bytes=5))
    assert short.paths == ("a", "b", "c/d/e/f")
    assert short.text("a") is None
    assert "larger than" in reasons(short)["a"]


def test_limits_with_git(acme: Path) -> None:
    with Git.open(acme) as git:
        tree = Tree.read(acme, git, Limits(files=1, depth=0))
    assert tree.paths == ("README.md",)
    assert reasons(tree) == {"api/main.py": "more than 0 folders deep"}


# -- content ---------------------------------------------------------------------------------------------------------

CONTENT = {
    "plain": ("é\n".encode(), "é\n", None),
    "empty": (b"", "", None),
    "bom": (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n", None),
    "utf16-le": (codecs.BOM_UTF16_LE + "é\n".encode("utf-16-le"), "é\n", None),
    "utf16-be": (codecs.BOM_UTF16_BE + "é\n".encode("utf-16-be"), "é\n", None),
    "utf32": (codecs.BOM_UTF32_LE + "é\n".encode("utf-32-le"), "é\n", None),
    "returns": (b"a\r\nb\r\n", "a\r\nb\r\n", None),
    "latin": (b"caf\xe9\n", None, "not valid UTF-8 text"),
    "cut-utf16": (codecs.BOM_UTF16_LE + b"a", None, "not valid UTF-16-LE text"),
    "image": (b"\x89PNG\r\n\x1a\n\0\0", None, "binary"),
    "nul-late": (b"x" * 100_000 + b"\0", None, "binary"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", None, "kept in Git LFS"),
}


@pytest.mark.parametrize("name", CONTENT)
def test_text(name: str, tmp_path: Path) -> None:
    content, text, reason = CONTENT[name]
    (tmp_path / name).write_bytes(content)
    tree = Tree.read(tmp_path, None)
    assert tree.examined().examined == 0
    assert tree.text(name) == text
    assert tree.text(name) == text
    assert tree.examined().examined == (text is not None)
    assert reasons(tree).get(name, "").startswith(reason or "")
    assert (name in reasons(tree)) == (reason is not None)
    assert tree.raw(name) == content


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    plant(tmp_path, "a")
    tree = Tree.read(tmp_path, None)
    (tmp_path / "a").unlink()
    assert tree.text("a") is None
    assert "No such file" in reasons(tree)["a"]


# -- patterns and digests --------------------------------------------------------------------------------------------


def test_match(tmp_path: Path) -> None:
    plant(tmp_path, "a.py", "api/b.py", "api/v1/c.PY", "README.md", "docs/README.md", "api.py/x")
    tree = Tree.read(tmp_path, None)
    assert tree.match("*.py") == ("a.py", "api.py/x", "api/b.py")
    assert tree.match("/README*") == ("README.md",)
    assert tree.match("api/**") == ("api/b.py", "api/v1/c.PY")
    assert tree.match("docs/") == ("docs/README.md",)
    assert tree.match("*.py", "!api/**") == ("a.py", "api.py/x")
    assert tree.match() == ()


@pytest.mark.parametrize("pattern", ["a*a*a*a*a*b", "x" * 501])
def test_a_costly_pattern_is_refused(pattern: str, tmp_path: Path) -> None:
    plant(tmp_path, "a")
    with pytest.raises(ValueError, match="path pattern too long"):
        Tree.read(tmp_path, None).match(pattern)


def test_a_digest_is_of_content_not_of_commits(acme: Path, git_in: GitIn) -> None:
    start = with_git(acme).digest(["api/**"])
    plant(acme, "README.md", text="other\n")
    assert with_git(acme).digest(["api/**"]) == start
    plant(acme, "api/main.py", text="changed\n")
    dirty = with_git(acme).digest(["api/**"])
    assert dirty != start
    git_in(acme, "commit", "-qam", "Change")
    assert with_git(acme).digest(["api/**"]) == dirty
    git_in(acme, "checkout", "-q", "--orphan", "squashed")
    git_in(acme, "commit", "-qm", "All at once")
    assert with_git(acme).digest(["api/**"]) == dirty
    assert Tree.read(acme, None).digest(["api/**"]) == dirty
    (acme / "api" / "main.py").rename(acme / "api" / "moved.py")
    assert with_git(acme).digest(["api/**"]) != dirty


def test_a_digest_sees_files_come_and_go(acme: Path) -> None:
    start = with_git(acme).digest(["*.py", "*.py"])
    assert start == with_git(acme).digest(["*.py"])
    plant(acme, "new.py")
    assert with_git(acme).digest(["*.py"]) != start


def test_line_ends_that_git_converts_do_not_change_a_digest(acme: Path, git_in: GitIn) -> None:
    plant(acme, ".gitattributes", text="*.txt text=auto\n")
    (acme / "notes.txt").write_bytes(b"one\r\ntwo\r\n")
    untracked = with_git(acme)
    before = untracked.digest(["notes.txt"])
    git_in(acme, "add", "-A")
    git_in(acme, "commit", "-qm", "Notes")
    assert with_git(acme).digest(["notes.txt"]) == before
    (acme / "notes.txt").write_bytes(b"one\ntwo\n")
    assert with_git(acme).digest(["notes.txt"]) == before


# -- kinds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("app/main.py", ""),
        ("src/testing_ground/main.py", ""),
        ("src/latest.py", ""),
        ("contest.py", ""),
        ("src/protests/a.py", ""),
        ("tests/a.py", "test"),
        ("src/__tests__/a.ts", "test"),
        ("src/a.test.tsx", "test"),
        ("src/a.spec.mjs", "test"),
        ("pkg/a_test.go", "test"),
        ("src/UserServiceTest.java", "test"),
        ("conftest.py", "test"),
        ("node_modules/x/index.js", "vendored"),
        ("third_party/x.py", "vendored"),
        ("dist/app.js", "generated"),
        ("static/jquery.min.js", "generated"),
        ("api/x_pb2.py", "generated"),
        ("package-lock.json", "generated"),
        ("uv.lock", "generated"),
        ("distance/app.js", ""),
        ("Makefile", ""),
    ],
)
def test_kinds(path: str, kinds: str) -> None:
    found = {"test": is_test(path), "vendored": is_vendored(path), "generated": is_generated(path)}
    assert [kind for kind, holds in found.items() if holds] == kinds.split()


def test_a_generated_header() -> None:
    assert is_generated("api/client.ts", "// Code generated by oapi. DO NOT EDIT.\n")
    assert is_generated("api/client.ts", "/** @generated */\n")
    assert not is_generated("api/client.ts", "x = 1\n" * 1000 + "// @generated\n")
