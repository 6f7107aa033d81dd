"""Tuning a keyword list: what it matches, what a draft would change, and what could be better about it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, mention
from hypothesis import given, settings
from hypothesis import strategies as st
from listing import C03, LIST, config, installed, stored

from classify.keyword_list import compiled
from classify.keywords import Keywords
from classify.query import parse_list
from classify.query_ast import Compound, Term
from klankbord.finding import ClauseScore, Decision, Judgement, Protection, Verdict, finding_id
from klankbord.installation import Installation
from klankbord.mention import Mention, MentionId, Terms
from klankbord.policy import Mode
from klankbord.ports import Batch, Cursor
from klankbord.settings import KeywordList, Organisation, load
from klankbord.tuning.advising import Advice
from klankbord.tuning.backtest import Sample
from klankbord.tuning.outcome import Outcome, brought, examples, judged_of, outcomes
from klankbord.tuning.record import Backtest, Load, Share
from klankbord.tuning.suggest import near_misses, removals, weighed
from klankbord.tuning.trial import Trial, list_of, tried
from klankbord.tuning.vocabulary import Reader

ORGANISATION = Organisation(name="Voorbeeld BV")
POSTS = (
    ("Voorbeeld BV: uit de groepsapp, niks aan de hand", "confirmed"),
    ("Voorbeeld BV: een interne memo over koffie", "confirmed"),
    ("Voorbeeld BV: de groepsapp van de voetbal", "not_touching"),
    ("Voorbeeld BV: de groepsapp en een interne memo", "duplicate"),
    ("Voorbeeld BV: interne mail van gisteren", "open"),
    ("Voorbeeld BV: lekker weer", ""),
)


def table(terms: str, **given: object) -> KeywordList:
    return KeywordList.model_validate({"id": "inside", "clause": "C03", "terms": terms} | given)


def trial(opened: Installation, terms: str = "", **given: object) -> Backtest:
    live = list_of(opened, "inside")
    return Trial(opened, judged=0).of(table(terms, **given) if terms else live, live)


@pytest.fixture
def opened(tmp_path: Path) -> Installation:
    made = installed(tmp_path, inside=LIST)
    stored(made, *POSTS)
    return made


def test_a_draft_is_held_beside_the_list_as_it_stands(opened: Installation) -> None:
    found = trial(opened, "groepsapp\ninterne mail")
    assert found.live is not None
    assert (found.live.posts, found.draft.posts, found.new, found.lost) == (4, 4, 1, 1)
    assert [one.text for one in found.confirmed_lost] == ["Voorbeeld BV: een interne memo over koffie"]
    assert (found.confirmed_read, found.confirmed_gone, found.span.posts) == (2, 0, 6)
    assert (found.draft.by_source, found.draft.by_language) == ({"blog": 4}, {"nl": 4})


def test_a_list_by_itself_has_nothing_new_or_lost(opened: Installation) -> None:
    found = trial(opened)
    assert (found.live, found.new, found.lost, found.confirmed_lost) == (None, 0, 0, ())
    assert found.draft.posts == 4


def test_each_term_is_counted_with_its_verdicts_and_a_duplicate_says_nothing(opened: Installation) -> None:
    app, memo, unused = trial(opened, "groepsapp\ninterne memo\nnooitgehoord").terms
    assert (app.term, app.posts, app.alone, app.confirmed) == ("groepsapp", 3, 2, Share(hits=1, n=2))
    assert (memo.posts, memo.alone, memo.confirmed, memo.earned) == (2, 1, Share(hits=1, n=1), 1)
    assert (unused.posts, unused.earned, unused.confirmed.words) == (0, 0, "no verdicts")


def test_a_share_of_few_verdicts_is_none(opened: Installation) -> None:
    assert Share(hits=3, n=9).words == "3 of 9: too few verdicts"
    assert Share(hits=3, n=9).interval is None
    assert Share(hits=5, n=10).words == "5 of 10: 50% (24%-76%)"


def test_the_span_that_was_really_there_is_told(opened: Installation) -> None:
    found = trial(opened)
    assert found.span.asked == NOW - timedelta(weeks=13)
    assert found.span.begins == NOW - timedelta(days=3)
    assert found.span.weeks == pytest.approx(3 / 7)
    assert found.predicted["n"] == 6


def test_an_empty_store_has_an_empty_backtest(tmp_path: Path) -> None:
    found = trial(installed(tmp_path, inside=LIST))
    assert (found.span.posts, found.draft.posts, found.judged) == (0, 0, None)


def test_posts_whose_source_forbids_judging_are_not_looked_at(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    closed = mention("Voorbeeld BV: groepsapp", terms=Terms(classify=False))
    opened.store.keep("blog", Batch(mentions=(closed,), next=Cursor("1")), [closed], NOW)
    assert trial(opened).span.posts == 0


def test_a_reopened_finding_has_no_verdict_and_a_gone_text_is_told(opened: Installation) -> None:
    key = finding_id(mention(POSTS[1][0]).id, C03)
    opened.store.reopen(key, NOW)
    found = trial(opened, "groepsapp")
    assert (found.confirmed_read, found.confirmed_lost) == (1, ())
    opened.store.answer(
        [
            (
                Verdict(
                    finding_id=finding_id(MentionId("gone"), C03),
                    decision=Decision.CONFIRMED,
                    outcome="general_reminder",
                    by="ann",
                    at=NOW,
                ),
                C03,
            )
        ]
    )
    assert trial(opened).confirmed_gone == 1


def test_a_list_of_the_organisation_counts_what_was_not_about_it(tmp_path: Path) -> None:
    text = LIST.replace('"C03"', '"organisation"').replace("groepsapp", "Voorbeeld")
    opened = installed(tmp_path, inside=text)
    stored(
        opened, ("Voorbeeld BV: a", "not_about_us"), ("Voorbeeld BV: b", "spam"), ("Voorbeeld BV: c", "open")
    )
    first = trial(opened).terms[0]
    assert (first.posts, first.confirmed) == (3, Share(hits=1, n=2))


@given(st.permutations([f"{n:03}" for n in range(300)]), st.integers(1, 40))
@settings(max_examples=30)
def test_a_sample_is_the_same_in_any_order(ids: list[str], most: int) -> None:
    sample = Sample(most)
    for one in ids:
        sample.add(MentionId(one))
    assert (sample.ids, sample.seen) == ([f"{n:03}" for n in range(most)], 300)


class ByLists:
    """Judges by the lists alone: an alert where a list hits, nothing elsewhere; "vakbond" is protected."""

    def compared(
        self, mentions: Sequence[Mention], variants: Sequence[Keywords]
    ) -> list[tuple[Judgement, ...]]:
        return [self._one(mention, variants) for mention in mentions]

    def _one(self, mention: Mention, variants: Sequence[Keywords]) -> tuple[Judgement, ...]:
        from classify.keywords import post_for

        found = []
        for one in variants:
            hit = bool(one.hits(post_for(mention), mention.lang))
            protected = "vakbond" in mention.text
            score = ClauseScore(clause_id=C03, score=float(hit), mode=Mode.ALERT if hit else Mode.SILENT)
            found.append(
                Judgement(
                    mention_id=mention.id,
                    about=True,
                    protection=Protection.NO_FINDING if protected else Protection.NONE,
                    clauses=() if protected else (score,),
                )
            )
        return tuple(found)


def ready(*terms: str) -> Keywords:
    return Keywords(compiled(table(one), (), ORGANISATION) for one in terms)


def judged(*texts: str) -> list[Outcome]:
    variants = (ready(), ready("groepsapp"), ready("memo"))
    return outcomes([mention(text) for text in texts], ByLists(), variants, "C03", ready("memo"))


def test_findings_a_week_follow_from_the_sample() -> None:
    found = judged("de groepsapp", "een memo", "de memo", "groepsapp en memo")
    told = judged_of([(found, 8)], Load(findings=3.0, alerts=3.0), 2.0)
    # two more, one fewer of four; each stands for two posts, over two weeks
    assert (told.posts, told.of) == (4, 8)
    assert told.draft == Load(findings=4.0, alerts=4.0)
    assert told.without == Load(findings=1.0, alerts=1.0)
    assert told.draft.minutes == 8.0


def test_a_term_that_alone_brings_a_finding_is_counted() -> None:
    assert brought(judged("de groepsapp", "een memo", "de memo")) == {0: 2}


def test_no_protected_post_is_ever_an_example() -> None:
    found = judged("een memo", "een memo van de vakbond", "groepsapp en memo")
    assert [one.text for one in examples(found)] == ["een memo"]


def test_a_text_is_tried_with_the_places_of_each_term(tmp_path: Path) -> None:
    settings = load(config(tmp_path, inside=LIST))
    [(one, terms)] = tried(settings, "Een interne memo in de groepsapp")
    assert (one.id, sorted(terms)) == ("inside", [("groepsapp", [(23, 32)]), ("interne memo", [(4, 16)])])
    assert tried(settings, "niets") == []


def words(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text.split()) for text in texts]


def test_words_that_set_confirmed_findings_apart_come_first() -> None:
    yes = words(*["memo rooster app"] * 8, "app")
    no = words(*["app voetbal"] * 8, "rooster app")
    ranked = [one.term for one in weighed(yes, no, {"app": 900, "memo": 5, "voetbal": 5, "rooster": 9}, 1000)]
    assert (ranked[0], ranked[-1]) == ("memo", "voetbal")
    assert abs(next(one.z for one in weighed(yes, no, {"app": 900}, 1000) if one.term == "app")) < 0.5


def test_no_exclusion_is_suggested_that_would_lose_something_confirmed() -> None:
    noise, right = words(*["app voetbal club"] * 4), words("app memo", "club memo")
    assert [(one.term, one.dismissed, one.of) for one in removals(noise, right, lambda _: True)] == [
        ("voetbal", 4, 4)
    ]


@pytest.mark.parametrize(
    ("line", "word", "why"),
    [
        ("klantgegevens", "klant gegevens", "written apart or together"),
        ("gegevens", "klantgegevens", "a compound or longer form"),
        ("groepsapp", "groepsap", "one letter different"),
        ("groepsapp", "groespapp", "one letter different"),
        ("groepsapp", "groepsbon", ""),
        ("memo", "memoo", ""),
    ],
)
def test_a_near_miss_is_told_with_how_it_is_near(line: str, word: str, why: str) -> None:
    node = parse_list(line).root
    assert isinstance(node, Term | Compound)
    found = near_misses([node], [frozenset([word])], lambda _: True)
    assert [one.why for one in found] == ([why] if why else [])


def test_names_handles_and_what_was_masked_are_never_shown() -> None:
    reader = Reader(["Voorbeeld BV"])
    found = reader.terms(
        "Gisteren zei Karin Jansen van Voorbeeld tegen @piet dat de memo weg is, mail jan@x.nl. [naam] ook"
    )
    shown = {term for term in found if reader.showable(term)}
    assert {"memo", "voorbeeld", "de memo"} <= shown
    assert not {"karin", "jansen", "karin jansen", "piet", "jan", "naam", "x"} & shown
    assert "gisteren" not in shown
    reader.terms("dat was gisteren en karin lachte")
    assert reader.showable("gisteren")


def test_suggestions_come_from_verdicts_and_name_nobody(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    stored(
        opened,
        *[(f"Voorbeeld BV: volgens Karin stond in het dienstrooster nummer {n} iets", "confirmed") for n in range(6)],
        *[(f"Voorbeeld BV: de groepsapp van voetbal {n} en Piet", "not_touching") for n in range(6)],
        *[(f"Voorbeeld BV: weer iets anders over koffie {n}", "") for n in range(6)],
        ("Voorbeeld BV: in de groepssapp", "confirmed"),
    )  # fmt: skip
    found = Advice(opened).suggestions(list_of(opened, "inside"))
    assert (found.confirmed, found.dismissed, found.background) == (7, 6, 19)
    assert "dienstrooster" in {one.term for one in found.add}
    assert "voetbal" in {one.term for one in found.exclude}
    assert all(one.of == 6 and one.confirmed_of == 7 for one in found.exclude)
    assert [(one.word, one.term) for one in found.near] == [("groepssapp", "groepsapp")]
    assert found.dead == ("interne memo",)
    told = {one.term for one in found.add} | {one.term for one in found.exclude}
    assert not [term for term in told if "karin" in term or "piet" in term]


def test_with_no_verdicts_nothing_is_suggested(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    found = Advice(opened).suggestions(list_of(opened, "inside"))
    assert (found.add, found.exclude, found.near, found.dead) == ((), (), (), ())


def test_lints_count_what_a_wildcard_stands_for(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST.replace("groepsapp", "gro*\ninterne memo"))
    stored(opened, *POSTS)
    codes = {(key, remark.code): remark for key, remark in Advice(opened).lints(list_of(opened, "inside"))}
    assert set(codes) == {("terms", "wildcard_counted"), ("terms", "list_twice")}
    assert "groepsapp" in codes["terms", "wildcard_counted"].words("nl")
