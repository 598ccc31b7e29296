"""Whether code bounds the size of a file: compared, announced too large, or told to the library that parses it."""

from __future__ import annotations

import re

_REFUSES = re.compile(r"(?i)\b413\b|HTTP_413|(?:payload|entity|content|file|body)_?\s?too_?\s?(?:large|big|long)")
_TOLD = re.compile(
    r"(?i)max_?file_?size|max_?upload_?(?:size|bytes|mb)|MAX_(?:FILE|UPLOAD|BODY|CONTENT)_(?:SIZE|BYTES|MB|LENGTH)"
    r"|file_?size_?limit|size_?limit|limits\s*:\s*\{[^}]*fileSize|z\.file\(\)[^;]*\.max\(|bodyLimit"
)
_COMPARED = re.compile(r"([\w.]+(?:\([\w.]*\))?)\s*[<>]=?\s*(\(?[\w.]+(?:\s*\*{1,2}\s*[\w.]+)*)")
_SIZE = re.compile(
    r"(?i)(?:^|[._])(?:size|file_?size|byte_?length|content_?length|length|bytes|total|received|written|read)$"
    r"|^(?:total|bytes|size)_?\w*$|_(?:size|bytes|length)$"
)
_CONTENT = re.compile(
    r"(?i)len\((?:\w*\.)?\w*(?:content|contents|data|body|raw|buffer|bytes|payload|blob|chunk|image|file|upload|pdf|audio)\)"
)
_BIG = re.compile(r"(?i)size|bytes|_?mb\b|megabyte|kilobyte|biggest|largest|\*")
_SMALL = re.compile(r"\(?\d{1,3}$")
_GUARD = re.compile(
    r"(?i)(?:file|upload|body|content|payload|request)_?\w*(?:size|bytes)|max_?(?:size|bytes|body)|size_?limit|body_?limit"
    r"|FileSizeValidator|ParseFilePipe"
)
_OF_RATE = re.compile(r"(?i)rate|limiter|throttl")


def bounds_size(text: str) -> bool:
    """Whether the lines of a handler refuse a file above a size; emptiness and numbers of files are no size."""
    if _REFUSES.search(text) or _TOLD.search(text):
        return True
    return any(_is_bound(left, right) or _is_bound(right, left) for left, right in _COMPARED.findall(text))


def guard_bounds_size(guard: str) -> bool:
    """Whether what runs before a handler is named for the size of bodies, and not for the rate of requests."""
    return bool(_GUARD.search(guard)) and not _OF_RATE.search(guard)


def _is_bound(sized: str, most: str) -> bool:
    if _SMALL.match(most):
        return False
    if _CONTENT.fullmatch(sized) or (_SIZE.search(sized) and not sized.endswith((".length", ".total"))):
        return True
    return bool(_BIG.search(most)) and (sized.startswith("len(") or sized.endswith((".length", ".total")))
