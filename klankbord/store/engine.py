"""A store URL comes in, a ready engine goes out: pragmas, schema version, migrations."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from klankbord.errors import StoreError

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
        engine = create_engine(address, hide_parameters=True)
        if address.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediately)
        _upgrade(engine)
    except (SQLAlchemyError, ArgumentError, OSError) as error:
        # the URL may hold a password: name the store without it
        raise StoreError(
            f"the store cannot be opened: {type(error).__name__}: {first_line(error)}"
        ) from error
    return engine


def first_line(error: Exception) -> str:
    """What went wrong, without the statement."""
    return str(error.__cause__ or error).splitlines()[0][:200]


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    # The driver must not open transactions by itself: see _begin_immediately.
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


def _begin_immediately(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event hands over any connection
    # A read that turns into a write in mid-transaction fails at once with "database is locked"; asking for
    # the write lock first makes the second process wait its turn.
    read_only = connection.get_execution_options().get("klankbord_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


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
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
