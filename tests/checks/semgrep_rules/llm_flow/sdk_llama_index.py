from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from llama_index.core import VectorStoreIndex
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI

app = FastAPI()
RULES = "Answer in one sentence."
llm = OpenAI(model=MODEL)
query_engine = VectorStoreIndex.from_vector_store(store).as_query_engine()


def run(question, db):
    answer = query_engine.query(question)
    # expect: llm.output-to-code.py
    eval(answer.response)
    # expect: llm.output-to-code.py
    exec(answer.response)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.response)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.response)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    llm.chat([ChatMessage(role="system", content=f"You help {body.name}."), ChatMessage(role="user", content=body.text)])
    # clean: llm.user-input-in-system-prompt.py
    return llm.chat([ChatMessage(role="system", content=RULES), ChatMessage(role="user", content=body.text)])
