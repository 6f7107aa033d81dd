"""Confirmed, dismissed and other posts come in; terms to add, to exclude and to drop go out. Pure.

Words are weighed by the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn,
"Fightin' Words", Political Analysis 16:4, 2008), on the number of posts that hold a word. The prior is how
often stored posts at large hold it, so that everyday words do not stand out. What is counted is posts:
neither how often one post repeats a word, nor who wrote it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from classify.query_ast import Compound, Term
from klankbord.tuning.vocabulary import Words

#: posts that hold a term before it is told, and the deviation from which it stands out (95 %)
_LEAST, _OUT = 3, 1.96
#: terms told of each kind, and letters of a word whose variants are looked for
_TOLD, _LONG = 15, 6
#: weight of the prior, in posts, as a share of the posts compared
_PRIOR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A term, how far it stands out, and in how many posts it is."""

    term: str
    #: deviations from no difference
    z: float
    confirmed: int
    dismissed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A term that would take noise away if it were excluded."""

    term: str
    #: dismissed findings that the list hits and that would go, of how many
    dismissed: int
    of: int
    #: confirmed ones that would go: none, of how many
    confirmed_of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A word in confirmed posts that is nearly a term of the list."""

    word: str
    term: str
    posts: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What could be better about a list; all of it is for a person to weigh."""

    list_id: str
    confirmed: int
    dismissed: int
    #: stored posts from which the prior was taken
    background: int
    add: tuple[Weighed, ...]
    exclude: tuple[Removal, ...]
    near: tuple[NearMiss, ...]
    #: terms that matched no stored post in 90 days
    dead: tuple[str, ...]


def weighed(
    confirmed: Sequence[Words], dismissed: Sequence[Words], background: Mapping[str, int], posts: int
) -> list[Weighed]:
    """Every term, the ones that speak most for a confirmed finding first.

    Args:
        confirmed: terms of each confirmed post.
        dismissed: terms of each dismissed post.
        background: posts that hold each term, out of `posts` stored ones.
        posts: how many stored posts were read.
    """
    yes, no = _counted(confirmed), _counted(dismissed)
    mass = max(1.0, _PRIOR * (len(confirmed) + len(dismissed)))
    found = []
    for term in yes.keys() | no.keys():
        # One more on both sides: else a word that one side never holds would seem too uncertain to tell.
        prior = 1.0 + mass * background.get(term, 0) / max(posts, 1)
        above, below = yes[term] + prior, no[term] + prior
        # Neither share reaches one: the prior also holds posts without the term.
        odds = log(above / (len(confirmed) + mass + 2 - above)) - log(
            below / (len(dismissed) + mass + 2 - below)
        )
        z = odds / sqrt(1 / above + 1 / below)
        found.append(Weighed(term=term, z=z, confirmed=yes[term], dismissed=no[term]))
    return sorted(found, key=lambda one: (-one.z, one.term))


def _counted(posts: Iterable[Words]) -> Counter[str]:
    return Counter(term for post in posts for term in post)


def additions(
    every: Sequence[Weighed], showable: Callable[[str], bool], hit: Callable[[str], bool]
) -> tuple[Weighed, ...]:
    """Terms that set confirmed findings apart and that the list does not hold yet."""
    found: list[Weighed] = []
    for one in every:
        if one.z < _OUT or len(found) == _TOLD:
            break
        if one.confirmed >= _LEAST and showable(one.term) and not hit(one.term):
            found.append(one)
    return tuple(found)


def removals(
    noise: Sequence[Words], right: Sequence[Words], showable: Callable[[str], bool]
) -> tuple[Removal, ...]:
    """Terms in dismissed posts that the list hits and in no confirmed one.

    Args:
        noise: terms of the dismissed posts that the list hits.
        right: terms of every confirmed post on the clause.
        showable: whether a term may be told.
    """
    kept = _counted(right)
    useful = [
        Removal(term=term, dismissed=posts, of=len(noise), confirmed_of=len(right))
        for term, posts in _counted(noise).items()
        if posts >= _LEAST and not kept[term] and showable(term)
    ]
    useful.sort(key=lambda one: (-one.dismissed, " " in one.term, one.term))
    return tuple(useful[:_TOLD])


def near_misses(
    terms: Iterable[Term | Compound], missed: Sequence[Words], showable: Callable[[str], bool]
) -> tuple[NearMiss, ...]:
    """Variants of the list's terms in confirmed posts that the list does not hit."""
    words = _counted(missed)
    found: dict[str, NearMiss] = {}
    for node in terms:
        shown, letters = node.shown.strip(), _letters(node)
        if len(letters) < _LONG:
            continue
        for word, posts in words.items():
            why = _variant(letters, _letters_of(word)) if word != letters else ""
            if why and word not in found and showable(word):
                found[word] = NearMiss(word=word, term=shown, posts=posts, why=why)
    return tuple(sorted(found.values(), key=lambda one: (-one.posts, one.word))[:_TOLD])


def _letters(node: Term | Compound) -> str:
    words = node.words if isinstance(node, Term) else node.parts
    return _letters_of("".join(words))


def _letters_of(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def _variant(term: str, word: str) -> str:
    if term == word:
        return "written apart or together"
    if term in word:
        return "a compound or longer form"
    if abs(len(term) - len(word)) <= 1 and len(word) >= _LONG and _one_apart(term, word):
        return "one letter different"
    return ""


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter more, less, other, or two swapped make the words the same."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
