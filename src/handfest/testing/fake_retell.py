"""A stateful fake of Retell's management API: LLMs, flows, agents, versions, publishing, phone numbers.

It keeps the vendor's rules that matter: a published version is never changed again, a new version is a copy,
a number reaches an agent in a version. `break_publish` plays what has happened in production (B87).
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Json = dict[str, Any]
ENGINE_IDS = {"retell-llm": "llm_id", "conversation-flow": "conversation_flow_id"}
DEFAULT_VERSION = "latest_published"


class Refused(Exception):
    """The API's refusal: status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class FakeRetell:
    """The workspace. `key` is the API key with the webhook badge, which signs requests too."""

    key: str = "key_fake"
    agents: dict[str, dict[int, Json]] = field(default_factory=dict)
    engines: dict[tuple[str, str], dict[int, Json]] = field(default_factory=dict)
    numbers: dict[str, Json] = field(default_factory=dict)
    titles: dict[tuple[str, int], str] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    break_publish: Callable[[Json, Json], None] | None = None
    _made: int = 0

    # Agents and their versions --------------------------------------------------------------------

    def create_engine(self, kind: str, body: Mapping[str, Any]) -> Json:
        """A new LLM or flow, version 0."""
        engine_id = self._new("llm" if kind == "retell-llm" else "conversation_flow")
        engine = {**copy.deepcopy(dict(body)), ENGINE_IDS[kind]: engine_id, "version": 0}
        if kind == "retell-llm":
            engine["is_published"] = False
        self.engines[kind, engine_id] = {0: self._touched(engine)}
        return engine

    def create_agent(self, body: Mapping[str, Any]) -> Json:
        """A new agent, version 0, a draft."""
        agent_id = str(body.get("agent_id") or self._new("agent"))
        agent = {**copy.deepcopy(dict(body)), "agent_id": agent_id, "version": 0, "is_published": False}
        agent["response_engine"] = {**agent["response_engine"], "version": 0}
        agent.setdefault("language", "en-US")
        self.agents[agent_id] = {0: self._touched(agent)}
        return agent

    def agent(self, agent_id: str, version: int | None = None) -> Json:
        """An agent in a version, the newest one without."""
        versions = self.agents.get(agent_id)
        if versions is None:
            raise Refused(404, f"agent {agent_id} is not found")
        return _version_of(versions, version)

    def engine(self, kind: str, engine_id: str, version: int | None = None) -> Json:
        """An LLM or flow in a version."""
        versions = self.engines.get((kind, engine_id))
        if versions is None:
            raise Refused(404, f"{kind} {engine_id} is not found")
        return _version_of(versions, version)

    def engine_of(self, agent: Mapping[str, Any]) -> Json:
        """The engine that an agent's version runs on."""
        named = agent["response_engine"]
        return self.engine(named["type"], named[ENGINE_IDS[named["type"]]], named.get("version"))

    def create_version(self, agent_id: str, base: int) -> Json:
        """A draft that is a copy of a version; its engine is copied with it."""
        agent = copy.deepcopy(self.agent(agent_id, base))
        engine = copy.deepcopy(self.engine_of(agent))
        number = max(self.agents[agent_id]) + 1
        named = agent["response_engine"]
        agent |= {"version": number, "base_version": base, "is_published": False}
        agent["response_engine"] = {**named, "version": number}
        engine["version"] = number
        if "is_published" in engine:
            engine["is_published"] = False
        self.agents[agent_id][number] = self._touched(agent)
        kept = self.engines[named["type"], named[ENGINE_IDS[named["type"]]]]
        kept[number] = self._touched(engine)
        return agent

    def update(self, row: Json, changes: Mapping[str, Any], published: bool) -> Json:
        """Change a draft; null takes a field away."""
        if published:
            raise Refused(422, "a published version cannot be changed; create a new version")
        for name, value in changes.items():
            if value is None:
                row.pop(name, None)
            else:
                row[name] = copy.deepcopy(value)
        return self._touched(row)

    def published(self, kind: str, engine_id: str, version: int | None) -> bool:
        """True if an agent that runs on this version of an engine is published."""
        for versions in self.agents.values():
            for agent in versions.values():
                named = agent["response_engine"]
                if named.get(ENGINE_IDS[kind]) == engine_id and named.get("version") == version:
                    return bool(agent["is_published"])
        return False

    def publish(self, agent_id: str, version: int, title: str | None) -> None:
        """Publish a draft in place."""
        agent = self.agent(agent_id, version)
        engine = self.engine_of(agent)
        if self.break_publish is not None:
            self.break_publish(agent, engine)
        agent["is_published"] = True
        if "is_published" in engine:
            engine["is_published"] = True
        if title:
            self.titles[agent_id, version] = title

    def version_rows(self, agent_id: str) -> list[Json]:
        """The list of versions, newest first."""
        self.agent(agent_id)
        return [
            {
                "version": version,
                "is_published": agent["is_published"],
                "last_modification_timestamp": agent["last_modification_timestamp"],
                **({"version_title": title} if (title := self.titles.get((agent_id, version))) else {}),
            }
            for version, agent in sorted(self.agents[agent_id].items(), reverse=True)
        ]

    # Phone numbers --------------------------------------------------------------------------------

    def add_number(self, number: str, agent_id: str | None, version: int | str | None = None) -> Json:
        """A number of the workspace, bound to an agent."""
        row: Json = {"phone_number": number, "phone_number_type": "custom"}
        if agent_id is not None:
            bound: Json = {"agent_id": agent_id, "weight": 1}
            row["inbound_agents"] = [{**bound, **({"agent_version": version} if version is not None else {})}]
        self.numbers[number] = self._touched(row)
        return row

    def number(self, number: str) -> Json:
        """A number and its bindings."""
        if number not in self.numbers:
            raise Refused(404, f"phone number {number} is not found")
        return self.numbers[number]

    def answering(self, number: str) -> Json | None:
        """The version of the agent that answers this number; None if nobody does."""
        bound = self.number(number).get("inbound_agents") or []
        if not bound:
            return None
        agent_id, version = bound[0]["agent_id"], bound[0].get("agent_version", DEFAULT_VERSION)
        if isinstance(version, int):
            return self.agent(agent_id, version)
        versions = self.agents[agent_id]
        published = [one for one, agent in versions.items() if agent["is_published"]]
        return versions[max(published if version != "latest" and published else versions)]

    def _new(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}_{self._made:012}"

    def _touched(self, row: Json) -> Json:
        self._made += 1
        row["last_modification_timestamp"] = 1_760_000_000_000 + self._made
        return row


