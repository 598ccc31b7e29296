"""The acme-chat API."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api import chat, documents, users

app = FastAPI(title="acme-chat", debug=True)

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["*"],
    allow_headers=["*"],
)

app.include_router(users.router)
app.include_router(users.search_router)
app.include_router(chat.router)
app.include_router(documents.router)
