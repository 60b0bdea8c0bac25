"""What one utterance states: its days and times after corrections, negations and alternatives are heard.

Parts of the same kind without a word between them must fit together ("nächste Woche ... Mittwoch"); after a
correction the last one counts; after "oder" there are two, and somebody has to choose.
"""

from dataclasses import dataclass, field, replace

from handfest.speech.form import (
    CalendarDay,
    Clock,
    ClockSpan,
    DayForm,
    Daypart,
    DaySpan,
    FeastDay,
    Month,
    NamedWeekday,
    NthWeekday,
    Unclear,
    Week,
    Weekend,
    Year,
)
from handfest.speech.refused_clause import behind, without_refused
from handfest.speech.token import Token

TimeForm = Clock | ClockSpan | Daypart
_LEFTOVERS = frozenset(
    {"num", "ord", "weekday", "month", "hhmm", "year", "date", "slashed", "dotted", "hm", "iso", "bignum"}
) | {
    "half",
    "quarter",
    "threequarter",
    "ampm",
    "late",
    "earlier",
    "early",
    "weekend",
    "weekword",
    "decimal",
    "compact",
    "zone",
}
_TIMES = frozenset({"clock", "span", "part"})


@dataclass(slots=True)
class Statement:
    """The parts of an utterance in order, gathered by kind. `problem` is the reason to ask, if any."""

    days: list[DayForm] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    spans: list[ClockSpan] = field(default_factory=list)
    parts: list[Daypart] = field(default_factory=list)
    earliest: bool = False
    day_choice: bool = False
    time_choice: bool = False
    problem: str | None = None

    @property
    def silent(self) -> bool:
        """True when nothing was said about time."""
        return not (self.days or self.clocks or self.spans or self.parts or self.earliest or self.problem)


def state(tokens: list[Token]) -> Statement:
    """Gather the reduced tokens of an utterance into a statement."""
    tokens = _without_past(_reopened(_without_retracted(without_refused(tokens))))
    tokens = _without_occasions(_without_replaced(_moved_to(_without_moved(tokens))))
    statement = Statement()
    marker: str | None = None
    renewed: set[str] = set()
    taken_back = first_thing = False
    for position, token in enumerate(tokens):
        if token.kind == "corr":
            marker, renewed = "corr", set()
            taken_back = bool(_TAKING_BACK.intersection(token.text.split()))
        elif token.kind == "sondern" and statement.problem == "negation" and _goes_on(tokens[position:]):
            kept = _said_before_negation(tokens[:position])
            _forget(statement)
            if kept:
                statement.days = [t.value for t in kept]  # type: ignore[misc]
            marker, renewed = (None if kept else "corr"), set()
        elif token.kind == "or":
            marker = "or" if marker != "corr" else marker
        elif token.kind in ("neg", "except"):
            if _negates(tokens, position):
                statement.problem = "negation"
        elif token.kind == "day" or token.kind in _TIMES:
            _add(statement, token, marker, renewed)
            taken_back = False
            marker = None if marker == "or" else marker
        elif token.kind == "earliest":
            statement.earliest = True
            first_thing = first_thing or token.text.startswith("first thing") or "als erst" in token.text
        elif token.kind == "nottoo":
            statement.problem = statement.problem if _bounded(tokens) else "negation"
        elif token.kind == "latest":
            statement.problem = statement.problem or "unclear"
        elif not _counts_heads(tokens, position) and (
            token.kind in _LEFTOVERS or _loose_end(tokens, position)
        ):
            statement.problem = statement.problem or "unexplained"
    lone = _lone_number(tokens)
    if lone is not None:
        statement.clocks, statement.problem = [lone], None
    if first_thing:
        statement.parts = [part for part in statement.parts if part.name not in _MORNINGS]
    if taken_back and not statement.silent:
        statement.problem = statement.problem or "negation"
    return statement


def _lone_number(tokens: list[Token]) -> Clock | None:
    """ "elf" and nothing else: an hour if one was asked for, else nobody knows what it counts."""
    numbers = [token for token in tokens if token.kind not in _COURTESY]
    hour = numbers[0].value if len(numbers) == 1 and numbers[0].kind == "num" else None
    if not isinstance(hour, int) or not 1 <= hour <= 24:
        return None
    return Clock(hour, exact=hour > NOON_HOUR, unclear="unexplained", loose=True)


NOON_HOUR = 12
_COURTESY = frozenset({"please", "filler", "comma", "dot", "stop"})
_PAUSES = frozenset({"comma", "dot", "stop", "please"})
_AND_NOT = frozenset({"und nicht", "and not"})
_LOOSE = frozenset(
    {"before", "after", "between", "until", "by", "notbefore", "nolater", "by_suffix", "from_suffix"}
)
_POINTING = frozenset(
    {"at", "on", "from", "of", "mod", "approx", "until", "before", "after", "to", "between", "by"}
)
_LONG_UNITS = frozenset({"week", "month", "fortnight", "year"})
_ORDINAL = ("ten", "te", "ter", "th")
_SUPERLATIVE = ("sten", "ste", "ster", "stes")


