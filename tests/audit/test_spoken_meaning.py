"""How single sentences are heard: done or not, free or not, agreed or not."""

import tomllib
from datetime import date
from typing import Any

import pytest

from audit.labelled_calls import HERE, catalogues
from audit.scenario import build_call
from handfest.diagnosis.audit.availability_claim import claims_in
from handfest.diagnosis.audit.consent import consent_before
from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.audit.spoken_result import done_claims
from handfest.diagnosis.hearing.spoken_time import read_times
from handfest.diagnosis.recording.call_export import Unreadable, parse_call

TABLE = tomllib.loads((HERE / "spoken.toml").read_text("utf-8"))
WISH = {
    "de": "C: Haben Sie morgen um 10, um 11 oder um 15 Uhr Zeit?",
    "en": "C: Tomorrow at 10 am or 2 pm?",
}
OFFER = {
    "de": "C: Eine Bartpflege, morgen um elf.\nA: Morgen um 11 Uhr ist frei. Soll ich das buchen?",
    "en": "C: A check-up tomorrow at 11 am.\nA: 11 am tomorrow is available. Shall I book it?",
}


def rows(kind: str) -> list[tuple[str, Any]]:
    return [(language, row) for language in TABLE for row in TABLE[language][kind]]


def evidence(language: str, say: str) -> CallEvidence:
    call = parse_call(build_call({"start": "2026-01-13T14:05:00+01:00", "say": say}))
    assert not isinstance(call, Unreadable)
    return CallEvidence(call, catalogues()["dental" if language == "en" else "salon"])


def availability(language: str, text: str) -> str:
    heard = evidence(language, f"{WISH[language]}\nA: {text}")
    said = read_times(WISH[language], language, date(2026, 1, 13)).clocks
    marks = ""
    for clause in heard.speeches[-1].clauses:
        found = claims_in(clause, clause.times.days, said, wished=True, evidence=heard)
        marks += "".join("F" if claim.free else "N" for claim in found)
    return marks


@pytest.mark.parametrize(("language", "text"), rows("done"))
def test_b85_a_statement_that_something_is_done_is_heard(language: str, text: str) -> None:
    assert done_claims(evidence(language, f"A: {text}"))


@pytest.mark.parametrize(("language", "text"), rows("not_done") + rows("neutral"))
def test_plans_questions_and_failures_are_no_statement_of_success(language: str, text: str) -> None:
    assert not done_claims(evidence(language, f"A: {text}"))


@pytest.mark.parametrize(("language", "row"), rows("availability"))
def test_b84_what_is_said_about_free_times_is_heard(language: str, row: list[str]) -> None:
    text, wanted = row
    assert availability(language, text) == wanted


@pytest.mark.parametrize(("language", "text"), rows("neutral"))
def test_neutral_sentences_say_nothing_about_free_times(language: str, text: str) -> None:
    assert availability(language, text) == ""


@pytest.mark.parametrize(("language", "text"), rows("agrees"))
def test_an_agreeing_reply_agrees_to_the_time_on_the_table(language: str, text: str) -> None:
    consent = consent_before(evidence(language, f"{OFFER[language]}\nC: {text}"), 99)
    assert consent.stance == "agreed"
    assert [start.clock.minutes for start in consent.starts] == [11 * 60]


@pytest.mark.parametrize(("language", "text"), rows("does_not_agree"))
def test_doubt_refusal_and_questions_are_no_consent(language: str, text: str) -> None:
    assert consent_before(evidence(language, f"{OFFER[language]}\nC: {text}"), 99).stance == "open"


@pytest.mark.parametrize(("language", "row"), rows("times"))
def test_times_are_read_as_they_are_said(language: str, row: list[Any]) -> None:
    text, wanted = row
    read = read_times(text.lower(), language, date(2026, 1, 13)).clocks
    assert sorted(f"{c.minutes // 60}:{c.minutes % 60:02}" for c in read) == sorted(wanted)


@pytest.mark.parametrize(("language", "row"), rows("days"))
def test_days_are_told_by_weeks_and_by_other_days(language: str, row: list[str]) -> None:
    text, wanted = row
    days = read_times(text.lower(), language, date(2026, 1, 13)).days
    assert ([day.dates[0].isoformat() for day in days] == [wanted]) if wanted else any(d.open for d in days)
