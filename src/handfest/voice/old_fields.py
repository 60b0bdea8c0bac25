"""Our answer once more in the field names of the gateway replaced, for agents that were built for it.

Nothing is decided here: every value is read from the reply. The laws stay: `success` of a booking tool is
true only for a durable booking, and an id is only there when it is known (B62, B63, B85).
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from handfest.model.reply import Reply
from handfest.model.turn import ToolRequest

_DATA: Mapping[str, Any] = tomllib.loads(
    files("handfest.voice").joinpath("data/old_fields.toml").read_text(encoding="utf-8")
)


def old_fields(reply: Reply, request: ToolRequest, language: str) -> dict[str, Any]:
    """The further fields of an answer to a request in a foreign dialect."""
    kind = _DATA["kind"].get(request.tool)
    success = reply.ok and (kind is None or reply.code in _DATA["done"][kind])
    offers = reply.data.get("offers", [])
    confirm = reply.next == "confirm" and len(offers) == 1
    booking = _booking(reply)
    fields = {
        "success": success,
        "status": _status(reply, kind),
        "message": reply.say,
        "bestaetigung_status": _DATA["bestaetigung_status"].get(_confirmation(reply, kind), "none"),
        "awaiting_confirmation": confirm,
        "appointment_id": booking,
        "reference_id": booking,
        "next_action": _DATA["next_action"].get(reply.next),
        "next_steps": _DATA["next_steps"][language].get(reply.next),
        "selected_service_id": reply.data.get("selected_service_id"),
        "alternatives": [] if confirm else [_time(offer) for offer in offers],
    }
    if reply.code == "offered":
        fields["available"] = confirm
        fields["reservation_uid"] = offers[0]["id"]
    if confirm:
        fields |= {"requested_time": offers[0]["start"][:16], "slot_time": offers[0]["start"][11:16]}
    return fields | _context(reply) | _date(reply)


def _status(reply: Reply, kind: str | None) -> str:
    special = _DATA["status_of_sentence"]
    if "asked" in reply.data:
        return str(special["instead"])
    if reply.data.get("missing") == "name":
        return str(special["name"])
    if reply.code == "booking_not_found" and len(reply.data.get("appointments", ())) > 1:
        return str(special["several"])
    own = _DATA["status_of"].get(kind or "", {}).get(reply.code)
    return str(own or _DATA["status"].get(reply.code, "error"))


def _confirmation(reply: Reply, kind: str | None) -> str:
    done = reply.next == "done" and kind is not None and reply.code in _DATA["done"][kind]
    return "done" if done else ("confirm" if reply.next == "confirm" else "")


def _booking(reply: Reply) -> str | None:
    """The id of the one appointment this answer is about."""
    booking = reply.data.get("booking")
    if booking is None:
        found = reply.data.get("appointments", ())
        booking = found[0] if len(found) == 1 else None
    return str(booking["id"]) if booking is not None else None


def _time(offer: Mapping[str, Any]) -> dict[str, Any]:
    start = str(offer["start"])
    return {
        "datetime": f"{start[:10]} {start[11:16]}",
        "date": start[:10],
        "time": start[11:16],
    }


def _context(reply: Reply) -> dict[str, Any]:
    """The present moment and whether the caller is known, where that was asked."""
    now = reply.data.get("now")
    if now is None:
        return {}
    caller = reply.data["caller"]
    status = {"known": "found", "new": "new", "anonymous": "anonymous"}[caller]
    weekday = str(reply.data.get("today", "")).split(",")[0]
    return {
        "current_time": {"iso": now, "date": now[:10], "time": now[11:16], "weekday": weekday},
        "customer": {"status": status},
        "found": caller == "known",
        "customer_status": "existing_customer" if caller == "known" else "new_customer",
    }


def _date(reply: Reply) -> dict[str, Any]:
    """The day understood, where a date was to be read."""
    if reply.code != "dated":
        return {}
    day = str(reply.data["day"])
    return {"display_date": day, "day_name": day.split(",")[0], "next_action": "check_availability"}
