"""`handfest when "..."`: what handfest understands by words about time."""

from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from handfest.cli.clock import clock_from
from handfest.cli.options import Json, Language, known_zone
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import guarded
from handfest.desk.spoken_wish import speak_options, speak_wish
from handfest.model.wish import AskWhen, WhenReading, Wish
from handfest.speech.when import WhenContext, understand_when
from handfest.speech.when_answer import when_answer


def when(
    words: Annotated[str, typer.Argument(help="What the caller said.")],
    language: Annotated[Language, typer.Option(help="The language that is spoken.")] = Language.DE,
    zone: Annotated[
        str, typer.Option(help="The business's time zone.", callback=known_zone)
    ] = "Europe/Berlin",
    opening: Annotated[
        str | None, typer.Option(help="Hours such as 09:00-18:00; they settle a bare hour.")
    ] = None,
    now: Annotated[str | None, typer.Option(help="An ISO moment to read the words at.")] = None,
    as_json: Json = False,
) -> None:
    """Show what words about time mean: a value, a question back, or a refusal."""
    clock = guarded(lambda: clock_from(now))
    moment = clock.now().to_tz(zone).to_stdlib()
    hours = _hours(opening) if opening else None
    reading = understand_when(words, WhenContext(moment, ZoneInfo(zone), language, hours))
    answer = when_answer(reading)
    if as_json:
        print_json(answer)
        return
    console.print(", ".join(f"{name}: {value}" for name, value in answer.items()) or "nothing about time")
    spoken = _spoken(reading, moment.date(), language)
    if spoken:
        console.print(spoken, markup=False, soft_wrap=True)


def _spoken(reading: WhenReading, today: date, language: str) -> str:
    """What an agent would repeat, or the options of the question it would ask."""
    if isinstance(reading, Wish):
        return "" if reading.empty else speak_wish(reading, today, language)
    if isinstance(reading, AskWhen) and reading.readings:
        options = speak_options(reading.readings, today, language)
        return f"{options}?" if options else ""
    return ""


def _hours(written: str) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in written.split("-"))
    except ValueError:
        fail(f"--opening needs hours such as 09:00-18:00, not {written!r}")
    return opens, closes
