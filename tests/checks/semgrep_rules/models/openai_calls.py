import asyncio

import litellm
from anthropic import Anthropic
from openai import OpenAI

# expect: fact.llm.client.py
client = OpenAI()
# expect: fact.llm.client.py fact.llm.client-with-timeout.py
quick = OpenAI(timeout=20)
# clean: fact.llm.client.py
# clean: fact.llm.client-with-timeout.py
other = Redis(timeout=20)


def ask(messages, options):
    # expect: fact.llm.call.py fact.llm.model-literal.py llm.model-floating.py
    client.chat.completions.create(model="gpt-4o", messages=messages)
    # clean: llm.model-floating.py
    # expect: fact.llm.call.py fact.llm.call-with-cap.py fact.llm.call-with-timeout.py fact.llm.model-literal.py
    client.chat.completions.create(model="gpt-4o-2024-08-06", messages=messages, max_tokens=200, timeout=20)
    # clean: fact.llm.call-with-cap.py
    # clean: fact.llm.call-with-timeout.py
    # expect: fact.llm.call.py fact.llm.model-literal.py llm.model-floating.py
    client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=None, timeout=None)
    # expect: fact.llm.call.py fact.llm.call-with-cap.py fact.llm.model-literal.py
    Anthropic().messages.create(model="claude-sonnet-4-20250514", max_tokens=500, messages=messages)  # expect: fact.llm.client.py
    # expect: fact.llm.call.py
    litellm.completion(model=options.model, messages=messages)
    # clean: fact.llm.call.py
    client.files.create(file=messages)
    # clean: fact.llm.model-literal.py
    paint(model="sedan")


async def wait(messages, call):
    # expect: fact.llm.call-with-timeout.py
    return await asyncio.wait_for(call, timeout=30)
