"""What the API accepts: schemas on its inputs."""

from __future__ import annotations

import re

from checks.application.endpoint import Endpoint
from checks.application.endpoints import endpoints, source, unseen_endpoints, without_endpoints
from checks.application.numbers import counted, share
from checks.application.wiring import (
    answer,
    arguments_of,
    blind_spots,
    calls,
    complain,
    matches_in,
    python_modules,
    span,
    web_modules,
)
from checks.files.listed import WEB_OF_PRODUCT
from checks.look import Look
from checks.observation import Location, Observation, Outcome, Severity
from checks.once import once
from checks.probe import probe
from checks.readers.web_facts import WebCall

SIGNAL = "api.input-validation"
FIX = "describe every request body with a schema and let the framework refuse what does not fit"
MOSTLY = 0.9

_MOST_ARGUMENTS = 400
_GLOBALS = frozenset({"JSON", "Date", "URL", "Number", "path", "url", "querystring", "qs"})
_OWN_NAMES = frozenset({"self", "cls", "request", "req"})

_RAW = re.compile(
    r"\b(?:request|req)\.(?:json|body|form|get_json|POST|data|values|formData|text)\b|\bctx\.request\.body\b"
    r"|\bc\.req\.(?:json|parseBody|text)\b|\bread(?:Body|MultipartFormData|FormData)\(|\bevent\.body\b"
    r"|\b[fF]orm[dD]ata\.(?:get|getAll|entries)\(|\bfromEntries\(\s*\w*[fF]orm\w*"
)
_FORM = re.compile(r"\b([\w$]{1,60})\??\s*:\s*FormData\b")
"""What a server action calls the form that it is given."""
_PASSED_ON = re.compile(r"\bbody\s*:\s*JSON\.stringify\((?:[^()]|\([^()]{0,200}\)){0,400}\)")
"""The body of a request to another service, whose own schema decides."""
_CHECKED = re.compile(
    r"\.createCaller\(|\.model_validate|\.parse_obj|\.safeParse(?:Async)?\(|\bsafeParse(?:Async)?\(|\.parseAsync\(|validate_python\("
    r"|is_valid\(|validate_on_submit|[sS]erializer\b|use_args|use_kwargs|\bzValidator\b|[vV]alidator\(|validationResult|Joi\.|yup\."
    r"|\bForm\(request|\bcelebrate\(|plainToInstance|checkSchema|constructEvent|ValidationPipe|Value\.(?:Check|Parse|Decode)\(|decodeUnknown\w*\("
    r"|\b(?:jsonschema|fastjsonschema|msgspec|voluptuous|cerberus)\.|TypeAdapter\(|dacite\.from_dict|readValidatedBody\("
    r"|getValidated(?:Query|RouterParams)\(|\breq\.valid\("
    # a schema that is asked, or handed over together with something
    r"|\w*[sS]chema\w*\s*(?:\(\s*\))?\s*\.\s*(?:load|loads|parse|validate|cast|check|decode|is|assert)\w*\(|[(,]\s*\w*[sS]chema\w*\s*[),.]"
    # what is checked is the input
    r"|\.validate(?:Async|Sync)?\([^()]*(?:body|data|payload|json|input|request|values|[sS]chema)"
)
_OF_A_MODEL = re.compile(
    r"\b(?:zod(?:Response|Text)Format|zodToJsonSchema|zodSchema|withStructuredOutput|with_structured_output|toJSONSchema)\([^()]{0,200}\)"
    r"|[\w.]{1,60}\.(?:safeParse|parse|parseAsync|safeParseAsync|model_validate(?:_json)?|parse_raw)\(\s*(?:await\s+)?(?:JSON\.parse\(|json\.loads\()?"
    r"\s*\w{0,40}(?:[cC]ompletion|[rR]esponse|[aA]nswer|[oO]utput|[gG]enerated|[mM]essage|[cC]ontent|llm\w*|raw(?:Text)?)\b[\w.?\[\]]*"
)
"""Schemas for what a model answers: they say nothing of what a request brings."""
_THROWN_AWAY = re.compile(
    r"(?:(?<=[;{}])[ \t\n]{0,80}|(?<=[):])[ \t]{0,8}\n[ \t]{0,80})"
    r"(?:(?:await\s+)?[\w.]{1,60}\.safeParse(?:Async)?|\w{0,40}[sS]chema\w{0,40}(?:\(\))?\.validate)"
    r"\([^;{}()\n]{0,200}(?:\([^()\n]{0,80}\))?[^;{}()\n]{0,80}\)[ \t]*(?:;|$|\n)"
)
"""Checks whose answer nobody looks at: they return what is wrong, and refuse nothing by themselves."""
_IN_OPTIONS = re.compile(r"(?i)\bvalid|schema|\bbody\b\s*:\s*\w|\w+valid\w*\(")
"""What a route's own options and middleware say of a check."""
_PARSE = re.compile(r"([\w$.]*[\w$])\s*\.\s*parse\(")
_BARE_PARSE = re.compile(r"(?<![\w.$])(parse|parseAsync|assert|create|is|mask|decode)\(")
_SCHEMA_LIBRARY = (
    r"(?:zod|valibot|yup|joi|@hapi/joi|ajv|superstruct|@sinclair/typebox|runtypes|io-ts|arktype|class-validator"
    r"|myzod|@effect/schema|effect)\b"
)
"""Libraries of schemas, any subpath of them too."""
_LOOSE = re.compile(
    r"^(?:Annotated\[(?!.*\b(?:Header|Query|Path|Cookie)\())?(?:Optional\[)?(?:dict|Dict|Any|object|Mapping|list\[dict|List\[Dict|bytes)\b"
)
_BARE_BODY = re.compile(r"@Body\([^)]*\)\s*\w+\??(?:\s*[,)]|\s*:\s*(?:any|object|unknown|Record|\{))")
"""A body of NestJS without a class that a pipe could check."""
_REQUEST = re.compile(r"^(?:\w+\.)?(?:Request|HttpRequest|HTTPConnection)\b")
_PATH_MADE = re.compile(r"\b(?:path\.join|Path|open|FileResponse|send_file|sendFile)\(")
_NAME_CHECKED = r"secure_filename|is_relative_to|\.resolve\(\)|basename|pattern=|regex=|uuid|startsWith\(|relative_to\("


