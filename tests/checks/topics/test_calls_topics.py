"""External calls and exceptions: planted gaps, clean code, and traps."""

# ruff: noqa: E501 - planted code reads best on one line
from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation, Outcome
from checks.probe import probes

LookAt = Callable[[Mapping[str, str]], Look]

MET, PARTIAL, UNMET = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET
NOT_APPLICABLE = Outcome.NOT_APPLICABLE


def observe(look: Look, signal: str) -> Observation:
    """What the probe of a signal says."""
    found = next(one for one in probes() if signal in one.signals).look(look)
    assert isinstance(found, Observation)
    return found


def python(body: str, **others: str) -> dict[str, str]:
    """A service whose one module holds `body`."""
    start = "from fastapi import FastAPI\nimport requests, httpx, time\napp = FastAPI()\n"
    return {"main.py": start + body, "requirements.txt": "fastapi\nrequests\nhttpx\ntenacity\n"} | others


def server(body: str, **others: str) -> dict[str, str]:
    """An Express service whose one module holds `body`."""
    start = 'import express from "express";\nimport axios from "axios";\nimport pRetry from "p-retry";\nconst app = express();\napp.listen(3000);\n'
    return {"server.ts": start + body, "package.json": '{"name": "acme", "main": "server.ts"}'} | others


URL = '"https://desk.example.com/hook"'
BARE = f"from tenacity import retry\n@retry\ndef send():\n    return requests.get({URL}, timeout=3)\nsend()\n"
RETRIED = BARE.replace("import retry", "import retry, wait_exponential").replace(
    "@retry", "@retry(wait=wait_exponential())"
)
LOOPED = """
def send():
    for attempt in range(3):
        try:
            return requests.get("https://desk.example.com/hook", timeout=3)
        except requests.RequestException:
            time.sleep({pause})
send()
"""
ABORTED = f"const stop = new AbortController();\nsetTimeout(() => stop.abort(), 5000);\nawait fetch({URL}, {{ signal: stop.signal }});\n"
SWALLOWS = "def f{0}():\n    try:\n        work()\n    except Exception:\n        pass\n"
LOGS = "def g{0}():\n    try:\n        work()\n    except Exception:\n        logger.exception('failed')\n"

CASES: list[tuple[str, str, Mapping[str, str], Outcome]] = [
    ("requests without", "calls.timeouts", python(f"requests.get({URL})\n"), UNMET),
    ("requests with", "calls.timeouts", python(f"requests.get({URL}, timeout=5)\n"), MET),
    ("one of two", "calls.timeouts", python(f"requests.get({URL}, timeout=5)\nrequests.post({URL})\n"), PARTIAL),
    ("timeout None", "calls.timeouts", python(f"httpx.get({URL}, timeout=None)\n"), UNMET),
    ("httpx client with", "calls.timeouts", python(f"c = httpx.Client(timeout=5)\nc.get({URL})\n"), MET),
    ("handed on with", "calls.timeouts", python(f"tasks.add_task(requests.post, {URL}, timeout=15)\n"), MET),
    ("only its comment says so", "calls.timeouts", python(f"requests.get({URL})  # timeout=5\n"), UNMET),
    ("no calls", "calls.timeouts", python(""), NOT_APPLICABLE),
    ("a dead module", "calls.timeouts", python("", **{"old.py": f"import requests\ndef f():\n    requests.get({URL})\n"}), NOT_APPLICABLE),
    ("fetch without", "calls.timeouts", server(f"await fetch({URL});\n"), UNMET),
    ("fetch with", "calls.timeouts", server(f"await fetch({URL}, {{ signal: AbortSignal.timeout(5000) }});\n"), MET),
    ("fetch aborted by a timer", "calls.timeouts", server(ABORTED), MET),
    ("setTimeout is none", "calls.timeouts", server(f"setTimeout(() => fetch({URL}), 5000);\n"), UNMET),
    ("axios client with", "calls.timeouts", server(f"const a = axios.create({{ timeout: 5000 }});\nawait a.get({URL});\n"), MET),
    ("own server only", "calls.timeouts", server('await fetch("/api/items");\n'), NOT_APPLICABLE),
    ("none", "calls.retries", python(f"requests.get({URL})\n"), UNMET),
    ("tenacity", "calls.retries", python(RETRIED), MET),
    ("tenacity at once", "calls.retries", python(BARE), PARTIAL),
    ("tenacity imported only", "calls.retries", python(f"import tenacity\nrequests.get({URL})\n"), UNMET),
    ("loop with growing pause", "calls.retries", python(LOOPED.format(pause="2 ** attempt")), MET),
    ("loop with even pause", "calls.retries", python(LOOPED.format(pause="1")), PARTIAL),
    ("names tried in turn", "calls.retries", python(LOOPED.replace("attempt in range(3)", "name in NAMES").replace("time.sleep({pause})", "continue")), UNMET),
    ("one of many", "calls.retries", python(RETRIED + "".join(f"requests.get('https://x{n}.example.com')\n" for n in range(4))), PARTIAL),
    ("p-retry", "calls.retries", server(f"async function send() {{ return pRetry(() => fetch({URL}), {{ retries: 3 }}); }}\nsend();\n"), MET),
    ("plain fetch", "calls.retries", server(f"await fetch({URL});\n"), UNMET),
    ("swallowed all over", "errors.not-swallowed", python("".join(SWALLOWS.format(n) for n in range(4))), UNMET),
    ("logged", "errors.not-swallowed", python("".join(LOGS.format(n) for n in range(4))), MET),
    ("two of twelve", "errors.not-swallowed", python("".join(SWALLOWS.format(n) for n in range(2)) + "".join(LOGS.format(n) for n in range(10))), PARTIAL),
    ("narrow ones are meant", "errors.not-swallowed", python(SWALLOWS.format(1).replace("Exception", "KeyError") * 4), MET),
    ("empty catches", "errors.not-swallowed", server("".join(f"export async function f{n}() {{ try {{ await work(); }} catch {{}} }}\n" for n in range(4))), UNMET),
    ("catches that tell", "errors.not-swallowed", server("".join(f"export async function f{n}() {{ try {{ await work(); }} catch (e) {{ report(e); }} }}\n" for n in range(4))), MET),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "signal", "outcome"), [(c[2], c[1], c[3]) for c in CASES], ids=[f"{c[1]}: {c[0]}" for c in CASES]
)
def test_planted(look_at: LookAt, files: Mapping[str, str], signal: str, outcome: Outcome) -> None:
    seen = observe(look_at(files), signal)
    assert seen.outcome == outcome, seen


def test_a_gap_becomes_a_finding_at_its_line(look_at: LookAt) -> None:
    look = look_at(python(f"requests.get({URL})\n"))
    observe(look, "calls.timeouts")
    assert [(one.rule, one.location.path, one.location.line) for one in look.findings] == [
        ("calls.no-timeout", "main.py", 4)
    ]
