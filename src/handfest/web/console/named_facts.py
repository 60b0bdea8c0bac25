"""The facts of a call as people of the business read them: names instead of ids, and the business's clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whenever import Instant, OffsetDateTime, ZonedDateTime

from handfest.diagnosis.story.facts import Facts
from handfest.model.catalogue import Catalogue
from handfest.web.words import Words

_NAMED = (
    ("code", "codes"),
    ("why", "causes"),
    ("reason", "reasons"),
    ("provider", "providers"),
)
_REST = ("code", "cause", "fields", "evidence")


@dataclass(frozen=True, slots=True)
class NamedFacts:
    """Reads the facts of this business's calls, in the words of one language."""

    words: Words
    catalogue: Catalogue

    def of(self, facts: Mapping[str, Any]) -> Facts:
        """The facts of a step as they are read."""
        shown = Facts({name: _text(value) for name, value in facts.items() if value is not None})
        for name, room in _NAMED:
            if shown[name]:
                shown[name] = self.words.name(room, shown[name])
        service = self.catalogue.service(shown["service_id"])
        named = service.name if service else shown["service_id"]
        length = self._length(facts.get("duration_min"))
        start = self.moment(shown["start"]) if shown["start"] else ""
        return Facts(
            {
                **shown,
                "service": named,
                "what": named or self.words.name("results", shown["result"]),
                "sought": named,
                "appointment": _joined(named, length, start),
                "start": start,
                "until": self.moment(shown["held_until"])[-5:],
                "rest": _joined(*(shown[name] for name in _REST)),
            }
        )

    def code(self, code: str) -> str:
        """What an answer was about."""
        return self.words.name("codes", code)

    def asked(self, tool: str, _spelled: str | None, arguments: Mapping[str, Any]) -> str:
        """What the agent asked for, in the words of our own tools whatever dialect it speaks."""
        said = ", ".join(
            f"{self.words.name('arguments', name)}: {value}" for name, value in arguments.items()
        )
        named = self.words.name("tools", tool)
        return f"{named} ({said})" if said else named

    def starts(self, moments: Sequence[ZonedDateTime]) -> str:
        """Starts on the clock of the business, each with its day."""
        zone = self.catalogue.business.time_zone
        return ", ".join(self.words.moment(moment.to_instant().to_tz(zone)) for moment in moments)

    def recorded(self, text: str) -> str:
        """A tool and its arguments as a transcript has them (`name {"argument": "value"}`)."""
        name, _, rest = text.partition(" ")
        try:
            arguments = json.loads(rest)
        except ValueError:
            return text
        return self.asked(name, None, arguments if isinstance(arguments, dict) else {})

    def moment(self, value: object) -> str:
        """An ISO moment on the clock of the business."""
        text = str(value or "").split("[")[0]
        try:
            at = OffsetDateTime.parse_iso(text).to_instant() if "+" in text else Instant.parse_iso(text)
        except ValueError:
            return text[:16].replace("T", " ")
        return self.words.moment(at.to_tz(self.catalogue.business.time_zone))

    def _length(self, minutes: object) -> str:
        return self.words.say("calendar", "minutes", count=minutes) if minutes else ""


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _text(value: object) -> str:
    return _joined(*map(str, value)) if isinstance(value, list | tuple) else str(value)
