"""search: what was said, in the language of the queries; every search is written down."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.findings import By  # noqa: TC001 - typer reads it
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from classify.matcher_post import Place
    from classify.query import Query
    from klankbord.installation import Installation
    from klankbord.searching import Hit
    from klankbord.store.search import Bounds, Key

#: searches by one person in a day after which somebody should ask what for (law.md J6)
_MANY = 20
#: characters shown before the first place, and in all
_BEFORE, _SHOWN = 120, 400


def add_to(app: typer.Typer) -> None:
    """Hang the command on the program."""
    app.command("search")(search)


def search(
    query: Annotated[str, typer.Argument(help="Such as 'storing NEAR/5 app -vacature'.")],
    by: By,
    config: ConfigDir = DEFAULT,
    since: Annotated[str | None, typer.Option("--from", help="First day, such as 2026-11-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    clause: Annotated[
        str | None, typer.Option(help="Only with a finding on this clause, such as C02.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    after: Annotated[str | None, typer.Option(help="Go on after the last one of an earlier search.")] = None,
    count: Annotated[bool, typer.Option("--count", help="Only how many.")] = False,
    json: AsJson = False,
) -> None:
    """What was said and is still stored, newest first, with what matched between ==signs==.

    Who searched and when is written down, with a hash of the query. Accounts of people are refused.

    Example: `klankbord search 'tarieven 2027' --from 2026-11-01`.
    """
    from klankbord import searching

    with installation(config) as opened:
        read = _read(query, opened)
        within = _bounds(opened.settings.zone, since, until, source, clause, after)
        searching.catch_up(opened.store)
        _write_down(opened, query, by)
        if count:
            n = searching.counted(opened.store, read, within)
            screen.as_json({"count": n}) if json else screen.lines(n)
            return
        some = list(islice(searching.found(opened.store, read, within), limit + 1))
        more = some[limit - 1].key if len(some) > limit else None
        if json:
            _as_json(some[:limit], more, by, opened.clock())
        else:
            _as_text(some[:limit], more, opened.settings.zone)


def _read(expression: str, opened: Installation) -> Query:
    from classify.query import parse
    from classify.query_person import person_terms
    from classify.query_words import described
    from klankbord.errors import QueryError

    query = parse(expression)
    for person in person_terms(query, opened.settings.organisation.official_accounts):
        raise QueryError(person.reason, line=person.line, column=person.column)
    talk(screen.harmless(f"read as: {described(query, 'en')}"))
    for remark in query.remarks:
        talk(screen.harmless(f"line {remark.line}, column {remark.column}: {remark.words('en')}"))
    return query


def _write_down(opened: Installation, expression: str, by: str) -> None:
    often = opened.store.search.log(expression, by, opened.clock())
    if often > _MANY:
        talk(
            f"{often} searches by {screen.harmless(by)} in 24 hours: more than {_MANY} a day is for the"
            " privacy officer to know; a question that comes back is better a query or a keyword list"
        )


def _bounds(
    zone: ZoneInfo,
    since: str | None,
    until: str | None,
    source: str | None,
    clause: str | None,
    after: str | None,
) -> Bounds:
    from klankbord.store.search import Bounds

    first, last = _day(since, "--from"), _day(until, "--to")
    return Bounds(
        since=datetime.combine(first, time(), zone) if first else None,
        until=datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
        source_id=source,
        clause=clause,
        after=_key(after) if after else None,
    )


def _day(written: str | None, option: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise typer.BadParameter("a day such as 2026-11-18", param_hint=option) from error


def _key(written: str) -> Key:
    from klankbord.mention import MentionId
    from klankbord.store.search import Key

    moment, _, mention = written.partition("/")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not mention:
        raise typer.BadParameter("what an earlier search printed after --after", param_hint="--after")
    return Key(at, MentionId(mention))


def _written(key: Key | None) -> str | None:
    return f"{key.at.isoformat()}/{key.id}" if key else None


def _as_text(hits: Sequence[Hit], more: Key | None, zone: ZoneInfo) -> None:
    for hit in hits:
        mention = hit.mention
        named = ", ".join(finding[:8] for finding in hit.findings)
        parts = [screen.local(mention.published_at, zone), mention.source_id, mention.lang or "-"]
        screen.lines("  ".join([*parts, f"findings {named}" if named else ""]).rstrip())
        screen.lines(*(f"  {line}" for line in _shown(hit)), "")
    if not hits:
        talk("nothing stored matches")
    elif more:
        talk(f"more: --after {_written(more)}")


def _shown(hit: Hit) -> Iterator[str]:
    mention = hit.mention
    for field, given, lead in (
        ("title", mention.title, ""),
        ("text", mention.text, ""),
        ("context", mention.context, "in answer to: "),
    ):
        places = [place for place in hit.places if place.field == field]
        if given and (places or field != "context"):
            yield lead + marked(given, places)


def marked(text: str, places: Sequence[Place]) -> str:
    """A text on one line, cut round its first place, with every place between ==signs==. Pure."""
    start = max(0, places[0].start - _BEFORE) if places and len(text) > _SHOWN else 0
    end = min(len(text), start + _SHOWN)
    told, at = "…" * (start > 0), start
    for place in places:
        low, high = max(place.start, at), min(place.end, end)
        if low < high:
            told += f"{text[at:low]}=={text[low:high]}=="
            at = high
    return " ".join(f"{told}{text[at:end]}{'…' * (end < len(text))}".split())


def _as_json(hits: Sequence[Hit], more: Key | None, by: str, now: datetime) -> None:
    rows = [_row(hit) for hit in hits]
    screen.as_json({"searched_by": by, "searched_at": now, "hits": rows, "after": _written(more)})


def _row(hit: Hit) -> dict[str, object]:
    mention = hit.mention
    row: dict[str, object] = {
        "mention": mention.id,
        "published_at": mention.published_at,
        "source": mention.source_id,
        "lang": mention.lang,
        "findings": list(hit.findings),
        "export": mention.terms.export,
    }
    # JSON leaves the screen: of a source whose terms allow display only, the ids go out (law.md B2)
    if mention.terms.export:
        row |= {
            "title": mention.title,
            "text": mention.text,
            "context": mention.context,
            "places": [place._asdict() for place in hit.places],
        }
    return row
