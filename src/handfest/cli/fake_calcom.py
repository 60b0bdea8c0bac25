"""`handfest fake-calcom`: a stateful Cal.com on this machine, to try against and to test with."""

import asyncio
import contextlib
import sys
from typing import Annotated

import typer

from handfest.cli.clock import clock_from
from handfest.cli.output import console
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_server import run_fake
from handfest.testing.fake_calcom_world import KEY, Subscription


def fake_calcom(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 5555,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    fault: Annotated[
        list[FaultKind] | None, typer.Option(help="Fault for the next fitting request; repeatable.")
    ] = None,
    webhook: Annotated[str | None, typer.Option(help="Address that gets the webhooks.")] = None,
    webhook_secret: Annotated[str, typer.Option(help="Secret the webhooks are signed with.")] = "s3cr3t",  # noqa: S107 - of a fake
    race_ms: Annotated[float, typer.Option(help="Bookings this young do not see each other.", min=0)] = 0,
    now: Annotated[str | None, typer.Option(help="Testing aid: an ISO moment to start from.")] = None,
) -> None:
    """Serve a fake Cal.com API v2 that behaves like a measured one. It keeps nothing when it ends."""
    fake = FakeCalcom(clock_from(now), race_seconds=race_ms / 1000)
    for kind in fault or []:
        fake.faults.plan(kind)
    if webhook is not None:
        fake.world.subscriptions.append(Subscription(webhook, webhook_secret))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(fake, host, port))


async def _serve(fake: FakeCalcom, host: str, port: int) -> None:
    async with run_fake(fake, host, port) as running:
        console.print(f"fake Cal.com on {running.base_url} with the key {KEY}", markup=False)
        for kind in fake.world.event_types.values():
            console.print(f"  event type {kind.id}: {kind.title}, {kind.length} min", markup=False)
        console.print(f"  faults: POST http://{host}:{running.port}/switches", markup=False)
        sys.stdout.flush()
        await asyncio.Event().wait()
