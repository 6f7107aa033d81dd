"""The store keeps each post once, forgets what it must, and counts without people."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from builders import NOW, mention
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from klankbord.alerting.rules import Recipient, Rules
from klankbord.errors import (
    DeliveryError,
    NotFoundError,
    PermanentError,
    StoreError,
    TransientError,
)
from klankbord.finding import (
    ClauseScore,
    Decision,
    Evidence,
    FindingState,
    Judgement,
    Protection,
    Verdict,
    finding_id,
)
from klankbord.mention import Mention, SourceId, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor, Gap, Recheck, Spend
from klankbord.pseudonym import Pseudonyms
from klankbord.store import Store, schema
from klankbord.store.kept import Versions
from klankbord.store.mentions import Rechecks
from klankbord.store.retention import Limits
from klankbord.week import SourceHealth, Week

ZONE = ZoneInfo("Europe/Amsterdam")
C02, C05 = ClauseId("C02-confidential"), ClauseId("C05-open-identity")
VERSIONS = Versions(policy="1.0.0", classifier="one")
LONG_AGO = NOW - timedelta(days=3650)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/k.db", Pseudonyms(tmp_path / "keys").forgotten, ZONE)
    yield opened
    opened.close()


def keep(store: Store, *mentions: Mention, cursor: str = "1", now: datetime = NOW) -> object:
    return store.keep("blog", Batch(mentions=mentions, next=Cursor(cursor)), mentions, now)


def rechecks(now: datetime, *, early: timedelta = timedelta(days=365)) -> Rechecks:
    return Rechecks(
        before=now - timedelta(days=7), flagged_before=now - timedelta(hours=24), early_before=now - early
    )


def score(clause: ClauseId = C02, mode: Mode = Mode.ALERT, value: float = 0.9) -> ClauseScore:
    evidence = (Evidence(start=0, end=2, signal="confidential_topic"),)
    return ClauseScore(clause_id=clause, score=value, mode=mode, evidence=evidence, details={"topic": "t"})


def judgement(post: Mention, *scores: ClauseScore, **fields: object) -> tuple[Mention, Judgement]:
    given: dict[str, object] = {"mention_id": post.id, "about": True, "clauses": scores} | fields
    return post, Judgement(**given)  # type: ignore[arg-type]


def judge(store: Store, *pairs: tuple[Mention, Judgement], now: datetime = NOW) -> list[str]:
    return list(store.keep_judgements(pairs, VERSIONS, Rules.plain("mail"), LONG_AGO, now))


def everything(tmp_path: Path) -> str:
    """All the bytes the store has on disk, as one text."""
    return "".join(file.read_bytes().decode("latin-1") for file in tmp_path.glob("k.db*"))


def test_collecting_twice_stores_once(store: Store) -> None:
    posts = [mention(f"bericht {number} over Voorbeeld BV") for number in range(20)]
    keep(store, *posts)
    keep(store, *posts)
    assert store.counts()["mention"] == 20
    assert store.counts()["change"] == 20


def test_what_is_kept_comes_back_as_it_was(store: Store) -> None:
    post = mention(
        "é 😀 \u200d tekst", title="Kop", context="ouder", terms=Terms(export=False), thread_id="t1"
    )
    keep(store, post)
    assert store.unjudged(10) == [post]


@settings(max_examples=25, deadline=None)
@given(body=st.text(max_size=300), title=st.text(max_size=80))
def test_any_text_can_be_kept(body: str, title: str) -> None:
    store = Store.open("sqlite://", lambda platform, native: f"{platform}{native}"[:32], ZONE)
    post = mention(body, title=title, native_id="one")
    store.keep("blog", Batch(mentions=(post,), next=Cursor("1")), [post], NOW)
    (back,) = store.unjudged(1)
    assert back.text == body.encode("utf-8", "replace").decode().replace("\x00", "")
    store.close()


def test_an_edit_is_a_new_revision_of_the_same_mention_and_is_judged_again(store: Store) -> None:
    post = mention("eerste versie", native_id="n")
    keep(store, post)
    judge(store, judgement(post, score()))
    edited = mention("tweede versie", native_id="n", author="someone-else")
    keep(store, edited, now=NOW + timedelta(hours=1))
    (waiting,) = store.unjudged(10)
    assert (waiting.id, waiting.text, waiting.state) == (post.id, "tweede versie", State.EDITED)
    assert waiting.author == post.author
    assert waiting.collected_at == post.collected_at


def test_a_finding_that_no_longer_stands_after_an_edit_is_withdrawn(store: Store) -> None:
    post = mention("eerste versie", native_id="n")
    keep(store, post)
    judge(store, judgement(post, score()))
    keep(store, mention("tweede versie", native_id="n"))
    judge(store, judgement(store.unjudged(1)[0], score(mode=Mode.SILENT)))
    assert [finding.state for finding in store.findings()] == [FindingState.WITHDRAWN]


def test_a_deleted_post_leaves_a_count_and_does_not_come_back(store: Store, tmp_path: Path) -> None:
    post = mention("zeldzaamwoord in de tekst", native_id="n")
    keep(store, post)
    judge(store, judgement(post, score()))
    gone = StateChange(platform="feed", native_id="n", state=State.DELETED, at=NOW)
    store.rechecked("blog", Recheck(changes=(gone,)), "feed", NOW)
    keep(store, post)
    assert (store.counts()["mention"], store.counts()["finding"]) == (0, 0)
    week = store.week(Week.of(NOW, ZONE), [])
    assert [count.mentions for count in week.mentions] == [1]
    assert [count.findings for count in week.findings_counted] == [1]
    store.close()
    assert "zeldzaamwoord" not in everything(tmp_path)


def test_the_guard_leaves_no_trace_of_a_post(store: Store, tmp_path: Path) -> None:
    protected = mention("vakbondswoord zeldzaam", native_id="protected-one", url="https://b.example/geheim")
    keep(store, protected, mention("gewoon bericht", native_id="plain"))
    judge(store, judgement(protected, protection=Protection.NO_TEXT))
    keep(store, protected)
    assert store.counts()["mention"] == 1
    assert store.week(Week.of(NOW, ZONE), []).guarded == 1
    store.close()
    disk = everything(tmp_path)
    for trace in ("vakbondswoord", "protected-one", "geheim", protected.id, protected.revision, "P02"):
        assert trace not in disk


def test_a_protected_post_that_stays_carries_nothing_that_says_so(store: Store) -> None:
    plain, protected = mention("gewoon", native_id="a"), mention("misstand", native_id="b")
    keep(store, plain, protected)
    judge(store, judgement(plain), judgement(protected, protection=Protection.NO_FINDING))
    with store._reading() as connection:
        rows = connection.execute(text("SELECT * FROM mention")).mappings().all()
        changes = connection.execute(text("SELECT what, detail FROM change")).all()
    different = {key for key in rows[0] if rows[0][key] != rows[1][key]}
    assert different == {"id", "native_id", "revision", "text", "judged_revision"}
    assert {what for what, _ in changes} == {"collected", "classified"}


def test_a_post_that_is_not_about_us_is_taken_out_and_not_counted(store: Store) -> None:
    post = mention("een vogel", native_id="bird")
    keep(store, post)
    judge(store, judgement(post, about=False))
    week = store.week(Week.of(NOW, ZONE), [])
    assert (store.counts()["mention"], sum(c.mentions for c in week.mentions)) == (0, 0)


def test_cursor_and_mentions_move_together(store: Store) -> None:
    assert store.cursor("blog") is None
    keep(store, mention(), cursor='{"v":1}')
    assert store.cursor("blog") == '{"v":1}'


def test_a_batch_that_fails_moves_nothing(store: Store) -> None:
    naive = mention("zonder zone", published_at=datetime(2026, 11, 1))  # noqa: DTZ001
    with pytest.raises(Exception, match="without a zone"):
        keep(store, mention(), naive, cursor="later")
    assert (store.cursor("blog"), store.counts()["mention"]) == (None, 0)


def test_one_post_found_by_two_queries_is_one_row_with_both(store: Store) -> None:
    keep(store, mention("zelfde", native_id="n", matched=("a",)))
    keep(store, mention("zelfde", native_id="n", matched=("b",)))
    assert store.unjudged(5)[0].matched == ("a", "b")


def test_an_alert_is_queued_once_however_often_the_mention_is_judged(store: Store) -> None:
    post = mention()
    keep(store, post)
    assert judge(store, judgement(post, score())) == [finding_id(post.id, C02)]
    assert judge(store, judgement(post, score())) == []
    assert [due.key for due in store.outbox.due(NOW)] == [f"alert-{finding_id(post.id, C02)}"]


def test_a_finding_that_rises_to_alert_is_told_then(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score(mode=Mode.DIGEST)))
    assert store.outbox.due(NOW) == []
    judge(store, judgement(post, score(mode=Mode.ALERT)))
    assert len(store.outbox.due(NOW)) == 1


def test_an_old_post_waits_for_the_digest(store: Store) -> None:
    post = mention(published_at=NOW - timedelta(days=30))
    keep(store, post)
    store.keep_judgements(
        [judgement(post, score())], VERSIONS, Rules.plain("mail"), NOW - timedelta(days=7), NOW
    )
    assert store.outbox.due(NOW) == []
    assert len(store.findings()) == 1


def test_only_one_process_gets_a_message(store: Store) -> None:
    store.outbox.queue("digest-2026-W47", [Recipient(channel_id="mail")], "digest", NOW)
    (due,) = store.outbox.due(NOW)
    assert [store.outbox.claim(due, NOW), store.outbox.claim(due, NOW)] == [True, False]


def test_a_claim_left_by_a_dead_process_is_taken_up_again(store: Store) -> None:
    store.outbox.queue("digest-2026-W47", [Recipient(channel_id="mail")], "digest", NOW)
    store.outbox.claim(store.outbox.due(NOW)[0], NOW)
    assert store.outbox.due(NOW) == []
    assert len(store.outbox.due(NOW + timedelta(minutes=11))) == 1
    store.outbox.release()
    assert len(store.outbox.due(NOW)) == 1


def test_a_message_that_fails_is_tried_later_and_given_up_in_the_end(store: Store) -> None:
    store.outbox.queue("digest-2026-W47", [Recipient(channel_id="mail")], "digest", NOW)
    moment = NOW
    tries = 0
    while due := store.outbox.due(moment):
        store.outbox.claim(due[0], moment)
        store.outbox.failed(due[0], DeliveryError("no answer"), moment)
        tries += 1
        moment += timedelta(days=1)
    assert (tries, store.outbox.listed()[0]["state"], store.outbox.listed()[0]["error"]) == (
        8,
        "failed",
        "no answer",
    )


def test_a_permanent_failure_is_not_tried_again(store: Store) -> None:
    store.outbox.queue("digest-2026-W47", [Recipient(channel_id="mail")], "digest", NOW)
    (due,) = store.outbox.due(NOW)
    store.outbox.claim(due, NOW)
    store.outbox.failed(due, DeliveryError("no such user", permanent=True), NOW)
    assert store.outbox.due(NOW + timedelta(days=9)) == []


def test_a_verdict_closes_and_undo_opens_again(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score()))
    key = finding_id(post.id, C02)
    verdict = Verdict(finding_id=key, decision=Decision.DISMISSED, reason="public_already", by="ann", at=NOW)
    store.answer([(verdict, C02)])
    assert store.finding(key[:6]).state is FindingState.CLOSED
    store.reopen(key, NOW)
    history, verdicts = store.history(store.finding(key))
    assert store.finding(key).state is FindingState.OPEN
    assert verdicts == [verdict]
    assert [what for _, what, _ in history] == ["collected", "classified", "judged", "judged"]


def test_unsure_leaves_the_finding_open(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score()))
    key = finding_id(post.id, C02)
    store.answer([(Verdict(finding_id=key, decision=Decision.UNSURE, by="ann", at=NOW), C02)])
    assert store.finding(key).state is FindingState.OPEN


def test_no_finding_and_several_findings_are_told_apart(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no finding"):
        store.finding("zz")
    with pytest.raises(NotFoundError):
        store.finding("%")


def test_a_clause_that_is_only_counted_is_never_listed_and_keeps_no_spans(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score(clause=C05, mode=Mode.COUNT)))
    assert store.findings() == []
    counted = store.week(Week.of(NOW, ZONE), []).findings_counted
    assert [(count.clause_id, count.mode, count.findings) for count in counted] == [(C05, Mode.COUNT, 1)]
    with store._reading() as connection:
        assert connection.execute(text("SELECT evidence, details, score FROM finding")).one() == (
            "[]",
            "{}",
            0,
        )


def test_texts_go_when_their_time_is_over(store: Store) -> None:
    old, flagged = mention("oud", native_id="old"), mention("gemeld", native_id="flagged")
    keep(store, old, flagged)
    judge(store, judgement(old), judgement(flagged, score()))
    limits = Limits(text_days={"blog": 30})
    assert store.purge(limits, NOW + timedelta(days=29)) == 0
    assert store.purge(limits, NOW + timedelta(days=31)) == 1
    assert [finding.mention.text for finding in store.findings()] == ["gemeld"]
    assert store.purge(limits, NOW + timedelta(days=61)) == 1
    assert store.counts()["mention"] == 0
    assert sum(count.mentions for count in store.week(Week.of(NOW, ZONE), []).mentions) == 2


def test_a_dismissed_text_goes_within_a_day(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score()))
    key = finding_id(post.id, C02)
    store.answer([(Verdict(finding_id=key, decision=Decision.DISMISSED, reason="spam", by="a", at=NOW), C02)])
    limits = Limits(text_days={"blog": 30})
    assert store.purge(limits, NOW + timedelta(hours=23)) == 0
    assert store.purge(limits, NOW + timedelta(hours=25)) == 1
    assert store.counts()["verdict"] == 1


def test_a_source_that_fails_and_comes_back_leaves_a_gap(store: Store) -> None:
    store.succeeded("blog", "blog.example", NOW, new=False, news=False)
    assert store.failed("blog", TransientError("no answer"), NOW + timedelta(hours=1)) == 1
    assert store.failed("blog", TransientError("no answer"), NOW + timedelta(hours=2)) == 2
    store.succeeded("blog", "blog.example", NOW + timedelta(hours=3), new=True, news=True)
    (gap,) = store.week(Week.of(NOW, ZONE), []).gaps
    assert (gap.from_at, gap.to_at, gap.reason) == (NOW, NOW + timedelta(hours=3), "transient")


def test_the_error_stands_on_the_source_until_it_succeeds(store: Store) -> None:
    known = [SourceHealth(source_id=SourceId("blog"), name="Blog", kind="feed")]
    store.failed("blog", PermanentError("gone"), NOW)
    (health,) = store.health(known)
    assert (health.failures, health.error_word, health.error) == (1, "permanent", "gone")
    store.succeeded("blog", "blog.example", NOW, new=False, news=False)
    assert store.health(known)[0].failures == 0


def test_a_gap_is_told_once(store: Store) -> None:
    gap = Gap(from_at=NOW - timedelta(hours=5), to_at=NOW, reason="more was posted than the feed shows")
    for _ in range(2):
        store.keep("blog", Batch(next=Cursor("1"), gap=gap, spent=Spend(requests=1)), [], NOW)
    assert store.counts()["gap"] == 1


def test_weeks_begin_on_local_midnight_across_the_clock_change(store: Store) -> None:
    # 2026-10-25 03:00 becomes 02:00 in Amsterdam: that week has 169 hours.
    week = Week.of(datetime(2026, 10, 21, tzinfo=UTC), ZONE)
    last = week.end_at - timedelta(minutes=1)
    next_week = week.end_at + timedelta(minutes=1)
    keep(
        store,
        mention("een", native_id="1", published_at=week.start_at),
        mention("twee", native_id="2", published_at=last),
        mention("drie", native_id="3", published_at=next_week),
    )
    counts = {count.monday: count.mentions for count in store.week(week.later(1), []).mentions}
    assert counts == {date(2026, 10, 19): 2, date(2026, 10, 26): 1}


def test_rechecks_ask_for_flagged_posts_first(store: Store) -> None:
    plain, flagged = mention("a", native_id="a"), mention("b", native_id="b")
    keep(store, plain, flagged)
    judge(store, judgement(plain), judgement(flagged, score()))
    day_later = NOW + timedelta(hours=25)
    due = store.to_recheck("blog", rechecks(day_later), 10)
    assert [post.native_id for post in due] == ["b"]


def test_a_store_made_by_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    Store.open(url, lambda a, b: a + b, ZONE).close()
    with create_engine(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer Klankbord"):
        Store.open(url, lambda a, b: a + b, ZONE)


def test_a_store_that_cannot_be_opened_says_so_without_its_password() -> None:
    with pytest.raises(StoreError) as told:
        Store.open("sqlite:////proc/nowhere/secret.db", lambda a, b: a + b, ZONE)
    assert "secret" not in str(told.value)


def test_reclassifying_queues_only_what_another_classifier_judged(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post))
    assert [store.judge_again("one"), store.judge_again("two")] == [0, 1]
    assert len(store.unjudged(5)) == 1


def test_a_post_that_turns_out_protected_takes_its_findings_and_answers_along(store: Store) -> None:
    post = mention()
    keep(store, post)
    judge(store, judgement(post, score()))
    key = finding_id(post.id, C02)
    store.answer([(Verdict(finding_id=key, decision=Decision.UNSURE, note="hm", by="ann", at=NOW), C02)])
    judge(store, judgement(post, protection=Protection.NO_TEXT))
    kept = store.counts()
    assert {
        name: kept[name] for name in ("mention", "finding", "verdict", "change", "message")
    } == dict.fromkeys(("mention", "finding", "verdict", "change", "message"), 0)


def test_an_error_of_the_store_says_nothing_of_a_post(store: Store, tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path}/k.db").begin() as other:
        other.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON mention BEGIN SELECT raise(ABORT, 'disk'); END")
        )
    with pytest.raises(StoreError) as told:
        keep(store, mention("zeldzaamwoord"))
    assert "zeldzaamwoord" not in str(told.value)
    assert "zeldzaamwoord" not in str(told.value.__cause__)


def test_the_migrations_make_what_the_schema_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/m.db"
    Store.open(url, lambda a, b: a + b, ZONE).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        different = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    engine.dispose()
    assert different == []
