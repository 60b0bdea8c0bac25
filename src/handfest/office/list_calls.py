"""List calls: the newest first, by anything they can be found by."""

from dataclasses import dataclass, field

from whenever import Instant

from handfest.model.actor import Actor, Scope
from handfest.model.call import Call
from handfest.model.call_filter import CallFilter, mark
from handfest.model.page import Page, Position, page_of
from handfest.model.search_text import digits_of, words_of
from handfest.office.digest_calls import AT_ONCE, WORD_LETTERS_MIN, digest_calls
from handfest.office.objection import Objection
from handfest.office.office import Office, bounded, enter
from handfest.ports import Transaction
from handfest.speech.phone_number import PhoneOk, read_phone

KINDS = ("outcome", "finding", "service", "line", "version", "branch")
"""Kinds of marks whose values are offered as a choice."""
WORDS_MAX = 4
CHOICES_MAX = 100


@dataclass(frozen=True, slots=True)
class CallQuery:
    """What calls are wanted; every field narrows. `text` is words the caller said, or the caller's number.

    [first, last) is when the call began. `test` None shows test calls among the others.
    """

    outcome: str | None = None
    finding: str | None = None
    service: str | None = None
    line: str | None = None
    version: str | None = None
    branch: str | None = None
    text: str | None = None
    first: Instant | None = None
    last: Instant | None = None
    test: bool | None = None


@dataclass(frozen=True, slots=True)
class CallChoices:
    """By kind: the values there are, and how many calls have each (counted up to a thousand)."""

    values: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


async def list_calls(
    office: Office,
    actor: Actor,
    business_id: str,
    query: CallQuery,
    limit: int = 50,
    after: Position | None = None,
) -> Page[Call] | Objection:
    """One page of the calls that fit."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    wanted = _filter(query, entered.catalogue.business.country)
    if wanted.marks:
        # What has just changed is found as it is now; a long backlog is somebody else's work.
        await digest_calls(office, business_id, AT_ONCE)
    most = bounded(limit)
    rows = await office.store.read(lambda tx: tx.calls_found(business_id, wanted, most + 1, after))
    return page_of(rows, [Position(row.started_at, row.id) for row in rows], most)


async def call_choices(office: Office, actor: Actor, business_id: str) -> CallChoices | Objection:
    """What calls can be narrowed by: values of outcome, finding, service, line and agent version."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered

    def work(tx: Transaction) -> dict[str, tuple[tuple[str, int], ...]]:
        return {kind: tx.marks(business_id, kind, CHOICES_MAX) for kind in KINDS}

    return CallChoices(await office.store.read(work))


def _filter(query: CallQuery, country: str) -> CallFilter:
    pairs: list[tuple[str, str | None]] = [(kind, getattr(query, kind)) for kind in KINDS]
    if query.test is not None:
        pairs.append(("test", "yes" if query.test else "no"))
    marks = {mark(kind, value) for kind, value in pairs if value}
    return CallFilter(frozenset(marks | _text_marks(query.text or "", country)), query.first, query.last)


def _text_marks(text: str, country: str) -> set[str]:
    match read_phone(text, country) if any(sign.isdigit() for sign in text) else None:
        case PhoneOk() as number:
            return {mark("caller", digits_of(number.e164))}
    words = [word for word in words_of(text) if len(word) >= WORD_LETTERS_MIN]
    return {mark("word", word) for word in words[:WORDS_MAX]}
