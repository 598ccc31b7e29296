"""Calls that block a thread: synchronous clients of services, databases and models, programs, sleep, and files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from checks.readers.facets import assignments_within

if TYPE_CHECKING:
    from checks.look import Look
    from checks.readers.python_facts import Call, PythonModule

_KEY_VALUE = (
    r"(?:get|set|setex|setnx|getset|getdel|getex|mget|mset|h(?:get|set|getall|mget|del|incrby|keys|vals|exists|len)"
    r"|incr\w*|decr\w*|expire\w*|ttl|exists|delete|unlink|keys|scan\w*|[lr]push|[lr]pop|b[lr]pop|lrange|llen|publish"
    r"|ping|s(?:add|members|rem|ismember|card)|z(?:add|range\w*|rem\w*|score|card)|eval|xadd|xread\w*|execute)"
)
_DOCUMENTS = (
    r"(?:find|find_one\w*|insert_\w+|update_\w+|delete_\w+|replace_one|aggregate|count_documents|distinct|bulk_write"
    r"|estimated_document_count|command)"
)
_BLOCKS = re.compile(
    # the network and programs
    r"time\.sleep|requests\.(?:Session\.)?(?:get|post|put|patch|delete|head|options|request)"
    r"|urllib\.request\.(?:urlopen|urlretrieve)|urllib3\..*request|feedparser\.parse"
    r"|httpx\.(?:get|post|put|patch|delete|head|request|stream)|httpx\.Client\.\w+"
    r"|subprocess\.(?:run|call|check_call|check_output)|os\.system|socket\.create_connection"
    r"|smtplib\.SMTP.*\.(?:send\w*|login)"
    # models
    r"|openai\.(?:Azure)?OpenAI\.\w.*(?:create|parse|generate)|openai\.(?:ChatCompletion|Completion)\.create"
    r"|openai\.(?:chat\.completions|responses|embeddings|images)\.(?:create|parse|generate)"
    r"|anthropic\.Anthropic\.\w.*(?:create|stream)|groq\.Groq\..*create|together\.Together\..*create"
    r"|litellm\.(?:completion|embedding)|cohere\.Client(?:V2)?\.(?:chat|embed|rerank|generate)\w*"
    r"|google\.genai\.Client\.(?:models|chats|files)\.\w+(?:\.send_message\w*)?"
    r"|(?:google\.generativeai|vertexai(?:\.\w+)*)\.GenerativeModel\.(?:generate_content|start_chat\.send_message)"
    r"|mistralai\.(?:client\.)?Mistral(?:Client)?\.(?:\w+\.)*(?:complete|stream|create|parse|chat)"
    r"|ollama\.(?:Client\.)?(?:chat|generate|embed\w*)|replicate\.(?:Client\.)?run"
    r"|huggingface_hub\.InferenceClient\.\w.*|lang(?:chain\w*|graph)\..*\.(?:invoke|batch)"
    # databases and stores
    r"|psycopg2?\.connect.*|sqlite3\.connect.*|pymysql\.connect.*|mysql\.connector\.connect.*"
    r"|psycopg_pool\.(?:\w+\.)*ConnectionPool\..*|pymongo\.(?:mongo_client\.)?MongoClient\.(?:.*\.)?" + _DOCUMENTS + r""
    r"|redis\.(?:client\.)?(?:StrictRedis|Redis|from_url)(?:\.from_url)?(?:\.pipeline)?\." + _KEY_VALUE + r""
    r"|(?:sqlalchemy\.orm|sqlmodel)(?:\.session)?\.(?:Session|sessionmaker)(?:\.begin)?"
    r"\.(?:execute|query|scalars?|get|exec|commit|flush|refresh)"
    r"|sqlalchemy\.create_engine\.(?:connect|begin)\.(?:execute|scalars?)"
    r"|supabase(?:\.client)?\.create_client\.(?:.*\.)?(?:execute|get_user|sign_\w+|upload|download|invoke|list_buckets)"
    r"|(?:firebase_admin\.firestore\.client|google\.cloud\.firestore\.Client)\..*\.(?:get|set|add|update|delete|stream)"
    r"|qdrant_client\.QdrantClient\.(?!close$)\w+|pinecone\.Pinecone\..*\.(?:query|upsert|delete|fetch)"
    r"|chromadb\.\w*Client\.\w*collection\.(?:query|add|upsert|get|delete|count)"
    r"|elasticsearch\.Elasticsearch\.(?:search|index|get|bulk|delete|update|count)"
    # services
    r"|boto3\.client\.\w+|boto3\.(?:session\.)?Session\.client\.\w+|boto3\.resource\..*\.\w+"
    r"|google\.cloud\.storage\.Client\..*\.(?:upload_\w+|download_\w+|exists|delete)|minio\.Minio\.\w+"
    r"|stripe\.(?:\w+\.)+(?:create|retrieve|modify|list|delete|confirm|capture|cancel|search)"
    r"|twilio\.rest\.Client\..*create|resend\.Emails\.send|sendgrid\.\w+\.send"
)
_FILES = re.compile(r"(?:io\.)?open|shutil\.(?:copy\w*|move|rmtree|make_archive|unpack_archive)")
_PATHS = re.compile(r".*\.(?:read_text|read_bytes|write_text|write_bytes)")
_SUBSCRIPT = re.compile(r"(\w+)(?:\[|\.get_(?:database|collection|default_database)\b)")
_CHAIN = re.compile(r"(?s)(?=.*\|)(?=.*(?:[Pp]rompt|llm|model|[Pp]arser|Runnable)).*")
_CHAINED = frozenset({"invoke", "batch"})


def blocks(look: Look, module: PythonModule, call: Call) -> bool:
    """Whether a call that is not awaited waits for the network, a program, a model or a database."""
    if _BLOCKS.fullmatch(look.python.trace(module.path, call)):
        return not _is_another(module, call)
    return _is_of_chosen(look, module, call) or _is_chain(look, module, call)


def opens_file(module: PythonModule, call: Call) -> bool:
    """Whether a call reads, writes or copies a file of the disk."""
    if _FILES.fullmatch(call.resolved):
        return not any(item.name == call.callee for item in module.functions)
    return bool(_PATHS.fullmatch(call.callee))


def _is_another(module: PythonModule, call: Call) -> bool:
    """Whether the name is not the library's: `requests` may be a dictionary of this file."""
    head = call.callee.partition(".")[0]
    imported = any(item.local.partition(".")[0] == head for item in module.imports)
    return call.resolved == call.callee and not imported


