"""sources.toml: one table for each source, with the keys of its kind."""

import re
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from klankbord.settings.terms import BudgetSettings, LinkedInTerms, RedditTerms, TermsSettings, XTerms
from klankbord.settings.values import Duration, Key, SecretRef, StreamAddress, Table, WebAddress, Zone

Host = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class SourceSettings(Table):
    """[[source]]: what every kind of source is told."""

    id: Key
    kind: str
    #: what people call it
    name: str = ""
    #: where it is; kinds with one home in the world know theirs
    url: WebAddress
    #: replaces scheme, host and port of every address asked for: for a mirror, a proxy or a test
    base_url: WebAddress | None = None
    enabled: bool = True
    #: language of the source where its posts do not say
    language: Literal["nl", "en"] | None = None
    #: zone of dates that name none
    timezone: Zone = "Europe/Amsterdam"
    every: Duration = timedelta(minutes=30)
    #: private networks this source may be fetched from, as CIDR
    allow_addresses: tuple[str, ...] = ()
    #: whole-call limit on one fetch, seconds
    timeout: float = Field(default=30.0, gt=0, le=120)
    #: limit on one body after unpacking, bytes
    max_bytes: int = Field(default=20_000_000, ge=1_000, le=200_000_000)
    #: ids of the queries that apply; empty: all
    queries: tuple[Key, ...] = ()
    terms: TermsSettings = TermsSettings()
    budget: BudgetSettings = BudgetSettings()

    @model_validator(mode="after")
    def _networks(self) -> "SourceSettings":
        for network in self.allow_addresses:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"allow_addresses: {network!r} is no network such as 10.0.0.0/8") from error
        if self.every < timedelta(seconds=1):
            raise ValueError("every: at least 1s")
        return self

    @property
    def title(self) -> str:
        """The name people know, else the id."""
        return self.name or self.id

    @property
    def host(self) -> str:
        """The host that is asked."""
        return urlsplit(self.base_url or self.url).netloc.lower()

    @property
    def credentials(self) -> tuple[str, ...]:
        """Where the secrets of this source are kept: it needs every one of them."""
        return ()

    @property
    def host_key(self) -> str:
        """The host with the credential used there: sources that share it stand and fall together."""
        return "|".join((self.host, *self.credentials))

    @property
    def recheck_every(self) -> timedelta:
        """How often a stored post without an open finding is asked for (law.md B5)."""
        return timedelta(days=7)

    @property
    def recheck_early(self) -> timedelta | None:
        """How soon after collection a post with an open finding is asked for the first time."""
        return None


class FeedSource(SourceSettings):
    """Kinds `feed` and `comment_feed`: RSS, Atom and JSON feeds, alerts feeds, comment feeds."""

    kind: Literal["feed", "comment_feed"]
    #: hosts whose pages may be fetched where a feed cuts its texts short
    articles_from: tuple[Host, ...] = ()
    #: value of `{secret}` in the address: for private feeds
    secret: SecretRef | None = None

    @model_validator(mode="after")
    def _secret_has_a_place(self) -> "FeedSource":
        if ("{secret}" in self.url) != (self.secret is not None):
            raise ValueError('secret: goes with "{secret}" in url, and the other way round')
        if "{secret}" in urlsplit(self.url).netloc:
            raise ValueError("url: {secret} may stand in the path or behind the ?, not in the host")
        return self

    @property
    def credentials(self) -> tuple[str, ...]:
        """A private feed's token."""
        return (self.secret,) if self.secret else ()


# Only what narrows: `from:` and its kin ask for persons (law.md A4), OR would widen every search.
_X_OPERATOR = re.compile(
    r"""(?<!\S)(?:-?(?:is|has):[a-z_]{2,20}|-?lang:[A-Za-z-]{2,7}|-?place_country:[A-Z]{2}"""
    r"""|-#?\w{1,60}|-"[^"\\]{1,60}"|\(lang:[A-Za-z-]{2,7}(?: OR lang:[A-Za-z-]{2,7}){0,9}\))(?!\S)"""
)


class XPrices(Table):
    """[source.prices]: US dollars, as X's price list had them on 2026-08-22."""

    post: float = Field(default=0.005, ge=0)
    user: float = Field(default=0.010, ge=0)
    count: float = Field(default=0.005, ge=0)
    own_mention: float = Field(default=0.001, ge=0)


