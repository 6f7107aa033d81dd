"""What a page looks like comes in, the software that made it and where that keeps its feeds go out. Pure.

Addresses of feeds: the makers' documentation where there is some (vBulletin, PunBB, phpBB), else what many
sites of that software answer at. Each is asked before it is offered, so a wrong guess costs one request.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_TEXT = re.compile(r"(?i)[a-z0-9_]{2,21}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a feed may be: an address relative to the site's own."""

    path: str
    kind: str = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Software that many sites are made with."""

    name: str
    #: found in its pages, or in the cookies that come with them
    marks: re.Pattern[str]
    places: tuple[Place, ...] = ()
    #: the kind of source that reads it by its API instead of a feed
    kind: str = ""


def _platform(name: str, marks: str, *paths: str, kind: str = "") -> Platform:
    places = tuple(Place(path=path, kind="comment_feed" if "comments" in path else "feed") for path in paths)
    return Platform(name=name, marks=re.compile(f"(?i){marks}"), places=places, kind=kind)


def _made_by(name: str) -> str:
    """The meta tag that names what made a page, whatever the order of its attributes."""
    return (
        rf"<meta\b[^>]{{0,200}}name=[\"']?generator[\"']?[^>]{{0,200}}content=[\"']?{name}"
        rf"|<meta\b[^>]{{0,200}}content=[\"']?{name}[^>]{{0,200}}name=[\"']?generator"
    )


#: in the order in which they are recognised: what runs inside a WordPress page comes before WordPress
PLATFORMS = (
    _platform("Discourse", _made_by("Discourse") + r"|data-discourse-", kind="forum"),
    _platform(
        "phpBB",
        r"id=[\"']phpbb[\"']|phpbb[23]_[a-z0-9]{1,20}_(?:sid|u|k)=|Powered by\s*<a[^>]{0,200}>\s*phpBB",
        "app.php/feed",
        "feed.php",
        "feed",
    ),
    _platform(
        "XenForo",
        r"<html[^>]{0,300}id=[\"']XF[\"']|\bxf_(?:csrf|session)=|data-xf-init=",
        "forums/-/index.rss",
        "index.php?forums/-/index.rss",
    ),
    _platform(
        "vBulletin",
        _made_by("vBulletin") + r"|\bbb(?:lastvisit|sessionhash)=|vbulletin_(?:global|menu)",
        "external.php?type=RSS2",
        "external?type=rss2",
    ),
    _platform("MyBB", r"\bmybb\[last|Powered By\s*<a[^>]{0,200}>\s*MyBB|\bmy_post_key\b", "syndication.php"),
    _platform(
        "Vanilla", r"gdn\.(?:meta|definition)|powered by\s*<a[^>]{0,200}vanillaforums", "discussions/feed.rss"
    ),
    _platform(
        "PunBB or FluxBB", r"id=[\"']pun(?:wrap|index)|brd-(?:wrap|main)", "extern.php?action=feed&type=atom"
    ),
    _platform("Flarum", r"flarum-(?:loading|content)|\bflarum_session=", "atom"),
    _platform("MediaWiki", _made_by("MediaWiki") + r"|rel=[\"']EditURI[\"']", kind="wiki"),
    _platform(
        "Blogger",
        _made_by("blogger") + r"|blogger\.com/static",
        "feeds/posts/default",
        "feeds/comments/default",
    ),
    _platform("Substack", r"substackcdn\.com|substack\.com/app-store", "feed"),
    _platform("Mastodon", _made_by("Mastodon") + r"|id=[\"']mastodon[\"']"),
    _platform("WordPress", _made_by("WordPress") + r"|/wp-content/|/wp-includes/", "feed/", "comments/feed/"),
    _platform("Ghost", _made_by("Ghost"), "rss/"),
    _platform("Drupal", _made_by("Drupal"), "rss.xml"),
    _platform("Joomla", _made_by("Joomla"), "?format=feed&type=rss"),
)
#: tried where nothing else led to a feed
USUAL = tuple(Place(path=path) for path in ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "feed.json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A source that an address alone tells of."""

    kind: str
    why: str
    #: address in the source's settings; empty: the kind has one home in the world
    url: str = ""
    title: str = ""
    keys: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    #: still worth asking for feeds
    look_further: bool = False


def made_with(page: str, cookies: str = "") -> Platform | None:
    """The software that made a page."""
    return next((one for one in PLATFORMS if one.marks.search(page) or one.marks.search(cookies)), None)


def known_by(url: str) -> Known | None:
    """The source that an address means without being asked: places whose pages are not to be read."""
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|old|new|m|mobile|np)\.", "", (parts.hostname or "").lower())
    steps = [step for step in parts.path.split("/") if step]
    if host == "reddit.com":
        return _reddit(steps)
    if host == "youtube.com":
        return _youtube(steps)
    if host in _EXCHANGES or host.endswith(".stackexchange.com"):
        return _exchange(host.removesuffix(".stackexchange.com").removesuffix(".com"))
    return _HOMES.get(host) or _tag(url, host, steps)


_EXCHANGES = {"stackoverflow.com", "superuser.com", "serverfault.com", "askubuntu.com"}
_X = Known(kind="x", why="X is read by its search, with a key and X's own leave")
_BLUESKY = Known(kind="bluesky", why="Bluesky is read as it is written, without a key")
_HOMES = {
    "x.com": _X,
    "twitter.com": _X,
    "bsky.app": _BLUESKY,
    "bsky.social": _BLUESKY,
    "news.ycombinator.com": Known(kind="hackernews", why="Hacker News is read by its search, without a key"),
    "linkedin.com": Known(
        kind="linkedin", why="LinkedIn has no search: only what it tells your own Page is read"
    ),
}


def _reddit(steps: list[str]) -> Known:
    named = steps[1] if len(steps) > 1 and steps[0] == "r" and _TEXT.fullmatch(steps[1]) else ""
    return Known(
        kind="reddit",
        title=f"r/{named}" if named else "",
        why="Reddit is read by its API, with a key and Reddit's own leave",
        keys=(("subreddits", (named,)),) if named else (),
    )


def _exchange(site: str) -> Known:
    why = "a site of Stack Exchange, read by its API"
    return Known(kind="stackexchange", title=site, why=why, keys=(("site", site),))


def _youtube(steps: list[str]) -> Known | None:
    if len(steps) > 1 and steps[0] == "channel" and re.fullmatch(r"UC[\w-]{22}", steps[1]):
        return youtube_channel(steps[1])
    return None


def youtube_channel(channel: str, title: str = "") -> Known:
    """The source that reads a channel's videos and the comments under them."""
    why = "a YouTube channel: its videos and the comments under them, with a key"
    return Known(kind="youtube", title=title, why=why, keys=(("channels", (channel,)),), look_further=True)


def _tag(url: str, host: str, steps: list[str]) -> Known | None:
    """A hashtag's page on what may be a Mastodon server."""
    if len(steps) == 2 and steps[0] == "tags" and re.fullmatch(r"\w{1,100}", steps[1]):
        return Known(
            kind="mastodon",
            url=f"{urlsplit(url).scheme}://{urlsplit(url).netloc}",
            title=f"#{steps[1]} at {host}",
            why="a hashtag of a Mastodon server, read by its API",
            keys=(("tags", (steps[1],)),),
            look_further=True,
        )
    return None
