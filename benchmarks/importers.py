"""What each importer makes of valid, hostile, truncated and huge reports, as one table.

    python -P -m benchmarks.importers [--only sarif …]

The reports are those of `tests/data/reports`; `cases.toml` beside them says of each whether the real tool wrote it or
we did, after the schema the tool publishes. A trial holds where

- a valid report is recognized as its own format alone, and read to the values that `cases.toml` names;
- a hostile one (junk for one value after the other, entities, deep nesting, texts that a terminal or a browser would
  obey, a secret) is refused with place and remedy, or read to a record that holds neither secret nor line break;
- a truncated one is refused, wherever it was cut;
- a huge one is refused before it costs anything: too many bytes, too many values.

Anything but a record or a refusal is a fault. Every trial that does not hold is printed; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from checks.reports.document import MOST_VALUES, SIZE_CAP, document
from checks.reports.formats import FORMATS
from checks.reports.read import read
from checks.reports.record import Imported, NotUsable

DATA: Final = Path(__file__).resolve().parents[1] / "tests" / "data" / "reports"
CUTS: Final = 64
"""Into how many pieces a report is thought, to cut it after each of them."""

LAST: Final = 24
"""So many of the last bytes are cut off one by one besides."""

MOST_PLACES: Final = 80
"""Values of one report that junk takes the place of."""

SECRET: Final = "ghp_" + "a1B2c3D4e5F6" * 3
OBEYED: Final = "\x1b]0;x\x07\x1b[2J\u202e<script>alert(1)</script>[link=x]\r\nSet-Cookie: a=b"
JUNK: Final[tuple[Any, ...]] = (
    "many",
    -1,
    1.5,
    True,
    [],
    {},
    [[[]]],
    {"a": "b"},
    10**400,
    1e300,
    1e-320,
    0,
    None,
    OBEYED,
    SECRET,
)
TEXT_JUNK: Final[tuple[Any, ...]] = ("many", "-1", "9" * 400, "nan", "1e300", "1e-320", "", SECRET)
DTDS: Final = (
    '<!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    '<!DOCTYPE {root} [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE {root} SYSTEM "http://example.com/a.dtd" [<!ENTITY % b SYSTEM "http://example.com/b"> %b;]>',
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One changed report: of which file, how it was changed, what was wrong with what came of it; "" where it held."""

    report: str
    change: str
    fault: str


def valid(name: str, content: bytes) -> Iterator[Trial]:
    """The report as it is."""
    wanted = cases()[name]
    found = document(content)
    recognized = [one.id for one in FORMATS.values() if one.recognizes(found)]
    yield Trial(name, "recognized", "" if recognized == [wanted["format"]] else f"recognized as {recognized}")
    record = read(content)
    for field in ("summary", "at", "commit"):
        same = getattr(record, field) == wanted.get(field, {"at": None}.get(field, ""))
        yield Trial(name, field, "" if same else f"{field} is {getattr(record, field)!r}")
    figures = {one.name: float(f"{one.value:.6g}") for one in record.figures}
    same = figures == {key: float(value) for key, value in wanted.get("figures", {}).items()}
    yield Trial(name, "figures", "" if same else f"figures are {figures}")


def hostile(name: str, content: bytes) -> Iterator[Trial]:
    """Junk in place of one value after the other, and what harms a careless reader of the shape."""
    for change, changed in (*junk(content), *_harmful(content)):
        yield Trial(name, change, _survived(changed))


