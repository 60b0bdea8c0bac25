"""The fake Cal.com answers the recorded exchanges as the real server did."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from whenever import Instant

from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_world import KEY

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))
EXCHANGES = [row for row in RECORDED["http"] if "request" in row]
BRAND = ("coachosVideoSettings", "calVideoSettings")
"""The recording mapped brand names; this one came out wrong."""
VOLATILE = {"timestamp", "createdAt", "updatedAt", "reservationUntil"}
BEGAN = Instant.parse_iso("2026-11-22T10:15:11Z")


class Mapping:
    """Ids of the recording on the left, of the fake on the right, learned as they appear."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def learn(self, recorded: Any, ours: Any) -> None:
        for name in ("uid", "reservationUid"):
            if isinstance(recorded, dict) and isinstance(recorded.get(name), str) and isinstance(ours, dict):
                self.known[recorded[name]] = ours.get(name, "")

    def apply(self, text: str) -> str:
        for recorded, ours in self.known.items():
            text = text.replace(recorded, ours)
        return text


def replay() -> dict[str, tuple[Any, Any, int, int]]:
    """Every exchange in order on one fake: name -> (recorded body, our body, recorded status, our status)."""
    fake, ids = FakeCalcom(FixedClock(BEGAN)), Mapping()
    results = {}
    for row in EXCHANGES:
        asked = row["request"]
        parts = urlsplit(ids.apply(asked["path"]))
        headers = {"cal-api-version": asked["cal-api-version"]} if asked["cal-api-version"] else {}
        if asked["auth"]:
            headers["authorization"] = f"Bearer {KEY}"
        answer = fake.handle(
            FakeRequest(asked["method"], parts.path, dict(parse_qsl(parts.query)), headers, asked["json"])
        )
        recorded = row["response"]["json"]
        ids.learn(recorded.get("data"), answer.json.get("data"))
        recorded = json.loads(ids.apply(json.dumps(recorded)).replace(*BRAND))
        results[row["name"]] = (recorded, answer.json, row["response"]["status"], answer.status)
    return results


@pytest.fixture(scope="module")
def replayed() -> dict[str, tuple[Any, Any, int, int]]:
    return replay()


def plain(value: Any) -> Any:
    """The value without what is different in every run."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items() if name not in VOLATILE}
    return [plain(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", [row["name"] for row in EXCHANGES])
def test_b40_recorded_exchange(replayed, name):
    recorded, ours, recorded_status, our_status = replayed[name]
    assert our_status == recorded_status
    assert plain(ours) == plain(recorded)


def test_recorded_race_is_a_bare_409():
    fake = FakeCalcom(FixedClock(BEGAN), race_seconds=0.1)
    body = {
        "start": "2027-06-04T09:00:00Z",
        "eventTypeId": 30,
        "attendee": {"name": "Anna", "email": "race@example.test", "timeZone": "Europe/Berlin"},
    }
    headers = {"cal-api-version": "2024-08-13"}
    first = fake.handle(FakeRequest("POST", "/v2/bookings", headers=headers, json=body))
    second = fake.handle(FakeRequest("POST", "/v2/bookings", headers=headers, json=body))
    races = [row["response"] for row in RECORDED["http"] if row["name"] == "book_race"]
    assert first.status == 201
    assert {"status": second.status, "json": second.json} in races
    other = {**body, "eventTypeId": 15}
    assert fake.handle(FakeRequest("POST", "/v2/bookings", headers=headers, json=other)).status == 201
