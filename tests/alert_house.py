"""A house with people, rules and channels of its own, in which posts are found to ask for an alert."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Stop
from typing import Any

from builders import NOW, mention

from klankbord import pipeline
from klankbord.alerting.rules import Recipient
from klankbord.errors import DeliveryError
from klankbord.finding import ClauseScore, Decision, Evidence, Judgement, Verdict, finding_id
from klankbord.installation import Installation
from klankbord.mention import SourceId, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Channel, Cursor, Message
from klankbord.settings import load
from klankbord.store.kept import Versions
from klankbord.store.messages import Due

C02, C08 = ClauseId("C02-confidential"), ClauseId("C08-colleagues")
DELIVERY = """
[alerts]
channels = ["duty"]
quote = true

[[channel]]
id = "duty"
kind = "folder"
path = "duty"
quote = false

[[channel]]
id = "mail"
kind = "smtp"
host = "127.0.0.1"
sender = "k@voorbeeld.example"
to = ["anna@voorbeeld.example", "team@voorbeeld.example"]

[[channel]]
id = "open"
kind = "folder"
path = "open"

[[person]]
id = "anna"
channel = "mail"
address = "Anna@voorbeeld.example"
cap_per_day = 2

[[person]]
id = "ben"
channel = "duty"
quiet = "22:00-07:00"

[[rule]]
id = "rare"
kind = "finding"
to = ["anna", "mail"]
escalate_after = "30m"
escalate_to = ["ben"]

[[rule]]
id = "care"
kind = "source"
to = ["ben"]
"""
ANNA, TEAM, BEN = (
    Recipient(channel_id="mail", name="anna"),
    Recipient(channel_id="mail", name="team@voorbeeld.example"),
    Recipient(channel_id="duty", name="ben"),
)


@dataclass
class Took:
    """A channel that remembers what it took, and for whom; refuses whom it is told to."""

    refuse: dict[Recipient, DeliveryError] = field(default_factory=dict)
    took: list[tuple[Recipient, Message]] = field(default_factory=list)
    recipient: Recipient | None = None

    @property
    def id(self) -> str:
        return "took"

    def to(self, due: Due) -> Channel:
        self.recipient = due.to
        return self

    def send(self, message: Message, now: datetime) -> None:
        assert self.recipient is not None
        if self.recipient in self.refuse:
            raise self.refuse[self.recipient]
        self.took.append((self.recipient, message))

    @property
    def keys(self) -> list[str]:
        return [message.key for _, message in self.took]


class Watch:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


def found(
    house: Installation,
    *texts: str,
    clause: ClauseId = C02,
    terms: Terms = Terms(),  # noqa: B008 - frozen
) -> list[str]:
    """Keeps posts that are judged to be findings; their cases."""
    now = house.clock()
    posts = [mention(text, native_id=text, published_at=now, collected_at=now, terms=terms) for text in texts]
    house.store.keep(SourceId("blog"), Batch(mentions=tuple(posts), next=Cursor("1")), posts, now)
    evidence = (Evidence(start=0, end=8, signal="confidential_topic"),)
    score = ClauseScore(
        clause_id=clause, score=0.9, mode=Mode.ALERT, evidence=evidence, details={"topic": "t"}
    )
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,))) for post in posts]
    versions = Versions(policy="1", classifier="1")
    house.store.keep_judgements(judged, versions, house.alerts.rules, now - timedelta(days=7), now)
    return [f"alert-{finding_id(post.id, clause)}" for post in posts]


def send(house: Installation, took: Took) -> pipeline.Told:
    return pipeline.tell(house.store, took.to, house.alerts.compose, clock=house.clock, stop=Stop())


def states(house: Installation) -> dict[str, Any]:
    return {f"{row['key']} {row['recipient']}": row["state"] for row in house.store.outbox.listed()}


def dismiss(house: Installation, key: str) -> None:
    said = Verdict(
        finding_id=key.removeprefix("alert-"),  # type: ignore[arg-type]
        decision=Decision.DISMISSED,
        reason="spam",
        by="Anna",
        at=house.clock(),
    )
    house.store.answer([(said, C02)])


def opened_in(folder: Path, watch: Watch) -> Installation:
    """An installation with people, rules and channels of its own."""
    config = folder / "config"
    config.mkdir()
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (config / "delivery.toml").write_text(DELIVERY)
    return Installation(load(config), watch)
