"""The scripted agent: which tool it calls for what was said, and with which words."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handfest.catalogue.compiled import CompiledCatalogue, compile_catalogue
from handfest.catalogue.parse import parse_business
from handfest.model.catalogue import Catalogue
from handfest.web.console.try_agent import Heard, next_move, open_day, script
from handfest.web.console.try_talk import TryTalk, talk_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "salon.toml"
NOW = datetime(2026, 12, 2, 10, 42, tzinfo=ZoneInfo("Europe/Berlin"))
OFFERS = [
    {"id": "A1", "start": "2026-12-03T10:00:00+01:00"},
    {"id": "A2", "start": "2026-12-03T15:30:00+01:00"},
]


@pytest.fixture(scope="module")
def salon() -> CompiledCatalogue:
    parsed = parse_business(EXAMPLE.read_text("utf-8"))
    assert isinstance(parsed, Catalogue)
    return compile_catalogue(parsed, None)


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        (
            "Hallo, ich hätte gern einen Herrenhaarschnitt, morgen um elf.",
            "check_availability",
            {
                "service": "Herrenhaarschnitt",
                "when": "Hallo, ich hätte gern einen Herrenhaarschnitt, morgen um elf.",
            },
        ),
        (
            "Haben Sie morgen um elf etwas frei?",
            "check_availability",
            {"when": "Haben Sie morgen um elf etwas frei?"},
        ),
        ("Eine Zahnreinigung bitte", "check_availability", {"service": "Zahnreinigung"}),
        ("Ich möchte meinen Termin absagen", "cancel_appointment", {}),
        (
            "Kann ich das auf morgen verschieben?",
            "reschedule_appointment",
            {"when": "Kann ich das auf morgen verschieben?"},
        ),
        (
            "Rufen Sie mich bitte zurück, mein Name ist Vera Schablone.",
            "request_callback",
            {
                "reason": "Rufen Sie mich bitte zurück, mein Name ist Vera Schablone.",
                "name": "Vera Schablone",
            },
        ),
        ("Was bieten Sie denn an?", "list_services", {}),
        ("Wie sind Ihre Öffnungszeiten?", "opening_hours", {}),
    ],
)
def test_words_become_the_tool_that_an_agent_would_call(
    salon: CompiledCatalogue, text: str, tool: str, arguments: dict[str, str]
) -> None:
    move = next_move(Heard(salon, "de", NOW), text)
    assert (move.tool, dict(move.arguments)) == (tool, arguments)


@pytest.mark.parametrize(
    ("text", "offers", "offer"),
    [
        ("Ja, gern.", OFFERS[:1], "A1"),
        ("Die zweite bitte.", OFFERS, "A2"),
        ("Dann um halb vier.", OFFERS, "A2"),
        ("Morgen um zehn.", OFFERS, "A1"),
    ],
)
def test_an_agreed_offer_is_booked_by_its_id(
    salon: CompiledCatalogue, text: str, offers: list[dict[str, str]], offer: str
) -> None:
    heard = Heard(salon, "de", NOW, {"code": "offered", "offers": offers}, "Erika Beispiel")
    move = next_move(heard, text)
    assert (move.tool, dict(move.arguments)) == (
        "book_appointment",
        {"offer": offer, "name": "Erika Beispiel"},
    )


def test_nothing_is_booked_without_a_name_or_a_choice(salon: CompiledCatalogue) -> None:
    one, two = ({"code": "offered", "offers": OFFERS[:count]} for count in (1, 2))
    assert next_move(Heard(salon, "de", NOW, one), "Ja, gern.").say == script()["say"]["de"]["name"]
    assert next_move(Heard(salon, "de", NOW, two), "Ja, gern.").say == script()["say"]["de"]["which"]
    assert next_move(Heard(salon, "de", NOW, one), "Nein.").say == script()["say"]["de"]["other"]
    waits = Heard(salon, "de", NOW, one, None, "A1")
    assert dict(next_move(waits, "Karl Muster.").arguments) == {"offer": "A1", "name": "Karl Muster"}


@pytest.mark.parametrize(
    ("today", "spoken_of"),
    [("2026-12-02", "2026-12-03"), ("2026-12-05", "2026-12-08"), ("2026-12-24", "2026-12-29")],
)
def test_a_ready_call_asks_for_a_day_that_is_open(
    salon: CompiledCatalogue, today: str, spoken_of: str
) -> None:
    """Prevents that a call which shows how booking goes ends at a closed door on a Saturday or before a holiday."""
    now = datetime.combine(date.fromisoformat(today), NOW.timetz())
    assert str(open_day(Heard(salon, "de", now))) == spoken_of


def test_both_languages_have_the_same_script() -> None:
    data = script()
    for room in ("say", "words"):
        assert sorted(data[room]["de"]) == sorted(data[room]["en"])
    for call in data["call"]:
        assert sorted(call["title"]) == sorted(call["about"]) == ["de", "en"]
        assert all(sorted(step["says"]) == ["de", "en"] for step in call["step"])


def test_a_talk_travels_with_the_page_and_nothing_else_is_taken_for_one() -> None:
    talk = TryTalk("try_1", 1_000, ({"role": "user", "content": "ä"},), "Erika", "A1", "plain", 1)
    assert talk_of(talk.as_text()) == talk
    for other in (None, "", "[]", "{}", '{"call_id": 1}', talk.as_text().replace("try_1", "call_1")):
        assert talk_of(other) is None
