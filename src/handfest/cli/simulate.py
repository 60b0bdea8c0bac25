"""`handfest simulate`: thousands of calls against a fake Cal.com while everything goes wrong."""

import asyncio
import json
import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.table import Table

from handfest.cli.options import Json
from handfest.cli.output import FINDINGS, console, print_json
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.simulate import RATE, StormResult, simulate

ENOUGH = 0.995


class Simulated(StrEnum):
    """Calendars that can be simulated."""

    CALCOM = "calcom"


def simulate_calls(
    calendar: Annotated[Simulated, typer.Option(help="Calendar to simulate.")] = Simulated.CALCOM,
    calls: Annotated[int, typer.Option(help="How many calls.", min=1, max=1_000_000)] = 500,
    seed: Annotated[int, typer.Option(help="The same seed plays the same storm.")] = 1,
    rate: Annotated[float, typer.Option(help="Share of requests that meet a fault.", min=0, max=0.9)] = RATE,
    fault: Annotated[
        list[FaultKind] | None, typer.Option(help="Only these kinds of fault; repeatable.")
    ] = None,
    only: Annotated[
        int | None, typer.Option(help="Play one round by its number, as a report names it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table as Markdown here.")] = None,
    as_json: Json = False,
) -> None:
    """Play scripted calls under faults and check after each one what must hold. Exit 1 if something did not."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    kinds = tuple(fault) if fault else tuple(FaultKind)
    result = asyncio.run(simulate(calls, seed, rate=rate, kinds=kinds, only=only))
    if as_json:
        print_json(result.as_data())
    else:
        _print(result, f"fault storm: {calendar.value}, seed {seed}, {rate:.0%} faults")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(_markdown(result, seed, rate), encoding="utf-8")
    if result.broken or result.success < ENOUGH:
        raise typer.Exit(FINDINGS)


def rows_of(result: StormResult) -> list[tuple[str, str]]:
    """The summary as rows of text."""
    return [
        ("calls", f"{result.calls}"),
        ("requests to Cal.com", f"{result.requests}"),
        ("faults met", f"{sum(result.faults.values())}"),
        ("calls that could be served", f"{result.free}"),
        ("served as wished", f"{result.kept} ({result.success:.3%})"),
        ("laws broken", f"{len(result.broken)}"),
        *((f"fault {name}", f"{count}") for name, count in sorted(result.faults.items())),
        *((f"last heard: {name}", f"{count}") for name, count in sorted(result.heard.items())),
        *((f"alarm {name}", f"{count}") for name, count in sorted(result.alarms.items())),
    ]


def _print(result: StormResult, title: str) -> None:
    table = Table(title=title)
    table.add_column("")
    table.add_column("", justify="right")
    for row in rows_of(result):
        table.add_row(*row)
    console.print(table)
    for one in result.broken[:20]:
        console.print(f"BROKEN {one.law}: round {one.round} call {one.call}: {one.evidence}", markup=False)
    for line in result.unlucky[:20]:
        console.print(f"not served: {line}", markup=False)


def _markdown(result: StormResult, seed: int, rate: float) -> str:
    lines = [
        "# calcom_storm",
        "",
        f"`handfest simulate --calendar calcom --calls {result.calls} --seed {seed}`: {rate:.0%} of all requests "
        "meet a fault; time is virtual, so the run repeats exactly.",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {name} | {value} |" for name, value in rows_of(result)),
    ]
    if result.broken:
        lines += ["", "```", json.dumps(result.as_data()["broken"], indent=1), "```"]
    return "\n".join(lines) + "\n"
