"""Text messages through the gateway adapter: who gets one, what the gateway can check, and what its answers mean."""

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pytest
from aiohttp import web

from handfest.model.letter import LetterState, LetterWay
from handfest.testing.scenario_stage import secret_of
from outbox.mail_room import MailRoom
from outbox.test_letters import SOURCE, Salon
from retell_house import CALLER, house

SECRET = secret_of("SALON_TEXT_SECRET")


@dataclass
class Gateway:
    """A gateway on this machine. `answers` are given first, one each; then everything is taken."""

    url: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Keep one request."""
        self.taken.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 202
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    here = Gateway()
    app = web.Application()
    app.router.add_post("/send", here.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/send"
    try:
        yield here
    finally:
        await runner.cleanup()


def source(here: Gateway, **more: str) -> str:
    rows = {"text_url": here.url, "text_secret_env": "SALON_TEXT_SECRET", **more}
    return (
        SOURCE
        + "\n[confirmations]\n"
        + "\n".join(
            f"{key} = {value if value in ('true', 'false') else json.dumps(value)}"
            for key, value in rows.items()
        )
    )


async def test_the_gateway_can_check_who_sends_and_knows_a_repeat() -> None:
    async with gateway() as here, house(source=source(here)) as stage:
        salon = Salon(stage, MailRoom())
        answer = await salon.book(email=None)
        assert answer["say"].endswith("Sie erhalten eine Bestätigung per SMS.")
        here.answers = [503]
        assert await salon.send() == 0
        salon.wait(60)
        assert await salon.send() == 1
    (first, raw), (second, again) = here.taken
    assert raw == again
    said = json.loads(raw)
    assert said["to"] == CALLER
    assert said["text"] == (
        "Salon Lindenhof: Ihr Termin ist gebucht: Herrenhaarschnitt, Mittwoch, 22. Oktober 2025, 14:00 Uhr."
    )
    for headers in (first, second):
        seconds, _, digest = headers["X-Handfest-Signature"].removeprefix("t=").partition(",v1=")
        assert hmac.new(SECRET.encode(), f"{seconds}.".encode() + raw, sha256).hexdigest() == digest
        assert headers["Idempotency-Key"] == said["id"]


@pytest.mark.parametrize(
    ("text", "email", "ways"),
    [
        ("without_email", "erika@example.com", {LetterWay.EMAIL}),
        ("without_email", None, {LetterWay.TEXT}),
        ("always", "erika@example.com", {LetterWay.EMAIL, LetterWay.TEXT}),
        ("always", None, {LetterWay.TEXT}),
    ],
)
async def test_who_gets_a_text_message(text: str, email: str | None, ways: set[LetterWay]) -> None:
    here = Gateway("https://sms.example/send")
    async with house(
        source=source(here, email="true", reply_to="desk@salon.example", text=text),
        smtp_url="smtp://127.0.0.1:1",
    ) as stage:
        salon = Salon(stage, MailRoom())
        answer = await salon.book(email=email)
        assert {one.way for one in await salon.letters()} == ways
    assert ("per E-Mail" in answer["say"], "per SMS" in answer["say"]) == (
        LetterWay.EMAIL in ways,
        LetterWay.TEXT in ways,
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (400, LetterState.GIVEN_UP),
        (401, LetterState.GIVEN_UP),
        (302, LetterState.GIVEN_UP),
        (429, LetterState.WAITING),
        (500, LetterState.WAITING),
    ],
)
async def test_what_an_answer_means(status: int, state: LetterState) -> None:
    async with gateway() as here, house(source=source(here)) as stage:
        salon = Salon(stage, MailRoom())
        await salon.book(email=None)
        here.answers = [status]
        assert await salon.send() == 0
        (letter,) = await salon.letters()
    assert (letter.state, letter.trouble) == (state, f"the text gateway answered {status}")
    assert len(here.taken) == 1


async def test_without_the_secret_nothing_is_promised() -> None:
    def nothing(variable: str) -> str | None:
        return None if variable == "SALON_TEXT_SECRET" else secret_of(variable)

    async with house(source=source(Gateway("https://sms.example/send"))) as stage:
        desk: Any = stage.house.desk
        desk.post = replace(stage.house.letters, secret=nothing)
        answer = await Salon(stage, MailRoom()).book(email=None)
    assert "Bestätigung" not in answer["say"]
