"""Ways in which a repository can make git run its author's program, each with an ordinary call that falls for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PlainGit = Callable[..., str]
Plant = Callable[[Path, Path, PlainGit], None]
Call = tuple[str, ...]

READING: tuple[Call, ...] = (
    ("status", "--porcelain"),
    ("diff",),
    ("diff", "HEAD~1", "HEAD"),
    ("log", "-p"),
    ("show", "HEAD"),
    ("blame", "README.md"),
    ("ls-files", "-m", "-o", "--exclude-standard"),
    ("cat-file", "blob", "HEAD:README.md"),
    ("log", "--format=%G?"),
    ("hash-object", "src/app.py"),
    ("add", "--dry-run", "-A"),
)
"""What a program that trusts the repository would call to learn what we learn."""


class Vector(NamedTuple):
    """`plant(root, script, git)` makes the repository hostile; one of `naive` must then run the script.

    `closed` says why today's git does not fall for it either; then there is no naive call to prove it with.
    """

    plant: Plant
    naive: tuple[Call, ...] = READING
    closed: str = ""


VECTORS: dict[str, Vector] = {}


def vector(*naive: Call, closed: str = "") -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        VECTORS[plant.__name__] = Vector(plant, naive or READING, closed)
        return plant

    return keep


def settings(**vectors: tuple[dict[str, str], tuple[Call, ...]]) -> None:
    """Vectors that are nothing but settings; {script} stands for the author's program."""
    for name, (values, naive) in vectors.items():

        def plant(root: Path, script: Path, git: PlainGit, values: dict[str, str] = values) -> None:
            for key, value in values.items():
                git(root, "config", key.format(script=script), value.format(script=script))

        VECTORS[name] = Vector(plant, naive or READING)


ASK_FOR_A_PASSWORD: tuple[Call, ...] = (("credential", "fill"),)

settings(
    fsmonitor=({"core.fsmonitor": "{script}"}, ()),
    external_diff=({"diff.external": "{script}"}, ()),
    pager=({"core.pager": "{script}"}, (("on a terminal", "log"),)),
    pager_of_one_command=({"pager.config": "{script}"}, (("on a terminal", "config", "--list"),)),
    alias=({"alias.st": "!{script}"}, (("st",),)),
    editor=({"core.editor": "{script}"}, (("commit", "--allow-empty"),)),
    sequence_editor=({"sequence.editor": "{script}"}, (("rebase", "--autostash", "-i", "HEAD~1"),)),
    credential_helper=({"credential.helper": "!{script}"}, ASK_FOR_A_PASSWORD),
    askpass=({"core.askPass": "{script}"}, ASK_FOR_A_PASSWORD),
    ssh_command=({"core.sshCommand": "{script}"}, (("ls-remote", "ssh://git@example.com/x.git"),)),
    proxy=({"core.gitProxy": "{script}"}, (("ls-remote", "git://example.com/x.git"),)),
    transport=({"protocol.ext.allow": "always"}, (("ls-remote", "ext::{script}"),)),
    rewritten_address=(
        {"url.ext::{script} .insteadOf": "https://example.com/", "protocol.ext.allow": "always"},
        (("ls-remote", "https://example.com/x"),),
    ),
    commit_signing=({"commit.gpgSign": "true", "gpg.program": "{script}"}, (("commit", "--allow-empty", "-mx"),)),
    diff_tool=({"difftool.evil.cmd": "{script}", "diff.tool": "evil"}, (("difftool", "-y"),)),
    trailer_command=(
        {"trailer.sign.key": "Signed-off-by", "trailer.sign.command": "{script}"}, (("interpret-trailers",),),
    ),
)  # fmt: skip


def attribute(root: Path, line: str) -> None:
    (root / ".gitattributes").write_text(f"{line}\n")


@vector()
def fsmonitor_by_include(root: Path, script: Path, git: PlainGit) -> None:
    (root / "more.cfg").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(root, "config", "include.path", "../more.cfg")


@vector()
def fsmonitor_by_conditional_include(root: Path, script: Path, git: PlainGit) -> None:
    (root / "more.cfg").write_text(f"[core]\n\tfsmonitor = {script}\n")
    git(root, "config", "includeIf.onbranch:main.path", "../more.cfg")


@vector()
def fsmonitor_by_worktree_config(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "extensions.worktreeConfig", "true")
    git(root, "config", "--worktree", "core.fsmonitor", str(script))


