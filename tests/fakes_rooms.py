"""Rooms that do as a test says: a scripted collector, a classifier by words, a channel that remembers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from types import MappingProxyType

from klankbord.errors import DeliveryError
from klankbord.finding import ClauseScore, Embedding, Evidence, Judgement, Protection
from klankbord.mention import Mention, MentionId
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Budget, Cursor, Message, Recheck, Spend


@dataclass
class FakeCollector:
    """Yields what it was given, batch by batch; an exception among them is raised at its place."""

    script: list[Batch | Exception] = field(default_factory=list)
    on_recheck: Recheck = field(default_factory=Recheck)
    asked: list[str] = field(default_factory=list)

    def posts(self, *mentions: Mention, vanished: tuple[str, ...] = ()) -> "FakeCollector":
        number = str(len(self.script) + 1)
        spent = Spend(requests=1, bytes=100)
        self.script.append(Batch(mentions=mentions, next=Cursor(number), spent=spent, vanished=vanished))
        return self

    def then(self, error: Exception) -> "FakeCollector":
        self.script.append(error)
        return self

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            yield step

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        self.asked += [mention.native_id for mention in mentions]
        return self.on_recheck


class NameGate:
    """Lets in what says "Voorbeeld"."""

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        return [self._one(mention) for mention in mentions]

    def _one(self, mention: Mention) -> tuple[str, ...]:
        return ("organisation",) if "Voorbeeld" in mention.text + mention.title + mention.context else ()


class WordClassifier:
    """Alerts on "geheim", lists "memo", sets "vakbond" aside."""

    version = "words-1"

    def judge(
        self, mentions: Sequence[Mention], kept: Mapping[MentionId, Embedding] = MappingProxyType({})
    ) -> list[Judgement]:
        return [self._one(mention) for mention in mentions]

    def _one(self, mention: Mention) -> Judgement:
        if "vakbond" in mention.text:
            return Judgement(mention_id=mention.id, about=True, protection=Protection.NO_TEXT)
        modes = {"geheim": Mode.ALERT, "memo": Mode.DIGEST}
        mode = next((mode for word, mode in modes.items() if word in mention.text), Mode.SILENT)
        start = max(mention.text.find("geheim"), mention.text.find("memo"), 0)
        evidence = (Evidence(start=start, end=start + 4, signal="confidential_topic"),)
        score = ClauseScore(clause_id=ClauseId("C02-confidential"), score=0.9, mode=mode, evidence=evidence)
        return Judgement(mention_id=mention.id, about=True, clauses=(score,))


@dataclass
class Outbox:
    """A channel that remembers what it took, or refuses as told."""

    id: str = "mail"
    refuse: DeliveryError | None = None
    took: list[Message] = field(default_factory=list)

    def send(self, message: Message, now: datetime) -> None:
        if self.refuse:
            raise self.refuse
        self.took.append(message)


def clock_at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
