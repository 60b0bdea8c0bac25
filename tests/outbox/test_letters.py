"""Confirmations, from the phone call to a real mail server: promised, sent, tried again, given up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.applications import Starlette

from handfest.booking.reconcile import reconcile
from handfest.cli.serve_notes import serve_notes
from handfest.model.actor import Actor, Role
from handfest.model.booking import Booking, BookingState
from handfest.model.letter import Letter, LetterState
from handfest.office.change_booking import cancel_booking, move_booking
from handfest.outbox.letter_desk import LEASE_SECONDS, PAUSES_SECONDS
from handfest.testing.scenario_stage import Stage
from outbox.mail_room import MailRoom, calendar_of, mail_room
from retell_house import BUSINESSES, SALON, house, tool

SWITCHED_ON = """
[confirmations]
email = true
reply_to = "desk@salon.example"
"""
SOURCE = (BUSINESSES / "salon.toml").read_text("utf-8")
TOLD = "Sie erhalten eine Bestätigung per E-Mail."
WISH = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00"}


@dataclass
class Salon:
    """A salon that confirms by e-mail, and the mail server it uses."""

    stage: Stage
    room: MailRoom
    calls: int = 0

    async def book(
        self, email: str | None = "erika@example.com", time: str = "14:00", **more: Any
    ) -> dict[str, Any]:
        """Book in a call of its own; the answer to the booking."""
        self.calls += 1
        call_id = f"call_{self.calls}"
        await tool(self.stage, SALON, call_id, "check_availability", WISH | {"time": time})
        who = {"name": "Erika Beispiel", "offer": "A1"} | ({"email": email} if email else {}) | more
        return await tool(self.stage, SALON, call_id, "book_appointment", who)

    async def again(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """Something more in the last call."""
        return await tool(self.stage, SALON, f"call_{self.calls}", name, args)

    async def send(self) -> int:
        """Send what is due."""
        return await self.stage.house.letters.send_due()

    async def letters(self) -> list[Letter]:
        """The outbox, oldest first."""
        rows = await self.stage.house.store.read(lambda tx: tx.letters("salon", 99))
        return list(reversed(rows))

    async def bookings(self) -> tuple[Booking, ...]:
        """Every booking of the last call."""
        return await self.stage.house.store.read(
            lambda tx: tx.bookings_of_call("salon", f"call_{self.calls}")
        )

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.stage.clock.advance(seconds)


@pytest.fixture
async def salon() -> AsyncIterator[Salon]:
    async with (
        mail_room() as room,
        house(
            source=SOURCE + SWITCHED_ON, smtp_url=room.url, mail_sender="Buchung <buchung@handfest.example>"
        ) as stage,
    ):
        yield Salon(stage, room)


async def test_a_booking_is_confirmed_by_e_mail_with_the_appointment_in_it(salon: Salon) -> None:
    answer = await salon.book()
    assert answer["say"].endswith(f"um 14 Uhr. {TOLD}")
    assert await salon.send() == 1
    (mail,) = salon.room.mails
    assert salon.room.recipients == ["erika@example.com"]
    assert mail["From"] == "Salon Lindenhof <buchung@handfest.example>"
    assert mail["To"] == "Erika Beispiel <erika@example.com>"
    assert mail["Reply-To"] == "desk@salon.example"
    assert mail["Subject"] == "Ihr Termin am Mittwoch, 22. Oktober 2025 um 14:00 Uhr"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    assert "Was: Herrenhaarschnitt (30 Minuten)\nWann: Mittwoch, 22. Oktober 2025, 14:00 Uhr\n" in text
    assert "Preis: 32 €" in text
    assert "Wo:" not in text
    calendar = calendar_of(mail)
    (event,) = calendar.events
    assert calendar["METHOD"] == "REQUEST"
    assert event.start.isoformat() == "2025-10-22T12:00:00+00:00"
    assert (event.end - event.start).total_seconds() == 1800
    assert event["ORGANIZER"] == "mailto:desk@salon.example"
    assert event["ATTENDEE"] == "mailto:erika@example.com"
    assert [one.state for one in await salon.letters()] == [LetterState.SENT]
    turns = await salon.stage.house.store.read(lambda tx: tx.turns("salon", "call_1"))
    told = [step.facts["ways"] for turn in turns for step in turn.steps if step.name == "letter_written"]
    assert told == ["email"]


async def test_a_change_and_a_cancellation_follow_the_appointment_in_the_customers_calendar(
    salon: Salon,
) -> None:
    await salon.book()
    await salon.send()
    (booking,) = await salon.bookings()
    moving = {"booking": booking.id, "date": "2025-10-22", "time": "16:00"}
    await salon.again("reschedule_appointment", moving)
    changed = await salon.again("reschedule_appointment", moving)
    assert (changed["code"], changed["say"].endswith(TOLD)) == ("changed", True)
    await salon.send()
    _old, moved = await salon.bookings()
    cancelled = await salon.again("cancel_appointment", {"booking": moved.id})
    assert (cancelled["code"], cancelled["say"].endswith(TOLD)) == ("cancelled", True)
    await salon.send()
    first, second, third = (calendar_of(mail) for mail in salon.room.mails)
    events = [calendar.events[0] for calendar in (first, second, third)]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [calendar["METHOD"] for calendar in (first, second, third)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    subjects = [mail["Subject"] for mail in salon.room.mails]
    assert subjects[1] == "Ihr Termin ist verschoben: Mittwoch, 22. Oktober 2025 um 16:00 Uhr"
    assert subjects[2].endswith("ist abgesagt")
    assert len({mail["Message-ID"] for mail in salon.room.mails}) == 3


async def test_the_same_request_again_hears_the_same_and_sends_nothing_more(salon: Salon) -> None:
    first = await salon.book()
    salon.wait(30)
    second = await salon.again("book_appointment", {"name": "Erika Beispiel", "offer": "A1"})
    assert second["say"] == first["say"]
    await salon.send()
    await salon.send()
    assert len(salon.room.mails) == 1


async def test_without_an_address_nothing_is_promised_and_nothing_sent(salon: Salon) -> None:
    answer = await salon.book(email=None)
    assert answer["code"] == "booked"
    assert "Bestätigung" not in answer["say"]
    assert await salon.letters() == []


@pytest.mark.parametrize("source", [SOURCE, SOURCE + SWITCHED_ON])
async def test_what_is_switched_off_or_cannot_be_sent_is_not_promised(source: str) -> None:
    with_server = {"smtp_url": "smtp://127.0.0.1:9"} if source == SOURCE else {}
    async with house(source=source, **with_server) as stage:
        answer = await Salon(stage, MailRoom()).book()
    assert answer["code"] == "booked"
    assert "Bestätigung" not in answer["say"]


async def test_a_server_that_is_busy_is_tried_again_under_the_same_id(salon: Salon) -> None:
    await salon.book()
    salon.room.answers = ["451 4.7.1 greylisted", "450 mailbox busy"]
    assert await salon.send() == 0
    (letter,) = await salon.letters()
    assert (letter.state, letter.tries, letter.trouble) == (
        LetterState.WAITING,
        1,
        "the mail server refused the recipient (451)",
    )
    salon.wait(PAUSES_SECONDS[0] - 1)
    assert (await salon.send(), len(salon.room.answers)) == (0, 1)
    salon.wait(1)
    assert await salon.send() == 0
    salon.wait(PAUSES_SECONDS[1])
    assert await salon.send() == 1
    assert [mail["Message-ID"] for mail in salon.room.mails] == [f"<{letter.id}.salon@handfest.example>"]


async def test_after_a_day_it_is_given_up_and_somebody_is_told(salon: Salon) -> None:
    await salon.book(time="14:00")
    (booking,) = await salon.bookings()
    in_a_week = replace(booking, start=booking.start.add(hours=168))
    await salon.stage.house.store.write(lambda tx: tx.save_booking(in_a_week))
    salon.room.answers = ["450 busy"] * 20
    for pause in PAUSES_SECONDS:
        await salon.send()
        salon.wait(pause)
    assert "confirmation_given_up" not in dict(salon.stage.alarms.alarms)
    await salon.send()
    (letter,) = await salon.letters()
    assert (letter.state, letter.tries) == (LetterState.GIVEN_UP, len(PAUSES_SECONDS) + 1)
    facts = dict(salon.stage.alarms.alarms)["confirmation_given_up"]
    assert (facts["business"], facts["call"], facts["way"]) == ("salon", "call_1", "email")
    assert "erika" not in repr(facts)
    assert len(salon.room.answers) == 20 - letter.tries


async def test_an_address_that_is_none_is_given_up_at_once(salon: Salon) -> None:
    await salon.book()
    salon.room.answers = ["550 5.1.1 no such mailbox"]
    assert await salon.send() == 0
    (letter,) = await salon.letters()
    assert (letter.state, letter.trouble) == (
        LetterState.GIVEN_UP,
        "the mail server refused the recipient (550)",
    )
    assert "confirmation_given_up" in dict(salon.stage.alarms.alarms)


async def test_no_server_at_all_is_a_reason_to_wait(salon: Salon) -> None:
    async with house(source=SOURCE + SWITCHED_ON, smtp_url="smtp://127.0.0.1:1") as stage:
        other = Salon(stage, MailRoom())
        await other.book()
        assert await other.send() == 0
        (letter,) = await other.letters()
    assert letter.state is LetterState.WAITING
    assert letter.trouble == "the mail server did not take it: SMTPConnectError"


async def test_b94_a_process_that_died_after_sending_sends_again_under_the_same_id(salon: Salon) -> None:
    await salon.book()
    desk, store = salon.stage.house.letters, salon.stage.house.store
    (letter,) = await salon.letters()
    kept = vars(store)["_rows"].copy()
    await salon.send()
    store._rows = kept  # type: ignore[attr-defined]
    now = salon.stage.clock.now()
    await store.write(lambda tx: tx.take_letter(letter, now, now.add(seconds=LEASE_SECONDS)))
    assert await desk.send_due() == 0
    salon.wait(LEASE_SECONDS)
    assert await desk.send_due() == 1
    ids = [mail["Message-ID"] for mail in salon.room.mails]
    assert len(ids) == 2
    assert ids[0] == ids[1]


async def test_what_is_no_longer_so_is_not_sent_any_more(salon: Salon) -> None:
    await salon.book()
    (booking,) = await salon.bookings()
    await salon.again("cancel_appointment", {"booking": booking.id})
    await salon.send()
    assert [mail["Subject"].endswith("abgesagt") for mail in salon.room.mails] == [True]
    assert [one.state for one in await salon.letters()] == [LetterState.OUTDATED, LetterState.SENT]


async def test_an_appointment_that_has_begun_is_not_confirmed_any_more(salon: Salon) -> None:
    await salon.book()
    salon.wait(40 * 3600)
    assert await salon.send() == 0
    assert [one.trouble for one in await salon.letters()] == ["the appointment has begun"]


async def test_b71_an_outcome_that_was_found_later_is_told_by_the_letter(salon: Salon) -> None:
    await salon.book()
    (booking,) = await salon.bookings()
    store, inner = salon.stage.house.store, salon.stage.house

    def cut_off(tx: Any) -> None:
        """The worker died with the calendar's answer in hand: neither the outcome nor its letter is there."""
        tx.save_booking(replace(booking, state=BookingState.CALLING, lease_until=booking.made_at, uid=None))

    vars(store)["_rows"].letters.clear()
    await store.write(cut_off)
    salon.wait(60)
    done = await reconcile(store, inner.calendars, inner.shelf, inner.clock, inner.notifier, inner.letters)
    assert done.booked == (booking.id,)
    assert await salon.send() == 1
    assert salon.room.recipients == ["erika@example.com"]


