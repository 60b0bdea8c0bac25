"""Cal.com API v2 as a `Calendar`. Exactly one booking per intent, equal to the offer, or honestly unknown.

Cal.com cannot see that one event type was checked and another booked, ignores its own reservations when
booking, has no idempotency key, and says the same sentence for four different things. So every write is
preceded by a durable intent (the caller's duty), carries its id as metadata, and where the answer does not
settle it, Cal.com's own bookings are looked at before anything is decided.
"""

import asyncio
import contextlib
from dataclasses import dataclass, replace

from handfest.calendars.calcom_body import booking_body, intent_of
from handfest.calendars.calcom_budget import KEPT_FOR_CHECKS
from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_errors import ApiRefused, Kind
from handfest.calendars.calcom_event_types import EventTypes
from handfest.calendars.calcom_look import find_made, find_moved, overlapping
from handfest.calendars.calcom_slots import ask_slots, slots_of
from handfest.calendars.calcom_values import CalcomBooking
from handfest.errors import CalendarFault, OutcomeUnknown, Rejected
from handfest.model.booking import Booking, Confirmation, Declined
from handfest.model.offer import Offer
from handfest.model.slot import Occupied, Slot
from handfest.ports import Notifier, ProviderState, SlotQuestion, Store, Transaction

REACH_HOURS = 12
BY_CALLER = "cancelled by the caller on the phone"
MOVED = "moved by the caller on the phone"
HOST = "calcom:host:"
BRIEF = Deadlines(connect=0.3, read=0.6, write=0.6)
"""For what is best effort: the call's next turn must not wait for it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What of the business file matters here: its deadline in ms, how long an offer holds, the language."""

    deadline_ms: int = 2200
    hold_seconds: int = 180
    language: str = "de"


