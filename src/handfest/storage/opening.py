"""Open a store by its address, with the schema that this version works with.

Addresses: `sqlite:///file` or a plain path, `postgresql://user@host/name`, `memory:`. An empty database is
set up; an older one is brought up to date by `handfest migrate up`; a newer or foreign one stops with a clear
error.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from handfest.errors import ConfigurationError, SchemaMismatch, StoreUnavailable
from handfest.ports import Store
from handfest.storage.memory import MemoryStore
from handfest.storage.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0013"
"""The schema version this code works with; equal to the newest migration (tested)."""


def open_store(address: str) -> Store:
    """The store at this address, ready for use.

    Raises SchemaMismatch, StoreUnavailable and ConfigurationError.
    """
    if address == "memory:":
        return MemoryStore()
    if address.startswith("postgresql://"):
        from handfest.storage.postgres import PostgresStore  # psycopg is an extra

        prepare(address)
        return PostgresStore(address)
    from handfest.storage.sqlite import SqliteStore  # keeps PostgreSQL users free of it

    path = sqlite_path(address)
    prepare(address)
    return SqliteStore(path)


def sqlite_path(address: str) -> Path:
    """The file of a SQLite address; its folder is made if it is missing."""
    if "://" in address and not address.startswith("sqlite:///"):
        scheme = address.split("://", 1)[0]
        raise ConfigurationError(
            f"a database address cannot begin with {scheme}://; "
            "use a file path, sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    path = Path(address.removeprefix("sqlite:///")).expanduser()
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; give --database a file in it")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def plain_engine(address: str) -> Engine:
    """An engine for schema work only."""
    if address.startswith("postgresql://"):
        try:
            from handfest.storage.postgres import postgres_engine

            return postgres_engine(address)
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                "PostgreSQL needs its driver: pip install '.[postgres]' in the checkout"
            ) from error
    return create_engine(f"sqlite:///{sqlite_path(address)}")


def schema_version(connection: Connection) -> str | None:
    """The version the database is at; None for an empty one. Raises SchemaMismatch for a foreign one."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    version: str | None = None
    if "alembic_version" in tables:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    ours = version.isdigit() if version is not None else tables == {"alembic_version"}
    if not ours:
        raise SchemaMismatch(
            "the database holds tables that are not handfest's; give --database another file or database"
        )
    return version


def require_complete(connection: Connection) -> None:
    """Raise SchemaMismatch unless every table and column is there: a version number alone proves nothing (B96)."""
    there = inspect(connection)
    tables = set(there.get_table_names())
    missing = [table.name for table in metadata.sorted_tables if table.name not in tables]
    for table in metadata.sorted_tables:
        if table.name in tables:
            columns = {column["name"] for column in there.get_columns(table.name)}
            missing += [
                f"{table.name}.{column.name}" for column in table.columns if column.name not in columns
            ]
    if missing:
        raise SchemaMismatch(
            f"the database says schema {HEAD} but lacks {', '.join(missing)}: "
            "restore a backup, or give --database another file or database"
        )


def prepare(address: str) -> None:
    """Set an empty database up; refuse any schema but ours."""
    engine = plain_engine(address)
    try:
        with engine.connect() as connection:
            version = schema_version(connection)
        if version is None:
            migrate(address, "head")
        elif version != HEAD:
            raise _other_version(version)
        with engine.connect() as connection:
            require_complete(connection)
    except DatabaseError as error:
        raise StoreUnavailable(f"the database at {_safe(address)} cannot be opened: {error.orig}") from error
    finally:
        engine.dispose()


def _other_version(version: str) -> SchemaMismatch:
    newer = int(version) > int(HEAD)
    way_on = "install the newer handfest" if newer else "run `handfest migrate up` (after a backup)"
    return SchemaMismatch(
        f"the database is at schema {version}, this version of handfest works with {HEAD}: {way_on}"
    )


def migrate(address: str, target: str) -> tuple[str | None, str | None]:
    """Bring the schema to `target` ("head", "base" or a version), up or down; the versions before and after.

    All of it or nothing. Raises ConfigurationError for a version that is none, SchemaMismatch for a database
    that is newer, foreign or damaged, StoreUnavailable for what is no database.
    """
    from alembic import command  # only schema changes pay for loading it
    from alembic.config import Config

    engine = plain_engine(address)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Workers that start together on an empty database: one sets it up, the others find it done.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('handfest schema'))"))
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
            config.attributes["connection"] = connection
            current = schema_version(connection)
            if current is not None and int(current) > int(HEAD):
                raise _other_version(current)
            if target not in ("head", "base") and target not in _versions(config):
                raise ConfigurationError(
                    f"there is no schema {target}; write up, down, or a version from 0001 to {HEAD}"
                )
            going_down = target == "base" or (target.isdigit() and current is not None and target < current)
            (command.downgrade if going_down else command.upgrade)(config, target)
            reached = schema_version(connection)
            if reached == HEAD:
                require_complete(connection)
            return current, reached
    except DatabaseError as error:
        raise StoreUnavailable(
            f"the database at {_safe(address)} cannot be migrated: {error.orig}; "
            "name another one with --database or HANDFEST_DATABASE"
        ) from error
    finally:
        engine.dispose()


def _versions(config: "Config") -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def _safe(address: str) -> str:
    """The address without its password."""
    return address.split("@")[-1]
