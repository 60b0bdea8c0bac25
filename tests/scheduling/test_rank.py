"""The alternatives to a wish, nearest first."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from handfest.model.slot import Slot
from handfest.model.wish import TimeWindow
from handfest.scheduling.rank import Nearness, nearest_slots, rank
from handfest.scheduling.request import Taken
from handfest.scheduling.slots import free_slots
from scheduling.salon import ZONE, at, salon

TUESDAY = date(2026, 5, 5)


def slots(*texts, staff="jana"):
    return [Slot(at(f"2026-05-{text}"), 30, staff, ()) for text in texts]


def ranked(found, limit=9, **wish):
    best = rank(found, zone=ZONE, limit=limit, **wish)
    return [slot.start.to_tz(ZONE.key).to_stdlib().strftime("%dT%H:%M") for slot in best]


def test_the_same_day_then_the_next_open_days_then_the_days_before():
    found = slots("04T15:00", "05T09:00", "05T14:30", "05T16:00", "07T15:00", "08T15:00")
    order = ranked(found, wished_day=TUESDAY, wished_minute=15 * 60)
    assert order == ["05T14:30", "05T16:00", "05T09:00", "07T15:00", "08T15:00", "04T15:00"]


def test_inside_the_window_first_then_what_is_nearest_to_it():
    found = slots("05T09:00", "05T11:45", "05T13:00", "05T17:00", "05T18:00", "06T13:00")
    window = TimeWindow(13 * 60, 18 * 60)
    order = ranked(found, wished_day=TUESDAY, window=window)
    assert order == ["05T13:00", "05T17:00", "05T18:00", "05T11:45", "05T09:00", "06T13:00"]


def test_a_window_ends_before_its_end():
    found = slots("05T17:00", "05T18:00")
    order = ranked(found, wished_day=TUESDAY, wished_minute=17 * 60 + 45, window=TimeWindow(780, 1080))
    assert order == ["05T17:00", "05T18:00"]


def test_without_a_day_the_window_decides_before_the_day():
    found = slots("05T09:00", "06T14:00", "07T13:00")
    assert ranked(found, window=TimeWindow(780, 1080)) == ["06T14:00", "07T13:00", "05T09:00"]
    assert ranked(found) == ["05T09:00", "06T14:00", "07T13:00"]


def test_b30_the_asked_time_is_no_alternative_to_itself():
    found = slots("05T16:00", "05T16:30")
    asked = at("2026-05-05T16:00")
    assert ranked(found, wished_day=TUESDAY, wished_minute=960, exclude=asked) == ["05T16:30"]


def test_starts_are_distinct_and_the_first_member_given_stays():
    found = [*slots("05T09:00", staff="maria"), *slots("05T09:00", "05T09:15")]
    best = rank(found, zone=ZONE, limit=2, wished_day=TUESDAY)
    assert [(slot.start, slot.staff_id) for slot in best] == [
        (at("2026-05-05T09:00"), "maria"),
        (at("2026-05-05T09:15"), "jana"),
    ]


starts = st.lists(st.integers(0, 10 * 96), max_size=40)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(starts, st.integers(0, 1439), st.integers(0, 10 * 96), st.integers(0, 5))
def test_at_most_the_limit_only_of_the_given_never_the_asked(quarters, minute, asked, limit):
    begin = at("2026-05-01T00:00")
    found = [Slot(begin.add(minutes=15 * quarter), 30, None, ()) for quarter in quarters]
    exclude = begin.add(minutes=15 * asked)
    best = rank(found, zone=ZONE, limit=limit, wished_day=TUESDAY, wished_minute=minute, exclude=exclude)
    begins = [slot.start for slot in best]
    possible = {slot.start for slot in found} - {exclude}
    assert len(begins) == len(set(begins)) == min(limit, len(possible))
    assert set(begins) <= possible


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(("maria", "jana")), st.integers(0, 900), st.integers(1, 40)), max_size=12
    ),
    st.one_of(st.none(), st.integers(0, 1439)),
    st.sampled_from(("cut", "perm", "course")),
    st.sampled_from((None, TimeWindow(540, 720), TimeWindow(1020, 1440))),
    st.booleans(),
)
def test_the_nearest_slots_are_the_ranked_free_slots(busy, minute, service, window, dated):
    catalogue, begin = salon(), at("2026-05-04T00:00")
    rows = [
        Taken(
            staff,
            begin.add(minutes=5 * low).timestamp(),
            begin.add(minutes=5 * (low + length)).timestamp(),
            "busy",
        )
        for staff, low, length in busy
    ]
    asked = {"taken": rows, "now": begin, "start": begin, "end": at("2026-05-08T00:00")}
    day = TUESDAY if dated else None
    exclude = at("2026-05-05T09:00")
    expected = rank(
        free_slots(catalogue, catalogue.service(service), **asked),
        zone=ZONE,
        wished_day=day,
        wished_minute=minute,
        window=window,
        limit=4,
        exclude=exclude,
    )
    nearness = Nearness(ZONE, day, minute, window)
    found = nearest_slots(
        catalogue, catalogue.service(service), **asked, nearness=nearness, limit=4, exclude=exclude
    )
    assert found == expected
