"""A folder and feeds come in; lemon24/reader updates them into a database there, as its guide says."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.corpus import Feed
from benchmarks.shelf import Shelf


class Reader:
    """The other side of the comparison; reader is imported here, so that our own figures need no reader."""

    def __init__(self, folder: Path, feeds: Sequence[Feed], shelf: Shelf) -> None:
        """Open an empty database and add the feeds; nothing is read yet.

        Raises:
            ModuleNotFoundError: reader is not installed.
        """
        from reader import make_reader

        self._reader = make_reader(str(folder / "reader.sqlite"))
        # The cheapest way reader has: its own HTTP goes through requests and a temporary file.
        parser = self._reader._parser  # noqa: SLF001 - where reader's guide says retrievers are added
        parser.do_lazy_init()
        parser.mount_retriever("https://", _ShelfRetriever(shelf))
        for feed in feeds:
            self._reader.add_feed(feed.url)

    def update(self) -> None:
        """Read every feed once, also those that are not due; one worker is reader's default."""
        self._reader.update_feeds(scheduled=False)
        broken = self._reader.get_feed_counts(broken=True).total
        if broken:
            raise RuntimeError(f"reader could not read {broken} feeds")

    def count(self) -> int:
        """How many entries are held."""
        return int(self._reader.get_entry_counts().total)

    def close(self) -> None:
        """Give the database back."""
        self._reader.close()


class _ShelfRetriever:
    """Answers as `reader._parser.http.HTTPRetriever` does."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @contextmanager
    def __call__(self, url: str, caching_info: Any = None, accept: str | None = None) -> Iterator[object]:  # noqa: ANN401, ARG002
        from reader._parser import HTTPInfo, NotModified, RetrievedFeed

        served = self._shelf.serve(url, (caching_info or {}).get("etag", ""))
        headers = {"content-type": served.content_type, "content-location": url, "etag": served.etag}
        if served.body is None:
            raise NotModified(url, http_info=HTTPInfo(304, headers))
        mime_type = served.content_type.partition(";")[0]
        caching = {"etag": served.etag}
        yield RetrievedFeed(io.BytesIO(served.body), mime_type, caching, HTTPInfo(200, headers))

    def validate_url(self, url: str) -> None:
        """Every address is on the shelf."""
