"""Free slots of a catalogue: who, when, and what a booking would occupy."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfest.model.catalogue import Branch, Grid, Hours, Opening, Phase, Service, Staff
from handfest.model.slot import Span
from handfest.scheduling.request import NOBODY, Taken
from handfest.scheduling.slots import free_slots, reach
from scheduling.salon import WEEK, ZONE, at, salon

DAY = ("2026-05-05T00:00", "2026-05-06T00:00")


def taken(resource, start, end, kind="booking", **rest):
    return Taken(resource, at(start).timestamp(), at(end).timestamp(), kind, **rest)


def slots(catalogue, service="cut", *, rows=(), span=DAY, now="2026-05-04T08:00", **wish):
    return free_slots(
        catalogue,
        catalogue.service(service),
        taken=rows,
        now=at(now),
        start=at(span[0]),
        end=at(span[1]),
        **wish,
    )


def clock(found, staff_id="jana"):
    """The starts of one member as the salon's clock shows them."""
    return [
        slot.start.to_tz(ZONE.key).to_stdlib().strftime("%H:%M")
        for slot in found
        if slot.staff_id == staff_id
    ]


def test_one_slot_per_start_and_able_member_in_the_catalogue_order():
    found = slots(salon())
    assert [slot.staff_id for slot in found[:4]] == ["maria", "jana", "maria", "jana"]
    assert found[0].start == found[1].start == at("2026-05-05T09:00")
    assert found[-1].start == at("2026-05-05T16:30")
    assert len(found) == 2 * 31


def test_b81_phases_and_plain_appointments_share_one_table_of_what_is_taken():
    """While a perm waits, its stylist may cut; while they cut, no perm begins that would need them."""
    perm = [
        taken("jana", "2026-05-05T10:00", "2026-05-05T10:45"),
        taken("jana", "2026-05-05T11:15", "2026-05-05T12:00"),
    ]
    assert [at_ for at_ in clock(slots(salon(), rows=perm)) if "09:31" <= at_ < "12:00"] == ["10:45"]
    cut = [taken("jana", "2026-05-05T10:45", "2026-05-05T11:15")]
    assert "10:00" in clock(slots(salon(), "perm", rows=cut))
    assert "10:15" not in clock(slots(salon(), "perm", rows=cut))


def test_the_spans_of_a_slot_are_busy_phases_buffers_and_one_of_each_resource():
    start = at("2026-05-05T09:00").timestamp() // 60
    perm = slots(salon(), "perm", rows=[taken("chair", "2026-05-05T08:00", "2026-05-05T09:30", seat=0)])[0]
    assert perm.spans == (
        Span("maria", 0, start, start + 45),
        Span("maria", 0, start + 75, start + 120),
        Span("chair", 1, start, start + 120),
    )
    colour = slots(salon(), "colour")[0]
    assert (colour.duration_min, colour.spans) == (30, (Span("maria", 0, start, start + 45),))


def test_a_pool_is_exhausted_when_each_of_its_equals_is_taken_at_some_time_of_the_appointment():
    rows = [
        taken("chair", "2026-05-05T10:00", "2026-05-05T10:15", seat=0),
        taken("chair", "2026-05-05T11:00", "2026-05-05T11:15", seat=1),
    ]
    found = clock(slots(salon(), "perm", rows=rows))
    assert "10:00" not in found
    assert "09:00" in found
    assert "11:15" in found


def test_who_needs_two_of_a_pool_takes_two_different_ones():
    catalogue = salon()
    pair = replace(catalogue.service("cut"), needs=("chair", "chair"))
    both = replace(catalogue, services=(pair,))
    assert [span.seat for span in slots(both)[0].spans if span.resource_id == "chair"] == [0, 1]
    one_left = [taken("chair", "2026-05-05T08:00", "2026-05-05T10:00", seat=1)]
    assert clock(slots(both, rows=one_left))[0] == "10:00"


def test_what_is_offered_can_be_claimed_in_buckets_of_five_minutes():
    odd = [taken("jana", "2026-05-05T10:00", "2026-05-05T10:31")]
    narrow = salon(slot_step_min=1)
    assert "10:31" not in clock(slots(narrow, rows=odd))
    assert "10:35" in clock(slots(narrow, rows=odd))
    busy = [odd[0]._replace(kind="busy")]
    assert "10:31" in clock(slots(narrow, rows=busy))


