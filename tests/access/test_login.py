"""Logging in and out through the real application: what is right, what is wrong, and what gives nothing away."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from handfest.access.change_user import set_disabled, set_password, set_role
from handfest.access.porter import LOGIN_BURST
from handfest.access.tokens import digest
from handfest.model.actor import Role
from handfest.testing.scenario_stage import Stage
from retell_house import house
from visitors import PASSWORD, SITE, deed, stranger, user_of

OWNER = {"salon": Role.OWNER}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house("salon") as opened:
        yield opened


async def form_token(browser: httpx.AsyncClient) -> str:
    page = await browser.get("/login")
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


async def log_in(browser: httpx.AsyncClient, password: str = PASSWORD, **more: str) -> httpx.Response:
    fields = {"login": "erika@example.com", "password": password, "form_token": await form_token(browser)}
    return await browser.post("/login", data=fields | more)


async def is_in(browser: httpx.AsyncClient) -> bool:
    """The form sends on whoever is logged in already."""
    return (await browser.get("/login")).status_code == 303


def csrf_of(stage: Stage, browser: httpx.AsyncClient) -> str:
    rows = stage.house.store._rows.sessions  # type: ignore[attr-defined]
    return rows[digest(browser.cookies["handfest"])].csrf


async def test_the_right_password_opens_the_page_that_was_asked_for(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        answer = await log_in(browser, login=" Erika@Example.com ", next="/b/salon/today?day=2025-10-22")
        assert (answer.status_code, answer.headers["location"]) == (303, "/b/salon/today?day=2025-10-22")
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("handfest="))
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert await is_in(browser)


async def test_behind_https_the_cookie_is_bound_to_this_host(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage, "https://handfest.example") as browser:
        answer = await log_in(browser)
        cookie = next(one for one in answer.headers.get_list("set-cookie") if "__Host-handfest=" in one)
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert await is_in(browser)


async def test_the_store_keeps_no_token(stage: Stage) -> None:
    user = await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        await log_in(browser)
        token = browser.cookies["handfest"]
    assert len(token) >= 43
    assert token not in repr(vars(stage.house.store._rows))  # type: ignore[attr-defined]
    assert user.password_hash is not None
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash


@pytest.mark.parametrize(
    "login", ["erika@example.com", "nobody@example.com", "sso@example.com", "off@example.com"]
)
async def test_every_wrong_try_is_answered_alike(stage: Stage, login: str) -> None:
    await user_of(stage, roles=OWNER)
    await user_of(stage, "sso@example.com", OWNER, password=None)
    gone = await user_of(stage, "off@example.com", OWNER)
    await stage.house.store.write(lambda tx: set_disabled(tx, deed(stage), gone, True))
    async with stranger(stage) as browser:
        answer = await log_in(browser, PASSWORD if login == "off@example.com" else "wrong " * 3, login=login)
        assert answer.status_code == 401
        assert "E-Mail-Adresse oder Passwort stimmt nicht." in answer.text
        assert not await is_in(browser)


async def test_what_is_no_text_is_a_wrong_try_and_no_failure(stage: Stage) -> None:
    async with stranger(stage) as browser:
        assert (await log_in(browser, "wrong", login="erika\0@example.com")).status_code == 401
        assert (await log_in(browser, "x" * 2000)).status_code == 401


async def test_tries_of_one_user_are_counted_and_open_again(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        codes = [(await log_in(browser, "wrong")).status_code for _ in range(LOGIN_BURST)]
        assert codes == [401] * LOGIN_BURST
        refused = await log_in(browser)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert "in 1 Min." in refused.text
        stage.clock.advance(60)
        assert (await log_in(browser)).status_code == 303


async def test_what_was_right_forgives_what_was_wrong(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        for _round in range(3):
            for _ in range(LOGIN_BURST - 3):
                assert (await log_in(browser, "wrong")).status_code == 401
            assert (await log_in(browser)).status_code == 303
            browser.cookies.delete("handfest")


async def test_tries_of_one_address_are_counted_whatever_the_user(stage: Stage) -> None:
    async with stranger(stage) as browser:
        codes = [
            (await log_in(browser, "wrong", login=f"user{number}@example.com")).status_code
            for number in range(31)
        ]
    assert codes == [401] * 30 + [429]


async def test_the_form_has_to_be_ours(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        assert (await log_in(browser, form_token="made-up")).status_code == 403
        token = await form_token(browser)
        fields = {"login": "erika@example.com", "password": PASSWORD, "form_token": token}
        for headers in (
            {"Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "null"},
        ):
            answer = await browser.post("/login", data=fields, headers=headers)
            assert answer.status_code == 403, headers
        good = {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}
        assert (await browser.post("/login", data=fields, headers=good)).status_code == 303


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
async def test_logging_in_never_leads_to_another_site(stage: Stage, target: str) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        assert (await log_in(browser, next=target)).headers["location"] == "/"


async def test_logging_in_again_gives_another_token_and_ends_the_earlier_session(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        token = await form_token(browser)
        await log_in(browser)
        first = browser.cookies["handfest"]
        browser.cookies.set("handfest_form", token, domain="handfest.example")
        fields = {"login": "erika@example.com", "password": PASSWORD, "form_token": token}
        assert (await browser.post("/login", data=fields)).status_code == 303
        assert browser.cookies["handfest"] != first
    assert await stage.house.porter.resume(first) is None


async def test_a_session_ends_when_it_is_not_used_and_at_last_however_much_it_is(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        await log_in(browser)
        stage.clock.advance(71 * 3600)
        assert await is_in(browser)
        stage.clock.advance(72 * 3600)
        assert not await is_in(browser)
        await log_in(browser)
        for _ in range(11):
            stage.clock.advance(65 * 3600)
            assert await is_in(browser)
        stage.clock.advance(5 * 3600)
        assert not await is_in(browser)


async def test_logging_out_here_leaves_other_browsers_and_everywhere_does_not(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as one, stranger(stage) as two, stranger(stage) as three:
        for browser in (one, two, three):
            await log_in(browser)
        fields = {"csrf": csrf_of(stage, one)}
        answer = await one.post("/logout", data=fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert [await is_in(browser) for browser in (one, two, three)] == [False, True, True]
        await two.post("/logout", data={"csrf": csrf_of(stage, two), "everywhere": "1"})
        assert [await is_in(browser) for browser in (two, three)] == [False, False]


async def test_a_change_without_the_token_is_not_taken(stage: Stage) -> None:
    await user_of(stage, roles=OWNER)
    async with stranger(stage) as browser:
        await log_in(browser)
        csrf = csrf_of(stage, browser)
        tries: list[tuple[dict[str, str], dict[str, str]]] = [
            ({}, {}),
            ({"csrf": "wrong"}, {}),
            ({}, {"X-CSRF-Token": "wrong"}),
            ({"csrf": csrf}, {"Origin": "https://evil.example"}),
            ({"csrf": csrf}, {"Sec-Fetch-Site": "cross-site"}),
        ]
        for fields, headers in tries:
            answer = await browser.post("/logout", data=fields, headers=headers)
            assert answer.status_code == 403, (fields, headers)
            assert await is_in(browser)
        assert (await browser.post("/logout", headers={"X-CSRF-Token": csrf})).status_code == 303


async def test_another_role_gives_another_token_and_pages_that_load_together_stay_in(stage: Stage) -> None:
    user = await user_of(stage, roles=OWNER)
    porter = stage.house.porter
    admitted = await porter.admit(user)
    changed = await stage.house.store.write(
        lambda tx: set_role(tx, deed(stage), user, "salon", Role.READ_ONLY)
    )
    first, second = [await porter.resume(admitted.token) for _ in range(2)]
    assert first is not None
    assert first.token not in (None, admitted.token)
    assert second is not None
    assert second.token is None
    assert second.viewer.actor.role("salon") is Role.READ_ONLY
    assert first.viewer.csrf == second.viewer.csrf == admitted.session.csrf
    stage.clock.advance(31)
    assert await porter.resume(admitted.token) is None
    fresh = await porter.resume(first.token or "")
    assert fresh is not None
    assert fresh.session.epoch == changed.epoch


async def test_a_new_password_or_being_shut_out_ends_every_session(stage: Stage) -> None:
    user = await user_of(stage, roles=OWNER)
    porter, store = stage.house.porter, stage.house.store
    token = (await porter.admit(user)).token
    await store.write(lambda tx: set_password(tx, deed(stage), user, "$argon2id$new"))
    assert await porter.resume(token) is None
    token = (await porter.admit(user)).token
    await store.write(lambda tx: set_disabled(tx, deed(stage), user, True))
    assert await porter.resume(token) is None


async def test_the_form_speaks_the_language_of_the_browser_and_needs_no_script(stage: Stage) -> None:
    async with stranger(stage) as browser:
        german = await browser.get("/login")
        english = await browser.get("/login", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "<h1" in german.text
    assert "Anmelden" in german.text
    assert "Log in" in english.text
    policy = german.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert german.headers["x-content-type-options"] == "nosniff"
