"""The cost of an answer grows with days and staff, and no faster: calls are counted, not time."""

import sys
from random import Random

import pytest

from handfest.model.catalogue import Grid, Hours, Opening, Phase
from handfest.scheduling.available import available
from handfest.scheduling.iso import iso_starts
from handfest.scheduling.request import Demand, Member, Request, Taken
from handfest.scheduling.timetable import Timetable

ZONE = "Europe/Berlin"
BEGIN = 1_772_406_000


def request_of(staff, days, grid, first):
    """Staff with hours that no other test knows (`first` minute), one busy time a day and member."""
    random, members, rows = Random(11), [], []
    for number in range(staff):
        hours = Hours(((Opening(first + number, 1020), Opening(1050, 1140)),) * 7)
        members.append(Member(f"s{number}", Timetable(ZONE, hours)))
        for day in range(days):
            begin = BEGIN + day * 86_400 + random.randrange(500, 1000) * 60
            rows.append(Taken(f"s{number}", begin, begin + 1800, "busy"))
    demand = Demand("cut", 30, (Phase(30),), step=15, grid=grid)
    return Request(demand, tuple(members), ZONE, BEGIN, BEGIN, BEGIN + days * 86_400, tuple(rows))


def texts(request):
    """The whole way, from rows to ISO texts."""
    return iso_starts(available(request).starts(), ZONE)


def calls(answer, request):
    """How many functions, of Python and of C, an answer calls."""
    count = 0

    def seen(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        assert answer(request)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("grid", Grid)
def test_twice_the_days_or_the_staff_cost_at_most_about_twice(grid):
    once = calls(texts, request_of(4, 30, grid, 480))
    assert calls(texts, request_of(4, 60, grid, 420)) < 2.3 * once
    assert calls(texts, request_of(8, 30, grid, 360)) < 2.3 * once


def test_a_question_asked_again_costs_a_fraction():
    request = request_of(4, 30, Grid.OPENING, 300)
    assert calls(available, request) > 3 * calls(available, request)
