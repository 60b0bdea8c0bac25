"""Pause a line and let it go on: while it is paused, callers are asked whether they want to be called back."""

from dataclasses import dataclass

from handfest.model.actor import Actor, Scope
from handfest.model.catalogue import Line
from handfest.model.pause import Pause
from handfest.office.log_change import change_by
from handfest.office.objection import Objection, not_found
from handfest.office.office import Office, OpenBusiness, enter
from handfest.ports import Transaction

REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of the active catalogue, and its pause if it is paused. `name` is its number, or its agent."""

    platform: str
    name: str
    branch_id: str | None
    mode: str
    pause: Pause | None


async def list_lines(office: Office, actor: Actor, business_id: str) -> tuple[LineState, ...] | Objection:
    """The lines of a business in the order of its file."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    pauses = await office.store.read(lambda tx: tx.pauses(business_id))
    return _states(entered, pauses)


async def pause_line(
    office: Office, actor: Actor, business_id: str, platform: str, name: str, reason: str | None = None
) -> LineState | Objection:
    """Pause it from the next request on; a line that is paused stays so, with the newer reason."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    line = _line(entered, platform, name)
    if line is None:
        return not_found("line")
    why = (reason or "").strip()[:REASON_MAX] or None
    pause = Pause(business_id, platform, name, office.clock.now(), actor.id, why)
    change = change_by(office, actor, business_id, "line_paused", f"{platform}:{name}", {}, {"reason": why})

    def work(tx: Transaction) -> None:
        tx.save_pause(pause)
        tx.add_change(change)

    await office.store.write(work)
    return LineState(platform, name, line.branch_id, line.mode, pause)


async def resume_line(
    office: Office, actor: Actor, business_id: str, platform: str, name: str
) -> LineState | Objection:
    """End the pause; a line that is not paused stays as it is."""
    entered = await enter(office, actor, Scope.DESK, business_id)
    if isinstance(entered, Objection):
        return entered
    line = _line(entered, platform, name)
    if line is None:
        return not_found("line")
    change = change_by(office, actor, business_id, "line_resumed", f"{platform}:{name}")

    def work(tx: Transaction) -> None:
        if tx.drop_pause(business_id, platform, name):
            tx.add_change(change)

    await office.store.write(work)
    return LineState(platform, name, line.branch_id, line.mode, None)


def _name(line: Line) -> str:
    return line.number or line.agent_id or ""


def _line(entered: OpenBusiness, platform: str, name: str) -> Line | None:
    lines = entered.catalogue.lines
    return next((line for line in lines if line.platform == platform and _name(line) == name), None)


def _states(entered: OpenBusiness, pauses: tuple[Pause, ...]) -> tuple[LineState, ...]:
    by_line = {(pause.platform, pause.line): pause for pause in pauses}
    return tuple(
        LineState(
            line.platform, _name(line), line.branch_id, line.mode, by_line.get((line.platform, _name(line)))
        )
        for line in entered.catalogue.lines
    )
