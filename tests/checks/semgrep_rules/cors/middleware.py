import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from flask_cors import CORS
from flask_talisman import Talisman

app = FastAPI()
# expect: cors.wildcard.py fact.cors.configured.py
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
# clean: cors.wildcard.py
# expect: fact.cors.configured.py
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"])
# expect: cors.wildcard.py fact.cors.configured.py
CORS(flask_app)
# expect: cors.wildcard.py fact.cors.configured.py
CORS(flask_app, resources={"/api/*": {"origins": "*"}})
# clean: cors.wildcard.py
# expect: fact.cors.configured.py
CORS(flask_app, origins=os.environ["ORIGINS"].split(","))
# clean: fact.cors.configured.py
# clean: fact.headers.protective.py
app.add_middleware(GZipMiddleware)
# expect: fact.headers.protective.py
Talisman(flask_app)
# expect: cors.wildcard.py
CORS_ALLOW_ALL_ORIGINS = True
