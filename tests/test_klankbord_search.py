"""Search finds what the matcher finds, and the index it uses forgets in step with the store."""

import itertools
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from test_classify_matcher import posts, trees

from classify.folding import fold
from classify.matcher_post import Place, Post, joined, post_of
from classify.query import Query, parse, parse_list
from klankbord import searching
from klankbord.alerting.rules import Rules
from klankbord.cli import main
from klankbord.cli.opening import installation
from klankbord.cli.searching import marked
from klankbord.errors import QueryError
from klankbord.finding import ClauseScore, Judgement, Protection
from klankbord.mention import Mention, MentionId, State, StateChange, Terms
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.pseudonym import Pseudonyms
from klankbord.searching_plan import indexed, narrowed
from klankbord.store import Store
from klankbord.store.kept import Versions
from klankbord.store.retention import Limits
from klankbord.store.search import Bounds

ZONE = ZoneInfo("Europe/Amsterdam")
VERSIONS = Versions(policy="1.0.0", classifier="one")
#: by hand: KLANKBORD_EXAMPLES=2000
EXAMPLES = int(os.environ.get("KLANKBORD_EXAMPLES", "30"))
NUMBERS = itertools.count()
EVERYTHING = Bounds()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/k.db", Pseudonyms(tmp_path / "keys").forgotten, ZONE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Store]:
    opened = Store.open("sqlite://", lambda platform, native: f"{platform}{native}"[:32], ZONE)
    yield opened
    opened.close()


def keep(store: Store, *mentions: Mention) -> None:
    store.keep("blog", Batch(mentions=mentions, next=Cursor("1")), mentions, NOW)


def judge(store: Store, *mentions: Mention, **given: object) -> None:
    fields: dict[str, object] = {"about": True, "clauses": ()} | given
    judged = [(one, Judgement(mention_id=one.id, **fields)) for one in mentions]  # type: ignore[arg-type]
    store.keep_judgements(judged, VERSIONS, Rules(), NOW, NOW)


def held(store: Store, *mentions: Mention) -> None:
    """Kept, judged and indexed."""
    keep(store, *mentions)
    judge(store, *mentions)
    searching.catch_up(store)


def ids(store: Store, query: str | Query, within: Bounds = EVERYTHING) -> list[str]:
    read = parse(query) if isinstance(query, str) else query
    return [hit.mention.native_id for hit in searching.found(store, read, within)]


def gone(*mentions: Mention) -> Recheck:
    return Recheck(
        changes=tuple(
            StateChange(platform=one.platform, native_id=one.native_id, state=State.DELETED, at=NOW)
            for one in mentions
        )
    )


def as_mention(post: Post, number: int) -> Mention:
    return mention(
        post.text,
        title=post.title,
        context=post.context,
        native_id=str(number),
        canonical_url=f"https://{post.site}/a" if post.site else "",
        source_id=post.source,
        lang=post.lang,
        published_at=NOW - timedelta(minutes=number % 3),
    )


