"""Model calls: planted gaps, clean code, and traps, in the spellings of several clients."""

# ruff: noqa: E501 - planted code reads best on one line
from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checks.look import Look
from checks.observation import Observation, Outcome
from checks.probe import probes
from checks.semgrep import CodeFindings

LookAt = Callable[[Mapping[str, str]], Look]

MET, PARTIAL, UNMET = Outcome.MET, Outcome.PARTIAL, Outcome.UNMET
NOT_APPLICABLE, UNKNOWN = Outcome.NOT_APPLICABLE, Outcome.UNKNOWN


def observe(look: Look, signal: str) -> Observation:
    """What the probe of a signal says, with code rules that ran and found nothing."""
    look.begin_code(CodeFindings(examined=frozenset(look.tree.paths)))
    found = next(one for one in probes() if signal in one.signals).look(look)
    answers = [found] if isinstance(found, Observation) else list(found)
    return next(one for one in answers if one.signal == signal)


APP = """
from fastapi import FastAPI
from llm import ask
app = FastAPI()

@app.post("/ask")
def answer(question: str):
    return {"answer": ask(question)}
"""


def service(llm: str, **others: str) -> dict[str, str]:
    """A FastAPI service whose module `llm` holds the model call."""
    return {"main.py": APP, "llm.py": llm, "requirements.txt": "fastapi\nopenai\n"} | others


OPENAI = """
from openai import OpenAI
client = OpenAI({client})

def ask(question):
    reply = client.chat.completions.create(
        model="{model}",
        messages=[{{"role": "system", "content": {system}}}, {{"role": "user", "content": question}}],
        {more}
    )
    {after}
"""


def openai(
    client: str = "",
    model: str = "gpt-4o",
    system: str = '"Answer."',
    more: str = "",
    after: str = "return reply.choices[0].message.content",
    **others: str,
) -> dict[str, str]:
    """The service with the OpenAI client; each part of the call can be planted."""
    return service(OPENAI.format(client=client, model=model, system=system, more=more, after=after), **others)


ANTHROPIC = """
import anthropic
client = anthropic.Anthropic(timeout=20.0, max_retries=3)

def ask(question):
    reply = client.messages.create(
        model="claude-opus-4-5-20251101",
        max_tokens=500,
        system=PROMPT,
        messages=[{"role": "user", "content": question}],
    )
    return reply.content[0].text

PROMPT = "You are the assistant of Acme. Answer in short paragraphs only."
"""

VERCEL = """
import { generateText } from "ai";
import { openai } from "@ai-sdk/openai";

export async function POST(req: Request) {
  const { question } = await req.json();
  const { text } = await generateText({
    model: openai("gpt-4o-2024-08-06"),
    maxOutputTokens: 400,
    abortSignal: AbortSignal.timeout(20000),
    system: "You are the assistant of Acme. Answer in short paragraphs only.",
    prompt: question,
  });
  return Response.json({ text });
}
"""
NEXT = {"app/api/ask/route.ts": VERCEL, "package.json": '{"name": "acme", "dependencies": {"next": "15", "ai": "5"}}'}

LANGCHAIN = """
from langchain_openai import ChatOpenAI
llm = ChatOpenAI(model="gpt-4o", max_tokens=300, timeout=15)

def ask(question):
    return llm.invoke(question).content
"""

LITELLM = """
import litellm

def ask(question):
    reply = litellm.completion(model="gpt-4o", messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content
"""

NO_MODEL = {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "requirements.txt": "fastapi\n"}

ON_OLLAMA = """
import httpx

def ask(question):
    reply = httpx.post("http://localhost:11434/api/chat", json={"model": "llama3.1:8b", "messages": [question]})
    return reply.json()
"""

