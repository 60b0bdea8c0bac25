"""Numbers and days that are no wish: ages, birth dates, phone numbers, people, prices, durations."""

from collections.abc import Sequence

from handfest.speech.match import Match, aside, value_of
from handfest.speech.token import Token

_POINTERS = frozenset(
    {"in", "before", "of", "from", "at", "every", "auf", "to", "after", "on", "approx", "mod", "half", "one"}
    | {
        "a",
        "num",
        "frac",
        "and",
        "quarter",
        "decimal",
    }
)
_SHIFTS = frozenset({"before", "after", "ago", "from", "to", "of"})
_SHORT = frozenset({"minute", "hour", "quarter_hour", "half_hour", "three_quarter_hour"})
_OWN = frozenset({"meine", "meinen", "seine", "ihre", "my", "his", "her", "unsere"})


def something(match: Match) -> list[Token] | None:
    """The pattern alone is proof enough."""
    return aside(match)


def name(match: Match) -> list[Token] | None:
    """ "Frau Freitag" is a name; "meine Frau Freitag um zehn" is not."""
    if match.before is not None and match.before.text in _OWN and match.tokens[0].text not in _NAMING:
        return None
    return aside(match)


_NAMING = frozenset({"name", "namens", "firma"})


def number_label(match: Match) -> list[Token] | None:
    """ "Nummer 0151 23 45", "Raum 3": a label and its number; only dialled ones run over several tokens."""
    label = match.tokens[0]
    if match.after is not None and match.after.kind in ("oclock", "ampm"):
        return None
    numbered = (
        i for i, t in enumerate(match.tokens) if t.kind in _NUMBERS and not _numbered_before(match, i)
    )
    start = max(numbered, default=None)
    if start is None:
        return None
    if label.text in _DIALLED or label.text.endswith("nummer"):
        return aside(match)
    kept = match.tokens[: start + 1]
    return [*aside(Match(kept, match.before, None, match.language)), *match.tokens[start + 1 :]]


_NUMBERS = frozenset({"o", "num", "bignum", "hhmm", "year", "dotted", "date", "slashed", "compact"})


def _numbered_before(match: Match, position: int) -> bool:
    return any(token.kind in _NUMBERS for token in match.tokens[:position])


_DIALLED = frozenset(
    {
        "telefonnummer",
        "handynummer",
        "rufnummer",
        "nummer",
        "telefon",
        "handy",
        "mobil",
        "number",
        "phone",
        "mobile",
    }
    | {"telephone", "kundennummer", "rechnungsnummer"}
)


def phone(match: Match) -> list[Token] | None:
    """Five and more numbers in a row are dialled, not wished; three and more when they begin with zero."""
    numbers = [value_of(token) for token in match.tokens if token.kind not in ("dash", "slash")]
    if len(numbers) >= 5 or match.tokens[0].text.startswith(("0", "null", "zero")):
        return aside(match)
    return None


def counted(match: Match) -> list[Token] | None:
    """ "2 neue Reifen", "zwei Strähnchen": a number before a noun in the plural counts things."""
    if match.before is not None and match.before.kind in (
        "at",
        "approx",
        "from",
        "to",
        "half",
        "day",
        "oclock",
    ):
        return None
    noun = match.tokens[1]
    if match.has("person", "count"):
        return aside(match)
    plural = noun.text.endswith(("en", "er", "n", "e", "s"))
    wordy = noun.capital if match.language == "de" else not noun.text.endswith(("'s", "ss", "is"))
    return aside(match) if plural and wordy and len(noun.text) > 3 else None


def aged(match: Match) -> list[Token] | None:
    """ "45 Jahre alt", "ich bin 45 Jahre"."""
    unit = match.value("unit")
    if not match.has("age") and match.after is not None and match.after.kind in ("from", "ago"):
        return None
    if match.has("age") or (unit == "year" and (match.before is None or match.before.kind not in _POINTERS)):
        return aside(match)
    return None


def aged_behind(match: Match) -> list[Token] | None:
    """ "aged 7", "im Alter von 7" without its small words; "old" and "alt" stand behind their number."""
    return aside(match) if match.tokens[0].text in ("aged", "alter") else None


