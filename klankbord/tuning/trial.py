"""An installation and a list come in; the list is held against what is stored, and a Backtest goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from classify.keyword_list import CompiledList, compile_all, compiled
from classify.keywords import Keywords
from classify.matcher_post import Post
from klankbord.errors import NotFoundError
from klankbord.installation import Installation
from klankbord.mention import MentionId
from klankbord.policy import Mode
from klankbord.settings import KeywordList, Settings
from klankbord.store.keywords import Answered
from klankbord.tuning.backtest import Tally
from klankbord.tuning.outcome import Comparing, Outcome, brought, examples, judged_of, outcomes, standing
from klankbord.tuning.record import Backtest, Judged, Load, Span
from klankbord.week import Week

#: weeks looked back, where nobody says otherwise: 90 days, rounded up
WEEKS = 13
#: posts judged at most, for those that change sides and for those that stay: four milliseconds each
JUDGED = 100


def list_of(installation: Installation, list_id: str) -> KeywordList:
    """A list of the config by its name.

    Raises:
        NotFoundError: there is none.
    """
    for one in installation.settings.keyword_lists:
        if one.id == list_id:
            return one
    known = ", ".join(one.id for one in installation.settings.keyword_lists) or "none yet"
    raise NotFoundError(f"no list {list_id!r} in config/keywords; there are: {known}")


class Trial:
    """Tries lists on what an installation has stored."""

    def __init__(self, installation: Installation, *, weeks: int = WEEKS, judged: int = JUDGED) -> None:
        """Look so many weeks back, and judge so many posts of each kind; 0: none."""
        self._installation, self._most, self._now = installation, judged, installation.clock()
        self._shelf, self._zone = installation.store.keywords, installation.settings.zone
        self._asked = self._now - timedelta(weeks=weeks)

    def of(self, draft: KeywordList, live: KeywordList | None) -> Backtest:
        """A draft beside the list as it stands; `live` None: the draft is a new list.

        Raises:
            SettingsError: a list cannot be read.
        """
        same = live is not None and live == draft
        pair = [self._compiled(one) for one in (draft, live) if one is not None]
        answers = self._shelf.answers()
        tally = Tally(
            pair[1] if live is not None and not same else None,
            pair[0],
            answers,
            self._monday,
            now=self._now,
            most=self._most,
        )
        for said in self._shelf.said(self._asked, self._now):
            tally.add(said)
        span = tally.span(self._asked, self._now)
        judged, found = self._judged(tally, pair[0], live, span, answers)
        return self._told(tally, draft, live if not same else None, span, judged, found)

    def _told(
        self,
        tally: Tally,
        draft: KeywordList,
        live: KeywordList | None,
        span: Span,
        judged: Judged | None,
        found: Sequence[Outcome],
    ) -> Backtest:
        reaches, stands = tally.reaches(span), standing(found)
        return Backtest(
            list_id=draft.id,
            clause=draft.clause,
            span=span,
            live=reaches[1] if live is not None else None,
            draft=reaches[0],
            new=tally.new,
            lost=tally.lost,
            confirmed_lost=tuple(
                replace(one, stands=stands.get(one.mention_id)) for one in tally.lost_texts()
            ),
            confirmed_read=tally.confirmed_read,
            confirmed_gone=self._shelf.gone(draft.clause) if draft.clause != "organisation" else 0,
            terms=tally.terms(brought(found)),
            judged=judged,
            examples=examples(found),
        )

    def _compiled(self, one: KeywordList) -> CompiledList:
        settings = self._installation.settings
        return compiled(one, settings.exclusions, settings.organisation)

    def _monday(self, moment: datetime) -> date:
        return Week.of(moment, self._zone).monday

    def _judged(
        self,
        tally: Tally,
        draft: CompiledList,
        live: KeywordList | None,
        span: Span,
        answers: Mapping[MentionId, Sequence[Answered]],
    ) -> tuple[Judged | None, list[Outcome]]:
        clause = draft.table.clause
        if not self._most or clause == "organisation" or not (tally.changing.seen or tally.staying.seen):
            return None, []
        variants = self._variants(draft, live)
        classifier = self._comparing()
        samples: list[tuple[list[Outcome], int]] = []
        for sample in (tally.changing, tally.staying):
            mentions = self._shelf.mentions(sample.ids)
            samples.append((outcomes(mentions, classifier, variants, clause, Keywords([draft])), sample.seen))
        seen = {one.mention.id for found, _ in samples for one in found}
        missing = [one.mention_id for one in tally.lost_texts() if one.mention_id not in seen]
        beside = outcomes(self._shelf.mentions(missing), classifier, variants, clause, Keywords([draft]))
        judged = judged_of(samples, self._stored(answers, clause, span), span.weeks)
        return judged, [*(one for found, _ in samples for one in found), *beside]

    def _comparing(self) -> Comparing:
        from classify.judge import PolicyClassifier

        return PolicyClassifier(
            self._installation.settings, self._installation.model, self._installation.encoder
        )

    def _variants(self, draft: CompiledList, live: KeywordList | None) -> tuple[Keywords, Keywords, Keywords]:
        settings = self._installation.settings
        others = [one for one in compile_all(settings) if one.table.id != draft.table.id]
        others = [one for one in others if one.table.clause != "organisation"]
        standing_list = [self._compiled(live)] if live is not None else []
        return Keywords(others), Keywords([*others, *standing_list]), Keywords([*others, draft])

    def _stored(self, answers: Mapping[MentionId, Sequence[Answered]], clause: str, span: Span) -> Load:
        """Findings a week on the clause, as the store holds them."""
        wanted = [
            (key, one.mode)
            for key, found in answers.items()
            for one in found
            if one.clause_id.startswith(clause)
        ]
        published = self._shelf.published([key for key, _ in wanted])
        modes = [mode for key, mode in wanted if (at := published.get(key)) and at >= span.begins]
        return Load(
            findings=len(modes) / span.weeks,
            alerts=sum(mode is Mode.ALERT for mode in modes) / span.weeks,
        )


#: a term as it was written, and where it stands in a text
Marked = tuple[str, list[tuple[int, int]]]


def tried(settings: Settings, text: str) -> list[tuple[KeywordList, list[Marked]]]:
    """The lists that hit a text, whatever its language, each with its terms and where they stand.

    Raises:
        SettingsError: a list cannot be read.
    """
    lists = compile_all(settings)
    return [
        (
            hit.table,
            [
                (lists[number].terms[term][0], [(place.start, place.end) for place in places])
                for term, places in hit.terms
            ],
        )
        for number, hit in Keywords(lists).hits_many((Post(text=text),), lambda _: None)[0]
    ]
