"""Calls to generative models: the usual clients, frameworks, local models, and plain HTTP to their endpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from checks.application.calls_seen import Seen, around, calls_that, imports, lines_of, text_of, users_of
from checks.application.http_calls import is_http, is_http_name
from checks.application.product_signs import HOSTED_ENDPOINTS, HOSTED_MODELS, MODEL_FRAMEWORKS
from checks.application.services import run_apart
from checks.application.wiring import blind_spots
from checks.files.listed import CODE_OF_PRODUCT, named_so
from checks.look import PYTHON, WEB
from checks.models.agent_signs import agent_signs
from checks.models.development import development_files
from checks.observation import Confidence, Location, Observation, Outcome
from checks.once import once
from checks.reads import of_one_file

if TYPE_CHECKING:
    from checks.look import Look

SEARCHED = ("calls of model clients, frameworks and endpoints in application code",)

ENDPOINTS = re.compile(
    HOSTED_ENDPOINTS.pattern
    + r"|localhost:11434|:11434/|/v1/chat/completions|/v1/messages\b|:generateContent|api\.stability\.ai"
    r"|dashscope|api\.moonshot|api-inference|models\.inference\.ai\.azure|models\.github\.ai|bedrock-runtime|api\.cerebras\.ai|integrate\.api\.nvidia"
)
_MOST_CONTEXT = 20_000
"""Characters; a longer function, or a whole long file, says nothing about one call."""
_PAYLOAD = re.compile(r"\bmodel\b[\"']?\s*[:=,].*\b(?:messages|prompt|contents)\b[\"']?\s*[:=,}]", re.DOTALL)

# Names that say enough by themselves, whatever the object is called.
_ALWAYS = re.compile(
    r"(?:.*\.)?(?:chat\.completions\.(?:create|parse|stream)|ChatCompletion\.a?create|create_?[cC]hat_?[cC]ompletion"
    r"|openai\.(?:Completion|Image)\.a?create"
    r"|images\.(?:generate|edit|create_variation|createVariation)|audio\.(?:speech|transcriptions)\.create"
    r"|generate_content(?:_async|_stream)?|generateContent(?:Stream)?|invoke_model(?:_with_response_stream)?"
    r"|(?:InvokeModel(?:WithResponseStream)?|Converse(?:Stream)?)Command)"
    r"|(?:.*\.)?aio\.models\.\w+"
    r"|ai\.(?:(?:generate|stream)(?:Text|Object)|(?:experimental_)?generateImage)"
    r"|litellm\.(?:(?:router\.)?Router\.)?(?:a?completion|a?responses|a?text_completion|a?image_generation)"
    r"|ollama\.(?:(?:default|Client|AsyncClient|Ollama)\.)*(?:chat|generate)|replicate\.(?:default\.)?(?:async_)?(?:run|stream)"
    r"|fal_client\.(?:run|subscribe|submit)\w*|cohere\.\w+\.(?:v2\.)?(?:chat|chat_stream|generate)"
    r"|agents\.Runner\.run\w*|@openai/agents\.run|pydantic_ai\.(?:\w+\.)*Agent\.(?:run|iter)\w*"
    r"|crewai\.(?:\w+\.)*Crew\.kickoff\w*|smolagents\.\w+Agent\.run|gpt4all\.GPT4All\.generate|vllm\.LLM\.(?:generate|chat)"
    r"|(?:.*\.)?env\.\w*AI\w*\.run|(?:.*\.)?threads\.(?:create_and_run\w*|createAndRun\w*|runs\.(?:create\w*|stream))"
    r"|ai\.(?:\w*Agent\.(?:generate|stream|respond)|(?:experimental_)?(?:generateSpeech|transcribe)|streamUI)|ai/rsc\.streamUI"
    r"|claude_(?:agent|code)_sdk\.(?:\w+\.)*(?:query|receive_response)|@anthropic-ai/claude-(?:agent-sdk|code)\.query"
    r"|agno\.(?:\w+\.)*(?:Agent|Team|Workflow)\.a?(?:run|print_response)|google\.adk\.(?:\w+\.)*\w*Runner\.run\w*"
    r"|@mastra/(?:[\w/]+\.)+(?:Agent|getAgent)\.(?:generate|stream)\w*|genkit(?:/\w+)?\.(?:\w+\.)*generate(?:Stream)?"
    r"|autogen\w*\.(?:\w+\.)*(?:run|run_stream|a?_?initiate_chat|on_messages\w*)|any_llm\.a?completion"
    r"|semantic_kernel\.(?:\w+\.)*(?:invoke\w*|get_chat_message_contents?|get_response)|(?:.*\.)?get_streaming_chat_message_contents?"
)
_FRAMEWORKS = re.compile(
    r"(?:langchain|langgraph|llama_?index|@langchain/|@llamaindex/|haystack|autogen|dspy|semantic_kernel)"
)
_OF_SDK = re.compile(r"(?:\w+\.)?(?:(?:generate|stream)(?:Text|Object)|streamUI)")
_OBJECTS = re.compile(
    r"strands\.(?:\w+\.)*Agent|dspy\.(?:\w+\.)*(?:Predict|ChainOfThought|ReAct|ProgramOfThought|CodeAct)"
)
"""Classes whose objects are called like functions."""
_BUILDS = re.compile(r"from_|bind|with_|with[A-Z]|configurable|assign|pick")
"""Methods that give the same runnable back, changed."""
_NO_MODEL = re.compile(r"(?i)retriever|prompt|loader|splitter|vector|embedding|tool|parser|store$")
_RUNS = re.compile(
    r"(?:a?invoke|a?stream|a?batch|a?predict|a?complete|a?chat|a?query|a?call|a?run|a?generate|stream_chat|astream_events|streamEvents)"
)
_ONLY_RUNNABLES = re.compile(r"a?invoke|a?stream|a?batch|astream_events|streamEvents")
_MODEL_NAMED = re.compile(
    r"(?i)(?:^|\.)_*\w*(?:llm|chain|chat_?model|agent|agent_?executor|query_?engine|chat_?engine|gpt|claude|gemini)\w*\.\w+$"
    r"|(?:^|\.)(?:model|graph|app_graph|workflow)\.\w+$"
)
# Common words: they count only together with the client's import or a model argument.
_GATED = (
    (re.compile(r"(?:.*\.)?messages\.(?:create|stream)"), re.compile(r"(?:anthropic|@anthropic-ai/)")),
    (re.compile(r"(?:.*\.)?(?:responses|completions)\.(?:create|parse|stream)"), re.compile(r"openai")),
    (re.compile(r"(?:.*\.)?chat\.(?:complete|stream)(?:_async)?"), re.compile(r"mistralai|@mistralai/|groq|cohere")),
    (re.compile(r"(?:.*\.)?create(?:Completion|Image\w*)"), re.compile(r"openai")),
    (re.compile(r"(?:.*\.)?send_?[mM]essage(?:_async|_?[sS]tream)?"), re.compile(r"google\.gen|vertexai|@google/")),
    (re.compile(r"(?:.*\.)?converse(?:_stream)?"), re.compile(r"boto3|aioboto3|botocore")),
    (re.compile(r"(?:.*\.)?(?:chat_completion|text_generation|text_to_image)"), re.compile(r"@?huggingface")),
    (re.compile(r"(?:.*\.)?generate"), re.compile(r"transformers|vllm|mlx_lm|ctransformers")),
    (re.compile(r"transformers\.(?:pipelines\.)?pipeline"), re.compile(r"transformers")),
    (re.compile(r"(?:.*\.)?create(?:_with_completion|_partial|_iterable)?"), re.compile(r"instructor")),
    (re.compile(r"(?:.*\.)?create_completion|llama_cpp\.(?:llama\.)?Llama(?:\.__call__)?"), re.compile(r"llama_cpp")),
)  # fmt: skip
_NEEDS_MODEL = re.compile(r"(?:.*\.)?(?:messages|responses|completions)\.(?:create|parse|stream)")
CLIENTS = re.compile(
    r"(?:.*\.)?(?:Async)?(?:Azure)?(?:OpenAI|Anthropic(?:Bedrock|Vertex)?|Groq|Together|Mistral|Cohere|Client(?:V2)?)(?:\.default)?"
    r"|(?:openai(?:-edge)?|@anthropic-ai/sdk|groq-sdk|together-ai)(?:\.default|\.\w+)?|(?:.*\.)?(?:Azure)?Chat(?!Interface|Prompt|Message|History|Request|Response|Session|Room)[A-Z]\w+|(?:.*\.)?init_chat_model|(?:.*\.)?(?:Ollama(?:LLM)?|LlamaCpp|Llama"
    r"|GenerativeModel|GoogleGenAI|GoogleGenerativeAI|(?:Async)?InferenceClient)|(?:.*\.)?getGenerativeModel"
)
_OTHER_CLIENTS = re.compile(
    r"(?:httpx|aiohttp|redis|ioredis|pymongo|motor|elasticsearch|opensearchpy|qdrant_client|@qdrant/|weaviate|chromadb|supabase"
    r"|@supabase/|pg|paho|grpc|discord|slack_sdk|twilio|stripe|langsmith|langfuse|tavily|minio|telegram|notion_client|@notionhq/)\b"
)
"""Clients of other services, whose classes are called alike."""
_CLOUD_CLIENT = re.compile(r"(?:aio)?boto3\.(?:session\.)?(?:Session\.)?client")
_SDK = re.compile(
    r"(?:openai|anthropic|@anthropic-ai/|google\.gen|@google/gen|groq|together|mistral|@mistralai/|cohere|langchain|@langchain/"
    r"|llama_index|llama_cpp|ollama|huggingface_hub|vertexai|litellm)"
)
_WORDS = re.compile(
    r"(?i)openai|anthropic|gemini|claude-|gpt-\d|ollama|langchain|litellm|bedrock|llama[._-]?cpp|mistral|huggingface"
)


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call to a generative model. `kind` is "text", "image" or "audio"; `over_http` means no SDK is used."""

    seen: Seen
    kind: str
    over_http: bool = False

    @property
    def place(self) -> Location:
        """Where it stands."""
        return self.seen.place


