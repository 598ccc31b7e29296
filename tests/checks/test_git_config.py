"""A repository's configuration means to us what it means to git, whether we read it ourselves or ask."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from checks.git.config import _plain_values

LINES = st.lists(
    st.sampled_from(
        [
            "[core]", '[remote "origin"]', '[branch "Main x"]', "[Core]", "[a.b]", "[core] bare = true", "",
            "\tbare = false", "\tfileMode = true", "\turl = https://example.com/a.git", "key=1", "\tkey", "\tx = a  b ",
            "\tx = a ; c", '\tx = "a"', "\tx = a\\", "# note", "\tx = ", "\t1x = 2", "\tfetch = +refs/heads/*:refs/*",
            "\tx = a\tb", "\tx = é", "\tx = a\r", "[include]", "\tpath = other", '[a "b\\"c"]', '[a "]"]',
        ]
    )
    | st.text(alphabet="[]ab =\"'\\#;.\t-1", max_size=12),
    max_size=6,
)  # fmt: skip


@given(LINES)
@example(["[core]", "\trepositoryformatversion = 0", "\tbare = false"])
def test_what_we_read_is_what_git_reads(lines: list[str]) -> None:
    text = "\n".join(lines).encode()
    ours = _plain_values(text)
    if ours is None:
        return
    done = subprocess.run(
        ["git", "config", "--file", "-", "--no-includes", "--null", "--list"],
        input=text, capture_output=True, cwd=Path("/"), check=False,
    )  # fmt: skip
    assert done.returncode == 0, (text, ours, done.stderr)
    entries = (entry.partition("\n") for entry in done.stdout.decode().split("\0") if entry)
    assert ours == {key.lower(): value if separator else "true" for key, separator, value in entries}


def test_an_ordinary_configuration_is_read_without_git() -> None:
    text = b'[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.com/a.git\n'
    assert _plain_values(text) == {"core.bare": "false", "remote.origin.url": "https://example.com/a.git"}
