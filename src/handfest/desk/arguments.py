"""The arguments of every tool. All are optional: what is missing is asked for, never demanded (B15, B60)."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

TEXT_MAX = 500
_EMPTY = frozenset({"", "none", "null", "undefined", "n/a", "unknown", "unbekannt"})


def _text(value: Any) -> Any:
    """Numbers become text, and the many spellings of nothing become None."""
    if isinstance(value, bool | list | dict):
        return None
    if isinstance(value, int | float):
        value = f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        # Half a character (a lone surrogate) can come in JSON, and nothing can keep or send it.
        value = " ".join(value.encode(errors="replace").decode().split())[:TEXT_MAX]
        return None if value.casefold() in _EMPTY or "{{" in value else value
    return None


Text = Annotated[str | None, BeforeValidator(_text)]


class Arguments(BaseModel):
    """Base of all argument models: unknown arguments are recorded by the caller, never an error."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CheckArguments(Arguments):
    """check_availability: what for, when, with whom."""

    service: Text = Field(None, description="service")
    service_id: Text = Field(None, description="service_id")
    when: Text = Field(None, description="when")
    date: Text = Field(None, description="date")
    time: Text = Field(None, description="time")
    staff: Text = Field(None, description="staff")


class BookArguments(CheckArguments):
    """book_appointment: which offer, for whom."""

    offer: Text = Field(None, description="offer")
    name: Text = Field(None, description="name")
    phone: Text = Field(None, description="phone")
    email: Text = Field(None, description="email")
    notes: Text = Field(None, description="notes")


class FindArguments(Arguments):
    """find_appointments: on which day, if one was named."""

    when: Text = Field(None, description="when")
    date: Text = Field(None, description="which_date")


class RescheduleArguments(Arguments):
    """reschedule_appointment: which appointment, to which new time."""

    appointment: Text = Field(None, description="appointment")
    old_date: Text = Field(None, description="which_date")
    old_time: Text = Field(None, description="which_time")
    offer: Text = Field(None, description="offer")
    when: Text = Field(None, description="when")
    date: Text = Field(None, description="date")
    time: Text = Field(None, description="time")
    staff: Text = Field(None, description="staff")


class CancelArguments(Arguments):
    """cancel_appointment: which appointment."""

    appointment: Text = Field(None, description="appointment")
    when: Text = Field(None, description="which")
    date: Text = Field(None, description="which_date")
    time: Text = Field(None, description="which_time")
    reason: Text = Field(None, description="reason")


class CallbackArguments(Arguments):
    """request_callback: for whom and why."""

    name: Text = Field(None, description="name")
    phone: Text = Field(None, description="phone")
    reason: Text = Field(None, description="reason")
    when: Text = Field(None, description="callback_when")
    service: Text = Field(None, description="service")


class ListArguments(Arguments):
    """list_services: nothing to say."""


class HoursArguments(Arguments):
    """opening_hours: of which day, if one was named."""

    when: Text = Field(None, description="when")
    date: Text = Field(None, description="which_date")
