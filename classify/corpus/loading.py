"""Reads the shipped posts and the organisations they are about; every post is fiction."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from klankbord.settings import Organisation

_PARTS: Mapping[str, tuple[str, ...]] = {
    "train": ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "seed", "t1", "t2"),
    "test": ("t3", "t4", "t5"),
}
#: categories the guard keeps out of every clause; P08 and P09 are ordinary mentions
GUARDED = ("P01", "P02", "P03", "P04", "P05", "P06", "P07")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One written post and what its writer says it is."""

    #: file and line
    id: str
    org: str
    lang: Literal["nl", "en"]
    text: str
    title: str = ""
    context: str = ""
    #: numbers of the clauses it touches
    clauses: tuple[str, ...] = ()
    #: protected category, or empty
    protected: str = ""
    #: how far the text itself shows its writer's tie: none, hinted, stated, former, official
    tie: str = "none"
    about: bool = True
    #: what is true of the text, in the words of `classify.heads.SAID`; None where nobody labelled it
    says: frozenset[str] | None = None
    scenario: str = ""

    @property
    def writer(self) -> str:
        """Who wrote it: a file holds one writer's posts."""
        return self.id.partition("-")[0]

    @property
    def clause(self) -> str:
        """The first clause it touches, or empty."""
        return self.clauses[0] if self.clauses else ""

    @property
    def guarded(self) -> bool:
        """Whether the guard must keep it out."""
        return self.protected in GUARDED

    @property
    def text_goes(self) -> bool:
        """Whether not even the text may stay: union, health and the like, private life."""
        return self.protected in ("P02", "P05", "P07")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Posts, their organisations, and a hash over all of it."""

    examples: tuple[Example, ...]
    organisations: Mapping[str, Organisation]
    fingerprint: str


def load(part: Literal["train", "test"]) -> Corpus:
    """The posts of one part; training never sees the other."""
    folder = resources.files("classify.corpus").joinpath(part)
    digest = hashlib.sha256()
    examples: list[Example] = []
    organisations: dict[str, Organisation] = {}
    for name in _PARTS[part]:
        posts = folder.joinpath(f"{name}.jsonl").read_text("utf-8")
        listed = folder.joinpath(f"{name}_orgs.json").read_text("utf-8")
        digest.update(posts.encode() + listed.encode())
        organisations.update((row["id"], _organisation(row)) for row in json.loads(listed))
        examples += _examples(name, posts)
    return Corpus(examples=tuple(examples), organisations=organisations, fingerprint=digest.hexdigest()[:16])


def _examples(name: str, posts: str) -> Iterator[Example]:
    for number, line in enumerate(posts.splitlines(), start=1):
        if not line.strip():
            continue
        row = json.loads(line)
        yield Example(
            id=f"{name}-{number}",
            org=row["org"],
            lang=row["lang"],
            text=row["text"],
            title=row.get("title", ""),
            context=row.get("parent", ""),
            clauses=tuple(row.get("clause", ())),
            protected=row.get("protected", ""),
            tie=row.get("tie", "none"),
            about=row.get("about", True),
            says=frozenset(row["says"]) if "says" in row else None,
            scenario=row.get("scenario", ""),
        )


def _organisation(row: Mapping[str, object]) -> Organisation:
    """The written organisation as an organisation.toml would tell it."""
    return Organisation.model_validate(
        {key: row[key] for key in ("name", "aliases", "products", "competitors", "official_accounts")}
        | {key: row[key] for key in ("ambiguous", "listed") if key in row}
        | {"public": [{"text": text} for text in _texts(row.get("public"))]}
        | {"topic": [_topic(topic) for topic in _rows(row["topics"])]}
        | {"fact": _rows(row["facts"])}
    )


def _topic(row: Mapping[str, object]) -> dict[str, object]:
    return {**row, "id": str(row["id"]).lower().replace("_", "-")}


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []


def _rows(value: object) -> list[Mapping[str, object]]:
    return [dict(row) for row in value] if isinstance(value, list) else []
