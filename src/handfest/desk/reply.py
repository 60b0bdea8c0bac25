"""Put an outcome into words: the sentence is rendered from the stored object (law 5)."""

from collections.abc import Sequence
from typing import Any

from whenever import Instant

from handfest.booking.open_turn import OpenTurn
from handfest.desk.refusal_words import refusal_sentence
from handfest.desk.spoken_times import speak_choices, speak_spans, speak_start
from handfest.desk.spoken_wish import speak_wish
from handfest.model.booking import Booking
from handfest.model.call import Call
from handfest.model.letter import LetterWay
from handfest.model.notice import Notice, NoticeKind
from handfest.model.offer import Offer
from handfest.model.outcome import (
    Appointments,
    Booked,
    CallbackTaken,
    Cancelled,
    Changed,
    Dated,
    Failed,
    Greeted,
    LetGo,
    Offered,
    OpeningTimes,
    Outcome,
    Pending,
    ServiceList,
)
from handfest.model.refusal import Refusal
from handfest.model.reply import Reply
from handfest.speech.sentences import sentence, word
from handfest.speech.spoken import speak_day, speak_list, speak_moment, speak_time

NAMES_MAX = 5
_DONE = frozenset({NoticeKind.BOOKING_MOVED, NoticeKind.BOOKING_CANCELLED})
"""Notices of what the calendar has confirmed."""
_BY = {
    frozenset({LetterWay.EMAIL}): "by_email",
    frozenset({LetterWay.TEXT}): "by_text",
    frozenset(LetterWay): "by_email_and_text",
}
_OPEN_SERVICE = frozenset({"service_unknown", "service_ambiguous"})


def reply_to(outcome: Outcome, turn: OpenTurn, call: Call) -> Reply:
    """The reply for an outcome, with today's date and the selected service in it (B13)."""
    ok, code, say, following, data = _words(outcome, turn)
    if turn.spoken and call.notices:
        say = " ".join([*(_notice(notice, turn) for notice in call.notices), say])
        data = {**data, "notices": [_told(notice) for notice in call.notices]}
    today = turn.now.to_tz(turn.zone.key).date().to_stdlib()
    common: dict[str, Any] = {"today": speak_day(today, turn.language, year=True)}
    # While it is open what the caller wishes for, no service id may travel on to the next tool (law 2).
    if call.pin is not None and code not in _OPEN_SERVICE:
        common["selected_service_id"] = call.pin.service_id
    return Reply(ok, code, say, following, {**data, **common})


def _words(outcome: Outcome, turn: OpenTurn) -> tuple[bool, str, str, str, dict[str, Any]]:
    match outcome:
        case Offered():
            return _offered(outcome, turn)
        case Booked():
            name = "booked_staff" if outcome.staff_wished else "booked"
            name = "requested" if outcome.pending else name
            say = " ".join(
                [_done(turn, name, outcome.booking) + _told_by(outcome.told, turn), *_unread(turn)]
            )
            unread = {"unread": list(turn.unread)} if turn.unread else {}
            return True, "booked", say, "done", {"booking": _booking(outcome.booking, turn), **unread}
        case Changed():
            say = _done(turn, "requested" if outcome.pending else "changed", outcome.booking)
            say += _told_by(outcome.told, turn)
            return True, "changed", say, "done", {"booking": _booking(outcome.booking, turn)}
        case Cancelled():
            say = _done(turn, "cancelled", outcome.booking) + _told_by(outcome.told, turn)
            return True, "cancelled", say, "done", {"booking": _booking(outcome.booking, turn)}
        case Appointments():
            return _appointments(outcome, turn)
        case ServiceList():
            return _services(outcome, turn)
        case OpeningTimes():
            return True, "hours", _hours(outcome, turn), "ask", {}
        case CallbackTaken():
            return True, "callback_taken", sentence(turn.language, "done", "callback"), "done", {}
        case Greeted():
            return True, "greeted", sentence(turn.language, "greet", "hello"), "ask", _greeted(outcome, turn)
        case Dated():
            return _dated(outcome, turn)
        case LetGo():
            return True, "let_go", sentence(turn.language, "greet", "let_go"), "ask", {}
        case Pending():
            return True, "pending", sentence(turn.language, "pending", outcome.kind), "stop", {}
        case Failed():
            return False, outcome.code, sentence(turn.language, "fault", outcome.sentence), "ask", {}
        case Refusal():
            offers = outcome.facts.get("offers", ())
            data = {"offers": _offers(offers, turn)} if offers else {}
            data.update(_options(outcome, turn))
            return True, outcome.code.value, refusal_sentence(outcome, turn), outcome.next, data


