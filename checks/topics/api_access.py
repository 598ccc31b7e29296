"""Who may call the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from checks.application.before_all import stands_before
from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, helpers, source, unseen_endpoints, without_endpoints
from checks.application.guard_switches import is_off_by_default, may_refuse
from checks.application.hollow import stops_nobody
from checks.application.next_gate import next_gates
from checks.application.numbers import counted, share
from checks.application.wiring import (
    absent,
    answer,
    callees,
    calls,
    complain,
    files_matching,
    function_at,
    line_matches,
    matches_in,
    modules_defining,
    python_modules,
    reached,
    source_of,
    span,
)
from checks.files.listed import PYTHON_OF_PRODUCT, WEB_OF_PRODUCT, named_so
from checks.look import PYTHON, Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import probe

if TYPE_CHECKING:
    from checks.readers.python_facts import Function, PythonModule

AUTHENTICATION = "api.authentication"
OPEN_SHARE = 0.1

_GUARD = re.compile(
    r"(?i)auth(?!or(?!iz))|user|token|login|principal|identity|credential|bearer|api_?key|jwt|permission|admin|protect"
    r"|require|signed_?in|superuser|staff|role|clerk|passport|session(?!local|dep|maker|_?factory)"
)
_NOT_A_GUARD = re.compile(
    r"(?i)optional|maybe|get_?db|db_?session|get_?session|session_?dep|asyncsession|user_?(?:service|repo)|rate_?limit"
    r"|express\.session|cookie_?session|^session\("
)
_INLINE = re.compile(
    r"(?i)\b(?:getServerSession|currentUser|auth\(\)|getAuth\(|requireAuth|requireUser|verifyToken|verify_token"
    r"|verify_jwt|jwt\.(?:verify|decode)|jwtVerify|verify_id_token|verifyIdToken|auth\.getUser|auth\.getSession|getSession\("
    r"|validateRequest|is_authenticated|current_user|get_current_user|getToken\(|compare_digest|timingSafeEqual|check_api_key"
    r"|authenticate\(|authorize\(|unauthorized\b|\brequire[A-Z]\w+\(|assert(?:Auth|Signed|User|Session|Admin)\w*\("
    r"|headers?(?:\(\))?(?:\.get\(|\[)\s*[\"'](?:authorization|x-api-key|api-key|x-[\w-]*(?:secret|token|key|signature)[\w-]*)[\"'])"
)
_FUNCTION = re.compile(r"(?:async\s+)?(?:function\b|\(?[\w\s,:{}<>]*\)?\s*=>)")
_ASKS_WHO = re.compile(
    _INLINE.pattern + r"|(?i:authorization|bearer|x-api-key|\bsession\b|\btoken\b|cookies?\b|clerk|\buser\b|jwt)"
)
_WRAPS = re.compile(r"\b(?:bearerAuth|basicAuth|jwt|jwk|clerkMiddleware|requireAuth|passport\.authenticate)\(")
"""Middleware of packages that refuses by itself."""
_REFUSES = re.compile(
    r"\b40[13]\b|HTTP_40[13]|[Uu]nauthori[sz]ed|Forbidden|PermissionDenied|redirect\(|abort\(|raise |throw |getUser"
)
_SECURITY = re.compile(r"HTTPBearer|HTTPBasic|OAuth2|APIKey(?:Header|Query|Cookie)|Security\(|auto_error")
_MIDDLEWARE = r"(?:.*\.)?(?:add_middleware|middleware|before_request|use|addHook)"


@probe(AUTHENTICATION)
def authentication(look: Look) -> Observation:
    """Every endpoint that is not open on purpose has a guard that refuses."""
    served = endpoints(look)
    fix = "require a signed-in caller on every router, and list the few paths that stay open"
    everywhere = _guard_for_all(look)
    if not served:
        return without_endpoints(look, AUTHENTICATION)
    gates = next_gates(look)
    behind = [item for item in served if any(gate.is_before(item) for gate in gates)]
    covered = {item for item in served if any(stands_before(look, place, item) for place in everywhere)}
    if len(covered) < len(served):  # the guard of one service of several
        everywhere = []
    closed = [item for item in served if item in behind or item in covered or _is_guarded(look, item)]
    private = [item for item in served if not item.is_public_on_purpose or item in closed]
    open_ones = [item for item in private if item not in closed]
    opaque = [item.place for item in open_ones if not item.resolved]
    if behind and not open_ones and not any(item not in behind for item in private):
        everywhere = [*everywhere, *(gate.place for gate in gates)]
    if opaque and not everywhere:
        said = f"the handlers of {len(opaque)} of {counted(len(served), 'endpoint')} could not be read"
        return answer(AUTHENTICATION, Outcome.UNKNOWN, said, opaque)
    if everywhere:
        said = "one guard stands before all endpoints"
        return answer(AUTHENTICATION, Outcome.MET, said, everywhere)
    if not closed:
        return _all_open(look, served, fix)
    places = [item.place for item in open_ones]
    if not open_ones and (hidden := unseen_endpoints(look)):
        said = counted(len(private), "endpoint was", "endpoints were")
        said += " read, and none lacks a guard, but others are not read"
        return answer(AUTHENTICATION, Outcome.UNKNOWN, said, hidden)
    if not open_ones:
        said = f"{counted(len(private), 'endpoint is', 'endpoints are')} not open on purpose, and none lacks a guard"
        return answer(AUTHENTICATION, Outcome.MET, said, [item.place for item in closed])
    said = share(len(open_ones), len(private), "endpoint", "has no guard", "have no guard")
    if len(open_ones) <= OPEN_SHARE * len(private) and all(item.only_reads for item in open_ones):
        return answer(AUTHENTICATION, Outcome.MET, f"{said}; they only read", places)
    message = "an endpoint that anybody may call"
    complain(look, "api.open-endpoint", AUTHENTICATION, places[:50], Severity.HIGH, message)
    return answer(AUTHENTICATION, Outcome.PARTIAL, said, places, fix=fix)


def _all_open(look: Look, served: tuple[Endpoint, ...], fix: str) -> Observation:
    places = [item.place for item in served]
    weak = [
        Location(module.path, function.line)
        for path in may_refuse(look)
        if reached(look, path) and (module := look.python.module(path))
        for function in module.functions
        if is_off_by_default(look, module.path, function.line, function.end_line)
    ]
    if weak := [*weak, *(gate.place for gate in next_gates(look) if gate.refuses_somewhere)]:
        said = "the middleware turns strangers away from pages, or where a switch is set; the endpoints are open"
        complain(
            look, "api.open-endpoint", AUTHENTICATION, places[:50], Severity.HIGH, "an endpoint that anybody may call"
        )
        return answer(AUTHENTICATION, Outcome.PARTIAL, said, [*weak, *places], fix=fix)
    rows = [
        place
        for path in look.tree.match("supabase/migrations/*.sql", "**/supabase/migrations/*.sql")
        for place in line_matches(look, path, r"(?i)create\s+policy\b|enable\s+row\s+level\s+security")
    ]
    if any(item.framework == "supabase" for item in served):
        unverified = [
            place
            for path in look.tree.match("supabase/config.toml", "**/supabase/config.toml")
            for place in line_matches(look, path, r"verify_jwt\s*=\s*false")
        ]
        if rows or not unverified:
            if unverified and rows:
                said = "row policies guard the tables, but a function takes calls without any token"
            elif rows:
                said = "row policies guard the tables; the public key is enough for the functions"
            else:
                said = "the platform asks for a token, for which the public key is enough"
            return answer(AUTHENTICATION, Outcome.PARTIAL, said, [*unverified, *rows[:2], *places], fix=fix)
    complain(look, "api.open-endpoint", AUTHENTICATION, places[:50], Severity.HIGH, "an endpoint that anybody may call")
    result = absent(look, AUTHENTICATION, f"none of {counted(len(served), 'endpoint')} has a guard", fix=fix)
    return answer(AUTHENTICATION, result.outcome, result.summary, places, fix=fix)


def _is_guarded(look: Look, endpoint: Endpoint) -> bool:
    if "admin.site" in endpoint.handler:  # Django's own pages ask for a login
        return True
    for guard in endpoint.guards:
        if not endpoint.is_python and _is_hollow(look, guard, endpoint.module):
            continue
        if _FUNCTION.match(guard):
            # A function in place is judged by what it does: it asks who calls, and turns the others away.
            if _ASKS_WHO.search(guard) and (_REFUSES.search(guard) or _WRAPS.search(guard)):
                return True
        elif (endpoint.is_python and _refuses_strangers(look, endpoint, guard)) or (
            _GUARD.search(guard) and not _NOT_A_GUARD.search(guard) and _really_refuses(look, endpoint, guard)
        ):
            return True
    if endpoint.is_python and any(_refuses_strangers(look, endpoint, one) for one in _aliased(look, endpoint)):
        return True
    if endpoint.is_python and _asks_by_helper(look, endpoint):
        return True
    if not endpoint.is_python and any(
        _TURNS_AWAY.search(one) and _ASKS_CALLER.search(one) for one in helpers(look, endpoint)
    ):
        return True
    text = source(look, endpoint, hops=2 if not endpoint.is_python else 0)
    return (
        bool(_SIGNED.search(text))
        or (endpoint.framework == "nuxt" and bool(_REFUSES_ITSELF.search(text)))
        or (bool(_INLINE.search(text)) and bool(_REFUSES.search(text)))
        or (bool(_NOBODY.search(text)) and bool(_REFUSED.search(text)))
    )


_NOBODY = re.compile(
    r"!\s*(?:req|request|res\.locals|ctx\.state|event\.locals|locals|ctx)\??\.(?:user|auth|session|userId|account)\b"
)
"""A handler's own question whether middleware has found out who calls."""


