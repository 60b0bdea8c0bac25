"""What surrounds the words: a part of the day agreed earlier, the horizon, and a model's arguments."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from handfest.model.wish import AskWhen, DateRange, RefuseWhen, TimeWindow, Wish
from handfest.speech.when import WhenContext, combine_when, understand_when
from handfest.speech.when_answer import answer_item, when_answer

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2025, 10, 21, 9, 0, tzinfo=BERLIN)
DE = WhenContext(NOW, BERLIN, "de")


def test_an_agreed_part_of_the_day_settles_a_bare_hour() -> None:
    afternoon = replace(DE, window=TimeWindow(780, 1080, vague=True))
    assert understand_when("um drei", afternoon) == Wish(at=time(15))
    assert understand_when("um drei", DE) == AskWhen("half_of_day", (Wish(at=time(3)), Wish(at=time(15))))


def test_days_beyond_the_horizon_are_too_far() -> None:
    near = replace(DE, horizon_days=60)
    assert understand_when("am 24. Dezember", near) == RefuseWhen("too_far", Wish(day=date(2025, 12, 24)))
    assert understand_when("am 24. November", near) == Wish(day=date(2025, 11, 24))


def test_an_ask_carries_the_concrete_days() -> None:
    reading = understand_when("nächsten Freitag", DE)
    assert isinstance(reading, AskWhen)
    assert [wish.day for wish in reading.readings] == [date(2025, 10, 24), date(2025, 10, 31)]


def test_the_moment_is_read_in_the_business_zone() -> None:
    utc = replace(DE, now=datetime(2025, 10, 21, 22, 30, tzinfo=ZoneInfo("UTC")))
    assert understand_when("morgen", utc) == Wish(day=date(2025, 10, 23))


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2025-10-22", "11:00", Wish(day=date(2025, 10, 22), at=time(11))),
        ("morgen", "halb elf", Wish(day=date(2025, 10, 22), at=time(10, 30))),
        (
            "Mittwoch, 22. Oktober",
            "vormittags",
            Wish(day=date(2025, 10, 22), window=TimeWindow(480, 720, True)),
        ),
        ("morgen", None, Wish(day=date(2025, 10, 22))),
        (None, "14 Uhr", Wish(at=time(14))),
        (None, "10", Wish(at=time(10))),
        ("", "  ", Wish()),
        (None, None, Wish()),
        ("tomorrow", "2:30 pm", Wish(day=date(2025, 10, 22), at=time(14, 30))),
        ("2025-10-22T11:00:00", None, Wish(day=date(2025, 10, 22), at=time(11))),
        ("2025-10-22T09:00:00Z", "11:00", Wish(day=date(2025, 10, 22), at=time(11))),
        ("2025-10-22T00:00:00", "11:00", Wish(day=date(2025, 10, 22), at=time(11))),
        ("Dienstag, den 11. November", "9 Uhr 30", Wish(day=date(2025, 11, 11), at=time(9, 30))),
        ("24.12.", "1430", Wish(day=date(2025, 12, 24), at=time(14, 30))),
        (None, "elf", Wish(at=time(11))),
        ("15", "10", Wish(day=date(2025, 11, 15), at=time(10))),
        ("null", "undefined", Wish()),
    ],
)
def test_arguments_alone(day: str | None, clock: str | None, expected: Wish) -> None:
    assert combine_when(None, day, clock, DE) == expected


def test_b13_hallucinated_years_in_arguments_are_refused() -> None:
    assert combine_when(None, "2023-10-22", "11:00", DE) == RefuseWhen("past")


def test_b15_an_invented_past_time_never_becomes_another_one() -> None:
    late = replace(DE, now=datetime(2025, 10, 13, 15, 5, tzinfo=BERLIN))
    reading = combine_when(None, "heute", "09:00", late)
    assert isinstance(reading, RefuseWhen)
    assert reading.reason == "past"


def test_clear_words_win_over_arguments() -> None:
    words = understand_when("übermorgen um elf", DE)
    assert combine_when(words, "2025-10-22", "14:00", DE) == Wish(day=date(2025, 10, 23), at=time(11))


def test_b24_words_keep_their_day_and_take_the_time_from_the_argument() -> None:
    words = understand_when("am Donnerstag", DE)
    assert combine_when(words, "2025-10-22", "14:00", DE) == Wish(day=date(2025, 10, 23), at=time(14))


def test_doubtful_words_stay_a_question_whatever_the_model_made_of_them() -> None:
    words = understand_when("nächsten Freitag", DE)
    assert combine_when(words, "2025-10-31", "10:00", DE) == words


def test_a_day_inside_the_range_that_was_said_is_more_precise() -> None:
    words = understand_when("nächste Woche", DE)
    assert combine_when(words, "2025-10-29", "10:00", DE) == Wish(day=date(2025, 10, 29), at=time(10))
    assert combine_when(words, "2025-10-24", None, DE) == Wish(
        days=DateRange(date(2025, 10, 27), date(2025, 11, 2))
    )


def test_combined_wishes_are_checked_again() -> None:
    words = understand_when("am Sonntag", DE)
    reading = combine_when(words, None, "02:30", DE)
    assert isinstance(reading, AskWhen)
    assert reading.reason == "repeated_hour"


def test_answers_have_the_published_shape() -> None:
    assert when_answer(Wish(day=date(2025, 10, 22), window=TimeWindow(0, 960))) == {
        "date": "2025-10-22",
        "window": ["00:00", "16:00"],
    }
    assert when_answer(Wish(days=DateRange(date(2025, 10, 22), None), earliest=True)) == {
        "date_range": ["2025-10-22", None],
        "earliest": True,
    }
    assert when_answer(Wish()) == {}
    assert when_answer(RefuseWhen("no_such_date")) == {"invalid": "no_such_date"}
    item = {
        "id": "x1",
        "text": "um drei",
        "lang": "de",
        "now": "2025-10-21T09:00:00+02:00",
        "tz": "Europe/Berlin",
    }
    assert answer_item({**item, "context": {"window": ["13:00", "18:00"]}}) == {
        "id": "x1",
        "answer": {"time": "15:00"},
    }


def test_a_timestamp_that_disagrees_with_the_time_is_asked_about() -> None:
    reading = combine_when(None, "2025-10-22T09:00:00Z", "09:00", DE)
    assert isinstance(reading, AskWhen)
    assert reading.reason == "two_alternatives"


def test_b13_a_year_long_past_never_moves_the_words() -> None:
    words = understand_when("morgen um elf", DE)
    assert combine_when(words, "2023-10-22", None, DE) == Wish(day=date(2025, 10, 22), at=time(11))
    assert isinstance(combine_when(None, "2023-10-22", "11:00", DE), RefuseWhen)


def test_a_lone_number_is_an_hour_only_when_a_part_of_the_day_was_agreed() -> None:
    morning = replace(DE, window=TimeWindow(480, 720))
    assert understand_when("elf", morning) == Wish(at=time(11))
    assert isinstance(understand_when("elf", DE), AskWhen)
