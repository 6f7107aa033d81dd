"""An organisation's names, products, rivals, topics and facts become patterns to find in texts. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from classify.folding import fold
from classify.voices import Signed, handles, signed
from klankbord.settings import Fact, Organisation, SealedTopic, Topic

#: letters a word may go on with: a topic's "tarief" also stands in "tarieven" and "tariefverhoging"
_ENDING = r"\w{0,18}"
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_NOTHING = re.compile(r"(?!)")
#: letters up to which a word is inflected, but part of no compound: "zon" is not in "zondag"
_SHORT = 4
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
    #: out of topics.sealed: its terms and its name stay out of everything that is kept or shown
    sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFact:
    """A fact of the fact file, the pattern of its terms, and the words of its official text."""

    topic: str
    pattern: re.Pattern[str]
    #: first six letters of the longer words of the official text
    stems: frozenset[str]
    #: finds words that begin with them
    words: re.Pattern[str]
    #: official text, folded, both languages
    official: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPublic:
    """A statement that is public already, by the words and figures it holds."""

    text: str
    stems: frozenset[str]
    figures: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """Everything an organisation told about itself, as patterns over folded text."""

    names: re.Pattern[str] | None
    products: re.Pattern[str] | None
    rivals: re.Pattern[str] | None
    accounts: re.Pattern[str] | None
    #: the end of a post that speaks for the organisation: "Groet, Lisa van Example Ltd", "Team Example Ltd"
    signed: Signed
    published: re.Pattern[str] | None
    #: a role beside the organisation's name: "as a planner at Example Ltd", "porter at Example Ltd here"
    tied: re.Pattern[str] | None
    topics: tuple[OwnTopic, ...]
    facts: tuple[OwnFact, ...]
    public: tuple[OwnPublic, ...] = ()


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
        accounts=handles(organisation.voices),
        signed=signed(organisation.names, organisation.voices),
        published=any_of(organisation.published, ending=_ENDING),
        tied=_tied(organisation.names),
        topics=tuple(_topic(topic) for topic in organisation.topic),
        facts=tuple(_fact(fact, own) for fact in organisation.fact),
        public=tuple(_public(one.text, own) for one in organisation.public),
    )


def repeated(own: OwnWords, text: str) -> OwnPublic | None:
    """The public statement that a folded text repeats, with no figure of its own beside it; else None.

    Half of the statement's words and at least three: a post that only adds to what is public is no
    repetition, and its figures give it away.
    """
    if not own.public:
        return None
    stems, figures = frozenset(_stems(text)), frozenset(_FIGURE.findall(text))
    for one in own.public:
        shared = len(one.stems & stems)
        if shared >= 3 and 2 * shared >= len(one.stems) and figures <= one.figures:
            return one
    return None


def any_of(words: Iterable[str], ending: str = r"(?:'?s|-?er)?") -> re.Pattern[str] | None:
    """A pattern for any of the words, longest first, hyphens and spaces alike; None without words."""
    pieces = _pieces(words)
    return re.compile(rf"(?<!\w)(?:{pieces}){ending}(?!\w)") if pieces else None


def hints(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for words that hint at a meaning, inflected and in compounds; None without words."""
    spelled = {spelling for word in words for spelling in _variants(fold(word).strip())} - {""}
    long = _pieces(word for word in spelled if len(word) > _SHORT)
    short = _pieces(word for word in spelled if len(word) <= _SHORT)
    either = [rf"(?:{long}){_ENDING}"] * bool(long) + [rf"(?:{short})(?:'?s|e|en|es)?"] * bool(short)
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


def _public(text: str, own: set[str]) -> OwnPublic:
    folded = fold(text)
    figures = frozenset(_FIGURE.findall(folded))
    return OwnPublic(text=text, stems=frozenset(_stems(folded)) - own, figures=figures)


def _stems(folded: str) -> set[str]:
    return {word[:6] for word in re.findall(r"[^\W\d_]{4,}", folded)} - {word[:6] for word in _STOP}


def _topic(topic: Topic) -> OwnTopic:
    terms = (*topic.terms_nl, *topic.terms_en)
    spelled = [spelling for term in terms for spelling in _variants(fold(term))]
    pattern = any_of(spelled, ending=_ENDING) or _NOTHING
    return OwnTopic(
        id=topic.id,
        terms=terms,
        pattern=pattern,
        market_sensitive=topic.market_sensitive,
        sealed=isinstance(topic, SealedTopic),
    )


def _fact(fact: Fact, own: set[str]) -> OwnFact:
    terms = (fact.topic, *fact.terms_nl, *fact.terms_en)
    official = fold(f"{fact.nl} {fact.en}")
    words = (*re.findall(r"[^\W\d_]{5,}", official), *re.findall(r"[^\W\d_]{4,}", fold(" ".join(terms))))
    # Own names say that a post is about the organisation, never which fact.
    stems = frozenset(word[:6] for word in words if word not in _STOP) - own
    return OwnFact(
        topic=fact.topic,
        pattern=any_of(terms, ending=_ENDING) or _NOTHING,
        stems=stems,
        words=any_of(stems, ending=r"\w{0,14}") or _NOTHING,
        official=official,
        url=fact.url,
    )
