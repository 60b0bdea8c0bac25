"""What the suites promise about themselves: own databases only, no network, nobody's settings."""

import os
import socket

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from contracts.postgres_server import (
    MARK,
    ForeignDatabase,
    drop_database,
    empty_database,
    new_name,
    own_database,
)


def test_b96_a_database_that_the_tests_did_not_make_is_refused(postgres_server):
    with pytest.raises(ForeignDatabase, match="not named handfest_test_"):
        empty_database(postgres_server)
    with pytest.raises(ForeignDatabase):
        drop_database(postgres_server, postgres_server)


def test_b96_the_right_name_alone_does_not_open_a_database(postgres_server, worker):
    name = new_name(worker)
    address = make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with pytest.raises(ForeignDatabase, match="mark"):
                empty_database(address)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_each_worker_has_a_marked_database_of_its_own(postgres_server, worker):
    with own_database(postgres_server, worker) as one, own_database(postgres_server, worker) as other:
        assert one != other
        with psycopg.connect(one) as connection:
            marks = connection.execute("SELECT description FROM pg_shdescription").fetchall()
        assert (MARK,) in marks


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_no_test_reaches_the_network(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(AssertionError, match="no network"):
        outward.connect((host, 80))


def test_settings_of_the_machine_are_not_seen():
    ours = {name for name in os.environ if name.startswith("HANDFEST_")}
    assert ours <= {"HANDFEST_TEST_POSTGRES", "HANDFEST_TEST_SEARCH"}
