"""People and machines who visit the console and the API of a stage, logged in without the form."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from handfest.access.change_key import add_key
from handfest.access.change_user import add_user
from handfest.access.deed import Deed
from handfest.access.tokens import new_token
from handfest.model.access import User
from handfest.model.actor import COMMAND_LINE, Role, Scope
from handfest.testing.scenario_stage import Stage

SITE = "http://handfest.example"
PASSWORD = "vier Worte sind genug"


@dataclass(frozen=True)
class Visitor:
    """A logged-in user. `csrf` is what every form has to bring, as the field `csrf`."""

    browser: httpx.AsyncClient
    user: User
    csrf: str


def deed(stage: Stage) -> Deed:
    """The hand of whoever set the stage."""
    return Deed(COMMAND_LINE, stage.clock.now(), stage.house.ids)


async def user_of(
    stage: Stage,
    login: str = "erika@example.com",
    roles: Mapping[str, Role] | None = None,
    everywhere: Role | None = None,
    password: str | None = PASSWORD,
) -> User:
    """A new user."""
    hashed = await stage.house.porter.passwords.hashed(password) if password else None
    given = roles or {}
    return await stage.house.store.write(
        lambda tx: add_user(tx, deed(stage), login, login.partition("@")[0], given, everywhere, hashed)
    )


@asynccontextmanager
async def stranger(stage: Stage, site: str = SITE) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is logged in."""
    transport = httpx.ASGITransport(stage.app, client=("192.0.2.7", 4711))
    async with httpx.AsyncClient(transport=transport, base_url=site) as browser:
        yield browser


@asynccontextmanager
async def visitor(
    stage: Stage,
    roles: Mapping[str, Role] | None = None,
    everywhere: Role | None = None,
    login: str = "erika@example.com",
) -> AsyncIterator[Visitor]:
    """A browser in which somebody with these roles is logged in; changing requests bring the token."""
    user = await user_of(stage, login, roles, everywhere, None)
    admitted = await stage.house.porter.admit(user)
    async with stranger(stage) as browser:
        browser.cookies.set("handfest", admitted.token, domain="handfest.example")
        browser.headers["x-csrf-token"] = admitted.session.csrf
        yield Visitor(browser, user, admitted.session.csrf)


async def key_of(stage: Stage, business_id: str, *scopes: Scope) -> dict[str, str]:
    """The headers of a machine that has a new key with these scopes."""
    made = await stage.house.store.write(
        lambda tx: add_key(tx, deed(stage), new_token, business_id, "till", frozenset(scopes))
    )
    return {"Authorization": f"Bearer {made.token}"}
