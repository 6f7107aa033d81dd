"""A report and the written posts come in; the model card as Markdown goes out. Pure."""

from collections import Counter
from collections.abc import Iterator

from classify.card_failures import failures
from classify.corpus import Corpus
from classify.heads import CLAUSES
from classify.report import Made, Report, Section, shown

_HEAD = """# Model card

For whoever decides whether to rely on what Klankbord points at, and for whoever has to answer for it.
Made by `klankbord evaluate --markdown FILE`; every figure on this page comes from that command.

## What it is for

It ranks public posts that name an organisation.
It points communications staff at the few that may touch a clause of the organisation's own policy.
A person reads each of them and decides.
A finding is possible, never a fact.

## What it may not be used for

- To assess, rank, follow or punish anybody, or to look for who wrote something.
  It reads texts; the author is no input, and posts of one author are never added up.
- To decide anything without a person: at the shares below most of what it points at is innocent.
- On posts that are not public, in other languages than Dutch and English, or about people's private lives.
- To find out who reported a wrong, is in a union or is ill.
  Such posts are held back first, and what is held back keeps no reason.
- As a promise that nothing is missed: it misses much, see below.
"""

_METHOD = """## How it works

1. A post that meets a query is taken up.
   A name that is something else as well needs words that make it ours.
2. Names become signs and digits zeros, so that it learns how such a text is written, not whom it is about.
3. Signals, small named functions, vote with the words that made them vote.
4. A linear model weighs words, votes, and how near a text comes in meaning to each written post.
   The plain way tells meaning from words.
   With the `semantic` extra a sentence encoder looks again where the first look was not sure (cascade).
   Sharp is the same with a second look at every post.
5. The guard holds protected speech back before any clause is looked at, and wins always.
6. A finding needs every condition of the clause and a score over the threshold of the chosen strictness.

[Judgement](../explanation/judgement.md) tells it at length.
"""


def card(report: Report, train: Corpus, test: Corpus, day: str) -> str:
    """The page.

    Args:
        report: all figures.
        train: what was learnt from.
        test: what was measured on.
        day: on which.
    """
    parts = [
        _HEAD,
        "\n".join(_data(train, test)),
        _METHOD,
        "\n".join(_wanted(report)),
        "\n".join(failures(report)),
        "\n".join(_figures(report)),
        "\n".join(_versions(report.made, day)),
    ]
    return "\n".join(parts)


def _data(train: Corpus, test: Corpus) -> Iterator[str]:
    yield "## What it learnt from"
    yield ""
    yield "Posts that were written for this project; none is by or about a real person or organisation."
    yield "The [data card](data-card.md) tells how they were made."
    yield "The test part has writers, organisations and trades of its own."
    yield "Nobody who made the judgement read it."
    yield ""
    yield "| | training part | test part |"
    yield "|---|---|---|"
    for (name, learnt), (_, measured) in zip(_counts(train), _counts(test), strict=True):
        yield f"| {name} | {learnt:,} | {measured:,} |"
    yield ""


def _counts(corpus: Corpus) -> Iterator[tuple[str, int]]:
    posts = corpus.examples
    languages = Counter(post.lang for post in posts)
    clauses = Counter(one for post in posts for one in post.clauses)
    yield "posts", len(posts)
    yield "writers", len({post.writer for post in posts})
    yield "organisations", len({post.org for post in posts})
    yield "Dutch", languages["nl"]
    yield "English", languages["en"]
    yield "touch a clause", sum(bool(post.clauses) for post in posts)
    yield "protected", sum(post.guarded for post in posts)
    yield "neither", sum(not post.clauses and not post.guarded for post in posts)
    yield "not about the organisation", sum(not post.about for post in posts)
    for clause in CLAUSES:
        yield clause, clauses[clause]


def _wanted(report: Report) -> Iterator[str]:
    yield "## Wanted and found"
    yield ""
    yield f"An installation of this kind looks in the way called {report.shipped}."
    yield "Intervals are 95 %; n is how many posts a figure rests on."
    yield ""
    yield "| | wanted | found | |"
    yield "|---|---|---|---|"
    for one in report.targets:
        border = "at least" if one.at_least else "at most"
        met = ("met" if one.met else "**missed**") if one.figure.n else ""
        yield f"| {one.what} | {border} {one.wanted:g} | {shown(one.figure)} | {met} |"
    yield ""


def _figures(report: Report) -> Iterator[str]:
    yield "## Figures"
    yield ""
    for section in report.sections:
        yield from _table(section)


def _table(section: Section) -> Iterator[str]:
    yield f"### {section.title}"
    yield ""
    yield f"{section.how[:1].upper()}{section.how[1:]}."
    yield ""
    yield f"| | {' | '.join(section.columns)} |"
    yield "|---" * (len(section.columns) + 1) + "|"
    for row in section.rows:
        if any(figure.n for figure in row.figures):
            yield f"| {row.name} | {' | '.join(shown(one, section.unit) for one in row.figures)} |"
    yield ""


def _versions(made: Made, day: str) -> Iterator[str]:
    yield "## Versions"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| measured on | {day} |"
    yield f"| model | `{made.model}`, trained on {made.trained_on} |"
    yield f"| training part | `{made.train}` |"
    yield f"| test part | `{made.test}`; {made.posts} posts, {made.left_out} that met no query left out |"
    yield f"| policy | `{made.policy}` |"
    yield f"| encoder | {made.used_encoder or f'none (the model knows {made.encoder})'} |"
    for name, version in made.versions:
        yield f"| {name} | {version} |"
    if made.used_encoder:
        yield ""
        yield "Vectors of the test part ship with it, so that these figures can be had without the encoder."
