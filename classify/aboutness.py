"""A post that names the organisation comes in; whether it is about the organisation at all goes out. Pure.

A name that is also a bird, a surname or a sports club needs evidence: words that make it ours against words
of its other meaning, and how the name is written. A name that means nothing else needs none.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from classify.about_cues import OTHER, OURS
from classify.folding import fold, unfolded
from classify.own_words import any_of, hints
from klankbord.settings import Organisation

Span = tuple[int, int]
#: a word, or several that a sign joins: "check-in", "b&b"
_WORD = re.compile(r"[^\W_]+(?:['&-][^\W_]+)*")
_LONGEST_ENDING = 14
_ARTICLES = frozenset(("de", "het", "een", "the", "a", "an"))
_POINTING = frozenset(("een", "a", "an", "geen", "elke", "iedere", "every"))
_TOWARD_WORDS = "bij at from van voor for naar to with met via door by namens"
_TOWARDS = frozenset(_TOWARD_WORDS.split())
_WE = frozenset(("wij", "we", "ons", "onze", "our", "us", "ourselves"))
#: a capital that stands in the middle of a sentence, right before the name
_NAMED = re.compile(r"(?<![.!?:\n]\s)(?<![.!?:\n])(?<!^)\b([A-Z][a-z]+) $")
_ENDED = re.compile(r"(?<!\bmr)(?<!\bmrs)(?<!\bdr)(?<!\bprof)[.!?\n]\s*$")
_FOLLOWING = re.compile(r"(?:'s)?((?:[ -]+[^\W_]+){0,2})")
#: characters of the text that are looked at on either side of a name
_AROUND = 60
#: places of a name that are looked at: a post of nothing else costs no more
_MOST_SPOTS = 20
#: letters by which a word of the organisation's own texts is known again
_STEM = 6
#: long words of any text, that tell nothing of whose it is
_ANYBODYS = frozenset(
    ("minimum", "maximum", "without", "between", "volgende", "another", "whether", "minstens")
)


class Evidence(NamedTuple):
    """What speaks for and against; every number is a count up to a cap, or 0 and 1."""

    #: words that the organisation told make the name ours, and words of the other meaning
    told_ours: float = 0
    told_other: float = 0
    #: words of its products, rivals, topics and facts
    told_near: float = 0
    #: shipped words, by what they are of
    work: float = 0
    service: float = 0
    business: float = 0
    #: shipped words of a world that the told meaning names, and of other worlds
    meant: float = 0
    elsewhere: float = 0
    #: a word of work, service or business beside the name: "Roerdomp driver"
    beside_ours: float = 0
    #: a word of the other worlds beside the name: "bakery De Wit", "Olympia fc"
    beside_other: float = 0
    #: another name before it: "Anneke de Wit"
    first_name: float = 0
    #: after "at", "bij", "from", "voor"
    towards: float = 0
    #: without its capital, though the text begins with one
    lowered: float = 0
    #: without its capital, after an article that is no part of it: "a roerdomp"
    article: float = 0
    hashtag: float = 0
    #: the writer speaks as "we"
    we: float = 0


class _Form(NamedTuple):
    """How one naming is written: the fields of Evidence of the same names."""

    beside_ours: bool
    beside_other: bool
    first_name: bool
    towards: bool
    lowered: bool
    article: bool
    hashtag: bool


# Rounded from a logistic regression on the written posts of five organisations; with each left out in turn,
# the same signs and nearly the same sizes came back.
WEIGHTS = Evidence(
    told_ours=1.6,
    told_other=-2.3,
    told_near=1.4,
    work=1.3,
    service=1.1,
    business=1.1,
    meant=-2.5,
    elsewhere=-0.9,
    beside_ours=0.9,
    beside_other=-1.2,
    first_name=-0.5,
    towards=1.2,
    lowered=-1.1,
    article=-1.4,
    hashtag=0.6,
    we=0.6,
)
#: what a naming is worth by itself; above 0 in sum it is about us, so that doubt keeps a post
_BASE = 0.75


def weighed(evidence: Evidence) -> float:
    """For and against in one number; above 0: about the organisation."""
    return _BASE + sum(weight * count for weight, count in zip(WEIGHTS, evidence, strict=True))


class Aboutness:
    """Tells whether a post is about the organisation, for names that mean something else as well."""

    def __init__(self, organisation: Organisation) -> None:
        """Compile what was told."""
        tables = organisation.ambiguous
        bare = {_bare(one.name) for one in tables}
        told = (*organisation.names, *organisation.products)
        names = [name for name in (*told, *(one.name for one in tables)) if _bare(name) in bare]
        self._doubtful = any_of(names)
        # Wildcards of a query may have taken a longer word: "roerdomp*" also hits "roerdompen".
        self._alone = any_of(names, ending=r"\w{0,6}")
        clear = [name for name in told if _bare(name) not in bare]
        self._clear = [
            (_longest_word(name), pattern)
            for name in (*clear, *organisation.voices)
            if (pattern := any_of((name,))) is not None
        ]
        self._ours = hints(word for one in tables for word in one.ours)
        self._other = hints(word for one in tables for word in one.other)
        self._near = _near(organisation)
        self._meant = {
            kind
            for one in tables
            for word in _WORD.findall(fold(one.means))
            if (kind := _kind(word)) in OTHER
        }
        self._with_article = any(fold(one.name).split()[0] in _ARTICLES for one in tables)

    @property
    def doubts(self) -> bool:
        """Whether any name is ambiguous; where none is, a post that names the organisation is about it."""
        return self._doubtful is not None

    def doubtful(self, hit: str) -> bool:
        """Whether what a query hit is nothing but an ambiguous name."""
        return self._alone is not None and self._alone.fullmatch(fold(hit).strip(" #@'\"")) is not None

    def about(self, given: str) -> bool:
        """Whether a text, with its title and the post it answers, is about the organisation.

        Args:
            given: the three as one text; it names the organisation.
        """
        if self._doubtful is None:
            return True
        folded = fold(given)
        return self._certain(folded) or weighed(self._seen(given, folded, self._doubtful)) > 0

    def named_only_in_doubt(self, given: str) -> bool:
        """Whether a text has an ambiguous name, and nothing else that names the organisation."""
        folded = fold(given)
        if self._doubtful is None or not self._doubtful.search(folded):
            return False
        return not self._certain(folded)

    def evidence(self, given: str) -> Evidence:
        """What speaks for and against, for an explanation or for a model that weighs better than this."""
        return self._seen(given, fold(given), self._doubtful) if self._doubtful else Evidence()

    def _certain(self, folded: str) -> bool:
        # The plain look for a word first: most posts do not hold it, and a pattern costs far more.
        return any(word in folded and pattern.search(folded) for word, pattern in self._clear)

    def _seen(self, given: str, folded: str, names: re.Pattern[str]) -> Evidence:
        spots = [match.span() for match in islice(names.finditer(folded), _MOST_SPOTS)]
        blank = names.sub(" ", folded)
        ours, other = _found(self._ours, blank), _found(self._other, blank)
        words = set(_WORD.findall(blank)) - {word for hit in ours | other for word in _WORD.findall(hit)}
        near = {word for word in words if word[:_STEM] in self._near}
        counts = dict.fromkeys((*OURS, *OTHER, ""), 0)
        for word in words - near:
            counts[_kind(word)] += 1
        forms = [
            self._form(given, folded, spot, at)
            for spot, at in zip(spots, unfolded(given, spots), strict=True)
        ]
        return Evidence(
            told_ours=min(2, len(ours)),
            told_other=min(2, len(other)),
            told_near=min(2, len({word[:_STEM] for word in near})),
            work=min(3, counts["work"]),
            service=min(3, counts["service"]),
            business=min(3, counts["business"]),
            meant=min(2, sum(counts[kind] for kind in self._meant)),
            elsewhere=min(2, sum(counts[kind] for kind in OTHER if kind not in self._meant)),
            **{name: float(any(getattr(form, name) for form in forms)) for name in _Form._fields},
            we=float(not words.isdisjoint(_WE)),
        )

    def _form(self, given: str, folded: str, spot: Span, at: Span) -> _Form:
        """How the name is written at one place, and what stands right beside it."""
        start, end = spot
        before = folded[max(0, start - _AROUND) : start]
        last = [] if _ENDED.search(before) else _WORD.findall(before)[-2:]
        previous = last[-1] if last else ""
        prior = last[0] if previous in _ARTICLES else previous
        after = _FOLLOWING.match(folded, end)
        following = _WORD.findall(after[1]) if after else []
        # "De Wit the vet": what it is follows its article
        beside = following[1:2] if following[:1] and following[0] in _ARTICLES else following[:1]
        kinds = {_kind(prior), *map(_kind, beside)}
        lowered = given[at[0] : at[0] + 1].islower()
        named = _NAMED.search(given[max(0, at[0] - _AROUND) : at[0]])
        pointed = previous in _POINTING or (not self._with_article and previous in _ARTICLES)
        sign = folded[start - 1 : start]
        return _Form(
            beside_ours=not kinds.isdisjoint(OURS),
            beside_other=not kinds.isdisjoint(OTHER),
            first_name=named is not None and _may_be_name(fold(named[1])),
            towards=previous in _TOWARDS or sign == "@",
            lowered=lowered and given[:1].isupper(),
            article=lowered and pointed,
            hashtag=sign == "#",
        )


def _may_be_name(word: str) -> bool:
    return _kind(word) not in OURS and word not in _TOWARDS | _ARTICLES


def _found(pattern: re.Pattern[str] | None, text: str) -> set[str]:
    return {match[0] for match in pattern.finditer(text)} if pattern else set()


def _bare(name: str) -> str:
    """A name without its article: who doubts "De Ekster" doubts "Ekster" as well."""
    words = fold(name).replace("-", " ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def _longest_word(name: str) -> str:
    return max(re.split(r"[\s\-]+", fold(name).strip()), key=len)


def _near(organisation: Organisation) -> frozenset[str]:
    """Stems of the words that the organisation uses of itself, but for those of its ambiguous names."""
    own = {word for one in organisation.ambiguous for word in _bare(one.name).split()}
    names = " ".join((*organisation.names, *organisation.products, *organisation.competitors))
    terms = " ".join(
        (
            *(term for one in organisation.topic for term in (*one.terms_nl, *one.terms_en)),
            *(term for one in organisation.fact for term in (one.topic, *one.terms_nl, *one.terms_en)),
        )
    )
    texts = " ".join(
        (
            *(one.meaning for one in organisation.topic),
            *(f"{one.nl} {one.en}" for one in organisation.fact),
        )
    )
    words = [*_longer(f"{names} {terms}", 5), *_longer(texts, 7)]
    return frozenset(
        word[:_STEM] for word in words if word not in _ANYBODYS and not any(one in word for one in own)
    )


def _longer(text: str, least: int) -> list[str]:
    return [word for word in _WORD.findall(fold(text)) if len(word) >= least]


def _table(kinds: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    whole: dict[str, str] = {}
    begins: dict[str, str] = {}
    for kind, words in kinds.items():
        for word in words.split():
            (begins if word.endswith("*") else whole).setdefault(fold(word.rstrip("*")), kind)
    return whole, begins


_WHOLE, _BEGINS = _table({**OURS, **OTHER})


# Posts use the same words over and over; a bound keeps a flood of made-up ones out of memory.
@lru_cache(maxsize=20_000)
def _kind(word: str) -> str:
    """What a folded word is of, by the shipped lists; empty where they do not know it."""
    if word in _WHOLE:
        return _WHOLE[word]
    ends = range(len(word), max(1, len(word) - _LONGEST_ENDING - 1), -1)
    return next((_BEGINS[word[:end]] for end in ends if word[:end] in _BEGINS), "")