def _loose_end(tokens: list[Token], position: int) -> bool:
    """A word that would move the day or time beside it, but that no rule explained."""
    token = tokens[position]
    if token.kind == "unit":
        return token.value in _LONG_UNITS or (token.value == "day" and _dangling_day(tokens, position))
    ahead = tokens[position + 1 : position + 4]
    if token.kind == "portion":
        return token.value in ("first_half", "second_half")
    if token.kind in ("after", "before", "to") and position and _timely(tokens[position - 1]):
        return _broken_off(tokens, ahead[:1])
    if token.kind == "mod":
        return token.value in _MOVING and (
            any(t.kind == "day" for t in ahead) or _elliptical(tokens, position)
        )
    if token.kind == "garbled":
        behind = tokens[position - 1 : position]
        return any(_timely(t) or t.kind in _POINTING for t in behind) or any(map(_timely, ahead[:1]))
    if token.kind == "at":
        timed = [t.kind in ("clock", "span") for t in tokens]
        lost = not any(timed) or any(timed[position + 2 : position + 3])
        return bool(ahead) and ahead[0].kind == "word" and lost
    beside = next((t for t in ahead[:2] if t.kind not in ("the", "on", "at")), None)
    if token.kind == "word":
        return _unknown_day(tokens, position)
    if token.kind == "of" and token.text in _WHOSE and position:
        named = isinstance(tokens[position - 1].value, NamedWeekday)
        return named and any(t.kind == "word" for t in ahead[:2])
    if token.kind == "until" and ahead[:1] and ahead[0].kind == "word":
        return any(map(_timely, ahead[1:2]))
    return beside is not None and _timely(beside) and token.kind in _LOOSE


def _counts_heads(tokens: list[Token], position: int) -> bool:
    """ "dinner for two at eight": a number behind "for" counts people where another time is told."""
    token = tokens[position]
    behind_for = token.kind == "num" and position > 0 and tokens[position - 1].kind == "for"
    return behind_for and any(other.kind in ("clock", "span") for other in tokens)


def _unknown_day(tokens: list[Token], position: int) -> bool:
    """A word before a day that makes another day of it ("am verkaufsoffenen Sonntag"), or that names one itself."""
    word, ahead = tokens[position], tokens[position + 1 : position + 2]
    pointed = position > 0 and tokens[position - 1].kind in _ARTICLES
    if word.text.endswith(_DAY_NAMES) and pointed and not (ahead and ahead[0].kind == "day"):
        return tokens[position - 1].kind == "on"
    if not ahead or ahead[0].kind != "day":
        return False
    if isinstance(ahead[0].value, Month):
        return word.text.endswith(_ORDINAL)
    if not isinstance(ahead[0].value, NamedWeekday | Week):
        return False
    qualified = pointed and word.text.endswith(_ADJECTIVE) and not word.text.startswith(_WHOLE)
    return qualified or word.text.endswith(_SUPERLATIVE)


_WHOSE = frozenset({"of", "des"})
"""What makes a day one of something ("the Wednesday of half term")."""
_ARTICLES = frozenset({"on", "the"})
_DAY_NAMES = ("tag", "tags", "dag", "tig")
_ADJECTIVE = ("en", "er", "em")
_WHOLE = ("ganz", "gesamt", "voll")
"""A day that is wished whole is the same day."""


def _broken_off(tokens: list[Token], ahead: list[Token]) -> bool:
    """ "um zwanzig nach", "the weekend after this one", "Samstag nach Karneval": after what, no rule knows."""
    if ahead and ahead[0].kind == "word":
        return not any(token.kind in _TIMES for token in tokens)
    return not ahead or ahead[0].kind in _PAUSES or ahead[0].kind == "filler"


def _elliptical(tokens: list[Token], position: int) -> bool:
    """ "diese Woche nicht mehr, also nächste": a day told by nothing but "next"."""
    ends = all(t.kind in _PAUSES for t in tokens[position + 1 : position + 2])
    return ends and any(_timely(t) for t in tokens[:position])


def _dangling_day(tokens: list[Token], position: int) -> bool:
    """ "the day after", "oder am Tag danach": a day told by another one, in words no rule covers."""
    following = [token.kind for token in tokens[position + 1 : position + 3]]
    chosen = any(token.kind == "or" for token in tokens[max(0, position - 3) : position])
    return chosen or following == ["word", "day"] or following[:1] in (["after"], ["before"])


