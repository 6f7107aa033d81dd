"""Where a collector was goes to the JSON text of a cursor, and comes back from it. Pure."""

import json
from typing import TypeVar

from pydantic import TypeAdapter

from klankbord.ports import Cursor

_State = TypeVar("_State")


def state_in(cursor: Cursor | None, form: TypeAdapter[_State]) -> _State | None:
    """The remembered state; None where it is of another version or shape, unreadable or absent."""
    try:
        return form.validate_json(cursor or "")
    except ValueError:
        return None


def cursor_of(state: _State, form: TypeAdapter[_State]) -> Cursor:
    """The state as text; signs outside ASCII are escaped, so that no store and no odd sign can spoil it."""
    return Cursor(json.dumps(form.dump_python(state, mode="json"), separators=(",", ":")))
