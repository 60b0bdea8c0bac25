"""What a caller's words about time mean: a wish, a question back, or a refusal.

Dates and wall times here are local to the business; they become instants only when a window is made of them.
"""

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A span of the local day, `start` <= t < `end`, in minutes; 0 and 1440 mean open on that side.

    `vague` marks dayparts ("vormittags"), whose edges are a convention and not what was said.
    """

    start: int
    end: int
    vague: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local days from `first` to `last`, both included; `last` None is open."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Exactly what was said about time, nothing invented; every field may be missing.

    `day` and `days` exclude each other, `at` and `window` too. `earliest` = the first free slot within
    the rest. `approximate` = "so gegen drei".
    """

    day: date | None = None
    days: DateRange | None = None
    at: time | None = None
    window: TimeWindow | None = None
    earliest: bool = False
    approximate: bool = False

    @property
    def empty(self) -> bool:
        """True when the words said nothing about time."""
        return not (self.day or self.days or self.at or self.window or self.earliest)

    @staticmethod
    def parse_day(iso: str) -> date:
        """The local date that a call remembers as text."""
        return date.fromisoformat(iso)


@dataclass(frozen=True, slots=True)
class AskWhen:
    """Several readings are possible: ask. `reason` is a stable word, `readings` the concrete wishes meant."""

    reason: str
    readings: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class RefuseWhen:
    """The words mean a time that cannot be: `past`, `no_such_date`, `no_such_time`, `too_far`, ..."""

    reason: str
    reading: Wish | None = None


WhenReading = Wish | AskWhen | RefuseWhen
