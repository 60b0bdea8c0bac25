"""Laws of understanding: moments spelt out read back, courtesy changes nothing, no text raises or stalls."""

from datetime import date, datetime, time, timedelta
from itertools import cycle
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfest.model.wish import AskWhen, RefuseWhen, Wish
from handfest.speech import when
from handfest.speech.feast import easter
from handfest.speech.lexicon import lexicon
from handfest.speech.number_word import english_ordinal, german_cardinal, german_ordinal_stem
from handfest.speech.when import LONGEST_TEXT, WhenContext, understand_when

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 9, 10, 15, tzinfo=BERLIN)
DE = WhenContext(NOW, BERLIN, "de")
EN = WhenContext(NOW, BERLIN, "en")
WEEKDAYS_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_DE = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

coming_days = st.integers(1, 320).map(lambda n: NOW.date() + timedelta(days=n))
exact_times = st.builds(
    time, st.integers(13, 23), st.sampled_from([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55])
)


def german_dates(day: date) -> list[str]:
    weekday, month = WEEKDAYS_DE[day.weekday()], MONTHS_DE[day.month - 1]
    spoken = german_ordinal_stem(day.day) + "en"
    return [
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%Y}",
        f"am {day.day}.{day.month}.",
        f"am {day.day}. {month}",
        f"{day.day}. {month} {day.year}",
        f"am {spoken} {month}",
        f"{weekday}, den {day.day}. {month}",
        f"am {weekday}, dem {spoken} {month}",
        f"{weekday}, {day:%d.%m.%Y}",
        f"{weekday[:2]}., {day.day}. {month}",
        f"am {weekday} den {spoken} {month.lower()}",
        f"am {spoken} {german_ordinal_stem(day.month)}en",
        f"der {german_ordinal_stem(day.day)}e {month}",
        f"{weekday} {day.day}. {month} {day.year}",
        f"{day.day}.{day.month}.{day.year % 100}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"am {day.day}. {month[:3]}",
        f"zum {spoken} {month}",
        f"{weekday.upper()}, {day:%d.%m.%Y},",
        f"äh {weekday} ähm der {day.day}. {month}",
    ]


def english_dates(day: date) -> list[str]:
    weekday, month = WEEKDAYS_EN[day.weekday()], MONTHS_EN[day.month - 1]
    spoken = english_ordinal(day.day)
    return [
        day.isoformat(),
        f"{month} {day.day}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{weekday}, {month} {spoken}",
        f"on the {spoken} of {month}",
        f"{weekday} the {spoken} of {month}",
        f"on {month} the {spoken}",
        f"the {spoken} of {month} {day.year}",
        f"{weekday[:3]} {day.day} {month[:3]}",
        f"{weekday}, {day.day} {month} {day.year}",
        f"{month[:3]} {day.day}{'th' if 4 <= day.day <= 20 or 24 <= day.day <= 30 else ''}",
        f"{spoken} {month}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"{month} {spoken}, {day.year}",
        f"{month.upper()} {day.day}, {day.year}",
        f"{weekday}, the {spoken} of {month.lower()}",
        f"uh {weekday} um {month} the {spoken}",
        f"{weekday} {month} {day.day}",
    ]


def german_times(at: time) -> list[str]:
    hour, minute = german_cardinal(at.hour), german_cardinal(at.minute)
    spoken = f"um {hour} Uhr {minute}" if at.minute else f"um {hour} Uhr"
    digits = f"um {at.hour} Uhr {at.minute}" if at.minute else f"um {at.hour} Uhr"
    return [f"{at:%H:%M}", f"um {at:%H:%M} Uhr", spoken, digits, f"{at:%H.%M} Uhr"]


@pytest.mark.parametrize("days", [*range(1, 8), *range(9, 14), *range(15, 100, 7)])
def test_so_many_days_ahead_are_counted(days: int) -> None:
    day = Wish(day=NOW.date() + timedelta(days=days))
    spoken = german_cardinal(days) if days > 1 else "einem"
    for words in (f"in {days} Tagen", f"in {spoken} {'Tagen' if days > 1 else 'Tag'}"):
        assert understand_when(words, DE) == day, words
    assert understand_when(f"in {days} days", EN) == day


def test_a_day_is_rendered_in_twenty_ways() -> None:
    assert len(german_dates(NOW.date())) >= 20
    assert len(english_dates(NOW.date())) >= 20


@settings(derandomize=True, deadline=None)
@given(coming_days, exact_times)
def test_german_dates_and_times_read_back(day: date, at: time) -> None:
    for spelt_day, spelt_time in zip(german_dates(day), cycle(german_times(at)), strict=False):
        reading = understand_when(f"{spelt_day} {spelt_time}", DE)
        assert isinstance(reading, Wish), (spelt_day, spelt_time, reading)
        assert (reading.day, reading.at) == (day, at), (spelt_day, spelt_time)


@settings(derandomize=True, deadline=None)
@given(coming_days, exact_times)
def test_english_dates_and_times_read_back(day: date, at: time) -> None:
    twelve = f"{at.hour - 12}:{at.minute:02d} pm"
    times = (f"at {at:%H:%M}", f"at {twelve}", twelve.replace(" ", ""))
    for spelt_day, spelt_time in zip(english_dates(day), cycle(times), strict=False):
        reading = understand_when(f"{spelt_day} {spelt_time}", EN)
        assert isinstance(reading, Wish), (spelt_day, spelt_time, reading)
        assert (reading.day, reading.at) == (day, at), (spelt_day, spelt_time)


