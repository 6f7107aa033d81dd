"""Fakes that speak each platform's documented protocol on loopback: for the demo and for the tests alike.

A fake holds posts and answers as its platform does, with its rate-limit headers; `klankbord.demo.loopback`
makes it stand on a port and misbehave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from klankbord.demo.loopback import Reply, Trouble


class Fake(Protocol):
    """A platform with posts; what every fake can be told, so that one set of tests holds for every kind."""

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody writes; returns a key for `edit` and `delete`, the fake's own affair."""
        ...

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The post now says this; NotImplementedError where the platform has no edits."""
        ...

    def delete(self, key: str) -> None:
        """The post is gone, as its platform makes posts go."""
        ...

    def settings(self, address: str) -> dict[str, object]:
        """The [[source]] table that reads this fake, which stands at `address`, without `id` and `terms`."""
        ...


class Standing(Protocol):
    """A fake that stands on a port: `Loopback`, or a server of the fake's own for what is not HTTP."""

    requests: int

    @property
    def address(self) -> str:
        """Where it is reached."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def always(self, trouble: Reply | Trouble) -> None:
        """From now on go wrong like this."""
        ...

    def next(self, *troubles: Reply | Trouble) -> None:
        """Go wrong like these, one a request; then be well."""
        ...

    def well(self) -> None:
        """Answer as the service does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fakery:
    """How a kind is faked."""

    make: Callable[[], Fake]
    #: makes the fake stand on a port
    stand: Callable[[Any], Standing]
