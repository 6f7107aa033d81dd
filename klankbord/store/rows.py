"""Records become rows and rows become records; JSON stays in this room. Pure."""

import json
from dataclasses import asdict
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from klankbord.finding import Evidence, Finding, FindingState
from klankbord.mention import Kind, Mention, Precision, SourceId, State, Terms
from klankbord.policy import ClauseId, Mode

Row = RowMapping

_SAME = (
    "source_id",
    "platform",
    "native_id",
    "revision",
    "url",
    "canonical_url",
    "author",
    "title",
    "text",
    "context",
    "thread_id",
    "parent_id",
    "lang",
    "published_at",
    "published_raw",
    "edited_at",
    "collected_at",
)
_same = attrgetter(*_SAME)
#: what an edit at the source may change; first collection and pseudonym stay
EDITED = ("revision", "url", "canonical_url", "title", "text", "context", "lang")


@lru_cache(maxsize=256)
def terms_text(terms: Terms) -> str:
    """Terms as they are kept: hundreds of mentions share one."""
    return json.dumps(asdict(terms), separators=(",", ":"))


@lru_cache(maxsize=256)
def _terms(text: str) -> Terms:
    held: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value) for name, value in held.items() if isinstance(value, list)}
    return Terms(**(held | lists))


def may_classify(terms: str) -> bool:
    """Whether terms as they are kept let a text be read by the classifier."""
    return _terms(terms).classify


def may_quote(terms: str) -> bool:
    """Whether terms as they are kept let words be shown."""
    return _terms(terms).export and _terms(terms).store


def clean(text: str) -> str:
    """The text without lone surrogates and NUL, which UTF-8 and PostgreSQL refuse."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")


def mention_row(mention: Mention) -> dict[str, Any]:
    """The row of a mention that has not been judged."""
    row: dict[str, Any] = dict(zip(_SAME, _same(mention), strict=True))
    for name in ("url", "canonical_url", "title", "text", "context", "published_raw"):
        row[name] = clean(row[name])
    row |= {
        "id": mention.id,
        "kind": mention.kind.value,
        "published_precision": mention.published_precision.value,
        "matched": " ".join(mention.matched),
        "state": mention.state.value,
        "terms": terms_text(mention.terms),
        "judged_revision": None,
        "judged_by": None,
        "checked_at": mention.collected_at,
    }
    return row


def mention_of(row: Row) -> Mention:
    """The mention of a row."""
    fields = {name: row[name] for name in _SAME}
    fields["source_id"] = SourceId(fields["source_id"])
    return Mention(
        **fields,
        kind=Kind(row["kind"]),
        published_precision=Precision(row["published_precision"]),
        matched=tuple(row["matched"].split()),
        state=State(row["state"]),
        terms=_terms(row["terms"]),
    )


def evidence_text(evidence: tuple[Evidence, ...]) -> str:
    """Spans as they are kept: positions and names, no words of the post."""
    return json.dumps([[e.field, e.start, e.end, e.signal] for e in evidence], separators=(",", ":"))


def finding_of(row: Row, mention: Mention) -> Finding:
    """The finding of a row whose columns carry the prefix `f_`."""
    return Finding(
        mention=mention,
        clause_id=ClauseId(row["f_clause_id"]),
        score=row["f_score"],
        mode=Mode(row["f_mode"]),
        evidence=tuple(
            Evidence(field=field, start=start, end=end, signal=signal)
            for field, start, end, signal in json.loads(row["f_evidence"])
        ),
        details=json.loads(row["f_details"]),
        policy_version=row["f_policy_version"],
        model_version=row["f_model_version"],
        found_at=row["f_found_at"],
        state=FindingState(row["f_state"]),
    )
