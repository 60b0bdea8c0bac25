"""The front desk: from a signed request to an answer within the deadline, one turn of a call at a time."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from weakref import WeakValueDictionary

from whenever import Instant

from handfest.booking.call_end import note_end
from handfest.booking.conceal import conceal
from handfest.booking.open_turn import OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.stand_by import PAUSED, stand_by
from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.desk.call_news import CallNews, take_news
from handfest.desk.context import context_variables
from handfest.desk.foreign_tools import SERVED
from handfest.desk.reply import reply_to
from handfest.desk.tools import ToolSpec
from handfest.desk.understand import understand
from handfest.errors import CalendarFault, Fault, LineUnknown, RateLimited, StoreFault
from handfest.model.call import Call
from handfest.model.offer import Offer, OfferState
from handfest.model.outcome import Failed
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.turn import Envelope, ToolRequest, TurnRecord
from handfest.ports import (
    Calendar,
    Calendars,
    Clock,
    IdSource,
    LineRecord,
    NoPost,
    Notifier,
    Post,
    SlotQuestion,
    Store,
    StoredCatalogue,
    TraceSink,
    Transaction,
)
from handfest.speech.sentences import sentence
from handfest.speech.when import WhenContext, understand_when
from handfest.trace.recorder import Recorder
from handfest.trace.redact import redact_arguments

REPLAY_SECONDS = 15
"""How long an identical look-up without an invocation id counts as a repeat of the same one (measured: models
repeat a call 0.7 to 5 seconds later)."""


_OBSERVED = Refusal(RefusalCode.UNSUPPORTED, "unsupported", "stop", {"observed": True})
"""The answer on a line that is only observed: nothing is looked up, held or booked."""


@dataclass(frozen=True, slots=True)
class _Came:
    """When a request came, the key of its invocation, and what it asks as a digest that tells repeats."""

    at: Instant
    key: str
    said: str


@dataclass(frozen=True, slots=True)
class _Found:
    stored: StoredCatalogue
    call: Call | None
    offers: tuple[Offer, ...]
    earlier: TurnRecord | None
    last: TurnRecord | None
    paused: bool = False


@dataclass
class FrontDesk:
    """Serves turns. Holds nothing but what is running at this moment; everything else is in the store.

    `version` is that of the code which runs; every trace names it (B52).
    """

    store: Store
    calendars: Calendars
    clock: Clock
    ids: IdSource
    sink: TraceSink
    notifier: Notifier
    shelf: Shelf = field(default_factory=Shelf)
    # How long an answer that is due in so many ms is really waited for, in seconds: tests on a loaded machine
    # must not hear "pending" by chance.
    patience: Callable[[int], float] = lambda due_ms: due_ms / 1000
    post: Post = field(default_factory=NoPost)
    version: str | None = None
    _running: dict[tuple[str, str, str], "asyncio.Task[Reply]"] = field(default_factory=dict)
    _behind: "set[asyncio.Task[None]]" = field(default_factory=set)
    # By which each line was served last: for what is said beside an answer, how long that may take, and the one
    # sentence while the store, which knows it, is away.
    _served: dict[tuple[str, str | None], CompiledCatalogue] = field(default_factory=dict)
    # Kept only as long as a turn of the call holds or awaits it.
    _calls: WeakValueDictionary[tuple[str, str], asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def answer(self, line: LineRecord, envelope: Envelope, request: ToolRequest) -> Reply:
        """The reply to one tool request. Repeats join what is running, or hear what was answered.

        Never raises a Fault: what we could not do is said, with a way on.
        """
        assert envelope.call_id is not None, "the voice layer lets no request without a call pass"
        came = _came(envelope, request, self.clock.now())
        running_key = (line.business_id, envelope.call_id, came.key)
        task = self._running.get(running_key)
        if task is None:
            task = asyncio.create_task(
                self._in_turn(line, envelope, request, came), name=f"turn:{envelope.call_id}"
            )
            self._running[running_key] = task
            task.add_done_callback(lambda _done: self._running.pop(running_key, None))
        try:
            deadline = (await self._spoken_for(line)).catalogue.rules.deadline_ms
            # The work goes on when the answer is due: a hung-up request must never leave half a booking (law 4).
            done, _ = await asyncio.wait({task}, timeout=self.patience(deadline))
            return task.result() if done else await self._pending(line, request)
        except StoreFault as fault:
            self.notifier.alarm(fault.code, {"business": line.business_id, "call": envelope.call_id})
            served = self._served.get((line.business_id, line.branch_id))
            language = served.language if served is not None else "de"
            return Reply(False, fault.code, sentence(language, "fault", "internal"), "ask")

    async def _in_turn(
        self, line: LineRecord, envelope: Envelope, request: ToolRequest, came: _Came
    ) -> Reply:
        lock = self._calls.setdefault((line.business_id, envelope.call_id or ""), asyncio.Lock())
        async with lock:
            return await self._serve(line, envelope, request, came)

    async def _serve(self, line: LineRecord, envelope: Envelope, request: ToolRequest, came: _Came) -> Reply:
        trace = Recorder(self.clock)
        now = self.clock.now()
        found = await self.store.read(lambda tx: _find(tx, line, envelope, came.key))
        replayed = _replay(found, envelope, request, came.said, now)
        if replayed is not None:
            return replayed
        compiled = self._compiled(line, found.stored)
        turn = self._open(line, envelope, request, found, compiled, came, now, trace)
        _heard(turn, request, came.said, self.version)
        spec = SERVED.get(request.tool)
        try:
            if line.mode == "observe":
                reply, record = await refuse(turn, _OBSERVED)
            elif found.paused and request.tool in PAUSED:
                reply, record = await stand_by(turn)
            else:
                reply, record = await self._run(turn, spec, request)
        except RateLimited as fault:
            # Nothing is wrong but the moment: an expected no, with a way on (B74).
            turn.trace.step("fault", code=fault.code, cause=str(fault))
            reply, record = await refuse(turn, Refusal(RefusalCode.TRY_LATER, "try_later"))
        except Fault as fault:
            self.notifier.alarm(fault.code, {"business": line.business_id, "call": envelope.call_id})
            turn.trace.step("fault", code=fault.code, cause=str(fault))
            failed = Failed(fault.code, "calendar" if isinstance(fault, CalendarFault) else "internal")
            reply, record = await turn.close(lambda _ledger: failed)
        self.sink.turn(record)
        self._conceal(turn.calendar, line.business_id, turn.call.id)
        return reply

    def _conceal(self, calendar: Calendar, business_id: str, call_id: str) -> None:
        """Afterwards and in the background: the caller must not wait for it."""
        if not calendar.remote:
            return
        task = asyncio.create_task(self._conceal_in_turn(calendar, business_id, call_id))
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    async def _conceal_in_turn(self, calendar: Calendar, business_id: str, call_id: str) -> None:
        """As the call's turns one after the other: a check must find its own slots shown or hidden, not between."""
        lock = self._calls.setdefault((business_id, call_id), asyncio.Lock())
        async with lock:
            faults = await conceal(self.store, calendar, self.clock, business_id, call_id)
        for code in faults:
            self.notifier.alarm("slots_not_hidden", {"business": business_id, "call": call_id, "cause": code})

    async def finish(self) -> None:
        """Wait for what runs in the background."""
        await asyncio.gather(*self._behind, return_exceptions=True)

    async def _run(
        self, turn: OpenTurn, spec: ToolSpec | None, request: ToolRequest
    ) -> tuple[Reply, TurnRecord]:
        if spec is None:
            self.notifier.alarm("tool_unknown", {"tool": request.spelled, "call": turn.call.id})
            turn.trace.step("fault", code="tool_unknown", cause=f"no tool is called {request.spelled}")
            return await turn.close(lambda _ledger: Failed("tool_unknown", "tool"))
        intent = understand(turn, spec, request.arguments)
        if intent.customer.unread:
            turn = replace(turn, unread=intent.customer.unread)
        return await spec.use_case(turn, intent)

    def _open(
        self,
        line: LineRecord,
        envelope: Envelope,
        request: ToolRequest,
        found: _Found,
        compiled: CompiledCatalogue,
        came: _Came,
        now: Instant,
        trace: Recorder,
    ) -> OpenTurn:
        call = found.call or _new_call(line, envelope, now)
        return OpenTurn(
            envelope=envelope,
            tool=request.tool,
            compiled=compiled,
            call=call,
            offers=found.offers,
            came_at=came.at,
            now=now,
            # A look-up without an invocation id may come again and mean it; only its text is compared.
            # One that was answered "pending" has the key already; its repeats are turns of their own.
            key=came.key if envelope.invocation_id is not None and found.earlier is None else None,
            store=self.store,
            calendar=self.calendars.of(compiled.catalogue),
            ids=self.ids,
            trace=trace,
            render=reply_to,
            post=self.post,
        )

    async def language(self, line: LineRecord) -> str:
        """The language that this line's business speaks, as its last answer here was worded."""
        return (await self._spoken_for(line)).language

    async def _spoken_for(self, line: LineRecord) -> CompiledCatalogue:
        """The catalogue by which the line was served last, read if it was not served here yet."""
        known = self._served.get((line.business_id, line.branch_id))
        if known is not None:
            return known
        stored = await self.store.read(lambda tx: tx.catalogue(line.business_id))
        if stored is None:
            raise LineUnknown(f"{line.business_id} has no catalogue")
        return self._compiled(line, stored)

    def _compiled(self, line: LineRecord, stored: StoredCatalogue) -> CompiledCatalogue:
        compiled = self.shelf.compiled(stored, line.branch_id)
        self._served[line.business_id, line.branch_id] = compiled
        return compiled

    async def _pending(self, line: LineRecord, request: ToolRequest) -> Reply:
        language = await self.language(line)
        spec = SERVED.get(request.tool)
        kind = "book" if spec is not None and spec.effect == "commit" else "check"
        return Reply(True, "pending", sentence(language, "pending", kind), "stop")

    async def rehearse(self, compiled: CompiledCatalogue) -> None:
        """Read words and a day's slots once, which loads grammars, holidays and zones; keeps nothing."""
        now = self.clock.now()
        zone = compiled.zone
        words = WhenContext(now.to_tz(zone.key).to_stdlib(), zone, compiled.language)
        understand_when("morgen um 9 Uhr", words)
        if compiled.catalogue.calendar.provider == "embedded" and compiled.catalogue.services:
            service = compiled.catalogue.services[0]
            end = now.add(hours=24)
            question = SlotQuestion(compiled.catalogue, service, now, end, now, branch_id=compiled.branch_id)
            await self.calendars.of(compiled.catalogue).free_slots(question)

    async def context(self, line: LineRecord, envelope: Envelope) -> dict[str, str]:
        """What an agent should know before it says a word: today, the services, whether the caller is known."""
        number = envelope.caller_number

        def work(tx: Transaction) -> tuple[StoredCatalogue | None, bool]:
            known = bool(number and tx.knows_caller(line.business_id, number))
            return tx.catalogue(line.business_id), known

        stored, known = await self.store.read(work)
        if stored is None:
            return {}
        compiled = self.shelf.compiled(stored, line.branch_id)
        return context_variables(compiled, self.clock.now(), known=known)

    async def hang_up(self, line: LineRecord, call_id: str) -> None:
        """The call has ended, and nothing else is known of it: give back everything it still holds."""
        now = self.clock.now()

        def work(tx: Transaction) -> None:
            tx.lock_call(line.business_id, call_id)
            known = tx.call(line.business_id, call_id)
            if known is None:
                note_end(tx, line.business_id, call_id, now)
            else:
                news = CallNews(key=f"hang_up:{call_id}", ended=True)
                take_news(tx, known, news, Recorder(self.clock), now)

        await self.store.write(work)
        await self._reveal(line, call_id)

    async def _reveal(self, line: LineRecord, call_id: str) -> None:
        """The call is over: nothing it held needs to be hidden at the provider any more."""
        stored = await self.store.read(lambda tx: tx.catalogue(line.business_id))
        if stored is not None:
            catalogue = self.shelf.compiled(stored, line.branch_id).catalogue
            self._conceal(self.calendars.of(catalogue), line.business_id, call_id)

    async def take_news(self, line: LineRecord, envelope: Envelope, news: CallNews) -> bool:
        """Keep news of a call that are no tool request; False if they had come before."""
        assert envelope.call_id is not None, "the voice layer lets no news without a call pass"
        now = self.clock.now()
        call = _new_call(line, envelope, now)
        fresh = await self.store.write(lambda tx: take_news(tx, call, news, Recorder(self.clock), now))
        if fresh and news.ended:
            await self._reveal(line, call.id)
        return fresh


