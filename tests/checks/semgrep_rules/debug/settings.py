import os

import uvicorn

# expect: debug.on.py
DEBUG = True
# expect: debug.from-environment.py
APP_DEBUG = os.getenv("DEBUG", "true")
# clean: debug.from-environment.py
SAFE_DEBUG = os.getenv("DEBUG", "false")
# clean: debug.on.py
debug_level = 1

if __name__ == "__main__":
    # expect: debug.on.py
    app.run(host="0.0.0.0", debug=True)
    # clean: debug.on.py
    app.run(host="127.0.0.1")
    # expect: debug.reload.py
    uvicorn.run("app:app", reload=True)
    # clean: debug.reload.py
    uvicorn.run("app:app", reload=settings.reload)
