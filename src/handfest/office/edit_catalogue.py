"""Edit the catalogue: a draft with its problems and its difference, applied as the next version or discarded."""

from dataclasses import dataclass

from handfest.catalogue.compare import Change as Difference
from handfest.catalogue.compare import compare
from handfest.catalogue.parse import read_business
from handfest.catalogue.problem import Problem
from handfest.catalogue.self_check import CatalogueFinding, self_check
from handfest.catalogue.version import Applied, apply_in
from handfest.model.actor import Actor, Role, Scope
from handfest.model.catalogue import Catalogue
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.office.log_change import change_by
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, OpenBusiness, enter
from handfest.ports import Transaction

SOURCE_MAX = 256 * 1024
"""Letters of a business file that is edited here; the largest we know has a tenth of it."""


@dataclass(frozen=True, slots=True)
class DraftState:
    """The draft (or, without one, the active version) as it would be applied now.

    `edit` is 0 where there is no draft. `problems` keep it from being applied unless they are warnings;
    `differences` and `findings` are of what could be read, empty where it could not.
    """

    source: str
    base: int
    edit: int
    active: int
    problems: tuple[Problem, ...]
    differences: tuple[Difference, ...]
    findings: tuple[CatalogueFinding, ...]

    @property
    def applicable(self) -> bool:
        """True if nothing but warnings is found and it is of the version that is active."""
        return self.edit > 0 and self.base == self.active and all(row.warning for row in self.problems)


async def show_draft(office: Office, actor: Actor, business_id: str) -> DraftState | Objection:
    """What is being edited, or the active version to begin from."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    draft = await office.store.read(lambda tx: tx.draft(business_id))
    return _state(entered, draft)


async def save_draft(
    office: Office, actor: Actor, business_id: str, source: str, edit: int
) -> DraftState | Objection:
    """Keep this text as the draft. `edit` is that of the state it was made from (0: there was no draft)."""
    entered = await enter(office, actor, Scope.CATALOGUE, business_id)
    if isinstance(entered, Objection):
        return entered
    if len(source) > SOURCE_MAX:
        return invalid(f"a business file has at most {SOURCE_MAX} letters", field="source")
    now = office.clock.now()
    change = change_by(office, actor, business_id, "draft_saved", business_id, {}, {"edit": edit + 1})

    def work(tx: Transaction) -> CatalogueDraft | Objection:
        tx.lock_call(business_id, "draft")
        current = tx.draft(business_id)
        if (current.edit if current else 0) != edit:
            return _edited_since(current)
        base = current.base if current else entered.stored.version
        draft = CatalogueDraft(business_id, source, base, edit + 1, now, actor.id)
        tx.save_draft(draft)
        tx.add_change(change)
        return draft

    saved = await office.store.write(work)
    return saved if isinstance(saved, Objection) else _state(entered, saved)


async def discard_draft(office: Office, actor: Actor, business_id: str) -> DraftState | Objection:
    """Forget the draft; what is active stays."""
    entered = await enter(office, actor, Scope.CATALOGUE, business_id)
    if isinstance(entered, Objection):
        return entered
    change = change_by(office, actor, business_id, "draft_discarded", business_id)

    def work(tx: Transaction) -> None:
        if tx.drop_draft(business_id):
            tx.add_change(change)

    await office.store.write(work)
    return _state(entered, None)


async def apply_draft(office: Office, actor: Actor, business_id: str, edit: int) -> Applied | Objection:
    """Make the draft the newest version: exactly the edit that was looked at, on the version it was begun from."""
    entered = await enter(office, actor, Scope.CATALOGUE, business_id)
    if isinstance(entered, Objection):
        return entered
    draft = await office.store.read(lambda tx: tx.draft(business_id))
    if draft is None:
        return not_found("draft")
    if draft.edit != edit:
        return _edited_since(draft)
    catalogue = _checked(entered, draft.source, actor)
    if isinstance(catalogue, Objection):
        return catalogue
    now = office.clock.now()
    change = change_by(
        office, actor, business_id, "catalogue_applied", business_id, {"version": draft.base}, {"edit": edit}
    )

    def work(tx: Transaction) -> Applied | Objection:
        tx.lock_call(business_id, "draft")
        current, active = tx.draft(business_id), tx.catalogue(business_id)
        if current != draft or active is None or active.version != draft.base:
            return Objection(
                ObjectionCode.CONFLICT,
                "another version has become active since this draft was begun; compare, and begin again",
                {"reason": "newer_version", "base": draft.base, "active": active.version if active else None},
            )
        applied = apply_in(tx, draft.source, catalogue, now)
        if not isinstance(applied, Applied):
            return _problems(applied)
        tx.drop_draft(business_id)
        tx.add_change(change)
        return applied

    return await office.store.write(work)


def _state(entered: OpenBusiness, draft: CatalogueDraft | None) -> DraftState:
    source = draft.source if draft is not None else entered.stored.source
    read = read_business(source)
    problems = list(read.problems)
    if read.catalogue is not None and read.catalogue.business.id != entered.id:
        problems.insert(0, _other_id(entered))
    return DraftState(
        source=source,
        base=draft.base if draft is not None else entered.stored.version,
        edit=draft.edit if draft is not None else 0,
        active=entered.stored.version,
        problems=tuple(problems),
        differences=compare(entered.catalogue, read.catalogue) if read.catalogue is not None else (),
        findings=self_check(read.catalogue) if read.catalogue is not None else (),
    )


def _checked(entered: OpenBusiness, source: str, actor: Actor) -> Catalogue | Objection:
    """The catalogue of a text that this actor may make active."""
    read = read_business(source)
    if read.catalogue is None:
        return _problems(tuple(row for row in read.problems if not row.warning))
    if read.catalogue.business.id != entered.id:
        return _problems((_other_id(entered),))
    if actor.everywhere is not Role.OWNER and _wiring(read.catalogue) != _wiring(entered.catalogue):
        return invalid(
            "lines, the calendar's connection and names of secrets are changed with `handfest apply` on the "
            "machine, because they reach the secrets of every business there",
            field="source",
            reason="wiring",
        )
    return read.catalogue


def _wiring(catalogue: Catalogue) -> tuple[object, ...]:
    """What ties a business to numbers and secrets of the machine, which several businesses share."""
    gateway = (catalogue.confirmations.text_url, catalogue.confirmations.text_secret_env)
    return (catalogue.lines, catalogue.calendar, catalogue.alerts.webhook_url_env, gateway)


def _other_id(entered: OpenBusiness) -> Problem:
    return Problem(None, "business.id", "other_business", {"business": entered.id})


def _problems(rows: tuple[Problem, ...]) -> Objection:
    facts = {"field": "source", "reason": "problems"}
    return Objection(ObjectionCode.INVALID, "the draft cannot be applied", facts, rows)


def _edited_since(current: CatalogueDraft | None) -> Objection:
    facts = {
        "reason": "edited_since",
        "edit": current.edit if current else 0,
        "by": current.actor_id if current else None,
    }
    return Objection(ObjectionCode.CONFLICT, "somebody else has edited the draft since", facts)
