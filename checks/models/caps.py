"""Caps on loops that cap nothing: a bound without end, a counter that stands still."""

from __future__ import annotations

import re

ENDLESS = (
    r"(?:None\b|null\b|undefined\b|(?:Number\(?\.?\s*)?(?:Infinity|POSITIVE_INFINITY)\b|Number\.MAX_\w+|float\b|sys\.maxsize"
    r"|(?:async\s*)?\(\s*\)\s*=>\s*false\b|lambda[^:\n]*:\s*False\b|(?:math|np|numpy)\.inf\b|1e(?:[6-9]|\d\d)|10\s*\*\*\s*(?:[6-9]|\d\d)|\d[\d_]{6,})"
)
"""The pattern of a value that no run of an agent reaches: none, infinite, or a million and more."""
_COMPARED = re.compile(
    r"(?:^|[(;!,]|\band\b|\bor\b|\bnot\b|&&|\|\|)\s*(?P<counter>(?:self\.|this\.)?[A-Za-z_]\w*)\s*(?P<sign>[<>]=?)\s*(?P<bound>(?:\w+\.)*\w+)"
)
_STEPPED = re.compile(r"range\(\s*(?:[^(),]+,\s*)?(?P<bound>(?:\w+\.)*\w+)\s*\)")


def holds(source: str, head: str, body: str) -> bool:
    """Whether the count in a loop's head ends it: its bound has an end, and a `while` moves its counter.

    Args:
        source: The text of the file, in which the bound is looked up by its name.
        head: What follows the loop's word.
        body: The lines of the loop.
    """
    compared, stepped = _COMPARED.search(head), _STEPPED.search(head)
    found = compared or stepped
    if not found:
        return True
    bound = found["bound"]
    if re.match(ENDLESS, bound) or _is_endless(source, bound.rsplit(".", 1)[-1]):
        return False
    if not compared or ";" in head:
        return True  # `for (…; …; …)` moves its own counter
    # What belongs to an object may be moved by another of its methods.
    return any(
        _moves(source if "." in name else body, name) for name in (compared["counter"], bound) if not name[0].isdigit()
    )


def _is_endless(source: str, name: str) -> bool:
    """Whether a name is set to a value without end, as it is or where the environment does not say."""
    for one in re.finditer(rf"(?m)\b{re.escape(name)}\b[^=\n]{{0,60}}?(?<![=!<>])=(?!=)\s*(?P<value>[^\n]*)", source):
        value = one["value"]
        if re.match(ENDLESS, value) or re.search(rf"(?:,|\?\?|\|\||\bor\b|\belse\b)\s*[\"']?{ENDLESS}", value):
            return True
    return False


def _moves(body: str, name: str) -> bool:
    every = re.escape(name)
    return bool(re.search(rf"(?<![\w.]){every}\s*(?:[-+]=|\+\+|--|=(?!=))|(?:\+\+|--)\s*{every}\b", body))