def _new_call(line: LineRecord, envelope: Envelope, now: Instant) -> Call:
    assert envelope.call_id is not None
    return Call(
        business_id=line.business_id,
        id=envelope.call_id,
        platform=envelope.platform,
        started_at=now,
        branch_id=line.branch_id,
        line=line.name or None,
        agent_id=envelope.agent_id,
        agent_version=envelope.agent_version,
        caller_number=envelope.caller_number,
        test=envelope.test,
    )


def _came(envelope: Envelope, request: ToolRequest, at: Instant) -> _Came:
    """The idempotency key of a request is the platform's invocation id, else what is asked."""
    text = json.dumps(request.arguments, sort_keys=True, default=str)
    said = sha256(text.encode()).hexdigest()[:16]
    called = envelope.invocation_id
    return _Came(at, f"id:{called}" if called is not None else f"args:{request.tool}:{said}", said)


def _find(tx: Transaction, line: LineRecord, envelope: Envelope, key: str) -> _Found:
    stored = tx.catalogue(line.business_id)
    if stored is None:
        raise LineUnknown(f"{line.business_id} has no catalogue")
    call_id = envelope.call_id or ""
    paused = tx.pause(line.business_id, line.platform, line.name) is not None
    call = tx.call(line.business_id, call_id)
    if call is None:
        return _Found(stored, None, (), None, None, paused)
    earlier = tx.turn_by_key(line.business_id, call_id, key) if envelope.invocation_id is not None else None
    last, offers = tx.last_turn(line.business_id, call_id), tx.offers(line.business_id, call_id)
    return _Found(stored, call, offers, earlier, last, paused)


