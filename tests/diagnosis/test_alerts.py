"""Alerts: the right person once, with the way to the explanation, and nothing about the caller."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from whenever import Instant

from diagnosis.recorded import START
from handfest.catalogue.version import Applied, apply_business
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.diagnosis.watch.alert_post import AlertMail
from handfest.diagnosis.watch.alerts import (
    OPEN_SECONDS,
    TRIES_MAX,
    WINDOW_MINUTES,
    AlertDesk,
    AlertNotSentError,
    alert_texts,
)
from handfest.model.booking import Booking, BookingState, Customer
from handfest.outbox.mail import MailServer
from handfest.settings import Settings
from handfest.testing.clock import FixedClock
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import House, build

SOURCE = (Path(__file__).parents[1] / "calls" / "businesses" / "askpro.toml").read_text("utf-8")
WAYS = '\n[alerts]\nwebhook_url_env = "ASKPRO_ALERTS"\nemail = "chef@askpro.example"\n'
CALL = {"business": "askpro", "call": "call_1"}


@dataclass
class KeptPost:
    """An `AlertPost` that keeps what leaves, and fails where it is told to."""

    webhooks: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    emails: list[tuple[str, str, str]] = field(default_factory=list)
    broken: frozenset[str] = frozenset()

    async def webhook(self, url: str, data: dict[str, Any]) -> None:
        if "webhook" in self.broken:
            raise AlertNotSentError("the webhook answered 500")
        self.webhooks.append((url, data))

    async def email(self, to: str, subject: str, text: str, at: Instant) -> None:
        if "email" in self.broken:
            raise AlertNotSentError("no mail server is set")
        self.emails.append((to, subject, text))


@dataclass
class Scene:
    house: House
    post: KeptPost
    clock: FixedClock

    @property
    def desk(self) -> AlertDesk:
        return self.house.alerts


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock, post = FixedClock(START), KeptPost()
    house = build(
        Settings(database="memory:", public_url="https://desk.example/"),
        clock=clock,
        sink=KeptTurns(),
        notifier=KeptAlarms(),
        secret={"ASKPRO_ALERTS": "https://hooks.example/x"}.get,
        post=post,
    )
    source = SOURCE if "[alerts]" in SOURCE else SOURCE + WAYS
    assert isinstance(await apply_business(house.store, clock, source), Applied)
    yield Scene(house, post, clock)
    await house.close()


async def test_a_trouble_is_told_by_both_ways_with_the_way_to_its_explanation(scene: Scene) -> None:
    scene.house.notifier.alarm("offer_mismatch", dict(CALL))
    assert await scene.desk.send_due() == 1
    [(url, data)] = scene.post.webhooks
    [(to, subject, text)] = scene.post.emails
    assert (url, to) == ("https://hooks.example/x", "chef@askpro.example")
    assert data["explain"] == "https://desk.example/b/askpro/calls/call_1"
    assert "handfest calls explain call_1" in text
    assert "etwas anderes gebucht als angeboten" in subject
    assert data["severity"] == "page"
    json.dumps(data)


async def test_the_same_trouble_is_told_once_in_a_window_and_counted_in_the_next(scene: Scene) -> None:
    for _ in range(5):
        scene.desk.alarm("calendar_timed_out", dict(CALL))
        await scene.desk.send_due()
    scene.clock.advance(60 * WINDOW_MINUTES)
    scene.desk.alarm("calendar_timed_out", dict(CALL))
    await scene.desk.send_due()
    assert [data["times"] for _, data in scene.post.webhooks] == [1, 5]


async def test_a_window_begins_with_the_trouble_and_not_with_the_quarter_of_an_hour(scene: Scene) -> None:
    scene.clock.advance(60 * WINDOW_MINUTES - 5)
    for seconds in (0, 10, 60, 300):
        scene.clock.advance(seconds)
        scene.desk.alarm("calendar_timed_out", dict(CALL))
        await scene.desk.send_due()
    assert len(scene.post.webhooks) == 1


async def test_another_worker_or_a_restart_does_not_tell_it_again(scene: Scene) -> None:
    other = replace(scene.desk, _queue=type(scene.desk._queue)(), _silent=type(scene.desk._silent)())
    for desk in (scene.desk, other):
        desk.alarm("calendar_unauthorised", dict(CALL))
        await desk.send_due()
    assert len(scene.post.webhooks) == 1


async def test_a_webhook_that_is_down_is_tried_again_and_the_mail_not_repeated(scene: Scene) -> None:
    scene.post.broken = frozenset({"webhook"})
    scene.desk.alarm("calendar_unreachable", dict(CALL))
    await scene.desk.send_due()
    scene.post.broken = frozenset()
    await scene.desk.send_due()
    await scene.desk.send_due()
    assert (len(scene.post.webhooks), len(scene.post.emails)) == (1, 1)


async def test_what_never_gets_through_is_given_up(scene: Scene) -> None:
    scene.post.broken = frozenset({"webhook", "email"})
    scene.desk.alarm("calendar_unreachable", dict(CALL))
    for _ in range(TRIES_MAX + 2):
        assert await scene.desk.send_due() == 0
    scene.post.broken = frozenset()
    assert await scene.desk.send_due() == 0


async def test_b91_an_outcome_that_stays_open_is_told(scene: Scene) -> None:
    booking = Booking(
        business_id="askpro",
        id="bk_1",
        call_id="call_1",
        offer_id="A1",
        service_id="47",
        service_name="30 Minuten Beratung",
        binding=2563193,
        duration_min=30,
        staff_id=None,
        staff_name=None,
        start=START.add(hours=24),
        zone="Europe/Berlin",
        branch_id=None,
        spans=(),
        customer=Customer("Erika Beispiel", "+493023125077"),
        caller_number="+493023125077",
        state=BookingState.UNKNOWN,
        made_at=START,
        lease_until=START,
    )
    await scene.house.store.write(lambda tx: tx.save_booking(booking))
    scene.clock.advance(OPEN_SECONDS - 1)
    assert await scene.desk.send_due() == 0
    scene.clock.advance(2)
    assert await scene.desk.send_due() == 1
    assert "Beispiel" not in str(scene.post)
    assert "23125077" not in str(scene.post)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("signature_invalid", {"path": "/retell/tools"}),
        ("calendar_timed_out", {"business": "nobody", "call": "call_1"}),
        ("no_such_code", CALL),
    ],
)
async def test_an_alarm_that_nobody_can_act_on_tells_nobody(
    scene: Scene, code: str, facts: dict[str, object]
) -> None:
    scene.desk.alarm(code, dict(facts))
    assert await scene.desk.send_due() == 0


def test_b93_every_fault_and_every_finding_has_words_in_both_languages() -> None:
    texts = alert_texts()
    assert set(finding_kinds()) <= set(texts)
    for code, text in texts.items():
        assert text.severity in ("page", "ticket"), code
        assert all(text.title[language] and text.remedy[language] for language in ("de", "en")), code


async def test_the_webhook_is_a_plain_json_post_and_hides_its_address_when_it_fails() -> None:
    taken: list[Any] = []

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.Response(status=200 if len(taken) == 1 else 503)

    app = web.Application()
    app.router.add_post("/secret", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    url = f"http://127.0.0.1:{port}/secret"
    await AlertMail().webhook(url, {"code": "x"})
    with pytest.raises(AlertNotSentError, match="answered 503"):
        await AlertMail().webhook(url, {"code": "y"})
    await runner.cleanup()
    with pytest.raises(AlertNotSentError) as failed:
        await AlertMail().webhook(url, {"code": "z"})
    assert "secret" not in str(failed.value)
    assert [one["code"] for one in taken] == ["x", "y"]


async def test_a_mail_reaches_the_server() -> None:
    received: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            command = line.split()[0].upper() if line.split() else b""
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                received.append((await reader.readuntil(b"\r\n.\r\n")).decode())
            writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")
            if command == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await AlertMail(MailServer(f"smtp://127.0.0.1:{port}", "desk@handfest.example")).email(
        "chef@askpro.example", "handfest: Der Kalender", "Nachsehen.", START
    )
    server.close()
    assert "To: chef@askpro.example" in received[0]
    assert "Nachsehen." in received[0]
    assert "Date: Mon, 02 Mar 2026" in received[0]
    assert "@handfest.example>" in received[0], "a mail without an id of its own looks like spam"


async def test_without_a_mail_server_the_log_is_told_how_to_set_one() -> None:
    with pytest.raises(AlertNotSentError, match="HANDFEST_SMTP_URL"):
        await AlertMail().email("a@b.example", "s", "t", START)
