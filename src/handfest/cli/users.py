"""`handfest users ...`: who may log in to the console, and as what."""

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from handfest.access.change_user import (
    UnfitUserError,
    add_user,
    read_login,
    set_disabled,
    set_everywhere,
    set_password,
    set_role,
)
from handfest.access.deed import Deed
from handfest.access.passwords import Passwords, unfit
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import with_store
from handfest.cli.users_invite import send_invite
from handfest.machine import RandomIds, SystemClock
from handfest.model.access import User
from handfest.model.actor import COMMAND_LINE, Role
from handfest.ports import Store, Transaction

users = typer.Typer(help="Who may log in to the console, and as what.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The user's e-mail address.")]
Business = Annotated[str | None, typer.Option(help="The business, by id.")]
Everywhere = Annotated[bool, typer.Option(help="In all businesses, those to come included.")]
RoleName = Annotated[str, typer.Option(help="owner, agency, staff or read-only.")]


@users.command("add")
def add(
    login: Login,
    role: RoleName = "owner",
    business: Business = None,
    everywhere: Everywhere = False,
    name: Annotated[str | None, typer.Option(help="Shown to others; default: the login.")] = None,
    sign_on_only: Annotated[bool, typer.Option(help="No password: by single sign-on only.")] = False,
    invite: Annotated[bool, typer.Option(help="No password yet: the user chooses it by a link.")] = False,
    database: Database = None,
) -> None:
    """Add a user. The password is asked for, or read from standard input; it is never an argument."""
    wanted, address = read_role(role), _login(login)
    if (business is None) == (not everywhere):
        fail("say where: --business ID or --everywhere")
    if invite and sign_on_only:
        fail("--invite brings a password and --sign-on-only is without one; say one of them")
    bare = sign_on_only or invite
    password_hash = None if bare else asyncio.run(Passwords().hashed(ask_password()))
    roles = {business: wanted} if business is not None else {}

    def work(tx: Transaction) -> User:
        shown = name or address
        return add_user(tx, _deed(), address, shown, roles, wanted if everywhere else None, password_hash)

    user = _changed(database, work)
    console.print(f"{user.login} is {_told(user)}", markup=False, soft_wrap=True)
    if invite:
        send_invite(database, address, show=False, language=None)


@users.command("invite")
def invite_again(
    login: Login,
    link: Annotated[bool, typer.Option("--link", help="Show the link here instead of mailing it.")] = False,
    language: Annotated[str | None, typer.Option(help="Of the mail: de or en.")] = None,
    database: Database = None,
) -> None:
    """Let a user choose a new password by a link, good once and for seven days; earlier links end."""
    if language not in (None, "de", "en"):
        fail(f"--language is de or en, not {language!r}")
    send_invite(database, login, show=link, language=language)


@users.command("ls")
def list_users(business: Business = None, database: Database = None, as_json: Json = False) -> None:
    """List the users, of one business or all."""

    async def look(store: Store) -> tuple[User, ...]:
        return await store.read(lambda tx: tx.users() if business is None else tx.users_of(business))

    rows = with_store(settings_with(database).database, look)
    if as_json:
        print_json([_row(user) for user in rows])
        return
    for user in rows:
        console.print(f"{user.login}  {user.name}  {_told(user)}", markup=False, soft_wrap=True)
    if not rows:
        console.print("no users yet: handfest users add NAME@DOMAIN --business ID", markup=False)


@users.command("role")
def change_role(
    login: Login,
    role: Annotated[str, typer.Argument(help="owner, agency, staff, read-only, or none.")],
    business: Business = None,
    everywhere: Everywhere = False,
    database: Database = None,
) -> None:
    """Give a user another role in a business, or none."""
    wanted = None if role == "none" else read_role(role)
    if (business is None) == (not everywhere):
        fail("say where: --business ID or --everywhere")

    def work(tx: Transaction) -> User:
        user = _user(tx, login)
        return (
            set_role(tx, _deed(), user, business, wanted)
            if business
            else set_everywhere(tx, _deed(), user, wanted)
        )

    user = _changed(database, work)
    console.print(f"{user.login} is {_told(user)}", markup=False, soft_wrap=True)


@users.command("passwd")
def passwd(login: Login, database: Database = None) -> None:
    """Set a new password; the user is logged out everywhere."""
    hashed = asyncio.run(Passwords().hashed(ask_password()))
    user = _changed(database, lambda tx: set_password(tx, _deed(), _user(tx, login), hashed))
    console.print(f"{user.login} has a new password and is logged out everywhere", markup=False)


@users.command("disable")
def disable(login: Login, database: Database = None) -> None:
    """Shut a user out, at once and everywhere."""
    user = _changed(database, lambda tx: set_disabled(tx, _deed(), _user(tx, login), True))
    console.print(f"{user.login} is shut out", markup=False)


@users.command("enable")
def enable(login: Login, database: Database = None) -> None:
    """Let a user in again."""
    user = _changed(database, lambda tx: set_disabled(tx, _deed(), _user(tx, login), False))
    console.print(f"{user.login} may log in again", markup=False)


def read_role(said: str) -> Role:
    """A role by its name; ends the command if there is none."""
    try:
        return Role(said.strip().lower().replace("-", "_"))
    except ValueError:
        fail(f"--role is one of {', '.join(shown_role(one) for one in Role)}, not {said!r}")


def shown_role(role: Role) -> str:
    """The name as it is typed."""
    return role.value.replace("_", "-")


def ask_password() -> str:
    """From the terminal, twice and unseen, or the first line of standard input; ends the command if unfit."""
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    problem = unfit(password)
    if problem is not None:
        fail(problem)
    return password


def _changed(database: str | None, work: Callable[[Transaction], User]) -> User:
    async def run(store: Store) -> User:
        return await store.write(work)

    try:
        return with_store(settings_with(database).database, run)
    except UnfitUserError as error:
        fail(str(error))


def _login(said: str) -> str:
    try:
        return read_login(said)
    except UnfitUserError as error:
        fail(str(error))


def _user(tx: Transaction, login: str) -> User:
    found = tx.user_by_login(login.strip().lower())
    if found is None:
        raise UnfitUserError(f"there is no user {login}; `handfest users ls` shows them")
    return found


def _deed() -> Deed:
    return Deed(COMMAND_LINE, SystemClock().now(), RandomIds())


def _told(user: User) -> str:
    roles = [f"{shown_role(one.role)} of {one.business_id}" for one in user.memberships]
    if user.everywhere is not None:
        roles.append(f"{shown_role(user.everywhere)} everywhere")
    return (", ".join(roles) or "without a role") + (" (disabled)" if user.disabled else "")


def _row(user: User) -> dict[str, object]:
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "roles": {one.business_id: one.role.value for one in user.memberships},
        "everywhere": user.everywhere.value if user.everywhere else None,
        "disabled": user.disabled,
        "password": user.password_hash is not None,
        "sign_on": user.subject is not None,
    }
