"""Schema versions (Alembic). Imported lazily: a server on an up-to-date database never loads Alembic."""
