"""Conversations: start one, list them, ask."""

from fastapi import APIRouter, Request

from api import db, handover, llm, routing

router = APIRouter(prefix="/conversations", tags=["chat"])


@router.post("", status_code=201)
async def start_conversation(request: Request):
    """Start a conversation for a customer."""
    body = await request.json()
    rows = db.query(
        "INSERT INTO conversations (user_id, title) VALUES (%s, %s) RETURNING id",
        (body["user_id"], body.get("title", "New conversation")),
    )
    return rows[0]


@router.get("")
def list_conversations(user_id: int):
    """List a customer's conversations, each with its latest message."""
    conversations = db.query("SELECT id, title FROM conversations WHERE user_id = %s", (user_id,))
    for conversation in conversations:
        latest = db.query(
            "SELECT content FROM messages WHERE conversation_id = %s ORDER BY id DESC LIMIT 1",
            (conversation["id"],),
        )
        conversation["latest"] = latest[0]["content"] if latest else ""
    return conversations


@router.post("/{conversation_id}/messages")
async def ask(conversation_id: int, request: Request):
    """Answer a customer's question and remember both."""
    body = await request.json()
    question = body["question"]
    mood = llm.classify(question)
    history = db.query(
        "SELECT role, content FROM messages WHERE conversation_id = %s ORDER BY id",
        (conversation_id,),
    )
    desk = routing.choose_desk(question, mood["topic"], mood["mood"], body.get("plan", "free"), len(history))
    if desk != "assistant":
        handover.notify(conversation_id, desk, question)
        return {"answer": "A colleague will join this conversation shortly.", "desk": desk}
    reply = llm.answer(body.get("name", "there"), history, question)
    remember(conversation_id, "user", question)
    remember(conversation_id, "assistant", reply)
    print("answered", conversation_id)
    return {"answer": reply, "desk": desk}


def remember(conversation_id, role, content):
    """Store one message."""
    try:
        db.query(
            "INSERT INTO messages (conversation_id, role, content) VALUES (%s, %s, %s)",
            (conversation_id, role, content),
        )
    except Exception:
        pass
