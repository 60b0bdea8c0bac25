"""Small versions of the soak benchmarks: everybody at once, and kill -9, held to what callers were told.

The same code at full length is `python -m bench.contention` and `python -m bench.crash`.
"""

import asyncio

from bench.contention import contend
from bench.crash import crash
from bench.invariant import Row, overlaps
from bench.same_slot import play

SEED = "soak"


def row(owner, start, end, seat=0, resource="anna", group=None):
    """A row of `occupancy`."""
    return Row("bench", owner, resource, seat, start, end, "1" if group is not None else None, group)


class TestTheCheckItself:
    """A check that sees nothing proves nothing."""

    def test_it_sees_an_overlap_of_one_second(self):
        assert list(overlaps([row("a", 0, 900), row("b", 899, 1800)]))

    def test_it_sees_a_short_one_within_a_long_one_that_began_before_another(self):
        assert list(overlaps([row("a", 0, 9000), row("b", 9000, 9900), row("c", 600, 900)]))

    def test_neighbours_other_people_and_seats_of_one_course_are_fine(self):
        fine = [row("a", 0, 900), row("b", 900, 1800), row("c", 0, 1800, resource="jana")]
        course = [row("d", 2700, 3600, 0, group=2700), row("e", 2700, 3600, 1, group=2700)]
        assert not list(overlaps([*fine, *course]))

    def test_one_seat_twice_and_two_courses_at_once_are_seen(self):
        assert list(overlaps([row("a", 0, 900, 1, group=0), row("b", 0, 900, 1, group=0)]))
        assert list(overlaps([row("a", 0, 900, 0, group=0), row("b", 300, 1200, 1, group=300)]))


async def test_b41_of_sixteen_callers_one_gets_the_time_and_the_others_a_way_on(tmp_path):
    rounds = await play(str(tmp_path / "rounds.sqlite3"), rounds=3, clients=16)
    assert rounds.kept, rounds


def test_b41_b43_b46_a_fight_on_sqlite_leaves_no_overlap(tmp_path):
    result = contend(str(tmp_path / "fight.sqlite3"), 1, attempts=600, clients=16, seed=SEED)
    assert result.found == []
    assert len(result.fought.waits) == 600


def test_b41_b47_a_fight_of_two_processes_on_postgresql_leaves_no_overlap(empty_postgres):
    result = contend(empty_postgres, 2, attempts=200, clients=8, seed=SEED)
    assert result.found == []
    assert len(result.fought.waits) == 200


async def test_a_killed_server_keeps_what_it_told(tmp_path):
    result = await asyncio.wait_for(crash(str(tmp_path), 2, 60, 4, SEED), 120)
    assert result.kills == 2
    assert result.found == []
    assert result.left_open == 0