@probe(SIGNAL)
def input_validation(look: Look) -> Observation:
    """Request bodies go through a schema before logic sees them, and names from requests stay no file paths."""
    served = endpoints(look)
    if not served:
        return without_endpoints(look, SIGNAL)
    raw = [item for item in served if _takes_raw(look, item)]
    loose = [item for item in served if item not in raw and _joins_paths(look, item)]
    typed = [item for item in served if item not in raw and _takes_schema(look, item)]
    places = [item.place for item in (*raw, *loose)]
    if raw:
        message = "the body of a request is used without a schema"
        complain(look, "api.raw-body", SIGNAL, [item.place for item in raw], Severity.MEDIUM, message)
    if loose:
        message = "a name from the request becomes part of a file path without a check"
        complain(look, "api.path-from-request", SIGNAL, [item.place for item in loose], Severity.MEDIUM, message)
    if not raw and not loose:
        return _none_raw(look, served, typed)
    said = _counted(raw, loose, typed)
    # Of those that take a body: many that read by a number say nothing of the few that write.
    writing = [item for item in typed if not item.only_reads]
    if len(raw) + len(loose) <= (1 - MOSTLY) * len(writing if raw else typed):
        return answer(SIGNAL, Outcome.MET, said, places, fix=FIX)
    elsewhere = _schemas_elsewhere(look)
    if typed or loose or elsewhere:
        if not typed and elsewhere:
            said += "; schemas stand elsewhere only"
        return answer(SIGNAL, Outcome.PARTIAL, said, [*places, *elsewhere], fix=FIX)
    return answer(SIGNAL, Outcome.UNMET, said, places, fix=FIX)


