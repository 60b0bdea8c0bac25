"""The Actor: who looks at something or changes something, apart from callers and their agents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to one business."""

    OWNER = "owner"
    AGENCY = "agency"  # serves several businesses and may do in each what its owner may, but for its people
    STAFF = "staff"
    READ_ONLY = "read_only"


class Scope(StrEnum):
    """What a thing to be done asks for. Every use case and every route names exactly one."""

    READ = "read"  # calls, bookings, day views, health
    DESK = "desk"  # what happens at the desk: bookings, holds, absences, callbacks, a pause
    CATALOGUE = "catalogue"  # draft, apply and roll back what is offered
    PEOPLE = "people"  # users, roles and API keys


_GRANTED: Mapping[Role, frozenset[Scope]] = {
    Role.OWNER: frozenset(Scope),
    Role.AGENCY: frozenset({Scope.READ, Scope.DESK, Scope.CATALOGUE}),
    Role.STAFF: frozenset({Scope.READ, Scope.DESK}),
    Role.READ_ONLY: frozenset({Scope.READ}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody known, with a role in each of some businesses; in every other one they may do nothing.

    `id` names it in the record of changes ("user:...", "key:...", "command line"), `name` is shown to people.
    `everywhere` is the role in businesses that `roles` does not name; None for everybody but operators.
    `scopes` narrows what the roles allow, which is how an API key gets less than whoever made it.
    """

    id: str
    name: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    everywhere: Role | None = None
    scopes: frozenset[Scope] = frozenset(Scope)

    def role(self, business_id: str) -> Role | None:
        """The role in this business; None if there is none."""
        return self.roles.get(business_id, self.everywhere)

    def may(self, scope: Scope, business_id: str) -> bool:
        """True if this may be done in this business. What is not granted is denied."""
        role = self.role(business_id)
        return role is not None and scope in _GRANTED[role] and scope in self.scopes


COMMAND_LINE = Actor("command line", "command line", everywhere=Role.OWNER)
"""Whoever can start programs on the machine; the operating system has said who that is."""
