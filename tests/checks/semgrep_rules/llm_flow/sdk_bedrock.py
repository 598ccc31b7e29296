from fastapi import FastAPI
from fastapi.responses import HTMLResponse

import boto3

app = FastAPI()
RULES = "Answer in one sentence."
bedrock = boto3.client("bedrock-runtime")


def run(question, db):
    answer = bedrock.converse(modelId=MODEL, messages=question)
    # expect: llm.output-to-code.py
    eval(answer["output"]["message"]["content"][0]["text"])
    # expect: llm.output-to-code.py
    exec(answer["output"]["message"]["content"][0]["text"])
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer["output"]["message"]["content"][0]["text"])
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer["output"]["message"]["content"][0]["text"])


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    bedrock.converse(modelId=MODEL, system=[{"text": f"You help {body.name}."}], messages=body.messages)
    # clean: llm.user-input-in-system-prompt.py
    return bedrock.converse(modelId=MODEL, system=[{"text": RULES}], messages=body.messages)