_SIGNED = re.compile(
    r"\bconstructEvent(?:Async)?\(|\.construct_event\(|\bnew\s+Webhook\([^)]*\)\.verify|\bwh\.verify\("
    r"|\bverify\w*Signature\w*\(|\bverify\w*_signature\w*\(|\bverifyWebhook\w*\("
)
"""Calls that check the signature of a webhook and throw, or answer, where it is wrong."""
_REFUSES_ITSELF = re.compile(r"\brequire(?:User|Admin)?(?:Session|Auth|User|Login)\w*\(")
"""Helpers that Nitro's modules bring along without an import, and that answer 401 themselves."""
_NITRO_MIDDLEWARE = re.compile(r"(?:^|/)server/middleware/[^/]+\.[jt]s$")
_ASKS_REQUEST = re.compile(
    r"\brequest\.(?:headers|META|COOKIES|cookies|user\b|session|auth\b|authorization)|(?i:headers(?:\.get\(|\[)\s*[\"'](?:authorization|x-))"
    r"|HTTP_AUTHORIZATION|jwt\.decode\(|\.unsign\(|compare_digest\(|\bdecrypt\w*\(|\bdecode_\w*token\w*\(|\bverify_\w*token\w*\("
    r"|\bsession(?:\[|\.get\()|\bcurrent_user\b|\bget_jwt_identity\("
)
_CHECKS = re.compile(
    r"jwt\.decode\(|\.unsign\(|compare_digest\(|\bdecrypt\w*\(|\bdecode_\w*\(|\bverify_\w*\(|\.is_authenticated\b"
)
_REFUSED = re.compile(
    r"\b40[13]\b|HTTP_40[13]|[Uu]nauthori[sz]ed|Forbidden|PermissionDenied|AuthenticationFailed|NotAuthenticated|PermissionError"
)
_ASKS_CALLER = re.compile(
    r"\b(?:getCookie|getHeader|getRequestHeaders?|parseCookies)\(|\b(?:cookies|headers)\(\)"
    r"|\b(?:req|request|event|ctx|c|context)\b[\w.?]{0,40}\.(?:headers?|cookies?|session)\b"
)
_TURNS_AWAY = re.compile(r"\b401\b|[Uu]nauthori[sz]ed")
_MOST_HELPERS = 2


