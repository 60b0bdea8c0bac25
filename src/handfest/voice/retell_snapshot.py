"""A snapshot of a live agent as canonical JSON, so that a rollback can be held against it byte by byte."""

import json
from collections.abc import Mapping
from typing import Any

from handfest.errors import PayloadMalformed
from handfest.voice.retell_live import Json, Live

VOLATILE = frozenset(
    {
        "version",
        "base_version",
        "last_modification_timestamp",
        "is_published",
        "version_title",
        "version_description",
        "assigned_tags",
    }
)
"""What the platform itself writes into every version; two versions with equal content differ in these."""
FORMAT = 1


def canonical(value: Any) -> str:
    """JSON with one spelling for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def snapshot_text(live: Live) -> str:
    """The snapshot as it is kept in a file: canonical JSON, one line, newline at the end."""
    data = {
        "handfest_snapshot": FORMAT,
        "agent_id": live.agent_id,
        "agent": live.agent,
        "engine": live.engine,
        "numbers": list(live.numbers),
    }
    return canonical(data) + "\n"


def read_snapshot(text: str) -> Live:
    """The agent that a snapshot was taken of. Raises PayloadMalformed for any other text."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise PayloadMalformed(f"this is no snapshot: {error}") from error
    if not isinstance(data, dict) or data.get("handfest_snapshot") != FORMAT:
        raise PayloadMalformed("this is no snapshot of handfest's: `handfest_snapshot` is missing")
    return Live(data["agent_id"], data["agent"], data["engine"], tuple(data["numbers"]))


def content_of(agent: Json, engine: Json | None) -> str:
    """What a version is, without what the platform writes into it; equal text means byte-identical content."""
    return canonical([_plain(agent), _plain(engine or {})])


def live_content(live: Live) -> str:
    """The content that answers calls, with the numbers that lead to it."""
    numbers = [_number(number) for number in live.numbers]
    return canonical([_plain(live.agent), _plain(live.engine or {}), numbers])


def _plain(row: Json) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in VOLATILE}
    engine = plain.get("response_engine")
    if isinstance(engine, Mapping):
        plain["response_engine"] = {name: value for name, value in engine.items() if name != "version"}
    return plain


def _number(number: Json) -> dict[str, Any]:
    return {name: value for name, value in number.items() if name != "last_modification_timestamp"}
