"""A small salon in Berlin for the tests of slots, reasons and ranking."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.model.catalogue import (
    BookingRules,
    Branch,
    Business,
    Catalogue,
    Hours,
    Opening,
    Phase,
    Resource,
    Service,
    Staff,
)

ZONE = ZoneInfo("Europe/Berlin")
NOON = Instant.from_utc(2026, 5, 5, 10)
WEEK = (*(((Opening(540, 1020),),) * 5), (), ())


def at(text):
    """The instant at which the salon's clock shows `text`."""
    return Instant.from_timestamp(int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()))


def salon(**changes):
    """The salon; keyword arguments change its booking rules, `staff`, `branches` and `hours` those."""
    services = (
        Service("cut", "Haarschnitt", 30),
        Service("colour", "Färben", 30, buffer_after_min=15),
        Service("perm", "Dauerwelle", 120, phases=(Phase(45), Phase(30, False), Phase(45)), needs=("chair",)),
        Service("course", "Kurs", 60, capacity=3, needs=("room",)),
    )
    everything = frozenset(service.id for service in services)
    staff = (Staff("maria", "Maria", everything), Staff("jana", "Jana", everything), Staff("ben", "Ben"))
    return Catalogue(
        Business("salon", "Salon Beispiel", "de", "Europe/Berlin", holidays="DE-BE"),
        services,
        staff=changes.pop("staff", staff),
        resources=(Resource("chair", "Stuhl", 2), Resource("room", "Raum", 1, branches=("mitte",))),
        branches=changes.pop("branches", (Branch("mitte", "Mitte"), Branch("nord", "Nord"))),
        hours=changes.pop("hours", Hours(WEEK, closed=frozenset({date(2026, 5, 15)}))),
        rules=BookingRules(**changes),
    )