async def test_while_the_outcome_is_open_the_letter_waits(salon: Salon) -> None:
    await salon.book()
    (booking,) = await salon.bookings()
    lease = salon.stage.clock.now().add(hours=1)
    await salon.stage.house.store.write(lambda tx: tx.save_booking(booking.begin_cancelling(lease)))
    assert await salon.send() == 0
    await salon.stage.house.store.write(lambda tx: tx.save_booking(booking))
    salon.wait(PAUSES_SECONDS[0])
    assert await salon.send() == 1
    assert [one.tries for one in await salon.letters()] == [1]


async def test_a_name_cannot_add_a_header(salon: Salon) -> None:
    await salon.book()
    (booking,) = await salon.bookings()
    evil = replace(booking.customer, name="Erika\r\nBcc: otto@example.com")
    await salon.stage.house.store.write(lambda tx: tx.save_booking(replace(booking, customer=evil)))
    assert await salon.send() == 1
    (mail,) = salon.room.mails
    assert mail["Bcc"] is None
    assert salon.room.recipients == ["erika@example.com"]


async def test_the_outbox_knows_nobody(salon: Salon) -> None:
    """Law 11: neither address nor name nor number; they are read from the booking when the letter leaves."""
    await salon.book()
    salon.room.answers = ["450 erika@example.com is busy"]
    await salon.send()
    told = repr(await salon.letters()).lower()
    assert "erika" not in told
    assert "49302312507" not in told


