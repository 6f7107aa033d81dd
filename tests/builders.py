"""Records for tests: name what matters, the rest is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from klankbord.finding import Evidence, Finding
from klankbord.mention import Mention, SourceId, short_hash
from klankbord.policy import ClauseId, Mode

#: a Wednesday, 2026-W47
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def mention(text: str = "Al drie dagen storing bij Voorbeeld BV.", **given: Any) -> Mention:
    """A live mention of an hour ago."""
    fields: dict[str, Any] = {
        "source_id": SourceId("blog"),
        "platform": "feed",
        "native_id": f"blog:{short_hash(text)}",
        "text": text,
        "lang": "nl",
        "published_at": NOW - timedelta(hours=1),
        "collected_at": NOW,
        "matched": ("organisation",),
    } | given
    fields.setdefault("revision", short_hash(fields.get("title", ""), fields["text"]))
    return Mention(**fields)


def finding(text: str = "De tarieven 2027 van Voorbeeld BV gaan naar 31,4 cent.", **given: Any) -> Finding:
    """An open finding in alert mode on clause C02."""
    fields: dict[str, Any] = {
        "mention": mention(text),
        "clause_id": ClauseId("C02-confidential"),
        "score": 0.91,
        "mode": Mode.ALERT,
        "evidence": (Evidence(start=3, end=16, signal="confidential_topic"),),
        "details": {"topic": "tarieven 2027"},
        "policy_version": "1.0.0+test",
        "model_version": "test",
        "found_at": NOW,
    } | given
    return Finding(**fields)
