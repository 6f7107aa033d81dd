"""Stored posts come in some at a time, counts of what a list and its draft match are kept. Pure.

No post is held: what stays is counts, and the ids of a bounded, even sample of what matched.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from classify.keyword_list import CompiledList
from classify.keywords import Keywords, ListHit
from classify.language import detect
from classify.matcher_post import Post, site_of
from classify.query_ast import Site, walk
from klankbord.finding import Decision
from klankbord.mention import MentionId
from klankbord.store.keywords import Answered, Said
from klankbord.tuning.record import Lost, Reach, Share, Span, TermEffect

#: a term that earned nothing in these days is told
EARNING = timedelta(days=90)
#: confirmed findings lost that are written out
_WRITTEN = 50
_SHORT = 160
_Answers = Mapping[MentionId, Sequence[Answered]]


class Sample:
    """An even sample of ids, the same whatever the order: ids are hashes, and the smallest stay."""

    def __init__(self, most: int) -> None:
        """Keep so many."""
        self._most, self._kept, self.seen = most, list[MentionId](), 0

    def add(self, mention_id: MentionId) -> None:
        """See one."""
        self.seen += 1
        self._kept.append(mention_id)
        if len(self._kept) > 2 * self._most + 100:
            self._kept = self.ids

    @property
    def ids(self) -> list[MentionId]:
        """The sample."""
        return sorted(self._kept)[: self._most]


class _Side:
    """Counts of one version of the list."""

    def __init__(self) -> None:
        self.posts, self.by_week = 0, Counter[date]()
        self.by_language, self.by_source = Counter[str](), Counter[str]()

    def reach(self, full: Sequence[date]) -> Reach:
        return Reach(
            posts=self.posts,
            weekly=tuple(self.by_week[monday] for monday in full),
            by_language=dict(self.by_language.most_common()),
            by_source=dict(self.by_source.most_common()),
        )


class _Term(NamedTuple):
    posts: Counter[int]
    alone: Counter[int]
    confirmed: Counter[int]
    answered: Counter[int]
    earned: Counter[int]


class Tally:
    """Counts what a list and its draft match."""

    def __init__(
        self,
        live: CompiledList | None,
        draft: CompiledList,
        answers: _Answers,
        monday_of: Callable[[datetime], date],
        *,
        now: datetime,
        most: int,
    ) -> None:
        """Prepare to count.

        Args:
            live: the list as it stands; None: there is none, or it is looked at by itself.
            draft: the list that is looked at.
            answers: findings and verdicts by post.
            monday_of: the week of a moment.
            now: this moment.
            most: posts in each of the two samples.
        """
        self._keywords = Keywords([draft] if live is None else [draft, live])
        self._draft, self._answers, self._monday_of = draft, answers, monday_of
        self._clause, self._since = draft.table.clause, now - EARNING
        self._whole = self._clause == "organisation"
        self._sites = any(
            isinstance(node, Site)
            for one in self._keywords.lists
            for q in one.queries
            for node in walk(q.root)
        )
        self._sides = [_Side() for _ in self._keywords.lists]
        self._term = _Term(Counter(), Counter(), Counter(), Counter(), Counter())
        self._lost_texts: list[Lost] = []
        self.seen = self.new = self.lost = self.confirmed_lost = self.confirmed_read = 0
        self.first: datetime | None = None
        #: posts that change sides, and posts that both versions hit
        self.changing, self.staying = Sample(most), Sample(most)

    def add(self, said: Sequence[Said]) -> None:
        """Look at some posts."""
        known: dict[int, str | None] = {}

        def lang_of(place: int) -> str | None:
            if place not in known:
                one = said[place]
                known[place] = detect(f"{one.title} {one.text}") or (one.lang or "")[:2].lower() or None
            return known[place]

        hits = self._keywords.hits_many([self._post(one) for one in said], lang_of)
        for place, one in enumerate(said):
            answered = self._answers.get(one.id)
            if answered and any(_is(a, self._clause, Decision.CONFIRMED) for a in answered):
                self.confirmed_read += 1
            if hits[place]:
                self._count(one, dict(hits[place]), known.get(place) or one.lang or "unknown")
        if said:
            oldest = min(said, key=lambda one: one.published).published_at
            self.first = oldest if self.first is None else min(self.first, oldest)
        self.seen += len(said)

    def _post(self, one: Said) -> Post:
        return Post(
            title=one.title,
            text=one.text,
            context=one.context if self._whole else "",
            site=site_of(one.url) if self._sites else "",
            source=one.source_id,
            lang=one.lang,
        )

    def _count(self, one: Said, hits: Mapping[int, ListHit], lang: str) -> None:
        monday = self._monday_of(one.published_at)
        for number in hits:
            side = self._sides[number]
            side.posts += 1
            side.by_week[monday] += 1
            side.by_language[lang[:2]] += 1
            side.by_source[one.source_id] += 1
        if 0 in hits:
            self._count_terms(one, hits[0])
        if len(self._sides) == 1 or len(hits) == 1:
            self.changing.add(one.id)
        else:
            self.staying.add(one.id)
        if len(self._sides) == 2 and len(hits) == 1:
            self._changes_side(one, gained=0 in hits)

    def _changes_side(self, one: Said, *, gained: bool) -> None:
        if gained:
            self.new += 1
            return
        self.lost += 1
        if any(_is(a, self._clause, Decision.CONFIRMED) for a in self._answers.get(one.id, ())):
            self.confirmed_lost += 1
            if len(self._lost_texts) < _WRITTEN:
                self._lost_texts.append(Lost(mention_id=one.id, text=shortened(f"{one.title} {one.text}")))

    def _count_terms(self, one: Said, hit: ListHit) -> None:
        terms = [number for number, _ in hit.terms]
        answered = [a for a in self._answers.get(one.id, ()) if _touches(a, self._clause)]
        right = [_right(a, self._clause) for a in answered]
        counted = [yes for yes in right if yes is not None]
        stands = any(a.decision != Decision.DISMISSED for a in answered)
        for number in terms:
            self._term.posts[number] += 1
            self._term.alone[number] += len(terms) == 1
            self._term.answered[number] += len(counted)
            self._term.confirmed[number] += sum(counted)
            self._term.earned[number] += stands and one.published_at >= self._since

    def span(self, asked: datetime, now: datetime) -> Span:
        """What was really looked at."""
        return Span(asked=asked, begins=self.first or now, ends=now, posts=self.seen)

    def reaches(self, span: Span) -> list[Reach]:
        """What each version matched: the draft, then the list as it stands."""
        full, monday = [], self._monday_of(span.begins) + timedelta(days=7)
        while monday + timedelta(days=7) <= self._monday_of(span.ends):
            full.append(monday)
            monday += timedelta(days=7)
        return [side.reach(full) for side in self._sides]

    def lost_texts(self) -> list[Lost]:
        """The confirmed findings that the draft does not hit any more; the first fifty."""
        return self._lost_texts

    def terms(self, brings: Mapping[int, int]) -> tuple[TermEffect, ...]:
        """What each term of the draft does, in the order of the list."""
        count = self._term
        return tuple(
            TermEffect(
                term=shown,
                posts=count.posts[number],
                alone=count.alone[number],
                confirmed=Share(hits=count.confirmed[number], n=count.answered[number]),
                brings=brings.get(number, 0),
                earned=count.earned[number],
            )
            for number, (shown, _) in enumerate(self._draft.terms)
        )


def _touches(answered: Answered, clause: str) -> bool:
    return clause == "organisation" or answered.clause_id.startswith(clause)


def _is(answered: Answered, clause: str, decision: Decision) -> bool:
    return answered.decision == decision and _touches(answered, clause)


def _right(answered: Answered, clause: str) -> bool | None:
    """Whether a verdict speaks for the words; None: it says nothing about them."""
    if answered.decision not in (Decision.CONFIRMED, Decision.DISMISSED) or answered.reason == "duplicate":
        return None
    if clause == "organisation":
        return answered.reason != "not_about_us"
    return answered.decision == Decision.CONFIRMED


def shortened(text: str) -> str:
    """The text on one line, not too long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHORT else flat[: _SHORT - 1] + "…"
