"""A file of posts comes in, batches of Mentions go out: for imports, and for scoring a single text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from collectors import Workshop
from collectors.authors import address_without, telling, without_names, without_quoted
from collectors.dates import read_date
from collectors.links import author_free, canonical, handles_in, redacted
from collectors.post_columns import Columns
from collectors.posts_file import BadRow, Row, read_posts
from collectors.text import MAX_TITLE, plain
from klankbord.masking import masked
from klankbord.mention import Kind, Mention, Precision, SourceId, Terms, short_hash
from klankbord.ports import Batch, Cursor

__all__ = ["BadRow", "Import", "Row", "import_posts", "post_from", "read_posts"]

PLATFORM = "import"
_BATCH = 500
# Letters and digits with a digit among them: 1234567890, t3_1abc9, f81d4fae-7dec-11d0.
_PLAIN_ID = re.compile(r"(?=[^\d]*\d)[\w.:-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """How a file of posts is taken in."""

    source_id: SourceId = SourceId(PLATFORM)  # noqa: RUF009 - a name for str
    #: zone of dates that name none
    zone: ZoneInfo = ZoneInfo("Europe/Amsterdam")  # noqa: RUF009 - one shared, unchangeable zone
    terms: Terms = Terms()  # noqa: RUF009 - frozen
    #: which header of the file holds what; None: the headers are our own names
    columns: Columns | None = None


def import_posts(file: Path, workshop: Workshop, now: datetime, how: Import | None = None) -> Iterator[Batch]:
    """Read a file of posts; names and secrets are masked as for any source.

    A bad row becomes a remark on its batch, with its line and problem.

    Raises:
        ImportFileError: the file as a whole cannot be read, or holds what must not be read.
    """
    how = how or Import()
    told: list[str] = []
    rows = read_posts(file, told.append, how.columns)
    done = 0
    while part := list(islice(rows, _BATCH)):
        done += len(part)
        mentions = tuple(_masked(row, workshop, now, how) for row in part if isinstance(row, Row))
        bad = [f"line {row.line}: {row.problem}" for row in part if isinstance(row, BadRow)]
        yield Batch(mentions=mentions, next=_cursor(done), remarks=(*told, *bad))
        told.clear()


def _cursor(rows: int) -> Cursor:
    return Cursor(json.dumps({"v": 1, "rows": rows}))


def post_from(row: Row, now: datetime, how: Import | None = None) -> Mention:
    """The row as a mention, unmasked and without its author: to be judged in memory, never stored. Pure."""
    how = how or Import()
    published, precision = read_date(row.published_at, how.zone, now)
    title, text, context = plain(row.title, MAX_TITLE), plain(row.text), plain(row.parent_text)
    return Mention(
        source_id=how.source_id,
        platform=row.platform.lower() or PLATFORM,
        native_id=_native_id(row, how.source_id),
        revision=short_hash(title, text, context),
        kind=Kind(row.kind.lower()) if row.kind else Kind.POST,
        url=redacted(row.url),
        canonical_url=canonical(redacted(row.url)) if row.url else "",
        title=title,
        text=text,
        context=context,
        thread_id=_id_of(row.thread_id) if row.thread_id else None,
        parent_id=_id_of(row.parent_id) if row.parent_id else None,
        lang=row.lang[:2].lower() or None,
        published_at=published,
        published_raw="" if precision is Precision.MISSING else row.published_at[:100],
        published_precision=precision,
        collected_at=now,
        terms=how.terms,
    )


def _native_id(row: Row, source_id: SourceId) -> str:
    """The platform's own id; without a platform, ids that two files share are told apart by source."""
    native = _id_of(row.id)
    return native if row.platform or source_id == PLATFORM else f"{source_id}:{native}"


def _id_of(given: str) -> str:
    """An id as it was given where it can hold no name; an address, a handle or a word becomes a hash."""
    return given if _PLAIN_ID.fullmatch(given) else short_hash(given)


def _masked(row: Row, workshop: Workshop, now: datetime, how: Import) -> Mention:
    post = post_from(row, now, how)
    keep = frozenset(handle.casefold() for handle in workshop.keep_handles)
    names = telling((row.author, row.author.lstrip("@"), *handles_in(row.url)), keep)
    title, text, context = (
        masked(without_quoted(without_names(words, names)), keep=workshop.keep_handles) if words else ""
        for words in (post.title, post.text, post.context)
    )
    url = address_without(author_free(post.url), names)
    return replace(
        post,
        author=workshop.pseudonyms.of(post.platform, row.author, now) if row.author else None,
        title=title,
        text=text,
        context=context,
        revision=short_hash(title, text, context),
        url=url,
        canonical_url=canonical(url) if url else "",
    )