def _none_raw(look: Look, served: tuple[Endpoint, ...], typed: list[Endpoint]) -> Observation:
    blind = blind_spots(look)
    writing = [item for item in served if not item.only_reads]
    unclear = [item for item in writing if item not in typed and not item.is_python]
    unclear += [item for item in served if item.framework == "django"]
    if blind or (unclear and not typed):
        said = blind or "how these handlers take their input could not be told"
        return answer(SIGNAL, Outcome.UNKNOWN, said, [item.place for item in unclear])
    if hidden := unseen_endpoints(look):
        said = "no handler takes a raw body, but other endpoints of the application are not read"
        return answer(SIGNAL, Outcome.UNKNOWN, said, hidden)
    said = f"no handler takes a raw body; {len(typed)} of {counted(len(served), 'takes', 'take')} typed input"
    return answer(SIGNAL, Outcome.MET, said, [item.place for item in (typed or list(served))])


def _counted(raw: list[Endpoint], loose: list[Endpoint], typed: list[Endpoint]) -> str:
    parts = [f"{share(len(raw), len(raw) + len(typed), 'handler', 'takes', 'take')} a raw body"] if raw else []
    if loose:
        parts.append(f"{counted(len(loose), 'uses', 'use')} a name from the request as a file path")
    return "; ".join(parts)


def _takes_raw(look: Look, endpoint: Endpoint) -> bool:
    if endpoint.framework in {"fastapi", "litestar"}:
        takes_request = any(_REQUEST.match(item.annotation) for item in endpoint.parameters)
        text = source(look, endpoint, hops=1 if takes_request else 0)
        loose = any(
            (_LOOSE.match(item.annotation) or item.annotation in _open_models(look))
            and "Depends" not in f"{item.default} {item.annotation}"
            for item in endpoint.parameters
            if "File(" not in f"{item.default} {item.annotation}"
        )
        return loose or (takes_request and bool(_RAW.search(text)) and not _is_checked(look, endpoint, text))
    if any(_CHECKED.search(guard) or _IN_OPTIONS.search(guard) for guard in endpoint.guards):
        return False
    if endpoint.framework == "nest" and _BARE_BODY.search(source(look, endpoint)):
        return True
    text = source(look, endpoint)
    return (bool(_RAW.search(text)) or _reads_form(text)) and not _is_checked(look, endpoint, text)


def _reads_form(text: str) -> bool:
    """Whether a handler reads the fields of the form that is one of its parameters, whatever that is called."""
    names = "|".join(re.escape(name) for name in dict.fromkeys(_FORM.findall(text)))
    text = _PASSED_ON.sub("", text)
    return bool(names) and bool(
        re.search(rf"\b(?:{names})\.(?:get|getAll|entries)\(|fromEntries\(\s*(?:{names})\b", text)
    )


@once
def _open_models(look: Look) -> frozenset[str]:
    """Models without a field that take whatever comes."""
    return frozenset(
        one.name
        for module in python_modules(look, "classes")
        for one in module.classes
        if "BaseModel" in one.bases and not one.annotations and not set(one.fields) - {"model_config"}
        if re.search(
            r"extra[\"']?\s*[=:]\s*(?:[\"']allow|Extra\.allow)", span(look, module.path, one.line, one.end_line)
        )
    )


def _takes_schema(look: Look, endpoint: Endpoint) -> bool:
    if endpoint.framework in {"fastapi", "litestar"}:
        return any(
            item.annotation
            and not _REQUEST.match(item.annotation)
            and "Depends" not in f"{item.annotation} {item.default}"
            for item in endpoint.parameters
            if item.name != "self"
        )
    checked = any(_CHECKED.search(guard) or _IN_OPTIONS.search(guard) for guard in endpoint.guards)
    if endpoint.framework == "nest":
        return checked or (_pipe_for_all(look) and not _BARE_BODY.search(source(look, endpoint)))
    return checked or _is_checked(look, endpoint, source(look, endpoint))


def _is_checked(look: Look, endpoint: Endpoint, text: str) -> bool:
    """Whether a handler's source checks its input by a schema; to parse JSON, a date or an address checks nothing."""
    text = _THROWN_AWAY.sub("", _OF_A_MODEL.sub("", text))
    module = None if endpoint.is_python else look.web.module(endpoint.module)
    for name, made in module.assigned.items() if module else ():
        if re.search(r"^zod\.(?:\w+\.)*(?:any|unknown)$", made):  # takes whatever comes
            text = re.sub(rf"\b{re.escape(name)}\.\w+\(", "(", text)
    if _CHECKED.search(text):
        return True
    if endpoint.is_python:
        return False
    near = (endpoint.module, *(item.path for item in (module.imports if module else ()) if item.path))
    names = {match[1] for match in _PARSE.finditer(text)} | set(_BARE_PARSE.findall(text))
    return any(_is_schema(look, path, name) for path in near for name in names)


