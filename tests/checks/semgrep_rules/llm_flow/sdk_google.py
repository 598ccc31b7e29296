from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from google import genai
from google.genai import types

app = FastAPI()
RULES = "Answer in one sentence."
client = genai.Client()


def run(question, db):
    answer = client.models.generate_content(model=MODEL, contents=question)
    # expect: llm.output-to-code.py
    eval(answer.text)
    # expect: llm.output-to-code.py
    exec(answer.text)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.text)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.text)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    types.GenerateContentConfig(system_instruction=f"You help {body.name}.")
    # clean: llm.user-input-in-system-prompt.py
    return types.GenerateContentConfig(system_instruction=RULES)