@once
def every_model_call(look: Look) -> tuple[ModelCall, ...]:
    """Model calls of all application code, evaluations and experiments included, whether reached or not."""
    return tuple(found for call in calls_that(look, _may_ask_a_model) if (found := _as_model_call(look, call)))


def _may_ask_a_model(call: Seen, _: str) -> bool:
    return not _is_another(call.name, call.callee)


@once
def model_calls(look: Look) -> tuple[ModelCall, ...]:
    """Model calls of the product that an entry point reaches; all of them where none is reached."""
    aside = development_files(look)
    every = tuple(call for call in every_model_call(look) if call.seen.path not in aside)
    return tuple(call for call in every if call.seen.reached) or every


_EMBEDS = re.compile(
    r"(?:.*\.)?embeddings\.(?:create|a?embed)|ai\.embed(?:Many)?|litellm\.a?embedding|(?:openai|cohere|voyageai|google|@google/|vertexai|mistralai|ollama)"
    r"[\w./-]*\.(?:a?embed(?:dings?)?|embed_content|embedContent|batchEmbedContents|get_embeddings(?:_async)?|feature_extraction)|(?:.*\.)?models\.(?:embed_content|embedContent)"
    r"|openai\.Embedding\.a?create|(?:.*\.)?createEmbedding|(?:.*\.)?a?embed_(?:documents|query)|(?:.*\.)?embed(?:Documents|Query)"
)


