"""What the office works with, and the one question asked before anything: may this actor do this here?"""

from dataclasses import dataclass

from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.desk.counter import Counter
from handfest.model.actor import Actor, Scope
from handfest.model.catalogue import Catalogue
from handfest.office.objection import Objection, ObjectionCode, not_found
from handfest.ports import Calendars, Clock, IdSource, Store, StoredCatalogue

PAGE_MAX = 200
"""The most rows of one page."""


@dataclass(frozen=True, slots=True)
class Office:
    """The ports and parts that every use case of the office is given."""

    store: Store
    clock: Clock
    ids: IdSource
    shelf: Shelf
    calendars: Calendars
    counter: Counter


@dataclass(frozen=True, slots=True)
class OpenBusiness:
    """A business somebody may work in: its active version as stored and made ready."""

    stored: StoredCatalogue
    compiled: CompiledCatalogue

    @property
    def id(self) -> str:
        """The business's id."""
        return self.stored.business_id

    @property
    def catalogue(self) -> Catalogue:
        """The active version, all branches."""
        return self.compiled.catalogue

    @property
    def zone(self) -> str:
        """The business's time zone."""
        return self.catalogue.business.time_zone


def deny(actor: Actor, scope: Scope, business_id: str) -> Objection | None:
    """The objection to an actor who may not do this; None lets it pass."""
    if actor.may(scope, business_id):
        return None
    return Objection(
        ObjectionCode.NOT_ALLOWED, f"{actor.name} may not do this in {business_id}", {"needs": scope.value}
    )


async def enter(office: Office, actor: Actor, scope: Scope, business_id: str) -> OpenBusiness | Objection:
    """The business, if the actor may do this in it. What is not theirs looks like what does not exist."""
    denied = deny(actor, scope, business_id)
    if denied is not None:
        return denied
    stored = await office.store.read(lambda tx: tx.catalogue(business_id))
    if stored is None:
        return not_found("business")
    return OpenBusiness(stored, office.shelf.compiled(stored, None))


def bounded(limit: int) -> int:
    """A number of rows that one page may have."""
    return max(1, min(limit, PAGE_MAX))
