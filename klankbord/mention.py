"""What is said: a Mention, its state changes and the terms under which a source may be read. Pure."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

SourceId = NewType("SourceId", str)
MentionId = NewType("MentionId", str)

# Letters only: a spreadsheet takes 12345678 and 1e5 for numbers and would change them.
_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")


class Kind(StrEnum):
    """What sort of utterance a mention is."""

    POST = "post"
    COMMENT = "comment"
    REPLY = "reply"
    QUOTE = "quote"
    ARTICLE = "article"
    WIKI_EDIT = "wiki_edit"


class State(StrEnum):
    """Whether a mention still stands at its source."""

    LIVE = "live"
    EDITED = "edited"
    DELETED = "deleted"
    REMOVED = "removed"


class Precision(StrEnum):
    """How `published_at` came about."""

    EXACT = "exact"
    #: the source gave no zone, so the source's own zone (settings) was used
    ASSUMED_ZONE = "assumed_zone"
    #: the source gave a moment in the future: held at the moment of collection
    CLAMPED = "clamped"
    #: the source gave none, or none that could be read: the moment of collection
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a source's terms and our record of it allow (law.md B1, B2)."""

    #: may the text be kept at all
    store: bool = True
    #: may the text be classified
    classify: bool = True
    #: may a tie to the organisation be read from the text
    affiliation: bool = True
    #: may a finding become an alert
    alert: bool = True
    #: may the text be quoted in a digest or export
    export: bool = True
    #: may verdicts on these texts train the model
    train: bool = True
    #: numbers of the clauses that may become a finding; empty: all
    clauses: tuple[str, ...] = ()
    #: numbers of the clauses that are only counted
    count_clauses: tuple[str, ...] = ()
    #: days an unflagged text is kept
    retention_days: int = 30
    #: after a deletion nothing may stay, not even a count or a key against the post's return (Reddit)
    traceless: bool = False
    #: hours within which a deletion at the source is followed
    delete_within_hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One public post, comment or article that names the organisation."""

    #: key in sources.toml; stays when the address of the source changes
    source_id: SourceId
    #: "feed", "comment_feed", "import" …; with `native_id` unique in the store
    platform: str
    #: the source's own id, stable over edits
    native_id: str
    #: changes whenever the content does
    revision: str
    kind: Kind = Kind.POST
    #: as the source gave it, fragment kept; secrets and handles taken out
    url: str = ""
    #: tracking removed, redirects unwrapped, fragment kept
    canonical_url: str = ""
    #: keyed pseudonym; never a name (law.md C1)
    author: str | None = None
    title: str = ""
    text: str = ""
    #: text of the post this one answers, or the title of its thread
    context: str = ""
    thread_id: str | None = None
    parent_id: str | None = None
    #: two-letter code, or None where the source does not say
    lang: str | None = None
    published_at: datetime
    published_raw: str = ""
    published_precision: Precision = Precision.EXACT
    edited_at: datetime | None = None
    collected_at: datetime
    #: ids of the queries that let this mention in
    matched: tuple[str, ...] = ()
    state: State = State.LIVE
    terms: Terms = Terms()
    #: the same for the same post, whoever collects it and whenever
    id: MentionId = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the id once: it is asked for at every step."""
        object.__setattr__(self, "id", mention_id(self.platform, self.native_id))


def mention_id(platform: str, native_id: str) -> MentionId:
    """Sixteen letters that stand for one post of one platform."""
    return MentionId(short_hash(platform, native_id))


def short_hash(*parts: str) -> str:
    """Sixteen letters (64 bits) over the parts; order and borders count."""
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return digest.hexdigest().translate(_LETTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A post that the source says was deleted or removed."""

    platform: str
    native_id: str
    state: State
    at: datetime
