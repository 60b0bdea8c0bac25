"""A call's story on a terminal, readable at 100 columns."""

from typing import Any

from rich.console import Console
from rich.markup import escape

from handfest.diagnosis.explain import Story, findings_of
from handfest.diagnosis.findings import finding_kinds
from handfest.model.booking import Booking
from handfest.model.offer import Offer
from handfest.model.turn import Step, TurnRecord

_LABELS = {
    "heard": "heard",
    "resolved": "resolved",
    "understood": "understood",
    "pinned": "pinned",
    "slots": "looked",
    "offered": "offered",
    "released": "released",
    "intent": "intent",
    "booked": "booked",
    "changed": "changed",
    "cancelled": "cancelled",
    "refused": "refused",
    "repeated": "repeated",
    "callback": "callback",
    "fault": "fault",
}


def print_story(console: Console, story: Story) -> None:
    """The explanation: what happened turn by turn, then the promise held against the booking."""
    call = story.call
    console.print(f"[bold]Call {escape(call.id)}[/] of {escape(call.business_id)}: {story.outcome}")
    for turn in story.turns:
        _print_turn(console, story, turn, brief=True)
    console.print()
    for booking in story.bookings:
        offer = next((one for one in story.offers if one.id == booking.offer_id), None)
        _print_promise(console, offer, booking)
    findings = findings_of(story)
    if findings:
        console.print("[bold red]Findings[/]")
        for finding in findings:
            console.print(f"  {finding['id']} {escape(_place(finding))}", soft_wrap=True)
    else:
        console.print("[green]No findings.[/]")


def _place(finding: dict[str, Any]) -> str:
    """Where a finding shows itself, and what it means where the trace says no more."""
    place = f"in turn {finding['turn']}" if finding["turn"] is not None else f"at {finding['at_s']} s"
    kind = finding_kinds().get(str(finding["id"]))
    return f"{place}: {finding['detail'] or (kind.means['en'] if kind else '')}"


def print_turns(console: Console, story: Story) -> None:
    """Every step with all its facts."""
    for turn in story.turns:
        _print_turn(console, story, turn, brief=False)


def _print_turn(console: Console, story: Story, turn: TurnRecord, *, brief: bool) -> None:
    head = f"{story.at_s(turn):>7.1f} s  turn {turn.number}  {turn.tool}"
    console.print(f"[cyan]{escape(head)}[/]  -> {turn.code}  ({turn.took_ms:.1f} ms)")
    for step in turn.steps:
        text = _brief(step) if brief else _full(step)
        if text:
            label = _LABELS.get(step.name, step.name)
            console.print(f"            {label:<11} {escape(text)}", soft_wrap=True)
    console.print(f"            [italic]says        {escape(str(turn.reply.get('say')))}[/]", soft_wrap=True)


def _brief(step: Step) -> str:
    facts = step.facts
    match step.name:
        case "heard":
            return ", ".join(f"{name}: {value}" for name, value in facts.get("arguments", {}).items())
        case "resolved":
            return f"“{facts.get('spoken')}” is {facts.get('service_id') or facts.get('result')}"
        case "pinned":
            words = f" (“{facts['spoken']}”)" if facts.get("spoken") else ""
            return f"service {facts['service_id']}{words}, because: {facts['reason']}"
        case "slots":
            where = f"{facts['found']} free in the {facts['provider']} calendar, {facts['calendar_ms']} ms"
            return f"{_appointment({**facts, 'start': None})}: {where}"
        case "offered":
            return f"{facts['offer']}: {_appointment(facts)}, held until {_clock(facts['held_until'])}"
        case "intent" | "booked" | "changed" | "cancelled":
            return _appointment(facts)
        case "refused" | "fault":
            return str(facts.get("code"))
        case "asked_time_not_free":
            return f"{facts['start']}: {facts['why']}"
        case "not_offered_before" | "repeated" | "hold_lost" | "lost_to_another_caller" | "mismatch":
            return _full(step)
        case _:
            return ""


def _appointment(facts: dict[str, Any]) -> str:
    parts = [f"service {facts.get('service_id')}"]
    if facts.get("binding") is not None:
        parts.append(f"event type {facts['binding']}")
    if facts.get("duration_min") is not None:
        parts.append(f"{facts['duration_min']} min")
    if facts.get("start"):
        parts.append(str(facts["start"]).split("[")[0])
    return ", ".join(parts)


def _clock(moment: str) -> str:
    """The wall time of an ISO text, to the second."""
    return moment.split("T")[1][:8]


def _full(step: Step) -> str:
    return ", ".join(f"{name}={value}" for name, value in step.facts.items())


def _print_promise(console: Console, offer: Offer | None, booking: Booking) -> None:
    console.print(f"[bold]Offer {booking.offer_id} and booking {booking.id}[/] ({booking.state.value})")
    if offer is None:
        return
    rows: tuple[tuple[str, object, object], ...] = (
        ("service", offer.service_id, booking.service_id),
        ("event type", offer.binding, booking.binding),
        ("minutes", offer.duration_min, booking.duration_min),
        ("start", _local(offer), _local(booking)),
        ("staff", offer.staff_name, booking.staff_name),
    )
    for name, offered, booked in rows:
        mark = "[green]=[/]" if offered == booked else "[bold red]≠[/]"
        console.print(f"  {name:<11} {escape(str(offered)):<28} {mark}  {escape(str(booked))}")


def _local(thing: Offer | Booking) -> str:
    return thing.local_start.format_iso().split("[")[0]