@vector()
def fsmonitor_behind_a_git_file(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "core.fsmonitor", str(script))
    (root / ".git").rename(root / "storage")
    (root / ".git").write_text("gitdir: storage\n")


@vector()
def fsmonitor_behind_a_common_directory(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "core.fsmonitor", str(script))
    (root / ".git").rename(root / "storage")
    own = root / "storage" / "worktrees" / "own"
    own.mkdir(parents=True)
    for name in ("HEAD", "index"):
        shutil.copy2(root / "storage" / name, own / name)
    (own / "commondir").write_text("../..\n")
    (own / "gitdir").write_text(f"{root / '.git'}\n")
    (root / ".git").write_text("gitdir: storage/worktrees/own\n")


@vector()
def fsmonitor_remembered_in_the_index(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "core.fsmonitor", str(script))
    git(root, "update-index", "--fsmonitor")
    git(root, "update-index", "--split-index")
    git(root, "update-index", "--force-untracked-cache")


@vector()
def hook(root: Path, script: Path, _git: PlainGit) -> None:
    (root / ".git" / "hooks").mkdir(exist_ok=True)
    (root / ".git" / "hooks" / "post-index-change").symlink_to(script)
    # Touched, so that a status refreshes the index and reports it.
    os.utime(root / "README.md", (1, 1))


@vector()
def hooks_path(root: Path, script: Path, git: PlainGit) -> None:
    (root / "husky").mkdir()
    (root / "husky" / "post-index-change").symlink_to(script)
    git(root, "config", "core.hooksPath", "husky")
    os.utime(root / "README.md", (1, 1))


@vector(("update-ref", "refs/heads/other", "HEAD"))
def hook_of_references(root: Path, script: Path, _git: PlainGit) -> None:
    (root / ".git" / "hooks").mkdir(exist_ok=True)
    (root / ".git" / "hooks" / "reference-transaction").symlink_to(script)


