"""Mentions' words go into the index and out of it again with the mention; nothing of a text stays behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from klankbord.mention import Mention
from klankbord.store import schema
from klankbord.store.mentions import selected
from klankbord.store.rows import mention_of

_mention = schema.mention.c
# The index is no part of the schema: it is made when first used, made again when the folding changes, and
# everything in it can be had from the mentions. Triggers take a text out of it in the transaction that takes
# or changes the mention, whoever writes that.
_MAKE = (
    "CREATE TABLE search_made (version TEXT NOT NULL)",
    "CREATE TABLE search_gone (one INTEGER PRIMARY KEY)",
    "CREATE VIRTUAL TABLE search_index USING fts5(words, tokenize = 'ascii', columnsize = 0)",
    """CREATE TRIGGER search_deleted AFTER DELETE ON mention WHEN old.search_id IS NOT NULL BEGIN
        DELETE FROM search_index WHERE rowid = old.search_id;
        INSERT OR IGNORE INTO search_gone VALUES (1);
    END""",
    """CREATE TRIGGER search_edited AFTER UPDATE OF title, text, context ON mention
    WHEN old.search_id IS NOT NULL BEGIN
        DELETE FROM search_index WHERE rowid = old.search_id;
        UPDATE mention SET search_id = NULL WHERE id = old.id;
        INSERT OR IGNORE INTO search_gone VALUES (1);
    END""",
)
_UNMAKE = (
    "DROP TRIGGER search_deleted",
    "DROP TRIGGER search_edited",
    "DROP TABLE search_index",
    "DROP TABLE search_gone",
    "DROP TABLE search_made",
    "UPDATE mention SET search_id = NULL WHERE search_id IS NOT NULL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Makes what the index holds of a mention."""

    #: changes whenever the same text could give other words
    version: str
    of: Callable[[Sequence[Mention]], list[str]]


def stands(connection: Connection) -> bool:
    """Whether there is an index; PostgreSQL has none yet."""
    if connection.dialect.name != "sqlite":
        return False
    known = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'search_gone'")
    return known.first() is not None


def _made_with(connection: Connection) -> str | None:
    if not stands(connection):
        return None
    return str(connection.exec_driver_sql("SELECT version FROM search_made").scalar_one())


_WAITING = select(_mention.id).where(_mention.search_id.is_(None), _mention.judged_revision.is_not(None))


def behind(connection: Connection, words: Words) -> bool:
    """Whether something is to be taken in, or all of it anew."""
    if connection.execute(_WAITING.limit(1)).first() is not None:
        return True
    made = _made_with(connection)
    return made is not None and made != words.version


def make(connection: Connection, version: str) -> None:
    """Make the index where there is none of this version."""
    made = _made_with(connection)
    if made == version:
        return
    for statement in (*(_UNMAKE if made else ()), *_MAKE):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("INSERT INTO search_made VALUES (?)", (version,))
    try:
        # From SQLite 3.42 on a deleted word is overwritten where it stands; before, see `sweep`.
        connection.exec_driver_sql("INSERT INTO search_index(search_index, rank) VALUES ('secure-delete', 1)")
    except DBAPIError:
        return


def fill(connection: Connection, words: Words, most: int) -> int:
    """Take judged mentions in; returns how many."""
    waiting = selected().where(_mention.search_id.is_(None), _mention.judged_revision.is_not(None))
    mentions = [mention_of(row) for row in connection.execute(waiting.limit(most)).mappings()]
    if not mentions:
        return 0
    first = (connection.execute(select(func.max(_mention.search_id))).scalar() or 0) + 1
    numbered = list(enumerate(words.of(mentions), first))
    connection.exec_driver_sql("INSERT INTO search_index(rowid, words) VALUES (?, ?)", numbered)
    connection.exec_driver_sql(
        "UPDATE mention SET search_id = ? WHERE id = ?",
        [(number, mention.id) for (number, _), mention in zip(numbered, mentions, strict=True)],
    )
    return len(mentions)


def sweep(connection: Connection) -> None:
    """Before a transaction ends: what it took out of the index must not stay in the file (law.md F3).

    FTS5 notes a deletion beside the words and drops both when it merges; where it knows no `secure-delete`
    the whole index is merged at once. That costs a rewrite, but only when something was taken out.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        return
    # Asked at the end of every write, so without the detour that SQLAlchemy makes.
    if not driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_gone'").fetchone():
        return
    if not driver.execute("SELECT 1 FROM search_gone").fetchone():
        return
    if not driver.execute("SELECT 1 FROM search_index_config WHERE k = 'secure-delete' AND v").fetchone():
        driver.execute("INSERT INTO search_index(search_index) VALUES ('optimize')")
    driver.execute("DELETE FROM search_gone")
