"""The words without which a code rule cannot match: what lacks them need not be parsed to be known clean.

Semgrep skips a rule by itself only where it finds a literal in every pattern of it, and one rule where it finds none
has every file parsed. So each rule belongs to a group, which it names in `paths: {exclude: ["*~group~*"]}`; a copy's
name carries the groups that cannot match in it, and a file where none can is never given to semgrep. Any other name
hides nothing: an ordinary scan with the same rules is the reference that ours is held to.

A group's line reads: `a b & c | d`, one of a and b and also c, or else d. A plain word stands for itself as it is
written; `~word` for a word in any case; `*part*` for a part of the text in any case. A pattern's own names are in the
file even where an import renames them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

_WORD: Final = re.compile(r"\w+", re.ASCII)
_BARE_IMPORT: Final = re.compile(r"^[ \t]*import \w+[ \t]*$", re.ASCII | re.MULTILINE)
"""Brings a name that stands in the file again wherever it is used."""

_SERVICES: Final = (
    "*openai* *anthropic* *generativelanguage* *openrouter* *api.mistral.ai* *api.groq.com* *api.cohere.* "
    "*api.together.xyz* *api.deepseek.com* *ai.gateway.* */api/chat* */api/generate* *completions*"
)
_MODELS: Final = (
    "*gpt* ~o1 ~o3 ~o4 *davinci* *claude* *gemini* *llama* *mistral* *mixtral* *command-r* *deepseek* *qwen* *phi* "
    "*gemma* *grok*"
)
_STATEMENT: Final = "~select ~insert ~update ~delete ~drop ~alter ~create"

_PYTHON: Final = {
    "cors": "add_middleware Middleware flask_cors CORS_ALLOW_ALL_ORIGINS CORS_ORIGIN_ALLOW_ALL CORS_ALLOWED_ORIGINS "
    "*access-control-allow-origin*",
    "headers": "flask_talisman secure SECURE_HSTS_SECONDS *x-frame-options* *x-content-type-options* "
    "*content-security-policy* *strict-transport-security*",
    "debug": "*debug* reload",
    "errors": "except",
    "http": "requests httpx aiohttp urlopen & get post put patch delete head options request stream send timeout "
    "urlopen ClientTimeout",
    "login": "PASS Pass *password* *passwd* *pwd* *passcode* *passphrase* *pass=* *_pass* *.pass* *(pass* "
    "*[pass* *'pass* *\"pass* *admin_key* *api_key* *access_code* *secret_key* & *==* *!=* compare_digest",
    "logger": "structlog pythonjsonlogger loguru json_log_formatter ecs_logging logfire Formatter "
    "*pythonjsonlogger* *structlog*",
    "log": "*log* & debug info warning warn error exception critical",
    "print": "print",
    "retries": "*retry* *retries* *tenacity* *backoff* *stamina* *attempt* *tries* *try_* *breaker* *httptransport*",
    "sql-call": "execute executemany executescript fetch fetchrow fetchval fetch_all fetch_one scalar scalars raw",
    "sql": "execute executemany executescript fetch fetchrow fetchval fetch_all fetch_one scalar scalars raw query "
    f"run_query read_sql read_sql_query & {_STATEMENT}",
    "sql-input": "execute executemany executescript fetch fetchrow fetchval fetch_all fetch_one raw read_sql "
    "read_sql_query text & request text_input text_area chat_input *@*",
    "uploads": "UploadFile files FILES file_uploader File MAX_CONTENT_LENGTH DATA_UPLOAD_MAX_MEMORY_SIZE size len",
    "prompt": "system developer instructions SystemMessage SystemMessagePromptTemplate system_instruction "
    "system_prompt create_react_agent ChatMessage",
    "output": "completions responses ChatCompletion messages litellm generate_content send_message invoke_model "
    "converse ollama create_chat_completion invoke ainvoke stream astream predict complete acomplete chat achat query "
    "aquery & eval exec compile os subprocess asyncio pickle PythonREPL execute executemany executescript fetch "
    "fetchrow fetchval fetch_all raw read_sql read_sql_query sql run Markup mark_safe HTMLResponse markdown html "
    "render_template_string",
    "llm-call": "completions responses ChatCompletion litellm generate_content generate_content_stream GenerativeModel "
    "start_chat invoke_model invoke_model_with_response_stream converse converse_stream ollama create_chat_completion "
    f"create_completion Runner dspy *langchain* *langgraph* *llama_index* *crewai* *autogen* *pydantic_ai* "
    "*smolagents* *haystack* "
    f"{_SERVICES} | messages & create stream & model",
    "llm-limits": "max_tokens max_completion_tokens max_output_tokens max_new_tokens num_predict maxTokens "
    f"with_options litellm generate_content wait_for {_SERVICES} | completions responses messages & timeout",
    "llm-client": "OpenAI AsyncOpenAI AzureOpenAI AsyncAzureOpenAI Anthropic AsyncAnthropic ChatOpenAI AzureChatOpenAI "
    "ChatAnthropic ChatGoogleGenerativeAI ChatOllama ChatBedrock ChatBedrockConverse ChatGroq ChatMistralAI "
    "ChatLiteLLM ChatVertexAI init_chat_model Ollama OllamaLLM LlamaCpp Llama GenerativeModel InferenceClient "
    "AsyncInferenceClient",
    "llm-model": _MODELS,
}

_JAVASCRIPT: Final = {
    "cors": "*cors* *access-control-allow-origin*",
    "headers": "helmet secureHeaders *x-frame-options* *x-content-type-options* *content-security-policy* "
    "*strict-transport-security*",
    "debug": "errorHandler stack",
    "errors": "catch",
    "http": "fetch axios got ky",
    "login": "~pass *passphrase* *password* *passwd* *pwd* *passcode* *adminkey* *apikey* *accesscode* "
    "*secretkey* & *==* *!=*",
    "logger": "*pino* winston createLogger bunyan *fastify*",
    "log": "*log* & trace debug info warn error fatal log",
    "print": "console",
    "retries": "*retry* *retries* *backoff* *breaker*",
    "sql-call": "query queryRaw executeRaw queryRawUnsafe executeRawUnsafe",
    "sql": "query execute raw exec all run prepare unsafe queryRawUnsafe executeRawUnsafe & " + _STATEMENT,
    "sql-input": "query execute raw unsafe queryRawUnsafe executeRawUnsafe & req request ctx c searchParams",
    "uploads": "multer arrayBuffer formidable IncomingForm busboy formData size",
    "prompt": "system developer systemInstruction instructions systemPrompt createReactAgent SystemMessage "
    "SystemMessagePromptTemplate",
    "output": "completions responses messages generateText generateObject streamText streamObject generateContent "
    "sendMessage ConverseCommand InvokeModelCommand ollama invoke stream complete chat query useChat useCompletion & "
    "eval Function runInNewContext runInThisContext exec execSync execAsync child_process spawn query execute raw "
    "unsafe queryRawUnsafe executeRawUnsafe innerHTML outerHTML insertAdjacentHTML write __html",
    "html": "innerHTML insertAdjacentHTML __html",
    "llm-call": "completions responses generateText streamText generateObject streamObject generateContent "
    "generateContentStream getGenerativeModel startChat InvokeModelCommand InvokeModelWithResponseStreamCommand "
    f"ConverseCommand ConverseStreamCommand ollama *langchain* *llamaindex* {_SERVICES} "
    "| messages & create stream & model",
    "llm-limits": "max_tokens max_completion_tokens max_output_tokens maxTokens maxOutputTokens num_predict "
    f"abortSignal {_SERVICES} | completions responses messages & timeout signal",
    "llm-client": "OpenAI AzureOpenAI Anthropic GoogleGenerativeAI GoogleGenAI ChatOpenAI ChatAnthropic "
    "ChatGoogleGenerativeAI ChatOllama ChatGroq ChatMistralAI BedrockRuntimeClient BedrockRuntime Ollama Groq Mistral",
    "llm-model": _MODELS,
}

GROUPS: Final[Mapping[str, Mapping[str, str]]] = {"py": _PYTHON, "js": _JAVASCRIPT}
"""What each group needs, by the end of its rules' ids."""

