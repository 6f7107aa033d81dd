"""Feeds come in and are answered from memory, with an ETag that holds until the shelf is relabelled."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.corpus import Feed
from collectors.polite import Answer, Request
from klankbord.ports import Spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is on the shelf at an address; no body: what the asker has is still right."""

    etag: str
    content_type: str
    body: bytes | None


class Shelf:
    """Both sides of a comparison read from here, so that neither pays for a network."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        """Put the feeds on the shelf."""
        self._feeds = {feed.url: feed for feed in feeds}
        self._label = 1

    def relabel(self) -> None:
        """From now on every ETag is another one, and every body the same."""
        self._label += 1

    def serve(self, url: str, known_etag: str) -> Served:
        """The answer to a conditional request."""
        feed, etag = self._feeds[url], f'"{self._label}"'
        body = None if known_etag == etag else feed.body
        return Served(etag=etag, content_type=feed.content_type, body=body)


class ShelfFetcher:
    """Answers as `collectors.polite.Fetcher` does."""

    def __init__(self, shelf: Shelf) -> None:
        """Read from this shelf."""
        self._shelf = shelf

    def fetch(self, request: Request) -> Answer:
        """The feed, or a 304."""
        served = self._shelf.serve(request.url, dict(request.headers).get("If-None-Match", ""))
        return Answer(
            status=304 if served.body is None else 200,
            body=served.body or b"",
            headers={"etag": served.etag, "content-type": served.content_type},
            url=request.url,
            spent=Spend(requests=1, bytes=len(served.body or b"")),
        )
