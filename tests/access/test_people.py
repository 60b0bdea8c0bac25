"""The pages for people, keys and one's own account, as an owner and a member of staff use them."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from handfest.model.actor import Role, Scope
from handfest.testing.scenario_stage import Stage
from retell_house import house
from visitors import PASSWORD, Visitor, key_of, stranger, user_of, visitor

OWNER = {"salon": Role.OWNER}
PEOPLE = "/b/salon/people"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house("salon", "askpro") as opened:
        yield opened


@pytest.fixture
async def owner(stage: Stage) -> AsyncIterator[Visitor]:
    async with visitor(stage, OWNER, login="chef@example.com") as one:
        yield one


def shown_once(answer: httpx.Response) -> str:
    found = re.search(r"<p><code>([^<]+)</code></p>", answer.text)
    assert found is not None, answer.text
    return found[1]


async def log_in(stage: Stage, login: str, password: str) -> bool:
    async with stranger(stage) as browser:
        token = re.search(r'name="form_token" value="([^"]+)"', (await browser.get("/login")).text)
        assert token is not None
        fields = {"login": login, "password": password, "form_token": token[1]}
        return (await browser.post("/login", data=fields)).status_code == 303


async def role_of(stage: Stage, login: str, business_id: str = "salon") -> Role | None:
    user = await stage.house.store.read(lambda tx: tx.user_by_login(login))
    return user.role_in(business_id) if user else None


async def test_an_owner_lets_somebody_in_and_the_password_is_seen_once(stage: Stage, owner: Visitor) -> None:
    form = {"login": "Jana@Example.com", "name": "Jana Beispiel", "role": "staff"}
    answer = await owner.browser.post(PEOPLE, data=form)
    assert answer.status_code == 200, answer.text
    password = shown_once(answer)
    assert await role_of(stage, "jana@example.com") is Role.STAFF
    assert await log_in(stage, "jana@example.com", password)
    assert password not in (await owner.browser.get(PEOPLE)).text
    assert answer.headers["cache-control"] == "no-store"


async def test_whoever_has_a_login_keeps_it_and_no_password_is_made(stage: Stage, owner: Visitor) -> None:
    await user_of(stage, "agentur@example.com", {"askpro": Role.AGENCY})
    form = {"login": "agentur@example.com", "role": "agency"}
    answer = await owner.browser.post(PEOPLE, data=form)
    assert "hatte schon einen Zugang" in answer.text
    assert "askpro" not in answer.text
    assert await log_in(stage, "agentur@example.com", PASSWORD)
    assert await role_of(stage, "agentur@example.com") is Role.AGENCY
    assert await role_of(stage, "agentur@example.com", "askpro") is Role.AGENCY
    again = await owner.browser.post(PEOPLE, data=form)
    assert again.headers["location"] == f"{PEOPLE}?problem=conflict"


async def test_roles_change_and_go_and_nobody_changes_their_own(stage: Stage, owner: Visitor) -> None:
    user = await user_of(stage, "jana@example.com", {"salon": Role.STAFF, "askpro": Role.OWNER})
    answer = await owner.browser.post(f"{PEOPLE}/{user.id}", data={"role": "read_only"})
    assert answer.headers["location"] == f"{PEOPLE}?done=role_given"
    assert await role_of(stage, "jana@example.com") is Role.READ_ONLY
    await owner.browser.post(f"{PEOPLE}/{user.id}", data={"role": "none"})
    assert await role_of(stage, "jana@example.com") is None
    assert await role_of(stage, "jana@example.com", "askpro") is Role.OWNER
    mine = await owner.browser.post(f"{PEOPLE}/{owner.user.id}", data={"role": "none"})
    assert mine.headers["location"] == f"{PEOPLE}?problem=not_possible"
    assert await role_of(stage, "chef@example.com") is Role.OWNER
    changes = await stage.house.store.read(lambda tx: tx.changes("salon", 9))
    told = [(one.what, one.actor_id, one.after) for one in changes if one.actor_id != "command line"]
    assert told == [
        ("user_role_changed", f"user:{owner.user.id}", {"role": None}),
        ("user_role_changed", f"user:{owner.user.id}", {"role": "read_only"}),
    ]


async def test_b95_somebody_of_another_business_cannot_be_touched_from_here(
    stage: Stage, owner: Visitor
) -> None:
    user = await user_of(stage, "fremd@example.com", {"askpro": Role.STAFF})
    answer = await owner.browser.post(f"{PEOPLE}/{user.id}", data={"role": "owner"})
    assert answer.headers["location"] == f"{PEOPLE}?problem=not_found"
    assert await role_of(stage, "fremd@example.com") is None
    assert "fremd" not in (await owner.browser.get(PEOPLE)).text


async def test_a_key_is_made_shown_once_and_revoked(stage: Stage, owner: Visitor) -> None:
    form = {"name": "Kasse", "scope": ["read", "desk"], "days": "30"}
    answer = await owner.browser.post("/b/salon/keys", data=form)
    token = shown_once(answer)
    viewer = await stage.house.porter.by_key(token)
    assert viewer is not None
    assert {scope for scope in Scope if viewer.actor.may(scope, "salon")} == {Scope.READ, Scope.DESK}
    assert not [scope for scope in Scope if viewer.actor.may(scope, "askpro")]
    page = (await owner.browser.get(PEOPLE)).text
    assert token not in page
    (key,) = await stage.house.store.read(lambda tx: tx.keys("salon"))
    await owner.browser.post(f"/b/salon/keys/{key.id}")
    assert await stage.house.porter.by_key(token) is None
    assert "widerrufen" in (await owner.browser.get(PEOPLE)).text


async def test_an_address_with_a_zero_character_is_not_there(stage: Stage, owner: Visitor) -> None:
    for path in (f"{PEOPLE}/%00", "/b/salon%00/people", f"{PEOPLE}?done=%00"):
        answer = await owner.browser.request("POST" if path.endswith("/%00") else "GET", path, data=None)
        assert answer.status_code == 404, path


async def test_a_key_ends_by_itself(stage: Stage, owner: Visitor) -> None:
    answer = await owner.browser.post("/b/salon/keys", data={"name": "Kasse", "scope": "read", "days": "2"})
    token = shown_once(answer)
    stage.clock.advance(48 * 3600 - 1)
    assert await stage.house.porter.by_key(token) is not None
    stage.clock.advance(1)
    assert await stage.house.porter.by_key(token) is None


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scope": "read"},
        {"name": "x"},
        {"name": "x", "scope": "all"},
        {"name": "x", "days": "no"},
    ],
)
async def test_what_is_no_key_is_not_made(stage: Stage, owner: Visitor, form: dict[str, str]) -> None:
    answer = await owner.browser.post("/b/salon/keys", data=form)
    assert answer.headers["location"] == f"{PEOPLE}?problem=invalid"
    assert await stage.house.store.read(lambda tx: tx.keys("salon")) == ()


async def test_everybody_changes_their_own_password_by_the_present_one(stage: Stage) -> None:
    await user_of(stage, "jana@example.com", {"salon": Role.STAFF})
    user = await stage.house.store.read(lambda tx: tx.user_by_login("jana@example.com"))
    assert user is not None
    here, elsewhere = await stage.house.porter.admit(user), await stage.house.porter.admit(user)
    new = "fünf Worte sind noch besser"

    async def change(browser: httpx.AsyncClient, present: str, again: str = new) -> httpx.Response:
        form = {"present": present, "new": new, "again": again, "csrf": here.session.csrf}
        return await browser.post("/account/password", data=form)

    async with stranger(stage) as browser:
        browser.cookies.set("handfest", here.token, domain="handfest.example")
        assert "Passwort ändern" in (await browser.get("/account")).text
        assert (await change(browser, PASSWORD, "anders " * 3)).status_code == 422
        assert (await change(browser, "falsch " * 3)).status_code == 403
        assert await log_in(stage, "jana@example.com", PASSWORD)
        done = await change(browser, PASSWORD)
        assert done.headers["location"] == "/account?done=password"
        assert "ist geändert" in (await browser.get("/account?done=password")).text
    assert await stage.house.porter.resume(elsewhere.token) is None
    assert not await log_in(stage, "jana@example.com", PASSWORD)
    assert await log_in(stage, "jana@example.com", new)


async def test_only_an_owner_finds_the_way_to_people(stage: Stage, owner: Visitor) -> None:
    assert f'href="{PEOPLE}"' in (await owner.browser.get("/b/salon/today")).text
    async with visitor(stage, {"salon": Role.AGENCY}) as agency:
        assert f'href="{PEOPLE}"' not in (await agency.browser.get("/b/salon/today")).text
        assert (await agency.browser.get(PEOPLE)).status_code == 403


async def test_a_program_lets_people_in_and_makes_keys_no_mightier_than_its_own(stage: Stage) -> None:
    headers = await key_of(stage, "salon", Scope.PEOPLE, Scope.READ)
    async with stranger(stage) as program:
        program.headers.update(headers)
        base = "/api/businesses/salon"
        body = {"login": "jana@example.com", "name": "Jana", "role": "staff"}
        added = await program.post(f"{base}/people", json=body)
        assert added.status_code == 201, added.text
        assert await log_in(stage, "jana@example.com", added.json()["password"])
        (listed,) = (await program.get(f"{base}/people")).json()
        assert (listed["role"], listed["password"]) == ("staff", None)
        gone = await program.put(f"{base}/people/{listed['id']}/role", json={"role": None})
        assert (gone.status_code, gone.json()) == (200, None)
        assert (await program.get(f"{base}/people")).json() == []
        too_much = await program.post(f"{base}/keys", json={"name": "x", "scopes": ["catalogue"]})
        assert (too_much.status_code, too_much.json()["code"]) == (422, "invalid")
        made = (await program.post(f"{base}/keys", json={"name": "x", "scopes": ["read"]})).json()
        assert await stage.house.porter.by_key(made["token"]) is not None
        ended = await program.post(f"{base}/keys/{made['id']}/revoke")
        assert ended.json()["revoked_at"] is not None
        assert await stage.house.porter.by_key(made["token"]) is None
        assert (await program.get(f"{base}/bookings/bk_none/confirmations")).status_code == 404
        assert (await program.get("/api/businesses/askpro/people")).status_code == 404
