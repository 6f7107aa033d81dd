"""An edition stays as it was made, but for what is gone; the same store gives the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest
from builders import NOW, mention

from klankbord import verdicts
from klankbord.alerting.rules import Rules
from klankbord.errors import ModelError
from klankbord.finding import ClauseScore, Embedding, Evidence, Judgement, Protection
from klankbord.installation import Installation
from klankbord.mention import Mention, MentionId, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.settings import load
from klankbord.store.kept import Versions
from klankbord.week import Week

CONFIG = Path(__file__).parent.parent / "config"
MONDAY = datetime(2026, 11, 23, 6, 45, tzinfo=UTC)
SECRET = "Zeldzaam geheim van Voorbeeld BV"
QUESTION = "Weet iemand hoe ik mijn meterstand doorgeef aan Voorbeeld BV?"


class Judge:
    """Says what it was told of each text; everything else is open and silent."""

    version = "fake"

    def __init__(self, **protected: Protection) -> None:
        self.protected, self.asked = protected, 0

    def judge(
        self,
        mentions: Sequence[Mention],
        kept: Mapping[MentionId, Embedding] = {},
    ) -> list[Judgement]:
        self.asked += len(mentions)
        return [
            Judgement(
                mention_id=one.id,
                about=True,
                protection=self.protected.get(one.native_id, Protection.NONE),
            )
            for one in mentions
        ]


class Broken(Judge):
    """Cannot be used."""

    def judge(
        self,
        mentions: Sequence[Mention],
        kept: Mapping[MentionId, Embedding] = {},
    ) -> list[Judgement]:
        raise ModelError("there is no model")


House = Callable[..., Installation]


@pytest.fixture
def at(tmp_path: Path) -> House:
    """An installation whose clock stands at a moment, with a hand-made classifier."""
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.glob("*.toml"):
        copy(file, config / file.name)

    def made(moment: datetime = MONDAY, judge: Judge | None = None) -> Installation:
        house = Installation(load(config), lambda: moment)
        house.__dict__["classifier"] = judge or Judge()
        return house

    return made


def keep(house: Installation, *posts: Mention, clause: str = "") -> None:
    """Keep posts, judged; with a finding on a clause where one is given."""
    house.store.keep("blog", Batch(mentions=posts, next=Cursor("1")), list(posts), NOW)
    evidence = (Evidence(start=0, end=8, signal="keyword:inside"),)
    score = ClauseScore(clause_id=ClauseId(clause or "C02"), score=0.91, mode=Mode.ALERT, evidence=evidence)
    judged = [
        (post, Judgement(mention_id=post.id, about=True, clauses=(score,) if clause else ()))
        for post in posts
    ]
    house.store.keep_judgements(
        judged, Versions(policy="1", classifier="1"), Rules.plain("outbox"), NOW + timedelta(days=90), NOW
    )


def week_of(house: Installation) -> Week:
    return Week.named("2026-W47", house.settings.zone)


def text_of(house: Installation) -> str:
    return (house.settings.data_dir / "digests" / "2026-W47.txt").read_text("utf-8")


def gone(house: Installation, native_id: str) -> None:
    change = StateChange(platform="feed", native_id=native_id, state=State.DELETED, at=NOW)
    house.store.rechecked("blog", Recheck(changes=(change,)), "feed", NOW)


def test_the_same_store_gives_the_same_bytes_at_any_later_moment(at: House) -> None:
    house = at()
    keep(house, mention(SECRET), clause="C02-confidential")
    first = house.write_digest(week_of(house), send=False)
    before = first.html.read_bytes()
    later = at(MONDAY + timedelta(days=3))
    again = later.write_digest(week_of(later), send=False)
    assert (again.html.read_bytes(), again.digest, again.late) == (before, first.digest, False)
    assert len(house.store.editions.every()) == 1


def test_what_changed_in_the_store_makes_a_new_edition(at: House) -> None:
    house = at()
    keep(house, mention(SECRET, native_id="1"), clause="C02-confidential")
    house.write_digest(week_of(house), send=False)
    keep(house, mention("Nog een geheim van Voorbeeld BV", native_id="2"), clause="C02-confidential")
    house.write_digest(week_of(house), send=False)
    editions = house.store.editions.every()
    assert [one.week for one in editions] == ["2026-W47", "2026-W47"]
    assert len({one.fingerprint for one in editions}) == 2


def test_an_edition_is_drawn_again_as_it_was_but_for_the_post_that_is_gone(at: House) -> None:
    house = at()
    keep(house, mention(SECRET, native_id="1"), clause="C02-confidential")
    keep(house, mention("Nog een verhaal van Voorbeeld BV", native_id="2"), clause="C02-confidential")
    house.write_digest(week_of(house), send=False)
    kept = text_of(house)
    gone(house, "1")
    later = at(MONDAY + timedelta(days=20))
    # What came since is no part of that edition.
    keep(later, mention("Een derde van Voorbeeld BV", native_id="3"), clause="C02-confidential")
    assert (later.redraw(), later.redraw()) == (1, 0)
    drawn = text_of(house)
    assert ("Zeldzaam" in kept, "Zeldzaam" in drawn) == (True, False)
    assert ("verhaal van Voorbeeld" in drawn, "derde*" in drawn or "Een derde" in drawn) == (True, False)


def test_an_answer_does_not_change_an_edition_that_was_made(at: House) -> None:
    house = at()
    keep(house, mention(SECRET), clause="C02-confidential")
    house.write_digest(week_of(house), send=False)
    first = house.weekly.to_send("2026-W47")
    (found,) = house.store.findings()
    verdicts.keep(house.store, [verdicts.Row(found.id, "confirmed", "", "limit_harm", "")], "ann", MONDAY)
    assert house.weekly.to_send("2026-W47") == first


def test_an_edited_post_is_not_quoted_as_it_was(at: House) -> None:
    house = at()
    post = mention(SECRET, native_id="1")
    keep(house, post, clause="C02-confidential")
    house.write_digest(week_of(house), send=False)
    edited = mention("Dit bericht is aangepast.", native_id="1")
    house.store.keep("blog", Batch(mentions=(edited,), next=Cursor("2")), [edited], MONDAY)
    assert house.redraw() == 1
    assert "Zeldzaam" not in text_of(house)


def test_a_text_whose_time_is_over_leaves_the_stored_digest_too(at: House) -> None:
    house = at()
    keep(house, mention(QUESTION))
    house.write_digest(week_of(house), send=False)
    assert "meterstand" in text_of(house)
    later = at(MONDAY + timedelta(days=45))
    assert later.purge() == 1
    assert "meterstand" not in text_of(house)


def test_a_question_is_quoted_only_after_the_guard_has_looked(at: House) -> None:
    judge = Judge()
    house = at(judge=judge)
    keep(house, mention(QUESTION, native_id="open"))
    (shown,) = house.digest_of(week_of(house)).notable
    assert (shown.kind, shown.quote.text) == ("question", QUESTION)
    assert judge.asked == 1


@pytest.mark.parametrize("protection", [Protection.NO_FINDING, Protection.NO_TEXT])
def test_protected_speech_is_never_pointed_at(at: House, protection: Protection) -> None:
    house = at(judge=Judge(open=protection))
    keep(house, mention(QUESTION, native_id="open"))
    assert house.digest_of(week_of(house)).notable == ()


def test_without_a_classifier_nothing_is_quoted(at: House) -> None:
    house = at(judge=Broken())
    keep(house, mention(QUESTION))
    assert house.digest_of(week_of(house)).notable == ()


def test_what_was_not_judged_yet_is_not_quoted(at: House) -> None:
    judge = Judge()
    house = at(judge=judge)
    post = mention(QUESTION)
    house.store.keep("blog", Batch(mentions=(post,), next=Cursor("1")), [post], NOW)
    assert (house.digest_of(week_of(house)).notable, judge.asked) == ((), 0)


def test_a_row_that_may_only_be_displayed_is_never_quoted(at: House) -> None:
    house = at()
    keep(house, mention(QUESTION, terms=Terms(export=False)))
    assert house.digest_of(week_of(house)).notable == ()


def test_an_answer_that_was_read_settles_a_question(at: House) -> None:
    house = at()
    keep(house, mention(QUESTION, native_id="q"))
    keep(house, mention("Dat kan in de app van Voorbeeld BV.", native_id="a", parent_id="q"))
    assert house.digest_of(week_of(house)).notable == ()


def test_a_missed_monday_leaves_once_and_says_that_it_is_late(at: House) -> None:
    house = at(MONDAY + timedelta(days=2))
    keep(house, mention(SECRET), clause="C02-confidential")
    week = house.overdue_week()
    assert week is not None
    written = house.write_digest(week, send=True)
    assert written.late
    assert "maandag" in written.digest.late or "ma 23 nov" in written.digest.late
    assert house.overdue_week() is None
    # Built again later it is still the edition that was late.
    assert at(MONDAY + timedelta(days=3)).write_digest(week, send=True).digest == written.digest
    house.tell()
    house.tell()
    assert len(list((house.settings.data_dir / "outbox").glob("digest-*.eml"))) == 1


def test_one_that_left_in_time_is_not_late_when_it_is_built_again(at: House) -> None:
    house = at(datetime(2026, 11, 23, 6, 45, tzinfo=UTC))
    keep(house, mention(SECRET, native_id="1"), clause="C02-confidential")
    house.write_digest(week_of(house), send=True)
    later = at(MONDAY + timedelta(days=4))
    keep(later, mention("Later van Voorbeeld BV", native_id="2"), clause="C02-confidential")
    assert not later.write_digest(week_of(later), send=False).late


def test_keyword_lists_keep_their_verdicts_after_the_texts_are_gone(at: House) -> None:
    house = at()
    posts = [mention(f"Bericht {n} van Voorbeeld BV over iets", native_id=str(n)) for n in range(6)]
    keep(house, *posts, clause="C02-confidential")
    rows = [verdicts.Row(one.id, "dismissed", "spam", "", "") for one in house.store.findings()]
    verdicts.keep(house.store, rows, "ann", NOW)
    before = house.facts(week_of(house)).answers
    for post in posts[:4]:
        gone(house, post.native_id)
    after = house.facts(week_of(house)).answers
    assert before == after
    assert [(one.list_id, one.dismissed) for one in after.lists] == [("inside", 6)]


def test_no_edition_holds_a_word_of_a_post_or_who_wrote_it(at: House) -> None:
    house = at()
    keep(house, mention(SECRET, author="f00dfeedf00d"), clause="C02-confidential")
    keep(house, mention(QUESTION, author="f00dfeedf00d"))
    house.write_digest(week_of(house), send=False)
    with house.store._reading() as connection:
        rows = connection.exec_driver_sql("SELECT facts FROM edition").scalars().all()
    assert [word for word in ("Zeldzaam", "meterstand", "f00dfeed") if word in str(rows)] == []
