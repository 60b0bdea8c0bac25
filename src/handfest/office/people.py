"""People: who may log in to a business, as what; added, given another role, and let go by its owner."""

from dataclasses import dataclass

from handfest.access.change_user import UnfitUserError, add_user, read_login, set_role
from handfest.access.deed import Deed
from handfest.access.invite_user import Inviting, TooManyInvites, invite_user
from handfest.access.passwords import Passwords
from handfest.access.tokens import new_password
from handfest.model.access import User
from handfest.model.actor import Actor, Role, Scope
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, enter
from handfest.ports import Transaction


@dataclass(frozen=True, slots=True)
class Person:
    """A user as an owner sees them: in this business only, whatever else they are elsewhere."""

    id: str
    login: str
    name: str
    role: Role
    disabled: bool
    by_password: bool
    by_sign_on: bool

    @classmethod
    def of(cls, user: User, role: Role) -> "Person":
        """The user in this role."""
        by_password, by_sign_on = user.password_hash is not None, user.subject is not None
        return cls(user.id, user.login, user.name, role, user.disabled, by_password, by_sign_on)


@dataclass(frozen=True, slots=True)
class AddedPerson:
    """Somebody who may come in now. `password` and `token` are seen here and never again.

    Both are None for whoever had a login before; `mailed` says that an invitation is on its way.
    """

    person: Person
    password: str | None = None
    token: str | None = None
    mailed: bool = False


async def list_people(office: Office, actor: Actor, business_id: str) -> tuple[Person, ...] | Objection:
    """Whoever has a role in this business, by login."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    users = await office.store.read(lambda tx: tx.users_of(business_id))
    rows = [(user, user.role_in(business_id)) for user in users]
    return tuple(Person.of(user, role) for user, role in rows if role is not None)


async def add_person(
    office: Office,
    passwords: Passwords,
    actor: Actor,
    business_id: str,
    login: str,
    name: str,
    role: Role,
    inviting: Inviting | None = None,
) -> AddedPerson | Objection:
    """Let somebody in. Whoever has no login yet gets one, with an invitation or a password to be handed over."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    try:
        wanted = read_login(login)
    except UnfitUserError as error:
        return invalid(str(error), field="login")
    password = new_password() if inviting is None else None
    hashed, deed = await passwords.hashed(password) if password else None, _deed(office, actor)

    def work(tx: Transaction) -> AddedPerson | Objection:
        known = tx.user_by_login(wanted)
        if known is None:
            shown = " ".join(name.split()) or wanted
            user = add_user(tx, deed, wanted, shown, {business_id: role}, None, hashed)
            if inviting is None:
                return AddedPerson(Person.of(user, role), password)
            return _invited(tx, deed, user, role, business_id, inviting)
        if known.role_in(business_id) is not None:
            return Objection(ObjectionCode.CONFLICT, f"{wanted} has a role here already", {"field": "login"})
        return AddedPerson(Person.of(set_role(tx, deed, known, business_id, role), role))

    return await office.store.write(work)


async def invite_person(
    office: Office, actor: Actor, business_id: str, user_id: str, inviting: Inviting
) -> AddedPerson | Objection:
    """Invite again somebody who has not come in yet; the links before end."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    deed = _deed(office, actor)

    def work(tx: Transaction) -> AddedPerson | Objection:
        user = tx.user(user_id)
        role = user.role_in(business_id) if user is not None else None
        if user is None or role is None or user.disabled:
            return not_found("user")
        if user.password_hash is not None or user.subject is not None:
            return _not_invited("has_come_in", "this user has come in before, and has a way in of their own")
        if not inviting.by_mail and not _ours(actor, user):
            return _not_invited("other_owner", "this user has a role elsewhere; their link goes by mail only")
        return _invited(tx, deed, user, role, business_id, inviting)

    return await office.store.write(work)


def _invited(
    tx: Transaction, deed: Deed, user: User, role: Role, business_id: str, inviting: Inviting
) -> AddedPerson | Objection:
    done = invite_user(tx, deed, user, business_id, inviting)
    if isinstance(done, TooManyInvites):
        again_at = done.again_at.format_iso()
        return _not_invited("too_many_invites", f"too many invitations; the next at {again_at}")
    return AddedPerson(Person.of(user, role), token=done.token, mailed=inviting.by_mail)


def _not_invited(reason: str, detail: str) -> Objection:
    return Objection(ObjectionCode.NOT_POSSIBLE, detail, {"reason": reason})


def _ours(actor: Actor, user: User) -> bool:
    """Whether a link to this user opens nothing that whoever sees it does not own: it is a key to all their roles."""
    own = all(actor.may(Scope.PEOPLE, one.business_id) for one in user.memberships)
    return own and user.everywhere is None


async def give_role(
    office: Office, actor: Actor, business_id: str, user_id: str, role: Role | None
) -> Person | Objection | None:
    """Another role for somebody, or none any more; None when they are gone. Nobody changes their own."""
    entered = await enter(office, actor, Scope.PEOPLE, business_id)
    if isinstance(entered, Objection):
        return entered
    if actor.id == f"user:{user_id}":
        return Objection(ObjectionCode.NOT_POSSIBLE, "nobody changes their own role: ask another owner")
    deed = _deed(office, actor)

    def work(tx: Transaction) -> User | None:
        user = tx.user(user_id)
        if user is None or user.role_in(business_id) is None:
            return None
        return set_role(tx, deed, user, business_id, role)

    user = await office.store.write(work)
    if user is None:
        return not_found("user")
    return Person.of(user, role) if role is not None else None


def _deed(office: Office, actor: Actor) -> Deed:
    return Deed(actor, office.clock.now(), office.ids)
