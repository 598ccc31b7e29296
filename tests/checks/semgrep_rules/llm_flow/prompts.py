from fastapi import FastAPI

app = FastAPI()
RULES = "Answer in one sentence."


@app.post("/chat")
async def chat(body: Body):
    # expect: llm.user-input-in-system-prompt.py
    client.chat.completions.create(model=MODEL, messages=[{"role": "system", "content": f"You help {body.name}."}])


@app.post("/chat/safe")
async def safe_chat(body: Body):
    # clean: llm.user-input-in-system-prompt.py
    client.chat.completions.create(
        model=MODEL, messages=[{"role": "system", "content": RULES}, {"role": "user", "content": body.text}]
    )


def helper(user_input, tone):
    # expect: llm.input-named-in-system-prompt.py
    first = {"role": "system", "content": f"You help with {user_input}."}
    # clean: llm.input-named-in-system-prompt.py
    second = {"role": "system", "content": f"You speak in a {tone} tone."}
    return [first, second]
