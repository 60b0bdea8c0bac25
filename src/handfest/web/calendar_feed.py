"""`/feeds/{token}.ics`: a business's bookings for calendar programs, which can send no more than an address.

The address is the secret; only its digest is kept, so that a copy of the database opens no feed.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from whenever import Instant

from handfest.access.tokens import digest
from handfest.model.booking import Booking
from handfest.ports import StoredCatalogue, Transaction
from handfest.web.feed_text import feed_of
from handfest.wiring import House

PAST_DAYS, FUTURE_DAYS, BOOKINGS_MAX = 31, 731, 10_000


def feed_route(house: House) -> Route:
    """The route. An unknown token is answered like a page that is not there."""

    async def feed(request: Request) -> Response:
        token, now = request.path_params["token"], house.clock.now()
        found = await house.store.read(lambda tx: _bookings(tx, digest(token), now))
        if found is None:
            return PlainTextResponse("not found", 404)
        stored, bookings = found
        catalogue = house.shelf.compiled(stored, None).catalogue
        headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
        return Response(feed_of(catalogue, bookings, now), media_type="text/calendar", headers=headers)

    return Route("/feeds/{token}.ics", feed)


def _bookings(
    tx: Transaction, token_hash: str, now: Instant
) -> tuple[StoredCatalogue, tuple[Booking, ...]] | None:
    business_id = tx.business_of_feed(token_hash)
    stored = tx.catalogue(business_id) if business_id is not None else None
    if business_id is None or stored is None:
        return None
    first, last = now.subtract(hours=24 * PAST_DAYS), now.add(hours=24 * FUTURE_DAYS)
    return stored, tx.bookings(business_id, first, last, BOOKINGS_MAX, booked=True)