def truncated(name: str, content: bytes) -> Iterator[Trial]:
    """Cut after every piece, and at each of the last bytes; where nothing can show that, it is no cut."""
    wanted = cases()[name]["format"]
    # The end of the last line tells of a table of Locust that it is whole; of the others it tells nothing.
    whole = content if wanted == "locust-csv" else content.rstrip()
    places = {len(whole) * piece // CUTS for piece in range(1, CUTS)} | {len(whole) - off for off in range(1, LAST)}
    for place in sorted(one for one in places if 0 < one < len(whole)):
        if not _ends_whole(wanted, whole, place):
            yield Trial(name, f"cut after {place} of {len(whole)} bytes", _refused(whole[:place]))


def huge(name: str, content: bytes) -> Iterator[Trial]:
    """One byte too many, and as many values as fit into the bytes that are read."""
    yield Trial(name, "padded", _refused(content + b" " * (SIZE_CAP + 1 - len(content))))
    text = content.decode().rstrip()
    if text.startswith("<"):
        many = "<a/>" * (MOST_VALUES // 10 + 1)
        yield Trial(name, "many elements", _refused(re.sub(r"(</[\w:]+>)$", rf"{many}\1", text).encode()))
    elif text[0] in "{[":
        many = "[" + "0," * (MOST_VALUES + 1) + "0]"
        yield Trial(name, "many values", _refused(re.sub(r"^([{\[])", _first(many), text, count=1).encode()))
    else:
        yield Trial(name, "many lines", _refused((text + "\nx" * (MOST_VALUES + 1)).encode()))


KINDS: Final[Mapping[str, Callable[[str, bytes], Iterator[Trial]]]] = {
    "valid": valid,
    "hostile": hostile,
    "truncated": truncated,
    "huge": huge,
}


@cache
def cases() -> Mapping[str, Mapping[str, Any]]:
    """What `cases.toml` says of each report."""
    return tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))


def trials(format_id: str, kind: str) -> Iterator[Trial]:
    """Every trial of one kind with the reports of one format."""
    for name in reports(format_id):
        yield from KINDS[kind](name, (DATA / name).read_bytes())


def reports(format_id: str) -> tuple[str, ...]:
    """The usable reports of a format."""
    return tuple(name for name, case in cases().items() if case["format"] == format_id and "refused" not in case)


def origin(format_id: str) -> str:
    """Whether the real tool wrote the reports of a format, or we did after its schema."""
    words = {cases()[name]["origin"].partition(",")[0].split()[0] for name in reports(format_id)}
    return {1: {"recorded": "real tool", "built": "its schema"}.get(min(words), "?"), 2: "both"}[len(words)]


def row(format_id: str, counts: Mapping[str, tuple[int, int]]) -> str:
    """One line of the table, from how many trials of each kind held, of how many."""
    figures = " | ".join(f"{held} of {of}" for held, of in (counts[kind] for kind in KINDS))
    return f"| `{format_id}` | {origin(format_id)} | {figures} |"


