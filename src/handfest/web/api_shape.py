"""A shape of the management API: a value of ours as JSON, its fields read from the value's own.

A field that has another name in the API names the one it is read from (`validation_alias`), so that each is written
down once. Moments become ISO 8601: in UTC, or as the clock on the wall of the business shows them.
"""

from typing import Annotated, Any, Self

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from whenever import Instant, ZonedDateTime


class Shape(BaseModel):
    """What an answer is made of."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)

    @classmethod
    def of(cls, value: object) -> Self:
        """From the value."""
        return cls.model_validate(value)


def local(at: Instant, zone: str) -> str:
    """The moment as the clock on the wall of the business shows it, with its offset."""
    return _told(at.to_tz(zone))


def utc(at: Instant | None) -> str | None:
    """The moment in UTC, if there is one."""
    return None if at is None else at.format_iso()


def _told(at: ZonedDateTime) -> str:
    return at.format_iso().split("[")[0]


def _on_the_wall(value: Any) -> Any:
    return _told(value) if isinstance(value, ZonedDateTime) else value


def _in_utc(value: Any) -> Any:
    return value.format_iso() if isinstance(value, Instant) else value


Utc = Annotated[str, BeforeValidator(_in_utc)]
OnTheWall = Annotated[str, BeforeValidator(_on_the_wall)]


def read_from(name: str) -> Any:
    """A field that the value calls otherwise."""
    return Field(validation_alias=name)


def inside(part: str, name: str) -> Any:
    """A field of a part that may be missing; then it is null."""
    return Field(validation_alias=AliasChoices(AliasPath(part, name), part))
