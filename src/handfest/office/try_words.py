"""Try words: what handfest understands by a caller's words about a service or a time, by draft or active version."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.catalogue.compiled import CompiledCatalogue, compile_catalogue
from handfest.catalogue.confusion import Confusion, confusions
from handfest.catalogue.parse import parse_business
from handfest.catalogue.resolve import resolve_service
from handfest.catalogue.suggestions import SuggestedAlias, suggested_aliases
from handfest.model.actor import Actor, Scope
from handfest.model.catalogue import Catalogue
from handfest.model.resolution import Resolution
from handfest.office.objection import Objection, ObjectionCode, invalid
from handfest.office.office import Office, OpenBusiness, enter
from handfest.scheduling.opening_times import opening_hull
from handfest.speech.spoken import LANGUAGES
from handfest.speech.when import WhenContext, understand_when
from handfest.speech.when_answer import when_answer

WORDS_MAX = 300
CALLS_LOOKED_AT = 200
"""The newest calls in which confirmed words are looked for."""


@dataclass(frozen=True, slots=True)
class ServiceTried:
    """What words mean: the resolution, and the names of the services it names."""

    resolution: Resolution
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class TimeTried:
    """What words about time mean at a moment: `answer` as `handfest when --json` prints it."""

    at: Instant
    answer: dict[str, Any]


async def try_service(
    office: Office,
    actor: Actor,
    business_id: str,
    words: str,
    language: str | None = None,
    *,
    by_draft: bool = False,
) -> ServiceTried | Objection:
    """Which service the words mean, and what speaks for it."""
    ready = await _ready(office, actor, business_id, words, language, by_draft=by_draft)
    if isinstance(ready, Objection):
        return ready
    resolution = resolve_service(words, ready.index, language or ready.language)
    return ServiceTried(resolution, {service.id: service.name for service in ready.catalogue.services})


async def try_time(
    office: Office,
    actor: Actor,
    business_id: str,
    words: str,
    language: str | None = None,
    at: Instant | None = None,
    *,
    by_draft: bool = False,
) -> TimeTried | Objection:
    """What the words mean now, or at another moment, by the hours of the business."""
    ready = await _ready(office, actor, business_id, words, language, by_draft=by_draft)
    if isinstance(ready, Objection):
        return ready
    moment = at or office.clock.now()
    context = WhenContext(
        now=moment.to_tz(ready.zone.key).to_stdlib(),
        zone=ZoneInfo(ready.zone.key),
        language=language or ready.language,
        opening=opening_hull(ready.catalogue, None),
    )
    return TimeTried(moment, when_answer(understand_when(words, context)))


async def confusable(
    office: Office, actor: Actor, business_id: str, *, by_draft: bool = False
) -> tuple[Confusion, ...] | Objection:
    """Words that fit several services, and the alias that would settle each."""
    ready = await _ready(office, actor, business_id, "", None, by_draft=by_draft)
    return ready if isinstance(ready, Objection) else confusions(ready.index)


async def suggestions(
    office: Office, actor: Actor, business_id: str
) -> tuple[SuggestedAlias, ...] | Objection:
    """Words that callers confirmed for a service when asked, as aliases to accept; the newest calls only."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    known = {
        (alias.casefold(), service.id)
        for service in entered.catalogue.services
        for alias in (service.name, *service.aliases)
    }
    turns = await office.store.read(lambda tx: tx.newest_turns(business_id, CALLS_LOOKED_AT))
    rows = suggested_aliases(turns)
    return tuple(row for row in rows if (row.phrase, row.service_id) not in known)


async def _ready(
    office: Office, actor: Actor, business_id: str, words: str, language: str | None, *, by_draft: bool
) -> CompiledCatalogue | Objection:
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    if len(words) > WORDS_MAX:
        return invalid(f"give at most {WORDS_MAX} letters", field="words")
    if language is not None and language not in LANGUAGES:
        return invalid(f"language is one of {', '.join(LANGUAGES)}", field="language")
    return await _drafted(office, entered) if by_draft else entered.compiled


async def _drafted(office: Office, entered: OpenBusiness) -> CompiledCatalogue | Objection:
    draft = await office.store.read(lambda tx: tx.draft(entered.id))
    if draft is None:
        return entered.compiled
    parsed = parse_business(draft.source)
    if not isinstance(parsed, Catalogue):
        return Objection(ObjectionCode.NOT_POSSIBLE, "the draft cannot be read; see its problems")
    return compile_catalogue(parsed, None)
