"""`handfest retell ...`: keep the live agent equal to the code that serves it, and undo what went wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import aiohttp
import typer

from handfest.catalogue.parse import parse_business
from handfest.cli.options import Database, Json, settings_with
from handfest.cli.output import FINDINGS, UNREACHABLE, console, counted, fail, print_json
from handfest.cli.retell_files import SnapshotFolder
from handfest.cli.run import guarded, print_problems, read_file, with_store
from handfest.errors import ConfigurationError, PlatformFault, PlatformUnreachable
from handfest.machine import SystemClock, environment
from handfest.model.catalogue import Catalogue
from handfest.settings import Settings
from handfest.voice.retell_agent import agent_body, flow_body, inbound_url, llm_body
from handfest.voice.retell_api import AiohttpRetell, RetellApi
from handfest.voice.retell_live import Live, Target, read_live, targets_of
from handfest.voice.retell_plan import TITLE, Change, Plan, digest, plan, rows
from handfest.voice.retell_push import push, rollback
from handfest.voice.retell_snapshot import read_snapshot

T = TypeVar("T")
retell = typer.Typer(help="The agent at Retell: what it has, and what it should have.", no_args_is_help=True)
Business = Annotated[str, typer.Argument(help="A business file, or the id of an applied business.")]
Gateway = Annotated[
    str | None,
    typer.Option("--url", envvar="HANDFEST_PUBLIC_URL", help="Where the platform reaches this gateway."),
]
Snapshots = Annotated[
    Path | None, typer.Option("--snapshots", help="Folder of snapshots. Default: the user's data folder.")
]


@retell.command("plan")
def plan_command(
    business: Business, url: Gateway = None, database: Database = None, as_json: Json = False
) -> None:
    """Show what a push would change. Exit 1 if anything is not as it should be."""
    session = Session(business, url, database)
    plans = session.run(lambda api: _plans(api, session))
    _report(plans, as_json)
    if any(one.drifted for one in plans):
        raise typer.Exit(FINDINGS)


@retell.command("status")
def status_command(
    business: Business, url: Gateway = None, database: Database = None, as_json: Json = False
) -> None:
    """Show number, agent, the version that answers and whether it is as it should be. Exit 1 if not."""
    session = Session(business, url, database)
    plans = session.run(lambda api: _plans(api, session))
    table = [_status(one) for one in plans]
    if as_json:
        print_json(table)
    for row in table if not as_json else ():
        state = "in step" if row["in_step"] else counted(row["changes"], "difference")
        numbers = ", ".join(row["numbers"]) or "no number"
        published = "published" if row["published"] else "DRAFT"
        console.print(
            f"{numbers} -> {row['agent_id']} version {row['version']} ({published}): {state}", markup=False
        )
        for text in row["unexplained"]:
            console.print(f"  !! {text}", markup=False)
    if not all(row["in_step"] for row in table):
        raise typer.Exit(FINDINGS)


@retell.command("push")
def push_command(
    business: Business,
    url: Gateway = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what somebody else changed.")] = False,
    snapshots: Snapshots = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Snapshot, change, publish, read back, verify. `handfest retell rollback` undoes it."""
    session = Session(business, url, database)
    folder = SnapshotFolder.at(snapshots, SystemClock())

    async def work(api: RetellApi) -> list[tuple[Target, tuple[Change, ...]]]:
        targets = await session.targets(api)
        return [
            (one, await push(api, one, session.catalogue, session.url, folder.keep, force=force))
            for one in targets
        ]

    done = session.run(work)
    if as_json:
        print_json([{"agent_id": target.agent_id, "changes": rows(changes)} for target, changes in done])
        return
    for target, changes in done:
        text = (
            f"{counted(len(changes), 'change')} published and verified" if changes else "is in step already"
        )
        console.print(f"{target.agent_id}: {text}", markup=False)
    for path in folder.written:
        console.print(f"snapshot: {path}", markup=False)


@retell.command("pull")
def pull_command(business: Business, snapshots: Snapshots = None, database: Database = None) -> None:
    """Write what is live as snapshots."""
    session = Session(business, "https://unused.invalid", database)
    folder = SnapshotFolder.at(snapshots, SystemClock())

    async def work(api: RetellApi) -> None:
        for target in await session.targets(api):
            folder.keep(await read_live(api, target))

    session.run(work)
    for path in folder.written:
        console.print(str(path), markup=False)


@retell.command("rollback")
def rollback_command(
    business: Business,
    snapshot: Annotated[Path | None, typer.Argument(help="The snapshot; default: the newest one.")] = None,
    snapshots: Snapshots = None,
    database: Database = None,
) -> None:
    """Restore a snapshot: what answers calls is byte-identical to then."""
    session = Session(business, "https://unused.invalid", database)
    folder = SnapshotFolder.at(snapshots, SystemClock())

    async def work(api: RetellApi) -> list[Live]:
        if snapshot is not None:
            wanted = [read_snapshot(read_file(snapshot))]
        else:
            wanted = [folder.newest(target.agent_id) for target in await session.targets(api)]
        return [await rollback(api, one, folder.keep) for one in wanted]

    for live in session.run(work):
        console.print(f"{live.agent_id}: restored, version {live.version} answers", markup=False)


