"""`handfest init`: a business file to start from, of one's own or from the event types of a Cal.com account."""

import asyncio
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_http import HOSTED, AiohttpSession, checked_base_url
from handfest.calendars.calcom_values import EventTypeFacts
from handfest.catalogue.hours_table import DAYS
from handfest.catalogue.parse import parse_business
from handfest.cli.options import Language
from handfest.cli.output import console, counted, fail, write_file
from handfest.cli.run import guarded
from handfest.machine import SystemClock
from handfest.model.catalogue import Catalogue

UNHURRIED = Deadlines(connect=3.0, read=10.0, write=10.0)


def init(
    name: Annotated[str, typer.Option(help="The business as callers know it.")] = "",
    language: Annotated[Language, typer.Option(help="The language it speaks on the phone.")] = Language.DE,
    from_calcom: Annotated[bool, typer.Option("--from-calcom", help="Read services from Cal.com.")] = False,
    base_url: Annotated[str, typer.Option(help="Cal.com: address of the API v2.")] = HOSTED,
    key_env: Annotated[str, typer.Option(help="Cal.com: environment variable with the key.")] = "CALCOM_KEY",
    number: Annotated[str | None, typer.Option(help="Phone number that will be called, as +49...")] = None,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("business.toml"),
) -> None:
    """Write a business file to start from. It never overwrites one."""
    if out.exists():
        fail(f"{out} is there already; name another file with --out")
    if from_calcom:
        text, said = _from_calcom(base_url, key_env, number)
    else:
        text, said = starter(name, language, number), "two services to start from; write down yours"
    write_file(out, text)
    console.print(f"{out}: {said}", markup=False, soft_wrap=True)
    if isinstance(parse_business(text), Catalogue):
        console.print(f"next: handfest apply {out}", markup=False, soft_wrap=True)
    else:
        console.print("it still needs a hand: handfest apply says where", markup=False)


def starter(name: str, language: Language, number: str | None) -> str:
    """A business file with two services; what was not given is written as an example to be replaced."""
    name = name or {Language.DE: "Mein Betrieb", Language.EN: "My business"}[language]
    identity = re.sub(r"[^a-z0-9]+", "-", _plain(name)).strip("-") or "business"
    text = files("handfest.cli").joinpath("starter", f"business.{language}.toml").read_text("utf-8")
    given = {"id": identity, "name": name, "number": number or "+493023125009"}
    return re.sub(r"{{(\w+)}}", lambda found: _text(given[found[1]]), text)


def _plain(name: str) -> str:
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        name = name.casefold().replace(letter, plain)
    return name


def _from_calcom(base_url: str, key_env: str, number: str | None) -> tuple[str, str]:
    key = os.environ.get(key_env)
    if not key:
        fail(
            f"the environment variable {key_env} is not set; put the Cal.com key in it or name one: --key-env"
        )
    url = guarded(lambda: checked_base_url(base_url))
    me, kinds, schedules = guarded(lambda: asyncio.run(_read(url, key)))
    text = business_file(me, kinds, url, key_env, number, schedules)
    return text, f"{counted(len(bookable(kinds)), 'service')} from the account {me.get('username')}"


async def _read(base_url: str, key: str) -> tuple[dict[str, Any], tuple[EventTypeFacts, ...], Any]:
    http = AiohttpSession()
    try:
        client = CalcomClient(http, base_url, key, SystemClock())
        me = dict(await client.me(UNHURRIED))
        return me, await client.event_types(UNHURRIED), await client.schedules(UNHURRIED)
    finally:
        await http.close()


def business_file(
    me: dict[str, Any],
    kinds: tuple[EventTypeFacts, ...],
    base_url: str,
    key_env: str,
    number: str | None,
    schedules: tuple[Mapping[str, Any], ...] = (),
) -> str:
    """The file: one service per event type that can be booked, the rest as the account says."""
    name = str(me.get("name") or me.get("username") or "business")
    identity = "".join(
        letter if letter.isalnum() else "-" for letter in str(me.get("username") or "business")
    )
    head = [
        "[business]",
        f"id = {_text(identity.casefold())}",
        f"name = {_text(name)}",
        'language = "de"',
        f"time_zone = {_text(str(me.get('timeZone') or 'Europe/Berlin'))}",
        'unnamed_service = "ask"',
        'unknown_service = "ask"',
        "",
        "[[lines]]",
        'platform = "retell"',
        f"number = {_text(number or '+493000000000')}",
        'signing_key_env = "RETELL_KEY"',
        "",
        "[calendar]",
        'provider = "calcom"',
        "[calendar.calcom]",
        f"base_url = {_text(base_url)}",
        f"api_key_env = {_text(key_env)}",
        f"webhook_secret_env = {_text(key_env + '_WEBHOOK')}",
        "",
        *_hours(me, schedules),
        "[[staff]]",
        'id = "owner"',
        f"name = {_text(name)}",
        f"services = {json.dumps([str(kind.id) for kind in bookable(kinds)])}",
    ]
    rows = [line for kind in bookable(kinds) for line in _service(kind)]
    return "\n".join([*head, *rows]) + "\n"


def bookable(kinds: tuple[EventTypeFacts, ...]) -> tuple[EventTypeFacts, ...]:
    """Event types that can be offered: shown, and no managed parents (B68)."""
    return tuple(kind for kind in kinds if not kind.hidden and kind.scheduling != "managed")


def _hours(me: dict[str, Any], schedules: tuple[Mapping[str, Any], ...]) -> list[str]:
    """The opening hours that callers are told: those of the account's default schedule."""
    rows = [row for row in schedules if row.get("id") == me.get("defaultScheduleId")] or list(schedules)
    spans: dict[str, list[str]] = {}
    for span in (rows[0].get("availability") or ()) if rows else ():
        for day in span["days"]:
            spans.setdefault(str(day)[:3].lower(), []).append(f"{span['startTime']}-{span['endTime']}")
    if not spans:
        return []
    days = [f"{day} = {json.dumps(sorted(spans[day]))}" for day in DAYS if day in spans]
    return ["[hours]", *days, ""]


def _service(kind: EventTypeFacts) -> list[str]:
    return [
        "",
        "[[services]]",
        f"id = {_text(str(kind.id))}",
        f"name = {_text(kind.title)}",
        f"duration_min = {kind.length_min}",
        *([f"buffer_before_min = {kind.buffer_before_min}"] if kind.buffer_before_min else []),
        *([f"buffer_after_min = {kind.buffer_after_min}"] if kind.buffer_after_min else []),
        *([f"min_notice_min = {kind.notice_min}"] if kind.notice_min else []),
        f"calcom = {{ event_type_id = {kind.id} }}",
    ]


def _text(value: str) -> str:
    """A TOML string; JSON's quoting is a subset of it."""
    return json.dumps(value, ensure_ascii=False)
