import json
import re

import boto3
import google.generativeai as genai
from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain_core.prompts import ChatPromptTemplate, SystemMessagePromptTemplate
from langgraph.graph import StateGraph
from litellm import acompletion
from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex
from openai import AsyncOpenAI

client = AsyncOpenAI()
app = StateGraph(State).compile()
helper = create_agent(MODEL, tools=[])
model = init_chat_model(MODEL)
talk = VectorStoreIndex([]).as_chat_engine()
runtime = boto3.client("bedrock-runtime")
search = re.compile(r"\d+")


async def awaited(messages):
    answer = await client.chat.completions.create(model=MODEL, messages=messages)
    # expect: llm.output-to-code.py
    exec(answer.choices[0].message.content)
    other = await acompletion(model=MODEL, messages=messages)
    # expect: llm.output-to-code.py
    exec(other["choices"][0]["message"]["content"])


def made_elsewhere(question, db):
    # expect: llm.output-to-code.py
    exec(app.invoke({"messages": question})["messages"][-1].content)
    # expect: llm.output-to-sql.py
    db.run(helper.invoke({"messages": question})["messages"][-1].content)
    # expect: llm.output-to-sql.py
    db.execute(model.invoke(question).content)
    # expect: llm.output-to-code.py
    eval(str(talk.chat(question)))
    # expect: llm.output-to-code.py
    eval(str(Settings.llm.complete(question)))
    answer = json.loads(runtime.invoke_model(modelId=MODEL, body=question)["body"].read())
    # expect: llm.output-to-code.py
    os.system(answer["content"][0]["text"])
    # clean: llm.output-to-code.py
    exec(search.invoke(question))


def conversation(question, db):
    chat = genai.GenerativeModel(MODEL).start_chat()
    # expect: llm.output-to-sql.py
    db.execute(chat.send_message(question).text)
    # clean: llm.output-to-sql.py
    db.execute(queue.send_message(question))


@service.post("/ask")
def ask(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    genai.GenerativeModel(MODEL, system_instruction=f"You help {body.name}.")
    # expect: llm.user-input-in-system-prompt.py
    ChatPromptTemplate.from_messages([("system", "You help " + body.name), ("human", "{text}")])
    # expect: llm.user-input-in-system-prompt.py
    SystemMessagePromptTemplate.from_template(f"You help {body.name}.")
    # expect: llm.user-input-in-system-prompt.py
    VectorStoreIndex([]).as_chat_engine(system_prompt=f"You help {body.name}.")
    # expect: llm.user-input-in-system-prompt.py
    create_agent(MODEL, tools=[], system_prompt=f"You help {body.name}.")
    # expect: llm.user-input-in-system-prompt.py
    runtime.invoke_model(modelId=MODEL, body=json.dumps({"system": f"You help {body.name}.", "messages": []}))
    # clean: llm.user-input-in-system-prompt.py
    runtime.invoke_model(modelId=MODEL, body=json.dumps({"system": RULES, "messages": [body.text]}))
