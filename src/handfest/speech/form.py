"""Unresolved forms: what was said before `now` and the calendar decide which days and times it can mean."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day by number; month and year may be open, a weekday said beside it must agree."""

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """Days, weeks or months from today (negative = past)."""

    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class NamedWeekday:
    """A weekday (Monday 0) as said: `which` is bare, this, coming, next, after_next or last; plus weeks."""

    weekday: int
    which: str = "bare"
    weeks: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week by distance from this one or by number, whole, a part of it or one weekday of it."""

    offset: int = 0
    number: int | None = None
    weekday: int | None = None
    portion: str | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A month by name or by distance from this one, whole or its start, middle, end; `this` keeps it in this year."""

    month: int | None = None
    offset: int = 0
    year: int | None = None
    portion: str | None = None
    this: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """This year or the next, whole, or the one that another form lies in ("im Juli nächsten Jahres")."""

    offset: int
    inside: "CalendarDay | Month | FeastDay | NthWeekday | None" = None


@dataclass(frozen=True, slots=True)
class Weekend:
    """Saturday and Sunday: of this week, the next, or as `which` says."""

    which: str = "bare"


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """ "Der zweite Dienstag im Juli"; `nth` -1 is the last."""

    nth: int
    weekday: int
    month: Month


@dataclass(frozen=True, slots=True)
class FeastDay:
    """A feast by its key in `data/feasts.toml`, moved by days ("am Tag nach Pfingsten")."""

    key: str
    shift: int = 0
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A machine's timestamp; aware when it carried an offset. `clock` False = only its date counts."""

    at: datetime
    clock: bool


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Minutes of real time from now."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Within:
    """From now to so many days (or months, or minutes) ahead."""

    days: int = 0
    minutes: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words about time that leave the question open; `reason` goes into the question back.

    `passing` ones ("bald", "in den nächsten Tagen") say nothing beside a day that is told.
    """

    reason: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class EitherDay:
    """Two calendar readings of one writing ("10/11")."""

    options: tuple["DayForm", ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DaySpan:
    """From one day to another; a missing end is open, `after`/`before` leave the named day itself out."""

    first: "DayForm | None"
    last: "DayForm | None"
    after: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class WeekAround:
    """The week a day lies in, moved by whole weeks ("in der Woche vom 15. Juni")."""

    day: "DayForm"
    shift: int = 0


@dataclass(frozen=True, slots=True)
class WeekdayBy:
    """The nearest such weekday before or after a day ("am Freitag vor Ostern")."""

    weekday: int
    base: "FeastDay | CalendarDay"
    after: bool


DayForm = (
    CalendarDay
    | RelativeDay
    | NamedWeekday
    | Week
    | Month
    | Year
    | Weekend
    | NthWeekday
    | FeastDay
    | Moment
    | Elapsed
    | Within
    | Unclear
    | EitherDay
    | DaySpan
    | WeekAround
    | WeekdayBy
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as said. `half` am/pm settles hours up to 12; `exact` hours need no settling.

    `unclear` is a reason to ask; `loose` marks a number that only stood beside a day ("Freitag 12").
    """

    hour: int
    minute: int = 0
    half: str | None = None
    exact: bool = False
    approximate: bool = False
    unclear: str | None = None
    loose: bool = False

    @property
    def possible(self) -> bool:
        """True when the clock shows such a time."""
        return 0 <= self.hour <= 23 and 0 <= self.minute <= 59


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """From one time to another; a missing end is open."""

    first: Clock | None
    last: Clock | None


@dataclass(frozen=True, slots=True)
class Daypart:
    """A part of the day by its name in `data/dayparts.toml`; `after`/`before` open it on one side."""

    name: str
    open_end: bool = False
    open_start: bool = False
    until: "str | None" = None
