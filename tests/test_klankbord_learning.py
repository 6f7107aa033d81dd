"""What reviewers say is learnt where terms allow it, what is gone is forgotten, and jumps pause alerts."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copy

import pytest
from builders import NOW, mention
from learning_scene import ground, written

from classify.learning.estimates import estimates
from classify.model import Model
from classify.model_file import learnt_of, load, save
from classify.training import train as shipped_training
from klankbord.alerting.rules import Rules
from klankbord.cli.learning_rows import SHEET, write_sheet
from klankbord.errors import ImportFileError, NotFoundError
from klankbord.finding import ClauseScore, Decision, Evidence, Judgement, Protection
from klankbord.installation import Installation
from klankbord.learning import back, forget_gone, previous_file, train
from klankbord.lessons import lessons_of
from klankbord.mention import Mention, SourceId, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor
from klankbord.reviewing import to_review
from klankbord.sample import Stratum
from klankbord.settings import load as load_settings
from klankbord.settings.terms import LinkedInTerms, RedditTerms, XTerms
from klankbord.store.kept import Versions
from klankbord.verdicts import Row, from_csv, keep
from klankbord.week import Week

CONFIG = Path(__file__).parent.parent / "config"
C02 = ClauseId("C02-confidential")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEAK = "Intern gehoord dat Voorbeeld BV de vestiging sluit, nog niet bekend."
COFFEE = "De koffieautomaat van Voorbeeld BV wordt vervangen door thee, hoorde ik op de afdeling."


class Judge:
    """Scores a post by the percentage it names itself; sets "vakbond" aside."""

    version = "percent-1"

    def judge(self, mentions: list[Mention], kept: object = None) -> list[Judgement]:
        return [self._one(mention) for mention in mentions]

    def _one(self, mention: Mention) -> Judgement:
        if "vakbond" in mention.text:
            return Judgement(mention_id=mention.id, about=True, protection=Protection.NO_FINDING)
        value = int(mention.text.rpartition(" ")[2].strip("%.") or 0) / 100 if "%" in mention.text else 0.9
        mode = Mode.DIGEST if value >= 0.6 else Mode.SILENT
        if mention.terms.count_clauses:
            mode = min(mode, Mode.COUNT)
        evidence = (Evidence(start=0, end=2, signal="confidential_topic"),)
        score = ClauseScore(clause_id=C02, score=value, mode=mode, evidence=evidence)
        return Judgement(mention_id=mention.id, about=True, clauses=(score,), lang="nl")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Callable[[datetime], Installation]]:
    """An installation whose clock stands at a moment, with a classifier by percentage."""
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.glob("*.toml"):
        copy(file, config / file.name)
    (config / "klankbord.toml").write_text('encoder = "none"\n')
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    opened: list[Installation] = []

    def open_at(moment: datetime) -> Installation:
        house = Installation(load_settings(config), lambda: moment)
        house.__dict__["classifier"] = Judge()
        opened.append(house)
        return house

    yield open_at
    for house in opened:
        house.close()


@pytest.fixture
def house(at: Callable[[datetime], Installation]) -> Installation:
    return at(NOW)


def put(house: Installation, *posts: Mention, judged_at: datetime = NOW) -> None:
    house.store.keep("blog", Batch(mentions=posts, next=Cursor("1")), posts, judged_at)
    pairs = list(zip(posts, Judge().judge(list(posts)), strict=True))
    versions = Versions(policy="1", classifier="1")
    rules = Rules.plain("outbox")
    house.store.keep_judgements(pairs, versions, rules, judged_at - timedelta(days=7), judged_at)


def say(house: Installation, post: Mention, verdict: str, reason: str = "", when: datetime = NOW) -> None:
    outcome = "general_reminder" if verdict == "confirmed" else ""
    (found,) = [one for one in house.store.findings() if one.mention.id == post.id]
    keep(house.store, [Row(found.id, verdict, reason, outcome, "")], "ann", when)


@cache
def shipped_model() -> Model:
    return shipped_training(written(), {"C02": 40}, NOW, lambda _: None)


def save_shipped(house: Installation) -> None:
    save(shipped_model(), house.model_file)


def sheet(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))


# rows


def test_only_answers_that_say_something_of_a_clause_become_rows(house: Installation) -> None:
    posts = [mention(f"{LEAK} Deel {number} %90") for number in range(5)]
    posts = [replace(post, text=post.text.replace("%90", "90%")) for post in posts]
    put(house, *posts)
    say(house, posts[0], "confirmed")
    say(house, posts[1], "dismissed", "not_touching")
    say(house, posts[2], "dismissed", "spam")
    say(house, posts[3], "unsure")
    found = lessons_of(house)
    assert sorted((dict(lesson.row.labels) for lesson in found.lessons), key=len) == [
        {"C02": 0.0},
        {"touching": 1.0, "C02": 1.0},
    ]
    assert found.left_out == {"the answer says nothing about a clause": 1}


@pytest.mark.parametrize(
    ("platform", "terms"),
    [
        ("x", XTerms().record()),
        ("x", Terms()),
        ("reddit", replace(RedditTerms().record(), count_clauses=())),
        ("linkedin", LinkedInTerms().record()),
        ("feed", Terms(train=False)),
    ],
)
def test_a_row_whose_terms_forbid_training_never_reaches_the_matrix(
    house: Installation, platform: str, terms: Terms
) -> None:
    terms = replace(terms, count_clauses=())
    post = mention(LEAK, platform=platform, native_id="1", terms=terms)
    put(house, post)
    say(house, post, "confirmed")
    found = lessons_of(house)
    assert found.rows == ()
    assert found.left_out == {"the terms of its source do not allow training": 1}


def test_terms_of_today_count_as_well(house: Installation) -> None:
    post = mention(LEAK, source_id=SourceId("news"))
    put(house, post)
    say(house, post, "confirmed")
    assert len(lessons_of(house).rows) == 1
    (house.settings.folder / "sources.toml").write_text(
        '[[source]]\nid = "news"\nkind = "feed"\nurl = "https://news.example/feed"\n'
        "[source.terms]\ntrain = false\n"
    )
    changed = Installation(load_settings(house.settings.folder), lambda: NOW)
    assert lessons_of(changed).rows == ()
    changed.close()


def test_a_row_holds_content_and_nothing_of_who_or_where(house: Installation) -> None:
    post = mention(LEAK, author="pseudonym-1", source_id=SourceId("secretsource"))
    put(house, post)
    say(house, post, "confirmed")
    (row,) = lessons_of(house).rows
    assert "_org_" in row.document.text
    for word in ("pseudonym-1", "secretsource", "voorbeeld", "ann"):
        assert word not in repr(replace(row, document=row.document)).split()
    assert "voorbeeld" not in row.document.text


def test_a_verdict_on_another_wording_or_on_a_post_that_is_gone_teaches_nothing(house: Installation) -> None:
    edited, gone, undone = mention(LEAK), mention(LEAK + " Echt 90%"), mention(LEAK + " Toch 91%")
    put(house, edited, gone, undone)
    for post in (edited, gone, undone):
        say(house, post, "confirmed")
    assert len(lessons_of(house).rows) == 3
    later = NOW + timedelta(hours=1)
    again = replace(edited, text="Iets heel anders 90%", revision="2")
    house.store.keep("blog", Batch(mentions=(again,), next=Cursor("2")), [again], later)
    change = StateChange(platform="feed", native_id=gone.native_id, state=State.DELETED, at=later)
    house.store.keep("blog", Batch(changes=(change,), next=Cursor("3")), [], later)
    (found,) = [one for one in house.store.findings() if one.mention.id == undone.id]
    house.store.reopen(found.id, later)
    assert lessons_of(house).rows == ()


def test_posts_of_a_thread_are_one_story_and_own_sentences_teach_too(house: Installation) -> None:
    posts = [mention(LEAK, thread_id="t"), mention(COFFEE, thread_id="t")]
    put(house, *posts)
    for post in posts:
        say(house, post, "confirmed")
    (house.settings.folder / "examples.toml").write_text(
        f'[[example]]\ntext = "{COFFEE}"\nlanguage = "nl"\nclause = "C02"\n'
    )
    told = Installation(load_settings(house.settings.folder), lambda: NOW)
    rows = lessons_of(told).rows
    told.close()
    assert len({row.group for row in rows[:2]}) == 1
    assert [row.id.partition(":")[0] for row in rows] == ["post", "post", "example"]


# training


def test_training_keeps_the_champion_beside_and_can_go_back(house: Installation) -> None:
    save_shipped(house)
    shipped = load(house.model_file).fingerprint
    post = mention(COFFEE)
    put(house, post)
    say(house, post, "confirmed")
    tried = train(house, ground(), dry_run=True)
    assert (tried.promoted, load(house.model_file).fingerprint) == (True, shipped)
    done = train(house, ground())
    assert (done.promoted, done.verdicts, done.rows, done.held_out) == (True, 1, 1, 0)
    assert load(house.model_file).fingerprint == done.model.fingerprint != shipped
    assert learnt_of(house.model_file).until == NOW.isoformat()
    assert load(previous_file(house.model_file)).fingerprint == shipped
    again = train(house, ground())
    assert not again.promoted
    assert "nothing new" in again.why
    assert back(house).fingerprint == shipped
    assert back(house).fingerprint == done.model.fingerprint


def test_without_a_model_before_there_is_no_way_back(house: Installation) -> None:
    save_shipped(house)
    with pytest.raises(NotFoundError, match="no model before"):
        back(house)


def test_a_first_model_needs_no_comparison(house: Installation) -> None:
    done = train(house, ground())
    assert (done.promoted, done.figures) == (True, ())
    assert house.model_file.exists()


def test_a_post_that_is_gone_leaves_both_model_files_at_once(house: Installation) -> None:
    save_shipped(house)
    posts = [mention(COFFEE), mention(LEAK)]
    put(house, *posts)
    say(house, posts[0], "confirmed")
    train(house, ground())
    say(house, posts[1], "confirmed", when=NOW + timedelta(minutes=1))
    train(house, ground())
    files = [house.model_file, previous_file(house.model_file)]
    held = posts[0].id.encode()
    assert [held in file.read_bytes() for file in files] == [True, True]
    assert forget_gone(house) == 0
    later = NOW + timedelta(hours=1)
    change = StateChange(platform="feed", native_id=posts[0].native_id, state=State.DELETED, at=later)
    house.store.keep("blog", Batch(changes=(change,), next=Cursor("3")), [], later)
    assert forget_gone(house) == 2
    assert [held in file.read_bytes() for file in files] == [False, False]
    assert [b"koffie" in file.read_bytes() for file in files] == [False, False]
    assert posts[1].id.encode() in house.model_file.read_bytes()
    assert forget_gone(house) == 0
    assert len(lessons_of(house).rows) == 1


def test_held_out_verdicts_are_the_newest_that_the_champion_has_not_seen(house: Installation) -> None:
    posts = [mention(f"{LEAK} Nummer {number:02} 90%") for number in range(40)]
    put(house, *posts)
    for number, post in enumerate(posts):
        say(house, post, "confirmed", when=NOW + timedelta(minutes=number))
    found = lessons_of(house)
    newest = [row.id for row in found.held_out(None)]
    assert len(newest) == 30
    assert posts[-1].id in newest[-1]
    assert [len(found.held_out(NOW + timedelta(minutes=m))) for m in (0, 20, 39)] == [30, 19, 0]


# what to review


def stream(count: int = 60) -> list[Mention]:
    """Posts of the week before, with scores from 1 to `count` percent, ten of them protected."""
    when = MONDAY - timedelta(days=4)
    return [
        mention(
            f"Voorbeeld BV {'vakbond ' if number % 6 == 0 else ''}bericht {number}%",
            native_id=f"p{number}",
            published_at=when,
            collected_at=when,
        )
        for number in range(1, count + 1)
    ]


@pytest.fixture
def monday(at: Callable[[datetime], Installation]) -> Installation:
    house = at(MONDAY)
    house.__dict__["model"] = shipped_model()
    return house


def week_of(house: Installation) -> Week:
    return Week.of(MONDAY, house.settings.zone).later(-1)


def test_a_week_is_drawn_once_and_protected_posts_are_never_drawn(monday: Installation) -> None:
    put(monday, *stream(), judged_at=MONDAY - timedelta(days=4))
    found = to_review(monday, week_of(monday), 20)
    assert [one.drawn.stratum for one in found].count(Stratum.TOP) == 10
    assert len(found) == 20
    assert all(one.mention and "vakbond" not in one.mention.text for one in found)
    assert {one.drawn.chance for one in found if one.drawn.stratum is Stratum.RANDOM} == {4 / 34}
    assert to_review(monday, week_of(monday), 50) == found


def test_what_terms_let_nobody_see_is_not_drawn_and_may_not_leave_is_not_written(
    monday: Installation, tmp_path: Path
) -> None:
    when = MONDAY - timedelta(days=4)
    fields = {"published_at": when, "collected_at": when}
    seen = mention("Voorbeeld BV hier 40%", terms=Terms(export=False), **fields)
    counted = mention("Voorbeeld BV daar 41%", terms=Terms(count_clauses=("C02",)), **fields)
    unread = mention("Voorbeeld BV ginds 42%", terms=Terms(classify=False, train=False), **fields)
    brief = mention("Voorbeeld BV kort 43%", terms=Terms(retention_days=3), **fields)
    put(monday, seen, counted, unread, brief, judged_at=when)
    found = to_review(monday, week_of(monday), 20)
    assert [one.mention.id for one in found if one.mention] == [seen.id]
    file = tmp_path / "review.csv"
    write_sheet(file, found)
    (row,) = sheet(file)
    assert (row["text"], row["finding"]) == ("", found[0].drawn.finding_id)


def test_no_cell_of_a_sheet_can_start_a_formula(monday: Installation, tmp_path: Path) -> None:
    when = MONDAY - timedelta(days=4)
    put(
        monday,
        mention('=HYPERLINK("x") Voorbeeld BV 40%', published_at=when, collected_at=when),
        judged_at=when,
    )
    write_sheet(tmp_path / "a.csv", to_review(monday, week_of(monday), 5))
    (row,) = sheet(tmp_path / "a.csv")
    assert row["text"].startswith("'=HYPERLINK")
    assert tuple(row) == SHEET


def test_a_sheet_comes_back_with_answers_and_open_rows_are_passed_over(
    monday: Installation, tmp_path: Path
) -> None:
    put(monday, *stream(), judged_at=MONDAY - timedelta(days=4))
    found = to_review(monday, week_of(monday), 20)
    file = tmp_path / "review.csv"
    write_sheet(file, found)
    rows = sheet(file)
    rows[0] |= {"verdict": "dismissed", "reason": "not_touching"}
    rows[15] |= {"verdict": "confirmed", "outcome": "general_reminder", "clause": "C05"}
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, SHEET)
        writer.writeheader()
        writer.writerows(rows)
    done = from_csv(monday.store, file, "ann", MONDAY, monday.settings.policy)
    assert [answer for _, answer in done] == ["dismissed", "confirmed"]
    drawn = monday.store.learning.draws()
    assert [one.decision for one in drawn if one.decision] == [Decision.DISMISSED, Decision.CONFIRMED]
    assert [one.clause_id for one in drawn if one.touches] == ["C05-open-identity"]
    # The first was a finding: it is closed by the same answer.
    assert rows[0]["finding"] not in {one.id for one in monday.store.findings()} or drawn[0].flagged
    rows[1] |= {"verdict": "confirmed", "outcome": "general_reminder", "clause": "C99"}
    with pytest.raises(ImportFileError, match="C99"):
        keep(
            monday.store,
            [
                Row(rows[15]["finding"], "unsure", "", "", ""),
                Row(rows[16]["finding"], "confirmed", "", "general_reminder", "", "C99"),
            ],
            "ann",
            MONDAY,
            monday.settings.policy,
        )


def test_an_unflagged_post_is_answered_for_every_clause_and_teaches_so(monday: Installation) -> None:
    put(monday, *stream(), judged_at=MONDAY - timedelta(days=4))
    found = [one for one in to_review(monday, week_of(monday), 20) if not one.drawn.flagged]
    keep(
        monday.store,
        [Row(found[0].drawn.finding_id or "", "dismissed", "not_touching", "", "")],
        "ann",
        MONDAY,
    )
    (row,) = lessons_of(monday).rows
    assert row.labels["touching"] == 0.0
    assert {row.labels[clause] for clause in ("C02", "C05", "C11")} == {0.0}
    assert monday.store.counts()["verdict"] == 0


def test_a_verdict_on_a_finding_answers_the_draw_and_undoing_opens_it_again(monday: Installation) -> None:
    posts = stream(70)
    put(monday, *posts, judged_at=MONDAY - timedelta(days=4))
    say(monday, posts[69], "dismissed", "not_touching", when=MONDAY)
    (first, *_) = to_review(monday, week_of(monday), 20)
    assert (first.mention, first.drawn.decision) == (posts[69], Decision.DISMISSED)
    say(monday, posts[68], "confirmed", when=MONDAY)
    assert [one.touches for one in monday.store.learning.draws() if one.mention_id == posts[68].id] == [True]
    (found,) = [one for one in monday.store.findings() if one.mention.id == posts[68].id]
    monday.store.reopen(found.id, MONDAY)
    assert [one.touches for one in monday.store.learning.draws() if one.mention_id == posts[68].id] == [None]


def test_a_drawn_post_that_goes_stays_a_number_and_one_that_was_protected_does_not(
    monday: Installation,
) -> None:
    posts = stream()
    put(monday, *posts, judged_at=MONDAY - timedelta(days=4))
    found = to_review(monday, week_of(monday), 20)
    first, second = [one.mention for one in found[:2] if one.mention]
    change = StateChange(platform="feed", native_id=first.native_id, state=State.DELETED, at=MONDAY)
    monday.store.keep("blog", Batch(changes=(change,), next=Cursor("3")), [], MONDAY)
    held = monday.store.learning.draws()
    assert [one.mention_id for one in held].count(None) == 1
    assert len(held) == 20
    guarded = Judgement(mention_id=second.id, about=True, protection=Protection.NO_FINDING)
    versions, rules = Versions(policy="1", classifier="2"), Rules.plain("outbox")
    monday.store.keep_judgements([(second, guarded)], versions, rules, MONDAY, MONDAY)
    assert len(monday.store.learning.draws()) == 19


def test_findings_that_were_answered_and_are_gone_count_in_their_week(monday: Installation) -> None:
    posts = stream(70)
    put(monday, *posts, judged_at=MONDAY - timedelta(days=4))
    say(monday, posts[69], "dismissed", "not_touching", when=MONDAY - timedelta(days=3))
    change = StateChange(platform="feed", native_id=posts[69].native_id, state=State.DELETED, at=MONDAY)
    monday.store.keep("blog", Batch(changes=(change,), next=Cursor("3")), [], MONDAY)
    to_review(monday, week_of(monday), 20)
    (gone,) = [one for one in monday.store.learning.draws() if one.mention_id is None]
    assert (gone.flagged, gone.touches, gone.chance) == (True, False, 1.0)


def test_estimates_come_from_the_answers(monday: Installation) -> None:
    put(monday, *stream(), judged_at=MONDAY - timedelta(days=4))
    found = to_review(monday, week_of(monday), 60)
    rows = [
        Row(one.drawn.finding_id or "", "confirmed", "", "general_reminder", "")
        if one.drawn.score >= 0.5
        else Row(one.drawn.finding_id or "", "dismissed", "not_touching", "", "")
        for one in found
    ]
    keep(monday.store, rows, "ann", MONDAY, monday.settings.policy)
    told = estimates(monday.store.learning.draws())
    assert told.prevalence
    assert told.recall
    assert (told.prevalence.value, told.recall.value) == (9 / 50, 0.0)
