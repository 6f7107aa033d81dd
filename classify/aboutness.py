"""A post that names the organisation comes in; whether it is about the organisation at all goes out. Pure.

A name that is also a bird, a surname or a sports club needs evidence: words that make it ours against words of
its other meaning, and how the name is written. A name that means nothing else needs none.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from classify.about_cues import OTHER, OURS
from classify.folding import fold, unfolded
from classify.own_words import any_of, hints
from klankbord.settings import Organisation

Span = tuple[int, int]
#: a word, or several that a sign joins: "check-in", "b&b"
_WORD = re.compile(r"[^\W_]+(?:['&-][^\W_]+)*")
_LONGEST_ENDING = 14
_ARTICLES = frozenset("de het een the a an 't 'n".split())
_POINTING = frozenset("een a an geen no one every iedere elke".split())
_TOWARDS = frozenset("bij at @ from van voor for naar to with met via door by namens".split())
_WE = frozenset("wij we ons onze our us ourselves".split())


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
    #: without its capital in a text that has capitals
    lowered: float = 0
    #: after an article that its name has not: "a roerdomp", "the roerdomp"
    article: float = 0
    hashtag: float = 0
    #: the writer speaks as "we"
    we: float = 0


def _table(kinds: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    whole: dict[str, str] = {}
    begins: dict[str, str] = {}
    for kind, words in kinds.items():
        for word in words.split():
            (begins if word.endswith("*") else whole).setdefault(fold(word.rstrip("*")), kind)
    return whole, begins


_WHOLE, _BEGINS = _table({**OURS, **OTHER})


@lru_cache(maxsize=50_000)
def _kind(word: str) -> str:
    """What a folded word is of, by the shipped lists; empty where they do not know it."""
    if word in _WHOLE:
        return _WHOLE[word]
    for end in range(len(word), max(1, len(word) - _LONGEST_ENDING - 1), -1):
        if word[:end] in _BEGINS:
            return _BEGINS[word[:end]]
    return ""


class Aboutness:
    """Tells whether a post is about the organisation, for names that mean something else as well."""

    def __init__(self, organisation: Organisation) -> None:
        """Compile what was told."""
        doubtful = {_bare(one.name) for one in organisation.ambiguous}
        told = (*organisation.names, *organisation.products)
        self._doubtful = any_of(
            [name for name in told if _bare(name) in doubtful] + [one.name for one in organisation.ambiguous]
        )
        self._clear = any_of([*(name for name in told if _bare(name) not in doubtful), *organisation.voices])
        self._ours = hints(word for one in organisation.ambiguous for word in one.ours)
        self._other = hints(word for one in organisation.ambiguous for word in one.other)
        self._near = hints(_near(organisation))
        means = " ".join(fold(one.means) for one in organisation.ambiguous)
        self._meant = {_kind(word) for word in _WORD.findall(means)} & set(OTHER)
        self._article = any(fold(one.name).split()[0] in _ARTICLES for one in organisation.ambiguous)

    def evidence(self, given: str) -> Evidence:
        folded = fold(given)
        spots = [match.span() for match in self._doubtful.finditer(folded)]
        blank = self._doubtful.sub(" ", folded)
        words = set(_WORD.findall(blank))
        told = {m for pt in (self._ours, self._other, self._near) if pt for one in pt.findall(blank) for m in _WORD.findall(one)}
        counts = dict.fromkeys((*OURS, *OTHER), 0)
        for kind in map(_kind, words - told):
            if kind: counts[kind] += 1
        forms = [self._form(given, folded, spot, at) for spot, at in zip(spots, unfolded(given, spots))]
        def most(n): return float(max((f[n] for f in forms), default=0))
        return Evidence(
            told_ours=min(2, _count(self._ours, blank)), told_other=min(2, _count(self._other, blank)),
            told_near=min(2, _count(self._near, blank)),
            work=min(3, counts["work"]), service=min(3, counts["service"]), business=min(3, counts["business"]),
            meant=min(2, sum(counts[k] for k in self._meant)),
            elsewhere=min(2, sum(counts[k] for k in OTHER if k not in self._meant)),
            beside_ours=most(0), beside_other=most(1), first_name=most(2), towards=most(3),
            lowered=most(4), article=most(5), hashtag=most(6), we=float(bool(words & _WE)),
        )

    def _form(self, given, folded, spot, at):
        start, end = spot
        before = folded[max(0, start - 60): start]
        last = _WORD.findall(before)
        previous = last[-1] if last and not re.search(r"[.!?\n]\s*$", re.sub(r"\b(mr|dr|mrs|ms|st|prof)\. *$", r"\1 ", before)) else ""
        prior = last[-2] if previous in _ARTICLES and len(last) > 1 else previous
        after = re.match(r"(?:'s)?((?:[ -]+[^\W_]+){0,2})", folded[end: end + 60])
        following = _WORD.findall(after[1]) if after else []
        sides = [_kind(prior)] * bool(prior)
        written = given[at[0]: at[1]]
        sentence = given[max(0, at[0] - 60): at[0]]
        named = re.search(r"(?<![.!?:\n]\s)(?<![.!?:\n])(?<!^)\b[A-Z][a-z]+ $", sentence)
        first = _kind(following[0]) if following else ""
        second = _kind(following[1]) if len(following) > 1 and following[0] in _ARTICLES | {"estate", "primary"} else ""
        return (
            first in OURS or _kind(prior) in OURS,
            _kind(prior) in OTHER or first in OTHER or second in OTHER,
            bool(named) and _kind(fold(named[0].strip())) not in OURS and fold(named[0].strip()) not in _TOWARDS | _ARTICLES,
            previous in _TOWARDS or folded[start-1:start] == "@",
            written[:1].islower() and given[:1].isupper(),
            written[:1].islower() and (previous in _POINTING or (not self._article and previous in _ARTICLES)),
            folded[start-1:start] == "#",
        )


def _count(pattern, text):
    return len({m[0] for m in pattern.finditer(text)}) if pattern else 0


def _bare(name: str) -> str:
    words = fold(name).replace("-", " ").split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def _near(organisation: Organisation) -> list[str]:
    own = {word for one in organisation.ambiguous for word in _WORD.findall(fold(one.name))}
    words = [w for name in (*organisation.products, *organisation.competitors, *(n for n in organisation.names)) for w in _WORD.findall(fold(name)) if len(w) > 4]
    words += [t for one in organisation.topic for t in (*one.terms_nl, *one.terms_en)]
    words += [t for one in organisation.fact for t in (one.topic, *one.terms_nl, *one.terms_en)]
    texts = " ".join([*(f"{f.nl} {f.en}" for f in organisation.fact), *(t.meaning for t in organisation.topic)])
    words += [w for w in _WORD.findall(fold(texts)) if len(w) > 6]
    return [w for w in words if not any(o in fold(w) for o in own) and w not in _STOP]
_STOP = frozenset("minimum maximum without binnen between tussen volgende another whether".split())

