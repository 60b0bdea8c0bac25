"""The letter desk: sends what lies in the outbox, tries again what did not leave, and says when it gives up.

At least once: a process that dies between sending and noting it sends again, under the same id.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from whenever import Instant

from handfest.catalogue.compiled import Shelf
from handfest.model.booking import Booking, BookingState
from handfest.model.catalogue import Catalogue
from handfest.model.letter import Letter, LetterKind, LetterState, LetterWay
from handfest.outbox.letter_words import Facts, words_of
from handfest.outbox.mail import MailServer
from handfest.outbox.mail_of_letter import mail_of
from handfest.outbox.not_sent import NotSentError
from handfest.outbox.text_gateway import TextMessage, send_text
from handfest.ports import Clock, Notifier, Store, StoredCatalogue, Transaction

PAUSES_SECONDS = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600)
"""How long is waited after each try that failed; after the last one the letter is given up, a day on."""
LEASE_SECONDS = 120
"""So long a letter belongs to the worker that tries to send it."""
BATCH, AT_ONCE = 50, 4
GIVEN_UP = "confirmation_given_up"

_LOG = structlog.get_logger("handfest.outbox")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a letter is about, as the store has it now; `chain` for the calendar entry."""

    stored: StoredCatalogue
    booking: Booking
    old: Booking | None
    chain: tuple[str, int]


@dataclass(frozen=True, slots=True)
class LetterDesk:
    """Sends letters; is the `Post` of the house. `secret` reads environment variables."""

    store: Store
    shelf: Shelf
    clock: Clock
    notifier: Notifier
    server: MailServer
    secret: Callable[[str], str | None]

    def ways(self, catalogue: Catalogue) -> frozenset[LetterWay]:
        """See `Post`."""
        named = catalogue.confirmations
        able = set()
        if named.email and self.server.url:
            able.add(LetterWay.EMAIL)
        if named.text_url and self._text_secret(catalogue):
            able.add(LetterWay.TEXT)
        return frozenset(able)

    async def send_due(self) -> int:
        """Send what is due; how many letters left."""
        now = self.clock.now()
        due = await self.store.read(lambda tx: tx.due_letters(now, BATCH))
        few = asyncio.Semaphore(AT_ONCE)

        async def one(letter: Letter) -> bool:
            async with few:
                return await self._try(letter)

        return sum(await asyncio.gather(*(one(letter) for letter in due)))

    async def _try(self, due: Letter) -> bool:
        now = self.clock.now()
        until = now.add(seconds=LEASE_SECONDS)
        letter = await self.store.write(lambda tx: tx.take_letter(due, now, until))
        if letter is None:
            return False
        found = await self.store.read(lambda tx: _look(tx, letter))
        if found is None:
            return await self._settle(letter.settle(LetterState.OUTDATED, now, "the booking is gone"))
        if found.booking.state in (BookingState.CALLING, BookingState.UNKNOWN):
            later = replace(letter, tries=letter.tries - 1, due_at=now.add(seconds=PAUSES_SECONDS[0]))
            return await self._settle(later)  # what it is will be known soon
        catalogue = self.shelf.compiled(found.stored, found.booking.branch_id).catalogue
        outdated = _outdated(letter, found.booking, catalogue, now)
        if outdated is not None:
            return await self._settle(letter.settle(LetterState.OUTDATED, now, outdated))
        try:
            await self._send(
                letter, Facts(catalogue, found.booking, letter.kind, found.old), found.chain, now
            )
        except NotSentError as error:
            return await self._failed(letter, error, now)
        return await self._settle(letter.settle(LetterState.SENT, self.clock.now()))

    async def _send(self, letter: Letter, facts: Facts, chain: tuple[str, int], now: Instant) -> None:
        if letter.way is LetterWay.EMAIL:
            await self.server.send(mail_of(letter, facts, chain, self.server, now))
            return
        secret, url = self._text_secret(facts.catalogue), facts.catalogue.confirmations.text_url
        if not secret or not url:
            raise NotSentError("the secret of the text gateway is not set")
        to = facts.booking.customer.phone or ""
        message = TextMessage(letter.business_id, letter.id, to, words_of(facts).text)
        await send_text(url, secret, message, now)

    async def _failed(self, letter: Letter, error: NotSentError, now: Instant) -> bool:
        facts = {"business": letter.business_id, "call": letter.call_id, "booking": letter.booking_id}
        _LOG.warning(
            "a letter was not sent", way=letter.way.value, tries=letter.tries, cause=str(error), **facts
        )
        if error.for_good or letter.tries > len(PAUSES_SECONDS):
            self.notifier.alarm(GIVEN_UP, {**facts, "way": letter.way.value, "cause": str(error)})
            return await self._settle(letter.settle(LetterState.GIVEN_UP, now, str(error)))
        pause = PAUSES_SECONDS[letter.tries - 1]
        return await self._settle(replace(letter, due_at=now.add(seconds=pause), trouble=str(error)))

    async def _settle(self, letter: Letter) -> bool:
        await self.store.write(lambda tx: tx.save_letter(letter))
        return letter.state is LetterState.SENT

    def _text_secret(self, catalogue: Catalogue) -> str | None:
        variable = catalogue.confirmations.text_secret_env
        return self.secret(variable) if variable else None


def _look(tx: Transaction, letter: Letter) -> _Found | None:
    booking = tx.booking(letter.business_id, letter.booking_id)
    stored = tx.catalogue(letter.business_id)
    if booking is None or stored is None:
        return None
    first, changes, old = booking, 0, None
    while first.replaces is not None:
        earlier = tx.booking(letter.business_id, first.replaces)
        if earlier is None:
            break
        old = old or earlier
        first, changes = earlier, changes + 1
    sequence = changes + (1 if letter.kind is LetterKind.CANCELLED else 0)
    return _Found(stored, booking, old, (first.id, sequence))


def _outdated(letter: Letter, booking: Booking, catalogue: Catalogue, now: Instant) -> str | None:
    """Why the letter would tell what is not (or no longer) so; None if it is."""
    wanted = BookingState.CANCELLED if letter.kind is LetterKind.CANCELLED else BookingState.BOOKED
    named, customer = catalogue.confirmations, booking.customer
    if booking.state is not wanted:
        return f"the booking is {booking.state.value}"
    if booking.start <= now:
        return "the appointment has begun"
    if not (named.email if letter.way is LetterWay.EMAIL else named.text_url):
        return "the business has switched this off"
    if not (customer.email if letter.way is LetterWay.EMAIL else customer.phone):
        return "the customer's address is gone"
    return None
