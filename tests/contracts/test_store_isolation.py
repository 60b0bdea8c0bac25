"""The Store contract, isolation: what is written for one business is never seen for another (B95).

The proof is non-interference: after any mixture of writes for two businesses with the same ids, each business
reads exactly what it would read had the other never written.
"""

import asyncio
import inspect
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.samples import (
    NINE,
    NOW,
    api_key,
    booking,
    busy,
    call,
    callback,
    catalogue_draft,
    change,
    claim,
    digest,
    event,
    followed,
    letter,
    line,
    offer,
    pause,
    transcript,
    turn,
    user,
)
from handfest.errors import Fault
from handfest.model.call_filter import CallFilter
from handfest.model.page import Position
from handfest.ports import Transaction
from handfest.storage.memory import MemoryStore
from handfest.storage.postgres import PostgresStore
from handfest.storage.sqlite import SqliteStore

DAYS = ("2025-01-01", "2026-12-31")
DAY = (NINE.subtract(hours=12), NINE.add(hours=12))
ALL_BUSINESSES = {
    "businesses",
    "lines",
    "unsettled_bookings",
    "business_of_feed",
    "undigested_calls",
    "figures_by_business",
    "key_by_digest",
    "due_letters",
    "due_followed",
    "users",
}
"""What is asked without a business: it finds the business, or it is an operator's overview."""
OF_USERS = {
    *("user", "user_by_login", "user_by_subject", "save_session", "session", "drop_session", "drop_sessions"),
    *("drop_stale_access", "try_once", "forgive"),
    *("save_invite", "invite_by_digest", "invites_of", "due_invites", "take_invite", "use_invite"),
    "drop_stale_invites",
}
"""What belongs to a user, who may have a role in many businesses, or to whoever tries to be one."""

