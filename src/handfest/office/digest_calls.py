"""Digest calls: what a changed call can be found by and counts for, drawn from its story."""

from collections.abc import Iterator, Sequence

from handfest.diagnosis.story.explain import DONE, Story, findings_of, story_in
from handfest.model.call import Call
from handfest.model.call_filter import mark
from handfest.model.digest import Digest, latency_counts
from handfest.model.search_text import digits_of, words_of
from handfest.office.office import Office
from handfest.ports import Transaction

AT_ONCE = 20
"""So many calls are digested in one transaction when somebody looks at them."""
A_FEW = 2
"""So many when nobody does: callers are served in between, and wait a millisecond at most."""
QUIET_SECONDS = 20
"""A call that was served this short ago is probably served again: it would be digested once more."""
WORDS_MAX = 60
WORD_LETTERS_MIN = 3


async def digest_calls(office: Office, business_id: str | None = None, most: int = AT_ONCE) -> int:
    """Draw digests of calls that have changed, of one business or of all; how many were drawn.

    A reader that wants them all calls it with its business first.
    """
    waiting = await office.store.read(lambda tx: tx.undigested_calls(min(most, AT_ONCE), business_id))
    return await _draw(office, waiting)


async def digest_quiet_calls(office: Office) -> int:
    """Draw the digests of a few calls that are over or pause; how many. Whoever keeps all fresh calls it again."""
    since = office.clock.now().subtract(seconds=QUIET_SECONDS)
    return await _draw(office, await office.store.read(lambda tx: tx.undigested_calls(A_FEW, None, since)))


async def _draw(office: Office, waiting: Sequence[Call]) -> int:
    if not waiting:
        return 0
    zones = await _zones(office, {call.business_id for call in waiting})

    def work(tx: Transaction) -> int:
        for call in waiting:
            _digest(tx, call, zones.get(call.business_id, "UTC"))
        return len(waiting)

    return await office.store.write(work)


async def _zones(office: Office, businesses: set[str]) -> dict[str, str]:
    stored = await office.store.read(lambda tx: [tx.catalogue(one) for one in sorted(businesses)])
    return {
        row.business_id: office.shelf.compiled(row, None).catalogue.business.time_zone
        for row in stored
        if row is not None
    }


def _digest(tx: Transaction, call: Call, zone: str) -> None:
    # Read again under the call's lock: a turn that is being served must not be digested as if it were not.
    tx.lock_call(call.business_id, call.id)
    current = tx.call(call.business_id, call.id)
    if current is not None:
        tx.save_digest(digest_of(story_in(tx, current), zone))


def digest_of(story: Story, zone: str) -> Digest:
    """The digest of a story; its day is the one on which it began in this zone."""
    call = story.call
    found = [finding["id"] for finding in findings_of(story)]
    names = [step.name for turn in story.turns for step in turn.steps]
    return Digest(
        business_id=call.business_id,
        call_id=call.id,
        started_at=call.started_at,
        day=call.started_at.to_tz(zone).date().format_iso(),
        booked=story.outcome in DONE,
        kept=sum(name in ("booked", "changed") for name in names),
        broken=names.count("mismatch"),
        latency=latency_counts([turn.took_ms for turn in story.turns]),
        marks=tuple(dict.fromkeys(_marks(story, found))),
        test=call.test,
    )


def _marks(story: Story, findings: list[str]) -> Iterator[str]:
    call = story.call
    for kind, value in (
        ("outcome", story.outcome),
        ("service", call.pin.service_id if call.pin else None),
        ("line", call.line),
        ("platform", call.platform),
        ("version", call.agent_version),
        ("branch", call.branch_id),
        ("caller", digits_of(call.caller_number)),
        ("test", "yes" if call.test else "no"),
    ):
        if value:
            yield mark(kind, value)
    for finding in findings:
        yield mark("finding", finding)
    for word in list(dict.fromkeys(_words(story)))[:WORDS_MAX]:
        yield mark("word", word)


def _words(story: Story) -> Iterator[str]:
    """Words of the caller: as they named a service, and from the redacted transcript while it is kept."""
    texts = [story.call.pin.spoken] if story.call.pin else []
    texts += [
        str(step.facts.get("spoken") or "")
        for turn in story.turns
        for step in turn.steps
        if step.name == "resolved"
    ]
    if story.transcript is not None:
        texts += [line.text for line in story.transcript.lines if line.who == "caller"]
    for text in texts:
        yield from (word for word in words_of(text) if len(word) >= WORD_LETTERS_MIN)
