import requests


def ask(messages, key):
    # expect: fact.llm.call.py fact.llm.call-with-timeout.py fact.llm.call-with-cap.py
    requests.post(
        "https://api.openai.com/v1/chat/completions",
        json={"messages": messages, "max_tokens": 100},
        timeout=20,
    )
    # clean: fact.llm.call.py
    requests.post("https://api.example.com/v1/orders", json=messages, timeout=20)


class Command:
    def run(self, llm):
        # clean: fact.llm.call.py
        llm.invoke("this module imports no model library")
