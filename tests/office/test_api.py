"""The management API over HTTP: typed answers, typed refusals, pages, keys, and its document."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from handfest.model.actor import Scope
from handfest.testing.scenario_stage import Stage
from retell_house import SALON, tool
from visitors import key_of, stranger

SALON_API = "/api/businesses/salon"


@pytest.fixture
async def till(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """A program with a key to the salon that may do everything but change its people."""
    headers = await key_of(stage, "salon", Scope.READ, Scope.DESK, Scope.CATALOGUE)
    async with stranger(stage) as client:
        client.headers.update(headers)
        yield client


async def booked(stage: Stage, call_id: str = "call_1", clock: str = "14:00") -> str:
    """The id of an appointment made on the phone."""
    asked = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": clock, "staff": "Maria"}
    offered = await tool(stage, SALON, call_id, "check_availability", asked)
    agreed = {"offer": offered["offers"][0]["id"], "name": "Erika Beispiel"}
    made = await tool(stage, SALON, call_id, "book_appointment", agreed)
    return made["booking"]["id"]


async def test_who_asks_and_what_they_may(till):
    me = (await till.get("/api/me")).json()
    assert (me["roles"], me["scopes"]) == ({"salon": "owner"}, ["catalogue", "desk", "read"])
    rows = (await till.get("/api/businesses")).json()
    assert [(row["id"], row["figures"]["calls"]) for row in rows] == [("salon", 0)]


async def test_a_call_is_found_shown_and_its_booking_moved_while_it_runs(stage, till):
    booking_id = await booked(stage)
    (row,) = (
        await till.get(f"{SALON_API}/calls", params={"outcome": "booked", "text": "Herrenhaarschnitt"})
    ).json()["rows"]
    assert (row["id"], row["service_id"], row["agent_version"]) == ("call_1", "herren", "7")
    shown = (await till.get(f"{SALON_API}/calls/call_1")).json()
    assert [one["verdict"] for one in shown["promises"]] == ["kept"]
    assert {"caller", "agent", "tool"} & {event["lane"] for event in shown["timeline"]}
    assert shown["story"]["outcome"] == "booked"
    (live,) = (await till.get(f"{SALON_API}/live")).json()
    assert (live["call"]["id"], live["service"], live["last_code"]) == (
        "call_1",
        "Herrenhaarschnitt",
        "booked",
    )
    moved = await till.post(
        f"{SALON_API}/bookings/{booking_id}/move", json={"start": "2025-10-22T16:30:00+02:00"}
    )
    assert (moved.status_code, moved.json()["start"]) == (200, "2025-10-22T16:30:00+02:00")
    told = await tool(stage, SALON, "call_1", "opening_hours", {})
    assert told["say"].startswith("Vorab eine Nachricht aus dem Haus")
    provenance = (await till.get(f"{SALON_API}/bookings/{booking_id}")).json()
    assert provenance["provenance"]["spoken"] == "Herrenhaarschnitt"
    assert provenance["replaced_by"]["id"] == moved.json()["id"]
    assert [change["what"] for change in provenance["changes"]] == ["booking_moved"]


async def test_booked_and_cancelled_at_the_desk(till):
    wanted = {
        "service_id": "herren",
        "start": "2025-10-22T11:00:00+02:00",
        "customer": {"name": "Otto Muster", "phone": "030 23125011"},
    }
    made = await till.post(f"{SALON_API}/bookings", json=wanted)
    assert (made.status_code, made.json()["customer"]["phone"]) == (201, "+493023125011")
    day = (await till.get(f"{SALON_API}/days/2025-10-22")).json()
    assert [block["subject"] for column in day["columns"] for block in column["blocks"]] == [
        made.json()["id"]
    ]
    text = await till.get(f"{SALON_API}/bookings/{made.json()['id']}/ics")
    assert text.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Herrenhaarschnitt: Otto Muster" in text.text
    gone = await till.post(f"{SALON_API}/bookings/{made.json()['id']}/cancel", json={"reason": "krank"})
    assert gone.json()["state"] == "cancelled"
    again = await till.post(f"{SALON_API}/bookings/{made.json()['id']}/cancel", json={})
    assert (again.status_code, again.json()["code"]) == (409, "not_possible")


async def test_a_time_that_is_not_free_names_others(stage, till):
    first = await booked(stage)
    await booked(stage, "call_2", "16:00")
    refused = await till.post(
        f"{SALON_API}/bookings/{first}/move", json={"start": "2025-10-22T16:00:00+02:00"}
    )
    answer = refused.json()
    assert (refused.status_code, answer["ok"], answer["code"]) == (409, False, "not_free")
    assert answer["facts"]["why"] == "taken"
    assert answer["facts"]["free"]


async def test_pages_are_walked_by_their_cursor(stage, till):
    for number in range(5):
        await tool(stage, SALON, f"call_{number}", "opening_hours", {})
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await till.get(f"{SALON_API}/calls", params=params)).json()
        seen += [row["id"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [f"call_{number}" for number in range(5)]
    assert len(set(seen)) == 5


async def test_a_line_is_paused_by_its_number(stage, till):
    (line,) = (await till.get(f"{SALON_API}/lines")).json()
    path = f"{SALON_API}/lines/{line['platform']}/{line['name'].replace('+', '%2B')}"
    paused = await till.post(f"{path}/pause", json={"reason": "Inventur"})
    assert (paused.status_code, paused.json()["reason"]) == (200, "Inventur")
    asked = {"service": "Herrenhaarschnitt", "when": "morgen"}
    told = await tool(stage, SALON, "call_1", "check_availability", asked)
    assert told["code"] == "try_later"
    assert (await till.post(f"{path}/resume")).json()["paused_since"] is None


async def test_the_catalogue_is_edited_tried_and_applied(till):
    draft = (await till.get(f"{SALON_API}/catalogue/draft")).json()
    body = {"service_id": "herren", "alias": "Igelschnitt"}
    edited = (await till.post(f"{SALON_API}/catalogue/draft/aliases", json=body)).json()
    assert (draft["edit"], edited["edit"], edited["applicable"]) == (0, 1, True)
    tried = await till.get(
        f"{SALON_API}/catalogue/try-service", params={"words": "Igelschnitt", "draft": True}
    )
    assert (tried.json()["result"], tried.json()["service_ids"]) == ("resolved", ["herren"])
    stale = await till.put(f"{SALON_API}/catalogue/draft", json={"source": "", "edit": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    applied = await till.post(f"{SALON_API}/catalogue/draft/apply", json={"edit": 1})
    assert applied.json()["version"] == 2
    differences = await till.get(f"{SALON_API}/catalogue/differences", params={"old": 1, "new": 2})
    assert [row["where"] for row in differences.json()] == ["services[herren].aliases"]
    assert (await till.post(f"{SALON_API}/catalogue/roll-back", json={})).json()["version"] == 1
    when = await till.get(f"{SALON_API}/catalogue/try-time", params={"words": "übermorgen um halb drei"})
    assert when.json()["answer"] == {"date": "2025-10-23", "time": "14:30"}


@pytest.mark.parametrize(
    ("language", "cause"), [("de-DE,de;q=0.9", "Kein TOML"), ("fr, en", "not TOML"), ("", "not TOML")]
)
async def test_the_problems_of_a_draft_are_told_in_the_language_asked_for(till, language, cause):
    asked = {"accept-language": language}
    body = {"source": "[business\nid = 1", "edit": 0}
    saved = (await till.put(f"{SALON_API}/catalogue/draft", json=body, headers=asked)).json()
    refused = await till.post(f"{SALON_API}/catalogue/draft/apply", json={"edit": 1}, headers=asked)
    for problem in (saved["problems"][0], refused.json()["facts"]["problems"][0]):
        assert problem["code"] == "syntax_other"
        assert problem["cause"].startswith(cause)


async def test_callbacks_and_absences(stage, till):
    await tool(stage, SALON, "call_1", "request_callback", {"reason": "Farbberatung"})
    (row,) = (await till.get(f"{SALON_API}/callbacks")).json()["rows"]
    assert (await till.post(f"{SALON_API}/callbacks/{row['id']}/claim")).status_code == 200
    closed = await till.post(f"{SALON_API}/callbacks/{row['id']}/close", json={"result": "erreicht"})
    assert closed.json()["result"] == "erreicht"
    away = {"start": "2025-10-22T12:00:00+02:00", "end": "2025-10-22T13:00:00+02:00", "staff_id": "jana"}
    added = await till.post(f"{SALON_API}/absences", json=away)
    assert (added.status_code, added.json()[0]["who"]) == (201, "jana")
    gone = await till.delete(f"{SALON_API}/absences/{added.json()[0]['id']}")
    assert gone.status_code == 200
    log = (await till.get(f"{SALON_API}/changes")).json()["rows"]
    assert {line["what"] for line in log if line["actor_id"].startswith("key:")} == {
        "absence_removed",
        "absence_added",
        "callback_closed",
        "callback_claimed",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/calls/call_9", None, 404, "not_found"),
        ("GET", "/calls?cursor=x", None, 422, "invalid"),
        ("GET", "/calls?limit=0", None, 422, "invalid"),
        ("GET", "/calls?first=1999-01-01T00:00:00Z", None, 422, "invalid"),
        ("GET", "/calls?text=%00", None, 422, "invalid"),
        ("GET", "/calls/%00", None, 422, "invalid"),
        ("GET", "/agenda?first=2025-10-22T00:00:00Z&last=2025-10-21T00:00:00Z", None, 422, "invalid"),
        ("GET", "/days/0001-01-01", None, 422, "invalid"),
        ("GET", "/nothing", None, 404, "not_found"),
        ("POST", "/bookings", b"{", 422, "invalid"),
        ("POST", "/bookings", b'{"surprise": 1}', 422, "invalid"),
        ("POST", "/absences", b'{"start": "2025-10-22T12:00:00"}', 422, "invalid"),
        ("PUT", "/catalogue/draft", b'{"source": "\\u0000", "edit": 0}', 422, "invalid"),
        ("PUT", "/catalogue/draft", b'{"source": "\\ud800", "edit": 0}', 422, "invalid"),
        ("PUT", "/catalogue/draft", b'{"source": "", "edit": ' + b"9" * 30 + b"}", 422, "invalid"),
        ("PUT", "/catalogue/draft", b" " * (2 * 1024 * 1024 + 1), 413, "payload_too_large"),
    ],
)
async def test_every_no_has_one_shape_and_a_code(till, method, path, body, status, code):
    answer = await till.request(
        method, SALON_API + path, content=body, headers={"content-type": "application/json"}
    )
    told = answer.json()
    assert (answer.status_code, told["ok"], told["code"]) == (status, False, code)
    assert set(told) == {"ok", "code", "error", "facts"}


async def test_what_is_refused_does_not_repeat_what_was_given(till):
    body = {
        "service_id": "herren",
        "start": "2025-10-22T11:00:00+02:00",
        "customer": {"name": "Erika Beispiel", "age": 7},
    }
    answer = await till.post(f"{SALON_API}/bookings", json=body)
    assert answer.status_code == 422
    assert "Erika" not in answer.text


async def test_a_key_without_the_scope_is_refused(stage):
    headers = await key_of(stage, "salon", Scope.READ)
    async with stranger(stage) as client:
        answer = await client.post(f"{SALON_API}/absences", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")


async def test_the_document_for_people_brings_nothing_from_elsewhere(stage):
    async with stranger(stage) as client:
        page = await client.get("/api/docs")
        document = (await client.get("/api/openapi.json")).json()
    assert page.status_code == 200
    assert page.text.count("<script") == 1
    assert 'src="http' not in page.text
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} /api{path}" in page.text
    assert json.dumps(document).count("Internal") == 0