WRITES = {
    "add_catalogue": lambda tx, who, one: tx.add_catalogue(
        who, f"source {one}", [line(who, f"+4930{one}")], NOW
    ),
    "activate_catalogue": lambda tx, who, one: tx.activate_catalogue(who, 1, [line(who, f"+4931{one}")]),
    "save_call": lambda tx, who, one: tx.save_call(call(who, f"call_{one}")),
    "add_turn": lambda tx, who, one: tx.add_turn(turn(who, one, f"id:{one}")),
    "save_offer": lambda tx, who, one: tx.save_offer(offer(who, one)),
    "add_callback": lambda tx, who, one: tx.add_callback(callback(who, one)),
    "add_change": lambda tx, who, one: tx.add_change(change(who, one)),
    "save_digest": lambda tx, who, one: tx.save_digest(digest(who, one)),
    "save_pause": lambda tx, who, one: tx.save_pause(pause(who, one)),
    "drop_pause": lambda tx, who, one: tx.drop_pause(who, "retell", f"+4930{one}"),
    "save_draft": lambda tx, who, one: tx.save_draft(catalogue_draft(who, one)),
    "drop_draft": lambda tx, who, one: tx.drop_draft(who),
    "save_letter": lambda tx, who, one: tx.save_letter(letter(who, one)),
    "save_followed": lambda tx, who, one: tx.save_followed(followed(who, one)),
    "drop_followed": lambda tx, who, one: tx.drop_followed(who, f"ics:anna:{one}"),
    "take_followed": lambda tx, who, one: tx.take_followed(
        followed(who, one), NOW.add(hours=1), NOW.add(hours=2)
    ),
    "save_user": lambda tx, who, one: tx.save_user(user(who, one)),
    "save_key": lambda tx, who, one: tx.save_key(api_key(who, one)),
    "take_letter": lambda tx, who, one: tx.take_letter(letter(who, one), NOW.add(hours=1), NOW.add(hours=2)),
    "first_sight": lambda tx, who, one: tx.first_sight(who, f"event:{one}", NOW),
    "save_transcript": lambda tx, who, one: tx.save_transcript(transcript(who, one)),
    "drop_transcripts": lambda tx, who, one: tx.drop_transcripts(who, NOW.add(hours=one)),
    "replace_turns": lambda tx, who, one: tx.replace_turns(
        who, "call_1", [turn(who, 10 + one, f"new:{one}")]
    ),
    "drop_transcript": lambda tx, who, one: tx.drop_transcript(who, f"call_{one}"),
    "claim": lambda tx, who, one: tx.claim(who, claim(f"event:{one}"), NOW),
    "release": lambda tx, who, one: tx.release(who, f"event:{one}"),
    "save_booking": lambda tx, who, one: tx.save_booking(booking(who, one)),
    "save_event": lambda tx, who, one: tx.save_event(event(who, one)),
    "add_busy": lambda tx, who, one: tx.add_busy(busy(who, f"absence_{one}")),
    "replace_busy": lambda tx, who, one: tx.replace_busy(
        who, "manual" if one == 1 else "ics", [busy(who, "imported")]
    ),
    "save_feed": lambda tx, who, one: tx.save_feed(who, f"digest {who} {one}", NOW),
    "drop_feed": lambda tx, who, one: tx.drop_feed(who),
    "remove_busy": lambda tx, who, one: tx.remove_busy(who, f"absence_{one}"),
}
READS = {
    "catalogue": lambda tx, who, one: tx.catalogue(who, one),
    "catalogues": lambda tx, who, one: tx.catalogues(who),
    "call": lambda tx, who, one: tx.call(who, f"call_{one}"),
    "lock_call": lambda tx, who, one: tx.lock_call(who, f"call_{one}"),
    "calls": lambda tx, who, one: tx.calls(who, 99),
    "turn_by_key": lambda tx, who, one: tx.turn_by_key(who, "call_1", f"id:{one}"),
    "turns": lambda tx, who, one: tx.turns(who, "call_1"),
    "newest_turns": lambda tx, who, one: tx.newest_turns(who, 99),
    "last_turn": lambda tx, who, one: tx.last_turn(who, "call_1"),
    "offers": lambda tx, who, one: tx.offers(who, "call_1"),
    "callbacks": lambda tx, who, one: tx.callbacks(who),
    "changes": lambda tx, who, one: (tx.changes(who, 99), tx.changes(who, 99, subject=f"bk_{one}")),
    "calls_found": lambda tx, who, one: (
        tx.calls_found(who, CallFilter(), 99),
        tx.calls_found(who, CallFilter(frozenset({f"word:{one}"})), 99),
    ),
    "newer_call": lambda tx, who, one: tx.newer_call(who, Position(NOW, f"call_{one}")),
    "live_calls": lambda tx, who, one: tx.live_calls(who, NOW),
    "marks": lambda tx, who, one: tx.marks(who, "outcome", 9),
    "figures_by_day": lambda tx, who, one: tx.figures_by_day(who, *DAYS),
    "marks_by_day": lambda tx, who, one: tx.marks_by_day(who, "word", *DAYS),
    "pause": lambda tx, who, one: tx.pause(who, "retell", f"+4930{one}"),
    "pauses": lambda tx, who, one: tx.pauses(who),
    "draft": lambda tx, who, one: tx.draft(who),
    "busy_time": lambda tx, who, one: tx.busy_time(who, f"absence_{one}"),
    "callback": lambda tx, who, one: tx.callback(who, f"cb_{one}"),
    "callbacks_found": lambda tx, who, one: tx.callbacks_found(who, 99),
    "bookings_found": lambda tx, who, one: tx.bookings_found(who, ["erika"], 99),
    "letter": lambda tx, who, one: tx.letter(who, letter(who, one).id),
    "letters": lambda tx, who, one: tx.letters(who, 99),
    "letters_of_booking": lambda tx, who, one: tx.letters_of_booking(who, f"bk_{one}"),
    "followed": lambda tx, who, one: tx.followed(who, f"ics:anna:{one}"),
    "followed_calendars": lambda tx, who, one: tx.followed_calendars(who),
    "users_of": lambda tx, who, one: tx.users_of(who),
    "key": lambda tx, who, one: tx.key(who, f"key_{one}"),
    "keys": lambda tx, who, one: tx.keys(who),
    "transcript": lambda tx, who, one: tx.transcript(who, f"call_{one}"),
    "count_seen": lambda tx, who, one: tx.count_seen(who, "event:0", f"event:{one}"),
    "taken": lambda tx, who, one: tx.taken(who, *DAY, NOW),
    "service_starts": lambda tx, who, one: tx.service_starts(who, "47", *DAY),
    "booking": lambda tx, who, one: tx.booking(who, f"bk_{one}"),
    "booking_of_offer": lambda tx, who, one: tx.booking_of_offer(who, "call_1", f"A{one}"),
    "bookings": lambda tx, who, one: tx.bookings(who, *DAY, 99),
    "feed": lambda tx, who, one: tx.feed(who) == f"digest {who} {one}",
    "knows_caller": lambda tx, who, one: tx.knows_caller(who, "+493023125077"),
    "bookings_of_caller": lambda tx, who, one: tx.bookings_of_caller(who, "+493023125077"),
    "bookings_of_call": lambda tx, who, one: tx.bookings_of_call(who, "call_1"),
    "calls_from": lambda tx, who, one: tx.calls_from(who, "+493023125077"),
    "event": lambda tx, who, one: tx.event(who, f"ev_bk_{one}"),
    "event_of_booking": lambda tx, who, one: tx.event_of_booking(who, f"bk_{one}"),
    "busy": lambda tx, who, one: tx.busy(who, *DAY),
}
NUMBERS = (1, 2)
steps = st.tuples(st.sampled_from(sorted(WRITES)), st.sampled_from(NUMBERS))
mixtures = st.lists(st.tuples(st.booleans(), steps), min_size=1, max_size=30)
_fresh = itertools.count()


