"""sources add, remove, enable, disable, opml and enter: what is read changes, without an editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from collectors.discovery import Candidate

TermsRead = Annotated[
    bool, typer.Option("--terms-read", help="You have read the terms of this place, today.")
]
Name = Annotated[str, typer.Argument(help="Source in sources.toml.")]


def add_to(group: typer.Typer) -> None:
    """Hang the commands under `sources`."""
    group.command("add")(add)
    group.command("remove")(remove)
    group.command("enable")(enable)
    group.command("disable")(disable)
    group.command("enter")(enter)
    opml = typer.Typer(no_args_is_help=True, help="Lists of feeds in OPML, as feed readers keep them.")
    opml.command("import")(opml_import)
    opml.command("export")(opml_export)
    group.add_typer(opml, name="opml")


def add(
    address: Annotated[str, typer.Argument(help="Address of a site, a forum, a channel or a feed.")],
    config: ConfigDir = DEFAULT,
    choose: Annotated[
        int | None, typer.Option(min=1, help="Which of what was found, where there is more than one.")
    ] = None,
    name: Annotated[str, typer.Option("--id", help="Id of the source; none: made from its host.")] = "",
    language: Annotated[str, typer.Option(help="nl or en, where its posts do not say.")] = "",
    terms_read: TermsRead = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what was found; write nothing.")
    ] = False,
    allow: Annotated[
        list[str] | None, typer.Option("--allow-address", help="Private network that may be asked, as CIDR.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Find out what can be read at an address, and write it into sources.toml.

    Example: `klankbord sources add blog.example --terms-read`. Where nobody has read its terms it is written
    too, but not read until somebody sets `terms_read_on`.
    """
    from dataclasses import replace

    from collectors.discovery import looked_up

    with installation(config) as opened:
        now = opened.clock()
        found = looked_up(address, opened.workshop, now, opened.stop, tuple(allow or ()))
        today = now.astimezone(opened.settings.zone).date()
    if not found:
        talk(f"nothing that can be read was found at {address}; see docs/how-to/add-a-source.md")
        raise typer.Exit(1)
    if allow:
        # what had to be allowed for the look has to be allowed for the reading
        networks = ("allow_addresses", tuple(allow))
        found = tuple(replace(one, keys=(*one.keys, networks)) for one in found)
    chosen = None if dry_run or (len(found) > 1 and not choose) else found[min(choose or 1, len(found)) - 1]
    made = _written(config, chosen, name, language, today if terms_read else None) if chosen else ""
    if json:
        screen.as_json({"found": [_row(one) for one in found], "added": made})
    else:
        lines = [
            f"{place}. {one.kind}  {one.url}  {one.title}  ({one.why})" for place, one in enumerate(found, 1)
        ]
        screen.lines(*lines)
        if made:
            screen.lines("", f"added as {made}", *([] if terms_read else [_unread(made)]))
        elif not dry_run:
            screen.lines("", "Several were found; choose one with --choose N.")
    if not made and not dry_run:
        raise typer.Exit(2)


def _written(config: Path, one: Candidate, name: str, language: str, read_on: object) -> str:
    from datetime import date

    from klankbord.checking import look_further
    from klankbord.sources_file import add as write

    on = read_on if isinstance(read_on, date) else None
    return write(config, one, source_id=name, language=language, terms_read_on=on, check=look_further)


def _unread(name: str) -> str:
    return f"It is not read yet: read its terms, then set terms_read_on of {name} in sources.toml."


def _row(one: Candidate) -> dict[str, object]:
    return {"kind": one.kind, "url": one.url, "title": one.title, "why": one.why, "keys": dict(one.keys)}


def remove(name: Name, config: ConfigDir = DEFAULT) -> None:
    """Take a source out of sources.toml; what was kept of it stays until its time is over.

    Example: `klankbord sources remove town-blog`.
    """
    from klankbord.checking import look_further
    from klankbord.sources_file import remove as take_out

    take_out(config, name, look_further)
    screen.lines(f"removed {name}")


def enable(name: Name, config: ConfigDir = DEFAULT) -> None:
    """Read a source again.

    Example: `klankbord sources enable town-blog`.
    """
    _switch(config, name, on=True)


