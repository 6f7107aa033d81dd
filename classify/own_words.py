"""An organisation's names, products, rivals, topics and facts become patterns to find in texts. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from classify.folding import fold
from klankbord.settings import Fact, Organisation, Topic

#: letters a word may go on with: a topic's "tarief" also stands in "tarieven" and "tariefverhoging"
_ENDING = r"\w{0,18}"
_NOTHING = re.compile(r"(?!)")
#: letters up to which a word stands for itself: "zon" is not in "zondag", nor "sun" in "Sunday"
_SHORT = 3
_STOPWORDS = (
    "wordt worden werkt zonder binnen buiten tussen onder boven altijd alleen tijdens kunnen moeten"
    " which within without during between before after their there where these those always about"
    " other every working should would could through daarna hiervoor eerste volgende direct"
)
_STOP = frozenset(_STOPWORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTopic:
    """A confidential topic and the pattern that finds its terms."""

    id: str
    #: as the organisation wrote them
    terms: tuple[str, ...]
    pattern: re.Pattern[str]
    market_sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """A fact of the fact file, the pattern of its terms, and the words of its official text."""

    topic: str
    pattern: re.Pattern[str]
    #: first six letters of the longer words of the official text
    stems: frozenset[str]
    #: official text, folded, both languages
    official: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """Everything an organisation told about itself, as patterns over folded text."""

    names: re.Pattern[str] | None
    products: re.Pattern[str] | None
    rivals: re.Pattern[str] | None
    accounts: re.Pattern[str] | None
    published: re.Pattern[str] | None
    #: a role beside the organisation's name: "as a planner at Example Ltd", "porter at Example Ltd here"
    tied: re.Pattern[str] | None
    topics: tuple[OwnTopic, ...]
    facts: tuple[OwnFact, ...]


def own_words(organisation: Organisation) -> OwnWords:
    """Compile what the organisation told."""
    own = {
        word[:6]
        for name in (*organisation.names, *organisation.products)
        for word in re.findall(r"\w+", fold(name))
    }
    return OwnWords(
        names=any_of(organisation.names),
        products=any_of(organisation.products),
        rivals=any_of(organisation.competitors),
        # With its "@": the bare handle is often the organisation's own name.
        accounts=any_of(organisation.official_accounts),
        published=any_of(organisation.published, ending=_ENDING),
        tied=_tied(organisation.names),
        topics=tuple(_topic(topic) for topic in organisation.topic),
        facts=tuple(_fact(fact, own) for fact in organisation.fact),
    )


def any_of(words: Iterable[str], ending: str = r"(?:'?s|-?er)?") -> re.Pattern[str] | None:
    """A pattern for any of the words, longest first, hyphens and spaces alike; None without words."""
    pieces = _pieces(words)
    return re.compile(rf"(?<!\w)(?:{pieces}){ending}(?!\w)") if pieces else None


def hints(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for words that hint at a meaning, inflected and in compounds; None without words."""
    spelled = {spelling for word in words for spelling in _variants(fold(word).strip())} - {""}
    long = _pieces(word for word in spelled if len(word) > _SHORT)
    short = _pieces(word for word in spelled if len(word) <= _SHORT)
    either = [rf"(?:{long}){_ENDING}"] * bool(long) + [rf"(?:{short})(?:'?s|en)?"] * bool(short)
    return re.compile(rf"(?<!\w)(?:{'|'.join(either)})(?!\w)") if either else None


def listed(words: Iterable[str], text: str) -> str:
    """The first of a list's words that stands in a folded text, in the list's own spelling; else empty."""
    return next((word for word in words if _spelled(word).search(text)), "")


@lru_cache(maxsize=2048)
def _spelled(word: str) -> re.Pattern[str]:
    return any_of(_variants(fold(word)), ending=_ENDING) or _NOTHING


def _pieces(words: Iterable[str]) -> str:
    folded = sorted({fold(word).strip() for word in words} - {""}, key=lambda word: (-len(word), word))
    return "|".join(
        r"[\s\-]{0,2}".join(re.escape(part) for part in re.split(r"[\s\-]+", word)) for word in folded
    )


_OUTSIDE = (
    r"(?!(?:\w+ ){0,2}(?:klant|huurder|patient|student|reiziger|bezoeker|abonnee|lid|ouder|"
    r"customer|tenant|passenger|"
    r"visitor|subscriber|member|parent|investor|resident|bewoner|fan|gast|guest|speler|player)\w{0,2}(?!\w))"
)


def _tied(names: Iterable[str]) -> re.Pattern[str] | None:
    """A role beside one of the names, as people open a post with."""
    name = _pieces(names)
    if not name:
        return None
    at = rf"(?:bij|van|at|for|with|from|in|op|voor) (?:de |het |the )?(?:{name})(?!\w)"
    return re.compile(
        rf"(?<!\w)(?:(?:als|as an?|as the|been an?|ben|i'?m an?|was an?) {_OUTSIDE}(?:[\w-]{{2,20}} "
        rf"){{1,3}}(?:hier |here )?{at}"
        rf"|{_OUTSIDE}[\w-]{{3,20}} {at} (?:hier|here)(?!\w)"
        rf"|(?:{name}) (?:[\w-]{{2,20}} ){{0,2}}(?:hier|here)(?= on|[,.!:;]|$))"
    )


def _variants(term: str) -> tuple[str, ...]:
    """A term and its other spellings: tarief and tarieven, prijs and prijzen, policy and policies."""
    for last, other in (("f", "v"), ("s", "z")):
        if term.endswith(last) and len(term) > 4:
            return term, f"{term[:-1]}{other}en"
    if term.endswith("y") and len(term) > 4:
        return term, f"{term[:-1]}ies"
    long = re.fullmatch(r"(.*[^aeou])([aeou])\2([bdfgklmnprst])", term)
    return (term, f"{long[1]}{long[2]}{long[3]}en") if long else (term,)


def _topic(topic: Topic) -> OwnTopic:
    terms = (*topic.terms_nl, *topic.terms_en)
    spelled = [spelling for term in terms for spelling in _variants(fold(term))]
    pattern = any_of(spelled, ending=_ENDING) or _NOTHING
    return OwnTopic(id=topic.id, terms=terms, pattern=pattern, market_sensitive=topic.market_sensitive)


def _fact(fact: Fact, own: set[str]) -> OwnFact:
    terms = (fact.topic, *fact.terms_nl, *fact.terms_en)
    official = fold(f"{fact.nl} {fact.en}")
    words = (*re.findall(r"[^\W\d_]{5,}", official), *re.findall(r"[^\W\d_]{4,}", fold(" ".join(terms))))
    return OwnFact(
        topic=fact.topic,
        pattern=any_of(terms, ending=_ENDING) or _NOTHING,
        # Own names say that a post is about the organisation, never which fact.
        stems=frozenset(word[:6] for word in words if word not in _STOP) - own,
        official=official,
        url=fact.url,
    )