WISHES_DE = (
    "am Freitag um zehn",
    "nächste Woche Mittwoch",
    "übermorgen nachmittags",
    "am 15. Juni ab 14 Uhr",
    "um drei",
)
COURTESY_DE = (
    "Guten Tag, {}",
    "Guten Morgen, ich hätte gern {} einen Termin",
    "ja, {} bitte",
    "also äh {} wäre super",
    "{}, vielen Dank",
    "hm, vielleicht {}",
    "Hallo, hier ist Erika Beispiel, {}, wenn möglich",
    "ich würde gerne {} kommen",
    "Guten Abend, geht {}?",
    "okay, {}, schönen Tag noch",
)
WISHES_EN = (
    "Friday at ten",
    "next week on Wednesday",
    "tomorrow afternoon",
    "June 15 after 2 pm",
    "at three",
)
COURTESY_EN = (
    "Good morning, {}",
    "hi, I'd like to come {} please",
    "yes, {} please",
    "um so {} would be great",
    "{}, thank you",
    "maybe {}",
    "Good evening, could I come {}?",
    "okay, {}, have a nice day",
)


@pytest.mark.parametrize("wish", WISHES_DE)
@pytest.mark.parametrize("courtesy", COURTESY_DE)
def test_german_courtesy_changes_nothing(wish: str, courtesy: str) -> None:
    assert understand_when(courtesy.format(wish), DE) == understand_when(wish, DE)


@pytest.mark.parametrize("wish", WISHES_EN)
@pytest.mark.parametrize("courtesy", COURTESY_EN)
def test_english_courtesy_changes_nothing(wish: str, courtesy: str) -> None:
    assert understand_when(courtesy.format(wish), EN) == understand_when(wish, EN)


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("today", [date(2026, 6, 8) + timedelta(days=n) for n in range(7)], ids=str)
def test_b17_next_week_is_the_next_iso_week_from_any_day(weekday: int, today: date) -> None:
    context = WhenContext(datetime.combine(today, time(10), BERLIN), BERLIN, "de")
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    name = WEEKDAYS_DE[weekday]
    for words in (f"nächste Woche {name}", f"{name} nächste Woche", f"am {name} nächster Woche"):
        assert understand_when(words, context) == Wish(day=monday + timedelta(days=weekday)), words


@pytest.mark.parametrize("weekday", range(7))
def test_negated_days_are_never_returned(weekday: int) -> None:
    name = WEEKDAYS_DE[weekday]
    for words in (
        f"nicht am {name}",
        f"{name} geht nicht",
        f"alles außer {name}",
        f"am {name} auf keinen Fall",
    ):
        assert understand_when(words, DE) == AskWhen("negation"), words


SPELLED_DE = ("nächste Woche Donnerstag", "übermorgen um vierzehn Uhr", "am einundzwanzigsten Oktober um elf")


@pytest.mark.parametrize("words", SPELLED_DE)
def test_a_dropped_letter_never_makes_another_time(words: str) -> None:
    meant = understand_when(words, DE)
    for cut in range(len(words)):
        if words[cut] == " " or len(words[: cut + 1].split()[-1]) + words[cut:].find(" ") < 5:
            continue
        reading = understand_when(words[:cut] + words[cut + 1 :], DE)
        assert reading == meant or isinstance(reading, AskWhen | RefuseWhen), words[:cut] + words[cut + 1 :]


REASONS = when.__doc__ or ""
VOCABULARY = sorted(lexicon("de").vocabulary | lexicon("en").vocabulary)
FIGURES = (
    "3",
    "15.",
    "31.",
    "10:30",
    "24:00",
    "1430",
    "2026-06-19",
    "29.2.",
    "10/11",
    "0151",
    "9.30",
    ",",
    "-",
    "00",
    "½",
)
salads = st.lists(st.sampled_from([*VOCABULARY, *FIGURES]), max_size=25).map(" ".join)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.one_of(st.text(max_size=200), salads), st.sampled_from(["de", "en"]))
def test_no_text_raises_or_yields_an_impossible_wish(text: str, language: str) -> None:
    reading = understand_when(text, WhenContext(NOW, BERLIN, language))
    if isinstance(reading, Wish):
        assert not (reading.day and reading.days)
        assert not (reading.at and reading.window)
        assert reading.day is None or reading.day >= NOW.date()
        assert reading.window is None or 0 <= reading.window.start < reading.window.end <= 1440
    else:
        assert f" {reading.reason} " in REASONS.replace(",", " ").replace("\n", " "), reading.reason


@pytest.mark.parametrize(
    "piece", ["a", "um ", "1 ", "montag ", "12.", "und zwei ", "mnotag ", "in ", "(", "\u0000", "ä"]
)
def test_long_texts_are_capped_and_linear(piece: str) -> None:
    assert understand_when(piece * 10_000, DE) == AskWhen("too_long")
    understand_when(piece, DE)
    started = process_time()
    understand_when((piece * LONGEST_TEXT)[:LONGEST_TEXT], DE)
    assert process_time() - started < 0.1


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1961, "04-02"),
        (2000, "04-23"),
        (2024, "03-31"),
        (2025, "04-20"),
        (2026, "04-05"),
        (2027, "03-28"),
        (2038, "04-25"),
    ],
)
def test_easter_falls_on_the_known_sundays(year: int, sunday: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{sunday}")
