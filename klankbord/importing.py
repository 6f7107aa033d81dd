"""A file of posts comes in; they are kept like any source's, or judged and forgotten."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

from klankbord.errors import SettingsError
from klankbord.finding import Judgement
from klankbord.installation import Installation
from klankbord.mention import SourceId
from klankbord.pipeline import admitted
from klankbord.store.store import Kept

_BATCH = 200
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


def import_file(installation: Installation, file: Path, source: str, *, dry_run: bool) -> Imported:
    """Take in a file's posts, or only say what would be taken in.

    Raises:
        ImportFileError: the file as a whole cannot be read, or holds what must not be read.
        SettingsError: the name belongs to a source that is read by itself.
    """
    from collectors.replay import Import, import_posts

    if installation.settings.source(source):
        raise SettingsError.one(
            "import", "--source", repr(source), "a name that no source in sources.toml has"
        )
    how = Import(source_id=SourceId(source), zone=installation.settings.zone)
    read, kept = 0, Kept()
    told: list[str] = []
    for batch in import_posts(file, installation.workshop, installation.clock(), how):
        mentions = admitted(batch, installation.gate)
        dropped = len(batch.mentions) - len(mentions)
        read += len(batch.mentions)
        told += batch.remarks
        if dry_run:
            kept += Kept(new=len(mentions), dropped=dropped)
        else:
            kept += installation.store.keep(source, batch, mentions, installation.clock())
        if installation.stop.is_set():
            break
    bad = tuple(line for line in told if line.startswith("line "))
    remarks = tuple(line for line in told if not line.startswith("line "))
    return Imported(read=read + len(bad), kept=kept, bad=bad, remarks=remarks)


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