def part_of_whole(match: Match) -> list[Token] | None:
    """ "Termin zwei von drei": a count, unless the numbers begin or end a span of hours.

    American "twenty of nine" is a time.
    """
    if match.language != "de":
        return None
    ends = ("until", "to", "oclock", "ampm", "dash", *_POINTERS)
    spanned = match.after is not None and match.after.kind in ends
    pointed = match.before is not None and match.before.kind in _POINTERS
    return None if spanned or pointed else aside(match)


def child_age(match: Match) -> list[Token] | None:
    """ "mein Sohn ist drei", "my daughter is twelve", "wir sind vier": an age or a head count, no hour."""
    clocked = match.after is not None and match.after.kind in ("oclock", "ampm", "unit", "month", "ord")
    return None if clocked else aside(match)


def house_number(match: Match) -> list[Token] | None:
    """English "15 Main Street"."""
    return aside(match) if match.language == "en" else None


def priced(match: Match) -> list[Token] | None:
    """ "19 Euro 90"; the ten of "20 Euro 10 Uhr" is an hour."""
    clocked = match.after is not None and match.after.kind in ("oclock", "ampm", "half", "quarter")
    return None if clocked or not match.tokens[-1].digits else aside(match)


def multiplied(match: Match) -> list[Token] | None:
    """ "zwei mal zwei Stunden": how much, not when."""
    return aside(match) if match.tokens[1].text in ("mal", "times") else None


def nth_month(match: Match) -> list[Token] | None:
    """ "im siebten Monat": of a pregnancy, not of the year."""
    return aside(match) if match.value("unit") == "month" else None


def year_model(match: Match) -> list[Token] | None:
    """English "a 2016 model"."""
    return aside(match) if match.language == "en" else None


HALF_AN_HOUR = 30


def duration(match: Match) -> list[Token] | None:
    """ "30 Minuten Beratung", "eine Stunde Massage", "für drei Tage": how long, not when."""
    unit, before, after = match.value("unit"), match.before, match.after
    amounts = match.every("num", "one", "a", "decimal", "dotted", "frac", "half", "quarter", "threequarter")
    counted = value_of(amounts[0]) if amounts else None
    if unit == "hour" and _clock_face(amounts):
        return None
    whole = after is not None and after.kind == "of" and (unit == "hour" or (counted or 0) >= HALF_AN_HOUR)
    numbered = bool(amounts) and amounts[0].kind == "num" and unit in ("minute", "hour")
    long = before is not None and before.kind == "of" and numbered
    if (after is not None and after.kind in _SHIFTS and not whole) or (
        before is not None and before.kind in _POINTERS and not long
    ):
        return None
    if before is not None and before.kind == "oclock" and unit == "minute":
        return None
    if not amounts and unit not in ("quarter_hour", "half_hour", "three_quarter_hour"):
        return None
    if unit in _SHORT or (match.has("for") and unit != "fortnight"):
        return aside(match)
    return None


def _clock_face(amounts: Sequence[Token]) -> bool:
    """ "fourteen thirty hours" counts none of them."""
    hours = [token.value for token in amounts if token.kind == "num" and isinstance(token.value, int)]
    return len(hours) == 2 and 12 < hours[0] < 24


def ordinal_aside(match: Match) -> list[Token] | None:
    """ "der zweite Termin", "the second floor": an ordinal before a noun that is no month."""
    if match.before is not None and match.before.kind in ("on",):
        return None
    value = value_of(match.tokens[0])
    return (
        aside(match)
        if value is not None
        and (value <= 10 or match.tokens[-1].text in _BIRTHDAYS)
        and match.tokens[-1].text in _COUNTED_NOUNS
        else None
    )


_BIRTHDAYS = frozenset({"geburtstag", "birthday"})
_COUNTED_NOUNS = frozenset(
    [
        "termin",
        "termine",
        "stock",
        "etage",
        "mal",
        "tuer",
        "stockwerk",
        "obergeschoss",
        "reihe",
        "klasse",
        "geburtstag",
        "birthday",
        "grade",
        "street",
        "raum",
        "room",
        "kind",
        "behandlung",
        "sitzung",
        "trimester",
        "semester",
        "quartal",
        "lehrjahr",
        "schuljahr",
        "besuch",
        "anruf",
        "versuch",
        "person",
        "frage",
        "name",
        "vorname",
        "wahl",
        "floor",
        "visit",
        "appointment",
        "call",
        "time",
        "child",
        "session",
        "treatment",
        "choice",
        "option",
        "name",
        "person",
        "door",
    ]
)
