"""The Store contract, lists of calls: found by marks and time, page by page, counted by day and business."""

from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NOW, OTHER, call, digest
from handfest.model.call import DESK
from handfest.model.call_filter import CallFilter
from handfest.model.digest import Figures
from handfest.model.page import Position

EVERY = CallFilter()


def ids(rows):
    """The ids of what was found, in order."""
    return [row.id for row in rows]


async def keep(store, *rows):
    """Write calls and digests."""

    def work(tx):
        for row in rows:
            (tx.save_digest if hasattr(row, "marks") else tx.save_call)(row)

    await store.write(work)


async def find(store, wanted=EVERY, limit=99, after=None):
    """The ids of the calls found."""
    return ids(await store.read(lambda tx: tx.calls_found(BUSINESS, wanted, limit, after)))


def some(count, **changed):
    """Calls a minute apart, the newest last."""
    return [
        replace(call(call_id=f"call_{number}", started_at=NOW.add(minutes=number)), **changed)
        for number in range(1, count + 1)
    ]


class TestFound:
    async def test_the_newest_first_without_what_staff_did_themselves(self, store):
        desk = replace(call(call_id="desk_1"), platform=DESK)
        await keep(store, *some(3), desk, call(OTHER, "call_9"))
        assert await find(store) == ["call_3", "call_2", "call_1"]

    async def test_by_every_mark_that_is_wanted(self, store):
        await keep(store, *some(3))
        for number, marks in ((1, ["a:1", "b:1"]), (2, ["a:1", "b:2", "c:x"]), (3, ["a:1", "b:1", "c:x"])):
            await keep(store, digest(number=number, marks=marks, started_at=NOW.add(minutes=number)))
        for marks, found in (
            ({"a:1"}, ["call_3", "call_2", "call_1"]),
            ({"a:1", "b:1"}, ["call_3", "call_1"]),
            ({"a:1", "b:1", "c:x"}, ["call_3"]),
            ({"b:1", "b:2"}, []),
            ({"a:2"}, []),
        ):
            assert await find(store, CallFilter(frozenset(marks))) == found, marks

    async def test_within_a_time_with_its_beginning_and_without_its_end(self, store):
        await keep(store, *some(4))
        for number in range(1, 5):
            await keep(store, digest(number=number, started_at=NOW.add(minutes=number)))
        first, last = NOW.add(minutes=2), NOW.add(minutes=4)
        for marks in (frozenset(), frozenset({"outcome:booked"}), frozenset({"outcome:booked", "word:3"})):
            found = await find(store, CallFilter(marks, first, last))
            assert found == (["call_3"] if "word:3" in marks else ["call_3", "call_2"])

    @pytest.mark.parametrize("marks", [frozenset(), frozenset({"word:beratung"})])
    async def test_pages_neither_repeat_nor_leave_out(self, store, marks):
        rows = [replace(row, started_at=NOW) for row in some(7)]
        await keep(store, *rows, *(digest(number=number) for number in range(1, 8)))
        seen, after = [], None
        while page := await store.read(
            lambda tx, after=after: tx.calls_found(BUSINESS, CallFilter(marks), 2, after)
        ):
            seen += ids(page)
            after = Position(page[-1].started_at, page[-1].id)
        assert seen == [f"call_{number}" for number in range(7, 0, -1)]

    async def test_a_new_digest_takes_the_place_of_the_old(self, store):
        await keep(store, call(), digest(marks=("outcome:open", "word:farbe")))
        await keep(store, digest(marks=("outcome:booked",), started_at=NOW))
        assert await find(store, CallFilter(frozenset({"outcome:open"}))) == []
        assert await find(store, CallFilter(frozenset({"outcome:booked"}))) == ["call_1"]

    async def test_the_next_newer_call(self, store):
        rows = some(3)
        desk = replace(call(call_id="desk_1", started_at=NOW.add(minutes=2)), platform=DESK)
        await keep(store, *rows, desk)

        async def newer(row):
            place = Position(row.started_at, row.id)
            return await store.read(lambda tx: tx.newer_call(BUSINESS, place))

        assert await newer(rows[0]) == rows[1]
        assert await newer(rows[1]) == rows[2]
        assert await newer(rows[2]) is None


