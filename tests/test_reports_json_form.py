"""The digest as JSON: named and versioned, complete, and its shape only ever grows."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from digests import full, quiet, tricky
from pydantic import TypeAdapter

from klankbord.policy import Lang
from reports.json_form import SCHEMA, json_of, schema_of
from reports.record import Digest

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "send-the-digest.md"
#: what version 1 promised; a key may come, and never go or change its kind
PROMISED = {
    "schema": "string",
    "organisation": "string",
    "language": "string",
    "week": "string",
    "number": "integer",
    "days": "string",
    "built_at": "string",
    "judgement.level": "string",
    "judgement.sentence": "string",
    "decisions.0.id": "string",
    "decisions.0.clause": "string",
    "decisions.0.confidence": "string",
    "decisions.0.quote.text": "string",
    "decisions.0.quote.marks.0.0": "integer",
    "decisions.0.why.0": "string",
    "decisions.0.next_step": "string",
    "decisions.0.door.address": "string",
    "figures.0.0": "string",
    "changes.0.label": "string",
    "changes.0.this": "string",
    "changes.0.last": "string",
    "changes.0.median": "string",
    "changes.0.weeks.0": "integer",
    "weeks.0.monday": "string",
    "weeks.0.number": "integer",
    "weeks.0.mentions": "integer",
    "weeks.0.partial": "boolean",
    "watched.0.id": "string",
    "watched.0.quote.text": "string",
    "watched_total": "integer",
    "themes.0.label": "string",
    "themes.0.posts": "integer",
    "notable.0.kind": "string",
    "notable.0.quote.text": "string",
    "handled.0": "string",
    "ageing.0.findings": "integer",
    "signals.precision.n": "integer",
    "signals.precision.low": "integer",
    "signals.keywords.0.name": "string",
    "coverage.sentence": "string",
    "coverage.lines.0.status": "string",
    "coverage.lines.0.well": "boolean",
    "coverage.asked": "integer",
    "coverage.troubled": "integer",
    "rules.0.what": "string",
    "limits.0": "string",
    "footer.0": "string",
    "fingerprint": "string",
}
KINDS = {str: "string", int: "integer", bool: "boolean"}


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


@pytest.mark.parametrize("path", PROMISED)
def test_version_one_keeps_what_it_promised(path: str) -> None:
    assert SCHEMA == "klankbord.digest/1"
    assert KINDS[type(at(json.loads(json_of(full())), path))] == PROMISED[path]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("week", [full, quiet, tricky], ids=["full", "quiet", "tricky"])
def test_the_json_holds_the_whole_record(week: Callable[[Lang], Digest], language: Lang) -> None:
    told = json.loads(json_of(week(language)))
    assert told.pop("schema") == SCHEMA
    assert list(told) == [field.name for field in fields(Digest)]
    # The record can be read back from it.
    again = TypeAdapter(Digest).validate_python(told)
    assert json_of(again).replace("+01:00", "") == json_of(week(language)).replace("+01:00", "")


def test_the_schema_names_every_key_and_forgets_none() -> None:
    schema = schema_of()
    assert schema["properties"]["schema"] == {"const": "klankbord.digest/1"}
    assert list(schema["properties"]) == ["schema", *(field.name for field in fields(Digest))]
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert json.loads(json.dumps(schema)) == schema


def test_the_page_names_every_key() -> None:
    page = PAGE.read_text("utf-8")
    assert [field.name for field in fields(Digest) if f"`{field.name}`" not in page] == []
    assert SCHEMA in page
