"""How Alembic runs our migrations: on the connection that `handfest.storage.opening` hands over."""

from alembic import context

from handfest.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
