"""Prompts: where they live, and what users can put into them."""

from __future__ import annotations

import re

from checks.application.calls_seen import Seen, calls_that
from checks.application.numbers import counted, share
from checks.application.wiring import answer, blind_spots, complain
from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.look import Look
from checks.models.calls import model_calls, model_files, near_models, unless_called
from checks.models.prompt_texts import inline_prompts, prompt_files, prompt_modules, system_prompts
from checks.observation import Location, Observation, Outcome, Severity
from checks.probe import Stage, probe

VERSIONED, INJECTION = "llm.prompts-versioned", "llm.prompt-injection"
_FED = ("llm.user-input-in-system-prompt", "llm.input-named-in-system-prompt")
_FILTERS = re.compile(
    r"(?i)llm_guard|lakera|rebuff|nemoguardrails|guardrails\.|prompt_?guard|promptarmor|detect_?(?:prompt_?)?injection|sanitize_?prompt"
)


@probe(VERSIONED)
def prompts_versioned(look: Look) -> Observation:
    """Prompts in files of their own, in a module of their own, or amid the code."""
    if missing := unless_called(look, VERSIONED):
        return missing
    searched = (
        "prompt and template files that code names",
        "modules that hold only prompts",
        "texts beside model calls",
    )
    fix = "move prompts to text files that the code loads, so that a change of wording is a change one can review"
    files = prompt_files(look)
    modules = prompt_modules(look)
    inline = inline_prompts(look)
    where = [Location(path) for path in files]
    if files and not inline:
        said = f"{counted(len(files), 'prompt file')} that code loads, no prompt in the code"
        if blind := blind_spots(look):
            return answer(VERSIONED, Outcome.UNKNOWN, f"{said}, but {blind}", where, searched=searched)
        return answer(VERSIONED, Outcome.MET, said, where, searched=searched)
    if files:
        outcome = Outcome.MET if len(files) >= 4 * len(inline) and not blind_spots(look) else Outcome.PARTIAL
        said = f"{counted(len(files), 'prompt file')} that code loads, {counted(len(inline), 'prompt')} in the code"
        return answer(VERSIONED, outcome, said, [*inline[:5], *where], searched=searched, fix=fix)
    if modules and len(inline) <= 3 * len(modules):
        said = f"prompts are kept in modules of code: {', '.join(modules[:3])}"
        return answer(
            VERSIONED, Outcome.PARTIAL, said, [Location(path) for path in modules], searched=searched, fix=fix
        )
    if inline:
        complain(look, "prompts.inline", VERSIONED, inline[:20], Severity.LOW, "a prompt stands in the code")
        said = f"{counted(len(inline), 'prompt stands', 'prompts stand')} in the code"
        return answer(VERSIONED, Outcome.UNMET, said, inline, searched=searched, fix=fix)
    said = "no prompt text was recognized beside the model calls"
    return answer(VERSIONED, Outcome.UNKNOWN, said, [call.place for call in model_calls(look)], searched=searched)


@probe(INJECTION, stage=Stage.CODE)
def prompt_injection(look: Look) -> Observation:
    """What users write stays out of the system prompt, by data flow in functions and across direct calls."""
    if missing := unless_called(look, INJECTION):
        return missing
    searched = ("system prompts in application code", "data flow from requests, by the code rules")
    fix = "send what users write as a user message and keep the system prompt constant"
    is_code = named_so(CODE_OF_PRODUCT)
    prompts = system_prompts(look)
    closed = {(one.place.path, one.place.line) for one in prompts if one.closed}
    fed = [
        Location(one.path, one.line, one.end_line)
        for one in look.code.of(*_FED)
        if is_code(one.path) and not any((one.path, line) in closed for line in range(one.line, one.end_line + 1))
    ]
    fed += [one.place for one in prompts if one.fed]
    if fed:
        complain(
            look, "prompts.user-input", INJECTION, fed, Severity.HIGH, "user input becomes part of the system prompt"
        )
        said = f"user input is put into {counted(len(set(fed)), 'system prompt')}"
        return answer(INJECTION, Outcome.UNMET, said, fed, searched=searched, fix=fix)
    if problem := _rules_unread(look):
        return answer(INJECTION, Outcome.UNKNOWN, problem, searched=searched)
    filtered = [call.place for call in calls_that(look, _filters) if call.reached]
    doubtful = [one.place for one in prompts if one.holes]
    if doubtful and not filtered:
        holes = sorted({hole for one in prompts for hole in one.holes})
        said = f"values whose origin was not traced are put into system prompts: {', '.join(holes[:4])}"
        return answer(INJECTION, Outcome.PARTIAL, said, doubtful, searched=searched, fix=fix)
    if filtered:
        return answer(INJECTION, Outcome.MET, "prompts pass a filter for injections", filtered, searched=searched)
    if not prompts:
        return _without_system_prompt(look, searched)
    with_prompt = {one.place.path for one in prompts}
    files = sorted({call.seen.path for call in model_calls(look) if call.kind == "text"})
    bare = [path for path in files if not with_prompt.intersection((path, *_around(look, path)))]
    if len(bare) > len(files) / 2:
        said = share(len(bare), len(files), "file", "with model calls gets its", "with model calls get their")
        said += " messages from elsewhere; that was not traced"
        return answer(INJECTION, Outcome.UNKNOWN, said, [Location(path) for path in bare], searched=searched)
    said = f"{counted(len(prompts), 'system prompt holds', 'system prompts hold')} no value from outside"
    return answer(INJECTION, Outcome.MET, said, [one.place for one in prompts], searched=searched)


def _filters(call: Seen, _: str) -> bool:
    return bool(_FILTERS.search(call.name))


def _without_system_prompt(look: Look, searched: tuple[str, ...]) -> Observation:
    """No system prompt in sight: with plain user messages nothing is mixed; else nothing can be told."""
    calls = model_calls(look)
    mixed = [Location(place.path, place.line) for place in inline_prompts(look) if place.path in model_files(look)]
    if mixed:
        said = "instructions and input share one message, with no system prompt of their own"
        return answer(
            INJECTION, Outcome.PARTIAL, said, mixed, searched=searched, fix="give instructions a system prompt"
        )
    said = "no system prompt was recognized, so where user input goes could not be told"
    return answer(INJECTION, Outcome.UNKNOWN, said, [call.place for call in calls], searched=searched)


def _around(look: Look, path: str) -> tuple[str, ...]:
    return (*look.reach.imported_by(path), *look.reach.imports_of(path))


def _rules_unread(look: Look) -> str:
    if look.code.trouble:
        return look.code.trouble
    left = sorted(path for path in near_models(look) if not look.code.complete_for([path]))
    return f"the code rules did not read {', '.join(left[:3])} in full" if left else ""
