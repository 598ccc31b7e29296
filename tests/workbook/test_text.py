"""Every payload through every sink, parsed back by what reads that sink: nothing comes alive, nothing is lost."""

import ast
import csv
import html as standard_html
import importlib.util
import io
import json
import re
import subprocess
import tomllib
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
import tree_sitter
import tree_sitter_javascript
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checks.secrets.shapes import redact
from workbook.text import (
    ci_log,
    commit_line,
    csv_cell,
    github_command,
    html,
    html_link,
    javascript_literal,
    json_document,
    json_shown,
    markdown,
    markdown_link,
    markdown_prose,
    python_literal,
    rich_text,
    sarif_message,
    sarif_uri,
    shell_display,
    terminal,
    terminal_lines,
    textual,
    textual_lines,
    toml_comment,
    trailer_value,
    yaml_string,
)
from workbook.text.sinks import SINKS


def _payloads():
    spec = importlib.util.spec_from_file_location("payloads", Path(__file__).with_name("payloads.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CORPUS = _payloads()
PAYLOADS = CORPUS.PAYLOADS
fuzz = st.lists(st.sampled_from(CORPUS.BRICKS) | st.text(st.characters(), max_size=4), max_size=6).map("".join)


def both(check):
    """Run a check on every payload, and on fuzz made of their parts."""

    @settings(max_examples=100, deadline=None)
    @given(fuzz)
    def on_fuzz(payload):
        check(payload)

    def test():
        for payload in PAYLOADS:
            check(payload)
        on_fuzz()

    test.__doc__ = check.__doc__
    return test


# Letters that show nothing, and more marks on one letter than any script has.
BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")
TOWER = re.compile("[\u0300-\u036f\u0489\u20d0-\u20f0]{9,}")


def unsafe(text, *, allowed=""):
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    found = [character for character in text if unicodedata.category(character) in bad and character not in allowed]
    return found + BLANK.findall(text) + TOWER.findall(text)


def one_line(text):
    return not unsafe(text) and len(text.splitlines()) <= 1


def test_the_corpus_is_large_and_every_sink_is_tested_here():
    assert len(set(PAYLOADS)) >= 400
    assert all(len(kind) >= 5 for kind in CORPUS.KINDS.values())
    assert CORPUS.corpus(500) == CORPUS.corpus(500), "the same seed gives the same texts"
    assert len(set(CORPUS.corpus(2400))) == 2400
    tested = set(re.findall(r"^def check_(\w+)", Path(__file__).read_text(encoding="utf-8"), re.MULTILINE))
    assert tested == set(SINKS)


# --- screens ---


def check_terminal(payload):
    """A terminal gets printable characters only."""
    shown, payload = terminal(payload), redact(payload)
    assert one_line(shown)
    raw = shown.encode("utf-8")  # no lone surrogate is left to break the stream
    assert not re.search(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]", raw)
    if not unsafe(payload):
        assert shown == payload
    rest = iter(shown)  # what is safe is still there, in its order
    marks = ("Mn", "Me")  # a tower of them is cut
    assert all(one in rest for one in payload if not unsafe(one) and unicodedata.category(one) not in marks)


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


def anchors(source):
    page = Collector()
    page.feed(f"<p>{source}</p>")
    page.close()
    assert [tag for tag, _ in page.seen] in (["p"], ["p", "a"])
    return [dict(attributes) for _, attributes in page.seen[1:]]


def safe_address(address):
    """What a browser may be sent to, told by another parser than the encoder's."""
    parts = urlsplit(address)
    assert parts.scheme == "https"
    assert parts.username is None
    assert parts.password is None
    assert re.fullmatch(r"[a-z0-9.-]+", parts.hostname)
    assert address.isascii()
    assert not re.search(r"[\x00-\x20\x7f\\\\<>\"`{}|^]", address)
    assert len(parts.hostname) < 2000


def check_html_link(payload):
    """Text, or one anchor with an https address, shown as it is."""
    for anchor in anchors(html_link(payload)):
        assert set(anchor) == {"href", "target", "rel"}
        assert {"noopener", "noreferrer"} <= set(anchor["rel"].split())
        safe_address(anchor["href"])
        assert standard_html.escape(anchor["href"], quote=True) in html_link(payload).partition(">")[2]


def check_markdown_link(payload):
    """The same in Markdown."""
    source = markdown_link(payload)
    assert one_line(source)
    table = f"| a | b |\n|---|---|\n| {source} | kept |\n"
    assert [token.content for token in PARSER.parse(table) if token.type == "inline"][3] == "kept"
    for line in (source, f"x {source} y", f"- {source}", table):
        found = list(tokens(line))
        assert {token.type for token in found} <= HARMLESS | ITEM | TABLE | {"link_open", "link_close"}
        for token in found:
            if token.type == "link_open":
                safe_address(token.attrs["href"])
        # Only words of the host's own choosing are left outside of the one link.
        inside = 0
        for token in found:
            inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            assert inside or token.type != "text" or not HOST_ACTS.search(token.content)


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
    """A relative reference without scheme, host, query or fragment, that decodes to the same bytes but for secrets."""
    uri, payload = sarif_uri(payload), redact(payload)
    assert re.fullmatch(r"[A-Za-z0-9_.~%/-]*", uri)
    parts = urlsplit(uri)
    assert parts[:2] + parts[3:] == ("",) * 4  # only the path is left
    assert not uri.startswith("/")
    try:
        assert unquote_to_bytes(uri) == payload.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        assert unquote_to_bytes(uri) == payload.encode("utf-8", "surrogatepass")


def check_sarif_message(payload):
    """One line without an embedded link or a placeholder, as a SARIF viewer reads it."""
    raw = json.dumps({"message": {"text": sarif_message(payload)}})
    text = json.loads(raw)["message"]["text"]
    assert one_line(text)
    assert not re.search(r"\[[^\]]*\]\(", text)
    assert not re.search(r"(?<!\{)(?:\{\{)*\{\d+\}", text.replace("}}", ""))


def paired(text):
    """JSON knows no lone halves of a character side by side: it reads them as the character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def check_json_document(payload):
    """The value comes back whole but for secrets, and no page that holds it ends its script there."""
    document = json_document({payload: [payload]})
    assert json.loads(document) == {paired(redact(payload)): [paired(redact(payload))]}
    assert not unsafe(document, allowed="\n")
    assert document.isascii()
    page = Collector()
    page.feed(f"<script type='application/json'>{document}</script><p>after</p>")
    page.close()
    assert [tag for tag, _ in page.seen] == ["script", "p"]
    assert page.text == f"{document}after"


def check_json_shown(payload):
    """JSON as well, and a value is replaced too where only its name tells that it is a secret."""
    assert json.loads(json_shown([payload])) == json.loads(json_document([payload]))
    assert json_shown({"said": payload}).isascii()
    assert "Zr1Lx8" not in json_shown({"said": [payload, {"password": "f3Kq9" + "Zr1Lx8Vb2Nm7Wc4"}]})


def check_python_literal(payload):
    """The same string to Python, alone in its cell and as an argument."""
    source = python_literal(payload)
    assert one_line(source)
    assert ast.literal_eval(source) == payload
    (call,) = ast.parse(f"open_pillar({source})").body
    assert [one.value for one in call.value.args] == [payload]


JAVASCRIPT = tree_sitter.Parser(tree_sitter.Language(tree_sitter_javascript.language()))


def check_javascript_literal(payload):
    """One string to JavaScript, and nothing that a template or a page would evaluate."""
    source = javascript_literal(payload)
    assert one_line(source)
    assert source.isascii()
    assert json.loads(source) == redact(payload)
    root = JAVASCRIPT.parse(f"f({source});\ng();\n".encode()).root_node
    assert not root.has_error
    assert len(root.children) == 2
    assert root.children[0].children[0].children[1].children[1].type == "string"


def check_yaml_string(payload):
    """One scalar with the text of a terminal; two braces never stand together."""
    source = yaml_string(payload)
    assert one_line(source)
    (value,) = yaml.safe_load(f"- {source}\n")
    assert value.replace(" ", "") == terminal_lines(payload).replace(" ", "")
    assert not re.search(r"\{\{|\}\}", value)
    assert "{{" not in yaml.safe_load(yaml_string("${{{ x }}}"))
    assert yaml.safe_load(f"a: {source}\nb: 1\n").keys() == {"a", "b"}


def check_toml_comment(payload):
    """A comment between two keys leaves the two keys."""
    assert list(yaml.safe_load(f"a: 1\n# {toml_comment(payload)}\nb: 2\n")) == ["a", "b"]
    assert len(ast.parse(f"a = 1\n# {toml_comment(payload)}\nb = 2\n").body) == 2
    script = JAVASCRIPT.parse(f"f();\n// {toml_comment(payload)}\ng();\n".encode()).root_node
    assert [one.type for one in script.children] == ["expression_statement", "comment", "expression_statement"]
    assert tomllib.loads(f"a = 1\n# {toml_comment(payload)}\nb = 2\n") == {"a": 1, "b": 2}
    assert one_line(toml_comment(payload))


def check_commit_line(payload):
    """One line that is no trailer, comment, mention or reference."""
    line = commit_line(payload)
    assert one_line(line)
    assert not re.match(r"[A-Za-z0-9-]+\s*:|#|---|diff |From |\(cherry picked", line)
    assert not re.search(r"#\d|\bGH-\d|(?<![\w.+-])@\w", line, re.IGNORECASE)


def check_trailer_value(payload):
    """One line."""
    assert one_line(trailer_value(payload))


def orders(log):
    """What GitHub's runner and its relatives read as orders: at the start of a line, or anywhere by a bracket."""
    return [
        line
        for line in re.split(r"\r\n|\r|\n", log)
        if line.lstrip().startswith("::") or re.search(r"##(vso|teamcity)?\[", line, re.IGNORECASE)
    ]


def check_ci_log(payload):
    """Terminal text without orders; what is no order stays, and JSON stays the same JSON."""
    encoded = terminal_lines(payload)
    assert not orders(ci_log(encoded))
    if not orders(encoded):
        assert ci_log(encoded) == encoded
    assert json.loads(ci_log(json_document([payload]))) == [paired(redact(payload))]


def check_github_command(payload):
    """One order, with the file and message that were meant."""
    line = github_command("error", payload, file=payload, line=7)
    assert one_line(line)
    order, _, message = line.removeprefix("::").partition("::")
    name, _, properties = order.partition(" ")
    assert name == "error"
    assert "%0A" not in line.replace("%250A", "")
    found = dict(one.split("=", 1) for one in properties.split(","))
    assert found.keys() <= {"file", "line"}
    assert found["line"] == "7"
    back = message.replace("%25", "%")
    assert back == ci_log(terminal(payload))
    if payload:
        assert found["file"].replace("%2C", ",").replace("%3A", ":").replace("%25", "%") == back


@pytest.mark.stress
def test_git_finds_only_our_trailers(scale, figure):
    corpus = dict.fromkeys((*CORPUS.KINDS["commits"], *CORPUS.corpus(scale(30, 2000))))
    for payload in corpus:
        for body in (commit_line(payload), f"{commit_line(payload)}\n{commit_line(payload)}"):
            ours = f"Save answers\n\n{body}\n\nCo-authored-by: Ana Example <ana@example.com>\n"
            assert _trailers(ours) == ["Co-authored-by: Ana Example <ana@example.com>"]
            assert _trailers(f"Save answers\n\n{body}\n") == []
        value = trailer_value(payload)
        found = _trailers(f"Save answers\n\nNote: {value}\nCo-authored-by: Ana Example <ana@example.com>\n")
        assert [line.partition(":")[0] for line in found][-2:] == ["Note", "Co-authored-by"]
        assert len(found) == 2
    figure("payload corpus x git interpret-trailers", ">= 2,000: 0 forged", f"{len(corpus)} x 4 messages: 0 forged")


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
    real = [payload for payload in PAYLOADS if not re.search("[\0\ud800-\udc7f\udd00-\udfff]", payload)]
    program = "".join(f"printf '%s\\0' {shell_display([payload])}\n" for payload in real)
    done = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, check=True)
    assert done.stdout.split(b"\0")[:-1] == [redact(payload).encode("utf-8", "surrogateescape") for payload in real]


@pytest.mark.stress
def test_the_corpus_through_every_encoder(scale, figure):
    corpus = CORPUS.corpus(scale(300, 2400))
    live = []
    for name in SINKS:
        for payload in corpus:
            try:
                globals()[f"check_{name}"](payload)
            except AssertionError:
                live.append((name, payload))
    figure("payload corpus x every encoder", ">= 2,000: 0 live", f"{len(corpus)} x {len(SINKS)}: {len(live)} live")
    assert not live


# One test a sink; `both` adds the fuzz.
for _name in SINKS:
    globals()[f"test_{_name}"] = both(globals()[f"check_{_name}"])
