"""The tool registry: one ToolSpec each; schemas, platform definitions and docs are rendered from it."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from handfest.booking.book import book_appointment
from handfest.booking.callback import request_callback
from handfest.booking.cancel import cancel_appointment
from handfest.booking.change import reschedule_appointment
from handfest.booking.check import check_availability
from handfest.booking.find import find_appointments
from handfest.booking.inform import list_services, opening_hours
from handfest.booking.open_turn import OpenTurn
from handfest.desk.arguments import (
    Arguments,
    BookArguments,
    CallbackArguments,
    CancelArguments,
    CheckArguments,
    FindArguments,
    HoursArguments,
    ListArguments,
    RescheduleArguments,
)
from handfest.model.intent import Intent
from handfest.model.reply import Reply
from handfest.model.turn import TurnRecord

UseCase = Callable[[OpenTurn, Intent], Awaitable[tuple[Reply, TurnRecord]]]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool: its name, its arguments, what serves it, and what is said about it per language.

    `effect` is read | hold | commit. `summary`, `filler` and `hints` (per argument) are keyed by language.
    """

    name: str
    arguments: type[Arguments]
    use_case: UseCase
    effect: str
    summary: Mapping[str, str]
    filler: Mapping[str, str]
    hints: Mapping[str, Mapping[str, str]]


_DATA: Mapping[str, Any] = tomllib.loads(
    files("handfest.desk").joinpath("data/tools.toml").read_text(encoding="utf-8")
)


def _spec(name: str, arguments: type[Arguments], use_case: UseCase) -> ToolSpec:
    words = _DATA[name]
    hints = {
        language: {
            argument: _DATA["arguments"][language][str(field.description)]
            for argument, field in arguments.model_fields.items()
        }
        for language in ("de", "en")
    }
    return ToolSpec(
        name=name,
        arguments=arguments,
        use_case=use_case,
        effect=words["effect"],
        summary={language: words[language] for language in ("de", "en")},
        filler={language: words[f"filler_{language}"] for language in ("de", "en")},
        hints=hints,
    )


TOOLS: Mapping[str, ToolSpec] = {
    spec.name: spec
    for spec in (
        _spec("check_availability", CheckArguments, check_availability),
        _spec("book_appointment", BookArguments, book_appointment),
        _spec("find_appointments", FindArguments, find_appointments),
        _spec("reschedule_appointment", RescheduleArguments, reschedule_appointment),
        _spec("cancel_appointment", CancelArguments, cancel_appointment),
        _spec("request_callback", CallbackArguments, request_callback),
        _spec("list_services", ListArguments, list_services),
        _spec("opening_hours", HoursArguments, opening_hours),
    )
}