def view(tx, who):
    """Everything a business can read, with its own name taken out."""
    read = {name: [ask(tx, who, one) for one in NUMBERS] for name, ask in READS.items()}
    return repr(read).replace(who, "BUSINESS")


async def do(store, who, step):
    """One write in a transaction of its own; what it says (without the business's name), a fault by its name."""
    name, one = step
    try:
        said = await store.write(lambda tx: WRITES[name](tx, who, one))
    except Fault as fault:
        said = type(fault).__name__
    return repr(said).replace(who, "BUSINESS")


async def no_interference(store, mixture):
    """Play the mixture for two businesses, and each one's part alone for two others; compare what is seen."""
    number = next(_fresh)
    left, right, alone_left, alone_right = (f"{name}-{number:04}" for name in ("le", "ri", "al", "ar"))
    for is_left, step in mixture:
        together = await do(store, left if is_left else right, step)
        alone = await do(store, alone_left if is_left else alone_right, step)
        assert together == alone, step
    for mixed, alone in ((left, alone_left), (right, alone_right)):
        seen = await store.read(lambda tx, who=mixed: view(tx, who))
        assert seen == await store.read(lambda tx, who=alone: view(tx, who))


def test_every_method_of_the_port_takes_part():
    methods = {
        name for name, _ in inspect.getmembers(Transaction, inspect.isfunction) if not name.startswith("_")
    }
    assert methods == set(WRITES) | set(READS) | ALL_BUSINESSES | OF_USERS


def test_every_method_names_its_business():
    for name in {**WRITES, **READS}:
        first = list(inspect.signature(getattr(Transaction, name)).parameters)[1]
        assert first == "business_id" or name.startswith(("save_", "add_", "take_")), name


class TestIsolation:
    @settings(max_examples=60)
    @given(mixture=mixtures)
    def test_b95_memory(self, mixture):
        asyncio.run(no_interference(MemoryStore(), mixture))

    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    def test_b95_databases(self, kind, request):
        address = request.getfixturevalue(f"{kind}_address")

        @settings(max_examples=12)
        @given(mixture=mixtures)
        def holds(mixture):
            runner.run(no_interference(store, mixture))

        with asyncio.Runner() as runner:
            store = PostgresStore(address) if kind == "postgres" else SqliteStore(Path(address))
            try:
                holds()
            finally:
                runner.run(store.close())

    async def test_b95_everything_of_one_business_is_nothing_to_another(self, store):
        def fill(tx):
            for name in sorted(
                set(WRITES) - {"remove_busy", "release"}, key=lambda name: name != "add_catalogue"
            ):
                WRITES[name](tx, "left", 1)

        empty = await store.read(lambda tx: view(tx, "right"))
        await store.write(fill)
        assert await store.read(lambda tx: view(tx, "right")) == empty
        assert await store.read(lambda tx: view(tx, "left")) != empty
        assert await store.read(lambda tx: tx.businesses()) == ("left",)
