"""Why a wished time is not free, in one word, for the sentence that is spoken."""

from zoneinfo import ZoneInfo

from whenever import Instant

from handfest.model.catalogue import Catalogue, Service
from handfest.scheduling.opening_times import opening_of_date
from handfest.scheduling.public_holiday import public_holidays
from handfest.scheduling.slots import free_slots


def unavailable_because(
    catalogue: Catalogue,
    service: Service,
    *,
    at: Instant,
    now: Instant,
    staff_id: str | None = None,
    branch_id: str | None = None,
) -> str:
    """taken | notice | horizon | holiday | closed | outside_hours | staff_away | off_grid.

    `at` is known not to be free. If it would be free with nothing taken, something is in its way; otherwise
    a rule of the house is.
    """

    def free(moment: Instant, staff: str | None, until: int = 1) -> bool:
        return bool(
            free_slots(
                catalogue,
                service,
                taken=(),
                now=moment,
                start=at,
                end=at.add(minutes=until),
                staff_id=staff,
                branch_id=branch_id,
            )
        )

    if free(now, staff_id):
        return "taken"
    # Asked so long before that no notice is too short: what is refused then is not refused for notice.
    rules = catalogue.rules
    notice = service.min_notice_min if service.min_notice_min is not None else rules.min_notice_min
    early = at.subtract(minutes=notice + 1)
    if free(early, staff_id):
        return "notice" if now > early else "horizon"
    if staff_id is not None and free(early, None):
        return "staff_away"
    return _closed(catalogue, at, branch_id)


def _closed(catalogue: Catalogue, at: Instant, branch_id: str | None) -> str:
    branch = catalogue.branch(branch_id)
    zone = ZoneInfo((branch and branch.time_zone) or catalogue.business.time_zone)
    local = at.to_tz(zone.key)
    day = local.date().to_stdlib()
    region = (branch and branch.holidays) or catalogue.business.holidays
    openings = opening_of_date(catalogue, branch, day)
    minute = local.hour * 60 + local.minute
    if any(opening.start <= minute < opening.end for opening in openings):
        return "off_grid"
    if not openings and region and day in public_holidays(region, day.year):
        return "holiday"
    return "outside_hours" if openings else "closed"
