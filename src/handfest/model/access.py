"""Who may come in: users with their roles in businesses, their sessions, and the keys of machines."""

from dataclasses import dataclass, replace

from whenever import Instant

from handfest.model.actor import Actor, Role, Scope


@dataclass(frozen=True, slots=True)
class Membership:
    """The role of a user in one business."""

    business_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in.

    `login` is a lower-case e-mail address, one user each. `password_hash` None: by single sign-on only.
    `subject` is who the sign-on provider says it is, once they have met. `epoch` goes up with every change of
    roles; a session of an older epoch is given a new token. `everywhere` is the role in all other businesses,
    those to come included: for whoever runs the gateway.
    """

    id: str
    login: str
    name: str
    memberships: tuple[Membership, ...]
    made_at: Instant
    password_hash: str | None = None
    subject: str | None = None
    everywhere: Role | None = None
    epoch: int = 1
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """The user as the one who does something."""
        roles = {one.business_id: one.role for one in self.memberships}
        if self.disabled:
            return Actor(f"user:{self.id}", self.name)
        return Actor(f"user:{self.id}", self.name, roles, self.everywhere)

    def role_in(self, business_id: str) -> Role | None:
        """What this user is in the business, None for a stranger."""
        return next((one.role for one in self.memberships if one.business_id == business_id), None)

    def with_role(self, business_id: str, role: Role | None) -> "User":
        """The user with another role in this business, or with none; sessions get new tokens."""
        others = tuple(one for one in self.memberships if one.business_id != business_id)
        mine = (Membership(business_id, role),) if role is not None else ()
        memberships = tuple(sorted((*others, *mine), key=lambda one: one.business_id))
        return replace(self, memberships=memberships, epoch=self.epoch + 1)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which a user is logged in.

    `digest` is all that is kept of its token. `csrf` has to come back with every change. `until` is when it ends
    however busy it is. `replaced`: a newer token has taken its place, and it gets no further one.
    """

    digest: str
    user_id: str
    csrf: str
    epoch: int
    made_at: Instant
    seen_at: Instant
    until: Instant
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The key of a machine to one business. It is shown once; `digest` is all that is kept of it."""

    business_id: str
    id: str
    name: str
    digest: str
    scopes: frozenset[Scope]
    made_at: Instant
    made_by: str
    until: Instant | None = None
    revoked_at: Instant | None = None

    @property
    def actor(self) -> Actor:
        """The key as the one who does something: an owner narrowed to its scopes."""
        return Actor(f"key:{self.id}", self.name, {self.business_id: Role.OWNER}, scopes=self.scopes)

    def opens(self, now: Instant) -> bool:
        """True while the key is good."""
        return self.revoked_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who makes a request: the actor, and for a person the user and what every form has to bring along.

    `csrf` is None for machines, which send no cookie.
    """

    actor: Actor
    user: User | None = None
    csrf: str | None = None
