"""The client: versions, deadlines, both envelopes, and what is certain when a request fails."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handfest.calendars.calcom_budget import Breaker, RateBudget
from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_errors import Kind, problem_of
from handfest.calendars.calcom_http import (
    AiohttpSession,
    AnswerLost,
    HttpAnswer,
    HttpRequest,
    NotSent,
    checked_base_url,
)
from handfest.errors import (
    ConfigurationError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TimedOut,
    Unauthorised,
    Unreachable,
)
from handfest.testing.calcom_house import NOW, studio_world
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_server import run_fake
from handfest.testing.fake_calcom_world import KEY

RECORDED = [
    row
    for row in json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))["http"]
    if "request" in row
]
BODY = {
    "eventTypeId": 30,
    "start": "2027-06-01T08:00:00Z",
    "attendee": {"name": "Erika Beispiel", "timeZone": "Europe/Berlin", "phoneNumber": "+4915112345678"},
}
BRIEF = Deadlines(connect=0.2, read=0.3, write=0.3)


class Recording:
    """`Http` that answers the recorded exchanges and notes what was asked."""

    def __init__(self, *answers: HttpAnswer) -> None:
        self.answers = list(answers)
        self.asked: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.asked.append(request)
        return self.answers.pop(0)

    async def close(self) -> None:
        """Nothing to let go."""


def recorded(name: str) -> HttpAnswer:
    row = next(row for row in RECORDED if row["name"] == name)["response"]
    return HttpAnswer(row["status"], {}, json.dumps(row["json"]).encode())


def client_of(http: object, base: str = "http://127.0.0.1/v2", key: str = KEY) -> CalcomClient:
    return CalcomClient(http, base, key, FixedClock(NOW))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("book_taken", Kind.NOT_POSSIBLE),
        ("book_past", Kind.NOT_POSSIBLE),
        ("book_notice", Kind.NOT_POSSIBLE),
        ("book_limit_2", Kind.NOT_POSSIBLE),
        ("book_no_email", Kind.FIELD),
        ("book_unknown_event_type", Kind.NOT_FOUND),
        ("book_no_version", Kind.OTHER),
        ("reserve_conflict", Kind.UNPROCESSABLE),
        ("list_no_auth", Kind.CREDENTIAL),
        ("booking_unknown", Kind.NOT_FOUND),
        ("cancel_twice", Kind.NOT_POSSIBLE),
        ("reschedule_old", Kind.NOT_POSSIBLE),
    ],
)
def test_b75_recorded_errors_are_told_apart_by_status_and_code(name, kind):
    assert problem_of(recorded(name)).kind is kind


def test_limit_in_a_401_is_no_credential_problem_and_a_bare_409_is_a_conflict():
    assert problem_of(recorded("book_limit_2")).kind is not Kind.CREDENTIAL
    bare = HttpAnswer(409, {}, b'{"statusCode":409,"message":"booking_conflict_error"}')
    assert problem_of(bare).kind is Kind.CONFLICT
    assert problem_of(HttpAnswer(502, {}, b"<html>")).kind is Kind.BROKEN


async def test_recorded_exchanges_replay_through_the_client():
    http = Recording(
        *(
            recorded(name)
            for name in (
                "me",
                "event_types",
                "event_type",
                "slots_range",
                "book",
                "booking_get",
                "reschedule",
                "cancel",
                "reserve",
                "reservation_delete",
            )
        )
    )
    client, limits = client_of(http), Deadlines()
    assert (await client.me(limits))["username"] == "salon"
    kinds = {kind.id: kind for kind in await client.event_types(limits)}
    assert kinds[46].needs_confirmation
    assert (kinds[48].notice_min, kinds[45].lengths) == (2880, (15, 30, 60))
    assert kinds[49].phone_demanded
    assert not kinds[49].email_demanded
    alone = await client.event_type(30, limits)
    assert alone is not None
    assert alone.email_demanded
    start = NOW.add(hours=24)
    slots = await client.slots(30, NOW, start.add(hours=24), limits)
    assert len(slots) == 16
    assert {minutes for _, minutes in slots} == {30}
    made = await client.book(BODY, limits)
    assert (made.event_type_id, made.duration_min, made.host_ids, made.status) == (30, 30, (101,), "accepted")
    assert (await client.booking(made.uid, limits)) == made
    moved = await client.reschedule(made.uid, start, "x", limits)
    assert moved.from_uid == made.uid
    assert not (await client.cancel(moved.uid, "x", limits)).live
    uid = await client.reserve(30, start, 3, limits)
    assert uid is not None
    await client.unreserve(uid, limits)
    versions = {
        urlsplit(one.url).path.split("/")[2]: one.headers.get("cal-api-version") for one in http.asked
    }
    assert versions == {
        "me": None,
        "event-types": "2024-06-14",
        "slots": "2024-09-04",
        "bookings": "2024-08-13",
    }


async def test_b25_instants_are_explicit_and_no_two_slot_queries_are_the_same():
    http = Recording(recorded("slots_empty"), recorded("slots_empty"))
    client = client_of(http)
    for _ in range(2):
        await client.slots(30, NOW, NOW.add(hours=24), Deadlines())
    queries = [one.query for one in http.asked]
    assert queries[0] != queries[1], "the server keeps answers for two seconds by their text"
    assert all(query["start"].endswith("Z") and query["end"].endswith("Z") for query in queries)


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [
        (FaultKind.RESET_BEFORE, TimedOut, OutcomeUnknown),
        (FaultKind.TIMEOUT_AFTER, TimedOut, OutcomeUnknown),
        (FaultKind.ERROR_AFTER, Unreachable, OutcomeUnknown),
        (FaultKind.RATE_LIMITED, RateLimited, RateLimited),
        (FaultKind.KEY_EXPIRED, Unauthorised, Unauthorised),
        (FaultKind.WRONG_REGION, Unauthorised, Unauthorised),
    ],
)
async def test_faults_over_real_http(kind, read, write):
    """Reads are tried twice; writes once, and what may have happened is never called failed."""
    fake = FakeCalcom(FixedClock(NOW), studio_world())
    async with run_fake(fake) as running:
        http = AiohttpSession()
        for expected, method in ((read, "GET"), (write, "POST")):
            client = client_of(http, running.base_url)
            for _ in range(4):  # aiohttp repeats a GET by itself when an idle connection was closed
                fake.faults.plan(kind, method=method)
            with pytest.raises(expected):
                await (client.me(BRIEF) if method == "GET" else client.book(BODY, BRIEF))
            fake.faults.planned.clear()
        await http.close()


async def test_one_lost_read_is_tried_again():
    fake = FakeCalcom(FixedClock(NOW), studio_world())
    async with run_fake(fake) as running:
        http = AiohttpSession()
        fake.faults.plan(FaultKind.RESET_BEFORE)
        assert (await client_of(http, running.base_url).me(BRIEF))["username"] == "anna"
        await http.close()


async def test_nobody_listening_is_certain_not_to_have_booked():
    http = AiohttpSession()
    client = client_of(http, "http://127.0.0.1:9/v2")
    with pytest.raises(Unreachable):
        await client.book(BODY, BRIEF)
    await http.close()


async def test_redirects_are_not_followed():
    client = client_of(Recording(HttpAnswer(302, {"location": "https://elsewhere.example/"}, b"")))
    with pytest.raises(Rejected):
        await client.me(Deadlines())


@pytest.mark.parametrize(
    "url",
    [
        "http://api.cal.com/v2",
        "https://user:key@api.cal.com/v2",
        "ftp://api.cal.com",
        "https://api.cal.com/v2?x=1",
        "api.cal.com/v2",
        "https://api.cal.com/v2#x",
        "http://127.0.0.1.example.com/v2",
        "http://localhost.example.com/v2",
        "http://0.0.0.0:5555/v2",
        "http://169.254.169.254/v2",
        "https:///v2",
        "file:///etc/passwd",
    ],
)
def test_base_urls_that_leak_or_lead_astray_are_refused(url):
    with pytest.raises(ConfigurationError):
        checked_base_url(url)


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        (None, "https://api.cal.com/v2"),
        ("https://api.cal.eu/v2/", "https://api.cal.eu/v2"),
        ("http://127.0.0.1:5555/v2", "http://127.0.0.1:5555/v2"),
        ("http://[::1]:5555/v2", "http://[::1]:5555/v2"),
    ],
)
def test_base_urls(url, checked):
    assert checked_base_url(url) == checked


def test_deadlines_fit_into_the_answer():
    for deadline_ms in (300, 2200, 10_000):
        limits = Deadlines.within(deadline_ms)
        assert 2 * limits.read * 1000 < deadline_ms
        assert limits.write * 1000 < deadline_ms


def test_b74_budget_keeps_a_reserve_and_obeys_the_server():
    clock = FixedClock(NOW)
    budget = RateBudget(clock)
    for _ in range(100):
        budget.take(keep=20)
    with pytest.raises(RateLimited):
        budget.take(keep=20)
    budget.take(keep=0)
    clock.advance(61)
    assert budget.left == 120
    budget.heard("7", "120")
    assert budget.left == 7
    budget.blocked("30")
    assert budget.left == 0
    clock.advance(31)
    assert budget.left > 0


def test_breaker_closes_after_one_answer():
    clock = FixedClock(NOW)
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed()
    with pytest.raises(Unreachable):
        breaker.check()
    clock.advance(11)
    breaker.check()
    breaker.succeeded()
    breaker.check()


def test_what_is_certain_is_in_the_exception():
    assert not issubclass(NotSent, AnswerLost)
    assert not issubclass(AnswerLost, NotSent)