@retell.command("init")
def init_command(
    business: Business,
    url: Gateway = None,
    flow: Annotated[bool, typer.Option("--flow", help="A conversation flow instead of one prompt.")] = False,
    database: Database = None,
) -> None:
    """Make a ready agent with prompt, tools and webhooks, publish it and bind the business's free numbers."""
    session = Session(business, url, database)
    live, bound = session.run(lambda api: _create(api, session, flow=flow))
    console.print(f"agent {live.agent_id}, version {live.version}, is published", markup=False)
    for number in bound:
        console.print(f"{number} reaches it now", markup=False)
    console.print(
        f'write into the [[lines]] of the business file: agent_id = "{live.agent_id}"', markup=False
    )


class Session:
    """One business, the gateway's address and the key, ready to talk to the platform."""

    def __init__(self, business: str, url: str | None, database: str | None) -> None:
        settings = guarded(lambda: settings_with(database))
        self.catalogue = catalogue_of(business, settings)
        self.url = url or fail(
            "where the platform reaches this gateway is not known; "
            "give --url https://... or set HANDFEST_PUBLIC_URL"
        )
        self._settings = settings
        self._key = guarded(lambda: key_of(self.catalogue))

    def run(self, work: Callable[[RetellApi], Awaitable[T]]) -> T:
        """Run against the management API; faults end the command with their cause."""

        async def inside() -> T:
            async with aiohttp.ClientSession() as session:
                http = AiohttpRetell(session, self._settings.retell_base_url, self._key)
                return await work(RetellApi(http))

        try:
            return asyncio.run(inside())
        except PlatformUnreachable as fault:
            fail(f"{fault}; check HANDFEST_RETELL_BASE_URL and the network", UNREACHABLE)
        except PlatformFault as fault:
            fail(f"{fault.code}: {fault}", FINDINGS)

    async def targets(self, api: RetellApi) -> tuple[Target, ...]:
        """The business's agents; ends the command where it names none."""
        found = await targets_of(api, self.catalogue)
        if not found:
            fail(
                f"{self.catalogue.business.id} names no Retell agent: "
                "write agent_id into its [[lines]], or make one with `handfest retell init`"
            )
        return found


def catalogue_of(business: str, settings: Settings) -> Catalogue:
    """The catalogue in a file, or the active one of an applied business."""
    if not Path(business).is_file():
        stored = with_store(settings.database, lambda store: store.read(lambda tx: tx.catalogue(business)))
        if stored is None:
            fail(f"{business} is neither a business file nor an applied business")
        parsed = parse_business(stored.source)
    else:
        parsed = parse_business(read_file(Path(business)))
    if not isinstance(parsed, Catalogue):
        print_problems(Path(business), parsed)
        raise typer.Exit(FINDINGS)
    return parsed


def key_of(catalogue: Catalogue) -> str:
    """The API key: from the variable that a Retell line names, else from RETELL_API_KEY."""
    names = [line.signing_key_env for line in catalogue.lines if line.platform == "retell"]
    for name in (*names, "RETELL_API_KEY"):
        key = environment(name) if name else None
        if key:
            return key
    wanted = " or ".join(dict.fromkeys(name for name in (*names, "RETELL_API_KEY") if name))
    raise ConfigurationError(f"no API key: set {wanted} to the workspace's key with the webhook badge")


async def _plans(api: RetellApi, session: Session) -> list[Plan]:
    targets = await session.targets(api)
    return [plan(await read_live(api, target), session.catalogue, session.url) for target in targets]


async def _create(api: RetellApi, session: Session, *, flow: bool) -> tuple[Live, list[str]]:
    kind = "conversation-flow" if flow else "retell-llm"
    body = (flow_body if flow else llm_body)(session.catalogue, session.url)
    engine = await api.create_engine(kind, body)
    field = "conversation_flow_id" if flow else "llm_id"
    named = {"type": kind, field: engine[field]}
    agent = await api.create_agent(agent_body(session.catalogue, session.url, named))
    agent_id, version = str(agent["agent_id"]), int(agent.get("version", 0))
    draft = Live(agent_id, agent, engine, ())
    await api.publish(agent_id, version, f"{TITLE} {digest(draft)}")
    bound = []
    for line in session.catalogue.lines:
        if line.platform == "retell" and line.number is not None and line.agent_id is None:
            found = await api.number(line.number)
            if not found.get("inbound_agents"):
                changes = {
                    "inbound_agents": [
                        {"agent_id": agent_id, "weight": 1, "agent_version": "latest_published"}
                    ],
                    "inbound_webhook_url": inbound_url(session.url),
                }
                await api.update_number(line.number, changes)
                bound.append(line.number)
    return await read_live(api, Target(agent_id, tuple(bound))), bound


def _report(plans: list[Plan], as_json: bool) -> None:
    if as_json:
        print_json([{**_status(one), "plan": rows(one.changes)} for one in plans])
        return
    for one in plans:
        console.print(f"{one.live.agent_id}, version {one.live.version}:", markup=False)
        for change in one.changes:
            console.print(
                f"  {change.kind:<8} {change.where}: {_short(change.old)} -> {_short(change.new)}",
                markup=False,
            )
        for text in one.unexplained:
            console.print(f"  !! {text}; push --force overwrites it", markup=False)
        if not one.changes:
            console.print("  in step", markup=False)


def _status(one: Plan) -> dict[str, Any]:
    return {
        "agent_id": one.live.agent_id,
        "version": one.live.version,
        "published": bool(one.live.agent.get("is_published")),
        "numbers": [str(number["phone_number"]) for number in one.live.numbers],
        "in_step": not one.drifted,
        "changes": len(one.changes),
        "unexplained": list(one.unexplained),
    }


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
