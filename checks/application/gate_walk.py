"""Walk the source of a gate of web code (middleware, proxy) as a stranger who asks for one path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REFUSED, PASSED = "refused", "passed"

_STEP = re.compile(
    r"(?P<branch>\bif\s*\()|(?P<attempt>\btry\s*\{)"
    r"|(?P<refuses>\bprotect\(|\b[rR]edirect\w*\(|(?:status|statusCode)\s*[:=]\s*40[13]|\b40[13]\s*\)|[uU]nauthorized\w*\()"
    r"|(?P<passes>\breturn\s+(?:await\s+)?(?:\w*[Rr]esponse|res|next)\s*(?:;|$|\})"
    r"|\breturn\s+(?:await\s+)?(?:NextResponse\.next|intl\w*|handleI18n\w*)\(|\breturn\s*(?:;|$))"
    r"|(?P<calls>(?P<given>\breturn\s+)?(?:await\s+)?(?<![\w.])(?P<name>(?![rR]edirect|[uU]nauthorized)[A-Za-z_$][\w$]*)\()",
    re.MULTILINE,
)
_SIGN_IN = re.compile(r"(?i)log-?in|sign-?in|sign-?up|auth|40[13]|protect\(|welcome|onboard")
_OTHER_REASONS = re.compile(
    r"(?i)origin|referr?er|csrf|country|geo|\bbot|agent|host|locale|lang|maintenance|method|https"
)
"""Why a gate may turn somebody away without asking who that is."""
_WHO = re.compile(
    r"(?i)user|session|token|auth(?!\.)|logged|signed|claims|cookie|jwt|valid|verified|identity|account|email"
)
_SWITCH = re.compile(r"process\.env\.\w+|\benv\.\w+")
_NODE_ENV = re.compile(r"NODE_ENV|VERCEL_ENV|APP_ENV|\bCI\b")
_THROWS = re.compile(r"\b(?:jwtVerify|verify\w*|decode\w*|decrypt\w*|requireUser|assert\w*)\(")
_NAMES = re.compile(r"(?<![\w.$\"'`])[A-Za-z_$][\w$]*")
_PATHS = re.compile(r"([\"'`])(/[^\"'`\s]*)\1")
_PREFIX = re.compile(r"startsWith|RouteMatcher|RegExp|\.match\(|\.test\(|match\w*\(")
_GOES_ON = re.compile(r"\s*(?:[.?:|&+]|=>)")
_OPEN_END = re.compile(r"(?:=>|[=&|?:+,(])\s*$")
"""How the next line begins, and this one ends, where a value is not complete at a line's end."""
_MOST_DEPTH = 6
_MOST_STEPS = 2000
_MOST_REPEATS = 5
_LONGEST = 120
_NEAR = 160
_NO_VALUE = re.compile(r"[!=]==?\s*(?:null|undefined|[\"']{2}|false)\s*$")


