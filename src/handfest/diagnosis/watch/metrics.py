"""What Prometheus is told, in a registry of its own.

Labels are bounded: businesses up to `BUSINESSES_MAX`, tools and codes by our own lists; nothing that a caller or a
model writes becomes a label.
"""

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase
from whenever import Instant

from handfest.desk.tools import TOOLS
from handfest.diagnosis.story.served_findings import served_findings
from handfest.model.booking import BookingState
from handfest.model.turn import Step, TurnRecord
from handfest.ports import Transaction

BUSINESSES_MAX = 2000
OTHER = "other"
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.2, 3.0, 5.0, 10.0)
_LOST = frozenset({"hold_lost", "declined", "calendar_failed", "fault", "mismatch"})
"""Steps after which a wish that a free slot could fill was not filled in this turn."""
_WISHES = frozenset({"check_availability", "book_appointment", "reschedule_appointment"})
_REQUESTS = frozenset({"slots", "book", "move", "cancel"})
"""What a calendar is asked for."""
HELD_MAX = 1000
"""Holds remembered before those that are over are looked for; twice as many as live, where more live."""
LETTERS_MAX = 1000
"""The oldest letters that wait are counted, up to so many over all businesses."""
FOLLOWED_MAX = 2000
"""So many followed calendars are counted over all businesses."""
_TRIED_FOR_H = 24 * 7
"""A letter that is to be tried again is due within this time; it waits all the while."""
_OPEN_FOR = 3600
"""Bookings in flight are looked for up to this many seconds ahead of their lease's end."""


COUNTERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "calls": ("Calls that called a tool.", ("business",)),
    "turns": ("Tool requests answered.", ("business", "tool", "code")),
    "checks": ("Availability checks by their answer.", ("business", "code")),
    "offers": ("Offers made and held.", ("business",)),
    "bookings": ("Bookings by what the turn made of them.", ("business", "outcome", "code")),
    "wishes": ("Wishes that a free slot could fill, booked or lost.", ("business", "result")),
    "promises": ("Bookings a calendar confirmed, equal to their offer or not.", ("business", "kept")),
    "mismatches": ("Bookings that were not what was offered. Must stay 0.", ("business",)),
    "calendar_errors": ("Failures of calendars by class.", ("business", "code")),
    "findings": ("Findings of served calls.", ("business", "finding")),
    "alarms": ("Alarms raised.", ("code",)),
    "signature_failures": ("Requests whose signature did not fit.", ()),
}
GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "kept_promise_ratio": ("Kept promises of all since the start.", ("business",)),
    "holds": ("Offers of this process that hold their slot now.", ("business",)),
    "waiting": ("What waits: unknown, calling, callback, letter.", ("business", "kind")),
    "followed": ("Calendars that are followed.", ("business",)),
    "followed_unread": ("Followed calendars that could not be read several times in a row.", ("business",)),
    "followed_oldest_seconds": (
        "Time since the last good read of the followed calendar that was read longest ago.",
        ("business",),
    ),
    "waiting_oldest_seconds": ("Age of the oldest that waits.", ("business", "kind")),
}
SECONDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "turn": ("Time to the answer.", ("business", "tool")),
    "calendar": ("Time of a calendar's answer: slots, book, move or cancel.", ("provider", "request")),
}
"""Histograms; their names end in `_seconds`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the store for one business: how many, and since when the oldest."""

    business_id: str
    count: int
    oldest: Instant | None


@dataclass(frozen=True, slots=True)
class StoreState:
    """What only the store knows, read at the moment of a scrape."""

    unknown: tuple[Waiting, ...]
    calling: tuple[Waiting, ...]
    callbacks: tuple[Waiting, ...]
    letters: tuple[Waiting, ...] = ()
    followed: tuple[Waiting, ...] = ()
    unread: tuple[tuple[str, int], ...] = ()


