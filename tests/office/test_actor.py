"""Who may do what: the table of roles, and what is not in it is denied."""

import pytest

from handfest.model.actor import COMMAND_LINE, Actor, Role, Scope

GRANTED = {
    Role.OWNER: {"read", "desk", "catalogue", "people"},
    Role.AGENCY: {"read", "desk", "catalogue"},
    Role.STAFF: {"read", "desk"},
    Role.READ_ONLY: {"read"},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_grants_what_the_table_says_and_nothing_elsewhere(role: Role) -> None:
    actor = Actor("user:1", "Erika Beispiel", {"salon": role})
    assert {scope.value for scope in Scope if actor.may(scope, "salon")} == GRANTED[role]
    assert not [scope for scope in Scope if actor.may(scope, "clinic")]


def test_a_key_may_do_no_more_than_its_scopes() -> None:
    key = Actor("key:1", "till", {"salon": Role.OWNER}, scopes=frozenset({Scope.READ}))
    assert [scope for scope in Scope if key.may(scope, "salon")] == [Scope.READ]


def test_the_command_line_may_do_everything_and_a_named_role_comes_before_the_general_one() -> None:
    assert all(COMMAND_LINE.may(scope, "any") for scope in Scope)
    operator = Actor("user:2", "Otto Muster", {"salon": Role.READ_ONLY}, everywhere=Role.OWNER)
    assert operator.may(Scope.PEOPLE, "clinic")
    assert not operator.may(Scope.DESK, "salon")
