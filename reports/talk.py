"""What was talked about comes in as counts, themes and posts that ask for an answer go out in words. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from klankbord.mention import Mention, MentionId, SourceId
from klankbord.week import NotableCount, ThemeCount, WeekFacts
from reports.counted import FEW, change, counted, hidden
from reports.dates import number
from reports.phrase import age_of
from reports.plain import one_line
from reports.quote import said
from reports.record import Door, Notable, Theme
from reports.words import Words

#: characters quoted
_SHORT = 160
#: per cents within which a theme is as large as it was
_SAME = 20


def themes_of(facts: WeekFacts, say: Words) -> tuple[Theme, ...]:
    """The themes, the largest first."""
    posts = {post.id: post for post in facts.posts}
    return tuple(_theme(one, posts, say) for one in facts.talk.themes if one.posts >= FEW)


def themes_note(facts: WeekFacts, say: Words) -> str:
    """What the themes were read from, or why there are none."""
    talk = facts.talk
    if not talk.themes:
        return say("themes.none")
    if talk.read < talk.of:
        read, of = number(talk.read, say.language), number(talk.of, say.language)
        return say("themes.sample", read=read, of=of)
    return ""


def notable_of(facts: WeekFacts, say: Words, now: datetime, desk_url: str) -> tuple[Notable, ...]:
    """The posts that ask for a public answer; one that may not be quoted any more is left out."""
    posts = {post.id: post for post in facts.posts}
    names = {source.source_id: source.name for source in facts.sources}
    shown = (_notable(one, posts, names, say, now, desk_url) for one in facts.talk.notable)
    return tuple(one for one in shown if one is not None)


def _theme(one: ThemeCount, posts: Mapping[MentionId, Mention], say: Words) -> Theme:
    example = posts.get(MentionId(one.example))
    key = f"language.{one.lang}"
    return Theme(
        label=", ".join(one_line(word, 40) for word in one.words),
        lang=one.lang,
        language=say.either(key, "language.unknown"),
        posts=one.posts,
        counted=say.many("posts", one.posts),
        growth=_growth(one, say),
        rising=one.last_week is not None and one.posts >= 2 * max(one.last_week, 1),
        copies=say.many("theme.copies", one.copies) if one.copies >= FEW else "",
        quote=said(example, _SHORT) if example else None,
    )


def _growth(one: ThemeCount, say: Words) -> str:
    before = one.last_week
    if before is None:
        return ""
    if not before:
        return say("growth.new")
    if hidden(before):
        return say("growth.few")
    more = 100 * (one.posts - before) / before
    return (
        say("growth.same")
        if abs(more) < _SAME
        else say("growth.by", change=change(one.posts, before), last=number(before, say.language))
    )


def _notable(
    one: NotableCount,
    posts: Mapping[MentionId, Mention],
    names: Mapping[SourceId, str],
    say: Words,
    now: datetime,
    desk_url: str,
) -> Notable | None:
    post = posts.get(one.mention_id)
    quote = said(post, _SHORT) if post else None
    if post is None or quote is None:
        return None
    words = ", ".join(one_line(word, 40) for word in one.words)
    return Notable(
        kind=one.kind,
        label=say(f"notable.{one.kind}"),
        source=one_line(names.get(post.source_id, post.source_id), 60),
        age=age_of(post.published_at, now, say.language),
        remarks=(say("notable.theme", words=words),) if words else (),
        quote=quote,
        why=_why(one, say),
        next_step=say(f"notable.{one.kind}.next"),
        door=_door(post, desk_url),
    )


def _why(one: NotableCount, say: Words) -> str:
    if one.kind == "complaint":
        last = counted(one.last_week, say)
        return say("notable.complaint.why", n=number(one.alike, say.language), last=last)
    if one.alike == 1:
        return say("notable.question.why")
    return say("notable.question.alike", n=counted(one.alike, say))


def _door(post: Mention, desk_url: str) -> Door:
    """The desk's page of a post, or the search that finds it."""
    if desk_url:
        return Door(address=f"{desk_url.rstrip('/')}/mentions/{post.id}")
    day = post.published_at.date().isoformat()
    words = _run((post.text or post.title).split())
    return Door(command=f"klankbord search '\"{' '.join(words)}\"' --from {day} --source {post.source_id}")


def _run(words: Sequence[str]) -> list[str]:
    """Some words in a row that a search takes as they are."""
    best: list[str] = []
    for start in range(min(len(words), 40)):
        run = list(takewhile(str.isalpha, words[start : start + 4]))
        best = run if len(run) > len(best) else best
    return best