class Metrics:
    """A `TraceSink` and a `Notifier` that counts. One per house."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._businesses: set[str] = set()
        self._held: dict[tuple[str, str, str], Instant] = {}
        self._held_most = HELD_MAX
        self._kept: dict[str, tuple[int, int]] = {}
        self._series: dict[tuple[str, ...], Any] = {}
        self._count = {
            name: Counter(f"handfest_{name}", text, labels, registry=registry)
            for name, (text, labels) in COUNTERS.items()
        }
        self._gauge = {
            name: Gauge(f"handfest_{name}", text, labels, registry=registry)
            for name, (text, labels) in GAUGES.items()
        }
        self._seconds = {
            name: Histogram(f"handfest_{name}_seconds", text, labels, buckets=_BUCKETS, registry=registry)
            for name, (text, labels) in SECONDS.items()
        }

    def turn(self, record: TurnRecord) -> None:
        """See `TraceSink`."""
        business = self._business(record.business_id)
        tool = record.tool if record.tool in TOOLS else OTHER
        if record.number == 1:
            self._add("calls", business)
        self._add("turns", business, tool, record.code)
        self._took("turn", record.took_ms, business, tool)
        if tool == "check_availability":
            self._add("checks", business, record.code)
        for step in record.steps:
            self._step(business, record, step)
        if tool in _WISHES:
            self._wish(business, record)
        # Whether questions were settled shows at the end of the call only; here a step speaks for itself.
        found = served_findings([record], done=True, pinned=True)
        self.audited(record.business_id, (finding.id for finding in found))

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """See `Notifier`."""
        self._add("alarms", code)
        if code == "signature_invalid":
            self._count["signature_failures"].inc()
        if code == "offer_mismatch":
            business = self._business(str(facts.get("business", OTHER)))
            self._add("mismatches", business)
            self._promise(business, kept=False)

    def audited(self, business_id: str, findings: Iterable[str]) -> None:
        """Count the findings of a call of this business."""
        business = self._business(business_id)
        for finding in findings:
            self._add("findings", business, finding)

    def observe(self, state: StoreState, now: Instant) -> None:
        """Bring what is only known at a scrape up to date."""
        for name in ("followed", "followed_unread", "followed_oldest_seconds"):
            self._gauge[name].clear()
        for business_id, unread in state.unread:
            self._gauge["followed_unread"].labels(self._business(business_id)).set(unread)
        for row in state.followed:
            business = self._business(row.business_id)
            self._gauge["followed"].labels(business).set(row.count)
            if row.oldest is not None:
                age = max(0.0, (now - row.oldest).total("seconds"))
                self._gauge["followed_oldest_seconds"].labels(business).set(age)
        self._gauge["waiting"].clear()
        self._gauge["waiting_oldest_seconds"].clear()
        for kind, rows in (
            ("unknown", state.unknown),
            ("calling", state.calling),
            ("callback", state.callbacks),
            ("letter", state.letters),
        ):
            for row in rows:
                business = self._business(row.business_id)
                age = (now - row.oldest).total("seconds") if row.oldest is not None else 0.0
                self._gauge["waiting"].labels(business, kind).set(row.count)
                self._gauge["waiting_oldest_seconds"].labels(business, kind).set(max(0.0, age))
        self._forget_over(now)
        self._gauge["holds"].clear()
        holds = Tally(key[0] for key in self._held)
        for business in self._businesses:
            self._gauge["holds"].labels(business).set(holds[business])

    def _add(self, name: str, *labels: str) -> None:
        self._one(self._count[name], name, labels).inc()

    def _took(self, name: str, milliseconds: float, *labels: str) -> None:
        self._one(self._seconds[name], f"{name}_seconds", labels).observe(milliseconds / 1000)

    def _one(self, metric: MetricWrapperBase, name: str, labels: tuple[str, ...]) -> Any:
        """The series of these labels, looked up under the library's lock only once: a turn counts ten times."""
        key = (name, *labels)
        if key not in self._series:
            self._series[key] = metric.labels(*labels)
        return self._series[key]

    def _step(self, business: str, record: TurnRecord, step: Step) -> None:
        facts = step.facts
        if "calendar_ms" in facts:
            request = facts.get("request", "slots")
            provider = str(facts.get("provider", OTHER))
            self._took(
                "calendar", float(facts["calendar_ms"]), provider, request if request in _REQUESTS else OTHER
            )
        match step.name:
            case "offered":
                self._add("offers", business)
                self._hold((business, record.call_id, str(facts.get("offer"))), facts, record.at)
            case "released":
                for offer in facts.get("offers", ()):
                    self._held.pop((business, record.call_id, str(offer)), None)
            case "booked" | "changed" | "cancelled":
                self._add("bookings", business, step.name, record.code)
                self._held.pop((business, record.call_id, str(facts.get("offer"))), None)
                if step.name != "cancelled":
                    self._promise(business, kept=True)
            case "declined" | "mismatch":
                self._add("bookings", business, "refused", record.code)
            case "outcome_unknown" | "calendar_failed" | "look_up_failed":
                outcome = "unknown" if step.name == "outcome_unknown" else "failed"
                if step.name != "look_up_failed":
                    self._add("bookings", business, outcome, record.code)
                self._add("calendar_errors", business, str(facts.get("code")))
            case "fault" if str(facts.get("code", "")).startswith("calendar_"):
                self._add("calendar_errors", business, str(facts.get("code")))

    def _hold(self, key: tuple[str, str, str], facts: dict[str, object], at: Instant) -> None:
        self._held[key] = _held_until(facts, at)
        if len(self._held) > self._held_most:
            self._forget_over(at)

    def _forget_over(self, now: Instant) -> None:
        """Let go of holds that are over. Nobody may ever scrape: they are looked for when they have doubled, too."""
        self._held = {key: until for key, until in self._held.items() if until > now}
        self._held_most = max(HELD_MAX, 2 * len(self._held))

    @property
    def holds_remembered(self) -> int:
        """How many holds are kept in mind, those among them that are over and not looked for yet."""
        return len(self._held)

    def _wish(self, business: str, record: TurnRecord) -> None:
        names = {step.name for step in record.steps}
        if names & {"booked", "changed"}:
            self._add("wishes", business, "booked")
        elif names & _LOST:
            self._add("wishes", business, "lost")

    def _promise(self, business: str, *, kept: bool) -> None:
        self._add("promises", business, "true" if kept else "false")
        good, total = self._kept.get(business, (0, 0))
        self._kept[business] = good, total = good + kept, total + 1
        self._gauge["kept_promise_ratio"].labels(business).set(good / total)

    def _business(self, business_id: str) -> str:
        if business_id in self._businesses:
            return business_id
        if len(self._businesses) >= BUSINESSES_MAX:
            return OTHER
        self._businesses.add(business_id)
        # A series that begins with 1 hides its first event from increase(); these begin with 0.
        self._count["mismatches"].labels(business_id)
        for result in ("booked", "lost"):
            self._count["wishes"].labels(business_id, result)
        return business_id