class TestLive:
    async def test_until_they_end_or_nothing_was_heard_for_long(self, store):
        quiet, busy, over = some(3)
        await keep(
            store,
            quiet,
            replace(busy, active_at=NOW.add(minutes=30)),
            replace(over, active_at=NOW.add(minutes=30), ended_at=NOW.add(minutes=31)),
            replace(call(call_id="desk_1"), platform=DESK, active_at=NOW.add(minutes=30)),
        )
        assert ids(await store.read(lambda tx: tx.live_calls(BUSINESS, NOW.add(minutes=20)))) == ["call_2"]
        assert ids(await store.read(lambda tx: tx.live_calls(BUSINESS, NOW))) == ["call_2", "call_1"]


class TestDigests:
    async def test_a_call_waits_for_its_digest_until_it_is_kept_and_again_when_it_changes(self, store):
        await keep(store, *some(2), call(OTHER, "call_9"), replace(call(call_id="desk_1"), platform=DESK))
        waiting = await store.read(lambda tx: tx.undigested_calls(99))
        assert sorted(ids(waiting)) == ["call_1", "call_2", "call_9"]
        await keep(store, digest(number=1), digest(number=2))
        assert ids(await store.read(lambda tx: tx.undigested_calls(99))) == ["call_9"]
        assert await store.read(lambda tx: tx.undigested_calls(99, BUSINESS)) == ()
        await keep(store, some(1)[0])
        assert ids(await store.read(lambda tx: tx.undigested_calls(99, BUSINESS))) == ["call_1"]

    async def test_calls_that_may_go_on_are_left_out_on_demand(self, store):
        running, paused, over = some(3)
        await keep(
            store,
            replace(running, active_at=NOW.add(seconds=30)),
            replace(paused, active_at=NOW.add(seconds=29)),
            replace(over, active_at=NOW.add(seconds=30), ended_at=NOW.add(seconds=31)),
        )
        waiting = await store.read(lambda tx: tx.undigested_calls(99, None, NOW.add(seconds=30)))
        assert sorted(ids(waiting)) == ["call_2", "call_3"]
        assert len(await store.read(lambda tx: tx.undigested_calls(1, BUSINESS, NOW.add(seconds=30)))) == 1

    async def test_marks_of_a_kind_are_listed_with_their_numbers(self, store):
        await keep(store, digest(number=1, marks=("outcome:booked", "line:b")))
        await keep(store, digest(number=2, marks=("outcome:open", "line:a")))
        await keep(store, digest(number=3, marks=("outcome:booked", "line:b", "lineage:x")))
        outcomes = await store.read(lambda tx: tx.marks(BUSINESS, "outcome", 9))
        assert outcomes == (("booked", 2), ("open", 1))
        assert await store.read(lambda tx: tx.marks(BUSINESS, "line", 9)) == (("a", 1), ("b", 2))
        assert await store.read(lambda tx: tx.marks(BUSINESS, "line", 1)) == (("a", 1),)
        assert await store.read(lambda tx: tx.marks(OTHER, "outcome", 9)) == ()

    async def test_figures_by_day_and_by_business_without_test_calls(self, store):
        await keep(
            store,
            digest(number=1),
            digest(number=2, booked=False, kept=0, broken=1, latency=(0, 1, 0, 0, 2)),
            digest(number=3, day="2025-10-22"),
            digest(number=4, day="2025-10-23"),
            digest(number=5, test=True),
            digest(OTHER, number=1, kept=2),
        )
        days = await store.read(lambda tx: tx.figures_by_day(BUSINESS, "2025-10-21", "2025-10-22"))
        assert days == (
            Figures("2025-10-21", 2, 1, 1, 1, (1, 1, 0, 0, 2)),
            Figures("2025-10-22", 1, 1, 1, 0, (1, 0, 0, 0, 0)),
        )
        businesses = await store.read(lambda tx: tx.figures_by_business("2025-10-21", "2025-10-21"))
        assert {row.key: (row.calls, row.kept) for row in businesses} == {BUSINESS: (2, 1), OTHER: (1, 2)}

    async def test_marks_by_day(self, store):
        await keep(store, digest(number=1, marks=("finding:HF403", "outcome:open")))
        await keep(store, digest(number=2, marks=("finding:HF403", "finding:HF416")))
        await keep(store, digest(number=3, day="2025-10-22", marks=("finding:HF416",)))
        found = await store.read(lambda tx: tx.marks_by_day(BUSINESS, "finding", "2025-10-21", "2025-10-22"))
        assert found == (("2025-10-21", "HF403", 2), ("2025-10-21", "HF416", 1), ("2025-10-22", "HF416", 1))
