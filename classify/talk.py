"""Posts of two weeks come in; what people talked about, and which ask for an answer, goes out. Pure.

Nothing of who wrote a post comes in, so that nothing can be counted by it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from classify.alike import groups_of
from classify.asking import asks, complains
from classify.language import KNOWN, detect
from classify.themes import FEW, Found, themes_of
from klankbord.mention import MentionId
from klankbord.week import NotableCount, Talk, ThemeCount, WeekPost

#: themes of one language and in all; posts listed that ask for an answer, and complaints among them
_THEMES, _IN_ALL, _NOTABLE, _COMPLAINTS = 5, 8, 5, 2
#: posts asked about whether they may be shown, of each theme and in all
_EXAMPLES, _ASKED = 3, 60
#: a complaint grows when there are so many times as many posts as in the week before
_GROWS = 2.0
Shown = Callable[[Sequence[MentionId]], frozenset[MentionId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Posts that say nearly the same; the first that may stand for them is the first."""

    posts: tuple[WeekPost, ...]

    @property
    def first(self) -> WeekPost:
        return self.posts[0]

    @property
    def may_stand(self) -> bool:
        return all(post.unflagged for post in self.posts) and self.first.quotable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Theme:
    count: ThemeCount
    groups: tuple[_Group, ...]
    #: posts of the week before with its first word that complain
    complained: int


def talk_of(posts: Sequence[WeekPost], of: int, *, ours: Sequence[str], compared: bool, shown: Shown) -> Talk:
    """Sum up what was said.

    Args:
        posts: of the week and the week before, by id.
        of: posts the week has; more than were read, where it is a very busy one.
        ours: the organisation's own names.
        compared: whether the week before was collected in full.
        shown: which of these posts may be shown; asked once.
    """
    themes, groups = _read(posts, ours, compared=compared)
    themes.sort(key=lambda one: (-one.count.posts, one.count.lang, one.count.words))
    themes = themes[:_IN_ALL]
    questions = _questions(groups, themes)
    complaints = _complaints(themes) if compared else []
    standing = [post.id for theme in themes for post in _examples(theme)]
    asked = dict.fromkeys([*standing, *(one.mention_id for one in (*complaints, *questions))][:_ASKED])
    may = shown(list(asked)) if asked else frozenset()
    listed = [one for one in complaints if one.mention_id in may][:_COMPLAINTS]
    named = {one.mention_id for one in listed}
    listed += [one for one in questions if one.mention_id in may and one.mention_id not in named]
    return Talk(
        themes=tuple(_with_example(theme, may) for theme in themes),
        notable=tuple(listed[:_NOTABLE]),
        notable_total=len(listed) + max(0, len(questions) - _ASKED),
        read=sum(not post.earlier for post in posts),
        of=of,
    )


def _read(
    posts: Sequence[WeekPost], ours: Sequence[str], *, compared: bool
) -> tuple[list[_Theme], list[_Group]]:
    by_language: defaultdict[str, list[WeekPost]] = defaultdict(list)
    for post in posts:
        by_language[_language(post)].append(post)
    themes: list[_Theme] = []
    every: list[_Group] = []
    for lang in sorted(by_language):
        now = [post for post in by_language[lang] if not post.earlier]
        earlier = [post for post in by_language[lang] if post.earlier]
        groups = _groups(now)
        every += groups
        texts = [[_text(post) for post in group.posts] for group in groups]
        before = [_text(post) for post in earlier] if compared else []
        found = themes_of(texts, before, ours, _THEMES)
        built = (_theme(lang, one, groups, before, compared=compared) for one in found)
        themes += [theme for theme in built if theme is not None]
    return themes, every


def _language(post: WeekPost) -> str:
    # Sources that give no language are many, and a word such as "is" is Dutch and English.
    lang = post.lang or detect(f"{post.title} {post.text}")
    return lang[:2] if lang and lang[:2] in KNOWN else "?"


def _groups(posts: Sequence[WeekPost]) -> list[_Group]:
    def fit(post: WeekPost) -> tuple[bool, bool, str]:
        return (not post.quotable, post.reply, post.id)

    return [
        _Group(posts=tuple(sorted((posts[place] for place in group), key=fit)))
        for group in groups_of([_text(post) for post in posts])
    ]


def _theme(
    lang: str, found: Found, groups: Sequence[_Group], before: Sequence[str], *, compared: bool
) -> _Theme | None:
    held = tuple(groups[place] for place in found.groups)
    posts = sum(len(group.posts) for group in held)
    if posts < FEW:
        return None
    count = ThemeCount(
        lang=lang,
        words=found.words,
        posts=posts,
        copies=posts - len(held),
        last_week=found.earlier if compared else None,
    )
    word = found.words[0]
    complained = sum(word in text.lower() and complains(text) for text in before)
    return _Theme(count=count, groups=held, complained=complained)


def _examples(theme: _Theme) -> list[WeekPost]:
    return [group.first for group in theme.groups if group.may_stand][:_EXAMPLES]


def _with_example(theme: _Theme, may: frozenset[MentionId]) -> ThemeCount:
    found = next((post.id for post in _examples(theme) if post.id in may), None)
    return replace(theme.count, example=found or "")


def _questions(groups: Iterable[_Group], themes: Sequence[_Theme]) -> list[NotableCount]:
    """Questions to which no answer was read: those that most ask first, then what people talk about."""
    words = {post.id: theme.count.words for theme in themes for group in theme.groups for post in group.posts}
    size = {post.id: theme.count.posts for theme in themes for group in theme.groups for post in group.posts}
    found = [
        group
        for group in groups
        if group.may_stand and not any(post.answered for post in group.posts) and asks(_text(group.first))
    ]
    found.sort(
        key=lambda group: (-len(group.posts), group.first.reply, -size.get(group.first.id, 0), group.first.id)
    )
    return [
        NotableCount(
            kind="question",
            mention_id=group.first.id,
            alike=len(group.posts),
            words=words.get(group.first.id, ()),
        )
        for group in found
    ]


def _complaints(themes: Iterable[_Theme]) -> list[NotableCount]:
    """One post for each theme in which far more people complain than in the week before."""
    found = []
    for theme in themes:
        groups = [group for group in theme.groups if complains(_text(group.first))]
        now = sum(len(group.posts) for group in groups)
        standing = [group.first for group in groups if group.may_stand]
        if standing and now >= FEW and now >= _GROWS * max(theme.complained, 1):
            found.append(
                NotableCount(
                    kind="complaint",
                    mention_id=standing[0].id,
                    alike=now,
                    last_week=theme.complained,
                    words=theme.count.words,
                )
            )
    return sorted(found, key=lambda one: (-one.alike, one.mention_id))


def _text(post: WeekPost) -> str:
    return f"{post.title}. {post.text}" if post.title else post.text
