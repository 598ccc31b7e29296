"""Plain patterns are matched without pathspec, and must mean what they mean to it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from checks.files import patterns

NAMES = st.sampled_from(["a", "b.py", "a.b", "ab-a", ".a", "B", "aa", "a b", "ä", "a\nb"])
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
PARTS = st.sampled_from(["a", "b.py", ".a", "*", "**", "*.py", "a*", "a*a", "*b*", "a**", "", "."])
PATTERNS = st.tuples(
    st.sampled_from(["", "/"]), st.lists(PARTS, min_size=1, max_size=4), st.sampled_from(["", "/"])
).map(lambda one: one[0] + "/".join(one[1]) + one[2])


def plain(pattern):
    return patterns._PLAIN.fullmatch(pattern) and "**/**" not in pattern


@given(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(PATHS, max_size=8))
@example(["**"], ["a", "a/b"])
@example(["**/"], ["a", "a/b"])
@example(["a/**/a/"], ["a/a", "a/a/b", "a/b/a/b"])
@example(["*.py"], ["x/b.py/a", "b.py", "b.pyc"])
def test_a_plain_pattern_matches_what_pathspec_matches(wanted, paths):
    try:
        theirs = tuple(GitIgnoreSpec.from_lines(wanted).match_files(paths))
    except ValueError:
        assert not all(map(plain, wanted))
        return
    assert patterns.matching(wanted, paths) == theirs


@pytest.mark.parametrize("pattern", ["api/**", "*.py", "/README.md", "docs/", "**/test_*.py", "infra/gateway.tf", "**"])
def test_what_teams_write_is_plain(pattern):
    assert plain(pattern)
    assert re.compile(patterns._expression(pattern))


@pytest.mark.parametrize("pattern", ["!a", "#a", "[ab]", "a?", "a\\*", "a ", "/", "", "*b*c", "a/*"])
def test_what_has_other_signs_is_left_to_pathspec(pattern):
    assert not plain(pattern)
