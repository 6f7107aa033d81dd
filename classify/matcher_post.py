"""A post comes in; what a query looks at goes out: folded text, numbered words, the way back. Pure."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from classify.folding import fold, positions
from klankbord.mention import Mention

Span = tuple[int, int]
Field = Literal["title", "text", "context"]

#: stands between title, text and context; a control character, so no query can hold it
BORDER = "\n\x00\n"
_FIELDS: tuple[Field, ...] = ("title", "text", "context")
#: so many words seem to stand between two fields: more than NEAR can bridge
_GULF = 1000
#: short endings after an apostrophe belong to the word before it: foto's, don't, we're
WORD = re.compile(r"[^\W_]+(?:'[^\W_]{1,2}(?![^\W_]))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the matcher needs to know of a post."""

    title: str = ""
    text: str = ""
    context: str = ""
    #: host name, lower case, without www.
    site: str = ""
    source: str = ""
    #: two-letter code, or None where it is not known
    lang: str | None = None


class Place(NamedTuple):
    """Where something stands in a field of a post, in code points."""

    field: Field
    start: int
    end: int


def post_of(mention: Mention) -> Post:
    """What the matcher needs to know of a mention."""
    return Post(
        title=mention.title,
        text=mention.text,
        context=mention.context,
        site=site_of(mention.canonical_url or mention.url),
        source=mention.source_id,
        lang=mention.lang,
    )


def site_of(url: str) -> str:
    """The host of an address, lower case, without www.; empty where there is none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return fold(host).removeprefix("www.")


def joined(post: Post) -> str:
    """The three fields as one text."""
    if not post.title and not post.context:
        return post.text
    return f"{post.title}{BORDER}{post.text}{BORDER}{post.context}"


class Sight:
    """One post as it is looked at; each view is made when first asked for."""

    def __init__(self, post: Post, folded: str | None = None) -> None:
        """Hold the post; `folded` when it is known already."""
        self.post = post
        self.given = joined(post)
        self.folded = fold(self.given) if folded is None else folded
        #: what each finder found, so that queries share it
        self.found: dict[object, list[Span]] = {}

    @cached_property
    def _places(self) -> list[int] | None:
        return positions(self.given)

    @cached_property
    def _ends(self) -> tuple[int, int]:
        """Where title and text end in the folded text."""
        if not self.post.title and not self.post.context:
            return (-len(BORDER), len(self.folded))
        title = len(fold(self.post.title))
        return (title, title + len(BORDER) + len(fold(self.post.text)))

    @cached_property
    def title(self) -> "Sight":
        """The title by itself."""
        return Sight(Post(text=self.post.title))

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start() for word in WORD.finditer(self.folded)]

    def words(self, span: Span) -> Span:
        """The numbers of the first and last word in a folded span; fields lie far apart."""
        # "#tag" begins before its word: there the next word counts
        first = bisect_right(self._starts, span[0]) - self.folded[span[0]].isalnum()
        last = bisect_right(self._starts, span[1] - 1) - 1
        gulf = _GULF * sum(span[0] > end for end in self._ends)
        return first + gulf, max(first, last) + gulf

    def given_span(self, span: Span) -> Span:
        """A folded span as a span of the text as given."""
        places = self._places
        return span if places is None else (places[span[0]], places[span[1] - 1] + 1)

    def folded_span(self, span: Span) -> Span:
        """A span of the text as given as a folded span."""
        places = self._places
        if places is None:
            return span
        first, last = _first_from(places, span[0]), _first_from(places, span[1])
        return first, max(last, first + 1)

    def placed(self, spans: list[Span]) -> tuple[Place, ...]:
        """Folded spans as places in the fields of the post, in order, each once."""
        given = sorted(set(spans))
        if self._places is not None:
            given = [self.given_span(span) for span in given]
        if not self.post.title and not self.post.context:
            return tuple(Place("text", start, end) for start, end in given)
        text = len(self.post.title) + len(BORDER)
        begins = (0, text, text + len(self.post.text) + len(BORDER))
        placed = []
        for start, end in given:
            number = bisect_right(begins, start) - 1
            placed.append(Place(_FIELDS[number], start - begins[number], end - begins[number]))
        return tuple(placed)


def _first_from(places: list[int], at: int) -> int:
    low = bisect_right(places, at - 1)
    return min(low, len(places) - 1)