@once
def embedding_calls(look: Look) -> tuple[ModelCall, ...]:
    """Reached calls that ask a service for vectors: calls to another service, though nothing is generated."""
    aside = development_files(look)
    return tuple(
        ModelCall(call, "embedding")
        for call in calls_that(look, _asks_for_vectors)
        if call.reached and call.path not in aside
    )


def _asks_for_vectors(call: Seen, _: str) -> bool:
    return bool(_EMBEDS.fullmatch(call.name))


def _as_model_call(look: Look, call: Seen) -> ModelCall | None:
    name = call.name if "#" not in call.name else call.callee
    if call.last == "create" and imports(look, call.path, re.compile("instructor")) and "messages" not in call.keys:
        return None  # a record, not a prompt
    kind = "image" if re.search(r"\bimages?\.|Image|text_to_image", name) else "audio" if ".audio." in name else "text"
    if _ALWAYS.fullmatch(name) or _ALWAYS.fullmatch(call.callee) or _is_of_wrapped_sdk(look, call):
        return ModelCall(call, kind)
    if any(names.fullmatch(name) and _gate(look, call, packages) for names, packages in _GATED):
        return None if _only_classifies(call, name) else ModelCall(call, kind)
    if _RUNS.fullmatch(call.last) and "." in call.callee and _runs_a_model(look, call, name):
        return ModelCall(call, kind)
    if _OBJECTS.fullmatch(name) and name.rsplit(".", 1)[-1] != call.last:
        return ModelCall(call, kind)
    if call.last.startswith("kickoff") and look.importers("crewai", reached=False):
        return ModelCall(call, kind)
    if is_http(call) and _to_a_model(look, call):
        image = "image" if re.search(r"image|stability", text_of(look, call)) else "text"
        return ModelCall(call, image if "messages" not in text_of(look, call) else "text", over_http=True)
    return None


