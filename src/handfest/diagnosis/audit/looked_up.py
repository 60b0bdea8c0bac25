"""What lookups told about appointments the caller already has: reading them out claims nothing new."""

import re

from handfest.diagnosis.audit.evidence import CallEvidence
from handfest.diagnosis.hearing.spoken_time import Clock, read_times
from handfest.diagnosis.recording.tool_use import ToolUse
from handfest.diagnosis.recording.tool_words import ToolKind

_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def looked_up_before(index: int, told: tuple[Clock, ...], evidence: CallEvidence) -> bool:
    """Whether a lookup answered before this step named an appointment at one of these times of day.

    Without a time any appointment found will do.
    """
    return any(_told_by(use, told, evidence) for use in evidence.answered_before(index))


def _told_by(use: ToolUse, told: tuple[Clock, ...], evidence: CallEvidence) -> bool:
    """Whether an answer of a lookup names an appointment at one of these times, or any where none is told."""
    if use.kind is not ToolKind.OTHER or use.failed or use.result is None:
        return False
    text = str(use.result.content)
    if not evidence.words.found("appointment_kept", text.lower()):
        return False
    clock, starts = evidence.reading.clock, []
    for stamp in _STAMP.findall(text):
        moment = evidence.reading.written(stamp).moment
        starts += [clock.wall(moment)[1]] if moment is not None else []
    spoken = read_times(_STAMP.sub(" ", text), evidence.reading.language, evidence.reading.today).clocks
    starts += [each.minutes for each in spoken]
    return any(each.fits(minutes) for each in told for minutes in starts) or bool(starts and not told)
