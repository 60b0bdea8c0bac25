"""Random requests, weighted to days on which clocks change, to midnight, and to things that touch."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handfest.model.catalogue import Grid, Hours, Opening, Phase
from handfest.scheduling.request import Demand, Limits, Member, Need, Request, Taken
from handfest.scheduling.timetable import Timetable

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Auckland",
)
HOLIDAYS = {
    "DE": {date(2027, *day) for day in ((1, 1), (3, 26), (3, 29), (5, 1), (10, 3))},
    "DE-BB": {date(2027, *day) for day in ((1, 1), (3, 26), (3, 28), (3, 29), (5, 1), (10, 3), (10, 31))},
}
"""What the two regions celebrate within the days that cases are made of."""

QUIET = (date(2027, 1, 1), date(2027, 6, 10), date(2027, 10, 3))


@lru_cache(maxsize=64)
def days_of_change(zone):
    """The days of 2027 within which the clock of `zone` changes."""
    info = ZoneInfo(zone)
    noons = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    offsets = [noon.astimezone(info).utcoffset() for noon in noons]
    return [noons[n].date() for n in range(1, 365) if offsets[n] != offsets[n - 1]]


class CaseMaker:
    def __init__(self, random):
        self.random = random

    def chance(self, share):
        return self.random.random() < share

    def clock(self):
        """A minute of the day: often full quarters, often at night where clocks change."""
        hour = self.random.choice((0, 1, 2, 3, 8, 9, 10, 12, 17, 22, 23))
        minute = self.random.choice((0, 0, 15, 30, 45, 5, 7, 20) if self.chance(0.4) else (0, 30))
        return hour * 60 + minute

    def opening(self):
        start = self.clock()
        if self.chance(0.15):
            return Opening(start, self.random.choice((self.clock(), 1440, start)))
        return Opening(start, min(1440, start + self.random.choice((45, 60, 120, 180, 300))))

    def openings(self):
        return tuple(self.opening() for _ in range(self.random.choice((0, 1, 2, 2, 3))))

    def timetable(self, zone, day):
        near = [day + timedelta(days=n) for n in (-1, 0, 1)]
        hours = Hours(
            tuple(self.openings() for _ in range(7)),
            tuple((when, self.openings()) for when in near if self.chance(0.12)),
            frozenset(when for when in near if self.chance(0.05)),
        )
        closed = frozenset(when for when in near if self.chance(0.05))
        region = self.random.choice(tuple(HOLIDAYS)) if self.chance(0.15) else None
        return Timetable(zone, hours, closed, region)

    def demand(self):
        pick = self.random.choice
        phases = [Phase(pick((15, 30, 45, 60)))]
        if self.chance(0.2):
            phases = [Phase(pick((15, 45))), Phase(pick((10, 30)), False), Phase(pick((15, 40)))]
        elif self.chance(0.15):
            phases = [Phase(pick((5, 20, 25, 40, 50, 75, 90)))]
        if self.chance(0.04):
            phases = [Phase(10, False), *phases, Phase(10, False)]
        return Demand(
            "same",
            sum(phase.minutes for phase in phases),
            tuple(phases),
            before=pick((0, 0, 0, 10, 15)),
            after=pick((0, 0, 0, 5, 30)),
            step=pick((15, 30, 60, 15, 30, 20, 40, 45, 50, 7)),
            grid=pick((Grid.OPENING,) * 7 + (Grid.FREE, Grid.CLOCK)),
            capacity=pick((1, 1, 1, 3)),
            seats=2 if self.chance(0.05) else 1,
            needs=tuple(pick((Need("room", 1), Need("chair", 2))) for _ in range(pick((0, 0, 0, 1, 2)))),
        )

    def row(self, begin, minutes, resources, demand):
        """Something taken within the span; at times with seconds, empty, inverted or of a begun group."""
        start = (begin + self.random.randrange(0, minutes, 15)) * 60
        if self.chance(0.2):
            start += self.random.choice((-1, 1, 59, 60, 300, 420))
        length = self.random.choice((1, 60, 900, 1800, 3600, 5400, 0, -900))
        kind = self.random.choice(("busy", "booking", "hold", "absence"))
        service = self.random.choice(("same", "same", "other", None)) if kind in ("booking", "hold") else None
        group = start if service and self.chance(0.8) else None
        if group and service == "same" and self.chance(0.5):
            start, length = start - demand.before * 60, (demand.duration + demand.before + demand.after) * 60
        seat = self.random.choice((0, 0, 1, 2))
        resource = self.random.choice(resources)
        seats = 2 if self.chance(0.1) else 1
        return Taken(resource, start, start + length, kind, service, group, seat, seats=seats)

    def request(self):
        zone = self.random.choice(ZONES)
        day = self.random.choice(days_of_change(zone) or QUIET if self.chance(0.8) else QUIET)
        demand = self.demand()
        members = []
        for number in range(self.random.choice((1, 1, 2, 3))):
            own = self.random.choice(ZONES) if self.chance(0.15) else zone
            members.append(Member(f"m{number}", self.timetable(own, day), fixed=self.chance(0.1)))
        local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
        begin = int(local.timestamp()) // 60 + self.random.choice((-720, -60, 0, 0, 30))
        length = self.random.choice((1440, 1500, 2160))
        resources = [member.id for member in members] + [need.resource_id for need in demand.needs]
        rows = [
            self.row(begin - 120, length + 240, resources, demand)
            for _ in range(self.random.choice((0, 3, 8, 14)))
        ]
        now = (begin - 600) * 60 + self.random.choice((0, 0, 1, 30))
        return Request(
            demand,
            tuple(members),
            zone,
            now,
            begin * 60 + self.random.choice((0, 0, 1)),
            (begin + length) * 60,
            tuple(rows),
            notice=self.random.choice((0, 0, 0, 615, 900, 1260)),
            horizon_days=self.random.choice((None, None, None, 0, 1)),
            limits=self.limits(begin, length),
            together=self.chance(0.15),
            claim=self.random.choice((1, 5)),
        )

    def limits(self, begin, length):
        if not self.chance(0.1):
            return Limits()
        starts = tuple(begin + self.random.randrange(0, length, 30) for _ in range(3))
        return Limits(self.random.choice((None, 1, 2)), self.random.choice((None, 2, 4)), starts)