def _notice(notice: Notice, turn: OpenTurn) -> str:
    """What staff changed meanwhile, said before the answer itself."""
    language = turn.language
    was = notice.start.to_tz(notice.zone)
    now = notice.moved_to.to_tz(notice.zone) if notice.moved_to is not None else was
    return sentence(
        language,
        "done" if notice.kind in _DONE else "notice",
        notice.kind.value,
        service=notice.service_name,
        asked=speak_moment(was, language),
        day=speak_day(now.date().to_stdlib(), language, after_on=True),
        time=speak_time(now.hour, now.minute, language),
    )


def _told(notice: Notice) -> dict[str, Any]:
    told = {"what": notice.kind.value, "id": notice.subject}
    return told if notice.successor is None else {**told, "now": notice.successor}


def _offered(outcome: Offered, turn: OpenTurn) -> tuple[bool, str, str, str, dict[str, Any]]:
    first = outcome.offers[0]
    language = turn.language
    say = sentence(
        language,
        "offer",
        outcome.sentence,
        service=first.service_name,
        staff=first.staff_name or word(language, "nobody"),
        day=speak_day(first.local_start.date().to_stdlib(), language, after_on=True),
        time=speak_start(first, language),
        times=speak_choices(outcome.offers, turn.now, language),
        asked=_moment(outcome.asked, turn),
        why=sentence(language, "why", outcome.why or "unknown"),
        offered=outcome.offered_before,
        wish=speak_wish(outcome.wish, turn.now.to_tz(turn.zone.key).date().to_stdlib(), language)
        if outcome.wish is not None
        else "",
    )
    data: dict[str, Any] = {"offers": _offers(outcome.offers, turn)}
    if outcome.asked is not None:
        data["asked"] = {"start": _iso(outcome.asked, turn), "free": False, "why": outcome.why}
    return True, "offered", say, outcome.next, data


def _offers(offers: Sequence[Offer], turn: OpenTurn) -> list[dict[str, Any]]:
    """In the order in which they are said: who takes "the first one" means the first that was heard."""
    return [_offer(offer, turn) for offer in sorted(offers, key=lambda one: one.start)]


def _offer(offer: Offer, turn: OpenTurn) -> dict[str, Any]:
    return {
        "id": offer.id,
        "start": offer.local_start.format_iso().split("[")[0],
        "service": offer.service_name,
        "service_id": offer.service_id,
        "duration_min": offer.duration_min,
        "staff": offer.staff_name if offer.staff_wished else None,
        "say": speak_moment(offer.local_start, turn.language),
    }


def _booking(booking: Booking, turn: OpenTurn) -> dict[str, Any]:
    return {
        "id": booking.id,
        "start": booking.local_start.format_iso().split("[")[0],
        "service": booking.service_name,
        "service_id": booking.service_id,
        "duration_min": booking.duration_min,
        "staff": booking.staff_name,
        "say": speak_moment(booking.local_start, turn.language),
    }


def _done(turn: OpenTurn, name: str, booking: Booking) -> str:
    local, language = booking.local_start, turn.language
    return sentence(
        language,
        "done",
        name,
        service=booking.service_name,
        day=speak_day(local.date().to_stdlib(), language, after_on=True),
        time=speak_start(booking, language),
        staff=booking.staff_name,
    )


def _told_by(ways: frozenset[LetterWay], turn: OpenTurn) -> str:
    """The promise of a confirmation, for what is in the outbox."""
    return f" {sentence(turn.language, 'done', _BY[ways])}" if ways else ""


