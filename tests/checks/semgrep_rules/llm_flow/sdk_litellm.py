from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from litellm import completion

app = FastAPI()
RULES = "Answer in one sentence."


def run(question, db):
    answer = completion(model=MODEL, messages=question)
    # expect: llm.output-to-code.py
    eval(answer.choices[0].message.content)
    # expect: llm.output-to-code.py
    exec(answer.choices[0].message.content)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.choices[0].message.content)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.choices[0].message.content)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    completion(model=MODEL, messages=[{"role": "system", "content": f"You help {body.name}."}])
    # clean: llm.user-input-in-system-prompt.py
    return completion(model=MODEL, messages=[{"role": "system", "content": RULES}, {"role": "user", "content": body.text}])