def _is_schema(look: Look, path: str, receiver: str) -> bool:
    """Whether what `.parse(` is called on comes of a schema library: made in the file, or imported."""
    root = receiver.removeprefix("this.").split(".")[0]
    module = look.web.module(path)
    if module is None or root in _GLOBALS:
        return False
    for item in module.imports:
        if root in item.names:
            made = item.package or look.web.trace(WebCall(root, f"{item.path}#{item.names[root]}", 0, 0))
            return bool(re.match(_SCHEMA_LIBRARY, made)) or (bool(item.path) and _leads_to_schemas(look, item.path, 1))
    if root in module.assigned:
        made = look.web.trace(WebCall(root, module.assigned[root], 0, 0))
        if re.search(r"\.(?:any|unknown)$", made):
            return False
        return bool(re.match(_SCHEMA_LIBRARY, made)) or bool(re.search(r"[sS]chema|[zZ]od", made))
    typed = re.compile(rf"^{re.escape(root)}\??\s*:.*(?:Zod|Schema|Type<|Struct)")
    return any(typed.search(one) for function in module.functions for one in function.parameters)


def _leads_to_schemas(look: Look, path: str, hops: int) -> bool:
    module = look.web.module(path)
    if module is None:
        return False
    if any(re.match(_SCHEMA_LIBRARY, item.package) for item in module.imports):
        return True
    return hops > 0 and any(_leads_to_schemas(look, item.path, hops - 1) for item in module.imports if item.path)


def _pipe_for_all(look: Look) -> bool:
    """Whether NestJS checks every argument of a handler against its class."""
    told = calls(look, r"(?:.*\.)?useGlobalPipes")
    wanted = r"useClass:\s*(?:Zod)?ValidationPipe"
    return any("ValidationPipe" in " ".join(arguments_of(hit.call)) for hit in told) or bool(
        matches_in(look, wanted, WEB_OF_PRODUCT)
    )


def _joins_paths(look: Look, endpoint: Endpoint) -> bool:
    """Whether a plain text parameter, or the name of an upload, is joined into a file path without a check."""
    if not endpoint.is_python:
        return False
    names = [
        item.name
        for item in endpoint.parameters
        if re.match(r"^(?:str|Optional\[str\]|str \| None)?$", item.annotation)
        and "Depends" not in item.default
        and not re.search(r"pattern|regex|Literal", item.default)
    ]
    uploads = [f"{item.name}.filename" for item in endpoint.parameters if "UploadFile" in item.annotation]
    text = source(look, endpoint, hops=0)
    if re.search(_NAME_CHECKED, text):
        return False
    made = " ".join(_arguments(text, match.end()) for match in _PATH_MADE.finditer(text))
    for name in (*names, *uploads):
        word = rf"(?<![\w.\"']){re.escape(name)}(?![\w.\"'])"
        if name not in _OWN_NAMES and (re.search(word, made) or re.search(rf"/\s*(?:f[\"'][^\"'\n]*\{{)?{word}", text)):
            return True
    return False


def _arguments(text: str, start: int) -> str:
    """What stands between a call's parentheses, the first of which ends at `start`."""
    depth = 1
    for position in range(start, min(start + _MOST_ARGUMENTS, len(text))):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if not depth:
            return text[start:position]
    return ""


def _schemas_elsewhere(look: Look) -> list[Location]:
    """Where the application uses a schema library outside the handlers that were judged raw."""
    places = [
        Location(module.path, one.line)
        for module in python_modules(look, "classes", dead=True)
        for one in module.classes
        if any(base.rsplit(".", 1)[-1] in {"BaseModel", "Schema", "SQLModel"} for base in one.bases)
    ]
    for web in web_modules(look, "imports"):
        uses = {item.package for item in web.imports} & {"zod", "yup", "joi", "valibot", "ajv", "superstruct"}
        if uses:
            places += [Location(web.path, call.line) for call in web.calls if _CHECKED.search(call.callee + "(")][:1]
    return places[:3]
