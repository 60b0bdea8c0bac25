"""Push, and undo a push: snapshot, new version, changes, publish, read back, verify (B87).

A push never touches a version that exists: it copies the one that answers calls, changes the copy and
publishes it. So the old version stays as it was, and a rollback is a copy of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from handfest.errors import PlatformRejected
from handfest.model.catalogue import Catalogue
from handfest.voice.retell_api import RetellApi
from handfest.voice.retell_live import Json, Live, Target, bindings, read_live
from handfest.voice.retell_plan import TITLE, Change, Plan, digest, plan
from handfest.voice.retell_snapshot import VOLATILE, content_of, live_content


class UnexplainedDrift(PlatformRejected):
    """Somebody else has changed what we would overwrite; nothing was done."""

    code = "unexplained_drift"


class NotVerified(PlatformRejected):
    """What was read back is not what was written; a rollback restores what was there before."""

    code = "push_not_verified"


async def push(
    api: RetellApi,
    target: Target,
    catalogue: Catalogue,
    base_url: str,
    keep: Callable[[Live], None],
    *,
    force: bool = False,
) -> tuple[Change, ...]:
    """Bring one agent to what it should be; the changes made. `keep` stores the snapshot before anything else.

    Raises UnexplainedDrift before, and NotVerified after the changes.
    """
    live = await read_live(api, target)
    wanted = plan(live, catalogue, base_url)
    if not wanted.drifted:
        return ()
    if wanted.unexplained and not force:
        raise UnexplainedDrift("; ".join(wanted.unexplained))
    keep(live)
    await _apply(api, wanted)
    after = await read_live(api, target)
    _verify(wanted, after, catalogue, base_url)
    return wanted.changes


async def rollback(api: RetellApi, snapshot: Live, keep: Callable[[Live], None]) -> Live:
    """Restore what a snapshot was taken of; what answers calls is byte-identical afterwards, or NotVerified."""
    target = Target(snapshot.agent_id, tuple(str(number["phone_number"]) for number in snapshot.numbers))
    keep(await read_live(api, target))
    if not _pinned(snapshot):
        await _republish(api, snapshot)
    for number in snapshot.numbers:
        await _restore_number(api, number)
    after = await read_live(api, target)
    if live_content(after) != live_content(snapshot):
        raise NotVerified(f"agent {snapshot.agent_id} is not what the snapshot says; compare with `pull`")
    return after


async def _apply(api: RetellApi, wanted: Plan) -> None:
    live = wanted.live
    version = live.version
    if wanted.engine or wanted.agent:
        draft = await api.new_version(live.agent_id, live.version)
        version = int(draft["version"])
        if wanted.engine:
            await api.update_engine(draft["response_engine"], wanted.engine)
        if wanted.agent:
            await api.update_agent(live.agent_id, version, wanted.agent)
    if version != live.version or not live.agent.get("is_published"):
        await api.publish(live.agent_id, version, await _title(api, live, version))
    for number in live.numbers:
        changes = {**wanted.numbers.get(str(number["phone_number"]), {})}
        if "inbound_agents" not in changes and _moves(live, number, version):
            changes["inbound_agents"] = _at_version(live, number, version)
        if changes:
            await api.update_number(str(number["phone_number"]), changes)


async def _title(api: RetellApi, live: Live, version: int) -> str:
    agent = await api.agent(live.agent_id, version)
    engine = await api.engine(agent["response_engine"])
    return f"{TITLE} {digest(Live(live.agent_id, agent, engine, ()))}"


def _moves(live: Live, number: Json, version: int) -> bool:
    """True if the number is pinned to a version by its number, which a new version leaves behind (B87)."""
    mine = [bound.get("agent_version") for bound in bindings(number) if bound["agent_id"] == live.agent_id]
    return any(isinstance(pinned, int) and pinned != version for pinned in mine)


def _at_version(live: Live, number: Json, version: int) -> list[dict[str, Any]]:
    return [
        {**bound, "agent_version": version} if bound["agent_id"] == live.agent_id else bound
        for bound in bindings(number)
    ]


def _verify(wanted: Plan, after: Live, catalogue: Catalogue, base_url: str) -> None:
    left = plan(after, catalogue, base_url)
    if left.changes:
        places = ", ".join(change.where for change in left.changes[:5])
        raise NotVerified(f"after publishing these are still not as they should be: {places}")
    before = {**wanted.live.agent, **wanted.agent}
    engine = {**(wanted.live.engine or {}), **wanted.engine}
    if content_of(before, engine) != content_of(after.agent, after.engine):
        raise NotVerified("after publishing something foreign in the agent is not what it was")


def _pinned(snapshot: Live) -> bool:
    """True if every number names the version by number: then binding them back restores everything."""
    bound = [
        row.get("agent_version")
        for number in snapshot.numbers
        for row in bindings(number)
        if row["agent_id"] == snapshot.agent_id
    ]
    return bool(bound) and all(isinstance(version, int) for version in bound)


async def _republish(api: RetellApi, snapshot: Live) -> None:
    """A new version with the content of the old one, published if the old one was."""
    draft = await api.new_version(snapshot.agent_id, snapshot.version)
    engine = await api.engine(draft["response_engine"])
    mended = _mend(snapshot.engine or {}, engine or {})
    if mended:
        await api.update_engine(draft["response_engine"], mended)
    mended = _mend(snapshot.agent, draft)
    mended.pop("response_engine", None)
    if mended:
        await api.update_agent(snapshot.agent_id, int(draft["version"]), mended)
    await api.publish(snapshot.agent_id, int(draft["version"]), f"{TITLE} {digest(snapshot)}")


def _mend(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ; one that was not there is written as null."""
    names = {*wanted, *found} - VOLATILE
    return {name: wanted.get(name) for name in sorted(names) if wanted.get(name) != found.get(name)}


async def _restore_number(api: RetellApi, number: Json) -> None:
    fields = ("inbound_agents", "inbound_webhook_url")
    await api.update_number(str(number["phone_number"]), {name: number.get(name) for name in fields})