class XSource(SourceSettings):
    """Kind `x`: recent search, the organisation's own mentions, re-checks; pay per use."""

    kind: Literal["x"]
    url: WebAddress = "https://api.x.com"
    every: Duration = timedelta(minutes=15)
    token: SecretRef = "env:KLANKBORD_X_TOKEN"  # noqa: S105 - where the token is, not the token
    #: numeric id of the organisation's own account: its mentions timeline is read as well
    account_id: Annotated[str, Field(pattern=r"^\d{1,20}$")] | Literal[""] = ""
    #: operators added to every search
    suffix: str = Field(default="-is:retweet", max_length=120)
    #: X asks for both of a government body (law.md B8)
    enterprise_plan: bool = False
    declared_government_end_user: bool = False
    #: also ask who wrote (a user each): the names are taken out of the texts and then forgotten
    author_names: bool = True
    prices: XPrices = XPrices()
    budget: BudgetSettings = BudgetSettings(money_per_day=2.0)
    terms: XTerms = XTerms()

    @field_validator("suffix")
    @classmethod
    def _narrows(cls, suffix: str) -> str:
        for word in _X_OPERATOR.sub("", suffix).split():
            raise ValueError(
                f"suffix: {word!r} is none of the operators that only narrow a search: is:, has:, lang:, "
                'place_country: and -word, -"phrase", -#tag'
            )
        return suffix

    @model_validator(mode="after")
    def _buys(self) -> "XSource":
        prices = self.prices
        # the smallest page: ten posts, each perhaps with its author and two posts that it refers to
        page = 10 * (3 * prices.post + (prices.user if self.author_names else 0))
        if self.budget.money_per_day < page:
            given = self.budget.money_per_day
            raise ValueError(
                f"budget.money_per_day: ${given:.2f} buys no page of posts: at least ${page:.2f}"
            )
        return self

    @property
    def credentials(self) -> tuple[str, ...]:
        """The app's bearer token."""
        return (self.token,)

    @property
    def recheck_every(self) -> timedelta:
        """Daily, as X's agreement wants stored posts kept current (law.md B5)."""
        return timedelta(days=1)

    @property
    def recheck_early(self) -> timedelta:
        """After the half hour in which posts can be edited, on the day on which reading again is free."""
        return timedelta(minutes=35)


class RedditSource(SourceSettings):
    """Kind `reddit`: submissions found by search, comments of named subreddits."""

    kind: Literal["reddit"]
    url: WebAddress = "https://oauth.reddit.com"
    every: Duration = timedelta(minutes=10)
    client_id: SecretRef = "env:KLANKBORD_REDDIT_ID"
    client_secret: SecretRef = "env:KLANKBORD_REDDIT_SECRET"  # noqa: S105 - where it is, not what it is
    #: subreddits whose newest comments are read, without r/
    subreddits: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{2,21}$")], ...] = ()
    #: search all of Reddit for submissions as well; else only the named subreddits
    search_all: bool = True
    terms: RedditTerms = RedditTerms()

    @property
    def credentials(self) -> tuple[str, ...]:
        """The app's id and secret."""
        return (self.client_id, self.client_secret)

    @property
    def recheck_every(self) -> timedelta:
        """Daily (law.md B5)."""
        return timedelta(days=1)


class BoardSelectors(Table):
    """[source.selectors]: CSS selectors that show where a board keeps its threads and posts."""

    #: links to threads on the board's page
    thread: Name
    #: one post on a thread's page
    post: Name
    #: inside a post
    text: Name
    date: Name = "time"
    #: attribute that holds the date; empty: the element's text
    date_attribute: str = "datetime"
    #: inside a post: who wrote it; never kept
    author: str = ""
    #: on a thread's page
    title: Name = "h1"
    #: on a thread's page: link to the next page
    next: str = ""
    #: on a thread's page: link to its last page; a long thread met for the first time is read from there
    last: str = ""
    #: on a thread's page: link to the page before; tells a post that moved from one that is gone
    previous: str = ""


class ForumSource(SourceSettings):
    """Kind `forum`: a Discourse forum by its API, or a board without a feed by declared selectors."""

    kind: Literal["forum"]
    software: Literal["discourse", "board"] = "discourse"
    #: Discourse: an API key, where the forum asks for one
    key: SecretRef | None = None
    #: whose key it is: an ordinary member's, who sees no more than everybody
    key_user: str = Field(default="", max_length=60)
    #: board: what its pages look like
    selectors: BoardSelectors | None = None
    #: seconds between two pages; robots.txt may ask for more
    crawl_delay: float = Field(default=2.0, ge=0, le=300)

    @model_validator(mode="after")
    def _declared(self) -> "ForumSource":
        if (self.software == "board") != (self.selectors is not None):
            raise ValueError("selectors: a board needs [source.selectors], a Discourse forum has none")
        if self.key and self.key_user.lower() in {"", "system"}:
            raise ValueError("key_user: name an ordinary member, who sees no more than everybody")
        return self

    @property
    def credentials(self) -> tuple[str, ...]:
        """The forum's key, where it needs one."""
        return (self.key,) if self.key else ()


