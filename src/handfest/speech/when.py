"""Understand what a caller's words mean for the calendar: a wish, a question or a refusal. Never a guess.

The words are read with a closed lexicon, reduced by a grammar to forms that do not know today, and only then
resolved: every reading the forms can have given now, zone, opening hours and what was agreed before. Exactly
one reading left is a `Wish`, several are an `AskWhen` with the concrete readings, none is a `RefuseWhen`.

Reasons of `AskWhen`:
  half_of_day         a bare hour fits both halves of the day ("um drei")
  this_or_next_week   "nächsten Freitag" while Friday is still ahead; "diese Woche" on a weekend
  today_or_next_week  today's own weekday, bare
  today_or_next_month today's own number, bare ("am neunten" on the 9th)
  two_alternatives    "Montag oder Dienstag"; two days or times that do not fit together
  negation            "nicht am Montag"
  day_month_order     "10/11" in English
  date_or_time        "8.10" may be a date or a time
  date_or_choice      "der erste" may be a date or one of the times offered
  weekday_disagrees   "Dienstag, 22. Oktober" when the 22nd is another weekday
  repeated_hour       a time that occurs twice when the clocks go back
  recurring           "jeden Freitag"
  which_day           a feast of several days ("an Weihnachten")
  eight_days          "in acht Tagen": a week, or eight days
  midnight            midnight belongs to two days
  contradiction       "acht Uhr morgens am Abend"
  past                a date that passed within the last days ("am 5. Juni" on the 9th), or an hour of today
                      whose other half is still ahead; the readings hold what may be meant instead
  unexplained         a number or word of time that no rule explains
  unclear             words about time too vague to look for
  too_long            more words than anybody says about one time
Reasons of `RefuseWhen`:
  past, no_such_date, no_such_time (also inside the hour the clocks skip), too_far
"""

from handfest.model.wish import AskWhen, RefuseWhen, WhenReading, Wish
from handfest.speech.grammar import parse
from handfest.speech.lexicon import lexicon
from handfest.speech.reader import read
from handfest.speech.statement import Statement, state
from handfest.speech.token import fold
from handfest.speech.when_context import WhenContext
from handfest.speech.wish_resolution import check_wish, resolve

__all__ = ["LONGEST_TEXT", "WhenContext", "combine_when", "understand_when"]

LONGEST_TEXT = 1000


def understand_when(text: str, context: WhenContext) -> WhenReading:
    """The meaning of a caller's words about time; an empty `Wish` when they say nothing about it."""
    if len(text) > LONGEST_TEXT:
        return AskWhen("too_long")
    return resolve(_statement(text, context), context)


def _statement(text: str, context: WhenContext) -> Statement:
    return state(parse(read(text, lexicon(context.language)), context.language))


def combine_when(
    words: WhenReading | None, day_argument: str | None, time_argument: str | None, context: WhenContext
) -> WhenReading:
    """Words and the date/time arguments a model filled in beside them: clear words win, doubt asks.

    Where the words are silent the arguments count; where the words ask or refuse, that stands, whatever the
    model made of them.
    """
    argued = _arguments(day_argument, time_argument, context)
    if words is None or (isinstance(words, Wish) and words.empty):
        return argued
    if not isinstance(words, Wish) or not isinstance(argued, Wish):
        return words if not isinstance(words, Wish) or _complete(words) else _with_doubt(words, argued)
    return _completed(words, argued, context)


def _arguments(day_argument: str | None, time_argument: str | None, context: WhenContext) -> WhenReading:
    day, clock = _given(day_argument), _given(time_argument)
    if not day and not clock:
        return Wish()
    if _only_a_number(clock, context.language):
        clock = f"{clock} {'Uhr' if context.language == 'de' else 'oclock'}"
    if day.isdigit() and len(day) <= 2:
        day = f"am {day}." if context.language == "de" else f"on the {day}"
    return understand_when(f"{day}, {clock}" if day and clock else day or clock, context)


_NOTHING = frozenset({"null", "none", "nil", "undefined", "n/a", "-", "unknown"})


def _given(argument: str | None) -> str:
    """An argument without what programs write for nothing."""
    said = (argument or "").strip()
    return "" if said.lower() in _NOTHING else said


def _only_a_number(clock: str, language: str) -> bool:
    if clock.isdigit():
        return len(clock) <= 2
    entry = lexicon(language).words.get(fold(clock).lower())
    return entry is not None and entry.kind == "num"


def _complete(words: Wish) -> bool:
    return bool((words.day or words.days) and (words.at or words.window or words.earliest))


def _with_doubt(words: Wish, argued: WhenReading) -> WhenReading:
    """Clear words beside arguments that ask or refuse: the words alone, what they leave open stays open."""
    return words if words.day or words.days or isinstance(argued, RefuseWhen) else argued


def _completed(words: Wish, argued: Wish, context: WhenContext) -> WhenReading:
    """The words, with the arguments filling only what the words left open, checked as one."""
    says_day = bool(words.day or words.days)
    says_time = bool(words.at or words.window or words.earliest)
    source_day, source_time = words if says_day else argued, words if says_time else argued
    if words.days and not words.day and argued.day and _inside(words, argued):
        source_day = argued
    merged = Wish(
        source_day.day,
        source_day.days,
        source_time.at,
        source_time.window,
        words.earliest or (not says_time and argued.earliest),
        source_time.approximate,
    )
    return check_wish(merged, context)


def _inside(words: Wish, argued: Wish) -> bool:
    assert words.days is not None
    assert argued.day is not None
    return words.days.first <= argued.day and (words.days.last is None or argued.day <= words.days.last)
