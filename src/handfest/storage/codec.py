"""Values to JSON and back, by their types; what comes out equals what went in (tested by property)."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    return adapter


def encode(value: object) -> str:
    """The value as JSON text."""
    return _adapter(type(value)).serializer.to_json(value).decode()


def decode(kind: type[T], body: str) -> T:
    """The value of this type that the text was made from."""
    result: T = _adapter(kind).validator.validate_json(body)
    return result
