"""Alembic's way in: migrates the connection it is handed."""

from alembic import context

from klankbord.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
