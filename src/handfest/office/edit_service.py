"""Edit a service: what people of the business change most, written into the draft in the file's own shape."""

from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from handfest.model.actor import Actor, Scope
from handfest.office.edit_catalogue import DraftState, save_draft, show_draft
from handfest.office.objection import Objection, ObjectionCode, not_found
from handfest.office.office import Office, deny


@dataclass(frozen=True, slots=True)
class ServiceEdit:
    """How a service is to be. None (or nothing) takes an optional key out of the file.

    `staff` are the ids of all who do it; None leaves the staff as they are.
    """

    name: str
    duration_min: int
    aliases: tuple[str, ...] = ()
    price: str | None = None
    buffer_before_min: int = 0
    buffer_after_min: int = 0
    hidden: bool = False
    staff: frozenset[str] | None = None


async def edit_service(
    office: Office, actor: Actor, business_id: str, service_id: str, wanted: ServiceEdit
) -> DraftState | Objection:
    """Write the service as wanted into the draft, which is begun from the active version where there is none."""
    denied = deny(actor, Scope.CATALOGUE, business_id)
    if denied is not None:
        return denied
    state = await show_draft(office, actor, business_id)
    if isinstance(state, Objection):
        return state
    source = with_service(state.source, service_id, wanted)
    if isinstance(source, Objection):
        return source
    return (
        state if source == state.source else await save_draft(office, actor, business_id, source, state.edit)
    )


def with_service(source: str, service_id: str, wanted: ServiceEdit) -> str | Objection:
    """The text with the service so; comments and layout stay, and what is as wanted already is not touched."""
    try:
        document = tomlkit.parse(source)
    except TOMLKitError as error:
        return Objection(ObjectionCode.NOT_POSSIBLE, f"the draft cannot be read: {error}")
    row = next((one for one in _rows(document, "services") if str(one.get("id")) == service_id), None)
    if row is None:
        return not_found("service")
    row_values: dict[str, Any] = {
        "name": wanted.name,
        "duration_min": wanted.duration_min,
        "aliases": list(wanted.aliases),
        "price": wanted.price,
        "buffer_before_min": wanted.buffer_before_min,
        "buffer_after_min": wanted.buffer_after_min,
        "hidden": wanted.hidden,
    }
    for key, value in row_values.items():
        _put(row, key, value)
    for person in _rows(document, "staff") if wanted.staff is not None else ():
        _assign(person, service_id, does=str(person.get("id")) in (wanted.staff or ()))
    return tomlkit.dumps(document)


def _rows(document: tomlkit.TOMLDocument, name: str) -> list[Any]:
    rows = document.get(name)
    return list(rows) if isinstance(rows, list) else []


def _put(row: Any, key: str, value: Any) -> None:
    if row.get(key) == value or (not value and key not in row):
        return
    if not value and key not in ("name", "duration_min"):
        del row[key]
    else:
        row[key] = value


def _assign(person: Any, service_id: str, *, does: bool) -> None:
    services = person.get("services")
    if not isinstance(services, list):
        return
    if does and service_id not in services:
        services.append(service_id)
    elif not does and service_id in services:
        services.remove(service_id)
