"""What brings each format to life, told by a real parser: every function gives the live constructs it found."""

import base64
import csv
import hashlib
import io
import json
import re
import tomllib
import unicodedata
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from checks.secrets.shapes import redact

BAD = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
MOST_ANNOTATIONS = 10
OWN_COMMENT = re.compile(
    r"<!-- (readiness:(begin v=\d+( style=[a-z]+)?|end|(item|control|gate) [A-Za-z0-9._-]+)|[A-Za-z0-9._-]+) -->"
    r"|<details><summary>[A-Za-z0-9 ]+</summary>|</details>"
)
"""Our markers, and the one kind of fold that we write."""
HOST_ACTS = re.compile(r"@\w|#\d|GH-\d|https?://|www\.|[\w.]@\w|(?<!\w):\w+:(?!\w)|\$\S+\$", re.IGNORECASE)
LAYOUT = {"heading", "paragraph", "bullet_list", "list_item", "strong", "table", "thead", "tbody", "tr", "th", "td"}
TAGS = {
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "pre",
    "code",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
TAGS |= {"strong", "em", "a", "section", "header", "details", "summary", "span", "progress"}
ATTRIBUTES = {"class", "scope", "style", "id", "href", "target", "rel", "aria-label", "role", "title"}
ATTRIBUTES |= {"max", "value"}  # of a bar
STYLES = {
    "text-align:left;vertical-align:top",
    "text-align:left;vertical-align:top;min-width:16em;overflow-wrap:anywhere",
}


def controls(text, allowed="\n\t"):
    """Characters that steer a terminal, reorder text or hide."""
    return [f"{ord(one):#x}" for one in text if unicodedata.category(one) in BAD and one not in allowed]


def log(text):
    """Terminal output: also orders to a CI host."""
    orders = [
        line
        for line in text.split("\n")
        if line.lstrip().startswith("::") or re.search(r"##(vso|teamcity)?\[", line, re.IGNORECASE)
    ]
    return controls(text) + orders


def annotated(text):
    """The log of a CI host on GitHub: a few orders of our own that mark a place, each on a line, and no other."""
    lines = text.split("\n")
    own = [line for line in lines if re.fullmatch(r"::(error|warning)( file=[^:,]+(,line=\d+)?)?::.*", line)]
    broken = [line for line in own if re.search("%0[AD]", line, re.IGNORECASE) or len(own) > MOST_ANNOTATIONS]
    return log("\n".join(line for line in lines if line not in own)) + broken + controls("".join(own), "")


def markdown(text):
    """What a host would render but for headings, lists, tables, our own comments and https links without tricks."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    found = controls(text)
    for block in parser.parse(text):
        for token in (block, *(block.children or ())):
            name = re.sub("_(open|close)$", "", token.type)
            if name == "link":
                found += address(token.attrs["href"]) if token.nesting == 1 else []
            elif name in {"html_block", "html_inline"}:
                found += [] if all(OWN_COMMENT.fullmatch(one) for one in _comments(token.content)) else [token.content]
            elif name in {"text", "text_special"}:
                found += HOST_ACTS.findall(token.content)
            elif name not in LAYOUT | {"inline", "code_inline", "softbreak"}:
                found.append(f"{token.type}: {token.content or token.markup}")
    return found


def _comments(text):
    return [one for one in text.strip().split("\n") if one]


def address(href):
    """A link that is not https with a plain host, nor a path below the root."""
    parts = urlsplit(href)
    climbs = ".." in re.split(r"[/\\]", unquote(parts.path))
    relative = not parts.scheme and not parts.netloc and not href.startswith(("/", "\\")) and not climbs
    plain = parts.scheme == "https" and not parts.username and re.fullmatch(r"[a-z0-9.-]+", parts.hostname or "")
    return [] if (relative or plain) and href.isascii() and not re.search(r"[\x00-\x20\\<>\"]", href) else [href]


DRAWN = {"figure", "figcaption", "details", "summary", "svg", "text", "title", "rect", "circle", "line", "polyline"}
DRAWING = {
    "viewbox",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "points",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "textlength",
    "font-family",
    "font-size",
    "font-weight",
}
"""What our pictures are made of; the values are numbers, colors and names, never an address or a function."""
DRAWN_SO = {("xmlns", "http://www.w3.org/2000/svg"), ("role", "img"), ("style", "max-width:100%;height:auto")}


def _drawn(name, value):
    named = name in DRAWING and re.fullmatch(r"[#\w ,.-]*", value)
    return bool(named) or (name, value) in DRAWN_SO or name == "aria-label"


class _Page(HTMLParser):
    tags, attributes = TAGS | DRAWN, ATTRIBUTES

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag not in self.tags:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if tag in DRAWN and _drawn(name, value):
                continue
            if name not in self.attributes or (name == "style" and value not in STYLES):
                self.found.append(f"{name}={value}")
            if name == "href":
                self.found += address(value)

    def handle_comment(self, data):
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl):
        if decl.lower() != "doctype html":
            self.found.append(decl)

    def handle_pi(self, data):
        self.found.append(data)

    def unknown_decl(self, data):
        self.found.append(data)

    def handle_data(self, data):
        self.text += data


class _Body(_Page):
    tags = TAGS | DRAWN | {"body", "main", "nav", "footer", "caption", "br"}
    attributes = ATTRIBUTES | {"aria-labelledby", "tabindex"}


def html(text, reader=_Page):
    """Tags, attributes, comments and addresses that are not of our own few kinds."""
    parsed = reader()
    parsed.feed(text)
    parsed.close()
    return parsed.found + controls(parsed.text) + controls(text)


HEAD = re.compile(
    r"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-(?P<digest>[\w+/=]+)'; """
    r"""base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>[^<]*</title>
<style>(?P<style>[^<]*)</style>
"""
)
"""The head of every page of ours; its policy lets nothing run, and nothing be fetched or sent."""


