"""What was said in a call, redacted, with the day it is forgotten."""

from dataclasses import dataclass

from whenever import Instant


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One utterance, tool request or tool answer; `at_s` is seconds into the call where they are known.

    `who` is agent | caller | tool. Personal data is blanked before a line is made (law 11).
    """

    at_s: float | None
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """The redacted words of one call. `final` once the call is over: no later update replaces it."""

    business_id: str
    call_id: str
    kept_until: Instant
    final: bool
    lines: tuple[TranscriptLine, ...]
