"""What the management API is given: values with their bounds, so that nothing beyond them reaches a use case."""

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from whenever import Instant

from handfest.model.page import Position

FIRST_YEAR, LAST_YEAR = 2000, 2100
NUMBER_MAX = 2**31 - 1


def plain_text(value: str) -> str:
    """Text that every database keeps: no zero character, no half of a character. Raises ValueError."""
    if "\x00" in value:
        raise ValueError("text must not have a zero character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text must not have half of a character") from error
    return value


def _of_our_time(value: Any) -> Any:
    if not FIRST_YEAR <= value.year < LAST_YEAR:
        raise ValueError(f"give a time from {FIRST_YEAR} to {LAST_YEAR}")
    return value


Text = Annotated[str, AfterValidator(plain_text)]
Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Day = Annotated[date, AfterValidator(_of_our_time)]
Number = Annotated[int, Field(ge=0, le=NUMBER_MAX)]
Id = Annotated[Text, Path(min_length=1, max_length=200)]
Sought = Annotated[Text | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200, description="Rows of one page.")]
Cursor = Annotated[
    Text | None, Query(max_length=400, description="`next` of the page before; leave it out for the first.")
]


class BadCursor(ValueError):
    """A cursor that no page of ours ended with."""


def position_of(cursor: str | None) -> Position | None:
    """Where the page before ended. Raises BadCursor."""
    if cursor is None:
        return None
    try:
        at, _, ident = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        return Position(Instant.from_timestamp(int(at), unit="millisecond"), plain_text(ident))
    except (binascii.Error, ValueError, OverflowError) as error:
        raise BadCursor(cursor) from error


def cursor_of(position: Position | None) -> str | None:
    """Where the next page begins, as a client hands it back."""
    if position is None:
        return None
    text = f"{position.at.timestamp(unit='millisecond')}:{position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def instant_of(moment: datetime) -> Instant:
    """The moment that was given."""
    return Instant(moment)


def maybe_instant(moment: datetime | None) -> Instant | None:
    """The moment that was given, if one was."""
    return None if moment is None else Instant(moment)


class Given(BaseModel):
    """A body. What it does not know is refused, because a misspelled field would be silently lost."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return plain_text(value) if isinstance(value, str) else value


class CustomerBody(Given):
    """The customer as it was typed."""

    name: str = Field(min_length=1, max_length=200)
    phone: str | None = Field(None, max_length=50)
    email: str | None = Field(None, max_length=254)
    notes: str | None = Field(None, max_length=1000)


class BookBody(Given):
    """An appointment to be made at the desk."""

    service_id: str = Field(min_length=1, max_length=200)
    start: Moment
    customer: CustomerBody
    staff_id: str | None = Field(None, max_length=200, description="Whoever is free, if left out.")
    branch_id: str | None = Field(None, max_length=200)


class MoveBody(Given):
    """Where an appointment or a held time goes."""

    start: Moment
    staff_id: str | None = Field(None, max_length=200, description="Stays with whoever has it, if left out.")


class ReasonBody(Given):
    """Why it is done, for the log."""

    reason: str | None = Field(None, max_length=200)


class ResultBody(Given):
    """What came of it."""

    result: str = Field(min_length=1, max_length=500)


class AbsenceBody(Given):
    """Somebody, or everybody, is not there."""

    start: Moment
    end: Moment
    staff_id: str | None = Field(None, max_length=200, description="Everybody, if left out.")
    kind: str = Field("absence", pattern="^(absence|busy)$")
    label: str | None = Field(None, max_length=100)


class DraftBody(Given):
    """The text of the draft, and the `edit` of the state it was made from."""

    source: str = Field(max_length=256 * 1024)
    edit: Number


class ApplyBody(Given):
    """The edit that was looked at."""

    edit: Number


class AliasBody(Given):
    """Words that name a service."""

    service_id: str = Field(min_length=1, max_length=200)
    alias: str = Field(min_length=1, max_length=100)


class VersionBody(Given):
    """The version to go back to; the one before the active one, if left out."""

    version: Number | None = None
