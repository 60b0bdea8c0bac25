"""One call with all the rules look at: speech cut into clauses, tool uses, what was offered by when."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate, groupby

from whenever import Instant

from handfest.diagnosis.hearing.business_clock import BusinessClock
from handfest.diagnosis.hearing.phrases import Phrases, phrases
from handfest.diagnosis.hearing.spoken_time import SpokenTimes, Stated, bare_hours, has_number, read_times
from handfest.diagnosis.hearing.spoken_words import spoken_words
from handfest.diagnosis.hearing.written_time import TimeFault
from handfest.diagnosis.recording.asked import Reading
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue, AuditedService, folded
from handfest.diagnosis.recording.recorded_call import RecordedCall, Speaker, Utterance
from handfest.diagnosis.recording.tool_use import ToolUse, tool_uses
from handfest.diagnosis.recording.tool_words import ToolKind

SHORT_NAME = 4
JOINING = ("und", "and", "&", "+")
_LENGTH = re.compile(r"(?<!\d)(\d{1,3})min(?:ute|uten|utes|ütig)?")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of one utterance with one thing to say.

    `question` is that of its whole sentence; `asks` that of the stretch: "ten is free, shall I book it?" asks last.
    """

    text: str
    times: SpokenTimes
    question: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class Speech:
    """An utterance, read."""

    utterance: Utterance
    clauses: tuple[Clause, ...]

    @property
    def index(self) -> int:
        """Where it stands in the call."""
        return self.utterance.index

    @property
    def of_agent(self) -> bool:
        """Whether the agent speaks."""
        return self.utterance.speaker is Speaker.AGENT

    @property
    def text(self) -> str:
        """All clauses in lower case."""
        return " ".join(clause.text for clause in self.clauses)


