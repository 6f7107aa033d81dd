"""Posts that say the same share one finding, in whatever order they come and go."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from hypothesis import given, settings
from hypothesis import strategies as st

from klankbord.alerting.rules import Rules
from klankbord.copies import alike, said
from klankbord.finding import (
    ClauseScore,
    Decision,
    Evidence,
    FindingState,
    Judgement,
    Protection,
    Verdict,
)
from klankbord.mention import Mention, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.store import Store
from klankbord.store.kept import Versions
from klankbord.store.retention import Limits

ZONE = ZoneInfo("Europe/Amsterdam")
C02, C07 = ClauseId("C02-confidential"), ClauseId("C07-wrong-advice")
TEXT = (
    "De tarieven 2027 van Voorbeeld BV liggen hier al op tafel, 31,4 cent per eenheid vanaf 1 januari, "
    "en verder mag nog niemand er iets over zeggen tot de brief in november eindelijk de deur uit gaat"
)
COPIES = (
    TEXT,
    f"RT @iemand: {TEXT}",
    f"{TEXT} https://voorbeeld.example/a?b=1",
    TEXT[:140],
    f"RT @iemand: {TEXT[:118]}…",
    TEXT.replace("eindelijk", "toch"),
    TEXT.upper(),
)
OTHER = "De vestiging van Voorbeeld BV in Zwolle gaat in juni dicht, dat weet hier nog niemand behalve wij"


def open_store(url: str) -> Store:
    return Store.open(url, lambda platform, native: f"{platform}{native}"[:32], ZONE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/k.db")
    yield opened
    opened.close()


def post(text: str, name: str, **given: object) -> Mention:
    return mention(text, native_id=name, url=f"https://voorbeeld.example/{name}", **given)


def judgement(of: Mention, mode: Mode = Mode.ALERT, clause: ClauseId = C02) -> tuple[Mention, Judgement]:
    evidence = (Evidence(start=3, end=11, signal="confidential_topic"),)
    score = ClauseScore(clause_id=clause, score=0.9, mode=mode, evidence=evidence)
    return of, Judgement(mention_id=of.id, about=True, clauses=(score,))


def collect(store: Store, *posts: Mention) -> None:
    store.keep("blog", Batch(mentions=posts, next=Cursor("1")), posts, NOW)


def judge(store: Store, *pairs: tuple[Mention, Judgement], version: str = "one", hours: int = 0) -> list[str]:
    now = NOW + timedelta(hours=hours)
    rules, versions = Rules.plain("mail"), Versions(policy="1", classifier=version)
    return list(store.keep_judgements(pairs, versions, rules, NOW - timedelta(days=365), now))


def found(store: Store, *posts: Mention, mode: Mode = Mode.ALERT) -> list[str]:
    collect(store, *posts)
    return judge(store, *(judgement(one, mode) for one in posts))


def shared(store: Store) -> dict[str, list[str]]:
    """The native ids of the copies of every finding, by that of its own post."""
    standing = [one for one in store.findings() if one.state is not FindingState.WITHDRAWN]
    names = {mention.id: mention.native_id for mention in posts_of(store)}
    listed = store.copies([one.id for one in standing])
    return {
        one.mention.native_id: sorted(names[copy.mention_id] for copy in listed.get(one.id, ()))
        for one in standing
    }


def posts_of(store: Store) -> list[Mention]:
    return store.held("feed", [str(number) for number in range(30)])


def delete(store: Store, *names: str) -> None:
    changes = tuple(
        StateChange(platform="feed", native_id=name, state=State.DELETED, at=NOW) for name in names
    )
    store.rechecked("blog", Recheck(changes=changes), "feed", NOW)


def alerts(store: Store) -> list[str]:
    return [one.told_as for one in store.outbox.due(NOW + timedelta(days=1))]


@pytest.mark.parametrize("other", COPIES)
def test_a_copy_is_told_from_a_retweet_to_one_word_changed(other: str) -> None:
    assert alike(said(TEXT), said(other))
    assert alike(said(other), said(TEXT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same frame, another complaint
        (
            "Al drie dagen geen monteur van Voorbeeld BV gezien, mijn verwarming doet het nog steeds niet.",
            "Al drie dagen geen monteur van Voorbeeld BV gezien, de factuur klopt ook al niet.",
        ),
        (
            "Voorbeeld BV vraagt straks 31,4 cent per eenheid, hoor ik binnen",
            "Voorbeeld BV vraagt straks 29 cent per eenheid, hoor ik binnen",
        ),
        # a comment of one's own over what is quoted
        (OTHER, f"Als dit klopt heb ik een probleem want ik werk er om de hoek: {OTHER}"),
        (TEXT, OTHER),
        ("Tarieven Voorbeeld BV gelekt", "Tarieven Voorbeeld BV gelekt"),
        ("", ""),
    ],
)
def test_texts_that_say_something_else_are_no_copies(one: str, other: str) -> None:
    assert not alike(said(one), said(other))


def test_every_truncation_with_a_sign_of_it_is_a_copy() -> None:
    assert all(alike(said(TEXT), said(f"{TEXT[:length]}…")) for length in range(60, len(TEXT)))


@settings(max_examples=8, deadline=None)
@given(
    order=st.permutations(range(len(COPIES))),
    cuts=st.lists(st.integers(1, len(COPIES)), max_size=3),
    modes=st.lists(st.sampled_from((Mode.DIGEST, Mode.ALERT)), min_size=len(COPIES), max_size=len(COPIES)),
)
def test_in_whatever_order_copies_come_one_finding_stands_and_each_is_listed_once(
    order: list[int], cuts: list[int], modes: list[Mode]
) -> None:
    store = open_store("sqlite://")
    posts = [post(COPIES[number], str(number)) for number in range(len(COPIES))]
    collect(store, *posts)
    borders = sorted({0, len(COPIES), *cuts})
    raised: list[str] = []
    for start, end in pairwise(borders):
        raised += judge(store, *(judgement(posts[place], modes[place]) for place in order[start:end]))
    ((first, copies),) = shared(store).items()
    assert sorted([first, *copies]) == sorted(map(str, range(len(COPIES))))
    assert modes[int(first)] is max(modes)
    assert len(alerts(store)) == (Mode.ALERT in modes)
    store.close()


@settings(max_examples=5, deadline=None)
@given(going=st.permutations(range(5)))
def test_in_whatever_order_copies_go_the_others_share_one_finding_and_nobody_is_told_again(
    going: list[int],
) -> None:
    store = open_store("sqlite://")
    found(store, *(post(COPIES[number], str(number)) for number in range(5)))
    for gone in range(4):
        delete(store, str(going[gone]))
        ((first, copies),) = shared(store).items()
        assert sorted([first, *copies]) == sorted(map(str, going[gone + 1 :]))
    assert len(alerts(store)) == 1
    delete(store, str(going[4]))
    assert shared(store) == {}
    store.close()


def test_another_clause_and_another_text_have_findings_of_their_own(store: Store) -> None:
    found(store, post(TEXT, "0"), post(OTHER, "1"))
    advice = post(TEXT, "2")
    collect(store, advice)
    judge(store, judgement(advice, Mode.DIGEST, C07))
    assert shared(store) == {"0": [], "1": [], "2": []}


def test_several_posts_that_are_deleted_at_once_leave_none_of_themselves_behind(store: Store) -> None:
    found(store, *(post(TEXT, str(number)) for number in range(4)))
    delete(store, "0", "1", "2")
    assert shared(store) == {"3": []}


def test_a_copy_is_listed_with_its_place_and_moment(store: Store) -> None:
    first, copy = post(TEXT, "0"), post(TEXT, "1", published_at=NOW - timedelta(minutes=5))
    (key,) = found(store, first, copy)
    ((listed,),) = store.copies([store.finding(key).id]).values()
    assert (listed.platform, listed.source_id, listed.published_at, listed.url) == (
        "feed",
        "blog",
        NOW - timedelta(minutes=5),
        "https://voorbeeld.example/1",
    )


def test_judging_all_again_changes_nothing_and_raises_nothing(store: Store) -> None:
    posts = [post(text, str(number)) for number, text in enumerate(COPIES)]
    found(store, *posts)
    before = shared(store)
    store.judge_again("two")
    assert judge(store, *(judgement(one) for one in reversed(store.unjudged(99))), version="two") == []
    assert shared(store) == before


def test_what_is_only_counted_is_never_listed_beside_a_finding(store: Store) -> None:
    found(store, post(TEXT, "0"))
    found(store, post(TEXT, "1"), post(TEXT, "2"), mode=Mode.COUNT)
    assert shared(store) == {"0": []}
    assert (store.counts()["finding"], store.counts()["finding_copy"]) == (2, 1)


def answered(store: Store, name: str, decision: Decision = Decision.CONFIRMED, hours: int = 1) -> None:
    (finding,) = (one for one in store.findings() if one.mention.native_id == name)
    outcome = "limit_harm" if decision is Decision.CONFIRMED else None
    reason = None if outcome else "public_already"
    at = NOW + timedelta(hours=hours)
    verdict = Verdict(
        finding_id=finding.id, decision=decision, reason=reason, outcome=outcome, by="ann", at=at
    )
    store.answer([(verdict, finding.clause_id)])


def test_an_answer_holds_for_copies_that_come_later_and_for_the_one_that_takes_over(store: Store) -> None:
    found(store, post(TEXT, "0"))
    answered(store, "0")
    older = NOW - timedelta(hours=3)
    assert found(store, post(COPIES[1], "2"), post(TEXT, "1", published_at=older)) == []
    delete(store, "0")
    (finding,) = store.findings()
    assert (finding.mention.native_id, finding.state) == ("1", FindingState.CLOSED)
    _, verdicts = store.history(finding)
    assert [(one.decision, one.by) for one in verdicts] == [(Decision.CONFIRMED, "ann")]
    assert shared(store) == {"1": ["2"]}


def test_a_finding_that_is_withdrawn_gives_its_place_to_a_copy(store: Store) -> None:
    first, copy = post(TEXT, "0"), post(TEXT, "1")
    found(store, first, copy)
    collect(store, post("Voorbeeld BV bestaat vandaag tien jaar, hoera voor iedereen", "0"))
    (edited,) = store.unjudged(9)
    assert judge(store, judgement(edited, Mode.SILENT)) == []
    assert shared(store) == {"1": []}
    assert len(alerts(store)) == 1


def test_a_withdrawn_finding_that_stands_again_is_a_copy_of_its_successor(store: Store) -> None:
    first, copy = post(TEXT, "0"), post(TEXT, "1")
    found(store, first, copy)
    judge(store, judgement(first, Mode.SILENT))
    assert judge(store, judgement(first)) == []
    assert shared(store) == {"1": ["0"]}
    assert store.counts()["finding"] == 1


def test_copies_of_a_text_that_was_edited_into_another_are_judged_again(store: Store) -> None:
    found(store, post(TEXT, "0"), post(TEXT, "1"))
    collect(store, post(OTHER, "0"))
    (edited,) = store.unjudged(9)
    judge(store, judgement(edited))
    (waiting,) = store.unjudged(9)
    assert waiting.native_id == "1"
    judge(store, judgement(waiting))
    assert shared(store) == {"0": [], "1": []}


@pytest.mark.parametrize("protection", [Protection.NO_FINDING, Protection.NO_TEXT])
def test_copies_of_a_protected_post_are_looked_at_again(store: Store, protection: Protection) -> None:
    first, copy = post(TEXT, "0"), post(TEXT, "1")
    found(store, first, copy)
    guarded = Judgement(mention_id=first.id, about=True, protection=protection)
    judge(store, (first, guarded))
    assert shared(store) == {}
    assert [one.native_id for one in store.unjudged(9)] == ["1"]


def test_a_source_that_leaves_no_trace_leaves_none_in_a_copy(store: Store) -> None:
    found(store, post(TEXT, "0", terms=Terms(traceless=True)), post(TEXT, "1"))
    answered(store, "0")
    delete(store, "0")
    assert (shared(store), store.counts()["verdict"]) == ({}, 0)
    assert [one.native_id for one in store.unjudged(9)] == ["1"]


def test_the_texts_of_a_dismissed_finding_and_of_its_copies_go_within_a_day(store: Store) -> None:
    found(store, post(TEXT, "0"), post(TEXT, "1"), post(OTHER, "2"))
    answered(store, "0", Decision.DISMISSED)
    store.purge(Limits(text_days={}), NOW + timedelta(hours=26))
    assert [one.native_id for one in posts_of(store)] == ["2"]
    assert store.counts()["finding_copy"] == 0


def test_a_post_that_shares_another_finding_stays_when_one_is_over(store: Store) -> None:
    first, copy = post(TEXT, "0"), post(TEXT, "1")
    collect(store, first, copy)
    both = judgement(copy)[1].clauses + judgement(copy, Mode.DIGEST, C07)[1].clauses
    judge(store, judgement(first), (copy, Judgement(mention_id=copy.id, about=True, clauses=both)))
    answered(store, "0", Decision.DISMISSED)
    store.purge(Limits(text_days={}), NOW + timedelta(hours=26))
    assert shared(store) == {"1": []}


def test_a_week_counts_a_text_and_its_copies_once(store: Store) -> None:
    from klankbord.week import Week

    found(store, *(post(TEXT, str(number)) for number in range(3)))
    week = Week.of(NOW, ZONE)
    before = store.week(week, ())
    assert [one.findings for one in before.findings_counted] == [1]
    delete(store, "0")
    assert [one.findings for one in store.week(week, ()).findings_counted] == [1]


def test_a_text_that_comes_back_after_a_month_asks_for_a_look_again(store: Store) -> None:
    found(store, post(TEXT, "0"))
    late = post(TEXT, "1")
    collect(store, late)
    assert len(judge(store, judgement(late), hours=31 * 24)) == 1
