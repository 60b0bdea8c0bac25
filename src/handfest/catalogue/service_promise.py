"""Services: what each promises on the phone can be kept, by its phases, its people and its calendar."""

from collections.abc import Iterator

from handfest.catalogue.draft import Draft, Row
from handfest.catalogue.problem import Path, ProblemList
from handfest.catalogue.problem_words import Phrase
from handfest.model.catalogue import END_OF_DAY


def check_services(draft: Draft, problems: ProblemList) -> None:
    """Reports services that could not be told apart, chosen, done by anybody or booked."""
    for check in (_check_default, _check_phases, _check_names, _check_staff, _check_calcom, _check_notice):
        check(draft, problems)


def _check_default(draft: Draft, problems: ProblemList) -> None:
    marked = [row for row in draft.rows("services") if row.get("default")]
    for row in marked[1:]:
        problems.add(row.at("default"), "default_twice", first=marked[0].label, second=row.label)
    business = draft.row("business")
    for key in ("unnamed_service", "unknown_service"):
        if business.get(key) == "default" and not marked:
            problems.add(business.at(key), "default_missing", name=key)


def _check_phases(draft: Draft, problems: ProblemList) -> None:
    for row in draft.rows("services"):
        phases: tuple[Row, ...] = row.get("phases", ())
        minutes = [phase.get("minutes") for phase in phases]
        duration = row.get("duration_min")
        if not phases or None in minutes:
            continue
        if duration is not None and sum(minutes) != duration:
            problems.add(row.at("phases"), "phases_length", sum=sum(minutes), duration=duration)
        if duration is None and sum(minutes) > END_OF_DAY:
            problems.add(row.at("phases"), "phases_long", sum=sum(minutes))
        if all(phase.get("staff") == "free" for phase in phases):
            problems.add(row.at("phases"), "phases_all_free")


def _spoken(row: Row) -> Iterator[tuple[str, Path, bool]]:
    """Every name of a service as it is compared, where it stands, and whether it is the main one."""
    if row.get("name"):
        yield _folded(row.get("name")), row.at("name"), True
    for n, alias in enumerate(row.get("aliases", ())):
        yield _folded(alias), row.at("aliases", n), False


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _check_names(draft: Draft, problems: ProblemList) -> None:
    """The same name twice cannot be answered by any question; a shared alias makes the agent ask."""
    seen: dict[str, list[tuple[Row, bool]]] = {}
    for row in draft.rows("services"):
        for name, path, main in _spoken(row):
            for other, other_main in seen.get(name, []):
                if other is row:
                    problems.warn(path, "name_said_already", name=name, service=row.label)
                elif _share_branch(row, other):
                    mild = not (main and other_main)
                    first, second = other.label, row.label
                    problems.add(path, "name_shared", warning=mild, name=name, first=first, second=second)
            seen.setdefault(name, []).append((row, main))


def _share_branch(one: Row, other: Row) -> bool:
    mine, theirs = one.get("branches", ()), other.get("branches", ())
    return not mine or not theirs or bool(set(mine) & set(theirs))


def _check_staff(draft: Draft, problems: ProblemList) -> None:
    staff = draft.rows("staff")
    for service in draft.rows("services") if staff else ():
        able = [
            person for person in staff if service.get("id") in person.get("services", (service.get("id"),))
        ]
        if not able:
            problems.add(service.path, "nobody_able", service=service.label)
        elif not any(_share_branch(service, person) for person in able):
            problems.add(service.at("branches"), "nobody_there", service=service.label)


def _check_calcom(draft: Draft, problems: ProblemList) -> None:
    calendar = draft.row("calendar")
    owners: dict[int, Row] = {}
    for service in draft.rows("services"):
        for number, path in _event_types(service):
            owner = owners.setdefault(number, service)
            if owner is not service:
                first, second = owner.label, service.label
                problems.add(path, "event_type_shared", first=first, second=second, number=number)
    if calendar.get("provider") != "calcom":
        return
    settings: Row | None = calendar.get("calcom")
    if "calcom" not in calendar.values or (settings and "api_key_env" not in settings.values):
        problems.add(calendar.at("calcom", "api_key_env"), "calendar_without_key")
    for service in draft.rows("services"):
        _check_bound(service, draft, problems)


def _event_types(service: Row) -> Iterator[tuple[int, Path]]:
    binding: Row | None = service.get("calcom")
    if binding is None:
        return
    if binding.get("event_type_id") is not None:
        yield binding.get("event_type_id"), binding.at("event_type_id")
    for person, number in binding.get("by_staff", {}).items():
        yield number, binding.at("by_staff", person)


def _check_bound(service: Row, draft: Draft, problems: ProblemList) -> None:
    """With Cal.com, every service needs an event type for everybody who can do it (B9)."""
    binding: Row | None = service.get("calcom")
    if binding and binding.get("event_type_id") is not None:
        return
    bound = binding.get("by_staff", {}) if binding else {}
    unbound = [
        person.label
        for person in draft.rows("staff")
        if service.get("id") in person.get("services", (service.get("id"),)) and person.get("id") not in bound
    ]
    if bound and not unbound:
        return
    whom = Phrase("whom", {"names": ", ".join(unbound)}) if bound else ""
    problems.add(service.at("calcom"), "no_event_type", service=service.label, whom=whom)


def _check_notice(draft: Draft, problems: ProblemList) -> None:
    house = draft.row("booking")
    for row in (house, *draft.rows("services")):
        if "min_notice_min" not in row.values and "max_advance_days" not in row.values:
            continue
        notice = row.get("min_notice_min", house.get("min_notice_min", 60))
        days = row.get("max_advance_days", house.get("max_advance_days", 60))
        if notice >= days * 24 * 60:
            key = "min_notice_min" if "min_notice_min" in row.values else "max_advance_days"
            problems.add(row.at(key), "notice_too_long", notice=notice, days=days)
