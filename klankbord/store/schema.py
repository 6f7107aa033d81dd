"""The tables, as SQLAlchemy Core sees them; migrations/ makes them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite keeps no zone of its own, and its moments are text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite gets the text from us: thousands of moments are written in a run."""
        return dialect.type_descriptor(String(26) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or moment
        """Refuse naive moments; hand SQLite the UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be kept")
        moment = value.astimezone(UTC)
        return _text_of(moment) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002
        """Give the moment back aware."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# Of moments in UTC only: in a zone with summer time two moments can be equal and an hour apart (`fold`).
@lru_cache(maxsize=1024)
def _text_of(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def kept_moment(moment: datetime | None) -> str | None:
    """A moment as SQLite keeps it."""
    return _text_of(moment.astimezone(UTC)) if moment else None


def moment_of(kept: str | None) -> datetime | None:
    """The moment that SQLite kept."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if kept else None


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

mention = Table(
    "mention",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source_id", String(64), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("native_id", Text, nullable=False),
    Column("revision", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("author", String(32)),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("thread_id", Text),
    Column("parent_id", Text),
    Column("lang", String(8)),
    Column("published_at", UtcTime, nullable=False),
    Column("published_raw", Text, nullable=False),
    Column("published_precision", String(16), nullable=False),
    Column("edited_at", UtcTime),
    Column("collected_at", UtcTime, nullable=False),
    Column("matched", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("terms", Text, nullable=False),
    # the revision that was judged, and by which classifier; NULL: still to be judged
    Column("judged_revision", String(64)),
    Column("judged_by", String(64)),
    Column("checked_at", UtcTime, nullable=False),
    # the row of the search index that holds its words; NULL: not there, see store/search_index.py
    Column("search_id", Integer),
    UniqueConstraint("platform", "native_id"),
    # also the language: a digest counts nine weeks from this index alone
    Index("ix_mention_published", "published_at", "source_id", "lang"),
    Index("ix_mention_checked", "source_id", "checked_at"),
    Index("ix_mention_search", "search_id", unique=True),
)
# Few rows wait at any time, so this stays small however long the history grows.
Index(
    "ix_mention_waiting",
    mention.c.collected_at,
    sqlite_where=mention.c.judged_revision.is_(None),
    postgresql_where=mention.c.judged_revision.is_(None),
)

finding = Table(
    "finding",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("mention_id", String(16), ForeignKey("mention.id", ondelete="CASCADE"), nullable=False),
    Column("clause_id", String(64), nullable=False),
    Column("score", Float, nullable=False),
    Column("mode", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    UniqueConstraint("mention_id", "clause_id"),
    Index("ix_finding_state", "state", "mode"),
    Index("ix_finding_found", "found_at"),
)

# Posts that say the same as a finding's post: they share its finding, and one takes over when it goes.
finding_copy = Table(
    "finding_copy",
    metadata,
    Column("mention_id", String(16), ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True),
    Column("clause_id", String(64), primary_key=True),
    # no foreign key: see store/copies.py, which gives every copy another finding before one goes
    Column("finding_id", String(16), nullable=False, index=True),
    # what its own finding would hold
    Column("score", Float, nullable=False),
    Column("mode", Integer, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("details", Text, nullable=False),
    Column("policy_version", String(64), nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("found_at", UtcTime, nullable=False),
)

# The encoder's vector of a mention's masked text: it goes with the mention, or with its text.
embedding = Table(
    "embedding",
    metadata,
    Column("mention_id", String(16), ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True),
    Column("encoder", String(60), nullable=False),
    # fingerprint of the sentence that was encoded
    Column("of", String(16), nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("finding_id", String(16), nullable=False, index=True),
    Column("clause_id", String(64), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("reason", String(32)),
    Column("outcome", String(32)),
    Column("note", Text, nullable=False),
    Column("by", String(120), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)

# What happened to what, and when: collected, edited, deleted, classified, alerted, digested, judged.
change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("mention_id", String(16), index=True),
    Column("finding_id", String(16), index=True),
    # the week of a digest, the revision after an edit, the decision of a verdict; never text
    Column("detail", String(120), nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cursor", Text),
    Column("last_attempt_at", UtcTime),
    Column("last_success_at", UtcTime),
    Column("last_new_at", UtcTime),
    Column("failing_since", UtcTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("error_word", String(16), nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Column("not_before", UtcTime),
    # the last run that was given something new, whether or not it named the organisation
    Column("last_news_at", UtcTime),
    # seconds that usually pass between two such runs
    Column("news_every", Float),
)

# Hosts, each with the credential used there, that fail again and again: nobody asks them but one probe.
breaker = Table(
    "breaker",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("open_until", UtcTime),
)

gap = Table(
    "gap",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source_id", String(64), nullable=False),
    Column("from_at", UtcTime, nullable=False),
    Column("to_at", UtcTime, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    UniqueConstraint("source_id", "from_at", "reason"),
)

# Anonymous counts per day: guarded, deleted, spent; and mentions and findings whose rows are gone.
tally = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name", String(96), primary_key=True),
    Column("source_id", String(64), primary_key=True),
    Column("lang", String(8), primary_key=True),
    Column("n", Integer, nullable=False),
)

# Posts that must not come back, whatever the reason was: deleted, erased, expired or set aside by the guard.
forgotten = Table(
    "forgotten",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("day", Date, nullable=False),
)

# The outbox: a row for each case and recipient, written with what it tells of.
message = Table(
    "message",
    metadata,
    # the case, and which time it is told: the same for every recipient
    Column("key", String(80), primary_key=True),
    Column("channel_id", String(64), primary_key=True),
    # one address or person of the channel; empty: the channel as it is
    Column("recipient", String(320), primary_key=True, default=""),
    Column("kind", String(16), nullable=False),
    # what the waiting between two alerts counts by: a finding, a source and what is wrong with it
    Column("subject", String(160), nullable=False, default=""),
    Column("finding_id", String(16), index=True),
    # rule and version, such as "rare@3f2a91c0"; empty: not an alert
    Column("rule", String(80), nullable=False, default=""),
    # JSON: figures and names of a source, spike or model; never words of a post
    Column("detail", Text, nullable=False, default=""),
    # pending -> claimed -> sent | failed | withdrawn; held -> bundled -> sent, in a summary;
    # left: for the digest
    Column("state", String(16), nullable=False),
    # key of the summary that a held row waits for
    Column("summary", String(80), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    # the local day it was planned for: what the cap counts by
    Column("day", Date),
    Column("planned_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    # told to others as well from this moment on; NULL: not, or not any more
    Column("escalate_at", UtcTime),
    Column("claimed_at", UtcTime),
    Column("sent_at", UtcTime),
    Column("acknowledged_at", UtcTime),
    Column("error", Text, nullable=False, default=""),
    Index("ix_message_state", "state", "due_at"),
    Index("ix_message_subject", "subject"),
    Index("ix_message_recipient", "channel_id", "recipient", "day"),
    Index("ix_message_escalate", "escalate_at"),
)

# Every version of a keyword list: who changed it, why, and what that was expected to do.
keyword_version = Table(
    "keyword_version",
    metadata,
    Column("list_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("by", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    # the file as it stood; empty: it was taken away
    Column("content", Text, nullable=False),
    # JSON; empty where nobody asked beforehand
    Column("predicted", Text, nullable=False),
)

digest = Table(
    "digest",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("built_at", UtcTime, nullable=False),
    Column("late", Boolean, nullable=False, default=False),
)

# Each making of a digest that differed from the one before: the counts it was made of, as JSON without texts.
edition = Table(
    "edition",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("week", String(8), nullable=False, index=True),
    Column("made_at", UtcTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("fingerprint", String(16), nullable=False),
    Column("facts", Text, nullable=False),
)

# The posts that stood in it: it is drawn again without one that is gone or reads differently now.
edition_post = Table(
    "edition_post",
    metadata,
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True),
    Column("mention_id", String(16), primary_key=True),
    # empty: it stood there for what it asks, or as an example
    Column("finding_id", String(16), primary_key=True),
    Column("revision", String(64), nullable=False),
)

# Posts that were drawn for review, with their answers; the row outlives its post as a number without one.
drawn = Table(
    "drawn",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("week", String(8), nullable=False),
    Column("mention_id", String(16), ForeignKey("mention.id", ondelete="SET NULL"), index=True),
    Column("clause_id", String(64), nullable=False),
    Column("stratum", String(16), nullable=False),
    # probability of being drawn
    Column("chance", Float, nullable=False),
    Column("score", Float, nullable=False),
    # whether a finding that people see stood on it
    Column("flagged", Boolean, nullable=False),
    Column("drawn_at", UtcTime, nullable=False),
    Column("decision", String(16)),
    Column("reason", String(32)),
    Column("outcome", String(32)),
    Column("note", Text, nullable=False, default=""),
    Column("by", String(120), nullable=False, default=""),
    Column("answered_at", UtcTime),
    UniqueConstraint("week", "mention_id"),
)

# Scores of the posts of a week, by language and version of the policy: counts in tenths, no post.
week_score = Table(
    "week_score",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("lang", String(8), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("counts", Text, nullable=False),
    Column("flagged", Integer, nullable=False),
    Column("drifted", Boolean, nullable=False),
)

# Stretches in which alerts were paused because scores jumped (law.md K4).
pause = Table(
    "pause",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("since_at", UtcTime, nullable=False),
    Column("week", String(8), nullable=False),
    Column("lang", String(8), nullable=False),
    # "rate" or "scores"
    Column("kind", String(16), nullable=False),
    Column("value", Float, nullable=False),
    Column("share", Float, nullable=False),
    Column("before", Float, nullable=False),
    Column("lifted_at", UtcTime),
    # who lifted it; empty: calm weeks did
    Column("lifted_by", String(120), nullable=False, default=""),
)