class CalcomCalendar:
    """The `Calendar` port on one business's Cal.com account."""

    remote = True

    def __init__(
        self, client: CalcomClient, kinds: EventTypes, store: Store, notifier: Notifier, terms: Terms
    ) -> None:
        self.client = client
        self._kinds = kinds
        self._store = store
        self._notifier = notifier
        self._terms = terms
        self._deadlines = Deadlines.within(terms.deadline_ms)

    def state(self) -> ProviderState:
        """See `TellsState`."""
        budget = self.client.budget
        return ProviderState(not self.client.breaker.open, max(0, budget.left), budget.per_minute)

    # Checking -------------------------------------------------------------------------------------

    async def free_slots(self, question: SlotQuestion) -> tuple[Slot, ...]:
        """See `Calendar`. What this call hides is shown first, or the call would be blind to its own slot."""
        await self._show_own(question)
        rows = await ask_slots(self.client, self._kinds, question, self._deadlines)
        business_id = question.catalogue.business.id
        first, last = question.start.subtract(hours=REACH_HOURS), question.end.add(hours=REACH_HOURS)
        taken = await self._store.read(lambda tx: tx.taken(business_id, first, last, question.now))
        others = tuple(row for row in taken if not _own(row, question))
        found = [
            slot
            for target, facts, starts in rows
            for slot in slots_of(question, target, facts, starts, others)
        ]
        return tuple(sorted(found, key=lambda slot: slot.start))

    async def _show_own(self, question: SlotQuestion) -> None:
        business_id, call_id = question.catalogue.business.id, question.own_call
        if call_id is None:
            return
        offers = await self._store.read(lambda tx: tx.offers(business_id, call_id))
        hidden = [offer for offer in offers if offer.hidden_as is not None]
        with contextlib.suppress(CalendarFault):  # then it is blind to them until they expire, no worse
            await asyncio.gather(*(self.reveal(offer) for offer in hidden))

    async def hide(self, offer: Offer) -> None:
        """See `Calendar`. Only while requests are plenty, and never on an event type with several hosts, where
        one reservation would hide them all."""
        if offer.binding is None or self.client.budget.left <= KEPT_FOR_CHECKS:
            return
        if not offer.spans or not offer.spans[0].resource_id.startswith(HOST):
            return
        minutes = max(1, -(-self._terms.hold_seconds // 60))
        uid = await self.client.reserve(offer.binding, offer.start, minutes, BRIEF)
        if uid is not None:
            await self._note_hidden(offer, uid)

    async def reveal(self, offer: Offer) -> None:
        """See `Calendar`."""
        current = await self._current(offer)
        if current is None or current.hidden_as is None:
            return
        await self.client.unreserve(current.hidden_as, BRIEF)
        await self._note_hidden(current, None)

    async def _current(self, offer: Offer) -> Offer | None:
        rows = await self._store.read(lambda tx: tx.offers(offer.business_id, offer.call_id))
        return next((row for row in rows if row.id == offer.id), None)

    async def _note_hidden(self, offer: Offer, uid: str | None) -> None:
        def work(tx: Transaction) -> None:
            rows = tx.offers(offer.business_id, offer.call_id)
            current = next((row for row in rows if row.id == offer.id), None)
            if current is not None:
                tx.save_offer(replace(current, hidden_as=uid))

        await self._store.write(work)

    # Booking --------------------------------------------------------------------------------------

    async def book(self, booking: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`."""
        facts = await self._kinds.facts(booking.binding or 0, self._deadlines)
        if facts is not None and facts.phone_demanded and booking.customer.phone is None:
            return Declined("phone_missing", "the event type demands a phone number")
        body = booking_body(booking, facts, self._terms.language)
        try:
            made = await self._send(booking, body, facts_known=facts is not None)
        except ApiRefused as refused:
            return await self._declined(booking, refused)
        except OutcomeUnknown as unknown:
            return await self._without_double(booking, await self._after_lost_answer(booking, unknown))
        if intent_of(made) != booking.id:
            # A type that answers with an earlier booking of the same attendee: not ours, so not ours to undo.
            self._alarm("calendar_foreign_booking", booking, uid=made.uid)
            return Declined("slot_taken", "Cal.com answered with a booking that is not of this intent")
        return await self._without_double(booking, made)

    async def _send(self, booking: Booking, body: dict[str, object], *, facts_known: bool) -> CalcomBooking:
        """POST; a field that Cal.com objects to is answered once, since nothing was written then (B66)."""
        try:
            return await self.client.book(body, self._deadlines)
        except ApiRefused as refused:
            if refused.problem.kind is not Kind.FIELD:
                raise
            self._kinds.forget(booking.binding)
            facts = await self._kinds.facts(booking.binding or 0, self._deadlines)
            again = booking_body(
                booking,
                facts,
                self._terms.language,
                without_phone="attendeePhoneNumber" in refused.problem.message,
                with_email=True,
            )
            if again == body:
                raise
            return await self.client.book(again, self._deadlines)

    async def _declined(self, booking: Booking, refused: ApiRefused) -> Confirmation | Declined:
        """A no of Cal.com: ours after all, somebody else's, or a fault of the business file."""
        problem = refused.problem
        if problem.kind not in (Kind.NOT_POSSIBLE, Kind.CONFLICT):
            self._kinds.forget(booking.binding)
            raise problem.fault(write=True) from refused
        try:
            found = await find_made(self.client, booking, self._deadlines)
        except CalendarFault as fault:
            raise OutcomeUnknown(f"{problem.evidence}; looking for our own booking failed") from fault
        if found is not None:
            return confirmation(booking, found)
        return Declined("slot_taken", problem.evidence)

    async def _after_lost_answer(self, booking: Booking, unknown: OutcomeUnknown) -> CalcomBooking:
        try:
            found = await self._look(booking)
        except CalendarFault:
            raise unknown from None
        if found is None:
            raise unknown  # not there yet is not a no: the server may still be at it
        return found

    async def _without_double(self, booking: Booking, made: CalcomBooking) -> Confirmation | Declined:
        """Look for another booking of the same host at this time, which Cal.com lets through within a moment.

        Of two of ours the later one yields; to anybody else ours does: the caller has not heard of it yet.
        """
        try:
            others = await overlapping(self.client, made, self._deadlines)
        except CalendarFault:
            return confirmation(booking, made)  # the reconciler looks again
        if not any(intent_of(row) is None or row.number < made.number for row in others):
            return confirmation(booking, made)
        self._alarm("calendar_double_booking", booking, uid=made.uid, other=others[0].uid)
        await self._undo(replace(booking, uid=made.uid))
        return Declined("slot_taken", "another booking of the same host was made at the same moment")

    def _alarm(self, code: str, booking: Booking, **facts: object) -> None:
        whose = {"business": booking.business_id, "call": booking.call_id, "booking": booking.id}
        self._notifier.alarm(code, {**whose, **facts})

    async def _undo(self, booking: Booking) -> None:
        answer = await self.cancel(booking)
        if isinstance(answer, Declined):
            raise OutcomeUnknown(f"booking {booking.id} could not be taken back: {answer.evidence}")

    # Looking, cancelling, moving ------------------------------------------------------------------

    async def find(self, booking: Booking) -> Confirmation | None:
        """See `Calendar`."""
        found = await self._look(booking)
        return confirmation(booking, found) if found is not None else None

    async def _look(self, booking: Booking) -> CalcomBooking | None:
        if booking.uid is not None:
            known = await self.client.booking(booking.uid, self._deadlines)
            if known is not None and known.live:
                return known
        replaces = booking.replaces
        if replaces is not None:
            old = await self._store.read(lambda tx: tx.booking(booking.business_id, replaces))
            if old is not None and old.uid is not None:
                moved = await find_moved(self.client, booking, old.uid, self._deadlines)
                if moved is not None:
                    return moved
        return await find_made(self.client, booking, self._deadlines)

    async def cancel(self, booking: Booking) -> Confirmation | Declined:
        """See `Calendar`. A lost answer is looked up and, since a repeat changes nothing, sent once more."""
        if booking.uid is None:
            return Declined("not_found", "the booking never got an id of Cal.com")
        for last in (False, True):
            try:
                return confirmation(
                    booking, await self.client.cancel(booking.uid, BY_CALLER, self._deadlines)
                )
            except ApiRefused as refused:
                if refused.problem.kind is Kind.NOT_FOUND:
                    return Declined("not_found", refused.problem.evidence)
                answer = await self._cancelled(booking, booking.uid)
                if answer is None:
                    raise refused.problem.fault(write=False) from refused
                return answer
            except OutcomeUnknown:
                answer = await self._cancelled(booking, booking.uid)
                if answer is not None:
                    return answer
                if last:
                    raise
        raise AssertionError("the loop above returns or raises")

    async def _cancelled(self, booking: Booking, uid: str) -> Confirmation | Declined | None:
        """The truth about a cancellation: None while the booking is still there."""
        try:
            row = await self.client.booking(uid, self._deadlines)
        except CalendarFault as fault:
            raise OutcomeUnknown("whether the booking was cancelled could not be looked up") from fault
        if row is None:
            return Declined("not_found", f"Cal.com has no booking {uid}")
        return None if row.live else confirmation(booking, row)

    async def move(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        """See `Calendar`. Another event type (another member of staff) cannot be moved to: book, then cancel."""
        if old.uid is None:
            return Declined("not_found", "the appointment to be moved never got an id of Cal.com")
        if booking.binding != old.binding:
            return await self._replace(booking, old, offer_owner)
        await self._check_length(booking)
        try:
            made = await self.client.reschedule(old.uid, booking.start, MOVED, self._deadlines)
        except ApiRefused as refused:
            return await self._not_moved(booking, old.uid, refused)
        except OutcomeUnknown as unknown:
            return confirmation(booking, await self._after_lost_answer(booking, unknown))
        if made.from_uid not in (None, old.uid):
            raise OutcomeUnknown(f"Cal.com moved {made.from_uid} when asked to move {old.uid}")
        return confirmation(booking, made)

    async def _check_length(self, booking: Booking) -> None:
        """A move cannot be undone: what would come out with another length is not begun. Raises Rejected."""
        self._kinds.forget(booking.binding)
        facts = await self._kinds.facts(booking.binding or 0, self._deadlines)
        if facts is not None and booking.duration_min not in (facts.length_min, *facts.lengths):
            raise Rejected(
                f"event type {facts.id} lasts {facts.length_min} minutes now, not {booking.duration_min}"
            )

    async def _not_moved(
        self, booking: Booking, old_uid: str, refused: ApiRefused
    ) -> Confirmation | Declined:
        if refused.problem.kind not in (Kind.NOT_POSSIBLE, Kind.CONFLICT, Kind.NOT_FOUND):
            raise refused.problem.fault(write=True) from refused
        try:
            found = await find_moved(self.client, booking, old_uid, self._deadlines)
            old = await self.client.booking(old_uid, self._deadlines) if found is None else None
        except CalendarFault as fault:
            raise OutcomeUnknown(f"{refused.problem.evidence}; looking where it is failed") from fault
        if found is not None:
            return confirmation(booking, found)
        if old is None or not old.live:
            return Declined("not_found", "the appointment to be moved is not there")
        return Declined("slot_taken", refused.problem.evidence)

    async def _replace(self, booking: Booking, old: Booking, offer_owner: str) -> Confirmation | Declined:
        answer = await self.book(booking, offer_owner)
        if isinstance(answer, Declined) or not _as_offered(booking, answer):
            return answer  # the old one is given up only for the right new one
        try:
            await self.cancel(old)
        except CalendarFault as fault:
            # The new one stands and is told; the old one is a person's work now.
            self._alarm("calendar_old_booking_left", old, cause=fault.code)
        return answer


def confirmation(booking: Booking, found: CalcomBooking) -> Confirmation:
    """What Cal.com has, to be compared with the offer. A host other than the offered one is other staff."""
    staff_id = booking.staff_id
    offered = [span.resource_id for span in booking.spans if span.resource_id.startswith(HOST)]
    if offered and found.host_ids and offered[0] not in {f"{HOST}{host}" for host in found.host_ids}:
        staff_id = f"{HOST}{found.host_ids[0]}"
    return Confirmation(
        uid=found.uid,
        binding=found.event_type_id,
        service_id=None,
        start=found.start,
        duration_min=found.duration_min,
        staff_id=staff_id,
        pending=found.pending,
    )


def _as_offered(booking: Booking, answer: Confirmation) -> bool:
    """True if nothing in the answer speaks against giving up another appointment for it."""
    mine = (booking.binding, booking.start, booking.duration_min, booking.staff_id)
    return mine == (answer.binding, answer.start, answer.duration_min, answer.staff_id)


def _own(row: Occupied, question: SlotQuestion) -> bool:
    mine = f"offer:{question.own_call}:" if question.own_call else None
    event = f"event:{question.own_event}" if question.own_event else None
    return row.owner == event or (mine is not None and row.owner.startswith(mine))
