"""Rates at which trackers keep errors and traces: a rate of nothing keeps nothing, wherever the nothing is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.application.environment import settings
from checks.application.named_values import assigned
from checks.application.switches import values_of

if TYPE_CHECKING:
    from checks.look import Look

_NUMBER = re.compile(r"[\"']?(-?\d*\.?\d+)[\"']?")
_NOTHING = frozenset({"None", "False", "null", "false", "undefined", "''", '""'})
_CAST = re.compile(r"(?s)(?:float|int|Number|parseFloat|Number\.parseFloat|max|Decimal)\((.*)\)")
_ONE_OF = re.compile(
    r"(?s)(?P<yes>.+?)\s+if\s+.+?\s+else\s+(?P<no>.+)|[^?]+?\?(?![?.])\s*(?P<then>.+?)\s*:\s*(?P<other>.+)"
)
_READ = re.compile(
    r"(?s)(?:[\w.]*(?:environ\.get|getenv|[eE]nv|config|get_env)(?:\.\w+)?)\(\s*[\"'](?P<key>\w+)[\"']\s*(?:,\s*(?P<rest>.*?))?\s*\)"
    r"(?:\s*(?:or|\?\?|\|\|)\s*(?P<or>.+))?"
    r"|(?:process|import\.meta|Bun)\.env\.(?P<web>\w+)\s*(?:(?:\?\?|\|\|)\s*(?P<fallback>.+))?"
)
_DEFAULT = re.compile(r"default\s*=\s*([^,)]+)")
_FIELD = re.compile(r"(?s)(?:\w+\.)?Field\(\s*([^,)=]+)(?:,|\)).*")
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\??\.[\w$]+)*!?")
_MOST_HOPS = 4
_MOST = 400
"""Characters of an expression that are read; a longer one is no rate."""


def keeps_nothing(look: Look, path: str, text: str, hops: int = _MOST_HOPS) -> bool:
    """Whether a rate, as source text in a file, is zero unless somebody says otherwise and no deployment does."""
    text = text.strip().rstrip(",")
    if text in _NOTHING or not hops or len(text) > _MOST:
        return text in _NOTHING
    if number := _NUMBER.fullmatch(text):
        return float(number[1]) == 0
    if either := _ONE_OF.fullmatch(text):
        branches = [branch for branch in either.groups() if branch]
        return all(keeps_nothing(look, path, branch, hops - 1) for branch in branches)
    if read := _READ.fullmatch(text):
        return _is_nothing_by_default(look, path, read, hops)
    if within := _CAST.fullmatch(text) or _FIELD.fullmatch(text):
        named = _DEFAULT.search(text) if within.re is _FIELD else None
        return keeps_nothing(look, path, (named or within)[1], hops - 1)
    if _NAME.fullmatch(text):
        return _is_name_of_nothing(look, path, text.rstrip("!").rsplit(".", 1)[-1], hops)
    _, chosen, last = text.rpartition(" or ") if " or " in text else text.replace("??", "||").rpartition("||")
    return bool(chosen) and keeps_nothing(look, path, last, hops - 1)  # where nothing before it is set


def _is_nothing_by_default(look: Look, path: str, read: re.Match[str], hops: int) -> bool:
    named = _DEFAULT.search(read["rest"] or "")
    rest = (named[1] if named else read["rest"] or "").split(",")[0]
    default = read["or"] or read["fallback"] or rest
    if not default:
        return False  # whoever deploys has to say
    return keeps_nothing(look, path, default, hops - 1) and not _is_raised(look, read["key"] or read["web"])


def _is_name_of_nothing(look: Look, path: str, name: str, hops: int) -> bool:
    values = [text for text in values_of(look, name) if text]
    # A web name is known by what it resolves to; its own line says more.
    values = [one for text in assigned(look, path, name).split("\n") if (one := text.strip(" ;"))] or values
    nothing = bool(values) and all(keeps_nothing(look, path, one, hops - 1) for one in values)
    return nothing and not _is_raised(look, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name))


def _is_raised(look: Look, variable: str) -> bool:
    """Whether a file of the deployment sets the variable to something; an example of the environment is none."""
    found = settings(look, rf"(?i:\w*{re.escape(variable)})")
    return any(not one.example and not keeps_nothing(look, "", one.value, 1) for one in found)
