"""An installation: when the digest leaves, what is told, and that building to look at it changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest
from builders import NOW, mention

from klankbord.alerting.rules import Rules
from klankbord.errors import SettingsError
from klankbord.finding import ClauseScore, Evidence, Judgement
from klankbord.installation import Installation
from klankbord.mention import Mention, State, StateChange
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.service import serve
from klankbord.settings import load
from klankbord.store.kept import Versions
from klankbord.week import Week

CONFIG = Path(__file__).parent.parent / "config"


@pytest.fixture
def at(tmp_path: Path) -> Callable[[datetime], Installation]:
    """An installation whose clock stands at a moment."""
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.glob("*.toml"):
        copy(file, config / file.name)
    return lambda moment: Installation(load(config), lambda: moment)


def with_finding(house: Installation, post: Mention, clause: str = "C02-confidential") -> None:
    house.store.keep("blog", Batch(mentions=(post,), next=Cursor("1")), [post], post.collected_at)
    evidence = (Evidence(start=0, end=8, signal="confidential_topic"),)
    score = ClauseScore(clause_id=ClauseId(clause), score=0.91, mode=Mode.ALERT, evidence=evidence)
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,)))]
    house.store.keep_judgements(
        judged, Versions(policy="1", classifier="1"), Rules.plain("outbox"), NOW - timedelta(days=7), NOW
    )


def outbox(house: Installation) -> list[str]:
    folder = house.settings.data_dir / "outbox"
    return sorted(file.name.split("-")[0] for file in folder.glob("*.eml"))


def test_a_digest_is_due_on_monday_morning_by_the_local_clock(at: Callable[[datetime], Installation]) -> None:
    early, late = datetime(2026, 11, 23, 6, 29, tzinfo=UTC), datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    with_finding(at(NOW), mention())
    assert at(early).overdue_week() is None
    week = at(late).overdue_week()
    assert week is not None
    assert week.name == "2026-W47"


def test_a_digest_that_somebody_builds_does_not_keep_the_weekly_one_from_leaving(
    at: Callable[[datetime], Installation],
) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    with_finding(house, mention())
    week = house.overdue_week()
    assert week is not None
    house.write_digest(week, send=False)
    assert house.overdue_week() == week
    house.write_digest(week, send=True)
    assert house.overdue_week() is None


def test_a_digest_is_sent_once_however_often_it_is_asked_for(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    week = Week.named("2026-W47", house.settings.zone)
    for _ in range(3):
        house.write_digest(week, send=True)
        house.tell()
    assert outbox(house) == ["digest"]


def test_a_missed_monday_is_made_up_for_and_marked_late(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 25, 9, tzinfo=UTC))
    with_finding(house, mention())
    week = house.overdue_week()
    assert week is not None
    assert house.write_digest(week, send=True).late


def test_a_week_in_which_nobody_listened_is_owed_no_digest(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert house.overdue_week() is None
    with_finding(house, mention(collected_at=datetime(2026, 11, 23, 8, tzinfo=UTC)))
    assert house.overdue_week() is None


def test_two_mondays_that_were_missed_are_made_up_for_in_their_order(
    at: Callable[[datetime], Installation],
) -> None:
    house = at(datetime(2026, 11, 30, 9, tzinfo=UTC))
    with_finding(house, mention())
    names = []
    while week := house.overdue_week():
        house.write_digest(week, send=True)
        names.append(week.name)
    assert names == ["2026-W47", "2026-W48"]


def test_a_digest_is_drawn_again_without_a_post_that_is_gone(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    post = mention("Zeldzaam geheim van Voorbeeld BV", native_id="n")
    with_finding(house, post)
    week = Week.named("2026-W47", house.settings.zone)
    assert "geheim" in house.write_digest(week, send=False).text.read_text("utf-8")
    gone = StateChange(platform="feed", native_id="n", state=State.DELETED, at=NOW)
    house.store.rechecked("blog", Recheck(changes=(gone,)), "feed", NOW)
    assert house.redraw() == 1
    assert "geheim" not in (house.settings.data_dir / "digests" / "2026-W47.txt").read_text("utf-8")


def test_a_store_without_its_key_file_is_not_opened(at: Callable[[datetime], Installation]) -> None:
    house = at(NOW)
    with_finding(house, mention())
    (house.settings.data_dir / "pseudonyms.key").unlink()
    with pytest.raises(SettingsError, match="from a backup"):
        _ = at(NOW).store


def test_a_digest_comes_out_the_same_when_it_is_built_again(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    with_finding(house, mention(published_at=NOW - timedelta(days=20)))
    week = Week.named("2026-W47", house.settings.zone)
    first = house.write_digest(week, send=True).text.read_text("utf-8")
    assert "C02" in first
    assert house.write_digest(week, send=True).text.read_text("utf-8") == first


def test_what_stood_in_a_digest_as_found_late_does_not_stand_in_the_next(
    at: Callable[[datetime], Installation],
) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    with_finding(house, mention(published_at=NOW - timedelta(days=20)))
    week = Week.named("2026-W47", house.settings.zone)
    house.write_digest(week, send=True)
    assert len(house.facts(week).found_late) == 1
    assert house.facts(week.later(1)).found_late == ()


def test_an_alert_holds_no_words_of_the_post_unless_asked(at: Callable[[datetime], Installation]) -> None:
    house = at(NOW)
    with_finding(house, mention("Zeldzaam geheim van Voorbeeld BV"))
    house.tell()
    (mail,) = (house.settings.data_dir / "outbox").glob("alert-*.eml")
    assert "eldzaam" not in mail.read_text("utf-8")
    assert "eldzaam" in house.alerts.told(house.store.findings()[0], quote=True).text


def test_an_alert_about_a_person_is_not_quoted_even_where_alerts_may_quote(
    at: Callable[[datetime], Installation],
) -> None:
    house = at(NOW)
    delivery = house.settings.folder / "delivery.toml"
    delivery.write_text(delivery.read_text("utf-8").replace("quote = false", "quote = true"), "utf-8")
    house = at(NOW)
    post = mention("Zeldzaam verhaal over Karin van de balie bij Voorbeeld BV")
    with_finding(house, post, "C08-people-at-work")
    with_finding(house, mention("Zeldzaam geheim van Voorbeeld BV"))
    texts = {one.clause_id[:3]: house.alert_of(one).text for one in house.store.findings()}
    assert ("eldzaam" in texts["C02"], "eldzaam" in texts["C08"]) == (True, False)


def test_nothing_is_told_of_a_finding_that_was_answered_meanwhile(
    at: Callable[[datetime], Installation],
) -> None:
    from klankbord import verdicts

    house = at(NOW)
    with_finding(house, mention())
    (found,) = house.store.findings()
    verdicts.keep(house.store, [verdicts.Row(found.id, "dismissed", "spam", "", "")], "ann", NOW)
    house.tell()
    assert outbox(house) == []


def test_the_service_starts_and_obeys_a_stop(at: Callable[[datetime], Installation]) -> None:
    house = at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    house.stop.set()
    serve(house)
    assert house.store.counts()["mention"] == 0
