"""`handfest demo`: one lost call, and the same call kept."""

import tempfile
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from handfest.cli.demo_play import STEPS, Demo, play
from handfest.cli.options import Json
from handfest.cli.output import FINDINGS, console, print_json
from handfest.cli.run import guarded
from handfest.cli.story_text import print_story
from handfest.diagnosis.story.explain import as_data


def demo(as_json: Json = False) -> None:
    """Play the incident over real HTTP with real signatures: as it was lost, and as it is kept.

    Exits with 1 if what was booked is not what was offered.
    """
    with tempfile.TemporaryDirectory(prefix="handfest-demo-") as folder:
        database = Path(folder) / "demo.sqlite3"
        if as_json:
            result = guarded(lambda: play(database))
        else:
            with _progress() as progress:
                task = progress.add_task("", total=len(STEPS))

                def on_step(name: str) -> None:
                    progress.update(task, description=name, advance=1)

                result = guarded(lambda: play(database, on_step))
    if as_json:
        print_json(_data(result))
    else:
        _tell(result)
    raise typer.Exit(0 if result.kept_equal else FINDINGS)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<44}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        console=console,
        transient=True,
    )


def _tell(result: Demo) -> None:
    console.rule("[bold]The call as it was lost[/]", align="left")
    for row in result.incident["lost"]:
        console.print(f"{row['at_sec']:>7.1f} s  {row['who']:<8} {escape(row['what'])}", soft_wrap=True)
    console.print("[red]Lost: nothing was booked, and nobody could say why.[/]")
    for finding in result.incident["findings"]:
        console.print(f"           {escape(finding)}")
    console.print()
    console.rule("[bold]The same call, kept[/]", align="left")
    for turn in result.turns:
        console.print(
            f"{turn['at_s']:>7.1f} s  agent    {turn['tool']} {escape(turn['heard'])}", soft_wrap=True
        )
        console.print(
            f"           handfest [green]{turn['code']}[/] “{escape(turn['say'])}”  ({turn['ms']:.1f} ms)",
            soft_wrap=True,
        )
        for fact in turn["facts"]:
            console.print(f"                    {escape(fact)}", soft_wrap=True)
    console.print()
    console.rule("[bold]The call, explained[/]  (handfest calls explain)", align="left")
    print_story(console, result.story)
    if result.kept_equal:
        console.print("[bold green]Kept: what the agent offered is what was booked.[/]")
    else:
        console.print("[bold red]Broken: what was booked is not what was offered.[/]")


def _data(result: Demo) -> dict[str, Any]:
    return {
        "lost": {"events": result.incident["lost"], "findings": result.incident["findings"], "booked": None},
        "kept": {
            "turns": list(result.turns),
            "offered": result.offered,
            "booked": result.booked,
            "equal": result.kept_equal,
        },
        "explained": as_data(result.story),
    }
