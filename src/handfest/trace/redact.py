"""What may stand in a trace: personal values leave only their shape behind (law 11)."""

import re
from collections.abc import Mapping
from typing import Any

PERSONAL = frozenset({"name", "phone", "email", "notes", "customer", "caller"})
"""Argument names whose values are personal data."""

OURS = ("service_id", "binding", "offer", "booking", "start", "provider", "calendar_ms")
"""Facts of steps whose values are ours, not worded by a caller or a model: these may leave the store."""

TEXT_MAX = 160
_DIGITS = re.compile(r"\d(?:[\s/-]?\d){5,}")
_MOMENT = re.compile(
    r"""(?<!\d) (?<!\d[\s/-])
    (?: (?:19|20)\d\d - (?:0[1-9]|1[0-2]) - (?:0[1-9]|[12]\d|3[01])
      | (?:0?[1-9]|[12]\d|3[01]) ([./]) (?:0?[1-9]|1[0-2]) \1 (?:(?:19|20)\d\d)? )
    (?: (?:T|,?\s) (?:[01]?\d|2[0-4]) (?::[0-5]\d){0,2} (?!\d) )?
    (?! [\s/-]?\d )""",
    re.VERBOSE,
)
"""A date, alone or with a time of day: 2025-10-22, 2025-10-22 14:00, 22.10.2025 14 Uhr, 22.10. 14:00."""
_EMAIL = re.compile(r"\S+@\S+")


def redact_text(text: str) -> str:
    """Spoken words for the trace: cut, with numbers long enough to be a phone's and e-mails blanked."""
    return blank_numbers(text)[:TEXT_MAX]


def blank_numbers(text: str) -> str:
    """The text without e-mail addresses and numbers long enough to be a phone's; dates with or without a time stay."""
    kept = 0
    parts = []
    for moment in _MOMENT.finditer(text):  # dates and times are what a trace is for
        parts += [_DIGITS.sub("[number]", text[kept : moment.start()]), moment.group()]
        kept = moment.end()
    text = "".join((*parts, _DIGITS.sub("[number]", text[kept:])))
    return _EMAIL.sub("[email]", text) if "@" in text else text


def redact_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Tool arguments for the trace: personal ones only as present or absent, the rest as plain text."""
    return {name: _redact(name, value) for name, value in arguments.items() if value is not None}


def _redact(name: str, value: Any) -> Any:
    if name in PERSONAL:
        return "[given]" if value else "[empty]"
    if isinstance(value, bool | int | float):
        return value
    return redact_text(str(value))