class CallEvidence:
    """The evidence of one call; built once, read by every rule, never changed."""

    def __init__(self, call: RecordedCall, catalogue: AuditCatalogue) -> None:
        clock = BusinessClock.of(catalogue.time_zone)
        today, _ = clock.wall(call.start)
        self.call = call
        self.catalogue = catalogue
        self.reading = Reading(catalogue, clock, call.start, today, catalogue.language)
        self.words: Phrases = phrases(catalogue.language)
        self.uses: tuple[ToolUse, ...] = tool_uses(call, self.reading)

    @cached_property
    def speeches(self) -> tuple[Speech, ...]:
        """Every utterance in order, cut into clauses with their times."""
        spoken: list[Speech] = []
        known: list[date] = []
        starts: frozenset[int] = frozenset()
        for step in self.call.steps:
            if isinstance(step, Utterance):
                spoken.append(self._speech(step, known, starts))
                said = [day for clause in spoken[-1].clauses for day in clause.times.days]
                known += [day.dates[0] for day in said if not day.bare and not day.open]
            else:
                known += self._days_by_tool.get(step.index, ())
                starts |= self._starts_by_tool.get(step.index, frozenset())
        return tuple(spoken)

    @cached_property
    def _days_by_tool(self) -> dict[int, list[date]]:
        """The days each search asked about and each answer listed, by the step's place; a booking may err."""
        days: dict[int, list[date]] = {}
        for use in self.uses:
            if use.kind in (ToolKind.BOOKING, ToolKind.RESCHEDULE):
                continue
            days[use.request.index] = list(use.asked.days)
            listed = {self.reading.clock.wall(moment)[0] for moment in use.times.free}
            days.setdefault(use.result_index, []).extend(sorted(listed, reverse=True))
        return days

    @cached_property
    def _starts_by_tool(self) -> dict[int, frozenset[int]]:
        """The times of day that each answer called free, by the step's place."""
        wall = self.reading.clock.wall
        return {
            use.result_index: frozenset(wall(moment)[1] for moment in use.times.free)
            for use in self.uses
            if use.times.free
        }

    def _speech(self, utterance: Utterance, known: Sequence[date], starts: frozenset[int]) -> Speech:
        clauses: list[Clause] = []
        for sentence in self.words.sentences(utterance.text):
            question = sentence.rstrip().endswith("?")
            texts = self.words.clauses(sentence)
            apart = self._ends_apart if utterance.speaker is Speaker.AGENT else self._apart
            texts = [part for text in texts for part in apart(text)]
            for place, text in enumerate(texts, 1):
                times = read_times(text, self.reading.language, self.reading.today).meaning(known)
                bare = () if times.clocks else bare_hours(text, self.reading.language, starts)
                if bare and not self.words.found("aside", text):
                    own = times.days[-1] if times.days else None
                    times = replace(times, stated=tuple(Stated(clock, own) for clock in bare), rest="")
                clauses.append(Clause(text, times, question, question and place == len(texts)))
        return Speech(utterance, tuple(clauses))

    def _apart(self, text: str) -> list[str]:
        """Cut at commas what a caller says of times, of other things, and of times that are not meant."""
        if self.words.found("gone_by", text):
            return [text]
        parts = text.split(", ")
        kinds = [
            (self._is_timed(part), self._is_timed(part) and self.words.found("negation", part))
            for part in parts
        ]
        groups = groupby(zip(kinds, parts, strict=True), key=lambda each: each[0])
        return [", ".join(part for _, part in group) for _, group in groups]

    def _ends_apart(self, text: str) -> list[str]:
        """Cut off what an agent says of when an appointment will be over."""
        groups = groupby(text.split(", "), key=lambda part: self.words.found("finishing", part))
        return [", ".join(group) for _, group in groups]

    def _is_timed(self, part: str) -> bool:
        language = self.reading.language
        return has_number(part, language) or read_times(part, language, self.reading.today).any

    @property
    def bookings(self) -> tuple[ToolUse, ...]:
        """The booking requests."""
        return tuple(use for use in self.uses if use.kind is ToolKind.BOOKING)

    @property
    def searches(self) -> tuple[ToolUse, ...]:
        """The availability requests."""
        return tuple(use for use in self.uses if use.kind is ToolKind.AVAILABILITY)

    def about_appointments(self, index: int) -> bool:
        """Whether an appointment was the topic before this step: a tool was asked, or the caller spoke of one.

        A day with a time of it is an appointment's ("haben Sie morgen um elf?"), unless hours are asked about.
        """
        asked = any(use.request.index < index and use.kind is not ToolKind.OTHER for use in self.uses)
        return asked or any(
            self.words.found("appointment_talk", speech.text)
            or self.service_in(speech.utterance.text) is not None
            or any(self._names_moment(clause) for clause in speech.clauses)
            for speech in self.speeches
            if speech.index < index and not speech.of_agent
        )

    def _names_moment(self, clause: Clause) -> bool:
        moment = clause.times.days and clause.times.clocks
        return bool(moment) and not self.words.found("hours_words", clause.text)

    def answered_before(self, index: int) -> Iterator[ToolUse]:
        """The uses whose answers had arrived before this step."""
        return (use for use in self.uses if use.result_index < index)

    def offered_before(self, index: int) -> set[Instant]:
        """Single starts that answers before this step listed or confirmed as free."""
        offered: set[Instant] = set()
        for use in self.answered_before(index):
            offered |= use.times.free
            if use.kind is ToolKind.HOLD and use.succeeded and use.asked.start.moment is not None:
                offered.add(use.asked.start.moment)
        return offered

    def was_offered(self, start: Instant, index: int) -> bool:
        """Whether this start was offered before this step, as a single start or inside a free range."""
        return start in self.offered_before(index) or any(
            use.times.offers_start(start) or (use.unreadable) for use in self.answered_before(index)
        )

    def breaks_rule(self, use: ToolUse) -> bool:
        """Whether the request was spoilt before its time could matter: bad date, unknown tool, template."""
        return (
            use.asked.start.fault is not None
            or use.asked.templated
            or use.cause in ("tool_unknown", "arguments")
        )

    def in_past_or_impossible(self, use: ToolUse) -> bool:
        """Whether HF408 applies to this request."""
        checked = (ToolKind.AVAILABILITY, ToolKind.BOOKING, ToolKind.RESCHEDULE, ToolKind.HOLD)
        return use.kind in checked and use.asked.start.fault in (TimeFault.PAST, TimeFault.IMPOSSIBLE)

    def service_in(self, text: str) -> AuditedService | None:
        """The one service whose name or alias is spoken in this text; the longest name wins."""
        found = self._named_in(text)
        if not found:
            return self._by_spoken_length(text)
        longest = max(end - start for start, end, _ in found)
        best = {service for start, end, service in found if end - start == longest}
        return best.pop() if len(best) == 1 else None

    def last_service_in(self, text: str) -> AuditedService | None:
        """The service named last in this text, where a shorter name inside a longer one does not count."""
        found = self._named_in(text)
        whole = [
            (end, start, service)
            for start, end, service in found
            if not any(a <= start and end <= b and (a, b) != (start, end) for a, b, _ in found)
        ]
        if not whole:
            return self._by_spoken_length(text)
        last = max(end for end, _, _ in whole)
        best = {service for end, _, service in whole if end == last}
        return best.pop() if len(best) == 1 else None

    def _named_in(self, text: str) -> list[tuple[int, int, AuditedService]]:
        """Where names of services stand, counted in letters; a short name only as words of its own."""
        spoken = spoken_words(self.reading.language).with_digits(text).split()
        words = [folded(word) for word in spoken if word not in JOINING]
        heard, edges = "".join(words), {0, *accumulate(len(word) for word in words)}
        found: list[tuple[int, int, AuditedService]] = []
        for service in self.catalogue.services:
            for name in filter(None, _spoken_names(service)):
                place = heard.rfind(name)
                while place >= 0:
                    end = place + len(name)
                    if len(name) > SHORT_NAME or {place, end} <= edges:
                        found.append((place, end, service))
                        break
                    place = heard.rfind(name, 0, end - 1)
        return found

    def _by_spoken_length(self, text: str) -> AuditedService | None:
        """The one service whose length is spoken ("a consultation of 30 minutes"), where no other has it."""
        heard = folded(spoken_words(self.reading.language).with_digits(text))
        lengths = {int(minutes) for minutes in _LENGTH.findall(heard)}
        services = self.catalogue.by_duration(lengths.pop()) if len(lengths) == 1 else ()
        return services[0] if len(services) == 1 else None


@lru_cache(maxsize=1 << 12)
def _spoken_names(service: AuditedService) -> tuple[str, ...]:
    """The folded names of a service as people join them: "wash, cut and dry" is "wash cut dry"."""
    names = (service.name, *service.aliases)
    parts = ([word for word in name.casefold().split() if word not in JOINING] for name in names)
    return tuple(folded("".join(words)) for words in parts)