async def test_in_english(salon: Salon) -> None:
    source = (SOURCE + SWITCHED_ON).replace('language = "de"', 'language = "en"')
    async with house(source=source, smtp_url=salon.room.url) as stage:
        english = Salon(stage, salon.room)
        answer = await english.book()
        assert answer["say"].endswith("You will get a confirmation by e-mail.")
        await english.send()
    (mail,) = salon.room.mails
    assert mail["Subject"] == "Your appointment on Wednesday, 22 October 2025 at 14:00"


async def test_what_staff_move_or_cancel_is_told_to_the_customer_too(salon: Salon) -> None:
    await salon.book()
    (booking,) = await salon.bookings()
    owner, office = Actor("user:1", "Maria", {"salon": Role.OWNER}), salon.stage.house.office
    moved = await move_booking(office, owner, "salon", booking.id, booking.start.add(hours=2))
    assert isinstance(moved, Booking)
    await salon.send()
    gone = await cancel_booking(office, owner, "salon", moved.id)
    assert isinstance(gone, Booking)
    await salon.send()
    assert salon.room.mails[0]["Subject"].startswith("Ihr Termin ist verschoben")
    assert salon.room.mails[1]["Subject"].endswith("abgesagt")


async def test_what_cannot_be_sent_is_said_at_the_start() -> None:
    gateway = '\ntext_url = "https://sms.example/send"\ntext_secret_env = "SALON_TEXT_SECRET"\n'
    async with house(source=SOURCE + SWITCHED_ON + gateway) as stage:
        assert await serve_notes(stage.house) == [
            "salon: e-mail is switched on, HANDFEST_SMTP_URL is not set: none is sent",
            "nobody can open the console yet: handfest users add NAME@DOMAIN --business ID",
        ]


async def test_the_server_sends_what_is_due_by_itself(salon: Salon) -> None:
    async with house(source=SOURCE + SWITCHED_ON, smtp_url=salon.room.url, letter_seconds=0.01) as stage:
        assert isinstance(stage.app, Starlette)
        async with stage.app.router.lifespan_context(stage.app), asyncio.timeout(60):
            await Salon(stage, salon.room).book()
            await salon.room.something.wait()
    assert salon.room.recipients == ["erika@example.com"]
