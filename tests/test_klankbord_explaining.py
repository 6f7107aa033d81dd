"""A finding of the store is explained to somebody who looks, and to nobody else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from explained import model

from classify.judge import PolicyClassifier
from klankbord.alerting.rules import Rules
from klankbord.cli.findings_shown import lines_of, marked, row_of
from klankbord.errors import NotFoundError
from klankbord.explaining import explained
from klankbord.finding import ClauseScore, Decision, Evidence, Judgement, Verdict
from klankbord.installation import Installation
from klankbord.mention import Mention, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor
from klankbord.settings import load
from klankbord.store.kept import Versions

CONFIG = Path(__file__).parent.parent / "config"
ZONE = ZoneInfo("Europe/Amsterdam")
TEXT = "De tarieven 2027 van Voorbeeld BV gaan omhoog naar 31,4 cent, nog niet bekend."
OTHER = "De tarieven 2027 van Voorbeeld BV gaan omhoog, zegt een brief die hier op tafel ligt."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.glob("*.toml"):
        copy(file, config / file.name)
    opened = Installation(load(config), lambda: NOW)
    use(opened, guard_from=1e9)
    yield opened
    opened.close()


def use(house: Installation, guard_from: float) -> None:
    """A model made by hand, whose guard holds back from a border on."""
    by_hand = model()
    by_hand = replace(by_hand, plain=replace(by_hand.plain, guard_from=guard_from))
    house.__dict__["model"], house.__dict__["encoder"] = by_hand, None
    house.__dict__["classifier"] = PolicyClassifier(house.settings, by_hand)


def found(house: Installation, *posts: Mention, mode: Mode = Mode.ALERT) -> str:
    house.store.keep("blog", Batch(mentions=posts, next=Cursor("1")), posts, NOW)
    evidence = (Evidence(start=3, end=16, signal="confidential_topic"),)
    score = ClauseScore(clause_id=ClauseId("C02-confidential"), score=0.91, mode=mode, evidence=evidence)
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,))) for post in posts]
    versions = Versions(policy="1", classifier="one")
    return house.store.keep_judgements(judged, versions, Rules(), NOW - timedelta(days=9), NOW)[0]


def post(text: str = TEXT, name: str = "0", **given: object) -> Mention:
    return mention(
        text, native_id=name, url=f"https://voorbeeld.example/jan/{name}", author="pseudoniem", **given
    )


def confirmed(house: Installation, key: str) -> None:
    finding = house.store.finding(key)
    verdict = Verdict(
        finding_id=finding.id, decision=Decision.CONFIRMED, outcome="limit_harm", by="ann", at=NOW
    )
    house.store.answer([(verdict, finding.clause_id)])


def test_a_finding_is_explained_by_its_first_letters(house: Installation) -> None:
    key = found(house, post())
    said = explained(house, key[:6], "en")
    assert (said.finding_id, said.clause_title) == (key, "Confidential stays inside")
    assert said.needs[0].how == "named"
    assert (said.model_version, said.model_now == "one") == ("one", False)
    assert marked(said).startswith("De «tarieven 2027»")


def test_every_line_is_said_in_the_reader_s_language(house: Installation) -> None:
    key = found(house, post())
    dutch = "\n".join(lines_of(explained(house, key, "nl"), ZONE))
    english = "\n".join(lines_of(explained(house, key, "en"), ZONE))
    for part in ("Mogelijk signaal", "Niet vastgesteld", "Kan ook zijn", "hoog (sterke aanwijzing)"):
        assert part in dutch
    for part in ("Possible signal", "Not established", "May also be", "strict: 0.70", "fewer than 50"):
        assert part in english
    assert explained(house, key).language == house.settings.general.language


def test_nothing_tells_who_wrote_it(house: Installation) -> None:
    key = found(house, post(), post(name="1"))
    said = explained(house, key)
    told = "\n".join(lines_of(said, ZONE)) + json.dumps(row_of(said, ZONE, links=False), default=str)
    assert "pseudoniem" not in told
    assert "voorbeeld.example" not in told
    assert "https://voorbeeld.example/jan/1" in "\n".join(lines_of(said, ZONE, links=True))


def test_the_same_words_by_somebody_else_are_explained_alike(house: Installation) -> None:
    key = found(house, post())
    before = lines_of(explained(house, key), ZONE)
    house.store.keep("blog", Batch(mentions=(), next=Cursor("2")), (), NOW)
    other = replace(post(), author="iemand-anders")
    house.store.keep("blog", Batch(mentions=(other,), next=Cursor("3")), (other,), NOW)
    assert lines_of(explained(house, key), ZONE) == before


def test_a_confirmed_finding_is_a_near_case_where_its_source_lets_it_be_quoted(house: Installation) -> None:
    confirmed(house, found(house, post(OTHER, "1")))
    key = found(house, post())
    (near, *_) = explained(house, key, "en").nearest
    assert (near.confirmed_at, near.text) == (NOW, OTHER)
    assert "confirmed on" in "\n".join(lines_of(explained(house, key, "en"), ZONE))
    assert explained(house, key).sureness.confirmed == 1


def test_a_confirmed_finding_of_a_source_that_may_not_be_quoted_is_no_case(house: Installation) -> None:
    confirmed(house, found(house, post(OTHER, "1", terms=Terms(export=False))))
    assert OTHER not in {one.text for one in explained(house, found(house, post())).nearest}


def test_a_post_that_may_not_be_quoted_is_explained_without_its_words(house: Installation) -> None:
    key = found(house, post(terms=Terms(export=False)))
    told = "\n".join(lines_of(explained(house, key, "en"), ZONE))
    assert "31,4" not in told
    assert "does not let them be quoted" in told


def test_a_text_that_is_not_kept_is_explained_by_its_clause(house: Installation) -> None:
    key = found(house, post(terms=Terms(store=False)))
    assert explained(house, key).needs == ()


def test_what_the_guard_holds_back_now_is_not_shown(house: Installation) -> None:
    key = found(house, post())
    use(house, guard_from=-1e9)
    with pytest.raises(NotFoundError, match="no longer stands"):
        explained(house, key)


def test_a_finding_that_is_only_counted_is_not_shown(house: Installation) -> None:
    key = found(house, post(), mode=Mode.COUNT)
    with pytest.raises(NotFoundError, match="only counted"):
        explained(house, key)


def test_a_finding_there_is_none_of_is_said_to_be_none(house: Installation) -> None:
    with pytest.raises(NotFoundError, match="no finding begins with"):
        explained(house, "zzzz")


def test_copies_are_listed_under_their_finding(house: Installation) -> None:
    key = found(house, post(), post(name="1"), post(name="2"))
    told = "\n".join(lines_of(explained(house, key, "en"), ZONE))
    assert ("2 copies of this post" in told, "--links" in told) == (True, True)


def test_asking_for_links_is_noted_in_the_history(house: Installation) -> None:
    finding = house.store.finding(found(house, post()))
    house.store.links_shown(finding.id, "ann", NOW)
    history, _ = house.store.history(finding)
    assert (NOW, "opened", "ann") in history
