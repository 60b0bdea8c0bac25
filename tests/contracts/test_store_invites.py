"""The Store contract, invites: found by their link, mailed by one worker, used once."""

import asyncio
from dataclasses import replace

import pytest

from contracts.samples import NOW, invite
from handfest.model.invite import InviteState

LATER = NOW.add(minutes=2)


async def kept(store, *invites):
    await store.write(lambda tx: [tx.save_invite(one) for one in invites])


async def test_an_invite_comes_back_by_its_link_and_by_its_user(store):
    first, second = invite(1, digest="a"), invite(2)
    await kept(store, first, second, invite(3, user_id="usr_other"))
    assert await store.read(lambda tx: (tx.invite_by_digest("a"), tx.invite_by_digest("b"))) == (first, None)
    assert await store.read(lambda tx: tx.invites_of(first.user_id)) == (second, first)
    changed = replace(first, state=InviteState.SENT, digest="b")
    await kept(store, changed)
    assert await store.read(lambda tx: (tx.invite_by_digest("a"), tx.invite_by_digest("b"))) == (
        None,
        changed,
    )


async def test_only_what_waits_and_is_due_is_to_be_mailed(store):
    sent = invite(4, state=InviteState.SENT)
    await kept(store, invite(2), invite(1), sent, invite(3, due_at=NOW.add(hours=1)))
    assert await store.read(lambda tx: tx.due_invites(LATER, 9)) == (invite(1), invite(2))
    assert await store.read(lambda tx: tx.due_invites(LATER, 1)) == (invite(1),)


async def test_one_worker_takes_an_invite(store):
    await kept(store, invite())

    async def take():
        return await store.write(lambda tx: tx.take_invite(invite(), LATER, LATER.add(minutes=2)))

    taken = [one for one in await asyncio.gather(*(take() for _ in range(5))) if one is not None]
    assert [(one.tries, one.due_at) for one in taken] == [(1, LATER.add(minutes=2))]


@pytest.mark.parametrize("state", InviteState)
async def test_a_link_is_used_once_and_only_while_it_is_good(store, state):
    await kept(store, invite(digest="a", state=state))

    async def use():
        return await store.write(lambda tx: tx.use_invite("a", LATER))

    used = [one for one in await asyncio.gather(*(use() for _ in range(5))) if one is not None]
    good = state in (InviteState.WAITING, InviteState.SENT, InviteState.SHOWN)
    assert [one.state for one in used] == [InviteState.USED] * good


async def test_what_is_over_opens_nothing_and_is_forgotten(store):
    await kept(store, invite(1, digest="a"), invite(2))
    end = invite(1).until
    assert await store.write(lambda tx: tx.use_invite("a", end)) is None
    assert await store.write(lambda tx: tx.drop_stale_invites(end)) == 1
    assert await store.read(lambda tx: tx.invites_of(invite().user_id)) == (invite(2),)