def page(text):
    """A whole page: our own head to the letter, its one style the one the policy names, and a body of our few kinds."""
    head, _, rest = text.partition("</head>")
    known = HEAD.fullmatch(head)
    if known is None:
        return ["not our head", head[:400]]
    digest = base64.b64encode(hashlib.sha256(known["style"].encode()).digest()).decode()
    body = rest.strip().removesuffix("</html>")
    found = [] if digest == known["digest"] else ["the policy names another style"]
    return found + re.findall(r"<[^>]*\sstyle=", body) + html(body, _Body)


def json_data(data):
    """The document is plain ASCII that ends no script, and comes back as it was."""
    from workbook.text import json_document

    document = json_document(data)
    same = json.loads(document) == json.loads(json.dumps(_without_secrets(data)))
    return (
        controls(document) + re.findall("[<>&]", document) + ([] if same and document.isascii() else ["not the same"])
    )


def _without_secrets(data):
    if isinstance(data, dict):
        return {_without_secrets(name): _without_secrets(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_without_secrets(value) for value in data]
    return redact(data) if isinstance(data, str) else data


def sarif(data):
    """Also: addresses are relative, messages hold no links and no placeholders."""
    found = json_data(data)
    for key, value in _walk(json.loads(data) if isinstance(data, str) else data):
        if key == "uri" and not value.startswith("https://"):
            found += address(value)
        if key == "text":
            found += controls(value) + re.findall(r"\[[^\]]*\]\([^)]*\)", value)
    return found


def _walk(data, key=""):
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _walk(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _walk(value, key)
    elif isinstance(data, str):
        yield key, data


def spreadsheet(text):
    """Cells that are formulas; rows that came out of nowhere."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    found = [cell for row in rows for cell in row if cell.lstrip().startswith(tuple("=+-@\t\r\0|%＝＋－＠"))]  # noqa: RUF001  # the wide forms are meant
    return found + controls(text, "\r\n\t") + [str(row) for row in rows if len(row) != len(rows[0])]


def toml(text):
    """A document that says what it should is compared by the caller; here: that it is one."""
    tomllib.loads(text)
    return controls(text)


READERS = {
    "markdown": markdown,
    "html": html,
    "page": page,
    "svg": html,
    "json": json_data,
    "sarif": sarif,
    "csv": spreadsheet,
    "toml": toml,
    "text": log,
}
"""By the formats an export can have."""
