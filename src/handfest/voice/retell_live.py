"""What is live: the phone numbers of a line, the agent they reach, and the version that answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handfest.model.catalogue import Catalogue
from handfest.voice.retell_api import RetellApi

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """One agent as callers meet it, in the platform's own JSON.

    `agent` and `engine` are the version that answers calls; `draft` is the newest version where that is
    another one. `numbers` are the phone numbers of our lines that should reach it.
    """

    agent_id: str
    agent: Json
    engine: Json | None
    numbers: tuple[Json, ...]
    versions: tuple[Json, ...] = ()
    draft: Json | None = None
    draft_engine: Json | None = None

    @property
    def version(self) -> int:
        """The version that answers calls."""
        return int(self.agent["version"])


@dataclass(frozen=True, slots=True)
class Target:
    """An agent that a business names in its lines, with the numbers that should reach it."""

    agent_id: str
    numbers: tuple[str, ...]


async def targets_of(api: RetellApi, catalogue: Catalogue) -> tuple[Target, ...]:
    """The agents of a business's Retell lines; a line without an agent means the one its number is bound to."""
    found: dict[str, list[str]] = {}
    for line in catalogue.lines:
        if line.platform != "retell":
            continue
        agent_id = line.agent_id
        if agent_id is None and line.number is not None:
            bound = bindings(await api.number(line.number))
            agent_id = bound[0]["agent_id"] if bound else None
        if agent_id is not None:
            numbers = found.setdefault(agent_id, [])
            numbers += [line.number] if line.number is not None else []
    return tuple(Target(agent_id, tuple(numbers)) for agent_id, numbers in found.items())


async def read_live(api: RetellApi, target: Target) -> Live:
    """Everything that plan, push and the doctor look at."""
    versions = await api.versions(target.agent_id)
    numbers = tuple([await api.number(number) for number in target.numbers])
    served = served_version(target.agent_id, numbers, versions)
    agent = await api.agent(target.agent_id, served)
    engine = await api.engine(agent["response_engine"])
    newest = int(versions[0]["version"]) if versions else int(agent["version"])
    draft = draft_engine = None
    if newest != int(agent["version"]):
        draft = await api.agent(target.agent_id, newest)
        draft_engine = await api.engine(draft["response_engine"])
    return Live(target.agent_id, agent, engine, numbers, tuple(versions), draft, draft_engine)


def bindings(number: Json) -> list[dict[str, Any]]:
    """Which agents answer this number, with their share."""
    return list(number.get("inbound_agents") or ())


def served_version(agent_id: str, numbers: Iterable[Json], versions: Iterable[Json]) -> int | None:
    """The version that answers calls: pinned by a number, else the newest published one, else the newest.

    None where the platform lists no versions: then the agent is asked for without one.
    """
    known = list(versions)
    pinned = [
        bound.get("agent_version")
        for number in numbers
        for bound in bindings(number)
        if bound["agent_id"] == agent_id
    ]
    for version in pinned:
        if isinstance(version, int) and not isinstance(version, bool):
            return version
    newest = [int(row["version"]) for row in known]
    published = [int(row["version"]) for row in known if row.get("is_published")]
    if "latest" in pinned or not published:
        return max(newest, default=None)
    return max(published)
