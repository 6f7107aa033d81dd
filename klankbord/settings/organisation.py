"""organisation.toml: what the organisation tells about itself, so that a text can be judged."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Term = Annotated[str, Field(min_length=2, max_length=120)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(_Table):
    """[[topic]]: something confidential, in words that a post may use."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
    #: what it is about, in one sentence
    meaning: str = Field(min_length=5, max_length=400)
    terms_nl: tuple[Term, ...] = ()
    terms_en: tuple[Term, ...] = ()
    market_sensitive: bool = False


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
    #: handles and signatures that speak for the organisation, with the consent of who writes there
    official_accounts: tuple[Term, ...] = ()
    #: statements that are public already: words that lift the confidential topics
    published: tuple[Term, ...] = ()
    #: shares are traded: turns on the clause on price-sensitive information
    listed: bool = False
    #: fewer than 50 staff: clauses that read a tie stay at counts (law.md L4)
    small: bool = False
    #: a government body: X then asks for more (law.md B8)
    public_sector: bool = False
    service_url: str = ""
    topic: tuple[Topic, ...] = ()
    fact: tuple[Fact, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling of the organisation itself."""
        return (self.name, *self.aliases)
