"""A file of posts comes in; they are kept like any source's, or judged and forgotten."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from klankbord.errors import NotFoundError, SettingsError
from klankbord.finding import Judgement
from klankbord.installation import Installation
from klankbord.mention import Mention, SourceId
from klankbord.reading import admitted
from klankbord.settings.imports import ImportColumns, ImportSettings, mappings
from klankbord.store.kept import Kept

if TYPE_CHECKING:
    from collectors.replay import Import

_BATCH = 200
#: posts that a dry run shows
_FIRST = 5
#: a longer text is judged by its beginning, as a stored one is
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file's rows."""

    read: int
    kept: Kept
    #: "line 3: no text"
    bad: tuple[str, ...]
    remarks: tuple[str, ...]
    #: the first posts as they are kept, masked
    first: tuple[Mention, ...] = ()


def import_file(
    installation: Installation,
    file: Path,
    source: str,
    *,
    dry_run: bool,
    mapping: ImportSettings | None = None,
) -> Imported:
    """Take in a file's posts, or only say what would be taken in.

    Args:
        installation: where they are kept.
        file: JSONL, CSV or XLSX.
        source: the name under which they are kept.
        dry_run: keep nothing.
        mapping: which header holds what; None: the headers are our own names.

    Raises:
        ImportFileError: the file as a whole cannot be read, or holds what must not be read.
        SettingsError: the name belongs to a source that is read by itself.
    """
    from collectors.replay import import_posts

    if installation.settings.source(source):
        raise SettingsError.one(
            "import", "--source", repr(source), "a name that no source in sources.toml has"
        )
    how = _how(source, installation.settings.zone, mapping)
    read, kept = 0, Kept()
    told: list[str] = []
    first: list[Mention] = []
    for batch in import_posts(file, installation.workshop, installation.clock(), how):
        mentions = admitted(batch, installation.gate)
        dropped = len(batch.mentions) - len(mentions)
        read += len(batch.mentions)
        told += batch.remarks
        first += mentions[: _FIRST - len(first)]
        if dry_run:
            kept += Kept(new=len(mentions), dropped=dropped)
        else:
            kept += installation.store.keep(source, batch, mentions, installation.clock())
        if installation.stop.is_set():
            break
    bad = tuple(line for line in told if line.startswith("line "))
    remarks = tuple(line for line in told if not line.startswith("line "))
    return Imported(read=read + len(bad), kept=kept, bad=bad, remarks=remarks, first=tuple(first))


def _how(source: str, zone: ZoneInfo, mapping: ImportSettings | None) -> "Import":
    from collectors.post_columns import columns_of
    from collectors.replay import Import

    if mapping is None:
        return Import(source_id=SourceId(source), zone=zone)
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else zone
    columns = columns_of(mapping.id, mapping.columns.model_dump(), mapping.date_format)
    return Import(source_id=SourceId(source), zone=zone, columns=columns)


def mapping_named(folder: Path, name: str) -> ImportSettings:
    """The mapping of that name: of imports.toml, else of an export that is known.

    Raises:
        NotFoundError: there is none.
        SettingsError: imports.toml cannot be read.
    """
    from collectors.post_columns import KNOWN

    saved = {one.id: one for one in mappings(folder)}
    if name in saved:
        return saved[name]
    for known in KNOWN:
        if known.id == name:
            columns = ImportColumns.model_validate(dict(known.headers))
            return ImportSettings(id=name, columns=columns, date_format=known.date_format)
    names = ", ".join(sorted({*saved, *(known.id for known in KNOWN)}))
    raise NotFoundError(f"no mapping {name!r} in imports.toml; there are: {names}")


def mapping_from(pairs: Sequence[str], base: ImportSettings | None, name: str) -> ImportSettings:
    """A mapping from `text=Hit Sentence` and the like, on top of another.

    Raises:
        SettingsError: a pair names a column that we do not have, or nothing.
    """
    columns = {ours: list(headers) for ours, headers in base.columns.model_dump().items()} if base else {}
    fresh: dict[str, list[str]] = {}
    for pair in pairs:
        ours, _, header = pair.partition("=")
        if ours.strip() not in ImportColumns.model_fields or not header.strip():
            allowed = "COLUMN=HEADER, with one of " + ", ".join(ImportColumns.model_fields)
            raise SettingsError.one("import", "--map", repr(pair[:80]), allowed)
        fresh.setdefault(ours.strip(), []).append(header.strip())
    given: dict[str, object] = {"id": name, "columns": columns | fresh}
    if base:
        given |= {"date_format": base.date_format, "timezone": base.timezone}
    try:
        return ImportSettings.model_validate(given)
    except ValidationError as error:
        said = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise SettingsError.one("import", "--map or --save-mapping", " ".join(pairs)[:80], said) from error


def scored(installation: Installation, file: Path) -> Iterator[tuple[str, Judgement] | str]:
    """Judge a file's posts in memory: each row's id with its judgement, or a line that says what is wrong.

    Raises:
        ImportFileError: the file as a whole cannot be read.
    """
    from collectors.replay import BadRow, post_from, read_posts

    with _readable(file) as posts:
        told: list[str] = []
        rows = read_posts(posts, told.append)
        while part := list(islice(rows, _BATCH)):
            good = [row for row in part if not isinstance(row, BadRow)]
            # Verbatim, so that evidence positions hold for the text that was given.
            mentions = [
                replace(
                    post_from(row, installation.clock()),
                    title=row.title[:_LONGEST],
                    text=row.text[:_LONGEST],
                    context=row.parent_text[:_LONGEST],
                )
                for row in good
            ]
            judgements = iter(zip(good, installation.classifier.judge(mentions), strict=True))
            for row in part:
                if isinstance(row, BadRow):
                    yield f"line {row.line}: {row.problem}"
                else:
                    judged, judgement = next(judgements)
                    yield judged.id, judgement


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """The file itself; standard input goes to a temporary one, since its encoding is looked at first."""
    if str(file) != "-":
        yield file
        return
    with NamedTemporaryFile(suffix=".jsonl") as copy:
        while chunk := sys.stdin.buffer.read(1_000_000):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
