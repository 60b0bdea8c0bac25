"""Who shall serve: the wish against the staff who can do the service."""

from handfest.booking.open_turn import OpenTurn
from handfest.model.catalogue import Service, Staff
from handfest.model.intent import StaffWish
from handfest.model.refusal import Refusal, RefusalCode


def able_staff(turn: OpenTurn, service: Service) -> tuple[Staff, ...]:
    """The staff of this branch who can do the service."""
    return tuple(person for person in turn.catalogue.staff if service.id in person.services)


def choose_staff(turn: OpenTurn, wish: StaffWish | None, service: Service) -> str | Refusal | None:
    """The id of the one wished for, None when anybody will do, or the question back."""
    if wish is None:
        return turn.call.wished_staff if _can(turn, turn.call.wished_staff, service) else None
    able = able_staff(turn, service)
    fitting = [person for person in able if person.id in wish.staff_ids]
    if len(fitting) == 1:
        return fitting[0].id
    if fitting:
        names = [person.name for person in fitting]
        return Refusal(RefusalCode.UNSUPPORTED, "staff_ambiguous", facts={"either": names})
    others = [person.name for person in able]
    if not wish.staff_ids:
        facts = {"spoken": wish.spoken, "either": others}
        return Refusal(RefusalCode.UNSUPPORTED, "staff_unknown", facts=facts)
    person = turn.catalogue.staff_member(wish.staff_ids[0])
    facts = {"staff": person.name if person else wish.spoken, "service": service.name, "either": others}
    name = "staff_cannot" if others else "staff_cannot_nobody"
    return Refusal(RefusalCode.UNSUPPORTED, name, facts=facts)


def _can(turn: OpenTurn, staff_id: str | None, service: Service) -> bool:
    person = turn.catalogue.staff_member(staff_id)
    return person is not None and service.id in person.services
