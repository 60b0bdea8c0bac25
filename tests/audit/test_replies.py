"""What a caller answers to an offer: nobody is accused by a reply that is not understood (HF409, HF420)."""

import tomllib

import pytest

from audit.labelled_calls import HERE, catalogues, item
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

TABLE = tomllib.loads((HERE / "replies.toml").read_text("utf-8"))
SAY = """
A: Hello.
C: {wish}
> check_availability {{"date":"2026-01-14","service_name":"{service}"}}
< {{"success":true,"date":"2026-01-14","available_slots":["11:00","14:30","15:00"]}}
A: {offer}
C: {reply}
> book_appointment {{"date":"2026-01-14","time":"{booked}","service_name":"{service}"}}
< {{"success":true,"booking_id":"b1","status":"booked"}}
A: {done}
"""
DONE = {"de": "Das ist gebucht, danke für Ihren Anruf.", "en": "That's booked, thank you for calling."}


def rows(kind: str) -> list[tuple[str, str]]:
    return [(language, reply) for language in TABLE for reply in TABLE[language][kind]]


def findings(language: str, offer: str, reply: str, booked: str) -> list[str]:
    words = TABLE[language]
    say = SAY.format(
        wish=words["wish"],
        service=words["service"],
        offer=words[offer],
        reply=reply,
        booked=booked,
        done=DONE[language],
    )
    call = {"id": "reply", "catalogue": words["catalogue"], "start": "2026-01-13T14:05:00+01:00", "say": say}
    return labelled(answer_item(item(call), catalogues())["answer"]["findings"])


@pytest.mark.parametrize(("language", "reply"), rows("takes"))
def test_whoever_takes_an_offer_in_whatever_words_accuses_nobody(language: str, reply: str) -> None:
    assert findings(language, "one", reply, "11:00") == []


@pytest.mark.parametrize(("language", "reply"), rows("picks"))
def test_whoever_picks_one_of_two_accuses_nobody(language: str, reply: str) -> None:
    assert findings(language, "two", reply, "14:30") == []


@pytest.mark.parametrize(("language", "reply"), rows("refuses"))
def test_whoever_hesitates_refuses_or_only_asks_has_not_agreed(language: str, reply: str) -> None:
    assert findings(language, "one", reply, "11:00") == ["HF420"]


@pytest.mark.parametrize(("language", "reply"), rows("counters"))
def test_whoever_asks_for_another_time_has_not_agreed_to_the_one_offered(language: str, reply: str) -> None:
    assert findings(language, "one", reply, "11:00") in (["HF409"], ["HF420"])
