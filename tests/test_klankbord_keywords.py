"""Keyword lists as data: files, versions, saving, taking back, and what the digest says of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, finding
from listing import LIST, config, installed, stored

from klankbord.checking import check_config, checked
from klankbord.errors import NotFoundError, SettingsError, StoreError
from klankbord.finding import Evidence
from klankbord.installation import Installation
from klankbord.settings import load
from klankbord.store.keywords import Version
from klankbord.tuning.following import rules_changed
from klankbord.tuning.saving import LossError, draft_of, merged, save
from klankbord.tuning.trial import Trial, list_of
from klankbord.tuning.versions import BY_HAND, FIRST, GONE, NOBODY, difference, notice, table_of, version_of
from klankbord.week import Week
from reports.phrase import why_of

DRAFT = LIST.replace("interne memo", "interne mail")


def mistakes(folder: Path) -> dict[str, str]:
    with pytest.raises(SettingsError) as told:
        checked(folder)
    return {f"{one.file} {one.key}": one.found for one in told.value.mistakes}


def kept(opened: Installation, text: str, *, accept_loss: bool = False, reason: str = "why") -> Version:
    draft = draft_of(opened.settings.folder, "inside", text)
    trial = Trial(opened, judged=0)
    known = [one for one in opened.settings.keyword_lists if one.id == "inside"]
    found = trial.of(draft.table, known[0] if known else None)
    return save(opened, draft, found, "ann", reason, accept_loss=accept_loss)


def file_of(opened: Installation) -> Path:
    return opened.settings.folder / "keywords" / "inside.toml"


def noticed(opened: Installation) -> list[Version]:
    return notice(opened.settings.folder, opened.store.keywords, NOW)


def test_without_a_folder_there_are_no_lists_but_the_templates_that_ship(tmp_path: Path) -> None:
    made = config(tmp_path)
    (made / "keywords").rmdir()
    settings = load(made)
    assert settings.keyword_lists == ()
    assert "vacancies" in {one.id for one in settings.exclusions}


def test_every_mistake_in_every_list_is_told_with_its_file(tmp_path: Path) -> None:
    made = config(
        tmp_path,
        empty='id = "empty"\nclause = "C03"\n',
        odd='id = "other"\nclause = "X"\ncolour = "red"\nterms = "a"\nweight = 2\n',
        loose='id = "loose"\nclause = "C03"\nterms = "memo"\nexclude_templates = ["gone"]\n',
        both='id = "both"\nclause = "C03"\n[[term]]\ntext = "a"\nquery = "b"\n',
        broken="id = \n",
    )
    found = mistakes(made)
    assert {
        "keywords/empty.toml -", "keywords/odd.toml clause", "keywords/odd.toml colour",
        "keywords/odd.toml weight", "keywords/loose.toml exclude_templates", "keywords/both.toml term.1",
        "keywords/broken.toml -",
    } <= set(found)  # fmt: skip


def test_a_list_carries_the_name_of_its_file(tmp_path: Path) -> None:
    found = mistakes(config(tmp_path, elsewhere=LIST))
    assert found == {"keywords/elsewhere.toml id": "'inside'"}


def test_check_runs_the_sentences(tmp_path: Path) -> None:
    made = config(tmp_path, inside=LIST + 'must_match = ["in de kantine"]\n')
    assert "“in de kantine” is not found" in mistakes(made)["keywords/inside.toml must_match.1"]
    (made / "keywords" / "inside.toml").write_text(LIST)
    assert "1 keyword lists" in check_config(made)[0]


def test_a_template_of_ones_own_goes_before_one_that_ships(tmp_path: Path) -> None:
    made = config(tmp_path)
    (made / "keywords" / "exclusions").mkdir()
    (made / "keywords" / "exclusions" / "surname.toml").write_text('id = "surname"\nexcluded = "oma"\n')
    found = [one for one in load(made).exclusions if one.id == "surname"]
    assert [one.excluded for one in found] == ["oma"]


def test_a_file_edited_by_hand_becomes_a_version_at_the_next_look(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    assert [(one.number, one.reason) for one in noticed(opened)] == [(1, FIRST)]
    assert noticed(opened) == []
    file_of(opened).write_text(DRAFT)
    assert [(one.number, one.reason, one.by) for one in noticed(opened)] == [(2, BY_HAND, NOBODY)]
    file_of(opened).unlink()
    assert [(one.number, one.reason, one.content) for one in noticed(opened)] == [(3, GONE, "")]
    assert noticed(opened) == []
    assert [one.number for one in opened.store.keywords.history("inside")] == [1, 2, 3]


def test_classifying_takes_notice(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    list(opened.classify())
    assert version_of(opened.store.keywords, "inside").number == 1


def test_a_save_writes_the_file_and_keeps_who_why_when_and_what_was_expected(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    stored(opened, ("Voorbeeld BV: interne mail", ""), ("Voorbeeld BV: koffie", ""))
    version = kept(opened, DRAFT, reason=" beter ")
    assert (version.number, version.by, version.reason, version.at) == (2, "ann", "beter", NOW)
    assert file_of(opened).read_text() == version.content == DRAFT
    [first, again] = opened.store.keywords.history("inside")
    assert (first.reason, again) == (FIRST, version)
    assert (again.predicted["n"], again.predicted["posts_a_week"] > 0) == (2, True)
    assert list(file_of(opened).parent.glob("*.part")) == []
    assert noticed(opened) == []


def test_a_new_list_begins_at_version_one(tmp_path: Path) -> None:
    opened = installed(tmp_path)
    assert kept(opened, LIST).number == 1
    assert noticed(opened) == []


def test_a_save_needs_a_reason(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="why"):
        kept(installed(tmp_path, inside=LIST), DRAFT, reason="  ")


@pytest.mark.parametrize(
    "wrong",
    [
        LIST + 'must_not_match = ["de groepsapp"]\n',
        LIST.replace('"inside"', '"other"'),
        LIST.replace("groepsapp", "a AND b"),
        LIST.replace("terms", "words"),
        "not toml at all [",
        "x" * 300_000,
    ],
)
def test_a_draft_that_cannot_stand_changes_nothing(tmp_path: Path, wrong: str) -> None:
    opened = installed(tmp_path, inside=LIST)
    with pytest.raises(SettingsError):
        kept(opened, wrong)
    assert file_of(opened).read_text() == LIST
    assert opened.store.keywords.history("inside") == []


def test_a_draft_is_checked_with_the_whole_config(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    (opened.settings.folder / "queries.toml").write_text('[[query]]\nid = "q"\nexpression = "(("\n')
    with pytest.raises(SettingsError, match=r"queries\.toml"):
        kept(opened, DRAFT)


def test_a_save_that_loses_a_confirmed_finding_is_refused_unless_that_is_accepted(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    stored(opened, ("Voorbeeld BV: een interne memo", "confirmed"), ("Voorbeeld BV: interne memo 2", "spam"))
    with pytest.raises(LossError, match="1 confirmed finding that") as told:
        kept(opened, DRAFT)
    [lost] = told.value.backtest.confirmed_lost
    assert lost.text == "Voorbeeld BV: een interne memo"
    assert file_of(opened).read_text() == LIST
    assert kept(opened, DRAFT, accept_loss=True).number == 2


def test_when_the_file_cannot_be_written_no_version_is_kept(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    noticed(opened)
    version = replace(version_of(opened.store.keywords, "inside"), content=DRAFT)

    def fail() -> None:
        raise OSError("disk full")

    with pytest.raises((OSError, StoreError)):
        opened.store.keywords.add(version, fail)
    assert [one.number for one in opened.store.keywords.history("inside")] == [1]


def test_a_version_is_found_by_its_number_and_told_when_there_is_none(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    with pytest.raises(NotFoundError, match="no version of it was ever kept"):
        version_of(opened.store.keywords, "inside")
    kept(opened, DRAFT)
    assert version_of(opened.store.keywords, "inside", 1).content == LIST
    with pytest.raises(NotFoundError, match="there are 1 to 2"):
        version_of(opened.store.keywords, "inside", 7)
    with pytest.raises(NotFoundError, match="there are: inside"):
        list_of(opened, "outside")


def test_a_draft_without_comments_takes_over_those_of_the_file() -> None:
    bare = 'id = "inside"\nclause = "C03"\nweight = 0.5\nterms = """\ngroepsapp\n"""\nnote = "x"\n'
    both = merged(LIST, bare, "f")
    assert "# what people say inside" in both
    assert 'clause = "C03"   # conversations' in both
    assert "weight = 0.5" in both
    assert "interne memo" not in both
    assert merged(LIST, f"# mine\n{bare}", "f") == f"# mine\n{bare}"
    assert merged("", bare, "f") == bare
    assert "weight" not in merged(LIST, bare.replace("weight = 0.5\n", ""), "f")


def test_a_hash_inside_a_text_is_no_comment() -> None:
    bare = 'id = "inside"\nclause = "C03"\nnote = "nr # 5"\nterms = """\n#tag\ngroepsapp # chat\n"""\n'
    assert "# what people say inside" in merged(LIST, bare, "f")


