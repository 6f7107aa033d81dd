"""An installation and one of its lists come in; suggestions and lints from what is stored go out."""

import re
from collections import Counter
from datetime import timedelta

from classify.folding import fold
from classify.keyword_list import CompiledList, compiled
from classify.keywords import Keywords
from classify.matcher_post import Post
from classify.query import Query
from classify.query_ast import Compound, Term, walk
from classify.query_lint import lint, vocabulary_of
from classify.query_remark import Remark
from klankbord.finding import Decision
from klankbord.installation import Installation
from klankbord.settings import KeywordList
from klankbord.tuning.backtest import EARNING
from klankbord.tuning.suggest import Suggestions, additions, near_misses, removals, weighed
from klankbord.tuning.trial import WEEKS, Trial
from klankbord.tuning.vocabulary import Reader

#: stored posts read for the prior, and verdicts of each side
_BACKGROUND, _VERDICTS = 20_000, 2_000
_PLAIN_WORD = re.compile(r"[^\W_]+")


class Advice:
    """Looks for what could be better about lists."""

    def __init__(self, installation: Installation) -> None:
        """Look at what an installation has stored."""
        self._installation, self._now = installation, installation.clock()
        self._shelf = installation.store.keywords
        organisation = installation.settings.organisation
        topics = [term for topic in organisation.topic for term in (*topic.terms_nl, *topic.terms_en)]
        self._ours = (*organisation.names, *organisation.products, *organisation.competitors, *topics)

    def _compiled(self, table: KeywordList) -> CompiledList:
        settings = self._installation.settings
        return compiled(table, settings.exclusions, settings.organisation)

    def suggestions(self, table: KeywordList) -> Suggestions:
        """Terms to add, to exclude, to look at and to drop.

        Raises:
            SettingsError: the list cannot be read.
        """
        one, reader = self._compiled(table), Reader(self._ours)
        keywords = Keywords([one])
        texts = {side: self._texts(table.clause, side) for side in (Decision.CONFIRMED, Decision.DISMISSED)}
        read = {side: [reader.terms(text) for text in found] for side, found in texts.items()}
        background, posts = self._background(reader)
        hit = {side: [_hits(keywords, text) for text in found] for side, found in texts.items()}
        confirmed, dismissed = read[Decision.CONFIRMED], read[Decision.DISMISSED]
        missed = [words for words, met in zip(confirmed, hit[Decision.CONFIRMED], strict=True) if not met]
        noise = [words for words, met in zip(dismissed, hit[Decision.DISMISSED], strict=True) if met]
        names = {word for name in self._ours for word in _PLAIN_WORD.findall(fold(name))}

        def held(term: str) -> bool:
            # The organisation's own name stands in every post; the list's own terms are there already.
            return set(term.split()) <= names or _hits(keywords, term)

        every = weighed(confirmed, dismissed, background, posts) if confirmed and dismissed else []
        nodes = [
            node for _, query in one.terms for node in walk(query.root) if isinstance(node, Term | Compound)
        ]
        return Suggestions(
            list_id=table.id,
            confirmed=len(confirmed),
            dismissed=len(dismissed),
            background=posts,
            add=additions(every, reader.showable, held),
            exclude=removals(noise, confirmed, reader.showable),
            near=near_misses(nodes, missed, reader.showable),
            dead=self._dead(table),
        )

    def _texts(self, clause: str, decision: Decision) -> list[str]:
        """What posts with a verdict on the clause say; a duplicate says nothing of the words."""
        ids = [
            key
            for key, found in self._shelf.answers().items()
            if any(
                one.decision == decision
                and one.reason != "duplicate"
                and (clause == "organisation" or one.clause_id.startswith(clause))
                for one in found
            )
        ]
        return [f"{one.title}\n{one.text}" for one in self._shelf.mentions(sorted(ids)[:_VERDICTS])]

    def _background(self, reader: Reader) -> tuple[Counter[str], int]:
        held: Counter[str] = Counter()
        posts = 0
        for said in self._shelf.said(self._now - timedelta(weeks=WEEKS), self._now):
            for one in said:
                held.update(reader.terms(f"{one.title}\n{one.text}"))
                posts += 1
            if posts >= _BACKGROUND:
                break
        return held, posts

    def _dead(self, table: KeywordList) -> tuple[str, ...]:
        weeks = -(-EARNING.days // 7)
        found = Trial(self._installation, weeks=weeks, judged=0).of(table, table)
        return tuple(term.term for term in found.terms if not term.posts) if found.span.posts else ()

    def lints(self, table: KeywordList) -> list[tuple[str, Remark]]:
        """Every doubt about a list, by its key; wildcards with what they stand for in the stored posts.

        Raises:
            SettingsError: the list cannot be read.
        """
        one = self._compiled(table)
        wild = any("*" in word or "?" in word for _, query in one.boxes for word in _words(query))
        vocabulary = vocabulary_of(self._words()) if wild else None
        return [(key, remark) for key, query in one.boxes for remark in lint(query, vocabulary)]

    def _words(self) -> set[str]:
        found: set[str] = set()
        for said in self._shelf.said(self._now - timedelta(weeks=WEEKS), self._now):
            for one in said:
                found.update(_PLAIN_WORD.findall(fold(f"{one.title} {one.text}")))
        return found


def _hits(keywords: Keywords, text: str) -> bool:
    return bool(keywords.hits(Post(text=text), None))


def _words(query: Query) -> list[str]:
    return [word for node in walk(query.root) if isinstance(node, Term) for word in node.words]
