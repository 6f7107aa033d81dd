"""Every error Klankbord raises itself; each knows its subject and whether waiting helps.

KlankbordError
├── SettingsError          one or more mistakes in the config, all told at once
├── QueryError             an organisation query that cannot be read, with its place
├── ImportFileError        a posts file that cannot be read, with its line
├── CollectError           a source could not be read (five classes, no others)
│   ├── TransientError         try again later
│   ├── RateLimitedError       try again at `until`
│   ├── AuthError              a credential is missing, wrong or expired
│   ├── ForbiddenError         not allowed: terms, robots, private address
│   └── PermanentError         gone or never there; a person must look
├── ModelError             the model file cannot be used
│   ├── ModelOutdatedError     another format, policy or corpus: train again
│   └── ModelCorruptError      cut short or changed after it was written
├── StoreError             the store is missing, newer than this version, or refuses
├── NotFoundError          no finding, source or channel by that name
└── DeliveryError          a channel did not take the message; `permanent` tells whether to retry
"""

from dataclasses import dataclass
from datetime import datetime


class KlankbordError(Exception):
    """Root of every error that Klankbord raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing wrong in a config file."""

    #: file the mistake stands in, as the person knows it
    file: str
    #: dotted key, list positions counted from 1: `source.2.url`
    key: str
    #: what was found there
    found: str
    #: what is allowed there
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: found {self.found}; allowed: {self.allowed}"


class SettingsError(KlankbordError):
    """Every mistake found in the config, told together."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        """Keep the mistakes and render one line for each."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes

    @classmethod
    def one(cls, file: str, key: str, found: str, allowed: str) -> "SettingsError":
        """The error for a single mistake."""
        return cls((Mistake(file=file, key=key, found=found, allowed=allowed),))


class QueryError(KlankbordError):
    """A query that cannot be read; line and column count from 1."""

    def __init__(self, problem: str, *, line: int, column: int) -> None:
        """Keep the place, so that a screen can point at the character."""
        super().__init__(f"line {line}, column {column}: {problem}")
        self.problem, self.line, self.column = problem, line, column


class ImportFileError(KlankbordError):
    """A posts file that cannot be read at all (a bad row is told, not raised)."""


class CollectError(KlankbordError):
    """A source could not be read; only the five subclasses are raised."""

    #: word stored on the source and printed in the digest
    word = "transient"

    def __init__(self, problem: str, *, until: datetime | None = None) -> None:
        """Keep what went wrong and, where the source said so, when to come back."""
        super().__init__(problem)
        self.problem, self.until = problem, until
        #: requests that were made and stand in no batch; None: nobody counted
        self.requests: int | None = None


class TransientError(CollectError):
    """The source may answer next time."""

    word = "transient"


class RateLimitedError(CollectError):
    """The source asked us to wait until `until`."""

    word = "rate_limited"


class AuthError(CollectError):
    """A credential is missing, wrong or expired."""

    word = "auth"


class ForbiddenError(CollectError):
    """Reading is not allowed: by the source, its terms, robots.txt or our own address rules."""

    word = "forbidden"


class PermanentError(CollectError):
    """The source is gone or was never there; waiting does not help."""

    word = "permanent"


class ModelError(KlankbordError):
    """The model file cannot be used."""


class ModelOutdatedError(ModelError):
    """The model was made for another format, corpus or library; train again."""


class ModelCorruptError(ModelError):
    """The model file was cut short or changed after it was written."""


class StoreError(KlankbordError):
    """The store is missing, newer than this version, or refuses."""


class NotFoundError(KlankbordError):
    """Nothing goes by that name."""


class DeliveryError(KlankbordError):
    """A channel did not take a message."""

    def __init__(self, problem: str, *, permanent: bool = False) -> None:
        """Keep whether another try can help."""
        super().__init__(problem)
        self.problem, self.permanent = problem, permanent
