"""CPU time of the slot arithmetic, beside a plain reference measured in the same run.

`python -m bench.availability` prints one row per case. Cold: every memo emptied, from rows as a store gives
them to ISO strings. Warm: the same question again, from rows to starts.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from statistics import median
from time import process_time_ns
from zoneinfo import ZoneInfo

from bench.table import show
from handfest.model.catalogue import Grid, Hours, Opening, Phase
from handfest.scheduling.available import available
from handfest.scheduling.iso import iso_starts
from handfest.scheduling.request import Demand, Member, Request, Taken
from handfest.scheduling.timetable import Timetable

ZONE = "Europe/Berlin"
BEGIN = 1_772_406_000  # 2026-03-02T00:00+01:00; the sixty days contain a clock change
Row = tuple[str, int, int]


def rows(staff: int, days: int, busy: int) -> list[Row]:
    """Busy times in epoch seconds, spread over staff and days."""
    random = Random(7)
    made = []
    for number in range(busy):
        start = BEGIN + random.randrange(days) * 86_400 + random.randrange(8 * 12, 18 * 12) * 300
        made.append((f"s{number % staff}", start, start + random.choice((1800, 2700, 3600))))
    return made


def request_of(found: list[Row], staff: int, days: int) -> Request:
    """Staff with hours of their own, a 30-minute service on a 15-minute grid."""
    members = []
    for number in range(staff):
        opening = (Opening(8 * 60 + number % 3 * 30, 17 * 60), Opening(17 * 60 + 30, 19 * 60))
        hours = Hours((*((opening,) * 6), ()))
        members.append(Member(f"s{number}", Timetable(ZONE, hours)))
    return Request(
        Demand("cut", 30, (Phase(30),), step=15),
        tuple(members),
        ZONE,
        BEGIN - 3600,
        BEGIN,
        BEGIN + days * 86_400,
        tuple([Taken(resource, start, end, "busy") for resource, start, end in found]),
        notice=60,
        horizon_days=days,
    )


def on_grid(request: Request, grid: Grid) -> Request:
    """The same request on another grid (rule R17)."""
    return replace(request, demand=replace(request.demand, grid=grid))


def starts_of(request: Request) -> list[int]:
    """The starts at which anybody is free."""
    found = available(request)
    return found.starts() if found else []


def plain(request: Request) -> list[str]:
    """The same question answered with datetimes, slot by slot: the reference for the ratio."""
    zone, demand, texts = ZoneInfo(ZONE), request.demand, set()
    utc = ZoneInfo("UTC")
    for member in request.members:
        busy = [
            (datetime.fromtimestamp(row.start, utc), datetime.fromtimestamp(row.end, utc))
            for row in request.taken
            if row.resource_id == member.id
        ]
        day = datetime.fromtimestamp(request.start, zone)
        while day.timestamp() < request.end:
            for opening in member.timetable.hours.weekdays[day.weekday()]:
                start = (day + timedelta(minutes=opening.start)).astimezone(utc)
                close = (day + timedelta(minutes=opening.end)).astimezone(utc)
                while (end := start + timedelta(minutes=demand.duration)) <= close:
                    within = start.timestamp() < request.end
                    if within and not any(
                        start < taken_end and taken_start < end for taken_start, taken_end in busy
                    ):
                        texts.add(start.astimezone(zone).isoformat())
                    start += timedelta(minutes=demand.step)
            day += timedelta(days=1)
    return sorted(texts)


def forget() -> None:
    """Empty every memo of the arithmetic."""
    for name, module in list(sys.modules.items()):
        if name.startswith("handfest.scheduling"):
            for thing in vars(module).values():
                if not isinstance(thing, type):  # the memos, not what they are made of
                    getattr(thing, "cache_clear", int)()


def cost(work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> float:
    """Median CPU microseconds of `work`, `before` not counted."""
    taken = []
    for _ in range(times):
        before()
        begin = process_time_ns()
        work()
        taken.append((process_time_ns() - begin) / 1000)
    return median(taken)


def measure(staff: int, days: int, busy: int) -> dict[str, tuple[float, float]]:
    """Case -> CPU microseconds, and how many times faster than the plain reference."""
    found = rows(staff, days, busy)
    prepared = request_of(found, staff, days)
    assert iso_starts(starts_of(prepared), ZONE) == plain(prepared)
    reference = cost(lambda: plain(prepared), 1)
    costs = {
        "warm, request to starts": cost(lambda: starts_of(prepared), 200),
        "warm, on free ranges": cost(lambda: starts_of(on_grid(prepared, Grid.FREE)), 20),
        "warm, on the clock": cost(lambda: starts_of(on_grid(prepared, Grid.CLOCK)), 20),
        "warm, rows to starts": cost(lambda: starts_of(request_of(found, staff, days)), 100),
        "cold, rows to ISO strings": cost(
            lambda: iso_starts(starts_of(request_of(found, staff, days)), ZONE), 25, forget
        ),
    }
    return {name: (taken, reference / taken) for name, taken in costs.items()}


def main() -> None:
    """Measure and show."""
    table = []
    for staff, days, busy in ((10, 60, 500), (1, 60, 200), (10, 120, 1000), (20, 60, 1000), (1, 7, 30)):
        for name, (taken, ratio) in measure(staff, days, busy).items():
            table.append([f"{staff} x {days} x {busy}", name, f"{taken:.0f} us", f"{ratio:.0f}"])
    note = (
        "Staff x days x busy times on a grid of 15 minutes: median CPU of one question, and how many times faster "
        "than the same question answered slot by slot with datetimes, measured beside it. Cold: every memo emptied, "
        "from rows to ISO strings. The machine is shared; the ratios are what compares."
    )
    show("availability", note, ["staff x days x busy", "case", "CPU", "x faster than plain"], table)


if __name__ == "__main__":
    main()
