"""Which tests replace what the application stores in or works through: what they drive is only the outer layer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, PythonModule
    from checks.readers.web_facts import WebModule
    from checks.topics.tests_case import Case

_STORES = re.compile(
    r"(?i)(^|[_\-./])(db|database|prisma|drizzle|supabase|firestore|mongo(ose|db)?|knex|sequelize|typeorm|pg|pool"
    r"|crud|dao"
    r"|repos?|repository|repositories|models?|stores?|storage|session(_?local|maker)?|engine|services?)($|[_\-./])"
    r"|(Repository|Repositories|Service|Dao|Store|Storage|Session(Local)?|_db|get_db)$|^(prisma|db|get_db"
    r"|get_session)$"
)
"""Names of what keeps an application's data, or of the layer that does its work."""
_OUTSIDE = re.compile(
    r"(?i)llm|openai|anthropic|gemini|mail|sms|slack|stripe|payment|notif|auth|oauth|redis|cache|s3|bucket|queue"
    r"|http|log"
    r"|clock|time|session_?token|telemetry|analytics|webhook"
)
"""What tests may well replace: services of others."""
_MOCKS = re.compile(r"^(vi|jest)\.(mock|doMock|unstable_mockModule)$")
_REAL = re.compile(r"importActual|requireActual|importOriginal|pg-mem|pglite|memory-server|better-sqlite3|:memory:")
_REAL_STORE = re.compile(r"^(testcontainers|@testcontainers/|mongodb-memory-server|pg-mem|@electric-sql/pglite)")
_SESSION = re.compile(r"(^|_)(db|database|session|engine|transactional_db|postgres\w*)($|_)")
"""Fixtures that give a test a database of its own."""
_DOUBLE = re.compile(r"(?i)mock|fake|stub|dummy")
_PATCHES = re.compile(r"(^|\.)(patch(\.object|\.multiple)?|setattr)$")
_SET_UP = re.compile(
    r"(^|/)([\w.-]*(vitest|jest)[\w.-]*setup|setup([-_.]?tests?)?|test[-_]?setup|__mocks__/[\w.-]+)\.[cm]?[jt]sx?$"
)


def is_doubled(look: Look, case: Case) -> bool:
    """Whether a test, its module or its set-up puts a double in the place of the database or the layer above it."""
    if case.kind == "python":
        module = look.python.module(case.path)
        return module is not None and (_python(module, case) or _overridden(look, case))
    web = look.web.module(case.path)
    return web is not None and (_web(web) or _by_set_up(look))


def _web(module: WebModule) -> bool:
    if any(_REAL_STORE.search(item.specifier) for item in module.imports):
        return False
    for call in module.calls:
        if not _MOCKS.match(call.callee) or not call.arguments:
            continue
        name = call.arguments[0].strip("'\"`")
        if _keeps_data(name) and not _REAL.search(" ".join(call.arguments[1:])):
            return True
    return False


def _by_set_up(look: Look) -> bool:
    found = [path for path in look.tree.named_like(_SET_UP) if "__mocks__" not in path]
    return any(_web(module) for path in found if (module := look.web.module(path)))


def _python(module: PythonModule, case: Case) -> bool:
    function = module.function(case.function)
    if function is None or any(
        _SESSION.search(item.name) and not _DOUBLE.search(item.name) for item in function.parameters
    ):
        return False
    owner = next((item for item in module.classes if item.name == function.owner), None)
    set_up = {f"{function.owner}.setUp", f"{function.owner}.setup_method"} if owner else set()
    calls = [
        *function.decorators,
        *(one for one in module.calls if one.function == function.qualified or one.function in set_up),
    ]
    if any(_replaces_data(one) for one in calls):
        return True
    return any(_PATCH_TEXT.search(text) and _keeps_data(text) for text in (owner.decorators if owner else ()))


_PATCH_TEXT = re.compile(r"\bpatch\b")


_OVERRIDES = re.compile(r"dependency_overrides\[(?P<what>[\w.]+)\]\s*=\s*(?P<by>[^\n]+)")


def _overridden(look: Look, case: Case) -> bool:
    """Whether the module or a set-up above it gives the application a mock in the place of a dependency with data."""
    folders = case.path.split("/")[:-1]
    above = [case.path, *("/".join([*folders[:depth], "conftest.py"]) for depth in range(len(folders) + 1))]
    return any(look.tree.exists(path) and look.answer_of(_overrides, path, "") for path in above)


@of_one_file
def _overrides(look: Look, path: str, _: str) -> bool:
    return any(
        _keeps_data(match["what"]) and "mock" in match["by"].lower()
        for match in _OVERRIDES.finditer(look.tree.text(path) or "")
    )


def _replaces_data(call: Call) -> bool:
    if not _PATCHES.search(call.callee) or not call.arguments:
        return False
    told = [item.text.strip("\"'") for item in call.arguments[:2]]
    if "object" in call.callee or call.callee.endswith("setattr"):
        return _keeps_data(".".join(told)) and ("object" in call.callee or "ock" in str(call.arguments[-1].text))
    return _keeps_data(told[0])


def _keeps_data(name: str) -> bool:
    """Whether the last two words of a dotted or slashed name speak of stored data, and of no service of others."""
    words = [word for word in re.split(r"[./]", name) if word and word not in {"@", "src", "index", "..", "."}][-2:]
    return any(_STORES.search(word) for word in words) and not any(_OUTSIDE.search(word) for word in words)