def readable(written: str) -> Query:
    try:
        return parse(written)
    except QueryError:
        reject()


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(written=trees, some=st.lists(posts, max_size=4), waiting=st.integers(0, 4))
def test_search_finds_what_the_matcher_finds_newest_first(
    lasting: Store, written: str, some: list[Post], waiting: int
) -> None:
    query = readable(written)
    mentions = [as_mention(post, next(NUMBERS)) for post in some]
    keep(lasting, *mentions)
    judge(lasting, *mentions[waiting:])
    searching.catch_up(lasting)
    # judged since the index caught up
    judge(lasting, *mentions[: waiting // 2])
    hits = list(searching.found(lasting, query, EVERYTHING))
    seen = [*mentions[: waiting // 2], *mentions[waiting:]]
    matched = [(one, places) for one in seen if (places := query.places(post_of(one))) is not None]
    matched.sort(key=lambda pair: (pair[0].published_at, pair[0].id), reverse=True)
    assert [(hit.mention, hit.places) for hit in hits] == matched
    lasting.rechecked("blog", gone(*mentions), "feed", NOW)


@pytest.fixture(scope="module")
def words() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE VIRTUAL TABLE f USING fts5(words, tokenize = 'ascii')")
    yield connection
    connection.close()


@settings(max_examples=10 * EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(written=trees, post=posts)
def test_the_index_is_never_asked_for_less_than_matches(
    words: sqlite3.Connection, written: str, post: Post
) -> None:
    query = readable(written)
    question = narrowed(query.root)
    if question is None or query.places(post) is None:
        return
    words.execute("DELETE FROM f")
    words.execute("INSERT INTO f VALUES (?)", (indexed(fold(joined(post))),))
    assert words.execute("SELECT count(*) FROM f WHERE f MATCH ?", (question,)).fetchone() == (1,), question


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("storing", '"storing"'),
        ("Café", '"cafe"'),
        ("foto's", '"foto s"'),
        ("verkoop*", '"verkoop" *'),
        ("wo?den", '"wo" *'),
        ("*gegevens", None),
        ("/klant.*nummer/", None),
        ("storing AND /kl[ai]nt/", '"storing"'),
        ("storing OR *gegevens", None),
        ("storing NOT app", '"storing"'),
        ('"nieuwe verkoop* cijfers"', '("nieuwe verkoop" * AND "cijfers")'),
        ("a1 NEAR/3 (b1 OR c1)", '("a1" AND ("b1" OR "c1"))'),
        ("title:storing lang:nl", '"storing"'),
        ("klant-gegevens~", '("klantgegevens" OR "klant gegevens")'),
        ("raw:C&A", '"c a"'),
        ("новости", '"z43dzz43ezz432zz43ezz441zz442zz438z"'),
    ],
)
def test_what_the_index_is_asked(written: str, question: str | None) -> None:
    assert narrowed(parse(written).root) == question


def test_a_long_list_and_a_deep_query_are_answered(store: Store) -> None:
    held(store, mention("term 1999 en storing", native_id="a"), mention("niets", native_id="b"))
    assert ids(store, parse_list("\n".join(f"term {number}" for number in range(1001, 2000)))) == ["a"]
    compounds = " OR ".join(f"ter{number}mijnbouw~" for number in range(300))
    assert ids(store, f"(term AND 1999) OR {compounds}") == ["a"]
    deep = "storing"
    for number in range(20):
        deep = f"(nooit{number} OR (en AND {deep}))"
    assert ids(store, deep) == ["a"]


def test_an_old_store_is_indexed_by_its_first_search_and_a_new_way_of_folding_makes_it_again(
    store: Store,
) -> None:
    some = [mention(f"storing {number}", native_id=str(number)) for number in range(5)]
    keep(store, *some)
    judge(store, *some)
    assert ids(store, "storing 3") == ["3"]
    assert [searching.catch_up(store), searching.catch_up(store)] == [5, 0]
    again = replace(searching.words(), version="another")
    assert [store.search.catch_up(again), store.search.catch_up(again)] == [5, 0]
    assert ids(store, "storing 3") == ["3"]


def test_the_same_question_goes_on_where_it_stopped_whatever_came_meanwhile(store: Store) -> None:
    at = [NOW - timedelta(hours=number // 3) for number in range(10)]
    held(store, *(mention(f"storing {n}", native_id=str(n), published_at=at[n]) for n in range(10)))
    whole = ids(store, "storing")
    first = list(itertools.islice(searching.found(store, parse("storing"), Bounds()), 4))
    held(store, mention("storing nieuw", native_id="new", published_at=NOW + timedelta(hours=1)))
    for query in ("storing", "/st.ring/"):
        assert ids(store, query, Bounds(after=first[-1].key)) == whole[4:]


def test_bounds_hold_with_and_without_the_index(store: Store) -> None:
    old = mention("storing oud", native_id="old", published_at=NOW - timedelta(days=3))
    new = mention("storing nieuw", native_id="new")
    other = mention("storing elders", native_id="other", source_id="forum")
    held(store, old, new, other)
    clause = ClauseScore(clause_id=ClauseId("C02-confidential"), score=0.9, mode=Mode.ALERT)
    counted = ClauseScore(clause_id=ClauseId("C05-open"), score=0.9, mode=Mode.COUNT)
    judge(store, new, clauses=(clause, counted))
    for query in ("storing", "/storing/"):
        assert ids(store, query, Bounds(until=NOW - timedelta(days=1))) == ["old"]
        assert ids(store, query, Bounds(since=NOW - timedelta(days=1), source_id="forum")) == ["other"]
        assert ids(store, query, Bounds(clause="C02")) == ["new"]
        assert ids(store, query, Bounds(clause="C05")) == []
        (hit,) = searching.found(store, parse(query), Bounds(clause="C02"))
        assert len(hit.findings) == 1


def text_left(store: Store, tmp_path: Path, *parts: str) -> dict[str, int]:
    """How often the parts of a word stand in the files; the index cuts off what words have in common."""
    store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.glob("k.db*"))
    return {part: content.count(part.encode()) for part in parts}


def many(count: int = 300) -> Sequence[Mention]:
    return [
        mention(f"gewoon bericht {number} over zoals het was", native_id=f"m{number}")
        for number in range(count)
    ]


def test_a_deleted_post_leaves_no_word_in_the_index(store: Store, tmp_path: Path) -> None:
    post = mention("zoqvraag staat hier", native_id="n", title="zoqtitel")
    held(store, *many(), post)
    assert text_left(store, tmp_path, "qvraag", "qtitel") != {"qvraag": 0, "qtitel": 0}
    store.rechecked("blog", gone(post), "feed", NOW)
    assert ids(store, "zoqvraag") == []
    assert text_left(store, tmp_path, "qvraag", "qtitel") == {"qvraag": 0, "qtitel": 0}
    assert len(ids(store, "gewoon")) == 300


def test_an_edit_takes_the_old_words_out_and_the_new_ones_are_found_once_they_are_judged(
    store: Store, tmp_path: Path
) -> None:
    held(store, *many(), mention("zoqvraag staat hier", native_id="n"))
    keep(store, mention("zoqnieuw staat hier", native_id="n"))
    assert (ids(store, "zoqvraag"), ids(store, "zoqnieuw")) == ([], [])
    assert text_left(store, tmp_path, "qvraag") == {"qvraag": 0}
    judge(store, *store.unjudged(10))
    assert ids(store, "zoqnieuw") == ["n"]
    searching.catch_up(store)
    assert (ids(store, "zoqvraag"), ids(store, "zoqnieuw")) == ([], ["n"])


def test_what_the_guard_sets_aside_was_never_in_the_index_or_goes_when_judged_again(
    store: Store, tmp_path: Path
) -> None:
    first, second = mention("zoqeerste vakbond", native_id="a"), mention("zoqtweede vakbond", native_id="b")
    held(store, *many(), second)
    keep(store, first)
    searching.catch_up(store)
    judge(store, first, second, protection=Protection.NO_TEXT)
    assert (ids(store, "vakbond"), ids(store, "/vakbond/")) == ([], [])
    assert text_left(store, tmp_path, "qeerste", "qtweede") == {"qeerste": 0, "qtweede": 0}


def test_purging_takes_the_words_too(store: Store, tmp_path: Path) -> None:
    old = mention("zoqoud", native_id="old", collected_at=NOW - timedelta(days=31))
    held(store, *many(), old)
    assert store.purge(Limits(text_days={}), NOW) == 1
    assert text_left(store, tmp_path, "qoud") == {"qoud": 0}
    assert len(ids(store, "gewoon")) == 300


def test_a_source_whose_text_may_not_be_kept_leaves_none_in_the_index(store: Store, tmp_path: Path) -> None:
    held(store, *many(), mention("zoqkort", native_id="n", terms=Terms(store=False)))
    assert (ids(store, "zoqkort"), text_left(store, tmp_path, "qkort")) == ([], {"qkort": 0})


def test_the_log_holds_who_and_when_and_not_what(store: Store, tmp_path: Path) -> None:
    said = [store.search.log("zoqgeheim plan", "ann", NOW + timedelta(minutes=n)) for n in range(3)]
    said.append(store.search.log("zoqgeheim plan", "ben", NOW))
    said.append(store.search.log("iets anders", "ann", NOW + timedelta(days=2)))
    assert said == [1, 2, 3, 1, 1]
    assert text_left(store, tmp_path, "qgeheim") == {"qgeheim": 0}
    with sqlite3.connect(tmp_path / "k.db") as connection:
        details = [row[0] for row in connection.execute("SELECT detail FROM change WHERE what = 'searched'")]
    assert len({detail.split()[0] for detail in details}) == 2
    assert [detail.split()[1] for detail in details] == ["ann", "ann", "ann", "ben", "ann"]


def test_a_place_in_a_long_text_is_shown_with_what_stands_round_it() -> None:
    text = "x" * 200 + " de storing\nbij ons " + "y" * 500
    told = marked(text, [Place("text", 204, 211), Place("text", 204, 207), Place("text", 216, 219)])
    assert "…" + "x" * 116 + " de ==storing== bij ==ons== yyy" in told
    assert (told.endswith("y…"), len(told) < 420) == (True, True)
    assert marked("kort", []) == "kort"


def test_the_command_shows_marks_and_no_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["klankbord", "search", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    with installation(Path("config")) as opened:
        store = opened.store
        held(
            store,
            mention("De \x1b[31m storing bij Voorbeeld BV", native_id="a", author="jan", url="https://b/jan"),
            mention("Voorbeeld BV is fijn", native_id="b", author="jan", canonical_url="https://b/jan/2"),
        )
    code, out, err = run("storing NOT fijn", "--by", "ann")
    assert (code, "==storing==" in out, "\x1b" in out, "read as:" in err) == (0, True, False, True)
    code, first, _ = run("voorbeeld", "--limit", "1", "--json", "--by", "ann")
    rest = run("voorbeeld", "--json", "--after", json.loads(first)["after"])[1]
    keys = [row["mention"] for told in (first, rest) for row in json.loads(told)["hits"]]
    assert (code, len(set(keys)), json.loads(rest)["after"]) == (0, 2, None)
    assert "jan" not in out + err + first + rest
    assert run("voorbeeld", "--count")[:2] == (0, "2\n")
    assert run("storing", "--from", "2026-11-18", "--to", "2026-11-18", "--count")[1] == "1\n"
    assert run("storing", "--from", "2026-11-19", "--count", "--json")[1] == '{\n  "count": 0\n}\n'
    for wrong, said in (
        (("storing OR",), "line 1"),
        (("@janjansen",), "never a person"),
        (("author:jan",), "author"),
        (("storing", "--from", "gisteren"), "--from"),
        (("storing", "--after", "x"), "--after"),
    ):
        code, out, err = run(*wrong)
        assert (code, out, said in err) == (2, "", True)


def test_json_of_a_source_for_display_only_holds_ids_and_no_words(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    from klankbord.cli.searching import _as_json

    held(store, mention("storing een", native_id="a", terms=Terms(export=False)))
    hits = list(searching.found(store, parse("storing"), Bounds()))
    _as_json(hits, None, "ann", NOW)
    (row,) = json.loads(capsys.readouterr().out)["hits"]
    assert (row["export"], MentionId(row["mention"])) == (False, hits[0].mention.id)
    assert {"text", "title", "context", "places"} & set(row) == set()
