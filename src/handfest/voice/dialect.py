"""Other gateways' spellings of our tools and arguments, turned into ours before anything else sees them."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from handfest.desk.foreign_tools import SERVED
from handfest.desk.tools import TOOLS
from handfest.model.turn import ToolRequest

_DATA: Mapping[str, Any] = tomllib.loads(
    files("handfest.voice").joinpath("data/dialects.toml").read_text(encoding="utf-8")
)
_OURS: Mapping[str, str] = {
    spelling: ours for ours, spellings in _DATA["arguments"].items() for spelling in spellings
}
_IGNORED = frozenset(_DATA["ignored"]["names"]) | frozenset(_DATA["ignored"]["platform"])
_CARRIED = frozenset(_DATA["carried"]["names"])
_SUFFIX = re.compile(r"[_-]v\d+$")
_YES = frozenset({"true", "ja", "yes", "1"})


def read_tool(spelled: str, arguments: Mapping[str, Any]) -> ToolRequest:
    """The request in our words. A name nobody knows stays as it is, and the desk says so."""
    name = _SUFFIX.sub("", spelled.strip())
    mode = _DATA["modes"].get(name)
    if mode is not None:
        yes = any(str(arguments.get(flag, "")).casefold() in _YES for flag in mode["flags"])
        tool = mode["yes"] if yes else mode["no"]
    else:
        tool = _DATA["names"].get(name, name)
    ours, unread = _arguments(tool, arguments)
    plain = spelled == tool and tool in TOOLS and all(_is_ours(argument) for argument in arguments)
    return ToolRequest(
        tool=tool,
        arguments=ours,
        spelled=spelled,
        dialect="handfest" if plain else "foreign",
        unread=unread,
        carries=plain and any(argument in _CARRIED for argument in arguments),
    )


def _is_ours(argument: str) -> bool:
    """True for names that our own tools declare, and for what platforms add to every request."""
    return argument in _DATA["arguments"] or argument in _CARRIED or argument in _DATA["ignored"]["platform"]


def _arguments(tool: str, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Our argument names with the values given, and the names nobody reads (recorded, B12)."""
    found: dict[str, Any] = {}
    unread = []
    for spelled, value in arguments.items():
        name = _OURS.get(spelled)
        if name is None:
            if spelled not in _IGNORED:
                unread.append(spelled)
        elif name not in found or _nothing(found[name]):
            found[name] = value
    ours = _moved(tool, found)
    spec = SERVED.get(tool)
    if spec is None:
        return ours, tuple(unread)
    read = {name: value for name, value in ours.items() if name in spec.arguments.model_fields}
    unread += [spelled for spelled in arguments if _OURS.get(spelled) in ours and _OURS[spelled] not in read]
    return read, tuple(unread)


def _nothing(value: Any) -> bool:
    """True for what stands for no value: empty, or a variable that the platform has not set (B89)."""
    return value is None or (isinstance(value, str) and (not value.strip() or "{{" in value))


def _moved(tool: str, found: dict[str, Any]) -> dict[str, Any]:
    """`new_date` and `new_time` are `date` and `time` of the one tool that knows an old and a new time."""
    for new, plain, old in (("new_date", "date", "old_date"), ("new_time", "time", "old_time")):
        value = found.pop(new, None)
        if value is not None:
            if tool == "reschedule_appointment" and plain in found:
                found.setdefault(old, found[plain])
            found[plain] = value
    return found


def accepted_names() -> tuple[str, ...]:
    """Every name that leads to a tool; each may carry a version suffix."""
    return (*_DATA["names"], *_DATA["modes"])
