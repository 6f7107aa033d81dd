"""Texts of one language come in, what several of them talk about goes out, named by words of theirs. Pure.

A theme is a word whose posts have more words in common than chance would give: for each word the
TF-IDF vectors of its posts are summed, and the longer that sum, the more they agree. The strongest word
is taken with its posts, and the rest is looked at again. What belongs to a theme can so be told in one
sentence ("posts with this word"), and the same posts give the same themes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classify.everyday import EVERYDAY

if TYPE_CHECKING:
    import numpy as np

#: posts that a theme, and each word that names it, must have (law.md L1)
FEW = 5
#: words looked at as the first of a theme, words that name it, groups that must hold the first
_TRIED, _WORDS, _LEAST = 100, 3, 3
#: first words taken, also those that turn out to say nothing
_PICKS = 12
#: share of a theme's groups that hold a word that names it; share of all above which a word says nothing
_SHARED, _COMMON = 0.25, 0.35
#: groups that any word may have: of a small week most may talk about one thing
_SMALL = 12
#: share of a theme's groups that hold a word it is rather about; how much oftener than elsewhere it stands
_WIDER, _MORE = 0.6, 1.4
#: features kept; share of mentions in mid-sentence with a capital from which a word is taken for a name
_FEATURES, _NAMELY = 5_000, 0.5
_WORD = r"(?u)\b[^\W\d_]{3,30}\b"
_MASKED = re.compile(r"\[[^\]\n]{1,30}\]|https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A theme in the texts given."""

    words: tuple[str, ...]
    #: places of the groups that hold the first word, the one that says most of it first
    groups: tuple[int, ...]
    #: how many of the earlier texts hold it
    earlier: int


def themes_of(
    groups: Sequence[Sequence[str]], earlier: Sequence[str], ours: Sequence[str], most: int
) -> list[Found]:
    """At most so many themes, the strongest first.

    Args:
        groups: texts, those that say nearly the same together: such a group counts as one.
        earlier: texts of the week before, only counted.
        ours: names that stand in every post and tell nothing.
        most: themes looked for.
    """
    if sum(map(len, groups)) < FEW:
        return []
    from sklearn.feature_extraction.text import TfidfVectorizer  # a second that only a digest pays

    vectoriser = TfidfVectorizer(
        token_pattern=_WORD,
        preprocessor=_plain,
        stop_words=sorted(EVERYDAY | {word for name in ours for word in re.findall(_WORD, name.lower())}),
        min_df=1 if len(groups) < 4 * FEW else 2,
        max_features=_FEATURES,
        sublinear_tf=True,
    )
    try:
        matrix = vectoriser.fit_transform([group[0] for group in groups])
    except ValueError:
        # Not one word is left: the texts hold names and figures only.
        return []
    return _Search(groups, vectoriser, matrix).found(earlier, most)


