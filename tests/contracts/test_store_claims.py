"""The Store contract, claims: one arbiter of who has a time, on every implementation."""

import asyncio
import itertools
from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NINE, NOW, OTHER, busy, claim, minutes, span
from handfest.model.slot import Claim, Occupied, Span

LATER = NOW.add(minutes=3)
DAY = (NINE.subtract(hours=12), NINE.add(hours=12))


def taking(business_id, wanted, now=NOW):
    """Work that claims."""
    return lambda tx: tx.claim(business_id, wanted, now)


def owners(business_id=BUSINESS, now=NOW, start=DAY[0], end=DAY[1]):
    """Work that reads who has something in a span."""
    return lambda tx: [row.owner for row in tx.taken(business_id, start, end, now)]


class TestClaims:
    async def test_b41_the_second_claim_of_a_time_loses_and_holds_nothing(self, store):
        assert await store.write(taking(BUSINESS, claim("offer:c1:A1")))
        assert not await store.write(taking(BUSINESS, claim("offer:c2:A1")))
        assert await store.read(owners()) == ["offer:c1:A1"]

    async def test_b41_overlapping_starts_and_lengths_exclude_each_other(self, store):
        assert await store.write(taking(BUSINESS, claim("offer:c1:A1", span(length=30))))
        for number, (shift, length) in enumerate([(15, 30), (-15, 30), (-30, 120), (10, 10), (25, 5)]):
            other = claim(f"offer:c2:A{number}", span(NINE.add(minutes=shift), length))
            assert not await store.write(taking(BUSINESS, other)), (shift, length)

    async def test_b44_touching_spans_do_not_conflict(self, store):
        assert await store.write(taking(BUSINESS, claim("a", span(NINE, 30))))
        assert await store.write(taking(BUSINESS, claim("b", span(NINE.add(minutes=30), 60))))
        assert await store.write(taking(BUSINESS, claim("c", span(NINE.subtract(minutes=45), 45))))
        assert await store.read(owners()) == ["c", "a", "b"]

    async def test_b42_other_staff_and_other_seats_are_free(self, store):
        assert await store.write(taking(BUSINESS, claim("a", span())))
        assert await store.write(taking(BUSINESS, claim("b", span(resource="jana"))))
        assert await store.write(taking(BUSINESS, claim("c", span(seat=1))))

    async def test_all_spans_or_none(self, store):
        await store.write(taking(BUSINESS, claim("a", span(resource="chair"))))
        both = claim("b", span(), span(resource="chair"))
        assert not await store.write(taking(BUSINESS, both))
        assert await store.write(taking(BUSINESS, claim("c", span()))), "nothing of a lost claim is kept"

    async def test_a_claim_that_has_nothing_to_renew_wins_and_loses_as_any_other(self, store):
        new = [
            replace(claim(f"offer:{number}", span(), span(resource="chair")), renews=False)
            for number in range(2)
        ]
        await store.write(taking(BUSINESS, claim("a", span(resource="chair"))))
        assert not await store.write(taking(BUSINESS, new[0]))
        await store.write(lambda tx: tx.release(BUSINESS, "a"))
        assert await store.write(taking(BUSINESS, new[1])), "nothing of a lost claim is kept"
        assert not await store.write(taking(BUSINESS, claim("b", span())))
        assert await store.read(owners()) == ["offer:1", "offer:1"]

    async def test_a_lost_claim_gives_up_what_its_owner_had_before(self, store):
        await store.write(taking(BUSINESS, claim("a", span())))
        await store.write(taking(BUSINESS, claim("b", span(NINE.add(hours=1)))))
        assert not await store.write(taking(BUSINESS, claim("b", span())))
        assert await store.read(owners()) == ["a"]
        assert await store.write(taking(BUSINESS, claim("c", span(NINE.add(hours=1)))))

    async def test_b43_claiming_again_replaces_what_the_owner_held(self, store):
        assert await store.write(taking(BUSINESS, claim("a", span(NINE, 60))))
        assert await store.write(taking(BUSINESS, claim("a", span(NINE.add(minutes=30), 60))))
        assert await store.write(taking(BUSINESS, claim("b", span(NINE, 30))))

    async def test_spans_of_one_claim_may_share_a_bucket(self, store):
        waiting = claim("a", span(NINE, 12), span(NINE.add(minutes=13), 17))
        assert await store.write(taking(BUSINESS, waiting))
        assert not await store.write(taking(BUSINESS, claim("b", span(NINE.add(minutes=10), 5))))

    async def test_one_claim_may_name_the_same_time_twice(self, store):
        assert await store.write(taking(BUSINESS, claim("a", span(NINE, 30), span(NINE.add(minutes=15), 30))))
        assert not await store.write(taking(BUSINESS, claim("b", span(NINE.add(minutes=30), 15))))

    async def test_between_the_busy_phases_somebody_else_fits(self, store):
        assert await store.write(
            taking(BUSINESS, claim("perm", span(NINE, 30), span(NINE.add(minutes=60), 30)))
        )
        assert await store.write(taking(BUSINESS, claim("cut", span(NINE.add(minutes=30), 30))))

    async def test_an_expired_claim_gives_way_at_its_very_end(self, store):
        assert await store.write(taking(BUSINESS, claim("a", until=LATER)))
        assert not await store.write(
            taking(BUSINESS, claim("b", until=LATER), LATER.subtract(milliseconds=1))
        )
        assert await store.write(taking(BUSINESS, claim("b"), LATER))

    async def test_an_owner_that_expired_and_lost_its_time_cannot_take_it_away_by_release(self, store):
        await store.write(taking(BUSINESS, claim("a", until=LATER)))
        await store.write(taking(BUSINESS, claim("b"), LATER))
        await store.write(lambda tx: tx.release(BUSINESS, "a"))
        assert not await store.write(taking(BUSINESS, claim("c"), LATER))
        assert await store.read(owners(now=LATER)) == ["b"]

    async def test_expired_claims_of_a_wider_span_give_way_only_where_asked(self, store):
        await store.write(taking(BUSINESS, claim("a", span(NINE, 60), until=LATER)))
        assert await store.write(taking(BUSINESS, claim("b", span(NINE, 30)), LATER))
        assert await store.write(taking(BUSINESS, claim("c", span(NINE.add(minutes=30), 30)), LATER))

    async def test_b46_besides_counts_as_free_and_keeps_its_own(self, store):
        await store.write(taking(BUSINESS, claim("event:old", span(NINE, 60))))
        moved = claim("offer:c1:A1", span(NINE.add(minutes=30), 60), until=LATER, besides="event:old")
        assert await store.write(taking(BUSINESS, moved))
        await store.write(lambda tx: tx.release(BUSINESS, "offer:c1:A1"))
        assert not await store.write(taking(BUSINESS, claim("b", span(NINE, 60)))), (
            "the old one is still there"
        )

    async def test_besides_fully_inside_the_old_appointment(self, store):
        await store.write(taking(BUSINESS, claim("event:old", span(NINE, 60))))
        inside = claim("offer:c1:A1", span(NINE.add(minutes=15), 30), until=LATER, besides="event:old")
        assert await store.write(taking(BUSINESS, inside))

    async def test_besides_opens_no_other_claim(self, store):
        await store.write(taking(BUSINESS, claim("event:old", span(NINE, 30))))
        await store.write(taking(BUSINESS, claim("event:other", span(NINE.add(minutes=30), 30))))
        moved = claim("offer:c1:A1", span(NINE, 60), besides="event:old")
        assert not await store.write(taking(BUSINESS, moved))

    async def test_release_of_an_unknown_owner_is_fine(self, store):
        await store.write(lambda tx: tx.release(BUSINESS, "nobody"))
        assert await store.read(owners()) == []

    async def test_b95_claims_of_two_businesses_never_meet(self, store):
        assert await store.write(taking(BUSINESS, claim("a")))
        assert await store.write(taking(OTHER, claim("a")))
        await store.write(lambda tx: tx.release(OTHER, "a"))
        assert await store.read(owners(BUSINESS)) == ["a"]
        assert await store.read(owners(OTHER)) == []
        assert not await store.write(taking(BUSINESS, claim("b"))), (
            "the other's release gave nothing of this away"
        )


