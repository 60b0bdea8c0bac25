"""Conceal: bring the provider's hidden slots in line with the offers of a call, best effort and afterwards.

The hold that counts is the one in our own store; this only keeps a held slot off the provider's own pages.
"""

import asyncio

from handfest.errors import CalendarFault
from handfest.model.offer import Offer
from handfest.ports import Calendar, Clock, Store


async def conceal(
    store: Store, calendar: Calendar, clock: Clock, business_id: str, call_id: str
) -> tuple[str, ...]:
    """Hide what is held, show what is not any more. Comes back with the codes of the faults met."""
    offers = await store.read(lambda tx: tx.offers(business_id, call_id))
    codes = await asyncio.gather(*(_bring_in_line(calendar, clock, offer) for offer in offers))
    return tuple(code for code in codes if code is not None)


async def _bring_in_line(calendar: Calendar, clock: Clock, offer: Offer) -> str | None:
    held = offer.holds(clock.now())
    try:
        if held and offer.hidden_as is None:
            await calendar.hide(offer)
        elif not held and offer.hidden_as is not None:
            await calendar.reveal(offer)
    except CalendarFault as fault:
        return fault.code
    return None