_Need = tuple[frozenset[str], frozenset[str], tuple[str, ...]]
"""One of: words as written, words in lower case, parts in lower case."""


def _need(said: str) -> _Need:
    names = said.split()
    parts = tuple(name[1:-1] for name in names if name.startswith("*"))
    plain = frozenset(name for name in names if name[0] not in "*~")
    return plain, frozenset(name[1:] for name in names if name.startswith("~")), parts


_NEEDS: Final = {
    end: {name: [[_need(one) for one in way.split(" & ")] for way in line.split(" | ")] for name, line in lines.items()}
    for end, lines in GROUPS.items()
}


def silent(suffix: str, source: str) -> tuple[str, ...] | None:
    """The groups whose rules cannot match in a source of a file with that suffix; None where no rule at all can."""
    groups = _NEEDS["py" if suffix == ".py" else "js"]
    found = frozenset(_silent(groups, source))
    return None if len(found) == len(groups) else tuple(name for name in groups if name in found)


def _silent(groups: Mapping[str, list[list[_Need]]], source: str) -> Iterator[str]:
    words, lower = set(_WORD.findall(_BARE_IMPORT.sub("", source))), source.lower()
    in_lower = {word.lower() for word in words}

    def meets(need: _Need) -> bool:
        plain, any_case, parts = need
        return not plain.isdisjoint(words) or not any_case.isdisjoint(in_lower) or any(part in lower for part in parts)

    for name, ways in groups.items():
        if not any(all(map(meets, way)) for way in ways):
            yield name


def marked(groups: tuple[str, ...]) -> str:
    """What a copy's name carries to hide it from the rules of these groups."""
    return "".join(f"~{name}" for name in groups) + "~" if groups else ""
