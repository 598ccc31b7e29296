from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from langgraph.graph import StateGraph
from langgraph.prebuilt import create_react_agent

app = FastAPI()
RULES = "Answer in one sentence."
graph = StateGraph(State).compile()


def run(question, db):
    answer = graph.invoke({"messages": [("user", question)]})
    # expect: llm.output-to-code.py
    eval(answer["messages"][-1].content)
    # expect: llm.output-to-code.py
    exec(answer["messages"][-1].content)
    # clean: llm.output-to-code.py
    eval("1 + 1")
    # expect: llm.output-to-sql.py
    db.execute(answer["messages"][-1].content)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")
    # expect: llm.output-to-html.py
    return HTMLResponse(answer["messages"][-1].content)


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    create_react_agent(MODEL, tools=[], prompt=f"You help {body.name}.")
    # clean: llm.user-input-in-system-prompt.py
    return create_react_agent(MODEL, tools=[], prompt=RULES)
