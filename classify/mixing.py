"""Written posts come in; posts that say two things at once, one of them protected, go out. Pure.

Protected speech wins wherever it stands (law.md D4), also as one sentence behind a leak. Writers rarely mix
the two, so pairs are put together: a post that touches a clause and a short protected one of the same
organisation and language, in either order. They teach the guard; they are never counted as posts, nor
measured by.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle

from classify.corpus import Example
from classify.heads import CORE

#: writer of such posts, in front of their ids
MIXED = "mixed"
#: characters of the protected half at most: a sentence or two
_SHORT = 170
#: pairs made of each organisation and language at most
_MOST = 9


def mixed(examples: Sequence[Example]) -> tuple[Example, ...]:
    """Pairs of posts as one, the same every time."""
    groups = sorted({(post.org, post.lang) for post in examples if post.writer != "seed"})
    pairs = [pair for org, lang in groups for pair in _pairs(examples, org, lang)]
    return tuple(_together(number, *pair) for number, pair in enumerate(pairs, start=1))


def _pairs(examples: Sequence[Example], org: str, lang: str) -> Iterator[tuple[Example, Example]]:
    mine = [post for post in examples if (post.org, post.lang) == (org, lang)]
    touching = [post for post in mine if post.clauses]
    protected = [post for post in mine if post.protected in CORE and len(post.text) <= _SHORT]
    if not protected:
        return
    # Every few posts, so that all clauses have their turn.
    step = max(1, len(touching) // _MOST)
    yield from zip(touching[::step][:_MOST], cycle(protected), strict=False)


def _together(number: int, touching: Example, protected: Example) -> Example:
    halves = (touching.text, protected.text) if number % 2 else (protected.text, touching.text)
    return Example(
        id=f"{MIXED}-{number}",
        org=touching.org,
        lang=touching.lang,
        text=" ".join(halves),
        title=touching.title,
        context=touching.context,
        protected=protected.protected,
        scenario="two posts as one",
    )