class TestTaken:
    async def test_a_hold_is_in_the_way_until_it_expires(self, store):
        await store.write(taking(BUSINESS, claim("a", until=LATER)))
        assert await store.read(owners(now=LATER.subtract(milliseconds=1))) == ["a"]
        assert await store.read(owners(now=LATER)) == []

    async def test_it_is_half_open_on_both_sides(self, store):
        await store.write(taking(BUSINESS, claim("a", span(NINE, 30))))
        end = NINE.add(minutes=30)
        assert await store.read(owners(start=end, end=end.add(hours=1))) == []
        assert await store.read(owners(start=NINE.subtract(hours=1), end=NINE)) == []
        assert await store.read(owners(start=end.subtract(minutes=1), end=end)) == ["a"]

    async def test_it_tells_the_whole_row(self, store):
        grouped = Claim("event:e1", "booking", (span(seat=2),), "47", NINE)
        await store.write(taking(BUSINESS, grouped))
        rows = await store.read(lambda tx: tx.taken(BUSINESS, *DAY, NOW))
        start = NINE.timestamp()
        assert rows == (Occupied("anna", 2, start, start + 1800, "booking", "event:e1", "47", start),)

    async def test_busy_times_stand_beside_claims_in_order(self, store):
        await store.write(taking(BUSINESS, claim("event:e1", span(NINE.add(hours=2)))))
        await store.write(lambda tx: tx.add_busy(busy(start=NINE)))
        rows = await store.read(lambda tx: tx.taken(BUSINESS, *DAY, NOW))
        assert [(row.owner, row.kind, row.label) for row in rows] == [
            ("busy:absence_1", "absence", "Zahnarzt"),
            ("event:e1", "booking", None),
        ]

    async def test_a_busy_time_that_is_written_again_is_moved_not_doubled(self, store):
        await store.write(lambda tx: tx.add_busy(busy()))
        await store.write(lambda tx: tx.add_busy(busy(start=NINE.add(hours=3))))
        rows = await store.read(lambda tx: tx.taken(BUSINESS, *DAY, NOW))
        assert [row.start for row in rows] == [NINE.add(hours=3).timestamp()]


