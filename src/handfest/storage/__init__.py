"""The stores: SQLite and PostgreSQL through SQLAlchemy Core, and the memory twin."""
