"""Accept an alias: write it into the draft, in the file's own shape, for whoever applies it."""

import tomlkit
from tomlkit.exceptions import TOMLKitError

from handfest.model.actor import Actor, Scope
from handfest.office.edit_catalogue import DraftState, save_draft, show_draft
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, deny

ALIAS_MAX = 100


async def accept_alias(
    office: Office, actor: Actor, business_id: str, service_id: str, alias: str
) -> DraftState | Objection:
    """Add the alias to this service in the draft, which is begun from the active version where there is none."""
    denied = deny(actor, Scope.CATALOGUE, business_id)
    if denied is not None:
        return denied
    words = " ".join(alias.split())
    if not words or len(words) > ALIAS_MAX:
        return invalid(f"give an alias of at most {ALIAS_MAX} letters", field="alias")
    state = await show_draft(office, actor, business_id)
    if isinstance(state, Objection):
        return state
    source = with_alias(state.source, service_id, words)
    if isinstance(source, Objection):
        return source
    if source == state.source:
        return state
    return await save_draft(office, actor, business_id, source, state.edit)


def with_alias(source: str, service_id: str, alias: str) -> str | Objection:
    """The text with the alias in it; comments and layout stay. The same text where it is there already."""
    try:
        document = tomlkit.parse(source)
    except TOMLKitError as error:
        return Objection(ObjectionCode.NOT_POSSIBLE, f"the draft cannot be read: {error}")
    rows = document.get("services")
    found = [row for row in rows if str(row.get("id")) == service_id] if isinstance(rows, list) else []
    if not found:
        return not_found("service")
    aliases = found[0].get("aliases")
    if aliases is None:
        found[0]["aliases"] = [alias]
    elif not isinstance(aliases, list):
        return Objection(ObjectionCode.NOT_POSSIBLE, "the service's aliases cannot be read; see the problems")
    elif alias.casefold() not in (str(known).casefold() for known in aliases):
        aliases.append(alias)
    return tomlkit.dumps(document)