@lru_cache(maxsize=50_000)
def _is_another(resolved: str, callee: str) -> bool:
    """Whether by its names alone a call asks no model: so do most, and the same few names all over the code."""
    name, last = (resolved if "#" not in resolved else callee), callee.rsplit(".", 1)[-1]
    return not (
        _ALWAYS.fullmatch(name)
        or _ALWAYS.fullmatch(callee)
        or any(names.fullmatch(name) for names, _ in _GATED)
        or (_RUNS.fullmatch(last) and "." in callee and (_FRAMEWORKS.match(name) or _MODEL_NAMED.search(callee)))
        or _OBJECTS.fullmatch(name)
        or _OF_SDK.fullmatch(callee)
        or last.startswith("kickoff")
        or is_http_name(resolved)
    )


def _is_of_wrapped_sdk(look: Look, call: Seen) -> bool:
    """Whether a tracing product's wrapper made the function: `const { generateText } = wrapAISDK(ai)`."""
    if not _OF_SDK.fullmatch(call.callee):
        return False
    home = call.name.partition("#")[0] if "#" in call.name else call.path
    return look.answer_of(_wraps_sdk, home, "")


@of_one_file
def _wraps_sdk(look: Look, path: str, _: str) -> bool:
    return "wrapAISDK(" in (look.tree.text(path) or "")


def _gate(look: Look, call: Seen, packages: re.Pattern[str]) -> bool:
    if (
        _NEEDS_MODEL.fullmatch(call.name)
        and "model" in call.keys
        and re.search(r"messages|input|prompt", " ".join(call.keys))
    ):
        return True
    return bool(packages.match(call.name)) or imports(look, call.path, packages)


def _only_classifies(call: Seen, name: str) -> bool:
    """A local model that is only loaded here, or a pipeline of transformers for another task than generation."""
    if call.last == "Llama":
        return True
    if not name.endswith("pipeline"):
        return False
    task = " ".join((*call.arguments[:1], call.keys.get("task", "")))
    return not re.search(r"generation|summari|translation|conversational", task)


def _runs_a_model(look: Look, call: Seen, name: str) -> bool:
    if _FRAMEWORKS.match(name):
        made_by = [part for part in name.split(".")[:-1] if not _BUILDS.match(part)]
        return not _NO_MODEL.search(made_by[-1])
    if not _MODEL_NAMED.search(call.callee):
        return False
    if imports(look, call.path, _FRAMEWORKS):
        return True
    # `chain = build_chain(…)` of another file
    return bool(_ONLY_RUNNABLES.fullmatch(call.last)) and any(
        imports(look, path, _FRAMEWORKS) for path in look.reach.imports_of(call.path)
    )


