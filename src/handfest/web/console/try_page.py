"""Try a call: the page is the phone. What is booked here is a test, and is cleared away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from starlette.responses import Response

from handfest.desk.spoken_times import speak_relative_day
from handfest.diagnosis.story.explain import Story, story_in
from handfest.office.sweep_tests import sweep_tests
from handfest.ports import LineRecord, Transaction
from handfest.voice.retell import PLATFORM
from handfest.web.body import read_form
from handfest.web.console.story_view import StoryView, story_view
from handfest.web.console.try_agent import (
    Heard,
    chosen_offer,
    name_in,
    next_move,
    open_day,
    script,
    sentence_of,
)
from handfest.web.console.try_talk import TryPhone, TryTalk, talk_of
from handfest.web.console.visit import Visit

TEXT_MAX = 400


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line of the talk. `code` names the answer of a tool behind it."""

    who: str
    text: str


async def try_page(visit: Visit) -> Response:
    """The phone, not yet lifted."""
    return await _show(visit, None)


async def try_call(visit: Visit) -> Response:
    """Something was said, a call was chosen, or the phone was hung up."""
    form = await read_form(visit.request)
    act, text = form.get("act", "say"), form.get("text", "").strip()[:TEXT_MAX]
    talk = talk_of(form.get("talk"))
    line = await _line(visit)
    if line is None or visit.request.scope.get("server") is None:
        return await _show(visit, None, "no_line")
    host, port = visit.request.scope["server"][:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        async with TryPhone(visit.house, line, address) as phone:
            talk = await _turn(visit, phone, _begun(visit, talk, act, form.get("call")), act, text)
    except (aiohttp.ClientError, TimeoutError):
        return await _show(visit, talk, "no_answer")
    return await _show(visit, talk)


async def sweep(visit: Visit) -> Response:
    """Clear away what test calls have booked."""
    return visit.after(await sweep_tests(visit.house.office, visit.actor, visit.business), "swept", "try")


async def _line(visit: Visit) -> LineRecord | None:
    """The first line of this business whose key we hold."""
    lines = await visit.house.store.read(lambda tx: tx.lines(PLATFORM))
    own = (line for line in lines if line.business_id == visit.business and line.mode == "serve")
    return next(
        (line for line in own if line.signing_key_env and visit.house.secret(line.signing_key_env)), None
    )


def _begun(visit: Visit, talk: TryTalk | None, act: str, scenario: str | None) -> TryTalk:
    if talk is not None and not talk.ended and act != "scenario":
        return talk
    known = {row["id"] for row in script()["call"]}
    return TryTalk(
        call_id=visit.house.ids.new("try"),
        began_ms=visit.now.timestamp(unit="millisecond"),
        scenario=scenario if act == "scenario" and scenario in known else None,
    )


async def _turn(visit: Visit, phone: TryPhone, talk: TryTalk, act: str, text: str) -> TryTalk:
    if not talk.entries:
        name = visit.catalogue.business.name
        greeting = sentence_of(_language(visit), "greeting", business=name)
        talk = _with(talk, phone.spoken(talk, "agent", greeting))
        await phone.tell(talk, "call_started")
    if act == "end":
        now = visit.house.clock.now().timestamp(unit="millisecond")
        await phone.tell(talk, "call_ended", end_timestamp=now, disconnection_reason="user_hangup")
        return replace(talk, ended=True)
    if act == "say" and text:
        talk = _with(talk, phone.spoken(talk, "user", text))
        talk = await _answer(visit, phone, talk, text)
        await phone.tell(talk, "transcript_updated")
    return talk


async def _answer(visit: Visit, phone: TryPhone, talk: TryTalk, text: str) -> TryTalk:
    heard = _heard(visit, talk)
    step = _step(visit, talk)
    talk = replace(talk, name=name_in(heard.language, text) or talk.name)
    if step is not None and step.get("tool"):
        tool, arguments = str(step["tool"]), _filled(visit, heard, step["args"])
        return await _call(phone, replace(talk, step=talk.step + 1), tool, arguments)
    talk = replace(talk, step=talk.step + 1)
    move = next_move(heard, text)
    if move.tool is None:
        asks_name = move.say == sentence_of(heard.language, "name")
        talk = replace(talk, waits_for=chosen_offer(heard, text) if asks_name else None)
        return _with(talk, phone.spoken(talk, "agent", move.say or ""))
    if heard.waits_for is not None:
        talk = replace(talk, waits_for=None, name=str(move.arguments.get("name")))
    return await _call(phone, talk, move.tool, move.arguments)


async def _call(phone: TryPhone, talk: TryTalk, tool: str, arguments: Mapping[str, Any]) -> TryTalk:
    asked, told = await phone.tool(talk, tool, arguments)
    talk = _with(talk, asked, told)
    return _with(talk, phone.spoken(talk, "agent", str((talk.reply or {}).get("say") or "")))


def _with(talk: TryTalk, *entries: Mapping[str, Any]) -> TryTalk:
    return replace(talk, entries=(*talk.entries, *entries))


def _language(visit: Visit) -> str:
    return visit.compiled.language if visit.compiled.language in script()["say"] else "de"


def _heard(visit: Visit, talk: TryTalk) -> Heard:
    return Heard(
        compiled=visit.compiled,
        language=_language(visit),
        now=visit.local(visit.now).to_stdlib(),
        reply=talk.reply,
        name=talk.name,
        waits_for=talk.waits_for,
    )


def _steps(visit: Visit, talk: TryTalk | None) -> list[dict[str, Any]]:
    rows = (row for row in script()["call"] if talk is not None and row["id"] == talk.scenario)
    found: list[dict[str, Any]] = next((row["step"] for row in rows), [])
    return found


def _step(visit: Visit, talk: TryTalk) -> dict[str, Any] | None:
    steps = _steps(visit, talk)
    return steps[talk.step] if talk.step < len(steps) else None


def _filled(visit: Visit, heard: Heard, arguments: Mapping[str, str]) -> dict[str, str]:
    return {name: _with_names(visit, value, heard) for name, value in arguments.items()}


def _with_names(visit: Visit, text: str, heard: Heard) -> str:
    names = [service.name for service in visit.catalogue.services if not service.hidden] or [""]
    day = open_day(heard)
    return text.format(
        service=names[0],
        other=names[min(1, len(names) - 1)],
        day=speak_relative_day(day, heard.now.date(), heard.language),
        date=day,
    )


async def _show(visit: Visit, talk: TryTalk | None, problem: str | None = None) -> Response:
    story = await _story(visit, talk)
    nxt = _step(visit, talk) if talk is not None and not talk.ended else None
    suggested = _with_names(visit, nxt["says"][_language(visit)], _heard(visit, talk)) if nxt and talk else ""
    return visit.show(
        "try.html.j2",
        talk=talk,
        problem=visit.words.try_call[problem] if problem else None,
        bubbles=_bubbles(talk),
        suggested=suggested,
        calls=[
            (row["id"], row["title"][visit.words.language], row["about"][visit.words.language])
            for row in script()["call"]
        ],
        view=story,
    )


async def _story(visit: Visit, talk: TryTalk | None) -> StoryView | None:
    if talk is None:
        return None

    def work(tx: Transaction) -> Story | None:
        call = tx.call(visit.business, talk.call_id)
        return story_in(tx, call) if call is not None else None

    story = await visit.house.store.read(work)
    return story_view(visit, story) if story is not None and story.turns else None


def _bubbles(talk: TryTalk | None) -> list[Bubble]:
    shown = {"agent": "agent", "user": "caller"}
    entries = talk.entries if talk is not None else ()
    return [
        Bubble(shown.get(str(entry["role"]), "tool"), str(entry.get("content") or entry.get("name")))
        for entry in entries
        if entry["role"] in ("agent", "user", "tool_call_invocation")
    ]
