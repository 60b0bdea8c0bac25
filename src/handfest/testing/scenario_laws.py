"""Laws that hold in every call, whatever a scenario expects of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handfest.model.booking import Booking, BookingState
from handfest.model.offer import Offer
from handfest.model.refusal import RefusalCode
from handfest.ports import Transaction
from handfest.testing.own_words import accused_words
from handfest.testing.scenario import Exchange, Scenario
from handfest.testing.scenario_end import all_bookings
from handfest.testing.scenario_stage import Stage
from handfest.voice.answer import ANSWER_MAX

SUCCESS_CODES = frozenset({"booked", "changed", "cancelled"})
SUCCESS_WORDS = re.compile(
    r"\b(gebucht|eingetragen|storniert|verschoben|reserviert|vorgemerkt|bestätigt|booked|cancelled|moved|"
    r"reserved|confirmed|scheduled)\b",
    re.IGNORECASE,
)
"""Words from which a caller (or a model) concludes that something is done (B85, B91)."""
_REFUSALS = frozenset(code.value for code in RefusalCode)
_DIGITS_MIN = 7


async def answer_laws(exchange: Exchange, scenario: Scenario, stage: Stage) -> list[str]:
    """What every answer to a tool request owes, whatever it says."""
    if exchange.status != 200:
        return []
    answer: Mapping[str, Any] = exchange.answer or {}
    say, code = str(answer.get("say", "")), str(answer.get("code", ""))
    found: list[str] = []
    if len(exchange.text) > ANSWER_MAX or "\n" in exchange.text:
        found.append(f"the answer is not one line of at most {ANSWER_MAX} characters")
    if not say.strip() or not code or "{" in say:
        found.append(f"no speakable sentence or no code: {exchange.text}")
    if SUCCESS_WORDS.search(say) and code not in SUCCESS_CODES:
        found.append(f"success is said with code {code}: {say}")
    if code in _REFUSALS and "?" not in say:
        found.append(f"a refusal leaves no way on: {say}")
    if answer.get("ok") is not (code in _REFUSALS or code in _DONE):
        found.append(f"ok is {answer.get('ok')} with code {code}")
    found += _personal(exchange, scenario)
    if code in SUCCESS_CODES:
        found += await _durable(answer, stage, code)
    return found


_ANSWERED = {"offered", "appointments", "services", "hours", "callback_taken", "pending"}
_DONE = SUCCESS_CODES | _ANSWERED | {"greeted", "dated", "let_go"}


async def end_laws(scenario: Scenario, stage: Stage, exchanges: Sequence[Exchange]) -> list[str]:
    """What the store owes after every scenario: what is booked is what was offered, once (laws 1 and 4).

    And what the gateway had the agent say is nothing that its own audit accuses.
    """
    found = await stage.house.store.read(lambda tx: list(accused_words(tx, stage.catalogues)))
    bookings = await all_bookings(scenario, stage)
    for booking in bookings:
        offer = await _offer(stage, booking)
        found += [f"booking {booking.id} is not its offer: {name}" for name in _unlike(booking, offer)]
    keys = [(booking.business_id, booking.call_id, booking.offer_id) for booking in bookings]
    found += [f"offer {key} led to two bookings" for key in set(keys) if keys.count(key) > 1]
    names = {booking.customer.name for booking in bookings} - {""}
    for exchange in exchanges:
        found += [f"step {exchange.number} tells a caller's name" for name in names if name in exchange.text]
    return [f"law: {difference}" for difference in found]


def _personal(exchange: Exchange, scenario: Scenario) -> list[str]:
    """Numbers and e-mails never go back to the model (law 11)."""
    digits = re.sub(r"\D", "", re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+", "", exchange.text))
    callers = [re.sub(r"\D", "", party.caller) for party in scenario.parties.values()]
    given = [str(value) for value in exchange.args.values() if "@" in str(value)]
    found = [
        f"the caller's number {number}"
        for number in callers
        if len(number) >= _DIGITS_MIN and number in digits
    ]
    found += [f"the e-mail {address}" for address in given if address in exchange.text]
    return [f"the answer tells {what}" for what in found]


async def _durable(answer: Mapping[str, Any], stage: Stage, code: str) -> list[str]:
    """Success is said only of what the store holds (law 5)."""
    booking_id = str((answer.get("booking") or {}).get("id"))
    found = await stage.house.store.read(
        lambda tx: [row for one in tx.businesses() if (row := tx.booking(one, booking_id)) is not None]
    )
    state = BookingState.CANCELLED if code == "cancelled" else BookingState.BOOKED
    if len(found) != 1 or found[0].state is not state:
        return [f"{code} is said, and the store holds {[row.state.value for row in found]}"]
    return []


async def _offer(stage: Stage, booking: Booking) -> Offer:
    def work(tx: Transaction) -> Offer:
        offers = tx.offers(booking.business_id, booking.call_id)
        return next(offer for offer in offers if offer.id == booking.offer_id)

    return await stage.house.store.read(work)


def _unlike(booking: Booking, offer: Offer) -> list[str]:
    fields = ("service_id", "binding", "duration_min", "staff_id", "start", "zone", "branch_id", "spans")
    return [name for name in fields if getattr(booking, name) != getattr(offer, name)]
