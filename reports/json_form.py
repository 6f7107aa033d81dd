"""A digest comes in, JSON with a name and a version for its shape goes out, and the schema of it. Pure."""

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from reports.plain import scrubbed
from reports.record import Digest

#: names the shape; raised when a field changes its meaning or goes, not when one comes
SCHEMA = "klankbord.digest/1"


def json_of(digest: Digest) -> str:
    """The whole digest, its words as the other forms tell them; keys never move about."""
    return json.dumps({"schema": SCHEMA} | _plain(scrubbed(digest)), ensure_ascii=False, indent=2) + "\n"


def schema_of() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `json_of` writes, read from the record itself."""
    from pydantic import TypeAdapter  # only who asks for the schema pays for it

    schema = TypeAdapter(Digest).json_schema(mode="serialization")
    properties = {"schema": {"const": SCHEMA}} | schema["properties"]
    return schema | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "properties": properties,
        "required": ["schema", *schema["required"]],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value
