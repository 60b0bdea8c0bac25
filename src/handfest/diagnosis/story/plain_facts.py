"""Facts as they are recorded: ids, codes and the business's clock, for whoever has to find the place."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from whenever import ZonedDateTime

from handfest.diagnosis.story.facts import Facts
from handfest.diagnosis.story.timeline_words import TimelineWords

_PARTS = (
    ("service", "service_id"),
    ("event_type", "binding"),
    ("minutes", "duration_min"),
)
_REST = ("code", "cause", "evidence", "offer", "state", "booking", "start", "callback")


class PlainFacts:
    """Reads facts with ids and codes; the words between them are de or en."""

    def __init__(self, language: str) -> None:
        self._words = TimelineWords(language)

    def of(self, facts: Mapping[str, Any]) -> Facts:
        """The facts of a step as texts."""
        shown = Facts({name: _text(value) for name, value in facts.items() if value is not None})
        sought = self._parts(shown)
        shown["start"] = local(shown["start"])
        uid = [self._words.say("uid", shown)] if shown["uid"] else []
        return Facts(
            {
                **shown,
                "service": self._words.say("service", shown) if shown["service_id"] else "",
                "what": shown["service_id"] or shown["result"],
                "sought": ", ".join(sought),
                "appointment": ", ".join([*sought, *filter(None, [shown["start"]]), *uid]),
                "until": shown["held_until"].partition("T")[2][:8],
                "rest": ", ".join(f"{name} {shown[name]}" for name in _REST if shown[name]),
            }
        )

    def code(self, code: str) -> str:
        """The code itself."""
        return code

    def asked(self, tool: str, spelled: str | None, arguments: Mapping[str, Any]) -> str:
        """The tool as it was spelled, with its arguments as they came."""
        return f"{spelled or tool} ({', '.join(f'{name}: {value}' for name, value in arguments.items())})"

    def starts(self, moments: Sequence[ZonedDateTime]) -> str:
        """ISO days, each with its times."""
        by_day = groupby((local(moment.format_iso()) for moment in moments), key=lambda start: start[:10])
        return "; ".join(f"{day} {', '.join(start[11:] for start in alike)}" for day, alike in by_day)

    def _parts(self, shown: Facts) -> list[str]:
        return [self._words.say(word, shown) for word, name in _PARTS if shown[name]]


def local(moment: object) -> str:
    """The day and the minute of an ISO text."""
    return str(moment).split("[")[0].replace("T", " ")[:16]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