def _asks_by_helper(look: Look, endpoint: Endpoint) -> bool:
    """Whether a Python handler calls a function of the repository that asks who calls, and one of the two refuses."""
    start = function_at(look, endpoint.module, endpoint.handler)
    if start is None or re.search(r"(?i)log_?in|sign_?in|register|sign_?up", endpoint.handler):
        return False
    own = span(look, endpoint.module, endpoint.first, endpoint.last)
    level = [start]
    for _ in range(_MOST_HELPERS):
        level = [found for one in level for found in callees(look, *one) if found[1].qualified != one[1].qualified]
        for module, function in level:
            text = source_of(look, module.path, function.qualified)
            if not _ASKS_REQUEST.search(text):
                continue
            refuses = _REFUSED.search(text) or _REFUSED.search(own)
            if refuses or (_CHECKS.search(text) and re.search(r"\braise\b", text)):
                return True
    return False


def _aliased(look: Look, endpoint: Endpoint) -> list[str]:
    """What the annotations of a handler stand for: `Shop = Annotated[str, Depends(current_shop)]`, here or imported."""
    found: list[str] = []
    for parameter in endpoint.parameters:
        name = parameter.annotation
        for module in python_modules(look, "made_globally") if re.fullmatch(r"\w+", name) else ():
            if module.path != endpoint.module and not look.reach.imports_of(endpoint.module).count(module.path):
                continue
            made = next((one.value.text for one in module.made_globally if one.target == name), "")
            named = re.search(r"(?:Depends|Security)\(\s*([\w.]+)", made)
            if named and (home := function_at(look, module.path, named[1])):
                found.append(f"{home[0].path}::{home[1].qualified}")
    return found