@of_one_file
def _names_a_model(look: Look, path: str, _: str) -> bool:
    """Whether a file holds the address of a model or what is sent to one: without, none of its requests goes there."""
    text = lines_of(look, path)
    return bool(ENDPOINTS.search(text) or _PAYLOAD.search(text))


def _to_a_model(look: Look, call: Seen) -> bool:
    if not look.answer_of(_names_a_model, call.path, ""):
        return False
    text = text_of(look, call)
    if ENDPOINTS.search(text):
        return '/models"' not in text and "/api/tags" not in text
    if _PAYLOAD.search(text):
        return True
    target = call.arguments[0] if call.arguments else call.keys.get("url", "")
    sends = call.last in {"post", "stream", "request"} or "POST" in text
    if not sends:
        return False
    for word in re.findall(r"[A-Za-z_]\w*", target):
        for scope in (around(look, call), lines_of(look, call.path)):
            if re.search(rf"\b{word}\b[^\n=]{{0,40}}=[^=\n][^\n]*(?:{ENDPOINTS.pattern})", scope):
                return True
    whole = around(look, call)
    return (
        bool(ENDPOINTS.search(whole) or _PAYLOAD.search(whole))
        and not re.match(r"[\"']", target)
        and len(whole) < _MOST_CONTEXT
    )


@once
def calls_in_use(look: Look) -> tuple[ModelCall, ...]:
    """Model calls in functions that somebody uses; experiments and scripts do not count beside a service."""
    every = model_calls(look)
    return tuple(call for call in every if _in_use(look, call)) or every


def _in_use(look: Look, call: ModelCall) -> bool:
    seen = call.seen
    name = seen.function.rsplit(".", 1)[-1]
    module = look.python.module(seen.path) if seen.path.endswith(PYTHON) else None
    function = module.function(seen.function) if module else None
    if not name or function is None or (function.decorators and not function.owner):
        return True
    return any(look.reach.served(user.path) is not False for user in users_of(look, seen.path, name))


@once
def clients(look: Look) -> tuple[Seen, ...]:
    """Where reached code makes a client or model object that later calls use."""
    aside = development_files(look)
    return tuple(
        call
        for call in calls_that(look, _may_make_client)
        if call.reached and call.path not in aside and _is_of_models(look, call)
    )


def _may_make_client(call: Seen, _: str) -> bool:
    if not _is_client(call.name):
        return False
    return not _CLOUD_CLIENT.fullmatch(call.name) or "bedrock" in " ".join(
        (*call.arguments[:1], call.keys.get("service_name", ""))
    )


@lru_cache(maxsize=50_000)
def _is_client(name: str) -> bool:
    return not _OTHER_CLIENTS.match(name) and bool(_CLOUD_CLIENT.fullmatch(name) or CLIENTS.fullmatch(name))


def _is_of_models(look: Look, call: Seen) -> bool:
    """Whether what is named like a client is one of models."""
    named = _CLOUD_CLIENT.fullmatch(call.name) or _SDK.match(call.name)
    return bool(named) or imports(look, call.path, _SDK)


def clients_for(look: Look, call: ModelCall) -> tuple[Seen, ...]:
    """The clients a call may go through: that of its name, here or where it is imported from, else any here, or all.

    A client of another service is none of them.
    """
    every = tuple(one for one in clients(look) if not run_apart(look, one.path, call.seen.path))
    here = tuple(one for one in every if one.path == call.seen.path)
    name = re.sub(r"^(?:self|this)\.", "", call.seen.callee).split(".", 1)[0]
    own = re.compile(rf"\b{re.escape(name)}\b\s*(?::[^=\n]+)?=(?!=)")
    named = tuple(one for one in here if own.search(lines_of(look, one.path, one.line, one.line)))
    return named or _imported(look, call, name, every) or here or every