def _timely(token: Token) -> bool:
    return token.kind == "day" or token.kind in _TIMES


_MOVING = frozenset({"next", "coming", "after_next", "last", "following"})
_MORNINGS = frozenset({"forenoon", "early", "morning_de"})
_TAKING_BACK = frozenset({"nein", "nee", "ne", "no", "quatsch", "falsch", "wrong", "scratch", "nope"})


def _forget(statement: Statement) -> None:
    statement.problem = None
    statement.days, statement.clocks, statement.spans, statement.parts = [], [], [], []


def _bounded(tokens: list[Token]) -> bool:
    """ "vormittags, aber nicht zu früh" names a span to look in; "nicht so früh am Morgen" only rules one out."""
    edges = [t for t in tokens if isinstance(t.value, Daypart) and t.value.name in ("early", "morning_de")]
    return any(token.kind in _TIMES and token not in edges for token in tokens)


def _goes_on(tokens: list[Token]) -> bool:
    """ "not tomorrow but the one after" names nothing that a rule could take for it."""
    return any(_timely(t) or t.kind in ("mod", "earliest") or t.kind in _LEFTOVERS for t in tokens)


def _said_before_negation(tokens: list[Token]) -> list[Token]:
    """ "Freitag, nicht diese, sondern nächste Woche": the day stands when the negation rules out something after it."""
    negation = max(i for i, token in enumerate(tokens) if token.kind in ("neg", "except"))
    ruled_out = any(_timely(t) or t.kind == "mod" for t in tokens[negation:])
    return [t for t in tokens[:negation] if t.kind == "day"] if ruled_out else []


def _negates(tokens: list[Token], position: int) -> bool:
    """A negation counts when the utterance speaks of time at all."""
    return any(token.kind == "day" or token.kind in _TIMES or token.kind == "earliest" for token in tokens)


def _reopened(tokens: list[Token]) -> list[Token]:
    """An answer beginning with "nein" corrects the agent, not the caller."""
    for position, token in enumerate(tokens):
        if token.kind == "day" or token.kind in _TIMES:
            lead = [t for t in tokens[:position] if t.kind != "corr"]
            return [*lead, *tokens[position:]]
    return tokens


def _without_past(tokens: list[Token]) -> list[Token]:
    """Days behind us explain ("ich war letzte Woche da"); they count only when nothing else is said."""
    days = [token for token in tokens if token.kind == "day"]
    spare = [token for token in days if behind(token.value) or _passing(token.value)]
    if not spare or len(spare) == len(days):
        return tokens
    return [token for token in tokens if token not in spare]


def _without_occasions(tokens: list[Token]) -> list[Token]:
    """The day of a wedding explains when another day is wished; alone it is the wish."""
    if any(token.kind == "day" for token in tokens):
        return [token for token in tokens if token.kind != "occasion"]
    return [Token("day", t.value, t.text) if t.kind == "occasion" else t for t in tokens]


def _passing(form: object) -> bool:
    return isinstance(form, Unclear) and form.passing


def _without_moved(tokens: list[Token]) -> list[Token]:
    """ "den Termin am Montag auf Dienstag verschieben": the day after "auf" is the wish."""
    for position, token in enumerate(tokens):
        if token.kind != "auf" or position + 1 >= len(tokens):
            continue
        target = next((t for t in tokens[position + 1 : position + 4] if t.kind != "the"), None)
        if target is None or not (target.kind == "day" or target.kind in _TIMES):
            continue
        kept = [t for t in tokens[:position] if not (t.kind == "day" or t.kind in _TIMES)]
        return [*kept, *tokens[position:]]
    return tokens


def _without_replaced(tokens: list[Token]) -> list[Token]:
    """ "Freitag statt Montag": what is replaced is no wish; "um neun und nicht am Freitag" plainly negates."""
    kept: list[Token] = []
    instead: Token | None = None
    for token in tokens:
        if token.kind == "instead":
            instead = token
        elif instead is not None and _timely(token):
            rivals = any(_rivals(other, token) for other in kept)
            if instead.text in _AND_NOT and not rivals:
                kept += [Token("neg", None, instead.text), token]
            instead = None
        else:
            kept.append(token)
    return kept


def _rivals(said: Token, replaced: Token) -> bool:
    """Both days or both times, the first of them one day: out of a span a day is ruled out, not replaced."""
    spans = isinstance(said.value, DaySpan | Month | Weekend) or (
        isinstance(said.value, Week) and said.value.weekday is None
    )
    return _timely(said) and (said.kind == "day") == (replaced.kind == "day") and not spans


