"""Hold before speaking (law 3): claim free slots and turn those that were won into offers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.model.booking import Booking
from handfest.model.catalogue import Service
from handfest.model.offer import Offer, OfferState
from handfest.model.slot import Claim, Slot


@dataclass(frozen=True, slots=True)
class Terms:
    """What all offers of one answer have in common. `adds`: what the call holds already stays held."""

    service: Service
    staff_wished: bool
    limit: int
    replaces: Booking | None = None
    adds: bool = False


def hold(ledger: Ledger, turn: OpenTurn, terms: Terms, slots: Iterable[Slot]) -> tuple[Offer, ...]:
    """Offers for the first slots that can be claimed, best first as given, one per start.

    The call's earlier holds are given up first, so that it never stands in its own way (B37, B43).
    """
    if not terms.adds:
        ledger.let_go(OfferState.RELEASED)
    offers: list[Offer] = []
    for slot in slots:
        if len(offers) == terms.limit:
            break
        if any(offer.start == slot.start for offer in offers):
            continue
        offer = _draft(ledger, turn, terms, slot)
        if ledger.tx.claim(offer.business_id, claim_of(offer, terms, renews=False), ledger.now):
            ledger.save_offer(offer)
            ledger.call = replace(ledger.call, offers_made=ledger.call.offers_made + 1)
            offers.append(offer)
        else:
            ledger.trace.step("lost_to_another_caller", start=slot.start.format_iso(), staff=slot.staff_id)
    for offer in offers:
        _record(ledger, offer)
    return tuple(offers)


def claim_of(offer: Offer, terms: Terms, *, renews: bool = True) -> Claim:
    """What an offer takes while it lives; a new one has nothing to renew.

    The appointment it would replace is not in its way (B46).
    """
    grouped = terms.service.capacity > 1
    old = terms.replaces
    return Claim(
        owner=offer.owner,
        kind="hold",
        spans=offer.spans,
        service_id=offer.service_id if grouped else None,
        group_start=offer.start if grouped else None,
        until=offer.expires_at,
        besides=f"event:{old.uid}" if old is not None and old.uid else None,
        renews=renews,
    )


def _draft(ledger: Ledger, turn: OpenTurn, terms: Terms, slot: Slot) -> Offer:
    person = turn.catalogue.staff_member(slot.staff_id)
    return Offer(
        business_id=ledger.call.business_id,
        call_id=ledger.call.id,
        id=f"A{ledger.call.offers_made + 1}",
        turn=ledger.call.turns,
        service_id=terms.service.id,
        service_name=terms.service.name,
        binding=terms.service.binding.for_staff(slot.staff_id),
        duration_min=slot.duration_min,
        staff_id=slot.staff_id,
        staff_name=person.name if person else None,
        staff_wished=terms.staff_wished,
        start=slot.start,
        zone=turn.zone.key,
        price=terms.service.price,
        catalogue_version=turn.catalogue.version,
        branch_id=turn.compiled.branch_id,
        spans=slot.spans,
        made_at=ledger.now,
        expires_at=ledger.now.add(seconds=turn.catalogue.rules.hold_seconds),
        replaces=terms.replaces.id if terms.replaces else None,
    )


def _record(ledger: Ledger, offer: Offer) -> None:
    ledger.trace.step(
        "offered",
        offer=offer.id,
        service_id=offer.service_id,
        binding=offer.binding,
        duration_min=offer.duration_min,
        start=offer.local_start.format_iso(),
        staff=offer.staff_id,
        held_until=offer.expires_at.to_tz(offer.zone).format_iso().split("[")[0],
        replaces=offer.replaces,
    )
