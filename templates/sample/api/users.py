"""Customers: create, read, change, delete, search."""

from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from api import db

router = APIRouter(prefix="/users", tags=["users"])


class NewUser(BaseModel):
    """What is needed to create a customer."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)


class PlanChange(BaseModel):
    """A customer's new plan."""

    plan: Literal["free", "team", "business"]


class User(NewUser):
    """A customer as stored."""

    id: int
    plan: Literal["free", "team", "business"]


@router.post("", status_code=201)
def create_user(user: NewUser) -> User:
    """Create a customer."""
    rows = db.query(
        "INSERT INTO users (name, email) VALUES (%s, %s) RETURNING id, name, email, plan",
        (user.name, user.email),
    )
    return User(**rows[0])


@router.get("/{user_id}")
def read_user(user_id: int) -> User:
    """Read one customer."""
    rows = db.query("SELECT id, name, email, plan FROM users WHERE id = %s", (user_id,))
    if not rows:
        raise HTTPException(404, "no such customer")
    return User(**rows[0])


@router.put("/{user_id}/plan")
def change_plan(user_id: int, change: PlanChange) -> User:
    """Move a customer to another plan."""
    rows = db.query(
        "UPDATE users SET plan = %s WHERE id = %s RETURNING id, name, email, plan",
        (change.plan, user_id),
    )
    if not rows:
        raise HTTPException(404, "no such customer")
    return User(**rows[0])


@router.delete("/{user_id}", status_code=204)
def delete_user(user_id: int) -> None:
    """Delete a customer and everything they wrote."""
    # Conversations and messages go with the row,
    # see the foreign keys in db/schema.sql.
    db.query("DELETE FROM users WHERE id = %s", (user_id,))


@router.get("")
def list_users(limit: int = 50) -> list[User]:
    """List the newest customers."""
    rows = db.query(
        "SELECT id, name, email, plan FROM users ORDER BY created_at DESC LIMIT %s",
        (min(limit, 200),),
    )
    return [User(**row) for row in rows]


search_router = APIRouter(prefix="/search", tags=["users"])


@search_router.get("/users")
def search_users(q: str, plan: str = "free") -> list[User]:
    """Find customers by a part of their name."""
    rows = db.query(f"SELECT id, name, email, plan FROM users WHERE plan = '{plan}' AND name ILIKE '%{q}%'")
    return [User(**row) for row in rows]