_STRANGERS = re.compile(r"(?i)authorization|bearer|credential|token|api_?key|cookie|session|signature|request\.user\b")


def _refuses_strangers(look: Look, endpoint: Endpoint, guard: str) -> bool:
    """Whether a dependency of this repository asks who calls and answers 401 or 403, whatever its name."""
    home, _, qualified = guard.rpartition("::")
    names = [qualified] if home else re.findall(r"(?:Depends|Security)\(\s*([\w.]+)", guard)
    for name in names:
        found = _guard_function(look, endpoint, name, home)
        if found is None:
            continue
        module, function = found
        text = span(look, module.path, function.line, function.end_line)
        if is_off_by_default(look, module.path, function.line, function.end_line):
            continue
        inner = " ".join(f"{item.name} {item.annotation} {item.default}" for item in function.parameters)
        if re.search(r"\b40[13]\b|HTTP_40[13]|[Uu]nauthori[sz]ed|Forbidden", text) and _STRANGERS.search(text + inner):
            return True
    return False


def _is_hollow(look: Look, guard: str, user: str) -> bool:
    """Whether a guard is named, here or as what `UseGuards` is given, and what has that name stops nobody."""
    inside = re.fullmatch(r"(?:UseGuards\()?\s*([A-Za-z_$][\w$]*)\s*\)?", guard.strip())
    return bool(inside) and stops_nobody(look, inside[1] if inside else "", user)


def _guard_function(look: Look, endpoint: Endpoint, name: str, home: str = "") -> tuple[PythonModule, Function] | None:
    """The repository's function that a guard names, where it is put: at the handler, or at a router elsewhere."""
    found = function_at(look, home or endpoint.place.path, name) or function_at(look, endpoint.module, name)
    if found or not re.fullmatch(r"\w+", name):
        return found
    same = [(module, one) for module in modules_defining(look, [name]) if (one := module.function(name))]
    return same[0] if len(same) == 1 else None


def _really_refuses(look: Look, endpoint: Endpoint, guard: str) -> bool:
    """Whether a guard of this repository turns callers away; guards of packages are taken at their word."""
    named = re.findall(r"(?:Depends|Security)\(\s*([\w.]+)", guard) or re.findall(r"^[\w.]+$", guard)
    if not endpoint.is_python or not named:
        return True
    for name in named:
        found = _guard_function(look, endpoint, name)
        if found is None:
            return True
        module, function = found
        inner = " ".join(f"{item.annotation} {item.default}" for item in function.parameters)
        text = span(look, module.path, function.line, function.end_line)
        if is_off_by_default(look, module.path, function.line, function.end_line):
            continue
        if function.raises or _REFUSES.search(text) or _SECURITY.search(inner):
            return True
        if re.search(r"Depends|Security|Dep\b", inner) and _GUARD.search(inner):
            return True
    return False


def _guard_for_all(look: Look) -> list[Location]:
    """Middleware or settings that put a guard before every endpoint."""
    found = [place for place in (*_guards_of_python(look), *_guards_of_web(look)) if reached(look, place.path)]
    for platform in look.containers.platforms:
        if platform.platform == "aws-sam":
            found += line_matches(look, platform.path, r"(?m)^\s*DefaultAuthorizer:\s*(?!NONE)\w")
    return found


def _guards_of_python(look: Look) -> Iterator[Location]:
    for hit in calls(look, _MIDDLEWARE):
        if not hit.place.path.endswith(PYTHON) or not hit.call.arguments:
            continue
        name = getattr(hit.call.arguments[0], "text", "")
        named = re.search(r"(?i)auth|token|api_?key|login|jwt", name) and "SessionMiddleware" not in name
        if named and _turns_away(look, name):
            yield hit.place
    found = [
        Location(module.path, function.line)
        for module in python_modules(look, "decorated")
        for function in module.decorated
        if any(item.callee.rsplit(".", 1)[-1] in {"before_request", "middleware"} for item in function.decorators)
        if re.search(r"\b401\b|[Uu]nauthori[sz]ed|HTTP_401", span(look, module.path, function.line, function.end_line))
        if not is_off_by_default(look, module.path, function.line, function.end_line)
    ]
    found += [
        place
        for place in matches_in(look, r"LoginRequiredMiddleware", PYTHON_OF_PRODUCT)
        if place.path.rsplit("/", 1)[-1].startswith("settings") or "/settings/" in place.path
    ]
    yield from sorted(found, key=lambda place: place.path)


