"""The Store contract, access: one user a login, sessions that end, keys of one business, and tries that are counted."""

import asyncio
from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NOW, OTHER, api_key, session, user
from handfest.errors import StoreFault
from handfest.model.actor import Role


async def test_a_user_comes_back_by_every_name(store):
    kept = user(subject="https://sso.example#7", password_hash="$argon2id$...", everywhere=Role.AGENCY)
    await store.write(lambda tx: tx.save_user(kept))

    def found(tx):
        return tx.user(kept.id), tx.user_by_login(kept.login), tx.user_by_subject(kept.subject)

    assert await store.read(found) == (kept, kept, kept)
    changed = replace(kept, login="erika@example.com", name="Erika")
    await store.write(lambda tx: tx.save_user(changed))
    assert await store.read(lambda tx: (tx.user_by_login(kept.login), tx.user(kept.id))) == (None, changed)


@pytest.mark.parametrize("twin", [{"login": user().login}, {"subject": "https://sso.example#7"}])
async def test_a_login_and_a_subject_belong_to_one_user(store, twin):
    await store.write(lambda tx: tx.save_user(user(subject="https://sso.example#7")))
    with pytest.raises(StoreFault):
        await store.write(lambda tx: tx.save_user(user(number=2, **twin)))
    assert await store.read(lambda tx: tx.users()) == (user(subject="https://sso.example#7"),)


async def test_users_without_a_subject_are_several(store):
    await store.write(lambda tx: [tx.save_user(user(number=number)) for number in (2, 1)])
    assert [one.id for one in await store.read(lambda tx: tx.users())] == [user().id, user(number=2).id]


async def test_the_users_of_a_business_follow_their_roles(store):
    both = user().with_role(OTHER, Role.AGENCY)
    await store.write(lambda tx: [tx.save_user(one) for one in (both, user(OTHER, 2))])
    assert await store.read(lambda tx: (tx.users_of(BUSINESS), tx.users_of(OTHER))) == (
        (both,),
        (both, user(OTHER, 2)),
    )
    gone = both.with_role(OTHER, None)
    await store.write(lambda tx: tx.save_user(gone))
    assert await store.read(lambda tx: (tx.users_of(BUSINESS), tx.users_of(OTHER))) == (
        (gone,),
        (user(OTHER, 2),),
    )


async def test_sessions_are_kept_replaced_and_dropped_one_by_one_or_all(store):
    mine, other = [session(number) for number in (1, 2, 3)], session(4, user_id="usr_other")
    await store.write(lambda tx: [tx.save_session(one) for one in (*mine, other)])
    later = replace(mine[0], seen_at=NOW.add(minutes=5), replaced=True)
    await store.write(lambda tx: tx.save_session(later))
    assert await store.read(lambda tx: tx.session("digest_1")) == later
    await store.write(lambda tx: [tx.drop_session(digest) for digest in ("digest_1", "never_there")])
    assert await store.read(lambda tx: tx.session("digest_1")) is None
    assert await store.write(lambda tx: tx.drop_sessions(mine[0].user_id)) == 2
    assert await store.read(lambda tx: [tx.session(one.digest) for one in (*mine, other)]) == [None] * 3 + [
        other
    ]


async def test_what_is_over_is_forgotten(store):
    def fill(tx):
        tx.save_session(session(1, until=NOW.add(seconds=10)))
        tx.save_session(session(2, until=NOW.add(seconds=11)))
        tx.try_once("address:192.0.2.1", NOW, burst=3, per_seconds=10)
        tx.try_once("address:192.0.2.2", NOW.add(seconds=1), burst=3, per_seconds=10)

    await store.write(fill)
    assert await store.write(lambda tx: tx.drop_stale_access(NOW.add(seconds=10))) == 2
    assert await store.read(lambda tx: (tx.session("digest_1"), tx.session("digest_2"))) == (
        None,
        session(2, until=NOW.add(seconds=11)),
    )


async def test_a_key_belongs_to_one_business_and_is_found_by_its_digest(store):
    rows = [api_key(number=2), api_key(number=1), api_key(OTHER)]
    await store.write(lambda tx: [tx.save_key(row) for row in rows])
    revoked = replace(rows[1], revoked_at=NOW)
    await store.write(lambda tx: tx.save_key(revoked))
    assert await store.read(lambda tx: tx.keys(BUSINESS)) == (revoked, rows[0])
    assert await store.read(lambda tx: tx.key_by_digest(rows[2].digest)) == rows[2]
    assert await store.read(lambda tx: tx.key(OTHER, "key_2")) is None
    assert await store.read(lambda tx: tx.key_by_digest("nobody's")) is None


async def tries(store, name, at, count=1):
    """When the next try may be made, None for every one that may be made now."""
    return [
        await store.write(lambda tx: tx.try_once(name, at, burst=3, per_seconds=60)) for _ in range(count)
    ]


async def test_a_burst_of_tries_and_then_one_at_a_time(store):
    assert await tries(store, "user:erika", NOW, 5) == [
        None,
        None,
        None,
        NOW.add(minutes=1),
        NOW.add(minutes=1),
    ]
    assert await tries(store, "user:otto", NOW) == [None]
    soon = NOW.add(seconds=59)
    assert await tries(store, "user:erika", soon) == [NOW.add(minutes=1)]
    assert await tries(store, "user:erika", NOW.add(minutes=1), 2) == [None, NOW.add(minutes=2)]
    assert await tries(store, "user:erika", NOW.add(hours=1), 4) == [None] * 3 + [NOW.add(minutes=61)]


async def test_tries_that_are_forgiven_count_no_more(store):
    await tries(store, "user:erika", NOW, 3)
    await store.write(lambda tx: [tx.forgive("user:erika"), tx.forgive("user:otto")])
    assert await tries(store, "user:erika", NOW, 4) == [None] * 3 + [NOW.add(minutes=1)]


async def test_tries_at_the_same_moment_are_all_counted(store):
    said = await asyncio.gather(*(tries(store, "user:erika", NOW) for _ in range(8)))
    assert [one for (one,) in said].count(None) == 3