class TestReach:
    """A look at one hour sees all that is in the way in it, however long that is, and nothing else."""

    @pytest.mark.parametrize("days", [0, 1, 2, 30, 800])
    async def test_what_lasts_long_is_seen_from_its_first_minute_to_its_last(self, store, days):
        length = days * 1440 + 60
        row = busy(length=length)
        await store.write(lambda tx: tx.add_busy(row))
        hour = {"minutes": 60}
        for start in (row.start, row.start.add(minutes=length // 2), row.end.subtract(**hour)):
            assert await store.read(owners(start=start, end=start.add(minutes=30))) == ["busy:absence_1"]
        for start in (row.start.subtract(**hour), row.end):
            assert await store.read(owners(start=start, end=start.add(**hour))) == []

    async def test_long_and_short_come_in_order_of_their_start(self, store):
        long, short = busy(busy_id="long", length=3 * 1440), busy(busy_id="short", start=NINE.add(minutes=1))
        await store.write(lambda tx: (tx.add_busy(short), tx.add_busy(long)))
        await store.write(taking(BUSINESS, claim("event:1", span(NINE.subtract(minutes=5)))))
        assert await store.read(owners()) == ["event:1", "busy:long", "busy:short"]


class TestRaces:
    @pytest.mark.parametrize("callers", [2, 24])
    async def test_b41_of_many_that_claim_one_time_exactly_one_wins(self, store, callers):
        claims = [claim(f"offer:c{number}:A1", until=LATER) for number in range(callers)]
        won = await asyncio.gather(*(store.write(taking(BUSINESS, one)) for one in claims))
        assert won.count(True) == 1
        assert await store.read(owners()) == [f"offer:c{won.index(True)}:A1"]

    async def test_b47_crossing_claims_of_two_resources_end_without_deadlock(self, store):
        chair, room = span(resource="chair"), span(resource="room")
        crossing = [
            claim(f"o{number}", *((chair, room) if number % 2 else (room, chair))) for number in range(16)
        ]
        won = await asyncio.wait_for(
            asyncio.gather(*(store.write(taking(BUSINESS, one)) for one in crossing)), 20
        )
        assert won.count(True) == 1

    async def test_b41_overlapping_claims_of_many_callers_never_share_a_minute(self, store):
        shifted = [claim(f"o{number}", span(NINE.add(minutes=5 * number), 30)) for number in range(20)]
        won = await asyncio.gather(*(store.write(taking(BUSINESS, one)) for one in shifted))
        rows = await store.read(lambda tx: tx.taken(BUSINESS, *DAY, NOW))
        assert len(rows) == won.count(True) >= 2
        assert all(one.end <= after.start for one, after in itertools.pairwise(rows))

    async def test_b47_many_claims_of_one_turn_in_crossing_orders_break_nobody_off(self, store):
        """A turn claims its offers best first, so callers with different wishes cross each other."""
        tries = []

        def offering(caller):
            order = [NINE.add(minutes=30 * place) for place in range(6)]
            wished = order[::-1] if caller % 2 else order

            def work(tx):
                tries.append(caller)
                tx.release(BUSINESS, f"offer:c{caller}:A0")
                return [
                    tx.claim(BUSINESS, claim(f"offer:c{caller}:A{number}", span(start), until=LATER), NOW)
                    for number, start in enumerate(wished, 1)
                ]

            return work

        for _ in range(4):
            await asyncio.gather(*(store.write(offering(caller)) for caller in range(8)))
        assert sorted(tries) == sorted([*range(8)] * 4), "a deadlock is broken off and tried again"


def guest(owner, seat, *, service="yoga", start=NINE, length=60, until=None, besides=None):
    """One guest's claim of a group appointment: a seat of their own behind the door that all share."""
    held = Span("anna", seat, minutes(start), minutes(start) + length, door=0)
    kind = "booking" if until is None else "hold"
    return Claim(owner, kind, (held,), service, start, until, besides)


class TestGroups:
    """The key itself keeps everything else out of a group appointment, whichever of its guests are left."""

    async def test_guests_of_one_appointment_sit_side_by_side_and_nothing_else_gets_in(self, store):
        for seat in range(3):
            assert await store.write(taking(BUSINESS, guest(f"event:{seat}", seat)))
        assert not await store.write(taking(BUSINESS, guest("event:again", 1))), "the seat is taken"
        assert not await store.write(taking(BUSINESS, claim("event:cut", span(NINE.add(minutes=30)))))

    @pytest.mark.parametrize("leaving", [0, 1])
    async def test_b41_whoever_leaves_first_the_door_stays_shut_for_everything_else(self, store, leaving):
        for seat in range(2):
            assert await store.write(taking(BUSINESS, guest(f"event:{seat}", seat)))
        await store.write(lambda tx: tx.release(BUSINESS, f"event:{leaving}"))
        assert not await store.write(taking(BUSINESS, claim("event:cut", span())))
        other = guest("event:pilates", 0, service="pilates", start=NINE.add(minutes=30))
        assert not await store.write(taking(BUSINESS, other)), "another group is something else, too"
        later = guest("event:later", 0, start=NINE.add(minutes=30))
        assert not await store.write(taking(BUSINESS, later)), "and so is the same service at another start"
        assert await store.write(taking(BUSINESS, guest("event:back", leaving))), "its own guests are welcome"

    async def test_the_last_guest_opens_the_door(self, store):
        for seat in range(2):
            await store.write(taking(BUSINESS, guest(f"event:{seat}", seat)))
        for seat in range(2):
            await store.write(lambda tx, seat=seat: tx.release(BUSINESS, f"event:{seat}"))
        assert await store.write(taking(BUSINESS, claim("event:cut", span())))
        assert not await store.write(taking(BUSINESS, guest("event:0", 0)))

    async def test_a_door_lasts_as_long_as_the_last_hold_behind_it(self, store):
        await store.write(taking(BUSINESS, guest("event:0", 0)))
        await store.write(taking(BUSINESS, guest("offer:c1:A1", 1, until=LATER)))
        await store.write(taking(BUSINESS, guest("offer:c2:A1", 2, until=LATER.add(minutes=1))))
        await store.write(lambda tx: tx.release(BUSINESS, "event:0"))
        assert not await store.write(taking(BUSINESS, claim("event:cut", span()), LATER))
        assert await store.write(taking(BUSINESS, claim("event:cut", span()), LATER.add(minutes=1)))

    async def test_a_shorter_hold_that_joins_does_not_shorten_the_door(self, store):
        await store.write(taking(BUSINESS, guest("offer:c1:A1", 0, until=LATER.add(minutes=1))))
        await store.write(taking(BUSINESS, guest("offer:c2:A1", 1, until=LATER)))
        assert not await store.write(taking(BUSINESS, claim("event:cut", span()), LATER))
        assert await store.write(taking(BUSINESS, claim("event:cut", span()), LATER.add(minutes=1)))

    async def test_another_group_gets_in_where_every_hold_has_expired(self, store):
        await store.write(taking(BUSINESS, guest("offer:c1:A1", 0, until=LATER)))
        pilates = guest("event:pilates", 1, service="pilates")
        assert not await store.write(taking(BUSINESS, pilates))
        assert await store.write(taking(BUSINESS, pilates, LATER))

    async def test_b46_the_only_guest_may_move_across_its_own_door_and_one_of_two_may_not(self, store):
        await store.write(taking(BUSINESS, guest("event:0", 0)))
        half = NINE.add(minutes=30)
        hold = guest("offer:c1:A1", 0, start=half, until=LATER, besides="event:0")
        assert await store.write(taking(BUSINESS, hold))
        await store.write(lambda tx: tx.release(BUSINESS, "offer:c1:A1"))
        assert await store.write(taking(BUSINESS, claim("event:cut", span(), besides="event:0")))
        await store.write(lambda tx: tx.release(BUSINESS, "event:cut"))
        await store.write(taking(BUSINESS, guest("event:1", 1)))
        assert not await store.write(taking(BUSINESS, hold))
        assert not await store.write(taking(BUSINESS, claim("event:cut", span(), besides="event:0")))

    async def test_guests_that_come_and_go_together_never_leave_the_door_open_or_shut(self, store):
        async def come_and_go(number):
            for _ in range(4):
                if await store.write(taking(BUSINESS, guest(f"event:{number}", number))):
                    await asyncio.sleep(0)
                    await store.write(lambda tx: tx.release(BUSINESS, f"event:{number}"))

        await store.write(taking(BUSINESS, guest("event:stays", 9)))
        await asyncio.gather(*(come_and_go(number) for number in range(5)))
        assert not await store.write(taking(BUSINESS, claim("event:cut", span())))
        await store.write(lambda tx: tx.release(BUSINESS, "event:stays"))
        assert await store.write(taking(BUSINESS, claim("event:cut", span())))
