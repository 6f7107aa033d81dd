"""One poll's line to one service: every request of a collector, or of its client library, passes here.

The line keeps to the budget, to the address rules and to `stop`, counts what was spent, and turns whatever a
client raises into one of the five errors. Libraries that speak through `requests` or `httpx` are given a
session or transport of the line's: whatever they believe of timeouts and proxies, these rules hold.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from collectors.answers import Answer, refusal
from collectors.links import redacted
from collectors.polite import Request, StoppedError
from klankbord.errors import CollectError, SettingsError, StoreError, TransientError
from klankbord.ports import Budget, Spend

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from threading import Event

    import httpx
    import requests

    from collectors import Workshop
    from klankbord.settings import SourceSettings

#: bytes of one answer over the wire
_MAX_RAW = 10_000_000
#: headers that are the line's own to set
_OURS = {"host", "user-agent", "connection", "accept-encoding", "cookie", "content-length"}
#: headers that are no longer true once a body is unpacked
_UNPACKED = {"content-encoding", "content-length", "transfer-encoding"}


@dataclass(slots=True, kw_only=True)
class Line:
    """What one poll or recheck speaks through."""

    source: SourceSettings
    workshop: Workshop
    budget: Budget
    now: datetime
    stop: Event
    spent: Spend = field(default_factory=Spend)
    #: the last answer: its headers tell what a client library does not
    last: Answer | None = None

    @property
    def left(self) -> int:
        """Requests that this run may still make; none once its bytes are used up."""
        return self.budget.requests - self.spent.requests if self.spent.bytes < self.budget.bytes else 0

    def took(self) -> Spend:
        """What was spent since this was asked last: the spend of the next batch."""
        spent, self.spent = self.spent, Spend()
        self.budget = Budget(
            requests=self.budget.requests - spent.requests,
            bytes=max(0, self.budget.bytes - spent.bytes),
            micros=self.budget.micros - spent.micros,
        )
        return spent

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """One request, whatever its status.

        Raises:
            CollectError: no answer came, the run's budget is used up, or we were asked to stop.
        """
        # an error without an answer must not be taken for what the answer before it said
        self.last = None
        if self.stop.is_set():
            raise StoppedError("stopped")
        if self.left <= 0:
            raise self._counted(TransientError("the requests or bytes of this run are used up"))
        request = Request(
            url=url,
            now=self.now,
            stop=self.stop,
            timeout=self.source.timeout,
            # a little over the budget rather than an answer that seems too large
            max_raw=_MAX_RAW,
            max_bytes=self.source.max_bytes,
            max_requests=max(1, min(6, self.left)),
            base_url=self.source.base_url,
            networks=self.source.allow_addresses,
            headers=tuple((headers or {}).items()),
            method=method,
            body=body,
        )
        try:
            self.last = self.workshop.fetcher.ask(request)
        except CollectError as error:
            self.spent += Spend(requests=1)
            said = type(error)(self.workshop.secrets.masked(error.problem), until=error.until)
            raise self._counted(said) from error
        self.spent += self.last.spent
        return self.last

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One GET whose answer can be used.

        Raises:
            CollectError: it could not be had, or the server refused.
        """
        answer = self.ask(url, headers=headers)
        if error := refusal(answer, self.now):
            raise self._counted(error)
        return answer

    def _counted(self, error: CollectError) -> CollectError:
        """The error with what was spent: no batch will tell it any more."""
        error.requests = self.spent.requests
        return error

    def json(
        self,
        url: str,
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - what a server says can be anything; who asks must look
        """The content of a JSON answer.

        Raises:
            CollectError: it could not be had, the server refused, or it is no JSON.
        """
        answer = self.fetch(f"{url}?{urlencode(query)}" if query else url, headers)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            # half an answer holds names: its words must not end up in an error
            what = "a page" if answer.body.lstrip()[:1] == b"<" else f"{len(answer.body)} other bytes"
            raise self._counted(
                TransientError(f"no JSON came from {redacted(answer.url)}, but {what}")
            ) from error

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Whatever a client library raises inside becomes one of the five errors.

        Raises:
            CollectError: the refusal of the last answer if there was one, else transient with the type named.
        """
        try:
            yield
        except CollectError as error:
            raise self._counted(error) from error.__cause__
        except (SettingsError, StoreError):
            raise
        except Exception as error:
            # Client libraries raise KeyError, AttributeError and worse on odd answers: none may pass.
            raise self._counted(self._meant(error)) from error

    def _meant(self, error: Exception) -> CollectError:
        for cause in _chain(error):
            if isinstance(cause, CollectError):
                return cause
        if self.last and (refused := refusal(self.last, self.now)):
            return refused
        if isinstance(error, ValueError):
            # it quotes the value that could not be read, which may be somebody's name
            return TransientError(f"{type(error).__name__}: an answer could not be read")
        said = self.workshop.secrets.masked(redacted(str(error)))[:300]
        return TransientError(f"{type(error).__name__}: {said}")

    def session(self) -> requests.Session:
        """A session for clients that speak through `requests`."""
        from collectors.line_requests import session_of

        return session_of(self)

    def transport(self) -> httpx.BaseTransport:
        """A transport for clients that speak through `httpx`."""
        from collectors.line_httpx import transport_of

        return transport_of(self)


def line_to(source: SourceSettings, workshop: Workshop, budget: Budget, now: datetime, stop: Event) -> Line:
    """A line for one poll or recheck."""
    return Line(source=source, workshop=workshop, budget=budget, now=now, stop=stop)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies behind it, as Python and as prawcore keep it."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "original_exception", None), *one.args]


def passed_on(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """Headers of a client library that go out."""
    return {
        name: value if isinstance(value, str) else value.decode("latin-1")
        for name, value in headers.items()
        if name.lower() not in _OURS
    }


def given_back(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of an answer that a client library sees."""
    return {name: value for name, value in headers.items() if name.lower() not in _UNPACKED}
