"""A Reply as the text that goes back: one line of JSON that fits what a model is given to read."""

import json
from collections.abc import Mapping
from typing import Any

from handfest.model.reply import Reply

ANSWER_MAX = 1500
"""Characters; platforms cut later (Retell at 15 000), models listen worse before."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_SHORTENED = ("services", "appointments", "options", "alternatives", "offers")


def answer_text(reply: Reply, more: Mapping[str, Any] | None = None) -> str:
    """The reply as one line of JSON, `say` first after the codes, long lists shortened until it fits.

    `more` are fields that a platform or a dialect needs beside ours; ours win where both have one.
    """
    fields = {**reply.as_dict(), **(more or {}), **reply.as_dict()}
    text = _line(fields)
    while len(text) > ANSWER_MAX:
        longest = max(_SHORTENED, key=lambda name: len(fields.get(name) or ()))
        if not fields.get(longest):
            break
        fields = {**fields, longest: fields[longest][:-1]}
        text = _line(fields)
    return text


def _line(fields: dict[str, Any]) -> str:
    return _encode(fields)