def disable(name: Name, config: ConfigDir = DEFAULT) -> None:
    """Stop reading a source; its mentions stay.

    Example: `klankbord sources disable town-blog`.
    """
    _switch(config, name, on=False)


def _switch(config: Path, name: str, *, on: bool) -> None:
    from klankbord.checking import look_further
    from klankbord.sources_file import enable as switch

    switch(config, name, on=on, check=look_further)
    screen.lines(f"{name} is {'on' if on else 'off'}")


def opml_import(
    file: Annotated[Path, typer.Argument(help="OPML file of a feed reader.")],
    config: ConfigDir = DEFAULT,
    off: Annotated[bool, typer.Option("--off", help="Write them switched off.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what stands in the file.")] = False,
    json: AsJson = False,
) -> None:
    """Take over a list of feeds; none is read before somebody has read its terms.

    Example: `klankbord sources opml import feeds.opml --dry-run`.
    """
    from collectors.discovery import Candidate
    from collectors.opml import read_opml
    from klankbord.checking import look_further
    from klankbord.sources_file import Added, add_all

    listed = read_opml(file.read_bytes())
    why = f"in {file.name}"
    candidates = [Candidate(url=one.url, kind="feed", title=one.title, why=why) for one in listed.feeds]
    added = Added(ids=(), standing=())
    if not dry_run:
        added = add_all(config, candidates, enabled=not off, check=look_further)
    if json:
        rows = [_row(one) for one in candidates]
        told = {"feeds": rows, "added": list(added.ids), "standing": len(added.standing)}
        screen.as_json(told | {"doubles": listed.doubles, "others": listed.others})
        return
    screen.lines(
        f"{len(listed.feeds)} feeds, {listed.doubles} twice, {listed.others} outlines that are no feed",
        *listed.remarks,
    )
    if not dry_run:
        screen.lines(f"{len(added.ids)} added, {len(added.standing)} stood there already")


def opml_export(config: ConfigDir = DEFAULT) -> None:
    """Print the feeds of sources.toml as OPML; private addresses are left out.

    Example: `klankbord sources opml export > feeds.opml`.
    """
    from collectors.opml import Listed, opml_of
    from klankbord import clock
    from klankbord.settings import FeedSource, load

    settings = load(config)
    feeds = [Listed(url=one.url, title=one.title) for one in settings.sources if isinstance(one, FeedSource)]
    text, left_out = opml_of(feeds, settings.organisation.name, clock.now())
    sys.stdout.write(text)
    for title in left_out:
        talk(f"left out, its address holds a secret: {title}")


def enter(
    name: Annotated[str, typer.Argument(help="Source of kind linkedin in sources.toml.")],
    config: ConfigDir = DEFAULT,
    text: Annotated[str, typer.Option(help="What the post says; `-` or none: read from stdin.")] = "-",
    url: Annotated[str, typer.Option(help="Its address; only the post's number in it is kept.")] = "",
    author: Annotated[
        list[str] | None, typer.Option(help="How its author is spelled, to take out of the text; not kept.")
    ] = None,
    about: Annotated[str, typer.Option(help="The post that it answers.")] = "",
) -> None:
    """Enter a LinkedIn post by hand, that you read there yourself; it may be shown, not exported.

    Example: `klankbord sources enter our-page --text "..." --url https://www.linkedin.com/feed/update/...`.
    """
    from collectors.linkedin import inbox_of
    from collectors.linkedin_notes import entered
    from klankbord.errors import NotFoundError
    from klankbord.settings import LinkedInSource

    with installation(config) as opened:
        source = opened.sources([name])[0]
        if not isinstance(source, LinkedInSource):
            raise NotFoundError(f"{name} is of kind {source.kind}: only linkedin posts are entered by hand")
        words = sys.stdin.read() if text == "-" else text
        if not words.strip():
            raise typer.BadParameter("there is no text")
        entered(
            inbox_of(opened.workshop),
            source.organisation,
            words,
            now=opened.clock(),
            url=url,
            names=author or (),
            context=about,
        )
    screen.lines(f"entered; `klankbord collect {name}` takes it in")
