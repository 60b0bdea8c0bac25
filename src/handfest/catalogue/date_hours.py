"""The hours of one date, changed in the text of a business file; everything else stays as it was written."""

from collections.abc import MutableMapping, Sequence
from datetime import date
from typing import Any

import tomlkit

from handfest.errors import ConfigurationError

KINDS = {"branches": "branch", "staff": "member of staff"}


def with_date(
    source: str, day: date, spans: Sequence[str] | None, *, kind: str | None = None, owner: str | None = None
) -> str:
    """The file in which `day` has these hours ("09:00-12:00"), is closed (no spans), or follows its weekday (None).

    `kind` and `owner` name whose hours they are ("branches" or "staff", an id), else the business's. The text is
    not checked here: reading it reports what is wrong. Raises ConfigurationError where there are no hours to change.
    """
    document = tomlkit.parse(source)
    hours = _hours(document, kind, owner)
    dates = hours.get("dates", {})
    dates.pop(day.isoformat(), None)
    closed = [text for text in hours.get("closed", ()) if str(text) != day.isoformat()]
    if spans is not None and not spans:
        closed.append(day.isoformat())
    elif spans:
        if "dates" not in hours:
            hours["dates"] = tomlkit.table()
        hours["dates"][day.isoformat()] = list(spans)
    if closed or "closed" in hours:
        hours["closed"] = closed
    return tomlkit.dumps(document)


def _hours(
    document: MutableMapping[str, Any], kind: str | None, owner: str | None
) -> MutableMapping[str, Any]:
    if kind is None:
        if "hours" not in document:
            document["hours"] = tomlkit.table()
        found: MutableMapping[str, Any] = document["hours"]
        return found
    row = next((one for one in document.get(kind, ()) if one.get("id") == owner), None)
    if row is None:
        raise ConfigurationError(f"the business file has no {KINDS[kind]} {owner!r}")
    if "hours" not in row:
        raise ConfigurationError(
            f"{owner} has no hours of their own: give them [{kind}.hours] in the file, change the hours of the "
            "business, or use `handfest busy add`"
        )
    own: MutableMapping[str, Any] = row["hours"]
    return own