@pytest.mark.parametrize("wait", range(1, 10))
@pytest.mark.parametrize("busy", [41, 42, 43, 44, 45])
def test_the_phases_of_one_slot_never_claim_the_same_bucket(busy, wait):
    catalogue = salon(slot_step_min=1)
    phases = (Phase(busy), Phase(wait, False), Phase(40))
    perm = Service("cut", "Dauerwelle", sum(phase.minutes for phase in phases), phases=phases)
    for slot in slots(replace(catalogue, services=(perm,)))[:20]:
        buckets = [n for span in slot.spans for n in range(span.start // 5, -(-span.end // 5))]
        assert len(buckets) == len(set(buckets))


def test_b44_back_to_back_appointments_leave_the_minute_between_them_free():
    rows = [
        taken("jana", "2026-05-05T09:00", "2026-05-05T10:00"),
        taken("jana", "2026-05-05T10:30", "2026-05-05T17:00"),
    ]
    assert clock(slots(salon(), rows=rows)) == ["10:00"]


def test_a_course_fills_its_seats_and_shares_its_room():
    start = "2026-05-05T10:00"
    group = at(start).timestamp()
    own = {"service_id": "course", "group_start": group}
    rows = [
        taken("jana", start, "2026-05-05T11:00", **own),
        taken("room", start, "2026-05-05T11:00", **own),
    ]
    found = slots(salon(), "course", rows=rows)
    joined = [slot for slot in found if slot.start == at(start)]
    assert [slot.staff_id for slot in joined] == ["jana"], "Maria has no room of her own"
    assert [(span.resource_id, span.seat) for span in joined[0].spans] == [("jana", 1), ("room", 1)]
    assert "10:15" not in clock(found)
    more = [row._replace(seat=seat) for row in rows for seat in (0, 1, 2)]
    assert start[11:] not in clock(slots(salon(), "course", rows=more))
    assert start[11:] not in clock(slots(salon(), "cut", rows=rows))


def test_a_branch_has_its_own_hours_zone_holidays_staff_and_resources():
    late = Hours((*(((Opening(720, 1080),),) * 6), ()))
    nord = Branch("nord", "Nord", time_zone="Europe/London", hours=late, holidays="GB")
    able = frozenset({"cut", "course"})
    staff = (
        Staff("anna", "Anna", able, branches=("nord",)),
        Staff("ben", "Ben", able, branches=("mitte",)),
        Staff("cora", "Cora", able, hours=Hours(((Opening(600, 660),),) * 7)),
    )
    catalogue = salon(staff=staff, branches=(Branch("mitte", "Mitte"), nord))
    found = slots(catalogue, branch_id="nord")
    assert {slot.staff_id for slot in found} == {"anna", "cora"}
    assert clock(found, "anna")[0] == "13:00"
    assert clock(found, "cora") == ["11:00", "11:15", "11:30"]
    assert clock(slots(catalogue), "anna")[0] == "13:00", "her only branch is known"
    assert clock(slots(catalogue, branch_id="mitte"), "ben")[0] == "09:00"
    assert slots(catalogue, "course", branch_id="nord") == ()
    assert slots(catalogue, "course", branch_id="mitte") != ()
    assert slots(catalogue, "course", staff_id="anna") == (), "the room stands in the other branch"
    whit_monday = ("2026-05-25T00:00", "2026-05-26T00:00")
    assert slots(catalogue, branch_id="mitte", span=whit_monday) == ()
    spring = ("2026-05-14T00:00", "2026-05-15T00:00")
    assert slots(catalogue, branch_id="nord", span=spring) != (), "no holiday in London"
    closed = ("2026-05-15T00:00", "2026-05-16T00:00")
    assert slots(catalogue, branch_id="nord", span=closed) == (), "the business closes for everybody"


def test_without_staff_the_business_itself_serves():
    found = slots(salon(staff=()), rows=[taken(NOBODY, "2026-05-05T09:00", "2026-05-05T10:00")])
    assert found[0].start == at("2026-05-05T10:00")
    assert (found[0].staff_id, found[0].spans[0].resource_id) == (None, NOBODY)


@pytest.mark.parametrize("wish", [{"staff_id": "ben"}, {"staff_id": "nobody-known"}])
def test_who_cannot_serve_is_never_offered(wish):
    assert slots(salon(), **wish) == ()


def test_own_bookings_of_the_service_count_against_its_limits():
    catalogue = salon()
    course = replace(catalogue.service("course"), limit_per_day=2, limit_per_week=3)
    limited = replace(catalogue, services=(course,))
    week = ("2026-05-05T00:00", "2026-05-12T00:00")
    days = {
        slot.start.to_tz(ZONE.key).day
        for slot in slots(limited, "course", span=week, limits=[at("2026-05-05T10:00")] * 2)
    }
    assert days == {6, 7, 8, 11}
    days = {
        slot.start.to_tz(ZONE.key).day
        for slot in slots(limited, "course", span=week, limits=[at("2026-05-06T10:00")] * 3)
    }
    assert days == {11}


def test_b27_b28_hours_come_from_the_calendar_and_no_wish_is_moved_into_them():
    saturday = Hours((*WEEK[:5], (Opening(540, 720),), ()))
    span = ("2026-05-09T00:00", "2026-05-11T00:00")
    assert clock(slots(salon(hours=saturday), span=span))[0] == "09:00"
    early = ("2026-05-05T06:00", "2026-05-05T08:30")
    assert slots(salon(), span=early) == ()


def test_notice_counts_exact_seconds_and_is_inclusive():
    exact = slots(salon(), now="2026-05-05T09:00:00")
    late = slots(salon(), now="2026-05-05T09:00:01")
    assert clock(exact)[0] == "10:00"
    assert clock(late)[0] == "10:15"
    fraction = free_slots(
        salon(),
        salon().service("cut"),
        taken=(),
        now=at("2026-05-05T09:00").add(nanoseconds=1),
        start=at(DAY[0]),
        end=at(DAY[1]),
    )
    assert clock(fraction)[0] == "10:15"


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(("cut", "colour", "perm", "course")), st.integers(0, 400)), max_size=8)
)
def test_b45_booking_one_offered_slot_after_the_other_never_takes_anything_twice(wishes):
    """Whatever is booked from the slots offered, no claim is made twice and no offer overlaps a claim."""
    catalogue, rows, claimed = salon(), [], set()
    for service, pick in wishes:
        found = slots(catalogue, service, rows=rows)
        if not found:
            continue
        slot = found[pick % len(found)]
        buckets = {
            (span.resource_id, span.seat, bucket)
            for span in slot.spans
            for bucket in range(span.start // 5, -(-span.end // 5))
        }
        assert not buckets & claimed
        claimed |= buckets
        rows += [
            Taken(
                span.resource_id,
                span.start * 60,
                span.end * 60,
                "booking",
                service,
                slot.start.timestamp(),
                span.seat,
            )
            for span in slot.spans
        ]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-9 * 288, 9 * 288), st.integers(1, 600)), max_size=10),
    st.sampled_from(Grid),
    st.sampled_from(("cut", "colour", "perm")),
    st.sampled_from(("2026-10-25T23:00", "2026-03-29T01:30", "2026-05-05T12:00")),
)
def test_nothing_taken_beyond_the_reach_changes_an_answer(rows, grid, service, begin):
    always = Hours(((Opening(0, 1440),),) * 7)
    catalogue, start = salon(hours=always, grid=grid, slot_step_min=50), at(begin)
    end = start.add(hours=30)
    low, high = reach(catalogue.service(service), start, end, grid)
    every = [
        Taken(
            "jana",
            start.add(minutes=5 * n).timestamp(),
            start.add(minutes=5 * (n + length)).timestamp(),
            "busy",
        )
        for n, length in rows
    ]
    near = [row for row in every if row.start < high.timestamp() and low.timestamp() < row.end]

    def answer(taken):
        return free_slots(
            catalogue,
            catalogue.service(service),
            taken=taken,
            now=start.subtract(hours=300),
            start=start,
            end=end,
        )

    assert answer(near) == answer(every)
