"""Every no has a reason, every reason is told, and free means offered."""

from dataclasses import replace
from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import pytest

from handfest.model.catalogue import Hours, Opening
from handfest.scheduling.available import available
from handfest.scheduling.explain import LANGUAGES, explain
from handfest.scheduling.reason import Cause, Reason
from handfest.scheduling.request import Taken
from handfest.scheduling.why import reasons_of, why
from scheduling.case_maker import HOLIDAYS, CaseMaker
from scheduling.naive import Naive
from scheduling.salon import NOON, WEEK, at, salon

SEED = 20260329


def alone(request):
    """The request with members who serve one by one, wishing for one seat."""
    members = tuple(replace(member, fixed=False) for member in request.members)
    return replace(request, members=members, together=False, demand=replace(request.demand, seats=1))


def test_free_is_said_exactly_of_what_is_offered_and_every_no_has_its_reasons():
    """A member has a reason of their own exactly when the naive reading of the rules says they cannot; with
    none, only the grid or a rule of the house is against the start."""
    random, maker, said = Random(SEED), CaseMaker(Random(SEED)), set()
    for number in range(200):
        request = alone(maker.request())
        found, naive = available(request), Naive(request, HOLIDAYS)
        offered = found.by_team() if found else [[] for _ in request.members]
        asked = [random.randrange(request.start // 60 + 1, request.end // 60, 5) for _ in range(4)]
        for moment in asked + [starts[len(starts) // 2] for starts in offered if starts]:
            reasons = reasons_of(request, moment * 60)
            house = {reason.cause for reason in reasons if reason.staff_id is None}
            assert bool(house) != naive.bounded(moment), (SEED, number, moment, house)
            for who, member in enumerate(request.members):
                own = {reason.cause for reason in reasons if reason.staff_id == member.id}
                where = (SEED, number, moment, member.id, house, own)
                assert (own == {Cause.FREE}) == (moment in offered[who]), where
                assert bool(own - {Cause.FREE, Cause.OFF_GRID}) != naive.can([who], moment), where
                assert own or house, where
            said |= {reason.cause for reason in reasons}
    print(f"seed {SEED}")
    assert said == set(Cause) - {Cause.STAFF_CANNOT}


def test_several_appointments_of_one_course_are_one_sentence():
    one = Reason(Cause.BOOKED, "jana", start=NOON, end=NOON.add(hours=1), next_free=NOON.add(hours=1))
    told = explain([one, one, one], language="en", zone=ZoneInfo("Europe/Berlin"), names={"jana": "Jana"})
    assert len(told) == 2, told
    assert told[0].startswith("Jana has an appointment")


def causes(reasons, staff_id=None):
    return [reason.cause for reason in reasons if reason.staff_id == staff_id]


def ask(catalogue, moment, *, service="cut", taken=(), **wish):
    return why(
        catalogue,
        catalogue.service(service),
        taken=taken,
        now=at("2026-05-04T08:00"),
        start=at("2026-05-04T00:00"),
        end=at("2026-05-30T00:00"),
        at=at(moment),
        **wish,
    )


def taken(resource, start, end, kind, **rest):
    return Taken(resource, at(start).timestamp(), at(end).timestamp(), kind, **rest)


def test_each_member_has_their_own_reason_and_next_free_start():
    rows = [
        taken("maria", "2026-05-04T00:00", "2026-05-06T00:00", "absence", label="Urlaub"),
        taken("jana", "2026-05-05T15:00", "2026-05-05T15:15", "booking"),
    ]
    reasons = ask(salon(), "2026-05-05T15:00", taken=rows)
    assert causes(reasons, "maria") == [Cause.ABSENCE]
    assert causes(reasons, "jana") == [Cause.BOOKED]
    assert causes(reasons, "ben") == [Cause.STAFF_CANNOT]
    by_staff = {reason.staff_id: reason for reason in reasons}
    assert by_staff["maria"].next_free == at("2026-05-06T09:00")
    assert by_staff["jana"].next_free == at("2026-05-05T15:15")
    told = explain(
        reasons,
        language="de",
        zone=ZoneInfo("Europe/Berlin"),
        names={"maria": "Maria", "jana": "Jana", "ben": "Ben"},
    )
    assert told == (
        "Maria ist abwesend bis einschließlich Di 05.05.2026 (Urlaub).",
        "Maria: nächster freier Beginn Mi 06.05.2026, 09:00.",
        "Jana hat einen Termin: Di 05.05.2026 von 15:00 bis 15:15.",
        "Jana: nächster freier Beginn Di 05.05.2026, 15:15.",
        "Ben bietet das nicht an.",
    )


@pytest.mark.parametrize(
    ("moment", "cause"),
    [
        ("2026-05-05T15:00", Cause.FREE),
        ("2026-05-05T07:00", Cause.OUTSIDE_HOURS),
        ("2026-05-05T16:45", Cause.OUTSIDE_HOURS),
        ("2026-05-05T15:05", Cause.OFF_GRID),
        ("2026-05-14T10:00", Cause.HOLIDAY),
        ("2026-05-15T10:00", Cause.CLOSED_DATE),
        ("2026-05-04T08:30", Cause.OUTSIDE_HOURS),
    ],
)
def test_the_calendar_of_the_house_gives_the_reason(moment, cause):
    assert cause in causes(ask(salon(), moment, staff_id="jana"), "jana")


@pytest.mark.parametrize(
    ("moment", "language", "said"),
    [
        ("2026-05-05T07:00", "de", "Jana arbeitet dann nicht; wieder Di 05.05.2026 von 09:00 bis 17:00."),
        (
            "2026-05-05T16:45",
            "en",
            "Jana works Tue 5 May 2026 from 09:00 to 17:00; that leaves less than 30 minutes.",
        ),
        ("2026-05-14T10:00", "en", "Jana: Thu 14 May 2026 is a public holiday."),
    ],
)
def test_closed_and_too_late_for_the_whole_service_are_told_apart(moment, language, said):
    reasons = ask(salon(), moment, staff_id="jana")
    zone = ZoneInfo("Europe/Berlin")
    assert explain(reasons, language=language, zone=zone, names={"jana": "Jana"})[0] == said


def test_notice_and_horizon_hold_for_everybody():
    assert causes(ask(salon(), "2026-05-04T08:45"))[0] is Cause.NOTICE
    assert causes(ask(salon(), "2026-05-04T09:00")) == [], "the notice is inclusive"
    assert Cause.HORIZON in causes(ask(salon(max_advance_days=3), "2026-05-08T10:00"))


def test_a_held_time_and_a_missed_buffer_are_told_apart():
    held = [taken("jana", "2026-05-05T15:00", "2026-05-05T15:30", "hold")]
    assert causes(ask(salon(), "2026-05-05T15:00", taken=held, staff_id="jana"), "jana") == [Cause.HELD]
    after = ask(salon(), "2026-05-05T14:30", taken=held, staff_id="jana", service="colour")
    assert causes(after, "jana") == [Cause.BUFFER]


def test_a_taken_chair_is_named():
    rows = [taken("chair", "2026-05-05T10:00", "2026-05-05T10:30", "booking", seat=seat) for seat in (0, 1)]
    reasons = ask(salon(), "2026-05-05T10:00", taken=rows, staff_id="jana", service="perm")
    assert [(reason.cause, reason.resource_id) for reason in reasons] == [(Cause.RESOURCE_TAKEN, "chair")]


def test_the_room_of_a_course_one_could_join_is_not_in_the_way():
    own = {"service_id": "course", "group_start": at("2026-05-05T10:00").timestamp()}
    rows = [
        taken("jana", "2026-05-05T10:00", "2026-05-05T11:00", "booking", **own),
        taken("room", "2026-05-05T10:00", "2026-05-05T11:00", "booking", **own),
        taken("jana", "2026-05-05T10:30", "2026-05-05T10:45", "busy"),
    ]
    reasons = ask(salon(), "2026-05-05T10:00", taken=rows, service="course")
    assert causes(reasons, "jana") == [Cause.BUSY]
    assert causes(reasons, "maria") == [Cause.RESOURCE_TAKEN]


def test_a_holiday_with_hours_of_its_own_is_no_reason():
    hours = Hours(WEEK, overrides=((date(2026, 5, 14), (Opening(600, 720),)),))
    assert causes(ask(salon(hours=hours), "2026-05-14T10:00", staff_id="jana"), "jana") == [Cause.FREE]
    late = ask(salon(hours=hours), "2026-05-14T13:00", staff_id="jana")
    assert causes(late, "jana") == [Cause.OUTSIDE_HOURS]


def test_a_time_between_two_minutes_is_off_the_grid():
    assert causes(ask(salon(), "2026-05-05T15:00:30", staff_id="jana"), "jana") == [Cause.OFF_GRID]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_has_a_sentence_in_every_language(cause, language):
    bare = Reason(cause, "jana", "chair", day=NOON.to_stdlib().date(), amount=3)
    full = replace(bare, start=NOON, end=NOON, label="x", next_free=NOON)
    for reason in (bare, full):
        told = explain([reason], language=language, zone=ZoneInfo("Europe/Berlin"), names={"jana": "Jana"})
        assert told[0].endswith(".")
        assert "{" not in "".join(told)
        assert "None" not in "".join(told)
