"""`handfest when "..."`: what handfest understands by words about time."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from handfest.cli.clock import clock_from
from handfest.cli.options import Json
from handfest.cli.output import console, print_json
from handfest.cli.run import guarded
from handfest.speech.when import WhenContext, understand_when
from handfest.speech.when_answer import when_answer


def when(
    words: Annotated[str, typer.Argument(help="What the caller said.")],
    language: Annotated[str, typer.Option(help="de or en.")] = "de",
    zone: Annotated[str, typer.Option(help="The business's time zone.")] = "Europe/Berlin",
    now: Annotated[str | None, typer.Option(help="An ISO moment to read the words at.")] = None,
    as_json: Json = False,
) -> None:
    """Show what words about time mean: a value, a question back, or a refusal."""
    clock = guarded(lambda: clock_from(now))
    moment = clock.now().to_tz(zone).to_stdlib()
    reading = understand_when(words, WhenContext(moment, ZoneInfo(zone), language))
    answer = when_answer(reading)
    if as_json:
        print_json(answer)
    else:
        console.print(", ".join(f"{name}: {value}" for name, value in answer.items()) or "nothing about time")
