"""Invitations: mailed or shown, good once and for a while, and never a way into what is somebody else's."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from access.test_people import log_in, shown_once
from handfest.access.accept_invite import accept_invite, invited_user
from handfest.access.deed import Deed
from handfest.access.invite_user import DAYS, USER_BURST, Inviting, TooManyInvites, invite_user
from handfest.access.porter import ADDRESS_BURST, LoggedIn, NotLoggedIn
from handfest.access.tokens import digest
from handfest.model.actor import COMMAND_LINE, Role
from handfest.model.invite import InviteState
from handfest.outbox.invite_desk import GIVEN_UP, invite_data
from handfest.outbox.letter_desk import PAUSES_SECONDS
from handfest.testing.scenario_stage import Stage
from outbox.mail_room import MailRoom, mail_room
from retell_house import house
from visitors import SITE, Visitor, stranger, user_of, visitor

OWNER = {"salon": Role.OWNER}
PEOPLE = "/b/salon/people"
FORM = {"login": "jana@example.com", "name": "Jana Beispiel", "role": "staff", "way": "invite"}
WANTED = "neun Wolken ziehen langsam"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house("salon", "askpro") as opened:
        yield opened


@pytest.fixture
async def owner(stage: Stage) -> AsyncIterator[Visitor]:
    async with visitor(stage, OWNER, login="chef@example.com") as one:
        yield one


@pytest.fixture
async def mailing() -> AsyncIterator[tuple[Stage, MailRoom, Visitor]]:
    async with (
        mail_room() as room,
        house("salon", "askpro", smtp_url=room.url, public_url=SITE) as opened,
        visitor(opened, OWNER, login="chef@example.com") as one,
    ):
        yield opened, room, one


async def accepted(browser: httpx.AsyncClient, link: str, password: str = WANTED) -> httpx.Response:
    page = (await browser.get(link)).text
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    fields = {"new": password, "again": password, "form_token": token[1] if token else ""}
    return await browser.post(link, data=fields)


async def invites_of(stage: Stage, login: str = "jana@example.com") -> list[tuple[InviteState, str | None]]:
    user = await stage.house.store.read(lambda tx: tx.user_by_login(login))
    assert user is not None
    return [
        (one.state, one.digest) for one in await stage.house.store.read(lambda tx: tx.invites_of(user.id))
    ]


def link_in(room: MailRoom, number: int = -1) -> str:
    found = re.search(r"https?://\S+/invite/\S+", room.mails[number].get_content())
    assert found is not None
    return found[0]


async def test_without_a_mail_server_the_link_is_shown_once_and_opens_once(
    stage: Stage, owner: Visitor
) -> None:
    link = shown_once(await owner.browser.post(PEOPLE, data=FORM))
    assert link.startswith(f"{SITE}/invite/")
    assert link not in (await owner.browser.get(PEOPLE)).text
    assert [kept for _, kept in await invites_of(stage)] == [digest(link.rpartition("/")[2])]
    async with stranger(stage) as browser:
        for _ in range(2):
            assert "jana@example.com" in (await browser.get(link)).text, "looking uses nothing up"
        done = await accepted(browser, link)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert (await browser.get("/b/salon/today")).status_code == 200, "logged in"
    assert await log_in(stage, "jana@example.com", WANTED)
    async with stranger(stage) as browser:
        assert (await accepted(browser, link, "ein anderes langes Wort")).status_code == 410
        gone = await browser.get(link)
        assert gone.status_code == 410
        assert "gilt nicht mehr" in gone.text
    assert await log_in(stage, "jana@example.com", WANTED)


async def test_everything_stands_in_the_log_and_no_secret_does(stage: Stage, owner: Visitor) -> None:
    link = shown_once(await owner.browser.post(PEOPLE, data=FORM))
    async with stranger(stage) as browser:
        await accepted(browser, link)
    changes = await stage.house.store.read(lambda tx: tx.changes("salon", 9))
    assert [one.what for one in changes][:4] == [
        "user_password_changed",
        "invite_accepted",
        "user_invited",
        "user_added",
    ]
    assert link.rpartition("/")[2] not in repr(changes)


async def test_the_mail_brings_the_link_and_nobody_else_sees_it(
    mailing: tuple[Stage, MailRoom, Visitor],
) -> None:
    stage, room, owner = mailing
    shown = (await owner.browser.post(PEOPLE, data=FORM)).text
    assert "Eine Einladung ist unterwegs" in shown
    assert "/invite/" not in re.sub(r'formaction="[^"]+"', "", shown)
    assert await invites_of(stage) == [(InviteState.WAITING, None)], "no link before it is sent"
    assert await stage.house.invites.send_due() == 1
    assert await stage.house.invites.send_due() == 0
    (mail,) = room.mails
    assert (mail["To"], mail["Auto-Submitted"]) == ("jana@example.com", "auto-generated")
    assert mail["From"].startswith("Salon Lindenhof <")
    assert "Guten Tag Jana Beispiel," in mail.get_content()
    await owner.browser.post(PEOPLE, data={**FORM, "login": "nameless@example.com", "name": ""})
    await stage.house.invites.send_due()
    assert room.mails.pop().get_content().startswith("Guten Tag,")
    async with stranger(stage) as browser:
        assert (await accepted(browser, link_in(room))).status_code == 303
    assert [state for state, _ in await invites_of(stage)] == [InviteState.USED]


async def test_a_mail_that_cannot_be_sent_is_tried_again_and_then_given_up(
    mailing: tuple[Stage, MailRoom, Visitor],
) -> None:
    stage, room, owner = mailing
    await owner.browser.post(PEOPLE, data=FORM)
    room.answers += ["451 later"] * (len(PAUSES_SECONDS) + 1)
    for pause in (*PAUSES_SECONDS, 0):
        assert await stage.house.invites.send_due() == 0
        stage.clock.advance(pause)
    assert [state for state, _ in await invites_of(stage)] == [InviteState.GIVEN_UP]
    assert dict(stage.alarms.alarms)[GIVEN_UP]["business"] == "salon"
    async with visitor(stage, OWNER, login="chefin@example.com") as second:
        user = await stage.house.store.read(lambda tx: tx.user_by_login("jana@example.com"))
        assert user is not None
        await second.browser.post(f"{PEOPLE}/{user.id}/invite")
    assert await stage.house.invites.send_due() == 1, "invited again"


async def test_a_second_invitation_ends_the_first(stage: Stage, owner: Visitor) -> None:
    first = shown_once(await owner.browser.post(PEOPLE, data=FORM))
    user = await stage.house.store.read(lambda tx: tx.user_by_login("jana@example.com"))
    assert user is not None
    second = shown_once(await owner.browser.post(f"{PEOPLE}/{user.id}/invite"))
    async with stranger(stage) as browser:
        assert (await browser.get(first)).status_code == 410
        assert (await accepted(browser, second)).status_code == 303
    again = await owner.browser.post(f"{PEOPLE}/{user.id}/invite")
    assert again.headers["location"] == f"{PEOPLE}?problem=has_come_in"


async def test_a_link_ends_after_a_week_and_with_the_user(stage: Stage) -> None:
    user = await user_of(stage, "jana@example.com", {"salon": Role.STAFF}, password=None)
    deed = Deed(COMMAND_LINE, stage.clock.now(), stage.house.ids)
    done = await stage.house.store.write(lambda tx: invite_user(tx, deed, user, "salon", Inviting(False)))
    assert not isinstance(done, TooManyInvites)
    assert done.token is not None
    porter = stage.house.porter
    stage.clock.advance(DAYS * 86_400 - 1)
    assert await invited_user(porter, done.token) == user
    stage.clock.advance(1)
    assert await invited_user(porter, done.token) is None
    assert await accept_invite(porter, stage.house.ids, done.token, WANTED, "192.0.2.1") == NotLoggedIn(
        "gone"
    )


async def test_invitations_of_one_user_are_few(stage: Stage, owner: Visitor) -> None:
    await owner.browser.post(PEOPLE, data=FORM)
    user = await stage.house.store.read(lambda tx: tx.user_by_login("jana@example.com"))
    assert user is not None
    for _ in range(USER_BURST - 1):
        shown_once(await owner.browser.post(f"{PEOPLE}/{user.id}/invite"))
    refused = await owner.browser.post(f"{PEOPLE}/{user.id}/invite")
    assert refused.headers["location"] == f"{PEOPLE}?problem=too_many_invites"


async def test_tries_of_one_address_are_counted(stage: Stage) -> None:
    porter = stage.house.porter
    for _ in range(ADDRESS_BURST):
        tried = await accept_invite(porter, stage.house.ids, "guessed", WANTED, "192.0.2.1")
        assert tried == NotLoggedIn("gone")
    refused = await accept_invite(porter, stage.house.ids, "guessed", WANTED, "192.0.2.1")
    assert not isinstance(refused, LoggedIn)
    assert refused.code == "too_many"


async def test_b95_no_owner_sees_a_link_into_another_business(stage: Stage, owner: Visitor) -> None:
    """Whoever holds a link is that user: in every business, not only in that of the owner who asks for one."""
    roles = {"salon": Role.STAFF, "askpro": Role.OWNER}
    user = await user_of(stage, "beide@example.com", roles, password=None)
    refused = await owner.browser.post(f"{PEOPLE}/{user.id}/invite")
    assert refused.headers["location"] == f"{PEOPLE}?problem=other_owner"
    foreign = await user_of(stage, "fremd@example.com", {"askpro": Role.STAFF}, password=None)
    nobody = await owner.browser.post(f"{PEOPLE}/{foreign.id}/invite")
    assert nobody.headers["location"] == f"{PEOPLE}?problem=not_found"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"new": "kurz", "again": "kurz"}, 422), ({"again": WANTED + "!"}, 422), ({"form_token": "x"}, 403)],
)
async def test_a_form_that_does_not_fit_leaves_the_link_good(
    stage: Stage, owner: Visitor, fields: dict[str, str], status: int
) -> None:
    link = shown_once(await owner.browser.post(PEOPLE, data=FORM))
    async with stranger(stage) as browser:
        token = re.search(r'name="form_token" value="([^"]+)"', (await browser.get(link)).text)
        assert token is not None
        sent = {"new": WANTED, "again": WANTED, "form_token": token[1], **fields}
        assert (await browser.post(link, data=sent)).status_code == status
        assert (await accepted(browser, link)).status_code == 303


async def test_the_api_invites_too(stage: Stage, owner: Visitor) -> None:
    body = {"login": "jana@example.com", "role": "staff", "invite": True}
    made = (await owner.browser.post("/api/businesses/salon/people", json=body)).json()
    assert (made["password"], made["invited_by_mail"]) == (None, False)
    again = (await owner.browser.post(f"/api/businesses/salon/people/{made['id']}/invite")).json()
    assert again["link"].rpartition("/")[2] != made["link"].rpartition("/")[2]
    async with stranger(stage) as browser:
        assert (await accepted(browser, again["link"].removeprefix(SITE))).status_code == 303


def test_both_languages_say_the_same() -> None:
    german, english = invite_data("de"), invite_data("en")
    assert german.keys() == english.keys()
    for part, text in german.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[part])), part
