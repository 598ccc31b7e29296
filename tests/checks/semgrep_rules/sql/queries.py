from fastapi import FastAPI
from sqlalchemy import select, text

app = FastAPI()
TABLE = "users"


def formatted(db, name):
    # expect: sql.string-built.py fact.sql.call.py
    db.execute(f"SELECT id FROM users WHERE name = '{name}'")
    # expect: sql.string-built.py fact.sql.call.py
    db.execute("SELECT id FROM users WHERE name = '%s'" % name)
    # expect: sql.string-built.py fact.sql.call.py
    db.execute("SELECT id FROM users WHERE name = '{}'".format(name))
    # expect: sql.string-built.py fact.sql.call.py
    db.execute("DELETE FROM users WHERE name = '" + name + "'")
    # expect: sql.string-built.py fact.sql.call.py
    db.execute(text(f"UPDATE users SET seen = 1 WHERE name = '{name}'"))


def kept_in_a_variable(db, name):
    query = f"SELECT id FROM users WHERE name = '{name}'"
    # expect: sql.string-variable.py fact.sql.call.py
    return db.execute(query)


def bound(db, name):
    # clean: sql.string-built.py
    # expect: fact.sql.call.py
    db.execute("SELECT id FROM users WHERE name = ?", (name,))
    # clean: sql.string-built.py
    # expect: fact.sql.call.py
    db.execute(f"SELECT id FROM {TABLE} WHERE name = ?", (name,))
    query = f"SELECT id FROM {TABLE} WHERE name = ?"
    # clean: sql.string-variable.py
    # expect: fact.sql.call.py
    db.execute(query, (name,))
    # clean: sql.string-built.py
    # expect: fact.sql.call.py
    db.execute(text("SELECT id FROM users WHERE name = :name"), {"name": name})


def not_a_database(runner, name):
    # clean: sql.string-built.py
    # expect: fact.sql.call.py
    runner.execute(f"make {name}")
    # clean: fact.sql.call.py
    runner.start(name)


@app.get("/users")
async def find(name: str, db=None):
    query = "SELECT id FROM users WHERE name = '" + name + "'"
    # expect: sql.request-input.py sql.string-variable.py fact.sql.call.py
    return db.execute(query)


@app.get("/users/safe")
async def find_safely(name: str, number: int, db=None):
    # clean: sql.request-input.py
    # expect: fact.sql.call.py
    db.execute("SELECT id FROM users WHERE name = ?", (name,))
    # clean: sql.request-input.py
    # expect: fact.sql.call.py
    return db.execute(select(User).where(User.name == name))


def several_lines(db, name, ids):
    # expect: sql.string-built.py fact.sql.call.py
    db.execute(
        f"""
        SELECT id
        FROM users
        WHERE name = '{name}'
        """
    )
    placeholders = ", ".join("?" for _ in ids)
    # clean: sql.string-built.py
    # expect: fact.sql.call.py
    db.execute(f"SELECT id FROM users WHERE id IN ({placeholders})", ids)
