"""People and keys: who may come in, and which programs; for owners."""

from starlette.responses import Response

from handfest.access.change_key import NewKey
from handfest.access.invite_user import Inviting
from handfest.model.actor import Role, Scope
from handfest.office.api_keys import end_key, list_keys, make_key
from handfest.office.log_change import list_changes
from handfest.office.objection import Objection
from handfest.office.people import AddedPerson, add_person, give_role, invite_person, list_people
from handfest.outbox.invite_desk import link_of
from handfest.web.body import read_form, read_form_lists
from handfest.web.console.visit import Visit

CHANGES = 50
"""How many lines of the audit log are shown."""


async def people_page(visit: Visit) -> Response:
    """Everybody who may come in, and every key."""
    return await _page(visit)


async def _page(visit: Visit, added: AddedPerson | None = None, made: NewKey | None = None) -> Response:
    """`added` and `made` are shown here, once: the secrets in them are kept nowhere."""
    people = await list_people(visit.house.office, visit.actor, visit.business)
    keys = await list_keys(visit.house.office, visit.actor, visit.business)
    changes = await list_changes(visit.house.office, visit.actor, visit.business, CHANGES)
    if isinstance(people, Objection) or isinstance(keys, Objection):
        return visit.missing()
    return visit.show(
        "people.html.j2",
        people=people,
        keys=keys,
        roles=tuple(Role),
        scopes=tuple(Scope),
        added=added,
        link=_link(visit, added),
        by_mail=visit.house.invites.by_mail,
        made=made,
        mine=visit.actor.id.removeprefix("user:"),
        changes=() if isinstance(changes, Objection) else changes.rows,
    )


async def add_somebody(visit: Visit) -> Response:
    """Let somebody in; the page shows the password or the link of a new login once."""
    form = await read_form(visit.request)
    inviting = Inviting(visit.house.invites.by_mail) if form.get("way") == "invite" else None
    result = await add_person(
        visit.house.office,
        visit.house.porter.passwords,
        visit.actor,
        visit.business,
        form.get("login", ""),
        form.get("name", "")[:100],
        _role(form.get("role")) or Role.STAFF,
        inviting,
    )
    if isinstance(result, Objection):
        return visit.after(result, "", "people")
    return await _page(visit, added=result)


async def invite_somebody(visit: Visit) -> Response:
    """Invite again; the page shows the link once, where no mail brings it."""
    wanted, inviting = visit.request.path_params["user"], Inviting(visit.house.invites.by_mail)
    result = await invite_person(visit.house.office, visit.actor, visit.business, wanted, inviting)
    if isinstance(result, Objection):
        return visit.back("people", problem=str(result.facts.get("reason", result.code.value)))
    return await _page(visit, added=result)


def _link(visit: Visit, added: AddedPerson | None) -> str | None:
    """The link of an invitation, by the address that is known, else the one by which the page was asked for."""
    if added is None or added.token is None:
        return None
    return link_of(visit.house.invites.address or str(visit.request.base_url), added.token)


async def change_somebody(visit: Visit) -> Response:
    """Another role, or none."""
    form, user_id = await read_form(visit.request), visit.request.path_params["user"]
    role, said = _role(form.get("role")), form.get("role")
    if role is None and said != "none":
        return visit.back("people", problem="invalid")
    result = await give_role(visit.house.office, visit.actor, visit.business, user_id, role)
    return visit.after(result, "role_given" if role else "let_go", "people")


async def make_a_key(visit: Visit) -> Response:
    """A new key; the page shows it once."""
    form = await read_form_lists(visit.request)
    try:
        scopes = {Scope(one) for one in form.get("scope", ())}
        days = int((form.get("days") or [""])[-1] or "0") or None
    except ValueError:
        return visit.back("people", problem="invalid")
    name = (form.get("name") or [""])[-1]
    result = await make_key(visit.house.office, visit.actor, visit.business, name, scopes, days)
    if isinstance(result, Objection):
        return visit.after(result, "", "people")
    return await _page(visit, made=result)


async def end_a_key(visit: Visit) -> Response:
    """Revoke a key."""
    wanted = visit.request.path_params["key"]
    result = await end_key(visit.house.office, visit.actor, visit.business, wanted)
    return visit.after(result, "key_ended", "people")


def _role(said: str | None) -> Role | None:
    return next((role for role in Role if role.value == said), None)
