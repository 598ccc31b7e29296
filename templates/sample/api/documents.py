"""Documents the assistant can quote."""

from fastapi import APIRouter, UploadFile

from api import db, llm

router = APIRouter(prefix="/documents", tags=["documents"])


@router.post("", status_code=201)
async def upload(file: UploadFile):
    """Store a document with a summary of it."""
    content = (await file.read()).decode("utf-8", errors="replace")
    summary = ""
    try:
        summary = llm.summarize(content)
    except Exception:
        pass
    rows = db.query(
        "INSERT INTO documents (name, content, summary) VALUES (%s, %s, %s) RETURNING id, name, summary",
        (file.filename, content, summary),
    )
    return rows[0]


@router.get("")
def find(q: str):
    """Find documents that contain a phrase."""
    return db.query("SELECT id, name, summary FROM documents WHERE content ILIKE %s LIMIT 20", (f"%{q}%",))