CASES: list[tuple[str, str, Mapping[str, str], Outcome]] = [
    # -- limits
    ("openai without limits", "llm.call-limits", openai(), UNMET),
    ("openai with a cap only", "llm.call-limits", openai(more="max_tokens=300,"), PARTIAL),
    ("openai with both", "llm.call-limits", openai(client="timeout=20", more="max_completion_tokens=300,"), MET),
    ("timeout of None", "llm.call-limits", openai(client="timeout=None"), UNMET),
    ("anthropic with both", "llm.call-limits", service(ANTHROPIC), MET),
    ("vercel with both", "llm.call-limits", NEXT, MET),
    ("langchain model object with both", "llm.call-limits", service(LANGCHAIN), MET),
    ("litellm without limits", "llm.call-limits", service(LITELLM), UNMET),
    ("ollama over http", "llm.call-limits", service(ON_OLLAMA), UNMET),
    ("no model", "llm.call-limits", NO_MODEL, NOT_APPLICABLE),
    # -- pinned
    ("alias", "llm.model-pinned", openai(), UNMET),
    ("dated", "llm.model-pinned", openai(model="gpt-4o-2024-08-06"), MET),
    ("dated claude", "llm.model-pinned", service(ANTHROPIC), MET),
    ("dated through the ai sdk", "llm.model-pinned", NEXT, MET),
    ("open model with a tag", "llm.model-pinned", service(ON_OLLAMA), PARTIAL),
    ("latest", "llm.model-pinned", openai(model="claude-3-5-sonnet-latest"), UNMET),
    # -- prompts
    (
        "long prompt inline",
        "llm.prompts-versioned",
        openai(system='"You are the assistant of Acme. Answer in short paragraphs only."'),
        UNMET,
    ),
    (
        "prompt file that code loads",
        "llm.prompts-versioned",
        openai(
            system='open("prompts/answer.txt").read()',
            **{"prompts/answer.txt": "You are the assistant of Acme.\n"},
        ),
        MET,
    ),
    (
        "prompt file that nothing loads",
        "llm.prompts-versioned",
        openai(
            system='"You are the assistant of Acme. Answer in short paragraphs only."',
            **{"prompts/answer.txt": "You are the assistant of Acme.\n"},
        ),
        UNMET,
    ),
    (
        "module of prompts",
        "llm.prompts-versioned",
        {
            **openai(system="prompts.ANSWER"),
            "llm.py": "import prompts\n" + OPENAI.format(
                client="", model="gpt-4o", system="prompts.ANSWER", more="", after="return reply"
            ).lstrip(),
            "prompts.py": 'ANSWER = "You are the assistant of Acme. Answer in short paragraphs only."\n',
        },
        PARTIAL,
    ),
    # -- evaluation
    ("no evaluation", "llm.evaluation-set", openai(), UNMET),
    (
        "named in the readme only",
        "llm.evaluation-set",
        openai(**{"README.md": "We evaluate with promptfoo and evals/ soon.\n"}),
        UNMET,
    ),
    (
        "data and a runner",
        "llm.evaluation-set",
        openai(
            **{
                "evals/cases.jsonl": '{"question": "a", "expected": "b"}\n{"question": "c", "expected": "d"}\n',
                "evals/run.py": 'from llm import ask\n\nif __name__ == "__main__":\n    print(ask("a"))\n',
            }
        ),
        MET,
    ),
    (
        "data without a runner",
        "llm.evaluation-set",
        openai(**{"evals/cases.jsonl": '{"question": "a", "expected": "b"}\n{"question": "c", "expected": "d"}\n'}),
        PARTIAL,
    ),
    # -- output
    ("parsed as it comes", "llm.output-validated", openai(after="import json; return json.loads(reply.x)"), UNMET),
    ("schema", "llm.output-validated", openai(after="return Answer.model_validate_json(reply.x)"), MET),
    (
        "vercel object",
        "llm.output-validated",
        NEXT | {"app/api/ask/route.ts": VERCEL.replace("generateText", "generateObject").replace("prompt:", "schema: Answer, prompt:")},
        MET,
    ),
    ("vercel free text", "llm.output-validated", {**NEXT, "app/api/chat/route.ts": VERCEL}, NOT_APPLICABLE),
    # -- cost
    ("no cost", "llm.cost-tracking", openai(), UNMET),
    (
        "stored",
        "llm.cost-tracking",
        openai(after="db.execute('INSERT INTO usage VALUES (?)', (reply.usage.total_tokens,)); return reply"),
        MET,
    ),
    ("returned", "llm.cost-tracking", openai(after="return reply.usage.total_tokens"), PARTIAL),
    # -- logging
    ("no log", "llm.call-logging", openai(), UNMET),
    ("words in a message are no values", "llm.call-logging", openai(after='logger.info("prompt, response, latency")'), UNMET),
    (
        "all three",
        "llm.call-logging",
        openai(after='logger.info("asked", extra={"q": question, "a": reply.choices[0].message.content, "s": elapsed})'),
        MET,
    ),
    ("a tracing client", "llm.call-logging", service(OPENAI.replace("from openai", "from langfuse.openai").format(
        client="", model="gpt-4o", system='"x"', more="", after="return reply")), MET),
    # -- fallback
    ("no handler", "llm.failure-fallback", openai(), UNMET),
    (
        "handler that answers",
        "llm.failure-fallback",
        {**openai(), "main.py": APP.replace(
            '    return {"answer": ask(question)}',
            '    try:\n        return {"answer": ask(question)}\n    except Exception as problem:\n'
            '        report(problem)\n        return JSONResponse({"answer": SORRY}, 503)',
        )},
        MET,
    ),
    (
        "a handler on one of two ways",
        "llm.failure-fallback",
        openai()
        | {
            "main.py": APP
            + '@app.post("/b")\ndef other(q: str):\n    try:\n        return ask(q)\n    except Exception:\n        return answer_of(q)\n'
        },
        PARTIAL,
    ),
    (
        "express handler around a wrapper",
        "llm.failure-fallback",
        {
            "server.ts": 'import express from "express";\nimport { ask } from "./llm";\nconst app = express();\n'
            'app.get("/a", async (req, res) => {\n  try { res.json(await ask(req.query.q)); }\n'
            '  catch (e) { console.error(e); res.status(503).json({ error: "later" }); }\n});\napp.listen(1);\n',
            "llm.ts": 'import OpenAI from "openai";\nconst client = new OpenAI();\nexport async function ask(q: string) {\n'
            '  return client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: q }] });\n}\n',
            "package.json": '{"name": "acme", "main": "server.ts"}',
        },
        MET,
    ),
    # -- unsafe output
    ("nothing unsafe", "llm.no-unsafe-output", openai(), MET),
    ("eval of the answer", "llm.no-unsafe-output", openai(after="return eval(reply.choices[0].message.content)"), UNMET),
    ("eval beside the call", "llm.no-unsafe-output", openai(after="return eval(RULES[question])"), PARTIAL),
    ("a shell tool", "llm.no-unsafe-output", service(LANGCHAIN + "\nfrom langchain_community.tools import ShellTool\nshell = ShellTool()\n"), UNMET),
    # -- injection
    ("constant system prompt", "llm.prompt-injection", openai(), MET),
    ("question in the system prompt", "llm.prompt-injection", openai(system='f"Answer this: {question}"'), UNMET),
    ("a value nobody traced", "llm.prompt-injection", openai(system='f"Answer for {customer}"'), PARTIAL),
    ("a constant in it", "llm.prompt-injection", openai(system='f"Answer by {TODAY}"'), MET),
    # -- provider
    ("one layer", "llm.provider-abstracted", openai(), MET),
    ("a general library inside one route", "llm.provider-abstracted", NEXT, PARTIAL),
    (
        "calls across routes",
        "llm.provider-abstracted",
        {f"supabase/functions/{name}/index.ts": (
            'Deno.serve(async (req) => {\n  const reply = await fetch("https://api.openai.com/v1/chat/completions", '
            '{ method: "POST", body: JSON.stringify({ model: "gpt-4o", messages: [] }) });\n  return reply;\n});\n'
        ) for name in ("chat", "text", "image")},
        UNMET,
    ),
    # -- agents
    ("no tools", "llm.tools-scoped", openai(), NOT_APPLICABLE),
    (
        "a shell as a tool",
        "llm.tools-scoped",
        service("import subprocess\nfrom langchain_core.tools import tool\n" + LANGCHAIN.lstrip()
                + "\n@tool\ndef run(command: str):\n    return subprocess.run(command, shell=True)\n\nagent = llm.bind_tools([run])\n"),
        UNMET,
    ),
    ("no loop", "llm.loops-bounded", openai(), NOT_APPLICABLE),
]  # fmt: skip

