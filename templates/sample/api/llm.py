"""Everything that talks to the model."""

import json

from openai import OpenAI

from api import config

MODEL = "gpt-4o"

# TODO move to the environment before the pilot
API_KEY = "acme-live-q7Vx2LrT9bKe4WmZ8sNc1HdYp6Ju3GfA"

client = OpenAI(api_key=API_KEY, base_url=config.MODEL_BASE_URL)


def answer(name, history, question):
    """Ask the model for the next reply in a conversation."""
    messages = [
        {
            "role": "system",
            "content": f"You are the friendly support assistant of Acme. You are talking to {name}. "
            "Answer in short paragraphs, use simple HTML for lists and links, and never discuss competitors.",
        },
        *history,
        {"role": "user", "content": question},
    ]
    response = client.chat.completions.create(model=MODEL, messages=messages)
    return response.choices[0].message.content


def classify(question):
    """Let the model sort a question: returns a dict with `topic` and `mood`."""
    response = client.chat.completions.create(
        model=MODEL,
        messages=[
            {
                "role": "system",
                "content": 'Sort the customer question. Reply with JSON only: {"topic": "...", "mood": "..."}',
            },
            {"role": "user", "content": question},
        ],
    )
    return json.loads(response.choices[0].message.content)


def summarize(text):
    """Summarize an uploaded document in three sentences."""
    response = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "Summarize the document in three sentences."},
            {"role": "user", "content": text},
        ],
    )
    return response.choices[0].message.content
