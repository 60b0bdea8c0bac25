"""The answers a choice ends in: one service pinned, or a question over several."""

from handfest.catalogue.evidence import Level
from handfest.catalogue.form import Entry
from handfest.model.resolution import Ambiguous, Candidate, Resolved

_SCORES = {Level.NAMED: 0.9, Level.LED: 0.85, Level.KIND: 0.7, Level.NEAR: 0.5}
_PER_UNSAID = 0.06
_EVIDENCE = {Level.NAMED: "words", Level.LED: "synonym", Level.KIND: "kind_of", Level.NEAR: "related"}


def pin(said: str, entry: Entry, level: Level, rest: int = 0) -> Resolved:
    score = round(_SCORES[level] - _PER_UNSAID * rest, 3)
    return Resolved(said, entry.service_id, score, _EVIDENCE[level])


def ask(said: str, ranked: list[tuple[Entry, int]], level: Level, reason: str) -> Ambiguous:
    candidates = tuple(
        Candidate(entry.service_id, round(_SCORES[level] / (1 + 0.1 * rest), 3), _EVIDENCE[level])
        for entry, rest in ranked
    )
    return Ambiguous(said, candidates, reason)