LOOP = """
from openai import OpenAI
client = OpenAI()

def ask(question):
    messages = [{{"role": "user", "content": question}}]
    {head}
        reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=TOOLS)
        if not reply.choices[0].message.tool_calls:
            return reply
"""
CASES += [
    ("endless", "llm.loops-bounded", service(LOOP.format(head="while True:")), UNMET),
    ("counted", "llm.loops-bounded", service(LOOP.format(head="for step in range(8):")), MET),
]


@pytest.mark.parametrize(
    ("files", "signal", "outcome"), [(c[2], c[1], c[3]) for c in CASES], ids=[f"{c[1]}: {c[0]}" for c in CASES]
)
def test_planted(look_at: LookAt, files: Mapping[str, str], signal: str, outcome: Outcome) -> None:
    seen = observe(look_at(files), signal)
    assert seen.outcome == outcome, seen
    assert seen.summary
    assert seen.searched


EVERY = sorted({case[1] for case in CASES})


@pytest.mark.parametrize("signal", EVERY)
def test_only_named_in_prose_is_no_model_call(look_at: LookAt, signal: str) -> None:
    files = {**NO_MODEL, "README.md": "We call openai.chat.completions.create with max_tokens and langfuse.\n"}
    assert observe(look_at(files), signal).outcome == NOT_APPLICABLE


