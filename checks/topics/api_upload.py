"""Uploads: bounded, streamed, or read whole."""

from __future__ import annotations

import re

from checks.application.before_all import set_for
from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source
from checks.application.named_values import assigned
from checks.application.numbers import share
from checks.application.wiring import (
    Hit,
    absent,
    answer,
    calls,
    complain,
    line_matches,
    matches_in,
    not_applicable,
)
from checks.files.listed import PYTHON_OF_PRODUCT
from checks.look import Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe
from checks.topics.api_upload_size import bounds_size, guard_bounds_size

SIGNAL = "api.upload-limits"
FIX = "refuse uploads above a size before reading them, or write them out in parts"
SEARCHED = ("handlers that take files", "limits of the server and the proxy")

_RECEIVES = re.compile(
    r"\brequest\.files\b|\brequest\.FILES\b|\breq\.files?\b|(?:req|request)\.formData\(|parseBody\(|\bbusboy\b|formidable"
    r"|\brequest\.file\(|\bmultipart\("
)
_FILES_ONLY = re.compile(r"File\b|\.file|files|\.FILES\b|[bB]lob|upload|arrayBuffer|busboy|formidable")
_STREAMED = re.compile(
    r"\.read\(\s*[\w.]+|copyfileobj|iter_chunks|\.chunks\(\)|\.stream\(\)|\.pipe\(|pipeline\(|\.save\(|for await"
)
_WHOLE = re.compile(r"\.read\(\s*\)|\.arrayBuffer\(\)|\.bytes\(\)|memoryStorage")


@probe(SIGNAL)
def upload_limits(look: Look) -> Observation:
    """Every handler that takes a file bounds it or streams it."""
    uploads = [item for item in endpoints(look) if _receives(look, item)]
    pages = [
        hit.place for hit in calls(look, r"(?:streamlit|st)\.(?:\w+\.)*file_uploader|gradio\.(?:File|UploadButton)")
    ]
    if not uploads:
        if pages:
            said = "the page framework bounds uploads by its own default"
            return answer(SIGNAL, Outcome.MET, said, pages, searched=SEARCHED)
        return not_applicable(look, SIGNAL, "no upload", searched=SEARCHED)
    everywhere = _limits_for_all(look)
    covered = {item.place for item in uploads if any(set_for(look, place, item) for place in everywhere)}
    if len(covered) == len({item.place for item in uploads}):
        return answer(SIGNAL, Outcome.MET, "one limit holds for all uploads", everywhere, searched=SEARCHED)
    states = {item.place: "bounded" if item.place in covered else _state(look, item) for item in uploads}
    whole = [place for place, state in states.items() if state == "whole"]
    unclear = [place for place, state in states.items() if state == "unclear"]
    if whole:
        message = "a whole upload is read into memory without a limit"
        complain(look, "api.unbounded-upload", SIGNAL, whole, Severity.MEDIUM, message)
        said = f"{share(len(whole), len(uploads), 'upload', 'is', 'are')} read whole, without a limit"
        outcome = Outcome.PARTIAL if "bounded" in states.values() else Outcome.UNMET
        return answer(SIGNAL, outcome, said, whole, searched=SEARCHED, fix=FIX)
    if unclear:
        said = f"how {share(len(unclear), len(uploads), 'upload', 'is', 'are')} read could not be told"
        result = absent(look, SIGNAL, said, searched=SEARCHED, fix=FIX)
        return answer(SIGNAL, Outcome.UNKNOWN, result.summary, unclear, searched=SEARCHED, fix=FIX)
    return answer(SIGNAL, Outcome.MET, "every upload is bounded or streamed", list(states), searched=SEARCHED)


def _receives(look: Look, endpoint: Endpoint) -> bool:
    if any(re.search(r"\bUploadFile\b|\bFile\(", f"{item.annotation} {item.default}") for item in endpoint.parameters):
        return True
    if any(re.search(r"upload\w*\.(?:single|array|fields|any)\(|multer", guard) for guard in endpoint.guards):
        return True
    text = source(look, endpoint)
    return bool(_RECEIVES.search(text)) and bool(_FILES_ONLY.search(text))


def _state(look: Look, endpoint: Endpoint) -> str:
    text = source(look, endpoint)
    if bounds_size(text) or any(map(guard_bounds_size, endpoint.guards)):
        return "bounded"
    guards = " ".join(endpoint.guards)
    if re.search(r"upload\w*\.(?:single|array|fields|any)\(|multer", guards):
        return _multer(look, endpoint)
    if made := calls(look, r"express-fileupload(?:\.default)?"):
        kept = all({"limits", "useTempFiles"} & set(getattr(hit.call, "keys", {})) for hit in made)
        return "bounded" if kept else "whole"
    if any(re.match(r"^bytes\b", item.annotation) and "File(" in item.default for item in endpoint.parameters):
        return "whole"
    if _WHOLE.search(text):
        return "whole"
    return "bounded" if _STREAMED.search(text) else "unclear"


def _multer(look: Look, endpoint: Endpoint) -> str:
    made = [hit for hit in calls(look, r"multer(?:\.default)?") if hit.place.path == endpoint.module] or list(
        calls(look, r"multer(?:\.default)?")
    )
    if not made:
        return "unclear"
    limited = [hit for hit in made if _bounds_files(look, hit)]
    return "bounded" if len(limited) == len(made) else "whole"


def _bounds_files(look: Look, hit: Hit) -> bool:
    """Whether multer is told how large a file may be: the size of fields, or their number, bounds no file."""
    given = getattr(hit.call, "keys", {}).get("limits", "")
    if not given:
        return bool(getattr(hit.call, "spread", False))
    told = given if given.startswith("{") else assigned(look, hit.place.path, given.rpartition(".")[2])
    return "fileSize" in told or "..." in told or not told.startswith("{")


def _limits_for_all(look: Look) -> list[Location]:
    found: list[Location] = []
    for place in matches_in(look, r"MAX_CONTENT_LENGTH[\"']?\]?\s*=(?!\s*None\b)", PYTHON_OF_PRODUCT):
        module = look.python.module(place.path)
        tests = [one for one in (module.classes if module else ()) if re.search(r"(?i)test", one.name)]
        if not any(one.line <= place.line <= one.end_line for one in tests):
            found.append(place)
    added = r"add_middleware\(\s*\w*(?:Size|Content|Body|Upload)\w*(?:Limit|Length|Max)\w*"
    found += matches_in(look, added, PYTHON_OF_PRODUCT)
    found.sort(key=lambda place: place.path)
    for path in look.tree.match("*.conf", "*.conf.template", "Caddyfile*"):
        found += line_matches(look, path, r"(?m)^\s*client_max_body_size\s+[1-9]|^\s*max_size\s+\d")
    return found
