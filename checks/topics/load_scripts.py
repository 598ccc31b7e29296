"""Scripts of load-testing tools, and programs that ask with many users at once, told from single files.

Apart from the probe that asks, since it is asked of each file that changes, and the probe seldom runs then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.files.kinds import is_vendored
from checks.look import PYTHON, WEB, Look
from checks.observation import Location
from checks.reads import of_one_file

TIMING = re.compile(
    r"(?i)(^|/)([^/]*[-_])?(stress([-_]?tests?)?|(load|perf|performance)[-_]?tests?|bench(mark)?s?|latency|throughput|timings?|time)"
    r"([-_][^/]*)?\.(py|[cm]?[jt]s|sh)$|(^|/)(load|perf|peak)([-_][^/]*)?\.sh$"
)
_BESIDE = re.compile(r"(?i)(^|/)(scripts?|tools?|tests?|load\w*|perf\w*|bench\w*|stress\w*|k6|ops|hack|dev|qa)/")
"""Folders of programs that people start by hand, where a load script may have any name."""
_ASKS = re.compile(r"\b(requests|httpx|aiohttp|fetch\(|axios|undici|https?\.(get|request)|curl|client)\b|\bfetch\(")
_AT_ONCE = re.compile(
    r"asyncio\.(gather|TaskGroup|Semaphore|create_task|as_completed)|ThreadPoolExecutor|ProcessPoolExecutor|threading\.Thread"
    r"|Promise\.all(Settled)?\(|worker_threads|multiprocessing|gevent"
)
_PERCENTILES = re.compile(r"(?i)\bp9[059]\b|p_?9[59]|percentiles?\b|quantiles?\(|\*\s*0?\.9[59]\b|\b0?\.9[59]\s*\*")
_COUNTS_ERRORS = re.compile(r"(?i)err(or)?s?\b|fail(ed|ures?)?\b|error_?rate|status(_code)?\s*(>=|!==?)|\.ok\b")
_TIMES = re.compile(r"perf_counter|time\.(time|monotonic)\(|performance\.now|Date\.now|timeit|\btime\b|time_total")
_LOAD_IN_SHELL = re.compile(
    r"(?:^\s*|[;&|(]\s*|\b(?:exec|time|sudo|then|do)\s+)"
    r"(?:k6 run|wrk2?|hey|ab|vegeta attack|bombardier|oha|siege|autocannon|loadtest|artillery (?:run|quick)|locust"
    r"|npx (?:-y |--yes )?(?:autocannon|artillery run|loadtest))\s.*(?:http|localhost|\$|-n|-c|\.js|-f)"
    r"|\bdocker run\b.*\b(?:grafana/k6|loadimpact/k6|williamyeh/(?:hey|wrk)|fortio/fortio|artilleryio/artillery"
    r"|peterevans/vegeta|locustio/locust|skandyla/wrk)\b"
)


@of_one_file
def loading(look: Look, path: str, _: str) -> list[int]:
    """The lines where a file that is filled in shows that a load-testing tool reads it."""
    lines = [] if is_vendored(path) else [place.line for place in _load_script(look, path)]
    if not lines:
        return []
    from checks.blanks import unfilled  # needed for few files

    return [] if unfilled(look.tree.text(path) or "") else lines


_DOES = re.compile(
    r"(?m)^\s*@(?:\w+\.)?task\b|^\s*tasks\s*(?::[^=\n]+)?=\s*[\[{]\s*[^\s\]}]|\bclient\.\w+\(|\bLoadTestShape\b"
)
"""What a user of Locust does; one without tasks asks for nothing."""


def _load_script(look: Look, path: str) -> Iterator[Location]:
    """Where a file shows that a load-testing tool reads it."""
    if path.endswith(".jmx"):
        yield Location(path)
    elif path.endswith((*PYTHON, *WEB)) and _is_by_hand(look, path):
        yield Location(path, 1)
    elif path.endswith(PYTHON):
        text = look.tree.text(path) or ""
        module = look.python.module(path) if "locust" in text and _DOES.search(text) else None
        yield from (Location(path, item.line) for item in (module.imports if module else ()) if item.top == "locust")
    elif path.endswith(WEB):
        yield from _first_line(
            look, path, r"(?m)^\s*(import\b.*from\s+[\"']k6[/\"']|(import|const)\b.*[\"'](autocannon|loadtest)[\"'])"
        )
    elif path.endswith((".yml", ".yaml")):
        text = look.tree.text(path) or ""
        if re.search(r"(?m)^scenarios:", text) and re.search(r"(?m)^\s+(target|phases):", text):
            yield Location(path, 1)
    elif re.search(r"Simulation\.(scala|java|kt)$", path) and "gatling" in (look.tree.text(path) or ""):
        yield Location(path)
    elif path.endswith(".sh"):
        for number, line in enumerate((look.tree.text(path) or "").splitlines(), 1):
            if not line.lstrip().startswith("#") and _LOAD_IN_SHELL.search(line):
                yield Location(path, number)


def _first_line(look: Look, path: str, pattern: str) -> Iterator[Location]:
    text = look.tree.text(path) or ""
    if match := re.search(pattern, text):
        yield Location(path, text.count("\n", 0, match.start()) + 1)


def is_timing(look: Look, path: str) -> bool:
    """Whether a file that is called so asks something and takes the time."""
    if is_vendored(path) or not TIMING.search(path):
        return False
    text = look.tree.text(path) or ""
    return bool(_ASKS.search(text) and _TIMES.search(text))


def _is_by_hand(look: Look, path: str) -> bool:
    """Whether a program asks with many users at once, tells percentiles and counts errors: a load tool of one's own."""
    if not (TIMING.search(path) or _BESIDE.search(path)):
        return False
    text = look.tree.text(path) or ""
    return all(form.search(text) for form in (_ASKS, _AT_ONCE, _PERCENTILES, _COUNTS_ERRORS, _TIMES))
