"""Whether a sentence states that something is done: booked, changed or cancelled."""

import re
from dataclasses import dataclass
from functools import lru_cache

from handfest.diagnosis.hearing.phrases import Phrases, phrases

_ACTIONS = ("cancelled", "changed", "booked")
_AROUND = re.compile(r",|\bund\b|\band\b|;|:")


@dataclass(frozen=True, slots=True)
class DoneWords:
    """What is stated as done (booked | changed | cancelled), and the part of the sentence that states it."""

    action: str
    part: str


def stated_action(sentence: str, words: Phrases) -> DoneWords | None:
    """The thing a sentence states as done; None for plans, questions, conditions and what did not work."""
    return _stated(sentence, words.language)


@lru_cache(maxsize=1 << 13)
def _stated(sentence: str, language: str) -> DoneWords | None:
    """Remembered, because every rule about what was said asks it of the same sentences."""
    words = phrases(language)
    if words.found("callback_words", sentence) and not words.found("appointment", sentence):
        return None
    for action in _ACTIONS:
        for match in words.patterns[action].finditer(sentence):
            around = _part_around(sentence, match.start(), match.end())
            asks = sentence.rstrip().endswith("?") and "," not in sentence[match.end() :]
            if not asks and not words.found("not_claim", around):
                return DoneWords(action, around)
    return None


def _part_around(sentence: str, start: int, end: int) -> str:
    """The part of a sentence, between commas, in which a match lies."""
    before = [match.end() for match in _AROUND.finditer(sentence, 0, start)]
    after = _AROUND.search(sentence, end)
    return sentence[before[-1] if before else 0 : after.start() if after else len(sentence)]
