from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from anthropic import Anthropic

app = FastAPI()
RULES = "Answer in one sentence."
client = Anthropic()


def run(question, db):
    answer = client.messages.create(model=MODEL, max_tokens=300, messages=question)
    # expect: llm.output-to-code.py
    eval(answer.content[0].text)
    # expect: llm.output-to-code.py
    exec(answer.content[0].text)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.content[0].text)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.content[0].text)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    client.messages.create(model=MODEL, max_tokens=300, system=f"You help {body.name}.", messages=body.messages)
    # clean: llm.user-input-in-system-prompt.py
    return client.messages.create(model=MODEL, max_tokens=300, system=RULES, messages=body.messages)