@pytest.mark.parametrize("signal", EVERY)
def test_same_named_functions_of_others_are_no_model_calls(look_at: LookAt, signal: str) -> None:
    files = {
        "web/main.ts": 'import { generateText } from "./lorem";\nimport twilio from "twilio";\nconst client = twilio();\n'
        'export const text = generateText(3);\nclient.messages.create({ body: "hi", to: "+1" });\n',
        "web/lorem.ts": "export function generateText(words: number) { return 'lorem '.repeat(words); }\n",
        "package.json": '{"name": "acme", "main": "web/main.ts", "dependencies": {"twilio": "5"}}',
    }
    assert observe(look_at(files), signal).outcome == NOT_APPLICABLE


@pytest.mark.parametrize("signal", EVERY)
def test_code_that_could_not_be_read_is_unknown(look_at: LookAt, signal: str) -> None:
    files = {**NO_MODEL, "server.go": 'package main\n// calls the OpenAI API\nvar model = "gpt-4o"\n'}
    assert observe(look_at(files), signal).outcome == UNKNOWN


def test_a_tracing_module_that_nothing_imports_is_not_wired(look_at: LookAt) -> None:
    files = openai(**{"tracing.py": "from langfuse import Langfuse\nclient = Langfuse()\n"})
    assert observe(look_at(files), "llm.call-logging").outcome == UNMET


def test_cost_written_by_a_dead_module_does_not_count(look_at: LookAt) -> None:
    files = openai(**{"costs.py": "def keep(reply, db):\n    db.execute('x', reply.usage.total_tokens)\n"})
    assert observe(look_at(files), "llm.cost-tracking").outcome == UNMET


@pytest.mark.parametrize("signal", ["llm.no-unsafe-output", "llm.prompt-injection"])
def test_code_rules_that_did_not_run_leave_it_unknown(look_at: LookAt, signal: str) -> None:
    look = look_at(openai())
    look.begin_code(CodeFindings(trouble="semgrep is not installed"))
    found = next(one for one in probes() if signal in one.signals).look(look)
    assert isinstance(found, Observation)
    assert found.outcome == UNKNOWN


def test_raw_html_of_an_answer_is_found_across_files(look_at: LookAt) -> None:
    files = openai(
        **{
            "web/src/main.tsx": 'import { Chat } from "./Chat";\nexport default Chat;\n',
            "web/src/Chat.tsx": "export const Chat = ({ answer }) => <p dangerouslySetInnerHTML={{ __html: answer }} />;\n",
            "web/package.json": '{"name": "web", "main": "src/main.tsx"}',
        }
    )
    look = look_at(files)
    assert observe(look, "llm.no-unsafe-output").outcome == UNMET
    assert {finding.location.path for finding in look.findings} == {"web/src/Chat.tsx"}