def _without_retracted(tokens: list[Token]) -> list[Token]:
    """ "neun, ich meine zehn Uhr": a bare number that is taken back before a time is no wish."""
    kept: list[Token] = []
    for position, token in enumerate(tokens):
        if token.kind == "corr" and any(later.kind in _TIMES for later in tokens[position:]):
            while kept and kept[-1].kind in ("comma", "please", "filler"):
                kept.pop()
            if kept and kept[-1].kind == "num":
                kept.pop()
        kept.append(token)
    return kept


def _moved_to(tokens: list[Token]) -> list[Token]:
    """ "move it from Monday to Wednesday": no span of days, but a new one."""
    if not any(token.kind == "move" for token in tokens):
        return tokens
    return [
        Token("clock", token.value.last, token.text)
        if isinstance(token.value, ClockSpan)
        and token.value.first is not None
        and token.value.last is not None
        else Token("day", token.value.last, token.text)
        if isinstance(token.value, DaySpan) and token.value.first is not None and token.value.last is not None
        else token
        for token in tokens
    ]


def _add(statement: Statement, token: Token, marker: str | None, renewed: set[str]) -> None:
    kind = "day" if token.kind == "day" else "time"
    if marker == "corr" and kind not in renewed:
        renewed.add(kind)
        if kind == "day":
            token = replace(token, value=_within_week(statement.days, token.value))
            statement.days = []
            statement.day_choice = False
        else:
            statement.clocks, statement.spans = [], []
            statement.time_choice = False
            if token.kind == "part":
                statement.parts = []
    if isinstance(token.value, Clock):
        _add_clock(statement, token.value, marker)
    elif isinstance(token.value, ClockSpan):
        statement.time_choice |= marker == "or" and bool(
            statement.clocks or statement.spans or statement.parts
        )
        statement.spans.append(token.value)
    elif isinstance(token.value, Daypart):
        statement.time_choice |= marker == "or" and bool(statement.parts or statement.clocks)
        statement.parts.append(token.value)
    else:
        statement.day_choice |= marker == "or" and bool(statement.days)
        _add_day(statement, token.value)  # type: ignore[arg-type]


def _within_week(said: list[DayForm], form: object) -> object:
    """ "nächste Woche Montag, ach nee, Mittwoch": the week that was named stands."""
    week = said[-1] if said else None
    if isinstance(week, Week) and week.weekday is not None and isinstance(form, NamedWeekday):
        return replace(week, weekday=form.weekday) if form.which == "bare" and not form.weeks else form
    return form


def _add_clock(statement: Statement, form: Clock, marker: str | None) -> None:
    if marker == "or" and (statement.clocks or statement.spans):
        statement.time_choice = True
    if form not in statement.clocks:
        statement.clocks.append(form)


def _add_day(statement: Statement, form: DayForm) -> None:
    if statement.days and not statement.day_choice:
        joined = join_days(statement.days[-1], form)
        if joined is not None:
            statement.days[-1] = joined
            return
    statement.days.append(form)


def join_days(first: DayForm, second: DayForm) -> DayForm | None:
    """One form out of two that describe the same day ("nächste Woche" and "am Mittwoch"), or None."""
    if first == second:
        return first
    return _joined(first, second) or _joined(second, first)


def _joined(frame: DayForm, inner: DayForm) -> DayForm | None:
    match frame, inner:
        case Week(weekday=None, portion=None), NamedWeekday(which="bare" | "this" | "coming", weeks=0):
            return replace(frame, weekday=inner.weekday)
        case Week(weekday=None, portion=None), DaySpan(first=first, last=last):
            return _span_in_week(frame, first, last, inner)
        case Month(portion=None), CalendarDay(month=None):
            if frame.month is None:
                return NthWeekday(inner.day, -1, frame)
            return CalendarDay(inner.day, frame.month, frame.year, inner.weekday)
        case CalendarDay(weekday=None), NamedWeekday(which="bare" | "this" | "coming", weeks=0):
            return replace(frame, weekday=inner.weekday)
        case Year(inside=None), CalendarDay(year=None, month=int()) | Month(year=None, month=int()):
            return replace(frame, inside=inner)
        case Year(inside=None), FeastDay(year=None):
            return replace(frame, inside=inner)
        case Year(inside=None), NthWeekday(month=Month(year=None, month=int())):
            return replace(frame, inside=inner)
        case FeastDay(), CalendarDay(year=None):
            return None
    return None


def _span_in_week(week: Week, first: DayForm | None, last: DayForm | None, span: DaySpan) -> DayForm | None:
    ends = [end for end in (first, last) if end is not None]
    if not all(isinstance(end, NamedWeekday) and end.which == "bare" for end in ends):
        return None
    inside = [
        replace(week, weekday=end.weekday) if isinstance(end, NamedWeekday) else week for end in (first, last)
    ]
    return replace(span, first=inside[0], last=inside[1])