@vector()
def filter_clean(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* filter=evil")
    git(root, "config", "filter.evil.clean", str(script))


@vector(("cat-file", "--filters", "HEAD:README.md"), ("archive", "HEAD"))
def filter_smudge(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* filter=evil")
    git(root, "config", "filter.evil.smudge", str(script))


@vector()
def filter_process(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* filter=evil")
    git(root, "config", "filter.evil.process", str(script))
    git(root, "config", "filter.evil.required", "true")


@vector()
def filter_by_attributes_file(root: Path, script: Path, git: PlainGit) -> None:
    (root / "hidden").write_text("* filter=evil\n")
    git(root, "config", "core.attributesFile", str(root / "hidden"))
    git(root, "config", "filter.evil.clean", str(script))


@vector()
def filter_by_info_attributes(root: Path, script: Path, git: PlainGit) -> None:
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    git(root, "config", "filter.evil.clean", str(script))


@vector()
def diff_command(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* diff=evil")
    git(root, "config", "diff.evil.command", str(script))


@vector()
def textconv(root: Path, script: Path, git: PlainGit) -> None:
    attribute(root, "* diff=evil")
    git(root, "config", "diff.evil.textconv", str(script))


@vector(("merge", "other"))
def merge_driver(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "update-ref", "refs/heads/other", "HEAD~1")
    git(root, "read-tree", "other")
    blob = git(root, "hash-object", "-w", "--stdin", stdin="theirs\n")
    git(root, "update-index", "--cacheinfo", f"100644,{blob},README.md")
    tree = git(root, "write-tree")
    git(root, "update-ref", "refs/heads/other", git(root, "commit-tree", "-p", "other", "-m", "Theirs", tree))
    git(root, "read-tree", "HEAD")
    attribute(root, "README.md merge=evil")
    git(root, "config", "merge.evil.driver", f"{script} %A")


def signed(root: Path, git: PlainGit, armor: str) -> None:
    raw = git(root, "cat-file", "commit", "HEAD")
    head, _, message = raw.partition("\n\n")
    signature = f"gpgsig -----BEGIN {armor}-----\n \n abcd\n -----END {armor}-----"
    commit = git(root, "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}\n")
    git(root, "update-ref", "refs/heads/main", commit)
    git(root, "config", "log.showSignature", "true")


@vector()
def signature_program(root: Path, script: Path, git: PlainGit) -> None:
    signed(root, git, "PGP SIGNATURE")
    git(root, "config", "gpg.program", str(script))


@vector()
def certificate_program(root: Path, script: Path, git: PlainGit) -> None:
    signed(root, git, "SIGNED MESSAGE")
    git(root, "config", "gpg.x509.program", str(script))


@vector()
def ssh_signature_program(root: Path, script: Path, git: PlainGit) -> None:
    signed(root, git, "SSH SIGNATURE")
    git(root, "config", "gpg.ssh.program", str(script))
    git(root, "config", "gpg.ssh.allowedSignersFile", "README.md")


def missing_object(root: Path, git: PlainGit, url: str) -> None:
    """A partial clone whose promised blob is not here: reading it asks the remote."""
    blob = git(root, "rev-parse", "HEAD:README.md")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.partialClone", "origin")
    git(root, "config", "remote.origin.url", url)
    git(root, "config", "remote.origin.promisor", "true")


@vector()
def lazy_fetch_over_ssh(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, "ssh://git@example.com/x.git")
    git(root, "config", "core.sshCommand", str(script))


@vector()
def lazy_fetch_by_ext(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, f"ext::{script}")
    git(root, "config", "protocol.ext.allow", "always")


@vector()
def lazy_fetch_by_upload_pack(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, str(root))
    git(root, "config", "remote.origin.uploadpack", str(script))


@vector()
def lazy_fetch_through_a_proxy(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, "git://example.com/x.git")
    git(root, "config", "core.gitProxy", str(script))


@vector()
def lazy_fetch_from_a_rewritten_address(root: Path, script: Path, git: PlainGit) -> None:
    missing_object(root, git, "https://example.com/x")
    git(root, "config", f"url.ext::{script} .insteadOf", "https://example.com/")
    git(root, "config", "protocol.ext.allow", "always")


@vector(("rev-list", "--alternate-refs"))
def command_for_alternate_references(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "init", "-q", "--bare", "lender")
    (root / ".git" / "objects" / "info" / "alternates").write_text(f"{root / 'lender' / 'objects'}\n")
    git(root, "config", "core.alternateRefsCommand", str(script))


def with_submodule(root: Path, git: PlainGit) -> Path:
    inner = root / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    for text in "ab":
        (inner / "a").write_text(text)
        git(inner, "add", "-A")
        git(inner, "-c", "user.name=Bo", "-c", "user.email=bo@example.com", "commit", "-qm", "a")
    (root / ".gitmodules").write_text('[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n')
    git(root, "add", "inner")
    return inner


@vector()
def submodule_fsmonitor(root: Path, script: Path, git: PlainGit) -> None:
    git(with_submodule(root, git), "config", "core.fsmonitor", str(script))


@vector(("submodule", "update", "--init"))
def submodule_update(root: Path, script: Path, git: PlainGit) -> None:
    git(with_submodule(root, git), "checkout", "-q", "HEAD~1")
    git(root, "config", "submodule.inner.url", "./inner")
    git(root, "config", "submodule.inner.update", f"!{script}")


@vector(("ls-remote", "."), closed="git takes this setting from the user's own files only, since 2.13")
def hook_of_packing(root: Path, script: Path, git: PlainGit) -> None:
    git(root, "config", "uploadpack.packObjectsHook", str(script))


@vector(("submodule", "update", "--init"), closed="git refuses a command in .gitmodules, since 2.20.2 (CVE-2019-19604)")
def submodule_command_in_the_tree(root: Path, script: Path, git: PlainGit) -> None:
    git(with_submodule(root, git), "checkout", "-q", "HEAD~1")
    git(root, "config", "--file", ".gitmodules", "submodule.inner.update", f"!{script}")


INNER = {
    "checks.git.changes.count_churn", "checks.git.changes.layout", "checks.git.changes.read_changes",
    "checks.git.config.read_config", "checks.git.config.require_known_format", "checks.git.config.sanitized",
    "checks.git.heads.loose_head", "checks.git.history.read_commits", "checks.git.listing.ask",
    "checks.git.listing.listed", "checks.git.listing.unsure", "checks.git.listing.spells_all_paths",
    "checks.git.objects.alternates_line", "checks.git.objects.require_own_objects",
    "checks.git.program.base_environment", "checks.git.program.find_git", "checks.git.program.run_git",
    "checks.git.history_child.main", "checks.git.history_child.full_name",
    "checks.git.timeline.read_timeline", "checks.git.timeline.read_blobs",
    "checks.git.supplied.resolved", "checks.git.supplied.supplied",
}  # fmt: skip
"""The parts the calls of `test_hostile_git.py` are made of; `run_git` is used elsewhere too, and its users are
among the callers there.
"""
