"""Secrets: in code, in committed environment files, and what the ignore file keeps out. Values are never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.application.numbers import counted
from checks.application.wiring import not_examined
from checks.files.kinds import is_generated, is_test, is_vendored
from checks.look import Look
from checks.observation import Confidence, Finding, Location, Observation, Outcome, Severity
from checks.probe import Stage, probe
from checks.readers.plain import mapping, sequence
from checks.reads import ALL_FILES, of_one_file
from checks.secrets import shapes
from checks.secrets.examples import is_example
from checks.topics.secret_defaults import (
    address_nearby,
    assigned_in_shell,
    compose_defaults,
    working_defaults,
)
from checks.topics.secret_env_files import ENV_FILE, NO_PROVIDER, committed, graded, in_force, live_in_examples
from checks.topics.secret_forms import formed

LOCKS = re.compile(
    r"(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|.*\.lock|go\.sum|.*\.snap|.*\.svg|.*\.ipynb|.*\.map)$"
)
PROSE = (".md", ".rst", ".txt", ".adoc", ".mdx")
FALLBACK = re.compile(r"\$\{(?P<name>[A-Z0-9_]*(?:SECRET|PASSWORD|TOKEN|API_?KEY)[A-Z0-9_]*):-(?P<value>[^}\s]{8,})\}")
CODE_FALLBACK = re.compile(
    r"""(?:(?:process|import\.meta)\.env(?:\.|\[["'])|(?:getenv|getEnv|get_env|\bget(?:<\w+>)?)\(\s*["'])"""
    r"""(?P<name>[A-Z0-9_]{0,60}(?:SECRET|PASSWORD|PASSWD)(?:_KEY)?)["']?[\])]?\s*(?:\|\||\?\?|,|\bor\b)\s*["'](?P<value>[^"'\s]{4,})["']"""
)
"""A secret of the environment with a literal to fall back on: `process.env.JWT_SECRET || "letmein"`."""
WITH_DEFAULT = re.compile(
    r"""\b(?:env|config|env\.str|environ\.get_value|decouple\.config)\(\s*"""
    r"""["'][A-Z0-9_]*(?:SECRET|PASSWORD|PASSWD)(?:_KEY)?["']\s*,"""
    r"""\s*(?:default\s*=\s*)?["'](?P<value>[^"'\s]{4,})["']"""
)
"""The same by django-environ and decouple: `env("SECRET_KEY", default="letmein")`."""
SETTING = re.compile(
    r"""(?im)^[^\S\n]*(?:const\s+|export\s+)?_?[a-z0-9_]{0,60}(?:password|secret|secret_key|api_key)[a-z0-9_]{0,60}\s*:\s*str\s*=\s*"""
    r"""(?:Field\(\s*(?:default\s*=\s*)?)?["'](?P<value>[^"'\s]{4,})["']"""
)
"""A settings field with a credential as its default, as in `DEFAULT_PASSWORD: str = "letmein"`."""
HASHED = re.compile(
    r"""(?:\bbcrypt(?:js)?\.hash(?:Sync)?|\bargon2\.hash|\b(?:get_password_hash|generate_password_hash|make_password"""
    r"""|hash_?[pP]assword)|\.set_password)\(\s*["'](?P<value>[^"'\s]{4,})["']"""
)
"""A password that is known to whoever reads the file, made ready to sign in with, as seeds do."""
SIGNING = re.compile(
    r"""(?m)^[ \t]*(?:[\w.]+\.secret_key|[\w.]*config\[["']SECRET_KEY["']\]|SECRET_KEY)\s*=\s*"""
    r"""["'](?P<value>[^"'\n]{4,})["'][ \t]*(?:#.*)?$"""
)
"""A key that signs sessions, written into a Python file, however it reads."""
DEFAULTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (FALLBACK, ("${",)),
    (CODE_FALLBACK, ("SECRET", "PASSWORD", "PASSWD")),
    (WITH_DEFAULT, ("SECRET", "PASSWORD", "PASSWD")),
    (HASHED, ("bcrypt", "argon2", "hash", "make_password", "set_password")),
    (SIGNING, ("secret_key", "SECRET_KEY")),
)
"""Forms of working defaults, each with texts of which it spells one: to look for those takes far less time."""
TYPED = re.compile(r"(?i):\s*str\s*=")
"""What `SETTING` ends in before the value."""
LOGIN_TEXT = re.compile(r"""(?i)\bpass(?:word|wd|phrase)?\s*={2,3}\s*["'][^"'\s]{3,}["']""")
"""A hard-coded login as text, for the few files whose syntax the code rules could not follow."""
LOGIN_NAME = re.compile(r"(?i)passw|pwd|passcode|\bpass\b|(?:admin|api|secret)_?key|access_?code")
"""Every name that the rules for hard-coded logins look at; a file without one cannot hide a login from them."""
_COMPARES = re.compile(r"[=!]=|compare_digest")
MARKER = re.compile(r"""={2,3}\s*["'][A-Z_]{2,16}["']""")
"""A comparison with a word of capitals, as in `password == "LDAP"`: it says where the password lives, it is none."""
LOGIN_RULES = "secrets.hard-coded-login"
DOUBLES = re.compile(r"(?:^|/)(?:__mocks__|__fixtures__)/|(?:^|/)conftest\.py$")
"""Stand-ins of tests, which lie beside the code."""
EXAMPLE_LOGIN = re.compile(r"(?i)://[<{\[]?(?:(?:db|my|your|pg)?_?-?user(?:_?name)?|usr|login|name|account)[>}\]]?:$")
EXAMPLE_WORD = re.compile(r"(?i)[<{\[]?(?:(?:db|my|your|pg|user)?_?-?(?:password|passwd|pass|pwd)|secret)[>}\]]?")
"""`postgresql://user:password@host/database` shows the form of an address; nobody is called user."""
FORM_WORD = re.compile(
    r"[A-Z_-]{0,60}(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|KEY)[A-Z_-]{0,60}"
    r"|[<{\[(][\w .-]+[>}\])]|(?i:(?:your|my)[-_].*|[x*.]{3,})"
)
"""Words in capitals or brackets where a password would go, whoever the address names."""
COMMENT = re.compile(r"^\s*(?:#|//|/?\*|--|;|<!--|\"\"\")|\s(?:#|//)\s")


@probe("secrets.none-in-code", stage=Stage.CODE)
def none_in_code(look: Look) -> Observation:
    """No credential in any tracked text file; tests, prose and lock files hold look-alikes and count as doubtful."""
    certain: list[Location] = []
    doubtful = list(compose_defaults(look))
    hidden: list[str] = []
    files = look.gather(_in_file, "", (ALL_FILES, ""))
    notebooks = [path for path in look.tree.ending(".ipynb") if _is_notebook(path)]
    for path in sorted({*files, *notebooks}):
        if _is_notebook(path):
            certain += [Location(path, line, line) for line in _in_notebook(look.tree.text(path) or "")]
            continue
        seen = files[path] or ([], [])
        if isinstance(seen, str):
            hidden += [path] if look.tree.hidden(path) else []
            continue
        doubtful += _live_keys(look, path, seen[0])
        if is_test(path) or _TEST_SETTINGS.search(path) or path.endswith(PROSE):
            continue
        keys, defaults = seen
        for kind, line in keys:
            place = Location(path, line, line)
            certain.append(place)
            message = f"a key-shaped string ({kind}) stands in the code; revoke it and load it at run time"
            look.found(Finding("secrets.key-shaped-string", "secrets.none-in-code", place, Severity.BLOCKER, message))
        doubtful += [Location(path, line) for line in defaults if not _for_developers(look, path)]
    settings = list(in_force(look))
    certain += [place for place, grade in settings if grade == "secret"]
    certain += live_in_examples(look)
    doubtful += [place for place, grade in settings if grade == "default"]
    logins = [
        Location(one.path, one.line, one.end_line)
        for one in look.code.of(LOGIN_RULES)
        if not _is_of_tests(one.path) and not MARKER.search(_line(look, one.path, one.line))
    ]
    certain += logins
    for path in (one.path for one in look.code.unread if not _is_of_tests(one.path)):
        text = look.tree.text(path) or ""
        certain += [_at(path, text, one) for one in LOGIN_TEXT.finditer(text)]
    searched = ("every text file of the tree, lock files and vendored code left out",)
    fix = "move the value to the environment or a secrets manager, and revoke the old one"
    if certain:
        many = len(certain) > 1
        said = f"{len(certain)} key-shaped strings or hard-coded logins" if many else "a key-shaped string or login"
        return Observation(
            "secrets.none-in-code", Outcome.UNMET, said, searched, tuple(certain[:10]), Confidence.MEDIUM, fix=fix
        )
    if look.code.trouble:
        return Observation("secrets.none-in-code", Outcome.UNKNOWN, look.code.trouble, searched)
    if hidden:
        said = (
            f"no key-shaped string found, but {counted(len(hidden), 'file')} could not be read, {hidden[0]} among them"
        )
        places = tuple(Location(path) for path in hidden[:10])
        return Observation("secrets.none-in-code", Outcome.UNKNOWN, said, searched, places)
    if doubtful:
        said = "default credentials that work unless overridden, or a provider's key in a test"
        return Observation("secrets.none-in-code", Outcome.PARTIAL, said, searched, tuple(doubtful[:10]), fix=fix)
    if left := [path for path in not_examined(look) if _may_hide_login(look, path)]:
        said = f"no key-shaped string found, but the code rules did not read {left[0]} in full, where a login may stand"
        places = tuple(Location(path) for path in left[:10])
        return Observation("secrets.none-in-code", Outcome.UNKNOWN, said, searched, places)
    return Observation("secrets.none-in-code", Outcome.MET, "no key-shaped string found", searched)


_Seen = tuple[list[tuple[str, int]], list[int]]


def _live_keys(look: Look, path: str, keys: list[tuple[str, int]]) -> list[Location]:
    """Where the file is a test: its keys with the format of a provider, which open something until revoked."""
    live: list[Location] = []
    for kind, line in keys if is_test(path) and not path.endswith(PROSE) else ():
        place = Location(path, line, line)
        if kind == "private key":
            message = "a private key stands in a test; make sure that nothing outside the tests trusts it"
            look.found(Finding("secrets.key-in-test", "secrets.none-in-code", place, Severity.LOW, message))
        elif not NO_PROVIDER.search(kind):
            live.append(place)
            message = f"a key-shaped string ({kind}) stands in a test; revoke it if it was ever real"
            look.found(Finding("secrets.key-in-test", "secrets.none-in-code", place, Severity.MEDIUM, message))
    return live


_MOST_NOTEBOOK = 2_000_000
"""Characters; a longer one holds pictures."""


def _in_notebook(text: str) -> list[int]:
    """The lines of a notebook's sources that hold a key with the format of a provider; outputs are left alone."""
    import json

    try:
        cells = mapping(json.loads(text)).get("cells") if len(text) <= _MOST_NOTEBOOK else []
    except (ValueError, RecursionError):
        return []
    found: list[int] = []
    for cell in sequence(cells):
        lines = mapping(cell).get("source")
        source = lines if isinstance(lines, str) else "".join(str(line) for line in sequence(lines))
        for one in shapes.known(source):
            at = text.find(source[one.start : one.end])
            found.append(text.count("\n", 0, max(at, 0)) + 1)
    return found


_TEST_SETTINGS = re.compile(
    r"(?:^|/)(?:settings|config|configs)/(?:test|testing|tests|ci)\.(?:py|ts|js)$|(?:^|/)(?:test|testing)[_-]settings\.py$|(?:^|/)settings[_-]tests?\.py$"
)


_DEVELOPERS = re.compile(r"(?P<folder>(?:.*/)?(?:settings|configs?))/(?P<name>dev|develop|development|local)\.py$")


def _for_developers(look: Look, path: str) -> bool:
    """Whether a settings module is the developers': production has one beside it, and no server names this one."""
    found = _DEVELOPERS.match(path)
    if not found or not any(
        look.tree.exists(f"{found['folder']}/{name}.py") for name in ("prod", "production", "live")
    ):
        return False
    named = re.compile(rf"\b(?:settings|configs?)\.{found['name']}\b")
    servers = look.tree.match("wsgi.py", "asgi.py", "celery.py", "Dockerfile*", "Procfile", "*.service")
    return not any(named.search(look.tree.text(one) or "") for one in servers)


def _is_of_tests(path: str) -> bool:
    """Whether a comparison in the file lets nobody in: an assertion, a fixture or a double, which are not served."""
    return is_test(path) or bool(DOUBLES.search(path) or _TEST_SETTINGS.search(path))


def _may_hide_login(look: Look, path: str) -> bool:
    """Whether the code rules did not read a file in full that names a password and compares something."""
    if _is_of_tests(path) or look.code.complete_for([path]):
        return False
    text = look.tree.text(path)
    return text is None or bool(_COMPARES.search(text) and LOGIN_NAME.search(text))


def _is_notebook(path: str) -> bool:
    return path.endswith(".ipynb") and not (is_test(path) or is_vendored(path))


UNREADABLE = "unreadable"


@of_one_file
def _in_file(look: Look, path: str, _: str) -> _Seen | str | None:
    """What `_secrets_of` says of a file, None for nothing, and `UNREADABLE` where it has no text."""
    if LOCKS.search(path) or is_vendored(path) or is_generated(path) or ENV_FILE.search(path) or _is_notebook(path):
        return None
    seen = _secrets_of(look, path)
    return UNREADABLE if seen is None else seen if any(seen) else None


def _secrets_of(look: Look, path: str) -> _Seen | None:
    """The kinds and lines of key-shaped strings, and the lines of working defaults; None for a file without text."""
    known = look.facts.kept("secrets", path)
    if known is not None:
        return [(kind, line) for kind, line in known[0]], known[1]
    text = look.tree.text(path)
    if text is None:
        return None
    found = [one for one in shapes.find(text) if not (_is_form(text, one) or is_example(path, text, one))]
    nearby = {secret: how for secret in found if (how := address_nearby(path, text, secret))}
    keys = [(secret.kind, secret.line) for secret in found if secret not in nearby]
    of_developers = [secret.line for secret, how in nearby.items() if how == "default"]
    # Each of these forms spells one of these words; most files hold none, and `^\s*` is slow to find that out.
    lower = text.lower()
    possible = any(word in lower for word in ("password", "passwd", "secret", "token", "api_key", "apikey"))
    forms = _forms(path, text) if possible else ()
    defaults = [*of_developers, *(_at(path, text, one).line for form in forms for one in form.finditer(text))]
    if possible:
        keys += [("value in a script", line) for line in assigned_in_shell(path, text)]
        defaults = sorted({*defaults, *working_defaults(path, text)})
    for line, known_to_all in formed(path, text):
        if known_to_all:
            defaults = sorted({*defaults, line})
        elif all(line != other for _, other in keys):
            keys.append(("value in its form", line))
    look.facts.keep("secrets", path, [keys, defaults])
    return keys, defaults


def _forms(path: str, text: str) -> Iterator[re.Pattern[str]]:
    """The forms of working defaults that may stand in a text."""
    for form, words in DEFAULTS:
        if (form is not SIGNING or path.endswith(".py")) and any(word in text for word in words):
            yield form
    if TYPED.search(text):
        yield SETTING


def _is_form(text: str, secret: shapes.Secret) -> bool:
    """Whether an address only shows where a name and a password would go."""
    value = text[secret.start : secret.end]
    before = text[max(0, secret.start - 40) : secret.start]
    if not (before.endswith(":") and "://" in before and text[secret.end : secret.end + 1] == "@"):
        return False
    if EXAMPLE_LOGIN.search(before) and EXAMPLE_WORD.fullmatch(value):
        return True
    if FORM_WORD.fullmatch(value):
        return True
    start = text.rfind("\n", 0, secret.start) + 1
    return bool(EXAMPLE_WORD.fullmatch(value) and COMMENT.search(text[start : secret.start]))


def _line(look: Look, path: str, number: int) -> str:
    lines = (look.tree.text(path) or "").splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _at(path: str, text: str, match: re.Match[str]) -> Location:
    return Location(
        path, text.count("\n", 0, match.start("value") if "value" in match.groupdict() else match.start()) + 1
    )


@probe("secrets.no-env-file")
def no_env_file(look: Look) -> Observation:
    """No real environment file is committed; examples and files without secret values are fine."""
    searched = ("**/.env", "**/.env.*", "**/*.env")
    signal = "secrets.no-env-file"
    real = committed(look)
    lines = [one for path in real for one in graded(look, path)]
    worst = [place for place, grade in lines if grade == "secret"]
    doubtful = [place for place, grade in lines if grade == "doubtful"]
    fix = "remove it from git, ignore it, and revoke what it held"
    if worst:
        for place in worst:
            message = "a committed environment file holds a secret value"
            look.found(Finding("secrets.env-file", signal, place, Severity.BLOCKER, message))
        return Observation(
            signal, Outcome.UNMET, "a committed .env file with secrets", searched, tuple(worst[:10]), fix=fix
        )
    if doubtful:
        said = "a committed .env file with values that may be secret"
        return Observation(signal, Outcome.PARTIAL, said, searched, tuple(doubtful[:10]), Confidence.MEDIUM, fix=fix)
    said = "committed .env files hold no secret value" if real else "no .env file is committed"
    return Observation(signal, Outcome.MET, said, searched, tuple(Location(path) for path in real))


_VARIANTS = (
    ".env.local", ".env.production", ".streamlit/secrets.toml", ".dev.vars", ".envs/.production", ".envs/production",
    ".env.prod", "server/.env", "backend/.env", "api/.env", "app/.env", "frontend/.env", "web/.env", "client/.env",
    "config/.env",
)  # fmt: skip
"""Other files and folders that keep settings, one of which an ignore file may name instead."""


@probe("secrets.env-ignored")
def env_ignored(look: Look) -> Observation:
    """The root ignore file keeps .env out."""
    from pathspec import GitIgnoreSpec

    signal, searched = "secrets.env-ignored", (".gitignore",)
    fix = "add a line .env to .gitignore"
    files = look.tree.match("**/.gitignore")
    if ".gitignore" in files:
        text = look.tree.text(".gitignore")
        if text is None:
            return Observation(signal, Outcome.UNKNOWN, ".gitignore could not be read", searched)
        if GitIgnoreSpec.from_lines(text.splitlines()).match_file(".env"):
            return Observation(signal, Outcome.MET, ".env is ignored", searched, (Location(".gitignore"),))
    for path in files:
        lines = (look.tree.text(path) or "").splitlines()
        spec = GitIgnoreSpec.from_lines(lines)
        if any(spec.match_file(name) for name in _VARIANTS):
            return Observation(
                signal, Outcome.PARTIAL, "only a variant or one folder is ignored", searched, (Location(path),), fix=fix
            )
    return Observation(signal, Outcome.UNMET, "nothing keeps a .env file out of git", searched, fix=fix)
