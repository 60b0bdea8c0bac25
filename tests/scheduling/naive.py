"""A second, naive reading of the rules, to check the arithmetic against: every minute is looked at, wall
clocks are read off a scan of the zone, nothing is shared with the code under test but its input values.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from handfest.model.catalogue import Grid

STRETCH = 4


@lru_cache(maxsize=1024)
def scan(zone, stretch):
    """Wall clock -> every minute (since the epoch) at which it shows, over one stretch of days and a bit."""
    info, shown = ZoneInfo(zone), {}
    begin = stretch * STRETCH * 1440
    for minute in range(begin - 1440, begin + (STRETCH + 1) * 1440):
        wall = datetime.fromtimestamp(minute * 60, UTC).astimezone(info).replace(tzinfo=None, fold=0)
        shown.setdefault(wall, []).append(minute)
    return shown


def shown_at(zone, wall):
    """The minute a wall clock shows `wall`: the first of two; a skipped one counts on from before the gap."""
    days = (wall.date() - date(1970, 1, 1)).days
    shown = scan(zone, days // STRETCH)
    if wall in shown:
        return shown[wall][0]
    waited, before = 0, wall
    while before not in shown:
        before -= timedelta(minutes=1)
        waited += 1
    return shown[before][-1] + waited


def wall_of(zone, minute):
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(zone))


def special(timetable, day, holidays):
    """What replaces the weekday on a date, or None."""
    if day in timetable.closed | timetable.hours.closed:
        return []
    dated = [spans for when, spans in timetable.hours.overrides if when == day]
    if dated:
        return [span for spans in dated for span in spans]
    return [] if day in holidays.get(timetable.holidays, ()) else None


def openings(timetable, first, last, holidays):
    found = []
    day = first
    while day <= last:
        midnight, tomorrow = datetime.combine(day, time()), day + timedelta(days=1)
        replaced = special(timetable, day, holidays)
        for span in timetable.hours.weekdays[day.weekday()] if replaced is None else replaced:
            length = (span.end - span.start) % 1440 if span.end != 1440 else 1440 - span.start
            if span.start == span.end or not length:
                continue
            begin = midnight + timedelta(minutes=span.start)
            end = begin + timedelta(minutes=length)
            if special(timetable, tomorrow, holidays) is not None:
                end = min(end, midnight + timedelta(days=1))
            pair = shown_at(timetable.zone, begin), shown_at(timetable.zone, end)
            if pair[0] < pair[1]:
                found.append(pair)
        day = tomorrow
    return found


def busy_minutes(demand):
    """The minutes, relative to the start, in which staff is busy."""
    minutes, clock = set(range(-demand.before, 0)), 0
    for phase in demand.phases:
        if phase.staff_busy:
            minutes |= set(range(clock, clock + phase.minutes))
        clock += phase.minutes
    return minutes | set(range(clock, clock + demand.after))


def row_minutes(row, claim):
    if row.end <= row.start:
        return set()
    raster = claim if row.kind in ("booking", "hold") else 1
    low, high = row.start // 60, -(-row.end // 60)
    while low % raster:
        low -= 1
    while high % raster:
        high += 1
    return set(range(low, high))


class Naive:
    def __init__(self, request, holidays):
        self.request, self.demand = request, request.demand
        self.busy = busy_minutes(self.demand)
        self.whole = set(range(-self.demand.before, self.demand.duration + self.demand.after))
        self.rows = [(row, row_minutes(row, request.claim)) for row in request.taken]
        self.openings = [self._openings(member.timetable, holidays) for member in request.members]
        self.open = [{m for a, b in spans for m in range(a, b)} for spans in self.openings]
        self.seats = [self._seats(member) for member in request.members]

    def _openings(self, timetable, holidays):
        first = wall_of(timetable.zone, self.request.start // 60).date()
        last = wall_of(timetable.zone, self.request.end // 60).date()
        back = timedelta(days=2)
        return openings(
            timetable, first - back, last + timedelta(days=1 + self.demand.duration // 1440), holidays
        )

    def _seats(self, member):
        """Start (seconds) -> filled seats of appointments of this service with this member."""
        if self.demand.capacity == 1:
            return {}
        filled = {}
        for row, minutes in self.rows:
            if minutes and row.resource_id == member.id and row.service_id == self.demand.service_id:
                filled.setdefault(row.group_start, {})[row.seat] = row.seats
        return {start: sum(seats.values()) for start, seats in filled.items()}

    def joinable(self, who, start):
        """Whether an appointment that begins at `start` (seconds) has seats left for the demand."""
        taken = self.seats[who].get(start)
        return taken is not None and taken + self.demand.seats <= self.demand.capacity

    def begun(self, row):
        mine = row.service_id == self.demand.service_id and row.group_start is not None
        return mine and any(self.joinable(who, row.group_start) for who in range(len(self.request.members)))

    def works(self, who, start, begun_counts):
        """Whether the member is open and not taken; `begun_counts`: by joinable appointments as well."""
        if not all(start + m in self.open[who] for m in range(self.demand.duration)):
            return False
        wanted = {start + m for m in self.busy}
        for row, minutes in self.rows:
            if row.resource_id != self.request.members[who].id or wanted.isdisjoint(minutes):
                continue
            mine = row.service_id == self.demand.service_id and row.group_start is not None
            if mine and self.joinable(who, row.group_start):
                if begun_counts and row.group_start != start * 60:
                    return False
            else:
                return False
        return True

    def equipped(self, start, begun_counts):
        """Whether enough of each needed resource is free."""
        wanted = {start + m for m in self.whole}
        for need in set(self.demand.needs):
            free = 0
            for seat in range(need.count):
                free += not any(
                    row.resource_id == need.resource_id
                    and row.seat % need.count == seat
                    and not wanted.isdisjoint(minutes)
                    and (begun_counts or not self.begun(row))
                    for row, minutes in self.rows
                )
            if free < self.demand.needs.count(need):
                return False
        return True

    def can(self, team, start):
        joins = any(self.joinable(who, start * 60) for who in team)
        return all(self.works(who, start, True) for who in team) and self.equipped(start, not joins)

    def allowed(self, team):
        """The starts that a grid may be anchored on, ascending."""
        shared = set.intersection(*(self.open[who] for who in team))
        return [
            start
            for start in sorted(shared)
            if all(self.works(who, start, False) for who in team) and self.equipped(start, False)
        ]

    def ranges(self, team):
        allowed, found = self.allowed(team), []
        for start in allowed:
            if found and found[-1][1] == start:
                found[-1][1] = start + 1
            else:
                found.append([start, start + 1])
        return [tuple(pair) for pair in found]

    def teams(self):
        members = self.request.members
        fixed = [who for who in range(len(members)) if members[who].fixed]
        others = [who for who in range(len(members)) if not members[who].fixed]
        if self.request.together or not others:
            return [sorted(fixed + others)] if members else []
        return [sorted([*fixed, who]) for who in others]

    def grid(self, team):
        step = self.demand.step
        if self.demand.grid is Grid.FREE:
            return {m for low, high in self.ranges(team) for m in range(low, high, step)}
        entries = self.openings[team[0]]
        for who in team[1:]:
            entries = [
                (max(a, c), min(b, d))
                for a, b in entries
                for c, d in self.openings[who]
                if max(a, c) < min(b, d)
            ]
        return {m for low, high in entries for m in range(low, high, step)}

    def clock(self):
        """Snap every free range of every team; a later range keeps an earlier one's phase."""
        step = self.demand.step
        interval = max(number for number in (60, 30, 20, 15, 10, 5, 1) if step % number == 0)
        starts = set()
        for low, high in sorted({pair for team in self.teams() for pair in self.ranges(team)}):
            start = low
            while wall_of(self.request.zone, start).minute % interval:
                start += 1
            earlier = [known for known in starts if start - step < known < start]
            if earlier:
                start = max(earlier) + step
            while start < high:
                starts.add(start)
                start += step
        return starts

    def bounded(self, start):
        request, limits, zone = self.request, self.request.limits, self.request.zone
        if not request.start <= start * 60 < request.end:
            return False
        if start * 60 < request.now + request.notice * 60:
            return False
        day, today = wall_of(zone, start).date(), wall_of(zone, request.now // 60).date()
        if request.horizon_days is not None and (day - today).days > request.horizon_days:
            return False
        days = [wall_of(zone, booked).date() for booked in limits.starts]
        if limits.per_day is not None and days.count(day) >= limits.per_day:
            return False
        weeks = [booked.isocalendar()[:2] for booked in days]
        return limits.per_week is None or weeks.count(day.isocalendar()[:2]) < limits.per_week

    def starts(self):
        """Team -> the available starts."""
        if self.demand.seats > self.demand.capacity:
            return {}
        clock = self.clock() if self.demand.grid is Grid.CLOCK else None
        found = {}
        for team in self.teams():
            grid = self.grid(team) if clock is None else clock
            found[tuple(team)] = sorted(s for s in grid if self.bounded(s) and self.can(team, s))
        return found
