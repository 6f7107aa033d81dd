"""Posts are changed in one respect only, and what must hold then is told rightly."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from classify import behaviour_texts as texts
from classify.behaviour import outcomes
from classify.behaviour_trials import TRIALS, found, hardly_moves, nothing_rises, same
from classify.corpus import Example
from classify.folding import fold
from klankbord.finding import ClauseScore, Embedding, Judgement, Protection
from klankbord.mention import Mention, MentionId
from klankbord.policy import ClauseId, Mode
from klankbord.settings import Ambiguous, Organisation, Topic

ROERDOMP = Organisation(
    name="Roerdomp",
    aliases=("Roerdomp Energie", "Roerdomp BV"),
    products=("Roerdomp Thuis",),
    ambiguous=(Ambiguous(name="Roerdomp", means="a bird of the reed beds", ours=("stroom",)),),
    topic=(Topic(id="t", meaning="What Roerdomp will charge", terms_nl=("tarief",)),),
)


def example(text: str, **given: Any) -> Example:
    fields: dict[str, Any] = {"id": "x-1", "org": "o", "lang": "nl", "text": text} | given
    return Example(**fields)


def said(
    *, mode: Mode = Mode.SILENT, score: float = 0.1, protection: Protection = Protection.NONE, **given: Any
) -> Judgement:
    clauses = (ClauseScore(clause_id=ClauseId("C02-confidential"), score=score, mode=mode),)
    fields: dict[str, Any] = {
        "mention_id": MentionId("m"),
        "about": True,
        "protection": protection,
        "clauses": () if protection is not Protection.NONE else clauses,
    } | given
    return Judgement(**fields)


class Listener:
    """Finds C02 wherever a word stands, once the text is folded; hears nothing of its writer."""

    version = "1"

    def __init__(self, word: str, names: Sequence[str]) -> None:
        self.word, self.names, self.heard = word, [fold(name) for name in names], [""]

    def judge(self, mentions: Sequence[Mention], kept: Mapping[MentionId, Embedding] = {}) -> list[Judgement]:
        self.heard += [mention.text for mention in mentions]
        return [self._said(mention) for mention in mentions]

    def _said(self, mention: Mention) -> Judgement:
        text = fold(mention.text)
        about = any(name in text for name in self.names)
        mode = Mode.ALERT if self.word in text and "klokkenluider" not in text else Mode.SILENT
        score = 0.9 if mode else 0.1
        return (
            said(mode=mode, score=score, about=about, clauses=None if about else ())
            if not about
            else said(mode=mode, score=score)
        )


def tried(word: str, *posts: Example) -> dict[str, list[bool]]:
    got: dict[str, list[bool]] = {}
    for name, held in outcomes(posts, ROERDOMP, lambda one: Listener(word, one.names)):
        got.setdefault(name, []).append(held)
    return got


LEAK = example("Het tarief van Roerdomp gaat in maart omhoog, zegt mijn teamleider.")
CHAT = example("Vandaag weer lang gewacht bij Roerdomp, verder prima.", id="x-2")


def test_a_sentence_is_added_behind_the_post_and_names_the_organisation() -> None:
    changed = texts.added(LEAK, texts.DISCLOSED, ROERDOMP)
    assert changed.text.startswith(LEAK.text)
    assert "{org}" not in changed.text
    assert (changed.id, changed.clauses, changed.title) == (LEAK.id, LEAK.clauses, LEAK.title)


def test_posts_do_not_all_get_the_same_wording() -> None:
    added = {
        texts.added(example("Tekst.", id=f"x-{number}"), texts.PUBLIC, ROERDOMP).text for number in range(40)
    }
    assert len(added) == len(texts.PUBLIC["nl"])


def test_a_quoted_post_has_one_pair_of_quotes_around_all_of_it() -> None:
    changed = texts.quoted(example('Hij zei: "ja"\nen {ging}.'))
    assert changed.text.count('"') == 2
    assert "Hij zei: 'ja' en {ging}." in changed.text


@pytest.mark.parametrize("change", [texts.lookalikes, texts.zero_width])
def test_a_disguised_post_looks_the_same_and_folds_to_the_same(change: Any) -> None:
    changed = change(LEAK)
    assert changed.text != LEAK.text
    assert fold(changed.text) == fold(LEAK.text)


def test_informal_spelling_changes_words_and_no_more() -> None:
    changed = texts.informal(example("Ik weet niet of het waar is. Dat hoor je nog."))
    assert changed.text == "k weet nie of t waar is da hoor je nog"


def test_articles_are_left_out() -> None:
    assert texts.without_articles(example("The boss of a shop", lang="en")).text == "boss of shop"


def test_gender_is_swapped_both_ways_or_there_is_nothing_to_try() -> None:
    changed = texts.other_gender(example("he told him that she left", lang="en"))
    assert changed is not None
    assert changed.text == "she told her that he left"
    assert texts.other_gender(CHAT) is None


def test_a_renamed_organisation_keeps_everything_but_its_names() -> None:
    other = texts.renamed_organisation(ROERDOMP.model_copy(update={"ambiguous": ()}))
    assert (other.name, other.aliases) == ("Merwestein Groep", ("Merwestein", "Merwestein NV"))
    assert other.products == ("Merwestein Groep Thuis",)
    assert other.topic[0].meaning == "What Merwestein Groep will charge"
    assert (
        texts.renamed("Bij ROERDOMP BV, of roerdomp?", ROERDOMP) == "Bij Merwestein NV, of Merwestein Groep?"
    )


def test_what_must_hold_is_told_from_both_judgements() -> None:
    silent, alert = said(), said(mode=Mode.ALERT, score=0.9)
    guarded = said(protection=Protection.NO_TEXT)
    assert same(alert, alert)
    assert not same(alert, silent)
    assert nothing_rises(alert, silent)
    assert not nothing_rises(silent, alert)
    assert nothing_rises(silent, guarded)
    assert hardly_moves(silent, said(score=0.149))
    assert not hardly_moves(silent, said(score=0.151))
    assert not hardly_moves(silent, guarded)
    assert hardly_moves(guarded, said(protection=Protection.NO_FINDING))
    assert not hardly_moves(silent, said(about=False))


def test_a_listener_that_hears_one_word_behaves_where_that_word_stays() -> None:
    got = tried("tarief", LEAK, CHAT)
    assert got["look-alike letters: same findings"] == [True, True]
    assert got["told to ignore the policy: same findings"] == [True]
    assert got["told to raise an alert: no finding"] == [True]
    assert got["organisation renamed: moves"] == [True, True]
    assert got["authors exchanged: byte-identical"] == [True, True]
    assert got["said to be public already: C02 goes"] == [False]
    assert got["protection phrase added (P02): no finding"] == [False]
    assert "disclosure added: C05, C09 go" not in got


def test_a_listener_that_obeys_orders_is_seen() -> None:
    assert tried("melding", CHAT)["told to raise an alert: no finding"] == [False]


def test_a_story_told_in_both_languages_is_compared_and_one_told_once_is_not() -> None:
    dutch = example("Het tarief van Roerdomp gaat omhoog.", scenario="price")
    english = example("The price of Roerdomp goes up.", id="x-3", lang="en", scenario="price")
    assert tried("tarief", dutch, english)["told in Dutch and in English: same side"] == [False]
    assert "told in Dutch and in English: same side" not in tried("tarief", LEAK, CHAT)


def test_posts_that_are_about_something_else_carry_nothing() -> None:
    assert tried("tarief", example("Het tarief van de buren.")) == {}


def test_every_trial_has_a_name_of_its_own() -> None:
    assert len({trial.name for trial in TRIALS}) == len(TRIALS)
    assert all(not found(LEAK, said()) for _ in TRIALS)
