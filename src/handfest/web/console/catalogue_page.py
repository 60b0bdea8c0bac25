"""The catalogue: what is offered, what words are understood as, the draft of the next version, and earlier ones."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response

from handfest.catalogue.confusion import Confusion
from handfest.catalogue.suggestions import SuggestedAlias
from handfest.model.catalogue import Opening
from handfest.model.resolution import Ambiguous, Resolved, Several, Unknown
from handfest.office.accept_alias import accept_alias
from handfest.office.catalogue_versions import go_back, list_versions
from handfest.office.edit_catalogue import DraftState, apply_draft, discard_draft, save_draft, show_draft
from handfest.office.edit_service import ServiceEdit, edit_service
from handfest.office.objection import Objection
from handfest.office.try_words import confusable, suggestions, try_service, try_time
from handfest.web.body import read_form
from handfest.web.console.health_page import told_catalogue
from handfest.web.console.visit import Visit
from handfest.web.page import go

MINUTES_MAX = 24 * 60


@dataclass(frozen=True, slots=True)
class Understood:
    """What handfest makes of words: a headline with its mood, and the services that come into question."""

    title: str
    mood: str
    services: tuple[tuple[str, int], ...] = ()


async def catalogue_page(visit: Visit) -> Response:
    """The active version, and what can be tried and done."""
    office, actor, business = visit.house.office, visit.actor, visit.business
    draft = await show_draft(office, actor, business)
    versions = await list_versions(office, actor, business)
    confused = await confusable(office, actor, business)
    suggested = await suggestions(office, actor, business)
    if isinstance(draft, Objection) or isinstance(versions, Objection):
        return visit.missing()
    return visit.show(
        "catalogue.html.j2",
        draft=draft,
        versions=versions,
        hours=_hours(visit),
        confused=_confused(confused),
        suggested=_suggested(suggested),
        by_draft=visit.asked("draft") is not None,
        phrase=visit.asked("phrase"),
        understood=await _service(visit),
        moment=visit.asked("moment"),
        dated=await _time(visit),
    )


def _hours(visit: Visit) -> list[tuple[str, list[list[str]]]]:
    """The regular week of the house and of everybody with hours of their own."""
    catalogue = visit.catalogue
    rows = [(visit.words.catalogue["house"], catalogue.hours)]
    rows += [(branch.name, branch.hours) for branch in catalogue.branches if branch.hours is not None]
    rows += [(person.name, person.hours) for person in catalogue.staff if person.hours is not None]
    return [(name, [[_span(one) for one in day] for day in hours.weekdays]) for name, hours in rows]


def _span(opening: Opening) -> str:
    first, last = opening.start, opening.end
    return f"{first // 60:02}:{first % 60:02}–{last // 60:02}:{last % 60:02}"


def _confused(found: tuple[Confusion, ...] | Objection) -> tuple[Confusion, ...]:
    return () if isinstance(found, Objection) else found


def _suggested(found: tuple[SuggestedAlias, ...] | Objection) -> tuple[SuggestedAlias, ...]:
    return () if isinstance(found, Objection) else found


async def _service(visit: Visit) -> Understood | None:
    phrase = visit.asked("phrase")
    if phrase is None:
        return None
    by_draft = visit.asked("draft") is not None
    tried = await try_service(visit.house.office, visit.actor, visit.business, phrase, by_draft=by_draft)
    words = visit.words.catalogue
    if isinstance(tried, Objection):
        return Understood(words["unreadable"], "bad")
    names = tried.names

    def rated(candidates: Any) -> tuple[tuple[str, int], ...]:
        return tuple(
            (names.get(one.service_id, one.service_id), round(one.score * 100)) for one in candidates
        )

    match tried.resolution:
        case Resolved() as found:
            return Understood(names.get(found.service_id, found.service_id), "good", rated(found.candidates))
        case Several() as found:
            title = ", ".join(names.get(one, one) for one in found.service_ids)
            return Understood(f"{words['several']}: {title}", "warn")
        case Ambiguous() as found:
            unnamed = found.reason == "unnamed"
            return Understood(
                words["nothing_named" if unnamed else "ambiguous"], "warn", rated(found.candidates[:5])
            )
        case Unknown() as found:
            return Understood(words["unknown"], "bad", rated(found.candidates[:5]))


async def _time(visit: Visit) -> Understood | None:
    said = visit.asked("moment")
    if said is None:
        return None
    tried = await try_time(visit.house.office, visit.actor, visit.business, said)
    words = visit.words.catalogue
    if isinstance(tried, Objection):
        return Understood(words["unreadable"], "bad")
    answer = tried.answer
    if "ask" in answer or "invalid" in answer:
        reason = str(answer.get("ask") or answer.get("invalid"))
        kind = "asks_back" if "ask" in answer else "refuses"
        return Understood(f"{words[kind]} ({reason.replace('_', ' ')})", "warn" if "ask" in answer else "bad")
    if not answer:
        return Understood(words["no_time"], "warn")
    return Understood(", ".join(_told(visit, name, value) for name, value in answer.items()), "good")


def _told(visit: Visit, name: str, value: Any) -> str:
    words = visit.words
    if name == "date":
        return words.day(date.fromisoformat(value), year=True)
    if name == "date_range":
        first, last = (date.fromisoformat(one) if one else None for one in value)
        return f"{words.short_day(first) if first else ''} – {words.short_day(last) if last else '…'}"
    if name == "window":
        return f"{value[0]} – {value[1]}"
    return words.catalogue["earliest"] if name == "earliest" else str(value)


async def edit_page(visit: Visit) -> Response:
    """The draft as text, with its problems and its difference."""
    draft = await show_draft(visit.house.office, visit.actor, visit.business)
    if isinstance(draft, Objection):
        return visit.missing()
    return _editor(visit, draft)


def _editor(visit: Visit, draft: DraftState, objection: Objection | None = None) -> Response:
    problems = draft.problems or (objection.problems if objection is not None else ())
    refused = _refused(visit, objection) if objection is not None else None
    return visit.show(
        "catalogue_edit.html.j2",
        draft=draft,
        refused=refused,
        problems=problems,
        findings=told_catalogue(visit, draft.findings),
    )


def _refused(visit: Visit, objection: Objection) -> str:
    """Why the draft was not applied."""
    notices, reason = visit.words.notices, str(objection.facts.get("reason"))
    told = visit.words.refused_draft.get(reason) or notices.get(objection.code.value)
    return str(told or notices["invalid"])


async def change_draft(visit: Visit) -> Response:
    """Save, apply or discard the draft."""
    form = await read_form(visit.request)
    office, actor, business = visit.house.office, visit.actor, visit.business
    edit = int(form["edit"]) if form.get("edit", "").isdecimal() else 0
    if form.get("act") == "discard":
        return visit.after(await discard_draft(office, actor, business), "discarded", "catalogue")
    if form.get("act") == "apply":
        applied = await apply_draft(office, actor, business, edit)
        if isinstance(applied, Objection):
            draft = await show_draft(office, actor, business)
            return visit.missing() if isinstance(draft, Objection) else _editor(visit, draft, applied)
        return visit.after(applied, "applied", "catalogue")
    source = form.get("source", "").replace("\r\n", "\n")
    return visit.after(
        await save_draft(office, actor, business, source, edit), "draft_saved", "catalogue", "edit"
    )


async def add_alias(visit: Visit) -> Response:
    """Put another name of a service into the draft."""
    form = await read_form(visit.request)
    service, alias = form.get("service", ""), form.get("alias", "")
    added = await accept_alias(visit.house.office, visit.actor, visit.business, service, alias)
    if isinstance(added, Objection):
        return visit.back("catalogue", problem=added.code.value)
    return go(visit.path("catalogue", done="alias_added", phrase=alias, draft="yes") + "#try")


async def roll_back(visit: Visit) -> Response:
    """Make an earlier version the active one."""
    form = await read_form(visit.request)
    version = int(form["version"]) if form.get("version", "").isdecimal() else None
    back = await go_back(visit.house.office, visit.actor, visit.business, version)
    return visit.after(back, "rolled_back", "catalogue")


async def service_page(visit: Visit) -> Response:
    """One service as a form."""
    service = visit.catalogue.service(visit.request.path_params["service"])
    if service is None:
        return visit.missing()
    return visit.show("service.html.j2", service=service)


async def change_service(visit: Visit) -> Response:
    """Write the form into the draft; it counts once the draft is applied."""
    form, wanted = await read_form(visit.request), visit.request.path_params["service"]
    minutes = [_minutes(form.get(name)) for name in ("duration_min", "buffer_before_min", "buffer_after_min")]
    name = " ".join(form.get("name", "").split())
    if not name or not minutes[0] or minutes[1] is None or minutes[2] is None:
        return visit.back("catalogue", "services", wanted, problem="invalid")
    aliases = (" ".join(one.split()) for one in form.get("aliases", "").splitlines())
    edit = ServiceEdit(
        name=name,
        duration_min=minutes[0],
        aliases=tuple(dict.fromkeys(one for one in aliases if one)),
        price=form.get("price", "").strip() or None,
        buffer_before_min=minutes[1],
        buffer_after_min=minutes[2],
        hidden=form.get("hidden") == "yes",
        staff=frozenset(
            person.id for person in visit.catalogue.staff if form.get(f"staff.{person.id}") == "yes"
        ),
    )
    saved = await edit_service(visit.house.office, visit.actor, visit.business, wanted, edit)
    return visit.after(saved, "draft_saved", "catalogue", "edit")


def _minutes(text: str | None) -> int | None:
    text = (text or "0").strip()
    return int(text) if text.isdecimal() and int(text) <= MINUTES_MAX else None