def _replay(found: _Found, envelope: Envelope, request: ToolRequest, said: str, now: Instant) -> Reply | None:
    """What this very invocation was answered before; an unsettled answer is not repeated but asked again."""
    if found.earlier is not None and found.earlier.code != "pending":
        return _reply_of(found.earlier)
    last = found.last
    if envelope.invocation_id is not None or last is None:
        return None
    spec = SERVED.get(request.tool)
    same = last.tool == request.tool and _said(last) == said
    recent = now < last.at.add(seconds=REPLAY_SECONDS)
    # Only look-ups: a repeated booking goes to the booking itself, which knows what it has led to.
    if spec is None or spec.effect == "commit" or not same or not recent or last.code == "pending":
        return None
    return _reply_of(last) if _still_held(found, last) else None


def _still_held(found: _Found, record: TurnRecord) -> bool:
    """True if nothing that was offered then has been let go of since: an answer is repeated only while it is true."""
    spoken = {shown["id"] for shown in record.reply.get("offers", ())}
    kept = (OfferState.LIVE, OfferState.USED)
    return all(offer.state in kept for offer in found.offers if offer.id in spoken)


def _reply_of(record: TurnRecord) -> Reply:
    fields = dict(record.reply)
    head = {name: fields.pop(name) for name in ("ok", "code", "say", "next")}
    return Reply(**head, data=fields)


def _heard(turn: OpenTurn, request: ToolRequest, said: str, version: str | None) -> None:
    turn.trace.step(
        "heard",
        tool=request.tool,
        spelled=request.spelled if request.spelled != request.tool else None,
        dialect=request.dialect if request.dialect != "handfest" else None,
        arguments=redact_arguments(request.arguments),
        said=said,
        unread=list(request.unread) or None,
        agent_version=turn.envelope.agent_version,
        code=version,
    )


def _said(record: TurnRecord) -> str | None:
    heard: Mapping[str, Any] = next((step.facts for step in record.steps if step.name == "heard"), {})
    return heard.get("said")
