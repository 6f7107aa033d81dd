"""A store URL comes in, a ready engine goes out: pragmas, schema version, migrations."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ClauseElement, Connection, Engine, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from klankbord.errors import StoreError

#: connections in all: one more than these waits, since opening one costs more than a transaction
_CONNECTIONS = 8
_MIGRATIONS = Path(__file__).parent / "migrations"


def opened(url: str) -> Engine:
    """An engine on a store whose schema is the newest.

    Raises:
        StoreError: the store cannot be opened, or was made by a newer Klankbord.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
            Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        # Errors name the statement, never what a post says.
        kept = {"pool_size": _CONNECTIONS, "max_overflow": 0} if address.database else {}
        engine = create_engine(address, hide_parameters=True, **kept)
        if address.get_backend_name() == "sqlite":
            event.listen(engine.pool, "connect", _prepare_sqlite)
        _upgrade(engine)
    except (SQLAlchemyError, sqlite3.Error, ArgumentError, OSError) as error:
        # the URL may hold a password: name the store without it
        raise StoreError(
            f"the store cannot be opened: {type(error).__name__}: {first_line(error)}"
        ) from error
    return engine


def first_line(error: Exception) -> str:
    """What went wrong, without the statement."""
    return str(error.__cause__ or error).splitlines()[0][:200]


@contextmanager
def told_plainly() -> Iterator[None]:
    """A full disk or a damaged file is told in a line, without the words of any post.

    Raises:
        StoreError: the store did not take what was asked of it inside.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"the store did not take it: {first_line(error)}") from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # The driver must not open transactions by itself: see `begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # WAL with NORMAL can lose the last commits on a power cut, never consistency; a killed process: none.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 10000")
    # Deleted text is overwritten, not just unlinked (law.md F3).
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def begin(connection: Connection, *, to_write: bool) -> None:
    """Open the transaction of a connection that nothing was asked of yet.

    A read that turns into a write in mid-transaction fails at once with "database is locked"; asking for the
    write lock first makes the second process wait its turn. An event of SQLAlchemy's could do this, and would
    make every statement of the engine half as dear again.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute("BEGIN IMMEDIATE" if to_write else "BEGIN")


def spelled(statement: ClauseElement) -> str:
    """A statement as SQLite's driver takes it: for the few that every poll of every source runs."""
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="named")))


def straight(connection: Connection, sql: str, values: Mapping[str, object]) -> sqlite3.Cursor:
    """Run such a statement on the driver itself: a tenth of what SQLAlchemy takes for it.

    Values are as SQLite keeps them, see `schema.kept_moment`; what comes back as well.
    """
    return cast("sqlite3.Connection", connection.connection.driver_connection).execute(sql, values)


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
    if current == scripts.get_current_head():
        return
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise StoreError(
            f"the store was made by a newer Klankbord (schema {current}); renew the program first"
        )
    with engine.begin() as connection:
        begin(connection, to_write=True)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
