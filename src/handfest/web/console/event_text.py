"""The events of a call in the reader's language; names instead of ids, and the clock of the business."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whenever import Instant, OffsetDateTime

from handfest.diagnosis.story.explain import Story
from handfest.diagnosis.story.served_findings import numbered
from handfest.diagnosis.story.timeline import Event, Lane
from handfest.model.catalogue import Catalogue
from handfest.model.turn import Step
from handfest.web.words import Words


@dataclass(frozen=True, slots=True)
class EventTexts:
    """Puts events of one call into words."""

    words: Words
    catalogue: Catalogue
    story: Story

    def told(self, events: tuple[Event, ...]) -> tuple[str, ...]:
        """One text an event."""
        steps = {one.number: one.step for one in numbered(self.story.turns)}
        replies = {turn.number: (turn.code, str(turn.reply.get("say") or "")) for turn in self.story.turns}
        return tuple(self._one(event, steps, replies) for event in events)

    def _one(self, event: Event, steps: Mapping[int, Step], replies: Mapping[int, tuple[str, str]]) -> str:
        step = steps.get(event.step or 0)
        if step is None:
            if event.lane is Lane.AGENT and event.turn in replies:
                code, say = replies[event.turn]
                return self.words.say("steps", "answered", code=self.words.name("codes", code), say=say)
            if event.text.startswith("the call has ended"):
                return self.words.say("steps", "ended")
            said = event.text.partition("“")[2].rstrip("”")
            return self.words.say("steps", "said", text=said) if said else event.text
        if step.name == "lost_to_another_caller":  # one line for all of them; only it knows their times
            return self.words.say("steps", step.name, times=event.text.partition(": ")[2])
        if step.name == "resolved" and event.lane is Lane.CALLER:
            return self.words.say("steps", "said", text=step.facts.get("spoken"))
        return self.step(step, event.text)

    def step(self, step: Step, otherwise: str) -> str:
        """A step in words; `otherwise` for one that has none."""
        template = self.words.steps.get(step.name)
        if template is None:
            return otherwise
        return " ".join(template.format_map(_Facts(self.facts(step.facts))).split())

    def asked(self, text: str) -> str:
        """A tool and its arguments, as a transcript has them (`name {"argument": "value"}`)."""
        name, _, rest = text.partition(" ")
        try:
            arguments = json.loads(rest)
        except ValueError:
            return text
        tool = self.words.name("tools", name)
        return f"{tool} ({self._said(arguments)})" if isinstance(arguments, dict) and arguments else tool

    def facts(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """The facts of a step as they are read."""
        shown = {name: self._value(name, value) for name, value in facts.items()}
        service = self.catalogue.service(str(facts.get("service_id", "")))
        shown["service"] = service.name if service else str(facts.get("service_id") or "")
        shown["tool"] = self.words.name("tools", str(facts.get("tool", "")))
        shown["said"] = self._said(facts.get("arguments") or {})
        shown["start"] = self.moment(facts.get("start"))
        shown["until"] = self.moment(facts.get("held_until"))[-5:]
        for name, room in (
            ("code", "codes"),
            ("why", "causes"),
            ("reason", "reasons"),
            ("result", "results"),
            ("provider", "providers"),
        ):
            if facts.get(name):
                shown[name] = self.words.name(room, str(facts[name]))
        return shown

    def moment(self, value: object) -> str:
        """An ISO moment on the clock of the business."""
        text = str(value or "").split("[")[0]
        try:
            at = OffsetDateTime.parse_iso(text).to_instant() if "+" in text else Instant.parse_iso(text)
        except ValueError:
            return text[:16].replace("T", " ")
        return self.words.moment(at.to_tz(self.catalogue.business.time_zone))

    def _said(self, arguments: Mapping[str, Any]) -> str:
        return ", ".join(
            f"{self.words.name('arguments', name)}: {value}" for name, value in arguments.items()
        )

    def _value(self, _name: str, value: Any) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(str(one) for one in value)
        return str(value)


class _Facts(dict[str, str]):
    """Facts of which some may be missing."""

    def __missing__(self, _key: str) -> str:
        return ""
