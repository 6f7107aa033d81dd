"""organisation.toml: what the organisation tells about itself, so that a text can be judged."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from klankbord.errors import Mistake

Term = Annotated[str, Field(min_length=2, max_length=120)]
_FILE = "organisation.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ambiguous(_Table):
    """[[ambiguous]]: a name of ours that is something else as well, and what tells the two apart."""

    #: one of the names, aliases or products; a name that is several other things may have several tables
    name: Term
    #: what else it is, in one sentence: "a bird of the reed beds", "a common Dutch surname"
    means: str = Field(min_length=5, max_length=400)
    #: words, Dutch and English, that make it ours where they stand in the same post
    ours: tuple[Term, ...] = ()
    #: words of the other meaning
    other: tuple[Term, ...] = ()


class Speaker(_Table):
    """[[speaker]]: somebody who speaks for the organisation by their own consent, known by account only."""

    #: as the platform shows it: "@name", "name", "@name@server" or "name.server"
    account: Term
    #: where the account is; empty: everywhere
    platform: Annotated[str, Field(max_length=40)] = ""
    #: day on which this person agreed to stand here
    consented_on: date
    #: in what role: "webcare", "spokesperson", "director"
    role: Term


class Public(_Table):
    """[[public]]: a statement that is public already, so that repeating it gives nothing away."""

    #: as it was published: a sentence, or its words
    text: str = Field(min_length=5, max_length=1000)
    #: day it was published
    since: date | None = None
    #: where it stands
    url: str = ""


class Topic(_Table):
    """[[topic]]: something confidential, in words that a post may use."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
    #: what it is about, in one sentence
    meaning: str = Field(min_length=5, max_length=400)
    terms_nl: tuple[Term, ...] = ()
    terms_en: tuple[Term, ...] = ()
    market_sensitive: bool = False


class SealedTopic(Topic):
    """A topic out of topics.sealed: its words stay in memory, and in no log, page or store."""

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        """Nothing: a traceback or a log may show settings."""
        yield None, "sealed"


class Fact(_Table):
    """[[fact]]: an official text that advice to customers must agree with."""

    topic: Annotated[str, Field(min_length=2, max_length=60)]
    #: words by which a post is recognised as being about this fact
    terms_nl: tuple[Term, ...] = ()
    terms_en: tuple[Term, ...] = ()
    nl: str = Field(min_length=5, max_length=1000)
    en: str = Field(min_length=5, max_length=1000)
    url: str = ""


class Organisation(_Table):
    """Names, products, rivals, accounts, confidential topics and the fact file."""

    name: Term
    aliases: tuple[Term, ...] = ()
    products: tuple[Term, ...] = ()
    competitors: tuple[Term, ...] = ()
    #: handles and signatures that speak for the organisation; people's own accounts are [[speaker]] tables
    official_accounts: tuple[Term, ...] = ()
    #: words of what is public already; they lift the confidential topics
    published: tuple[Term, ...] = ()
    #: shares are traded: turns on the clause on price-sensitive information
    listed: bool = False
    #: fewer than 50 staff: clauses that read a tie stay at counts (law.md L4)
    small: bool = False
    #: a government body: X then asks for more (law.md B8)
    public_sector: bool = False
    service_url: str = ""
    #: the tables [[ambiguous]] below
    ambiguous: tuple[Ambiguous, ...] = ()
    #: the tables [[speaker]] below
    speaker: tuple[Speaker, ...] = ()
    #: the tables [[public]] below
    public: tuple[Public, ...] = ()
    topic: tuple[Topic, ...] = ()
    fact: tuple[Fact, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling of the organisation itself."""
        return (self.name, *self.aliases)

    @property
    def voices(self) -> tuple[str, ...]:
        """Every account and signature that speaks for the organisation."""
        return tuple(dict.fromkeys((*self.official_accounts, *(one.account for one in self.speaker))))

    def with_sealed(self, topics: tuple[SealedTopic, ...]) -> "Organisation":
        """As told, with the topics that were kept sealed."""
        return self.model_copy(update={"topic": (*self.topic, *topics)})

    def loose_ends(self) -> tuple[Mistake, ...]:
        """What is wrong between tables: names that point nowhere, words on both sides, ids twice."""
        return (*self._ambiguous_ends(), *self._name_ends(), *self._twice())

    def _ambiguous_ends(self) -> Iterator[Mistake]:
        known = {name.casefold() for name in (*self.names, *self.products)}
        for number, one in enumerate(self.ambiguous, start=1):
            key = f"ambiguous.{number}"
            if one.name.casefold() not in known:
                allowed = "the name, or one of aliases or products"
                yield Mistake(file=_FILE, key=f"{key}.name", found=repr(one.name), allowed=allowed)
            ours = {word.casefold() for word in one.ours}
            for word in one.other:
                if word.casefold() in ours:
                    found = f"{word!r}, which stands in ours as well"
                    yield Mistake(
                        file=_FILE, key=f"{key}.other", found=found, allowed="a word of one side only"
                    )
            for side, words in (("ours", one.ours), ("other", one.other)):
                if one.name.casefold() in {word.casefold() for word in words}:
                    allowed = "words that stand beside the name"
                    yield Mistake(
                        file=_FILE, key=f"{key}.{side}", found="the ambiguous name", allowed=allowed
                    )

    def _name_ends(self) -> Iterator[Mistake]:
        ours = {name.casefold() for name in self.names}
        for name in self.competitors:
            if name.casefold() in ours:
                allowed = "names of others"
                yield Mistake(file=_FILE, key="competitors", found=f"our own name {name!r}", allowed=allowed)

    def _twice(self) -> Iterator[Mistake]:
        for table, key, ids in (
            ("topic", "id", [one.id for one in self.topic]),
            (
                "speaker",
                "account",
                [f"{one.account.casefold().lstrip('@')} {one.platform}" for one in self.speaker],
            ),
        ):
            for place, name in enumerate(ids):
                if name in ids[:place]:
                    # The number says which: what a sealed topic is called stays unsaid.
                    found = f"what {table}.{ids.index(name) + 1} has as well"
                    yield Mistake(
                        file=_FILE, key=f"{table}.{place + 1}.{key}", found=found, allowed="each once"
                    )
