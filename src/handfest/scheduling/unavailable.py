"""Why a wished time is not free, in one word, for the sentence that is spoken."""

from whenever import Instant

from handfest.model.catalogue import Catalogue, Service
from handfest.scheduling.opening_times import opening_of_date
from handfest.scheduling.reason import Cause
from handfest.scheduling.why import why

_WORDS = {
    Cause.NOTICE: "notice",
    Cause.HORIZON: "horizon",
    Cause.HOLIDAY: "holiday",
    Cause.CLOSED_DATE: "closed",
    Cause.OUTSIDE_HOURS: "outside_hours",
    Cause.OFF_GRID: "off_grid",
}
"""The rules of the house in the order in which they explain best; everything else is somebody else's time."""


def unavailable_because(
    catalogue: Catalogue,
    service: Service,
    *,
    at: Instant,
    now: Instant,
    staff_id: str | None = None,
    branch_id: str | None = None,
) -> str:
    """taken | notice | horizon | holiday | closed | outside_hours | off_grid | staff_away.

    `at` is known not to be free. With nothing taken it either would be, and then it is taken; or a rule of
    the house forbids it.
    """
    causes = _causes(catalogue, service, at, now, staff_id, branch_id)
    if Cause.FREE in causes:
        return "taken"
    if staff_id is not None and Cause.FREE in _causes(catalogue, service, at, now, None, branch_id):
        return "staff_away"
    word = next((word for cause, word in _WORDS.items() if cause in causes), "taken")
    return "closed" if word == "outside_hours" and _closed_all_day(catalogue, at, branch_id) else word


def _closed_all_day(catalogue: Catalogue, at: Instant, branch_id: str | None) -> bool:
    branch = catalogue.branch(branch_id)
    zone = (branch and branch.time_zone) or catalogue.business.time_zone
    return not opening_of_date(catalogue, branch, at.to_tz(zone).date().to_stdlib())


def _causes(
    catalogue: Catalogue,
    service: Service,
    at: Instant,
    now: Instant,
    staff_id: str | None,
    branch_id: str | None,
) -> set[Cause]:
    reasons = why(
        catalogue,
        service,
        taken=(),
        now=now,
        start=at,
        end=at.add(minutes=1),
        at=at,
        staff_id=staff_id,
        branch_id=branch_id,
    )
    return {reason.cause for reason in reasons}