def _imported(look: Look, call: ModelCall, name: str, every: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """The clients of the file that a call's object is imported from: those of its name there, else all of that file."""
    if call.seen.path.endswith(PYTHON):
        module = look.python.module(call.seen.path)
        found = (
            [(item.name, path) for item in module.imports if item.local == name for path in item.paths]
            if module
            else []
        )
    else:
        web = look.web.module(call.seen.path)
        found = [(item.names[name], item.path) for item in web.imports if name in item.names] if web else []
    there = tuple((one, other) for other, path in found for one in every if one.path == path)
    named = tuple(
        one
        for one, other in there
        if re.search(rf"\b{re.escape(other)}\b\s*(?::[^=\n]+)?=(?!=)", lines_of(look, one.path, one.line, one.line))
    )
    return named or tuple(one for one, _ in there)


def model_files(look: Look) -> frozenset[str]:
    """The files that hold model calls."""
    return frozenset(call.seen.path for call in model_calls(look))


def near_models(look: Look) -> frozenset[str]:
    """The files that hold model calls, with the product's files that load them or are loaded by them."""
    files = model_files(look)
    around = {other for path in files for other in (*look.reach.imported_by(path), *look.reach.imports_of(path))}
    return files | set(filter(named_so(CODE_OF_PRODUCT), around))


_OF_WHAT_IS_GENERATED = frozenset(
    f"llm.{name}"
    for name in ("output-validated", "no-unsafe-output", "prompt-injection", "prompts-versioned", "tools-scoped")
) | {"llm.loops-bounded"}
"""Signals about prompts and answers, which a call for vectors does not have."""


def unless_called(look: Look, signal: str) -> Observation | None:
    """What to answer when no model call was found; None where there are some."""
    if model_calls(look):
        return None
    aside = development_files(look)
    loaded = look.importers(*HOSTED_MODELS, *MODEL_FRAMEWORKS, "llama_cpp", "ollama")
    signs = tuple(place for place in loaded if place.path not in aside)
    asked = {call.seen.path for call in embedding_calls(look)}
    if asked and signal in _OF_WHAT_IS_GENERATED and all(place.path in asked for place in signs):
        said = "models are asked for vectors only, and nothing is generated"
        shown = tuple(call.place for call in embedding_calls(look)[:5])
        return Observation(signal, Outcome.NOT_APPLICABLE, said, SEARCHED, shown, Confidence.MEDIUM)
    if signs:
        said = "a model library is imported, but no call to a generative model was recognized"
        return Observation(signal, Outcome.UNKNOWN, said, SEARCHED, signs[:5], Confidence.LOW)
    if agents := agent_signs(look):
        said = "there seems to be an agent whose library is not known, so its model calls were not seen"
        shown = tuple(call.place for call in agents[:5])
        return Observation(signal, Outcome.UNKNOWN, said, SEARCHED, shown, Confidence.LOW)
    blind = blind_spots(look)
    if not blind:
        return Observation(signal, Outcome.NOT_APPLICABLE, "no model calls", SEARCHED)
    unread = [path for path in _not_read(look) if (text := look.tree.text(path)) is None or _WORDS.search(text)]
    if unread:
        said = f"no model call found, but {blind}"
        return Observation(
            signal, Outcome.UNKNOWN, said, SEARCHED, tuple(Location(path) for path in unread[:5]), Confidence.LOW
        )
    said = f"no model calls; {blind}, yet nothing there names a model provider"
    return Observation(signal, Outcome.NOT_APPLICABLE, said, SEARCHED, (), Confidence.MEDIUM)


def _not_read(look: Look) -> tuple[str, ...]:
    """Code that was not parsed in full: damaged files and other languages."""
    from checks.application.product_signs import OTHER_LANGUAGES

    partial = [path for path in look.source_paths(*PYTHON) if not ((one := look.python.module(path)) and one.complete)]
    partial += [path for path in look.source_paths(*WEB) if not ((web := look.web.module(path)) and web.complete)]
    return (*partial, *look.source_paths(*OTHER_LANGUAGES))
