from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI

app = FastAPI()
RULES = "Answer in one sentence."
llm = ChatOpenAI(model=MODEL)
chain = ChatPromptTemplate.from_template("Answer {question}") | llm


def run(question, db):
    answer = chain.invoke({"question": question})
    # expect: llm.output-to-code.py
    eval(answer.content)
    # expect: llm.output-to-code.py
    exec(answer.content)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer.content)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.content)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    llm.invoke([("system", f"You help {body.name}."), ("human", body.text)])
    # clean: llm.user-input-in-system-prompt.py
    return llm.invoke([("system", RULES), ("human", body.text)])
