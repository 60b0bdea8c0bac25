"""Single sign-on against a provider on this machine: who is let in, and every lie that is not believed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from access.provider import CLIENT, SECRET, LocalProvider, local_provider
from handfest.access.change_user import set_disabled
from handfest.model.access import User
from handfest.model.actor import Role
from handfest.testing.scenario_stage import Stage
from retell_house import NOW, house
from visitors import deed, stranger, user_of

OWNER = {"salon": Role.OWNER}


@dataclass
class Scene:
    """A house that knows a provider, and a browser in it."""

    stage: Stage
    provider: LocalProvider
    browser: httpx.AsyncClient

    async def begin(self, wanted: str = "/b/salon/today") -> dict[str, str]:
        """Go to the provider and agree; what the browser comes back with."""
        answer = await self.browser.get("/login/sso", params={"next": wanted})
        assert answer.status_code == 303, answer.text
        return self.provider.authorize(answer.headers["location"])

    async def sign_on(self, **changed: str) -> httpx.Response:
        """The whole way."""
        params = await self.begin() | changed
        return await self.browser.get("/login/sso/back", params=params)

    async def user(self, user: User) -> User:
        """The user as it is kept now."""
        found = await self.stage.house.store.read(lambda tx: tx.user(user.id))
        assert found is not None
        return found


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with local_provider(NOW) as provider:
        known = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "Lindenhof-Konto",
        }
        async with house("salon", **known) as stage, stranger(stage) as browser:
            yield Scene(stage, provider, browser)


def is_in(answer: httpx.Response) -> bool:
    """Sent on with a session."""
    return answer.status_code == 303 and "handfest=" in answer.headers.get("set-cookie", "")


async def test_the_first_meeting_is_by_the_verified_address_and_the_next_by_the_subject(scene: Scene) -> None:
    user = await user_of(scene.stage, roles=OWNER, password=None)
    answer = await scene.sign_on()
    assert is_in(answer)
    assert answer.headers["location"] == "/b/salon/today"
    assert (await scene.user(user)).subject == f"{scene.provider.issuer}#7"
    scene.provider.claims = {"email": "erika.neu@example.com"}
    assert is_in(await scene.sign_on())
    assert scene.provider.reads.count("/keys") == 1


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": None}, {"email": None}, {"email": "otto@example.com"}],
)
async def test_an_address_that_is_not_verified_or_not_known_lets_nobody_in(
    scene: Scene, claims: dict[str, Any]
) -> None:
    user = await user_of(scene.stage, roles=OWNER)
    scene.provider.claims = claims
    answer = await scene.sign_on()
    assert (answer.status_code, is_in(answer)) == (403, False)
    assert "hier nicht bekannt" in answer.text
    assert (await scene.user(user)).subject is None


async def test_another_account_with_the_same_address_is_somebody_else(scene: Scene) -> None:
    await user_of(scene.stage, roles=OWNER)
    assert is_in(await scene.sign_on())
    scene.provider.claims = {"sub": "8"}
    assert (await scene.sign_on()).status_code == 403


async def test_who_is_shut_out_stays_out(scene: Scene) -> None:
    user = await user_of(scene.stage, roles=OWNER)
    assert is_in(await scene.sign_on())
    kept = await scene.user(user)
    await scene.stage.house.store.write(lambda tx: set_disabled(tx, deed(scene.stage), kept, True))
    assert (await scene.sign_on()).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": NOW.timestamp() - 61},
        {"exp": None},
        {"iat": NOW.timestamp() + 3600},
        {"sub": None},
        {"aud": [CLIENT, "another"], "azp": "another"},
    ],
)
async def test_a_token_that_does_not_hold_lets_nobody_in(scene: Scene, claims: dict[str, Any]) -> None:
    await user_of(scene.stage, roles=OWNER)
    scene.provider.claims = claims
    answer = await scene.sign_on()
    assert (answer.status_code, is_in(answer)) == (502, False)
    assert "nicht gelungen" in answer.text


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, {"kid": "one"}), "RS256"),
        (RSAKey.generate_key(2048, {"kid": "two"}), "RS256"),
        (OctKey.import_key(SECRET, {"kid": "one"}), "HS256"),
        (None, "none"),
    ],
)
async def test_a_signature_by_anybody_else_lets_nobody_in(scene: Scene, key: Any, algorithm: str) -> None:
    await user_of(scene.stage, roles=OWNER)
    scene.provider.signing_key, scene.provider.algorithm = key, algorithm
    assert (await scene.sign_on()).status_code == 502


async def test_a_provider_that_changes_its_key_is_read_again(scene: Scene) -> None:
    await user_of(scene.stage, roles=OWNER)
    assert is_in(await scene.sign_on())
    scene.provider.key = RSAKey.generate_key(2048, {"kid": "next"})
    assert is_in(await scene.sign_on())


async def test_only_the_browser_that_began_can_end_it_and_only_once(scene: Scene) -> None:
    await user_of(scene.stage, roles=OWNER)
    params = await scene.begin()
    async with stranger(scene.stage) as other:
        assert not is_in(await other.get("/login/sso/back", params=params))
    assert not is_in(await scene.browser.get("/login/sso/back", params=params | {"state": "made-up"}))
    assert not is_in(await scene.browser.get("/login/sso/back", params=params))
    params = await scene.begin()
    assert is_in(await scene.browser.get("/login/sso/back", params=params))
    assert not is_in(await scene.browser.get("/login/sso/back", params=params))


async def test_no_way_to_another_site_and_none_without_agreement(scene: Scene) -> None:
    await user_of(scene.stage, roles=OWNER)
    params = await scene.begin("//evil.example/")
    assert (await scene.browser.get("/login/sso/back", params=params)).headers["location"] == "/"
    state = (await scene.begin())["state"]
    refused = await scene.browser.get("/login/sso/back", params={"error": "access_denied", "state": state})
    assert (refused.status_code, is_in(refused)) == (502, False)


async def test_the_form_offers_it_only_where_there_is_a_provider(scene: Scene) -> None:
    assert "Anmelden mit Lindenhof-Konto" in (await scene.browser.get("/login?next=/b/salon/calls")).text
    async with house("salon") as plain, stranger(plain) as browser:
        assert "/login/sso" not in (await browser.get("/login")).text
        assert (await browser.get("/login/sso")).status_code == 200