def _turns_away(look: Look, name: str) -> bool:
    """Whether a middleware class answers 401 or 403, as the repository stands; one of a package is taken at its word.

    Starlette's own class for authentication only says who calls.
    """
    bare = name.rsplit(".", 1)[-1]
    homes = [(module, one) for module in python_modules(look, "classes") for one in module.classes if one.name == bare]
    if not homes:
        return bare != "AuthenticationMiddleware"
    return any(
        re.search(r"\b40[13]\b|[Uu]nauthori[sz]ed|Forbidden", span(look, module.path, one.line, one.end_line))
        and not is_off_by_default(look, module.path, one.line, one.end_line)
        for module, one in homes
    )


_HOOKS = re.compile(r"[\"'`](?:onRequest|preHandler|preValidation|preParsing)[\"'`]")


def _root_hooks(look: Look) -> Iterator[Location]:
    """Hooks of an application of Fastify itself: they run before the routes of every plug-in it registers."""
    for hit in calls(look, r"fastify\..*\.addHook"):
        module = look.web.module(hit.place.path)
        host = hit.call.callee.rpartition(".")[0]
        given = [one if isinstance(one, str) else one.text for one in hit.call.arguments]
        if not module or host not in module.assigned or len(given) < 2 or not _HOOKS.fullmatch(given[0]):  # noqa: PLR2004
            continue
        text = span(look, hit.place.path, hit.place.line, hit.place.end_line)
        named = bool(re.fullmatch(r"[\w.]+", given[1]) and _GUARD.search(given[1]))
        named = named and not _is_hollow(look, given[1], hit.place.path)
        asked = _ASKS_WHO.search(text) and _REFUSES.search(text)
        if (named or asked) and not re.search(r"\.url\b|routeOptions|routerPath|startsWith\(", text):
            yield hit.place


_HOOKED = re.compile(rf"(?:^|/)hooks\.server\.[jt]s$|{_NITRO_MIDDLEWARE.pattern}")


_NEST_GUARDS = r"useGlobalGuards\(.*(?:Auth|Jwt)|useClass:\s*\w*(?:Auth|Jwt)\w*Guard"


def _guards_of_web(look: Look) -> Iterator[Location]:
    nest = look.importers("@nestjs/core")
    yield from _root_hooks(look)
    # By place, or by what stands in it: nothing else of the other files is asked.
    globally = files_matching(look, _NEST_GUARDS, WEB_OF_PRODUCT) if nest else []
    placed = filter(named_so(WEB_OF_PRODUCT), look.tree.named_like(_HOOKED))
    for path in sorted({*globally, *placed}):
        if nest:
            yield from line_matches(look, path, _NEST_GUARDS)
        if re.search(r"(?:^|/)hooks\.server\.[jt]s$", path) and _is_guarding_hook(look, path):
            yield Location(path)
        if _NITRO_MIDDLEWARE.search(path) and _is_guarding_middleware(look, path):
            yield Location(path)


def _is_guarding_middleware(look: Look, path: str) -> bool:
    """Whether middleware of Nitro, through which all requests go, asks who calls and answers 401."""
    text = span(look, path, 1, 10_000)
    refuses = _REFUSES_ITSELF.search(text) or (_ASKS_WHO.search(text) and re.search(r"\b40[13]\b", text))
    return bool(refuses and look.depends_on("nuxt", "nitropack", "nitro"))


_SIGN_IN_ASKED = re.compile(
    r"clerkMiddleware|withAuth|getToken\(|\bauth\(|updateSession|jwtVerify|getSession(?:Cookie)?\(|authkitMiddleware"
    r"|withMiddlewareAuthRequired|auth0\.middleware|getUser\(|convexAuthNextjsMiddleware|verifySession|verifyToken"
)


def _is_guarding_hook(look: Look, path: str) -> bool:
    """Whether the hook of SvelteKit, through which all requests go, asks for the session and sends strangers away."""
    text = "\n".join(span(look, one, 1, 10_000) for one in (path, *look.reach.imports_of(path)))
    return bool(_SIGN_IN_ASKED.search(text) or re.search(r"locals\.(?:user|session|auth)\b", text)) and bool(
        re.search(r"\b(?:redirect|error)\(\s*(?:30\d|40[13])|status:\s*40[13]", text)
    )
