"""`/api`: the catalogue's draft and versions, and words tried on it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request

from handfest.catalogue.self_check import CatalogueFinding
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.office.accept_alias import accept_alias
from handfest.office.catalogue_versions import compare_versions, go_back, list_versions, show_version
from handfest.office.edit_catalogue import DraftState, apply_draft, discard_draft, save_draft, show_draft
from handfest.office.office import Office
from handfest.office.try_words import ServiceTried, confusable, suggestions, try_service, try_time
from handfest.web.api_input import (
    AliasBody,
    ApplyBody,
    DraftBody,
    Id,
    Moment,
    Number,
    Text,
    VersionBody,
    maybe_instant,
)
from handfest.web.api_problem import ProblemShape, asked_language
from handfest.web.api_refusals import answered, routes_of
from handfest.web.api_shape import Shape, Utc
from handfest.web.guard import viewer_of

Words = Annotated[Text, Query(min_length=1, max_length=300)]
Language = Annotated[str | None, Query(pattern="^(de|en)$")]
ByDraft = Annotated[bool, Query(description="By the draft instead of the active version.")]


class DifferenceShape(Shape):
    """What is different: None on the side on which it is not."""

    where: str
    old: str | None
    new: str | None


class CatalogueFindingShape(BaseModel):
    """What the file may say and what will go wrong on the phone all the same; `evidence` are names and figures."""

    id: str
    name: str
    subject: str
    evidence: str
    means: str
    remedy: str

    @classmethod
    def of(cls, found: CatalogueFinding) -> "CatalogueFindingShape":
        """From the value and the registry, in English."""
        kind = finding_kinds()[found.id]
        return cls(
            id=found.id,
            name=kind.name,
            subject=found.subject,
            evidence=found.evidence,
            means=kind.means["en"],
            remedy=kind.remedy["en"],
        )


class DraftShape(BaseModel):
    """The draft, or without one (`edit` 0) the active version to begin from."""

    source: str
    base: int
    edit: int
    active: int
    applicable: bool
    problems: list[ProblemShape]
    differences: list[DifferenceShape]
    findings: list[CatalogueFindingShape]

    @classmethod
    def of(cls, state: DraftState, language: str) -> "DraftShape":
        """From the value, its problems told in a language."""
        return cls(
            source=state.source,
            base=state.base,
            edit=state.edit,
            active=state.active,
            applicable=state.applicable,
            problems=[ProblemShape.told(row, language) for row in state.problems],
            differences=[DifferenceShape.of(row) for row in state.differences],
            findings=[CatalogueFindingShape.of(row) for row in state.findings],
        )


class AppliedShape(Shape):
    """The version that is active now."""

    version: int
    unchanged: bool


class VersionShape(Shape):
    """One version."""

    version: int
    applied_at: Utc
    active: bool
    source: str | None = None


class CandidateShape(BaseModel):
    """A service that the words could mean, and what speaks for it."""

    service_id: str
    service: str | None
    score: float
    evidence: str


class ServiceTriedShape(BaseModel):
    """What words mean: `result` is resolved, several, ambiguous or unknown."""

    spoken: str
    result: str
    service_ids: list[str]
    score: float | None
    evidence: str | None
    reason: str | None
    candidates: list[CandidateShape]

    @classmethod
    def of(cls, tried: ServiceTried) -> "ServiceTriedShape":
        """From the value."""
        found = tried.resolution
        one = getattr(found, "service_id", None)
        return cls(
            spoken=found.spoken,
            result=type(found).__name__.lower(),
            service_ids=[one] if one else list(getattr(found, "service_ids", ())),
            score=getattr(found, "score", None),
            evidence=getattr(found, "evidence", None),
            reason=getattr(found, "reason", None),
            candidates=[
                CandidateShape(
                    service_id=each.service_id,
                    service=tried.names.get(each.service_id),
                    score=each.score,
                    evidence=each.evidence,
                )
                for each in found.candidates
            ],
        )


class TimeTriedShape(BaseModel):
    """What words about time mean: a date, a time, a window, a question back (`ask`) or `invalid`."""

    at: str
    answer: dict[str, Any]


class ConfusionShape(Shape):
    """Words that fit several services, and the alias that would settle it."""

    phrase: str
    service_ids: list[str]
    alias: str
    suggested_id: str


class SuggestionShape(Shape):
    """Words that callers confirmed for a service when asked."""

    phrase: str
    service_id: str
    count: int


def draft_routes(office: Office) -> APIRouter:
    """The draft."""
    api = routes_of("catalogue", 409, 413, prefix="/businesses/{business}/catalogue")

    @api.get("/draft")
    async def draft(request: Request, business: Id) -> DraftShape:
        """What is being edited, its problems (German where `Accept-Language` asks for it), and its difference."""
        state = answered(await show_draft(office, viewer_of(request).actor, business))
        return DraftShape.of(state, asked_language(request))

    @api.put("/draft")
    async def save(request: Request, business: Id, body: DraftBody) -> DraftShape:
        """Keep this text as the draft; a `conflict` if somebody has edited it since."""
        actor = viewer_of(request).actor
        state = answered(await save_draft(office, actor, business, body.source, body.edit))
        return DraftShape.of(state, asked_language(request))

    @api.delete("/draft")
    async def discard(request: Request, business: Id) -> DraftShape:
        """Forget the draft."""
        state = answered(await discard_draft(office, viewer_of(request).actor, business))
        return DraftShape.of(state, asked_language(request))

    @api.post("/draft/apply")
    async def apply(request: Request, business: Id, body: ApplyBody) -> AppliedShape:
        """Make the draft the newest version."""
        actor = viewer_of(request).actor
        return AppliedShape.of(answered(await apply_draft(office, actor, business, body.edit)))

    @api.post("/draft/aliases")
    async def alias(request: Request, business: Id, body: AliasBody) -> DraftShape:
        """Write an alias into the draft."""
        actor = viewer_of(request).actor
        state = answered(await accept_alias(office, actor, business, body.service_id, body.alias))
        return DraftShape.of(state, asked_language(request))

    return api


def version_routes(office: Office) -> APIRouter:
    """Versions."""
    api = routes_of("catalogue", 409, 413, prefix="/businesses/{business}/catalogue")

    @api.get("/versions")
    async def versions(request: Request, business: Id) -> list[VersionShape]:
        """Every version, the newest first, without its text."""
        rows = answered(await list_versions(office, viewer_of(request).actor, business))
        return [VersionShape.of(row) for row in rows]

    @api.get("/versions/{version}")
    async def version(request: Request, business: Id, version: Number) -> VersionShape:
        """One version with its text."""
        row = answered(await show_version(office, viewer_of(request).actor, business, version))
        return VersionShape.of(row)

    @api.get("/differences")
    async def differences(request: Request, business: Id, old: Number, new: Number) -> list[DifferenceShape]:
        """What differs between two versions."""
        rows = answered(await compare_versions(office, viewer_of(request).actor, business, old, new))
        return [DifferenceShape.of(row) for row in rows]

    @api.post("/roll-back")
    async def roll_back(request: Request, business: Id, body: VersionBody) -> AppliedShape:
        """Make an older version the active one."""
        actor = viewer_of(request).actor
        return AppliedShape.of(answered(await go_back(office, actor, business, body.version)))

    return api


def word_routes(office: Office) -> APIRouter:
    """Words tried."""
    api = routes_of("words", 409, prefix="/businesses/{business}/catalogue")

    @api.get("/try-service")
    async def service(
        request: Request, business: Id, words: Words, language: Language = None, draft: ByDraft = False
    ) -> ServiceTriedShape:
        """Which service a caller's words mean."""
        actor = viewer_of(request).actor
        tried = await try_service(office, actor, business, words, language, by_draft=draft)
        return ServiceTriedShape.of(answered(tried))

    @api.get("/try-time")
    async def time(
        request: Request,
        business: Id,
        words: Words,
        language: Language = None,
        at: Annotated[Moment | None, Query(description="Read them at this moment instead of now.")] = None,
        draft: ByDraft = False,
    ) -> TimeTriedShape:
        """What a caller's words about time mean."""
        actor = viewer_of(request).actor
        tried = answered(
            await try_time(office, actor, business, words, language, maybe_instant(at), by_draft=draft)
        )
        return TimeTriedShape(at=tried.at.format_iso(), answer=tried.answer)

    @api.get("/confusions")
    async def confusions(request: Request, business: Id, draft: ByDraft = False) -> list[ConfusionShape]:
        """Words that fit several services."""
        rows = answered(await confusable(office, viewer_of(request).actor, business, by_draft=draft))
        return [ConfusionShape.of(row) for row in rows]

    @api.get("/suggestions")
    async def suggested(request: Request, business: Id) -> list[SuggestionShape]:
        """Aliases that the newest calls suggest."""
        rows = answered(await suggestions(office, viewer_of(request).actor, business))
        return [SuggestionShape.of(row) for row in rows]

    return api