class _Search:
    """One look through the texts of a language."""

    def __init__(self, groups: Sequence[Sequence[str]], vectoriser: Any, matrix: Any) -> None:  # noqa: ANN401 - scikit-learn has no types
        import numpy as np

        self._groups, self._matrix = groups, matrix
        self._sizes = np.array([len(group) for group in groups])
        self._held = (matrix > 0).astype(np.float64).tocsc()
        self._names: list[str] = [str(name) for name in vectoriser.get_feature_names_out()]
        self._shown, self._used = dict[int, bool](), set[str]()

    def found(self, earlier: Sequence[str], most: int) -> list[Found]:
        import numpy as np

        left = np.ones(len(self._groups), dtype=bool)
        before = [text.lower() for text in earlier]
        found: list[Found] = []
        for _ in range(_PICKS):
            if len(found) == most or (pick := self._strongest(left)) is None:
                break
            rows = np.flatnonzero(self._column(pick) & left)
            if (wider := self._wider(pick, rows, left, before)) is not None:
                pick, rows = wider, np.flatnonzero(self._column(wider) & left)
            left[rows] = False
            words, order = self._named(pick, rows)
            self._used.update(words)
            # Posts that share one word and no second talk about nothing in particular.
            if len(words) > 1:
                held = tuple(int(rows[place]) for place in order)
                earlier_posts = _holding(self._names[pick], before)
                found.append(Found(words=words, groups=held, earlier=earlier_posts))
        return found

    def _column(self, word: int) -> "np.ndarray[Any, Any]":
        column: np.ndarray[Any, Any] = self._held[:, [word]].toarray().ravel() > 0
        return column

    def _strongest(self, left: "np.ndarray[Any, Any]") -> int | None:
        """The word whose posts agree most, among those that are left."""
        import numpy as np

        held = self._held.multiply(left[:, None]).tocsc()
        groups = np.asarray(held.sum(axis=0)).ravel()
        posts = np.asarray(held.multiply(self._sizes[:, None]).sum(axis=0)).ravel()
        # A text that many copied is a theme of its own, be it one group.
        fit = (posts >= FEW) & ((groups >= _LEAST) | (posts >= 2 * FEW - 1) | (posts > 2 * groups))
        fit &= groups <= max(_COMMON * len(self._groups), _SMALL)
        tried = sorted(np.flatnonzero(fit), key=lambda word: (-groups[word], self._names[word]))[:_TRIED]
        if not tried:
            return None
        sums = (held[:, tried].T @ self._matrix).tolil()
        for row, word in enumerate(tried):
            sums[row, word] = 0.0
        lengths = np.asarray(sums.tocsr().power(2).sum(axis=1)).ravel()
        scores = [
            (round(float((length - groups[word]) / max(groups[word] - 1, 1) + posts[word] / 50), 9), word)
            for length, word in zip(lengths, tried, strict=True)
        ]
        ranked = sorted(scores, key=lambda pair: (-pair[0], self._names[pair[1]]))
        return next((int(word) for _, word in ranked if self._may_begin(int(word))), None)

    def _may_begin(self, word: int) -> bool:
        taken = any(_same(self._names[word], used) for used in self._used)
        if taken or not self._showable(word):
            return False
        self._used.add(self._names[word])
        return True

    def _wider(
        self,
        pick: int,
        rows: "np.ndarray[Any, Any]",
        left: "np.ndarray[Any, Any]",
        before: Sequence[str],
    ) -> int | None:
        """A word in most of a theme's posts and in more besides, now or before: the theme is about that."""
        import numpy as np

        inside = np.asarray(self._held.tocsr()[rows].sum(axis=0)).ravel()
        now = np.asarray(self._held.multiply(left[:, None]).sum(axis=0)).ravel()
        fit = (inside >= _WIDER * len(rows)) & (now >= len(rows))
        fit &= now <= max(_COMMON * len(self._groups), _SMALL)
        fit[pick] = False
        likely = sorted(np.flatnonzero(fit), key=lambda word: (-now[word], self._names[word]))[:_WORDS]
        wider = [word for word in likely if now[word] > now[pick] or self._older(int(word), pick, before)]
        return next((int(word) for word in wider if self._may_begin(int(word))), None)

    def _older(self, word: int, pick: int, before: Sequence[str]) -> bool:
        return _holding(self._names[word], before) > _holding(self._names[pick], before)

    def _named(self, pick: int, rows: "np.ndarray[Any, Any]") -> tuple[tuple[str, ...], list[int]]:
        """The words that name a theme, and its groups in the order in which they say most of it."""
        import numpy as np

        part = self._matrix[rows]
        total = np.asarray(part.sum(axis=0)).ravel()
        held = self._held.tocsr()[rows]
        posts = np.asarray(held.multiply(self._sizes[rows][:, None]).sum(axis=0)).ravel()
        everywhere = np.asarray(self._held.sum(axis=0)).ravel()
        share = np.asarray(held.sum(axis=0)).ravel() / len(rows)
        # Where most posts are of one theme, nothing stands in it oftener than elsewhere.
        often = (share > _MORE * everywhere / len(self._groups)) | (2 * len(rows) > len(self._groups))
        fit = (posts >= FEW) & (share >= _SHARED) & often
        others = sorted(
            (word for word in np.flatnonzero(fit) if word != pick),
            key=lambda word: (-round(float(total[word]), 9), self._names[word]),
        )
        shown = [self._names[pick]]
        for word in others:
            if len(shown) == _WORDS:
                break
            if self._showable(int(word)) and not any(_same(self._names[word], one) for one in shown):
                shown.append(self._names[word])
        likeness = np.round(np.asarray(part @ total).ravel(), 9)
        return tuple(shown), sorted(range(len(rows)), key=lambda place: (-likeness[place], place))

    def _showable(self, word: int) -> bool:
        """Whether a word is written small where that tells: a name is not shown."""
        if word not in self._shown:
            groups = (self._groups[row][0] for row in self._held[:, [word]].nonzero()[0][:200])
            self._shown[word] = not is_name(self._names[word], groups)
        return self._shown[word]


def _holding(word: str, texts: Iterable[str]) -> int:
    """How many texts in small letters hold a word."""
    pattern = re.compile(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])")
    # A plain look first: it is far quicker, and most texts do not hold the word.
    return sum(word in text and pattern.search(text) is not None for text in texts)


def is_name(word: str, texts: Iterable[str]) -> bool:
    """Whether a word is mostly written with a capital in mid-sentence, or never seen there at all."""
    small = capital = 0
    pattern = re.compile(rf"(?<=[\w,] )(?i:{re.escape(word)})\b")
    for text in texts:
        for match in pattern.finditer(text):
            capital += match[0][0].isupper() and not match[0].isupper()
            small += match[0][0].islower()
    return small == 0 or capital / (capital + small) >= _NAMELY


def _plain(text: str) -> str:
    # Behind a cheap hint: most posts hold nothing of the kind.
    if "[" in text or "@" in text or "#" in text or "://" in text or "www." in text:
        text = _MASKED.sub(" ", text)
    return text.lower()


def _same(one: str, other: str) -> bool:
    """Forms of one word name a theme twice."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short[: max(4, len(short) - 2)])
