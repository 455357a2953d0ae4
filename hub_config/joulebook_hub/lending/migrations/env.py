"""Alembic runs the migrations over the connection that the ledger hands it."""

from alembic import context

from joulebook_hub.lending.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