def _unread(turn: OpenTurn) -> list[str]:
    """What was given and not understood is told; the appointment stands without it."""
    said = {"email": "unread_email", "phone": "unread_phone"}
    return [sentence(turn.language, "done", said[name]) for name in turn.unread]


def _appointments(outcome: Appointments, turn: OpenTurn) -> tuple[bool, str, str, str, dict[str, Any]]:
    language = turn.language
    items = [
        sentence(
            language,
            "list",
            "item",
            service=booking.service_name,
            day=speak_day(booking.local_start.date().to_stdlib(), language, after_on=True),
            time=speak_start(booking, language),
        )
        for booking in outcome.bookings[:NAMES_MAX]
    ]
    name = "appointment" if len(outcome.bookings) == 1 else "appointments"
    spoken = speak_list(items, word(language, "and"))
    say = sentence(language, "list", name, items=spoken, count=len(outcome.bookings))
    data = {"appointments": [_booking(booking, turn) for booking in outcome.bookings[:NAMES_MAX]]}
    return True, "appointments", say, "ask", data


def _services(outcome: ServiceList, turn: OpenTurn) -> tuple[bool, str, str, str, dict[str, Any]]:
    shown = outcome.services[:NAMES_MAX]
    spoken = speak_list([service.name for service in shown], word(turn.language, "and"))
    say = sentence(turn.language, "list", "services_more" if outcome.more else "services", items=spoken)
    rows = [
        {"id": service.id, "name": service.name, "duration_min": service.duration_min, "price": service.price}
        for service in outcome.services[:20]
    ]
    return True, "services", say, "ask", {"services": rows}


def _hours(outcome: OpeningTimes, turn: OpenTurn) -> str:
    language = turn.language
    if outcome.day is not None:
        day = speak_day(outcome.day, language, after_on=True)
        spans = outcome.spans[0][1]
        if not spans:
            return sentence(language, "list", "hours_closed", day=day)
        return sentence(language, "list", "hours_day", day=day, spans=speak_spans(((), spans), language))
    if not outcome.spans:
        return sentence(language, "list", "hours_none")
    items = [speak_spans(group, language) for group in outcome.spans]
    return sentence(language, "list", "hours", items=", ".join(items))


def _greeted(outcome: Greeted, turn: OpenTurn) -> dict[str, Any]:
    """Now, and whether the caller is known; nothing about who it is (law 11)."""
    local = turn.now.to_tz(turn.zone.key)
    caller = {True: "known", False: "new", None: "anonymous"}[outcome.known]
    return {"now": local.format_iso().split("[")[0][:16], "caller": caller}


def _dated(outcome: Dated, turn: OpenTurn) -> tuple[bool, str, str, str, dict[str, Any]]:
    day = speak_day(outcome.day, turn.language, year=True)
    data: dict[str, Any] = {"date": outcome.day.isoformat(), "day": day}
    if outcome.at is not None:
        data["time"] = outcome.at.isoformat("minutes")
        clock = speak_time(outcome.at.hour, outcome.at.minute, turn.language)
        return True, "dated", sentence(turn.language, "greet", "moment", day=day, time=clock), "ask", data
    return True, "dated", sentence(turn.language, "greet", "day", day=day), "ask", data


def _options(outcome: Refusal, turn: OpenTurn) -> dict[str, Any]:
    options: Sequence[str] = outcome.facts.get("options", ())
    services = [turn.catalogue.service(service_id) for service_id in options]
    rows = [{"service_id": service.id, "service": service.name} for service in services if service]
    data: dict[str, Any] = {"options": rows} if rows else {}
    bookings: Sequence[Booking] = outcome.facts.get("bookings", ())
    if bookings:
        data["appointments"] = [_booking(booking, turn) for booking in bookings[:NAMES_MAX]]
    if "missing" in outcome.facts:
        data["missing"] = outcome.facts["missing"]
    return data


def _moment(at: Instant | None, turn: OpenTurn) -> str:
    return speak_moment(at.to_tz(turn.zone.key), turn.language) if at is not None else ""


def _iso(at: Instant, turn: OpenTurn) -> str:
    return at.to_tz(turn.zone.key).format_iso().split("[")[0]
