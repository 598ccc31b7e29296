"""Every payload through every sink, parsed back by what reads that sink: nothing comes alive, nothing is lost."""

import csv
import importlib.util
import io
import re
import subprocess
import tomllib
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workbook.text import (
    SINKS,
    commit_line,
    csv_cell,
    html,
    markdown,
    markdown_prose,
    rich_text,
    sarif_uri,
    shell_display,
    terminal,
    terminal_lines,
    textual,
    textual_lines,
    toml_comment,
    trailer_value,
)


def _payloads():
    spec = importlib.util.spec_from_file_location("payloads", Path(__file__).with_name("payloads.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PAYLOADS


PAYLOADS = _payloads()
BRICKS = (
    *PAYLOADS,
    *"[]()<>!#*_`~|\\&@:/=+-.\n\r\t \x00\x1b\x9b\u202e\u2028",
    "www.",
    "://",
    "<!--",
    "readiness:",
    "a1",
)
fuzz = st.lists(st.sampled_from(BRICKS) | st.text(st.characters(), max_size=4), max_size=6).map("".join)


def both(check):
    """Run a check on every payload, and on fuzz made of their parts."""

    @settings(max_examples=250, deadline=None)
    @given(fuzz)
    def on_fuzz(payload):
        check(payload)

    def test():
        for payload in PAYLOADS:
            check(payload)
        on_fuzz()

    test.__doc__ = check.__doc__
    return test


def unsafe(text, *, allowed=""):
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return [character for character in text if unicodedata.category(character) in bad and character not in allowed]


def one_line(text):
    return not unsafe(text) and len(text.splitlines()) <= 1


def test_the_corpus_is_large_and_every_sink_is_tested_here():
    assert len(set(PAYLOADS)) >= 60
    tested = set(re.findall(r"^def check_(\w+)", Path(__file__).read_text(encoding="utf-8"), re.MULTILINE))
    assert tested == set(SINKS)


# --- screens ---


def check_terminal(payload):
    """A terminal gets printable characters only."""
    shown = terminal(payload)
    assert one_line(shown)
    raw = shown.encode("utf-8")  # no lone surrogate is left to break the stream
    assert not re.search(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]", raw)
    if not unsafe(payload):
        assert shown == payload
    rest = iter(shown)  # what is safe is still there, in its order
    assert all(character in rest for character in payload if not unsafe(character))


def check_terminal_lines(payload):
    """Only newline and tab remain."""
    assert not unsafe(terminal_lines(payload), allowed="\n\t")
    assert terminal_lines(payload).count("\n") == payload.count("\n")


def check_textual(payload):
    """A Content without spans that says what the terminal would."""
    content = textual(payload)
    assert not content.spans
    assert content.plain == terminal(payload)


def check_textual_lines(payload):
    """The same for several lines."""
    content = textual_lines(payload)
    assert not content.spans
    assert not unsafe(content.plain, allowed="\n\t")


def check_rich_text(payload):
    """A Text without spans."""
    text = rich_text(payload)
    assert not text.spans
    assert text.plain == terminal(payload)


def check_shell_display(payload):
    """What is shown is one word to bash, and the word is the argument itself."""
    shown = shell_display([payload])
    assert one_line(shown)


# --- Markdown ---

PARSER = MarkdownIt("gfm-like", {"linkify": False, "html": True})
HARMLESS = {"inline", "text", "code_inline", "paragraph_open", "paragraph_close", "text_special"}
TABLE = {f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")}
ITEM = {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
HOST_ACTS = re.compile(r"@\w|#\d|GH-\d|https?://|www\.|[\w.]@\w|(?<!\w):\w+:(?!\w)", re.IGNORECASE)


def tokens(source):
    for token in PARSER.parse(source):
        yield token
        yield from token.children or ()


def check_markdown(payload):
    """One code span, at any place of a line, with the text in it."""
    span = markdown(payload)
    assert one_line(span)
    assert not re.search(r"<!--\s*/?\s*readiness", span, re.IGNORECASE)
    for source, allowed in ((span, HARMLESS), (f"- {span}\n- x", HARMLESS | ITEM), (f"a {span} b", HARMLESS)):
        found = [token for token in tokens(source) if token.type not in ("text", "inline")]
        assert {token.type for token in found} <= allowed
        (code,) = [token for token in found if token.type == "code_inline"]
        expected = re.sub(r"<!--(?=\s*/?\s*readiness)", "<! --", terminal(payload), flags=re.IGNORECASE)
        assert code.content == (expected or " ")


def check_markdown_prose(payload):
    """Plain words at the start of a line, inside one, in a list and in a table cell."""
    prose = markdown_prose(payload)
    assert one_line(prose)
    assert not re.search(r"<!--\s*/?\s*readiness", prose, re.IGNORECASE)
    table = f"| a | b |\n|---|---|\n| {prose} | kept |\n"
    for source, allowed in (
        (prose, HARMLESS),
        (f"x {prose} y", HARMLESS),
        (f"- {prose}\n- x", HARMLESS | ITEM),
        (table, HARMLESS | TABLE),
    ):
        found = list(tokens(source))
        assert {token.type for token in found} <= allowed
        assert not [
            token for token in found if token.type in ("text", "text_special") and HOST_ACTS.search(token.content)
        ]
    cells = [token.content for token in PARSER.parse(table) if token.type == "inline"]
    assert len(cells) == 4
    assert cells[3] == "kept"


def test_prose_reads_as_it_was_written():
    said = "Limits *hold* for 60/min_key <here> & there | 1. done, see `api` and a_b_c!"
    rendered = MarkdownIt("commonmark").parse(markdown_prose(said))[1].children
    assert "".join(token.content for token in rendered) == said


# --- HTML ---


class Collector(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.seen, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, attrs))

    def handle_comment(self, data):
        self.seen.append(("comment", data))

    def handle_decl(self, decl):
        self.seen.append(("declaration", decl))

    def handle_pi(self, data):
        self.seen.append(("instruction", data))

    def handle_data(self, data):
        self.text += data


def check_html(payload):
    """Text in an element and in both kinds of quoted attribute."""
    encoded = html(payload)
    for quote in "\"'":
        page = Collector()
        page.feed(f"<p title={quote}{encoded}{quote}>{encoded}</p>")
        page.close()
        assert page.seen == [("p", [("title", terminal_lines(payload))])]
        assert page.text == terminal_lines(payload)


# --- files ---


def check_csv_cell(payload):
    """A cell comes back whole and starts no formula."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet, quoting=csv.QUOTE_ALL).writerow(["id", csv_cell(payload), "end"])
    (row,) = csv.reader(io.StringIO(sheet.getvalue(), newline=""))
    assert row[0] == "id"
    assert row[2] == "end"
    assert row[1] == csv_cell(payload)
    assert row[1].removeprefix("'") == terminal_lines(payload).removeprefix("'")
    assert not row[1].lstrip().startswith(tuple("=+-@\t\r\0＝＋－＠"))  # noqa: RUF001  # the wide forms are meant


def check_sarif_uri(payload):
    """A relative reference without scheme, host, query or fragment, that decodes to the same bytes."""
    uri = sarif_uri(payload)
    assert re.fullmatch(r"[A-Za-z0-9_.~%/-]*", uri)
    parts = urlsplit(uri)
    assert parts[:2] + parts[3:] == ("",) * 4  # only the path is left
    assert not uri.startswith("/")
    try:
        assert unquote_to_bytes(uri) == payload.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        assert unquote_to_bytes(uri) == payload.encode("utf-8", "surrogatepass")


def check_toml_comment(payload):
    """A comment between two keys leaves the two keys."""
    assert tomllib.loads(f"a = 1\n# {toml_comment(payload)}\nb = 2\n") == {"a": 1, "b": 2}
    assert one_line(toml_comment(payload))


def check_commit_line(payload):
    """One line that is no trailer, comment, mention or reference."""
    line = commit_line(payload)
    assert one_line(line)
    assert not re.match(r"[A-Za-z0-9-]+\s*:|#|---|diff |From |\(cherry", line)
    assert not re.search(r"#\d|\bGH-\d|(?<![\w.+-])@\w", line, re.IGNORECASE)


def check_trailer_value(payload):
    """One line."""
    assert one_line(trailer_value(payload))


def test_git_finds_only_our_trailers():
    for payload in PAYLOADS:
        for body in (commit_line(payload), f"{commit_line(payload)}\n{commit_line(payload)}"):
            ours = f"Save answers\n\n{body}\n\nCo-authored-by: Ana Example <ana@example.com>\n"
            assert _trailers(ours) == ["Co-authored-by: Ana Example <ana@example.com>"]
            assert _trailers(f"Save answers\n\n{body}\n") == []
        value = trailer_value(payload)
        found = _trailers(f"Save answers\n\nNote: {value}\nCo-authored-by: Ana Example <ana@example.com>\n")
        assert [line.partition(":")[0] for line in found][-2:] == ["Note", "Co-authored-by"]
        assert len(found) == 2


def _trailers(message):
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=message.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split("\n")[:-1]


def test_bash_reads_back_the_argument():
    """One bash prints every shown argument; NUL and lone surrogates cannot be arguments at all."""
    real = [payload for payload in PAYLOADS if "\0" not in payload and "\ud800" not in payload]
    program = "".join(f"printf '%s\\0' {shell_display([payload])}\n" for payload in real)
    done = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, check=True)
    assert done.stdout.split(b"\0")[:-1] == [payload.encode("utf-8", "surrogateescape") for payload in real]


# One test a sink; `both` adds the fuzz.
for _name in SINKS:
    globals()[f"test_{_name}"] = both(globals()[f"check_{_name}"])