@dataclass(frozen=True, slots=True)
class Gate:
    """The source a stranger walks through: the text of the gate's file and of those that it imports."""

    text: str
    steps: list[int] = field(default_factory=lambda: [0])
    """How many steps the walk at hand has taken: code that calls itself must not keep it busy."""
    known: dict[str, str] = field(default_factory=dict)

    def outcome(self, body: str, path: str, depth: int = 0) -> str:
        """Whether the stranger is "refused" or "passed" by this body, or "" where it decides nothing."""
        at = 0
        if not depth:
            self.steps[0] = 0
        while depth < _MOST_DEPTH and self.steps[0] < _MOST_STEPS and (step := _STEP.search(body, at)):
            at = step.end()
            self.steps[0] += 1
            if step["refuses"]:
                near = body[max(step.start() - _NEAR, 0) : step.end() + _NEAR]
                if depth or not re.search("(?i)redirect", step["refuses"]) or _SIGN_IN.search(near):
                    return REFUSED
                continue
            if step["passes"]:
                return PASSED
            if step["branch"]:
                said, at = self._branch(body, step.end(), path, depth)
            elif step["attempt"]:
                said, at = self._attempt(body, step.end(), path, depth)
            else:
                said, at = self._called(step, path, depth), step.end()
            if said:
                return said
        return ""

    def _called(self, step: re.Match[str], path: str, depth: int) -> str:
        inner = self.body_of(step["name"])
        said = self.outcome(inner, path, depth + 1) if inner else ""
        return said if said == REFUSED or step["given"] else ""

    def _attempt(self, body: str, start: int, path: str, depth: int) -> tuple[str, int]:
        end = closing(body, start, "{}")
        inner, caught = body[start : end - 1], re.match(r"\s*catch\s*(?:\([^)]*\)\s*)?\{", body[end:])
        if not caught:
            return self.outcome(inner, path, depth + 1), end
        last = closing(body, end + caught.end(), "{}")
        rescue = self.outcome(body[end + caught.end() : last - 1], path, depth + 1)
        thrown = _THROWS.search(inner)
        if thrown and rescue == REFUSED:
            return self.outcome(inner[: thrown.start()], path, depth + 1) or REFUSED, last
        return self.outcome(inner, path, depth + 1), last

    def _branch(self, body: str, start: int, path: str, depth: int) -> tuple[str, int]:
        end = closing(body, start, "()")
        holds = self.holds(body[start : end - 1], path)
        then, at = _statement(body, end)
        other = re.match(r"\s*else\b", body[at:])
        otherwise, at = _statement(body, at + other.end()) if other else ("", at)
        if holds is False:
            return self.outcome(otherwise, path, depth + 1), at
        said = self.outcome(then, path, depth + 1)
        if holds is None:  # taken to turn a stranger away rather than to let one through, if it is about who calls
            condition = body[start : end - 1]
            who = _WHO.search(condition) or _SIGN_IN.search(then)
            said = said if said == REFUSED and who and not _OTHER_REASONS.search(condition) else ""
        return said, at

    def holds(self, condition: str, path: str, depth: int = 0) -> bool | None:
        """Whether a condition is true for the stranger; None where that cannot be told."""
        text = condition.strip()
        self.steps[0] += 1
        if self.steps[0] > _MOST_STEPS:
            return None
        while text.startswith("(") and closing(text, 1, "()") == len(text):
            text = text[1:-1].strip()
        for operator, decisive in (("||", True), ("&&", False)):
            parts = _split(text, operator)
            if len(parts) > 1:
                values = [self.holds(part, path, depth) for part in parts]
                return decisive if decisive in values else (None if None in values else not decisive)
        if text.startswith("!") and not text.startswith("!="):
            value = self.holds(text[1:], path, depth)
            return None if value is None else not value
        return self._term(text, path, depth)

    def _term(self, text: str, path: str, depth: int) -> bool | None:
        compared = re.search(r"(!==?|===?)", text)
        unequal = bool(compared and compared[1].startswith("!"))
        if _SWITCH.search(text):
            # What is not set is off: a comparison with anything fails, and the bare name is false.
            return None if _NODE_ENV.search(text) else unequal is not bool(_NO_VALUE.search(text))
        name = re.fullmatch(r"[A-Za-z_$][\w$]*", text)
        made = self.assigned(name[0]) if name and depth < _MOST_DEPTH else ""
        if made and (value := self.holds(made, path, depth + 1)) is not None:
            return value
        found = self._covered(text, path)
        if found is not None:
            return found is not unequal
        if _WHO.search(text):
            return not unequal if compared and _NO_VALUE.search(text) else unequal
        return None

    def _covered(self, text: str, path: str) -> bool | None:
        """Whether a term that names paths is about this one; None where it names none."""
        whole = text
        for _ in range(2):
            whole += "".join(f"\n{self.assigned(name)}" for name in set(_NAMES.findall(whole)))
        literals = [found[2] for found in _PATHS.finditer(whole)]
        prefix = bool(_PREFIX.search(whole))
        return any(covers(one, path, prefix=prefix) for one in literals) if literals else None

    def assigned(self, name: str) -> str:
        """What a name of this file was set to, or the body of the function of that name; "" where it is not here."""
        if name not in self.known:
            self.known[name] = self._assigned(name)
        return self.known[name]

    def _assigned(self, name: str) -> str:
        made = re.search(rf"\b(?:const|let|var)\s+{re.escape(name)}\b[^=;\n]*=(?![=>])\s*", self.text)
        if made:
            return self.text[made.end() : _end_of_value(self.text, made.end())].strip()
        return self.body_of(name)

    def body_of(self, name: str) -> str:
        """The body of the function of that name; "" where it is not here."""
        declared = re.search(rf"\bfunction\s+{re.escape(name)}\s*\(", self.text)
        if declared:
            return function_body(self.text, declared.start())
        arrow = re.search(
            rf"\b(?:const|let)\s+{re.escape(name)}\b[^;\n]*=\s*(?:async\s*)?\([^)]*\)[^{{;\n]*=>\s*\{{", self.text
        )
        return self.text[arrow.end() : closing(self.text, arrow.end(), "{}") - 1] if arrow else ""


