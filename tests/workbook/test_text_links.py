"""Which addresses become live links, and which never do."""

import importlib.util
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from workbook.text import file_target, html_link, link_target, markdown_link, shown_address


def _addresses():
    spec = importlib.util.spec_from_file_location("payloads", Path(__file__).with_name("payloads.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.KINDS["addresses"]


def in_html(source):
    """Where the anchors of a piece of HTML lead."""
    return re.findall(r'href="([^"]*)"', source)


def in_markdown(source):
    """Where the links of a line of Markdown lead."""
    found = (token for block in MarkdownIt("gfm-like").parse(source) for token in block.children or ())
    return [token.attrs["href"] for token in found if token.type == "link_open"]


LIVE = (
    "https://example.com",
    "https://example.com/a/b?c=d&e=f#g",
    "https://example.com:8443/x_(y)",
    "https://xn--exmple-4nf.com/",
    "https://intranet/wiki/Caf%C3%A9",
)


@pytest.mark.parametrize("address", LIVE)
def test_an_https_address_is_a_link(address):
    assert link_target(address) == address
    assert in_html(html_link(address)) == [address.replace("&", "&amp;")]
    assert in_markdown(markdown_link(address)) == [address]


def test_letters_beyond_ascii_are_quoted_in_the_path_and_never_live_in_the_host():
    assert link_target("https://example.com/Prüfung") == "https://example.com/Pr%C3%BCfung"
    lookalike = "https://ex\u0430mple.com/x"
    assert link_target(lookalike) is None
    assert shown_address(lookalike) == html_link(lookalike) == "https://ex\\u0430mple.com/x"
    assert shown_address("caf\u00e9 at https://ex\u0430mple.com") == "caf\u00e9 at https://ex\u0430mple.com"


@pytest.mark.parametrize("text", _addresses())
def test_no_other_address_is_live(text):
    allowed = (
        "https://xn--exmple-4nf.com/",
        "https://example.com/)[x](javascript:alert(1)",
        "https://example.com/x?y=1&amp;z=2#f",
    )
    assert (link_target(text) is None) == (text not in allowed)


def test_a_file_is_a_link_only_below_the_root(tmp_path):
    root = tmp_path / "root"
    (root / "a b").mkdir(parents=True)
    (root / ".git").mkdir()
    for name in ("a b/c#d.py", ".git/config", "javascript:alert(1)"):
        (root / name).write_text("x")
    (tmp_path / "outside.txt").write_text("private")
    (root / "out.txt").symlink_to(tmp_path / "outside.txt")
    (root / "up").symlink_to(tmp_path)
    (root / "inside.py").symlink_to(root / "a b" / "c#d.py")
    (root / "loop").symlink_to(root / "loop")
    assert link_target("a b/c#d.py", root) == "a%20b/c%23d.py"
    assert link_target("inside.py", root) == "a%20b/c%23d.py"
    assert link_target("javascript:alert(1)", root) == "javascript%3Aalert%281%29"
    assert html_link("a b/c#d.py", root).startswith('<a href="a%20b/c%23d.py" ')
    assert not in_markdown(markdown_link("out.txt", root))
    assert in_markdown(markdown_link("a b/c#d.py", root)) == ["a%20b/c%23d.py"]
    outside = ("out.txt", "up/outside.txt", "../outside.txt", str(tmp_path / "outside.txt"), ".git/config", "loop")
    for name in (*outside, "a b", "missing.py", "", ".", "x\0y", "\ud800", "/etc/passwd", "~/x"):
        assert file_target(name, root) is None, name
        assert link_target(name, root) is None, name
