"""`/api`: who may come in, API keys, and the confirmations of a booking."""

from collections.abc import Callable

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from handfest.access.invite_user import Inviting
from handfest.access.passwords import Passwords
from handfest.model.access import ApiKey
from handfest.model.actor import Role, Scope
from handfest.model.letter import Letter
from handfest.office.api_keys import DAYS_MAX, end_key, list_keys, make_key
from handfest.office.office import Office
from handfest.office.people import AddedPerson, Person, add_person, give_role, invite_person, list_people
from handfest.office.show_booking import show_booking
from handfest.outbox.invite_desk import InviteDesk, link_of
from handfest.web.api_input import Given, Id
from handfest.web.api_refusals import answered, routes_of
from handfest.web.guard import viewer_of


class PersonShape(BaseModel):
    """Somebody who may come in. `password` or `link` is there once, in the answer that makes it.

    `invited_by_mail`: an invitation is on its way to the address.
    """

    id: str
    login: str
    name: str
    role: Role
    disabled: bool
    by_password: bool
    by_sign_on: bool
    password: str | None = None
    link: str | None = None
    invited_by_mail: bool = False

    @classmethod
    def added(cls, row: AddedPerson, address: str) -> "PersonShape":
        """From somebody who was let in or invited; `address` is where this gateway is reached."""
        shape = cls.of(row.person)
        shape.password, shape.invited_by_mail = row.password, row.mailed
        shape.link = link_of(address, row.token) if row.token is not None else None
        return shape

    @classmethod
    def of(cls, row: Person) -> "PersonShape":
        """From the value."""
        return cls(
            id=row.id,
            login=row.login,
            name=row.name,
            role=row.role,
            disabled=row.disabled,
            by_password=row.by_password,
            by_sign_on=row.by_sign_on,
        )


class KeyShape(BaseModel):
    """A key. `token` is there once, in the answer that makes it."""

    id: str
    name: str
    scopes: list[Scope]
    made_at: str
    made_by: str
    until: str | None
    revoked_at: str | None
    token: str | None = None

    @classmethod
    def of(cls, row: ApiKey, token: str | None = None) -> "KeyShape":
        """From the value; moments in UTC."""
        return cls(
            id=row.id,
            name=row.name,
            scopes=sorted(row.scopes),
            made_at=row.made_at.format_iso(),
            made_by=row.made_by,
            until=row.until.format_iso() if row.until else None,
            revoked_at=row.revoked_at.format_iso() if row.revoked_at else None,
            token=token,
        )


class LetterShape(BaseModel):
    """A confirmation to the customer, and what became of it."""

    id: str
    kind: str
    way: str
    state: str
    made_at: str
    tries: int
    settled_at: str | None
    trouble: str | None

    @classmethod
    def of(cls, row: Letter) -> "LetterShape":
        """From the value; moments in UTC."""
        return cls(
            id=row.id,
            kind=row.kind.value,
            way=row.way.value,
            state=row.state.value,
            made_at=row.made_at.format_iso(),
            tries=row.tries,
            settled_at=row.settled_at.format_iso() if row.settled_at else None,
            trouble=row.trouble,
        )


class PersonBody(Given):
    """Whom to let in, as what."""

    login: str = Field(min_length=3, max_length=254, description="An e-mail address.")
    name: str = Field("", max_length=100)
    role: Role
    invite: bool = Field(False, description="A new login gets an invitation instead of a password.")


class RoleBody(Given):
    """Another role; null takes the role away."""

    role: Role | None


class KeyBody(Given):
    """A new key."""

    name: str = Field(min_length=1, max_length=80)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: int | None = Field(None, ge=1, le=DAYS_MAX, description="Days until it ends by itself.")


def people_routes(passwords: Passwords, invites: InviteDesk) -> Callable[[Office], APIRouter]:
    """People and their roles; logins get passwords that are hashed by `passwords`, or invitations."""
    inviting = Inviting(invites.by_mail)

    def routes(office: Office) -> APIRouter:
        api = routes_of("people", 409, 413)

        @api.get("/people")
        async def people(request: Request, business: Id) -> list[PersonShape]:
            """Whoever has a role in this business."""
            rows = answered(await list_people(office, viewer_of(request).actor, business))
            return [PersonShape.of(row) for row in rows]

        @api.post("/people", status_code=201)
        async def add(request: Request, business: Id, body: PersonBody) -> PersonShape:
            """Let somebody in. A new login gets a password or an invitation, told here and never again."""
            actor, how = viewer_of(request).actor, inviting if body.invite else None
            whom = (body.login, body.name, body.role)
            added = answered(await add_person(office, passwords, actor, business, *whom, how))
            return PersonShape.added(added, invites.address)

        @api.post("/people/{user}/invite")
        async def invite(request: Request, business: Id, user: Id) -> PersonShape:
            """Invite again whoever has not come in yet: by mail, or by a link that is told here once."""
            actor = viewer_of(request).actor
            invited = answered(await invite_person(office, actor, business, user, inviting))
            return PersonShape.added(invited, invites.address)

        @api.put("/people/{user}/role")
        async def role(request: Request, business: Id, user: Id, body: RoleBody) -> PersonShape | None:
            """Another role, or none any more. Nobody changes their own."""
            actor = viewer_of(request).actor
            person = answered(await give_role(office, actor, business, user, body.role))
            return PersonShape.of(person) if person is not None else None

        return api

    return routes


def key_routes(office: Office) -> APIRouter:
    """API keys."""
    api = routes_of("keys", 413)

    @api.get("/keys")
    async def keys(request: Request, business: Id) -> list[KeyShape]:
        """Every key, those that open nothing any more included."""
        rows = answered(await list_keys(office, viewer_of(request).actor, business))
        return [KeyShape.of(row) for row in rows]

    @api.post("/keys", status_code=201)
    async def make(request: Request, business: Id, body: KeyBody) -> KeyShape:
        """Make a key. Its token is told here and never again. No key gets more than its maker has."""
        actor = viewer_of(request).actor
        made = answered(await make_key(office, actor, business, body.name, set(body.scopes), body.days))
        return KeyShape.of(made.key, made.token)

    @api.post("/keys/{key}/revoke")
    async def revoke(request: Request, business: Id, key: Id) -> KeyShape:
        """Shut its door for good."""
        return KeyShape.of(answered(await end_key(office, viewer_of(request).actor, business, key)))

    return api


def letter_routes(office: Office) -> APIRouter:
    """Confirmations."""
    api = routes_of("bookings")

    @api.get("/bookings/{booking}/confirmations")
    async def letters(request: Request, business: Id, booking: Id) -> list[LetterShape]:
        """What the customer was sent about a booking, and what is on its way."""
        shown = answered(await show_booking(office, viewer_of(request).actor, business, booking))
        return [LetterShape.of(row) for row in shown.letters]

    return api
