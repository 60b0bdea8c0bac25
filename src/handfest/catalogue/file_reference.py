"""The format of a business file as a page of the documentation, from the table that reads the files."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from enum import Enum

from handfest.catalogue.keys import SECTIONS, Key
from handfest.model.catalogue import BookingRules, Business, CalendarSettings, Resource, Service

KINDS = {
    "choice": "one of",
    "country": "country of two letters",
    "email": "e-mail address",
    "env": "name of an environment variable",
    "flag": "true or false",
    "holidays": "country and region",
    "hours": "table of hours",
    "id": "short id",
    "numbers": "table of numbers",
    "phone": "phone number",
    "row": "table",
    "rows": "tables",
    "text": "text",
    "texts": "list of texts",
    "time_zone": "time zone",
    "url": "web address",
    "whole": "whole number",
}
"""How the page calls each kind of value; a kind without a word fails the test of the page."""

TITLES = {
    "file": "The file",
    "line": "`[[lines]]`",
    "binding": "`calcom` of a service",
    "calcom": "`[calendar.calcom]`",
    "phase": "`phases` of a service",
    "resource": "`[[resources]]`",
    "branch": "`[[branches]]`",
    "staff": "`[[staff]]`",
    "service": "`[[services]]`",
}
"""The headings of sections that are not plain tables of their own name."""

DEFAULTS = {
    "business": Business,
    "booking": BookingRules,
    "calendar": CalendarSettings,
    "service": Service,
    "resource": Resource,
}
"""Section -> the value that a file's omissions are filled from."""


def file_reference() -> str:
    """The whole page as Markdown; `docs/reference/business-file.md` is this text, and a test holds it to that."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The business file"
    yield ""
    yield "Written by `make docs` from the table that reads the files; do not edit."
    yield ""
    yield "One TOML file says everything about one business. `handfest apply FILE` reads it whole: a file with a"
    yield "problem changes nothing, and every problem is printed with its line, its cause and what to write instead."
    yield "Complete files: [salon](../../examples/salon.toml), [clinic](../../examples/clinic.toml),"
    yield "[consultancy](../../examples/askpro.toml). Hours are lists by weekday (`mon` to `sun`), such as"
    yield '`tue = ["09:00-13:00", "14:00-18:00"]`; `closed` lists dates, `[hours.dates]` replaces single ones.'
    for section, keys in SECTIONS.items():
        yield ""
        yield f"## {TITLES.get(section, f'`[{section}]`')}"
        yield ""
        yield "| key | value | default | remedy when it is wrong |"
        yield "|---|---|---|---|"
        yield from (_row(key, _defaults(section)) for key in keys.values())


def _defaults(section: str) -> Mapping[str, object]:
    kind = DEFAULTS.get(section)
    return {one.name: one.default for one in fields(kind) if one.default is not MISSING} if kind else {}


def _row(key: Key, defaults: Mapping[str, object]) -> str:
    required = f"required, unless `{key.unless}` is there" if key.unless else "required"
    default = required if key.required else _written(defaults.get(key.name))
    return f"| `{key.name}` | {_value(key)} | {default} | {key.remedy} |"


def _value(key: Key) -> str:
    said = KINDS[key.kind]
    if key.choices:
        return f"{said} " + ", ".join(f'"{choice}"' for choice in key.choices)
    if key.low is not None and key.high is not None:
        said += f", {key.low} to {key.high}"
    return said + ", in steps of 5" * key.five


def _written(default: object) -> str:
    if default in (None, (), ""):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Enum):
        default = default.value
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


if __name__ == "__main__":
    print(file_reference(), end="")  # noqa: T201 - this is its purpose
