"""The schema: migrations up and down, equal to the tables in the code, and nothing else is ever worked on."""

import asyncio
import sqlite3
import threading

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from handfest.errors import ConfigurationError, SchemaMismatch, StoreUnavailable
from handfest.storage.opening import HEAD, migrate, open_store, plain_engine, prepare, schema_version
from handfest.storage.schema import metadata

OURS = {table.name for table in metadata.sorted_tables}


@pytest.fixture(params=("sqlite", "postgres"))
def address(request, tmp_path):
    """The address of a database without any schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return request.getfixturevalue("empty_postgres")


def ask(address, question):
    """The answer to a question on a fresh connection."""
    engine = plain_engine(address)
    try:
        with engine.begin() as connection:
            return question(connection)
    finally:
        engine.dispose()


def tables(address):
    """The names of all tables but Alembic's own."""
    return ask(address, lambda connection: set(inspect(connection).get_table_names())) - {"alembic_version"}


def run(address, *statements):
    """Do something to the schema that no migration did."""
    ask(address, lambda connection: [connection.execute(text(statement)) for statement in statements])


def test_an_empty_database_is_set_up_and_used(address):
    store = open_store(address)
    try:
        assert asyncio.run(store.read(lambda tx: tx.businesses())) == ()
    finally:
        asyncio.run(store.close())
    assert ask(address, schema_version) == HEAD


def test_up_and_down_and_up_again(address):
    migrate(address, "head")
    assert tables(address) == OURS
    migrate(address, "base")
    assert tables(address) == set()
    migrate(address, HEAD)
    assert tables(address) == OURS
    prepare(address)


def test_the_migrated_schema_is_the_one_in_the_code(address):
    migrate(address, "head")

    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    assert ask(address, differences) == []


def test_head_is_the_newest_migration():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "handfest:storage/migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_preparing_twice_changes_nothing(address):
    prepare(address)
    prepare(address)
    assert tables(address) == OURS


def test_a_newer_schema_stops_the_start_and_names_the_way_on(address):
    prepare(address)
    run(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match=r"9999.*install the newer handfest"):
        open_store(address)


@pytest.mark.parametrize(
    ("version", "target", "failure", "said"),
    [
        ("9999", "head", SchemaMismatch, "9999.*install the newer handfest"),
        ("9999", "0001", SchemaMismatch, "9999.*install the newer handfest"),
        (HEAD, "99", ConfigurationError, f"no schema 99; write up, down, or a version from 0001 to {HEAD}"),
        (HEAD, "hello", ConfigurationError, "no schema hello"),
    ],
)
def test_a_migration_that_cannot_be_is_refused_and_changes_nothing(address, version, target, failure, said):
    assert migrate(address, "head") == (None, HEAD)
    run(address, f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(failure, match=said):
        migrate(address, target)
    assert tables(address) == OURS
    assert ask(address, schema_version) == version


def test_a_migration_of_a_damaged_schema_is_undone(address):
    migrate(address, "0012")
    run(address, "DROP TABLE slot_claim")
    with pytest.raises(SchemaMismatch, match="lacks slot_claim"):
        migrate(address, "head")
    assert ask(address, schema_version) == "0012"


def test_what_is_no_database_is_not_migrated(tmp_path):
    (tmp_path / "letter.txt").write_text("Liebe Maria, " * 400, encoding="utf-8")
    with pytest.raises(StoreUnavailable, match=r"letter.txt cannot be migrated: file is not a database"):
        migrate(str(tmp_path / "letter.txt"), "head")


def test_an_older_schema_stops_the_start_and_names_the_way_on(address):
    prepare(address)
    run(address, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(SchemaMismatch, match="handfest migrate up"):
        open_store(address)


def test_a_foreign_database_is_not_touched(address):
    run(address, "CREATE TABLE customers (id INTEGER PRIMARY KEY)")
    with pytest.raises(SchemaMismatch, match="not handfest's"):
        open_store(address)
    assert tables(address) == {"customers"}


def test_a_foreign_database_with_migrations_of_its_own_is_not_touched(address):
    run(
        address,
        "CREATE TABLE customers (id INTEGER PRIMARY KEY)",
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf2')",
    )
    with pytest.raises(SchemaMismatch, match="not handfest's"):
        open_store(address)
    assert tables(address) == {"customers"}


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("DROP TABLE slot_claim", "slot_claim"),
        ("ALTER TABLE booking DROP COLUMN made_at", "booking.made_at"),
        ("DROP TABLE turn", "turn"),
    ],
)
def test_b96_a_schema_that_only_claims_to_be_ours_stops_the_start(address, damage, named):
    prepare(address)
    run(address, damage)
    with pytest.raises(SchemaMismatch, match=named):
        open_store(address)


def test_workers_that_start_together_set_an_empty_database_up_once(empty_postgres):
    failures = []

    def start():
        try:
            asyncio.run(open_store(empty_postgres).close())
        except StoreUnavailable as failure:
            failures.append(failure)

    workers = [threading.Thread(target=start) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert failures == []
    assert tables(empty_postgres) == OURS


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "letter.sqlite3"
    path.write_text("Sehr geehrte Frau Beispiel, " * 100)
    with pytest.raises(StoreUnavailable, match=r"letter\.sqlite3"):
        open_store(str(path))
    assert path.read_text().startswith("Sehr geehrte")


def test_a_server_that_is_not_there_is_named_without_its_password():
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/") as caught:
        open_store("postgresql://erika:geheim@127.0.0.1:1/handfest?connect_timeout=2")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("address", ["mysql://root@localhost/handfest", "/"])
def test_an_address_that_cannot_be_is_a_configuration_error(address):
    with pytest.raises(ConfigurationError):
        open_store(address)


def test_a_missing_folder_is_made(tmp_path):
    store = open_store(str(tmp_path / "new" / "folder" / "handfest.sqlite3"))
    asyncio.run(store.close())


def test_what_is_durable_is_what_the_file_says(sqlite_address):
    connection = sqlite3.connect(sqlite_address)
    try:
        store = open_store(sqlite_address)
        asyncio.run(store.close())
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        connection.close()


def test_our_claims_are_one_primary_key_on_postgres(postgres_address):
    with psycopg.connect(postgres_address) as connection:
        columns = connection.execute(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
            "AND a.attnum = ANY (i.indkey) WHERE i.indrelid = 'slot_claim'::regclass AND i.indisprimary"
        ).fetchall()
    assert {name for (name,) in columns} == {"business_id", "resource_id", "seat", "bucket"}
