from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from openai import OpenAI

app = FastAPI()
RULES = "Answer in one sentence."
client = OpenAI()


def run(question, db):
    answer = client.responses.create(model=MODEL, input=question)
    # expect: llm.output-to-code.py
    eval(answer.output_text)
    # expect: llm.output-to-code.py
    exec(answer.output_text)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.output_text)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.output_text)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    client.responses.create(model=MODEL, instructions=f"You help {body.name}.", input=body.text)
    # clean: llm.user-input-in-system-prompt.py
    return client.responses.create(model=MODEL, instructions=RULES, input=body.text)
