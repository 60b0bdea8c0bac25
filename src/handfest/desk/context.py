"""What an agent is told when a call comes in; every value is a string, as platforms want it (B13, B89)."""

from datetime import timedelta

from whenever import Instant

from handfest.catalogue.compiled import CompiledCatalogue
from handfest.speech.spoken import speak_day, speak_time

SERVICES_MAX = 12


def context_variables(compiled: CompiledCatalogue, now: Instant, *, known: bool) -> dict[str, str]:
    """Date, time, services and whether the caller has called before; nothing personal."""
    local = now.to_tz(compiled.zone.key)
    today = local.date().to_stdlib()
    language = compiled.language
    visible = [service.name for service in compiled.catalogue.services if not service.hidden]
    return {
        "business_name": compiled.catalogue.business.name,
        "business_timezone": compiled.zone.key,
        "today": speak_day(today, language, year=True),
        "today_iso": today.isoformat(),
        "tomorrow": speak_day(today + timedelta(days=1), language),
        "time_now": speak_time(local.hour, local.minute, language),
        "services_list": ", ".join(visible[:SERVICES_MAX]),
        "caller_known": "yes" if known else "no",
    }
