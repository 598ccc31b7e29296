import hmac
import os


def login(username, password, form):
    # expect: secrets.hard-coded-login.py
    if username == "admin" and password == "hunter2-not-real":
        return True
    # expect: secrets.hard-coded-login.py
    if form.password == "letmein-not-real":
        return True
    # expect: secrets.hard-coded-login.common.py
    if password == "password":
        return True
    # clean: secrets.hard-coded-login.py
    if password == "":
        return False
    # clean: secrets.hard-coded-login.common.py
    if form.kind == "password":
        return False
    # clean: secrets.hard-coded-login.py
    return hmac.compare_digest(password, os.environ["ADMIN_PASSWORD"])
