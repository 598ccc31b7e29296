import html
import subprocess

from fastapi.responses import HTMLResponse


def code(messages):
    answer = client.chat.completions.create(model=MODEL, messages=messages)
    # expect: llm.output-to-code.py
    eval(answer.choices[0].message.content)
    # expect: llm.output-to-code.py
    subprocess.run(answer.choices[0].message.content, shell=True)
    # clean: llm.output-to-code.py
    subprocess.run(["ls"])


def chain(llm, db):
    sql = llm.invoke("Write a query").content
    # expect: llm.output-to-sql.py
    db.execute(sql)
    # clean: llm.output-to-sql.py
    db.execute("SELECT 1")


def page(messages):
    answer = client.messages.create(model=MODEL, messages=messages)
    # clean: llm.output-to-html.py
    safe = HTMLResponse(html.escape(answer.content[0].text))
    # expect: llm.output-to-html.py
    return HTMLResponse(answer.content[0].text)
