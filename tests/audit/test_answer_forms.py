"""Requests and answers in the shapes of many gateways: the same healthy call is accused in none of them."""

import tomllib

import pytest

from audit.labelled_calls import HERE, catalogues
from audit.scenario import build_call
from handfest.diagnosis.audit.suite_answer import answer_item

FORMS = tomllib.loads((HERE / "answer_forms.toml").read_text("utf-8"))
REQUEST = '{"date":"2026-01-16","time":"10:00","service_name":"Strähnen"}'
DAY = '{"date":"2026-01-16","service_name":"Strähnen"}'
FREE = '{"success":true,"available":true,"date":"2026-01-16","time":"10:00"}'
DONE = '{"success":true,"booking_id":"b1","status":"booked"}'
SAY = """
A: Guten Tag.
C: Strähnen am Freitag um zehn.
> {check} {asked}
< {free}
A: Freitag um 10 Uhr ist frei. Soll ich buchen?
C: Ja bitte.
> {book} {ordered}
< {done}
A: Strähnen am Freitag um 10 Uhr, das ist gebucht.
C: Danke.
"""


def verdict(
    asked: str = REQUEST,
    free: str = FREE,
    ordered: str = REQUEST,
    done: str = DONE,
    tools: tuple[str, str] = ("check_availability", "book_appointment"),
) -> tuple[list[str], str]:
    say = SAY.format(check=tools[0], book=tools[1], asked=asked, free=free, ordered=ordered, done=done)
    call = build_call({"say": say, "start": "2026-01-13T14:05:00+01:00"})
    answer = answer_item({"id": "form", "catalogue": "salon", "call": call}, catalogues())["answer"]
    return [finding["id"] for finding in answer["findings"]], answer["outcome"]


@pytest.mark.parametrize("form", FORMS["checks"])
def test_a_free_time_is_read_in_every_form(form: str) -> None:
    assert verdict(free=form) == ([], "booked")


@pytest.mark.parametrize("form", [form for form in FORMS["checks"] if "10" in form or "09:00" in form])
def test_a_day_searched_is_read_in_every_form(form: str) -> None:
    assert verdict(asked=DAY, free=form) == ([], "booked")


@pytest.mark.parametrize("form", FORMS["bookings"])
def test_a_booking_made_is_read_in_every_form(form: str) -> None:
    assert verdict(done=form) == ([], "booked")


@pytest.mark.parametrize("form", FORMS["requests"])
def test_a_request_is_read_in_every_form(form: str) -> None:
    assert verdict(asked=form, ordered=form) == ([], "booked")


@pytest.mark.parametrize("tools", FORMS["tools"], ids=" ".join)
def test_tools_are_known_by_what_they_do(tools: list[str]) -> None:
    assert verdict(tools=(tools[0], tools[1])) == ([], "booked")


def test_an_answer_that_cannot_be_read_accuses_nobody_but_a_failed_one_does() -> None:
    assert verdict(free='{"success":true,"payload":"opaque"}') == ([], "booked")
    told, _ = verdict(free='{"success":false,"message":"Fehler"}')
    assert {"HF402", "HF407", "HF411"} <= set(told)
