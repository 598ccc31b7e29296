import boto3
import ollama
from google import genai
from langchain_openai import ChatOpenAI

# expect: fact.llm.client.py fact.llm.call-with-cap.py fact.llm.model-literal.py llm.model-floating.py
llm = ChatOpenAI(model="gpt-4o-mini", max_tokens=300)


def ask(question, bedrock, google):
    # expect: fact.llm.call.py
    llm.invoke(question)
    # expect: fact.llm.call.py
    google.models.generate_content(model=MODEL, contents=question)
    # expect: fact.llm.call.py
    bedrock.converse(modelId=MODEL, messages=[question])
    # expect: fact.llm.call.py
    ollama.chat(messages=[question])
    # clean: fact.llm.call.py
    command.invoke(question)