def covers(literal: str, path: str, *, prefix: bool) -> bool:
    """Whether a path or pattern of a gate holds for a path; with `prefix`, for all below it too."""
    bare = re.sub(r"/?(?:\(\.\*\)|:\w+\*|\*+)\??$", "", literal).rstrip("/")
    if path == bare or (path == "/" and literal == "/"):
        return True
    below = prefix or bare != literal.rstrip("/")
    if bare and below and path.startswith(bare + "/"):
        return True
    if not re.search(r"[(*:]", literal):
        return False
    pattern = re.sub(r":\w+\*", ".*", literal.replace("\\\\", "\\"))
    # The pattern is the repository's: one that could run for long is not tried.
    if (
        len(re.findall(r"[*+{]", pattern)) > _MOST_REPEATS
        or re.search(r"[*+}]\)[*+{]", pattern)
        or len(path) > _LONGEST
    ):
        return False
    try:
        return bool(re.fullmatch(re.sub(r":\w+", "[^/]+", pattern), path))
    except re.error:
        return False


def function_body(text: str, start: int) -> str:
    """The body of the function whose head begins at `start`."""
    opened = text.find("(", start)
    brace = text.find("{", closing(text, opened + 1, "()")) if opened >= 0 else -1
    return text[brace + 1 : closing(text, brace + 1, "{}") - 1] if brace >= 0 else ""


def closing(text: str, start: int, pair: str) -> int:
    """Just behind the bracket that closes what was opened before `start`; the end of the text where none does."""
    depth, quote = 1, ""
    for at in range(start, len(text)):
        letter = text[at]
        if quote:
            quote = "" if letter == quote and text[at - 1] != "\\" else quote
        elif letter in "\"'`":
            quote = letter
        elif letter == pair[0]:
            depth += 1
        elif letter == pair[1]:
            depth -= 1
            if not depth:
                return at + 1
    return len(text)


def _statement(text: str, start: int) -> tuple[str, int]:
    """The block or single statement that begins at `start`, and where it ends."""
    opened = re.match(r"\s*\{", text[start:])
    if opened:
        end = closing(text, start + opened.end(), "{}")
        return text[start + opened.end() : end - 1], end
    if nested := re.match(r"\s*if\s*\(", text[start:]):
        _, end = _statement(text, closing(text, start + nested.end(), "()"))
        while other := re.match(r"\s*else\b", text[end:]):
            _, end = _statement(text, end + other.end())
        return text[start:end], end
    end = _end_of_value(text, start)
    return text[start:end] + ";", end + 1


def _end_of_value(text: str, start: int) -> int:
    """Where a value ends: at a semicolon, or at a line's end outside of brackets that nothing continues."""
    at, seen = start, False
    while at < len(text):
        letter = text[at]
        if letter in "([{":
            at = closing(text, at + 1, {"(": "()", "[": "[]", "{": "{}"}[letter])
            seen = True
            continue
        if letter in "\"'`":
            at = text.find(letter, at + 1) if text.find(letter, at + 1) > 0 else len(text)
        if letter == ";" or letter in ")]}":
            return at
        if letter == "\n" and seen and not (_GOES_ON.match(text, at) or _OPEN_END.search(text[start:at])):
            return at
        seen = seen or not letter.isspace()
        at += 1
    return len(text)


def _split(text: str, operator: str) -> list[str]:
    """The parts between operators that stand outside of brackets and strings."""
    parts, depth, quote, last, at = [], 0, "", 0, 0
    while at < len(text):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif not depth and text.startswith("=>", at):
            return [text]  # the rest is a function's
        elif not depth and text.startswith(operator, at):
            parts.append(text[last:at])
            last = at = at + len(operator)
            continue
        at += 1
    return [*parts, text[last:]]