def _is_of_chosen(look: Look, module: PythonModule, call: Call) -> bool:
    """Whether the call is on a part of a client that was chosen by a key, as in `notes = client["app"]["notes"]`."""
    head, _, rest = call.callee.partition(".")
    home, name = _home(look, module, head)
    if home is None or not rest:
        return False
    for item in (*home.made_globally, *(assignments_within(home, call.function) if call.function else ())):
        match = _SUBSCRIPT.match(item.value.text) if item.target == name else None
        if match:
            made = home.bound.get(match[1], "")
            further, inner = _home(look, home, match[1])
            kept = further.bound.get(inner, "") if further and further is not home else ""
            if any(one and _BLOCKS.fullmatch(f"{one}.{rest}") for one in (made, kept)):
                return True
    return False


def _is_chain(look: Look, module: PythonModule, call: Call) -> bool:
    """Whether the call runs a chain of LangChain that was put together with `|`."""
    head, _, last = call.callee.partition(".")
    if last not in _CHAINED:
        return False
    home, name = _home(look, module, head)
    if home is None or not any(item.top.startswith("langchain") for item in home.imports):
        return False
    return any(item.target == name and _CHAIN.match(item.value.text) for item in home.assignments)


def _home(look: Look, module: PythonModule, name: str) -> tuple[PythonModule | None, str]:
    """The module that defines a module-level name, and its name there."""
    for item in module.imports:
        if item.local == name and item.paths:
            return look.python.module(item.paths[-1]), item.name
    return module, name