def _held_until(facts: dict[str, object], at: Instant) -> Instant:
    return Instant.parse_iso(str(facts["held_until"])) if facts.get("held_until") else at


def store_state(tx: Transaction, now: Instant) -> StoreState:
    """Read what waits: bookings with an unknown outcome or in flight, callbacks nobody made, letters to send."""
    unsettled = tx.unsettled_bookings(now.add(seconds=_OPEN_FOR))
    outbox = tx.due_letters(now.add(hours=_TRIED_FOR_H), LETTERS_MAX)
    unknown, calling, callbacks, letters = [], [], [], []
    for business_id in tx.businesses():
        own = [row for row in unsettled if row.business_id == business_id]
        unknown.append(
            _waiting(business_id, [row.made_at for row in own if row.state is BookingState.UNKNOWN])
        )
        calling.append(
            _waiting(business_id, [row.made_at for row in own if row.state is BookingState.CALLING])
        )
        asked = [row.made_at for row in tx.callbacks(business_id) if row.closed_at is None]
        callbacks.append(_waiting(business_id, asked))
        unsent = [row.made_at for row in outbox if row.business_id == business_id]
        letters.append(_waiting(business_id, unsent))
    followed, unread = _followed(tx, now)
    return StoreState(tuple(unknown), tuple(calling), tuple(callbacks), tuple(letters), followed, unread)


def _waiting(business_id: str, since: list[Instant]) -> Waiting:
    return Waiting(business_id, len(since), min(since, default=None))


def _followed(tx: Transaction, now: Instant) -> tuple[tuple[Waiting, ...], tuple[tuple[str, int], ...]]:
    """By business: the calendars with their last good reads, and how many of them cannot be read."""
    good: dict[str, list[Instant]] = {}
    unread = Tally[str]()
    for calendar in tx.due_followed(now.add(hours=_TRIED_FOR_H), FOLLOWED_MAX):
        good.setdefault(calendar.business_id, []).append(calendar.last_good())
        unread[calendar.business_id] += calendar.unread
    return tuple(_waiting(business_id, since) for business_id, since in good.items()), tuple(unread.items())
