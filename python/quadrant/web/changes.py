"""What people decide on the page, by the functions that `quadrant override` and `config` use."""

from __future__ import annotations

from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field, model_validator

from quadrant.database import queries

_ID = Field(default=None, ge=1, lt=2**63)


class Change(BaseModel):
    """A decision: about a solution or override (`id`), or a switch (`name`), in a person's name."""

    model_config = ConfigDict(extra="forbid", strict=True)

    what: Literal["approve", "dismiss", "pin", "unpin", "switch on", "switch off"]
    by: str = Field(min_length=1, max_length=200, pattern=r"\S")
    id: int | None = _ID
    name: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _is_about_one(self) -> Change:
        wanted, other = (
            (self.name, self.id) if self.what.startswith("switch") else (self.id, self.name)
        )
        if wanted is None or other is not None:
            raise ValueError("a switch needs its name, any other decision its id")
        return self


def decide(connection: psycopg.Connection[Any], change: Change) -> str:
    """Do it as the connection's own role, and say it in a sentence; raises as the database does."""
    with connection.cursor(row_factory=dict_row) as cursor:
        if change.what.startswith("switch"):
            on = change.what == "switch on"
            row = cursor.execute(
                queries("web/switch"), {"name": change.name, "on": on, "by": change.by}
            ).fetchone()
            changed = row is not None and row["setting"] is not None
            return f"{change.name} {'is' if changed else 'was'} {'on' if on else 'off'}" + (
                f", by {change.by}." if changed else " already."
            )
        if change.what in {"pin", "unpin"}:
            pinned = change.what == "pin"
            cursor.execute(
                queries("people/pin"), {"id": change.id, "pinned": pinned, "by": change.by}
            )
            return f"{change.id} is {'pinned' if pinned else 'no longer pinned'}, by {change.by}."
        query = queries("people/approve" if change.what == "approve" else "people/dismiss")
        (row,) = cursor.execute(query, {"id": change.id, "by": change.by}).fetchall()
        solution = row["solution"]
        status = "in force" if solution["status"] == "active" else solution["status"]
        return f"Solution {solution['id']} is {status}, by {solution['changed_by']}."
