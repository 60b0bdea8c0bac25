"""Understand a tool request: words and arguments in, an Intent of values out."""

from collections.abc import Mapping
from typing import Any

from handfest.booking.open_turn import OpenTurn
from handfest.catalogue.answer import resolve_answer
from handfest.catalogue.staff_wish import StaffAmbiguous, StaffAny, StaffResolved, resolve_staff
from handfest.desk.tools import ToolSpec
from handfest.model.intent import CustomerWords, Intent, StaffWish
from handfest.model.resolution import Ambiguous, Resolution, Unknown
from handfest.model.wish import WhenReading, Wish
from handfest.scheduling.opening_times import opening_hull
from handfest.speech.email_address import EmailOk, read_email
from handfest.speech.people import NameOk, read_name
from handfest.speech.phone_number import PhoneOk, read_phone
from handfest.speech.when import WhenContext, combine_when, understand_when


def understand(turn: OpenTurn, spec: ToolSpec, raw: Mapping[str, Any]) -> Intent:
    """What the request means. Unreadable parts stay as questions; nothing raises on what a model writes."""
    given = spec.arguments.model_validate(raw)
    words = {name: value for name, value in given if value is not None}
    service = _service(turn, words.get("service"))
    which = _which(turn, spec, words)
    when = Wish() if spec.name == "cancel_appointment" else _when(turn, words, "when", "date", "time")
    staff = _staff(turn, words.get("staff"))
    intent = Intent(
        tool=spec.name,
        service=service,
        service_id=words.get("service_id"),
        when=when,
        which=which,
        staff=staff,
        offer_id=words.get("offer"),
        booking_id=words.get("appointment"),
        customer=_customer(turn, words),
        reason=words.get("reason"),
        when_words=words.get("when"),
    )
    _record(turn, intent)
    return intent


def _service(turn: OpenTurn, said: str | None) -> Resolution | None:
    """What the service words mean; after a question of ours first as the answer to it ("die lange")."""
    if said is None:
        return None
    index, language = turn.compiled.index, turn.language
    if not turn.call.options:
        return turn.compiled.service_of(said)
    answer = resolve_answer(said, index, turn.call.options, language)
    if isinstance(answer, Ambiguous) and answer.reason == "asked_before":
        plain = turn.compiled.service_of(said)
        # Who names what is not offered has chosen nothing: they are told so, not asked the same again.
        return plain if isinstance(plain, Unknown) and plain.reason == "not_offered" else answer
    return answer


def _which(turn: OpenTurn, spec: ToolSpec, words: Mapping[str, str]) -> WhenReading:
    if spec.name == "cancel_appointment":
        return _when(turn, words, "when", "date", "time")
    return _when(turn, words, "", "old_date", "old_time")


def _when(turn: OpenTurn, words: Mapping[str, str], said: str, day: str, at: str) -> WhenReading:
    spoken, day_words, time_words = words.get(said), words.get(day), words.get(at)
    if spoken is None and day_words is None and time_words is None:
        return Wish()
    context = when_context(turn)
    reading = understand_when(spoken, context) if spoken is not None else None
    return combine_when(reading, day_words, time_words, context)


def when_context(turn: OpenTurn) -> WhenContext:
    """What the words about time are understood in: now, zone, opening hours, and what was agreed before."""
    branch = turn.catalogue.branch(turn.compiled.branch_id)
    return WhenContext(
        now=turn.now.to_tz(turn.zone.key).to_stdlib(),
        zone=turn.zone,
        language=turn.language,
        opening=opening_hull(turn.catalogue, branch),
        window=turn.call.wished_window,
    )


def _staff(turn: OpenTurn, said: str | None) -> StaffWish | None:
    if said is None:
        return None
    match resolve_staff(said, turn.catalogue.staff):
        case StaffResolved() as one:
            return StaffWish(said, (one.staff_id,))
        case StaffAmbiguous() as several:
            return StaffWish(said, several.staff_ids)
        case StaffAny():
            return None
        case _:
            return StaffWish(said, ())


def _customer(turn: OpenTurn, words: Mapping[str, str]) -> CustomerWords:
    problems: list[tuple[str, str]] = []
    name = phone = email = None
    if "name" in words:
        match read_name(words["name"], turn.catalogue.staff, _service_names(turn)):
            case NameOk() as read:
                name = read.name
            case refused:
                problems += [("name", refused.reason), ("name_said", refused.text)]
    if "phone" in words:
        match read_phone(words["phone"], turn.catalogue.business.country):
            case PhoneOk() as number:
                phone = number.e164
            case unread:
                problems.append(("phone", unread.reason))
    if "email" in words:
        match read_email(words["email"]):
            case EmailOk() as address:
                email = address.address
            case unclear:
                problems.append(("email", unclear.reason))
    return CustomerWords(name, phone, email, words.get("notes"), tuple(problems))


def _service_names(turn: OpenTurn) -> tuple[str, ...]:
    return tuple(name for service in turn.catalogue.services for name in (service.name, *service.aliases))


def _record(turn: OpenTurn, intent: Intent) -> None:
    resolution = intent.service
    if resolution is not None:
        turn.trace.step(
            "resolved",
            spoken=resolution.spoken,
            result=type(resolution).__name__.lower(),
            service_id=getattr(resolution, "service_id", None),
            score=getattr(resolution, "score", None),
            candidates=[
                {"service_id": one.service_id, "score": one.score, "evidence": one.evidence}
                for one in resolution.candidates[:5]
            ],
        )
    for name, reading in (("when", intent.when), ("which", intent.which)):
        if reading != Wish():
            turn.trace.step("understood", field=name, **_facts(reading))
    if intent.customer.problems:
        fields = [field for field, _ in intent.customer.problems if field != "name_said"]
        turn.trace.step("customer_unclear", fields=fields)


def _facts(reading: WhenReading) -> dict[str, Any]:
    if isinstance(reading, Wish):
        return {
            "day": reading.day.isoformat() if reading.day else None,
            "time": reading.at.isoformat("minutes") if reading.at else None,
            "window": [reading.window.start, reading.window.end] if reading.window else None,
            "days": [str(reading.days.first), str(reading.days.last)] if reading.days else None,
            "earliest": reading.earliest or None,
        }
    kind = "ask" if type(reading).__name__ == "AskWhen" else "refuse"
    return {kind: reading.reason}