class BlueskySource(SourceSettings):
    """Kind `bluesky`: every public post as it is written; search fills gaps where an account is given."""

    kind: Literal["bluesky"]
    #: where searches go
    url: WebAddress = "https://bsky.social"
    #: a Jetstream v2 server; Bluesky's others: wss://jetstream.us-west.bsky.network/xrpc
    stream: StreamAddress = "wss://jetstream.us-east.bsky.network/xrpc"
    every: Duration = timedelta(minutes=1)
    #: seconds one run listens at most
    listen: float = Field(default=40.0, ge=0.5, le=300)
    #: seconds without an event after which the stream counts as read to its end
    quiet: float = Field(default=1.5, ge=0.1, le=30)
    #: how far back the first run begins; the servers hold 36 hours
    look_back: Duration = timedelta(hours=1)
    user: str = Field(default="", max_length=253)
    password: SecretRef | None = None
    #: every post of the network passes by
    budget: BudgetSettings = BudgetSettings(megabytes_per_day=10_000)

    @property
    def host(self) -> str:
        """The host of the stream."""
        return urlsplit(self.stream).netloc.lower()

    @property
    def credentials(self) -> tuple[str, ...]:
        """The app password of the account that searches."""
        return (self.password,) if self.password else ()


class MastodonSource(SourceSettings):
    """Kind `mastodon`: tag timelines of one server, and its search where a token is given."""

    kind: Literal["mastodon"]
    #: hashtags, without #
    tags: tuple[Annotated[str, Field(pattern=r"^\w{1,100}$")], ...] = ()
    token: SecretRef | None = None

    @property
    def credentials(self) -> tuple[str, ...]:
        """The token with which searches are made."""
        return (self.token,) if self.token else ()


class WikiSource(SourceSettings):
    """Kind `wiki`: edits to named pages, and to pages that name the organisation."""

    kind: Literal["wiki"]
    #: the wiki's address, for instance https://nl.wikipedia.org
    url: WebAddress
    #: path of api.php, without its name
    path: str = Field(default="/w/", pattern=r"^/[\w./-]{0,200}$")
    pages: tuple[Name, ...] = ()
    #: also pages that a search for the organisation's names finds
    search: bool = True


class YouTubeSource(SourceSettings):
    """Kind `youtube`: videos of named channels and the comments under them."""

    kind: Literal["youtube"]
    url: WebAddress = "https://www.googleapis.com"
    key: SecretRef = "env:KLANKBORD_YOUTUBE_KEY"
    #: channel ids, `UC…`: their feeds tell of new videos
    channels: tuple[Annotated[str, Field(pattern=r"^UC[\w-]{22}$")], ...] = ()
    #: where channel feeds are
    feeds: WebAddress = "https://www.youtube.com"
    #: also the comments under these videos
    comments: bool = True

    @property
    def credentials(self) -> tuple[str, ...]:
        """The project's API key: comments cannot be read without."""
        return (self.key,) if self.comments else ()


class HackerNewsSource(SourceSettings):
    """Kind `hackernews`: stories and comments that name the organisation."""

    kind: Literal["hackernews"]
    #: search
    url: WebAddress = "https://hn.algolia.com"
    #: single posts, for re-checks
    items: WebAddress = "https://hacker-news.firebaseio.com"


class StackExchangeSource(SourceSettings):
    """Kind `stackexchange`: questions, answers and comments of one site that name the organisation."""

    kind: Literal["stackexchange"]
    url: WebAddress = "https://api.stackexchange.com"
    #: which site of the network
    site: Annotated[str, Field(pattern=r"^[a-z0-9.]{2,60}$")] = "stackoverflow"
    #: raises the daily quota from 300 to 10,000
    key: SecretRef | None = None
    every: Duration = timedelta(hours=1)

    @property
    def credentials(self) -> tuple[str, ...]:
        """The application's key, where there is one."""
        return (self.key,) if self.key else ()


class LinkedInSource(SourceSettings):
    """Kind `linkedin`: what LinkedIn itself tells the organisation's own Page; no search, no collecting."""

    kind: Literal["linkedin"]
    url: WebAddress = "https://api.linkedin.com"
    #: the Page: urn:li:organization:123
    organisation: Annotated[str, Field(pattern=r"^urn:li:organization:\d{1,20}$")]
    client_secret: SecretRef = "env:KLANKBORD_LINKEDIN_SECRET"  # noqa: S105 - where it is, not what it is
    every: Duration = timedelta(minutes=5)
    terms: LinkedInTerms = LinkedInTerms()

    @property
    def credentials(self) -> tuple[str, ...]:
        """The app's client secret: it signs every notification."""
        return (self.client_secret,)


AnySource = Annotated[
    FeedSource
    | XSource
    | RedditSource
    | ForumSource
    | BlueskySource
    | MastodonSource
    | WikiSource
    | YouTubeSource
    | HackerNewsSource
    | StackExchangeSource
    | LinkedInSource,
    Field(discriminator="kind"),
]
