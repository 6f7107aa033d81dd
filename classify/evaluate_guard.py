"""Judged posts come in; what the guard held back, what became a finding and what was taken as ours. Pure."""

from collections.abc import Callable, Mapping, Sequence

from classify.evaluate_ranking import everyday, ordinary, right, touches
from classify.heads import CORE
from classify.judging_corpus import Judged
from classify.measures import Figure, share
from classify.report import Row, Section
from klankbord.policy import Strictness

_LANGUAGES = ("", "nl", "en")


def guard(posts: Sequence[Judged], ways: Sequence[str]) -> Section:
    """Shares that the guard holds back, by kind of post and language."""
    kinds: dict[str, Callable[[Judged], bool]] = {"core": lambda post: post.example.protected in CORE}
    for name in sorted({post.example.protected for post in posts if post.example.guarded}):
        kinds[name] = _of(name)
    kinds |= {
        "touching": touches,
        "ordinary": ordinary,
        "everyday": lambda post: everyday(post) and ordinary(post),
    }
    rows = []
    for name, among in kinds.items():
        for lang in _LANGUAGES:
            mine = [post for post in posts if post.about and among(post) and lang in ("", post.example.lang)]
            figures = tuple(share([post.by[way].guarded for post in mine]) for way in ways)
            rows.append(Row(name=f"{name} {lang}".strip(), figures=figures))
    return Section(
        id="guard",
        title="Held back by the guard",
        how="posts that were let in; `core`: P01 wrongdoing, P02 union, P03 pay and work, P05 health;"
        " `ordinary` neither touches a clause nor is protected: held back, it stays an ordinary mention",
        columns=tuple(ways),
        rows=tuple(rows),
    )


def flagged(posts: Sequence[Judged], ways: Sequence[str]) -> Section:
    """Shares that became a finding."""
    kinds: Mapping[str, Callable[[Judged], bool]] = {
        "touching": touches,
        "protected": lambda post: post.example.guarded,
        "ordinary": ordinary,
        "everyday": everyday,
    }
    rows = []
    for way in ways:
        for level in Strictness:
            shares = [
                share([bool(post.by[way].found.get(level)) for post in posts if among(post)])
                for among in kinds.values()
            ]
            named = _clause_right(posts, way, level)
            rows.append(Row(name=f"{way} {level}", figures=(*shares, *named, *right(posts, way, level))))
    return Section(
        id="flagged",
        title="Posts with a finding",
        how="`clause right`: of all findings on touching posts, those that name a clause its writer names;"
        " `right of all`: the same of all findings on this test part; `right at`: share of flagged posts that"
        " touch a clause where so many of a stream do, everyday posts being the rest",
        columns=(*kinds, "clause right", "right of all", "right at 0.5 %", "right at 5 %"),
        rows=tuple(rows),
    )


def about(posts: Sequence[Judged]) -> Section:
    """Whether posts that an ambiguous name alone may tie to the organisation were told apart."""
    rows = []
    for lang in _LANGUAGES:
        mine = [post for post in posts if post.in_doubt and lang in ("", post.example.lang)]
        recall = share([post.about for post in mine if post.example.about])
        precision = share([post.example.about for post in mine if post.about])
        kept_out = share([not post.about for post in mine if not post.example.about])
        rows.append(Row(name=lang or "all", figures=(recall, precision, kept_out)))
    return Section(
        id="about",
        title="About the organisation or not",
        how="posts that are named by an ambiguous name and nothing else: a bird, a surname, a club",
        columns=("recall", "precision", "others kept out"),
        rows=tuple(rows),
    )


def _of(name: str) -> Callable[[Judged], bool]:
    return lambda post: post.example.protected == name


def _clause_right(posts: Sequence[Judged], way: str, level: Strictness) -> tuple[Figure, Figure]:
    right_ones = [
        (clause in post.example.clauses, touches(post))
        for post in posts
        for clause in sorted(post.by[way].found.get(level, ()))
    ]
    return share([right for right, touching in right_ones if touching]), share(
        [right for right, _ in right_ones]
    )