def test_a_difference_is_told_line_by_line() -> None:
    lines = difference(LIST, DRAFT, ("one", "two"))
    assert "-interne memo" in lines
    assert "+interne mail" in lines
    assert difference(LIST, LIST, ("one", "two")) == []


def test_an_unreadable_version_is_no_list() -> None:
    version = Version(list_id="x", number=1, at=NOW, by="a", reason="", content="id = ")
    assert table_of(version) is None


def test_the_newest_version_at_a_moment_is_found(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    noticed(opened)
    later = NOW + timedelta(days=8)
    file_of(opened).write_text(DRAFT)
    notice(opened.settings.folder, opened.store.keywords, later)
    shelf = opened.store.keywords
    assert shelf.newest(later)["inside"].number == 1
    assert shelf.newest()["inside"].number == 2
    assert [one.number for one in shelf.changed(NOW, later)] == [1]


def said(opened: Installation, week: Week) -> list[tuple[str, str]]:
    rows = rules_changed(opened.settings, opened.store.keywords, week)
    return [(row.role, row.what) for row in rows]


def test_the_digest_tells_what_was_predicted_and_then_what_came(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    version = Version(
        list_id="inside",
        number=0,
        at=NOW,
        by="ann",
        reason="r",
        content=LIST,
        predicted={"posts_a_week": 11.6},
    )
    opened.store.keywords.add(version)
    stored(opened, *[(f"Voorbeeld BV: de groepsapp, nummer {n}", "") for n in range(3)], days=-7)
    week = Week.of(NOW, opened.settings.zone)
    assert said(opened, week) == [
        ("communications", "keyword list inside, version 1: predicted 12 posts a week")
    ]
    assert said(opened, week.later(1)) == [
        ("communications", "keyword list inside, version 1: predicted 12 posts a week, got 3 this week")
    ]
    assert said(opened, week.later(2)) == []
    assert opened.facts(week).rules_changed[0][2].endswith("predicted 12 posts a week")


def test_the_digest_tells_of_an_edit_by_hand_and_not_of_a_first_look(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    noticed(opened)
    week = Week.of(NOW, opened.settings.zone)
    assert said(opened, week) == []
    file_of(opened).write_text(DRAFT)
    noticed(opened)
    [(role, what)] = said(opened, week)
    assert (role, "edited by hand" in what) == ("system", True)


def test_of_several_versions_in_a_week_only_the_last_is_followed(tmp_path: Path) -> None:
    opened = installed(tmp_path)

    def add(text: str) -> None:
        version = Version(list_id="inside", number=0, at=NOW, by="a", reason="r", content=text)
        opened.store.keywords.add(replace(version, predicted={"posts_a_week": 1}))

    add(LIST)
    add(DRAFT)
    week = Week.of(NOW, opened.settings.zone)
    assert ["version 2" in what for _, what in said(opened, week)] == [True]


def test_a_finding_names_the_list_that_voted() -> None:
    voted = finding(evidence=(Evidence(start=3, end=16, signal="keyword:inside"),))
    assert why_of(voted, "en") == ("terms of the keyword list inside: “tarieven 2027”",)
    assert why_of(voted, "nl", quote=False) == ("termen van de trefwoordenlijst inside",)


def test_a_list_that_lies_too_deep_is_remarked_on(tmp_path: Path) -> None:
    made = config(tmp_path, inside=LIST)
    (made / "keywords" / "nl").mkdir()
    (made / "keywords" / "nl" / "deep.toml").write_text(LIST)
    assert "remark: keywords/nl/deep.toml lies too deep and is not read" in check_config(made)


def test_the_digest_speaks_dutch_too(tmp_path: Path) -> None:
    opened = installed(tmp_path, inside=LIST)
    general = opened.settings.general.model_copy(update={"language": "nl"})
    settings = opened.settings.model_copy(update={"general": general})
    opened.store.keywords.add(
        Version(
            list_id="inside",
            number=0,
            at=NOW,
            by="a",
            reason="r",
            content=LIST,
            predicted={"posts_a_week": 31},
        )
    )
    [(_, role, what, *_)] = rules_changed(
        settings, opened.store.keywords, Week.of(NOW, settings.zone).later(1)
    )
    assert (role, what) == (
        "communicatie",
        "trefwoordenlijst inside, versie 1: voorspeld 31 berichten per week, het werden er 0",
    )