def junk(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The report with junk in place of one value after the other, each with what was put where."""
    text = content.decode()
    if text[0] in "{[":
        yield from _json_junk(text)
        return
    pattern, group = (r'="([^"]*)"', 1) if text.startswith("<") else (r"[\d.]+", 0)
    spots = [match.span(group) for match in re.finditer(pattern, text)]
    for start, end in spots[: MOST_PLACES // 2] + spots[MOST_PLACES // 2 :][-MOST_PLACES // 2 :]:
        for one in TEXT_JUNK:
            yield f"{one[:8]!r} at {start}", f"{text[:start]}{one}{text[end:]}".encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and every trial that did not hold; the exit code."""
    parser = argparse.ArgumentParser(prog="importers", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", nargs="+", choices=tuple(FORMATS), default=tuple(FORMATS), metavar="FORMAT")
    chosen = parser.parse_args(arguments)
    lines = [f"| Format | Reports from | {' | '.join(KINDS)} |", f"|---|---|{'---|' * len(KINDS)}"]
    faults = []
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for format_id in chosen.only:
        counts = {}
        for kind in KINDS:
            done = list(trials(format_id, kind))
            faults += [one for one in done if one.fault]
            held, of = counts[kind] = (sum(not one.fault for one in done), len(done))
            totals[kind] = (totals[kind][0] + held, totals[kind][1] + of)
        lines.append(row(format_id, counts))
    lines.append(f"| all | | {' | '.join('{} of {}'.format(*totals[kind]) for kind in KINDS)} |")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stderr.write("".join(f"{one.report}: {one.change}: {one.fault}\n" for one in faults))
    return 1 if faults else 0


def _outcome(content: bytes) -> tuple[Imported | None, str]:
    """The record, or None for a refusal; and what is wrong with either."""
    try:
        record = read(content)
    except NotUsable as refused:
        whole = all((refused.title, refused.where, refused.remedy)) and "\n" not in str(refused)
        return None, "" if whole else f"the refusal is not one line with place and remedy: {refused!s}"
    except Exception as error:  # noqa: BLE001  any other exception is what is looked for
        return None, f"it raised {error!r}"
    return record, ""


def _survived(content: bytes) -> str:
    record, fault = _outcome(content)
    if fault or record is None:
        return fault
    if SECRET in repr(record):
        return "the record holds the secret"
    texts = [record.tool, record.version, record.summary, *(place.rule for place in record.places)]
    return "a name in the record has several lines" if any(len(one.splitlines()) > 1 for one in texts) else ""


def _refused(content: bytes) -> str:
    record, fault = _outcome(content)
    return fault or ("" if record is None else f"it was read: {record.summary}")


def _ends_whole(format_id: str, whole: bytes, place: int) -> bool:
    """Whether what is left is a whole report too, so that nothing can show the cut."""
    left = whole[:place]
    if format_id == "lcov":
        return left.rstrip().endswith(b"end_of_record")
    if format_id == "locust-csv":  # the history, which tells its totals once a second
        return left.endswith(b"\n") and b",Aggregated," in left.splitlines()[-1]
    return format_id == "trufflehog" and (left.endswith((b"}\n", b"}")) and whole[place:].lstrip()[:1] == b"{")


def _json_junk(text: str) -> Iterator[tuple[str, bytes]]:
    lines = text.splitlines()
    rows = lines if len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines) else [text]
    whole = json.loads(rows[-1])
    for path in list(_paths(whole))[:MOST_PLACES]:
        for one in JUNK:
            other = copy.deepcopy(whole)
            spot = other
            for key in path[:-1]:
                spot = spot[key]
            spot[path[-1]] = one
            changed = "\n".join([*rows[:-1], json.dumps(other)]).encode()
            yield f"{str(one)[:8]!r} at {'.'.join(map(str, path))}", changed


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*before, key)
        yield from _paths(inner, (*before, key))


def _harmful(content: bytes) -> Iterator[tuple[str, bytes]]:
    text = content.decode()
    yield "a byte that is no UTF-8", content[:40] + b"\xc3\x28" + content[40:]
    yield "a null byte", content[:40] + b"\0" + content[40:]
    yield "UTF-16", text.encode("utf-16")
    if text.startswith("<"):
        body = re.sub(r"^(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>]*>)?", "", text)
        root = (re.match(r"\s*(?:<!--.*?-->\s*)*<([\w:]+)", body, re.DOTALL) or [""] * 2)[1]
        for number, dtd in enumerate(DTDS):
            used = re.sub(r"(</[\w:]+>)\s*$", r"&b;&a;\1", body)
            yield f"document type {number}", (dtd.format(root=root) + used).encode()
        yield "deep nesting", re.sub(r"(</[\w:]+>)\s*$", rf"{'<a>' * 200}{'</a>' * 200}\1", body).encode()
    elif text[0] in "{[":
        yield "deep nesting", re.sub(r"^([{\[])", _first("[" * 50_000 + "]" * 50_000), text, count=1).encode()
        yield "not a number", re.sub(r"^([{\[])", _first("NaN"), text, count=1).encode()
        yield "endless digits", re.sub(r"^([{\[])", _first("9" * 5000), text, count=1).encode()


def _first(value: str) -> Callable[[re.Match[str]], str]:
    """Puts a value before all others of an object or a list."""
    return lambda found: f'{{"a": {value}, ' if found[1] == "{" else f"[{value}, "


if __name__ == "__main__":
    sys.exit(main())