def _version_of(versions: Mapping[int, Json], version: int | None) -> Json:
    wanted = max(versions) if version is None else version
    if wanted not in versions:
        raise Refused(404, f"version {wanted} is not found")
    return versions[wanted]


def fake_retell_app(fake: FakeRetell) -> Starlette:
    """The fake as an ASGI application with the vendor's paths; any request needs the key as bearer token."""

    def route(path: str, method: str, work: Callable[[Request, Json], Any], status: int = 200) -> Route:
        async def endpoint(request: Request) -> Response:
            fake.requests.append((method, request.url.path))
            if request.headers.get("authorization") != f"Bearer {fake.key}":
                return JSONResponse({"status": "error", "message": "invalid api key"}, 401)
            raw = await request.body()
            try:
                answer = work(request, json.loads(raw) if raw else {})
            except Refused as refused:
                return JSONResponse({"status": "error", "message": str(refused)}, refused.status)
            return Response(status_code=status) if answer is None else JSONResponse(answer, status)

        return Route(path, endpoint, methods=[method])

    return Starlette(
        routes=[*_agent_routes(fake, route), *_engine_routes(fake, route), *_number_routes(fake, route)]
    )


def _agent_routes(fake: FakeRetell, route: Callable[..., Route]) -> list[Route]:
    def update(request: Request, body: Json) -> Json:
        agent = fake.agent(request.path_params["id"], _version(request))
        return fake.update(agent, body, agent["is_published"])

    def publish(request: Request, body: Json) -> None:
        fake.publish(request.path_params["id"], body["version"], body.get("version_title"))

    return [
        route("/create-agent", "POST", lambda _request, body: fake.create_agent(body), 201),
        route(
            "/get-agent/{id}",
            "GET",
            lambda request, _: fake.agent(request.path_params["id"], _version(request)),
        ),
        route("/update-agent/{id}", "PATCH", update),
        route(
            "/create-agent-version/{id}",
            "POST",
            lambda request, body: fake.create_version(request.path_params["id"], body["base_version"]),
            201,
        ),
        route("/publish-agent-version/{id}", "POST", publish),
        route(
            "/list-agent-versions/{id}",
            "GET",
            lambda request, _: {"has_more": False, "items": fake.version_rows(request.path_params["id"])},
        ),
    ]


def _engine_routes(fake: FakeRetell, route: Callable[..., Route]) -> list[Route]:
    routes = []
    for kind in ENGINE_IDS:

        def get(request: Request, _: Json, kind: str = kind) -> Json:
            return fake.engine(kind, request.path_params["id"], _version(request))

        def update(request: Request, body: Json, kind: str = kind) -> Json:
            engine = fake.engine(kind, request.path_params["id"], _version(request))
            return fake.update(
                engine, body, fake.published(kind, request.path_params["id"], engine["version"])
            )

        def create(_request: Request, body: Json, kind: str = kind) -> Json:
            return fake.create_engine(kind, body)

        routes += [
            route(f"/get-{kind}/{{id}}", "GET", get),
            route(f"/update-{kind}/{{id}}", "PATCH", update),
            route(f"/create-{kind}", "POST", create, 201),
        ]
    return routes


def _number_routes(fake: FakeRetell, route: Callable[..., Route]) -> list[Route]:
    def update(request: Request, body: Json) -> Json:
        return fake.update(fake.number(request.path_params["number"]), body, False)

    return [
        route(
            "/get-phone-number/{number}", "GET", lambda request, _: fake.number(request.path_params["number"])
        ),
        route("/update-phone-number/{number}", "PATCH", update),
    ]


def _version(request: Request) -> int | None:
    asked = request.query_params.get("version")
    return int(asked) if asked is not None and asked.isdigit() else None
