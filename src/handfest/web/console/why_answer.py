"""Why a time is free or not, asked in the words that a caller would use."""

from dataclasses import dataclass
from datetime import datetime

from whenever import Instant

from handfest.model.wish import Wish
from handfest.office.objection import Objection
from handfest.office.why_not import TimeAsked, why_not
from handfest.scheduling.opening_times import opening_hull
from handfest.speech.when import WhenContext, understand_when
from handfest.web.console.visit import Visit


@dataclass(frozen=True, slots=True)
class WhyAnswer:
    """What was asked, understood, and every rule that speaks for or against it."""

    title: str
    sentences: tuple[str, ...]


async def why_answer(visit: Visit, branch_id: str | None) -> WhyAnswer | None:
    """The answer to the question in the address; None where nothing was asked."""
    said, service = visit.asked("when"), visit.catalogue.service(visit.asked("service") or "")
    if said is None or service is None:
        return None
    at = moment_in(visit, said)
    if at is None:
        return WhyAnswer(visit.words.call["why_unreadable"], ())
    asked = TimeAsked(service.id, at, visit.asked("staff"), branch_id)
    told = await why_not(visit.house.office, visit.actor, visit.business, asked, visit.words.language)
    title = f"{service.name}, {visit.words.moment(visit.local(at))}"
    if isinstance(told, Objection):
        return WhyAnswer(title, (visit.words.call["why_elsewhere"],))
    return WhyAnswer(title, told.sentences)


def moment_in(visit: Visit, said: str) -> Instant | None:
    """The moment that words or an ISO text mean on the clock of the business; None if they mean none."""
    zone = visit.compiled.zone
    try:
        moment = datetime.fromisoformat(said)
        return Instant(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except ValueError:
        pass
    today = visit.local(visit.now).to_stdlib()
    hours = opening_hull(visit.catalogue, None)
    for language in (visit.words.language, visit.compiled.language):
        reading = understand_when(said, WhenContext(today, zone, language, hours))
        if isinstance(reading, Wish) and reading.at is not None:
            return Instant(datetime.combine(reading.day or today.date(), reading.at, zone))
    return None
