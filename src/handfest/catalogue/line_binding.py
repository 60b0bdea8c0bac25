"""Lines: every phone number and every agent leads to one business, and every number can be dialled."""

from handfest.catalogue.draft import Draft, Row
from handfest.catalogue.from_draft import business_country
from handfest.catalogue.keys import SECTIONS, Key
from handfest.catalogue.phone import e164, is_assigned
from handfest.catalogue.problem import ProblemList


def check_lines(draft: Draft, problems: ProblemList) -> None:
    """Reports numbers that are none, lines without a number or an agent, and lines given twice."""
    country = business_country(draft.row("business"))
    for section, key, rows in (
        ("business", "phone", (draft.row("business"),)),
        ("branch", "phone", draft.rows("branches")),
        ("line", "number", draft.rows("lines")),
    ):
        for row in rows:
            _check_number(row, SECTIONS[section][key], country, problems)
    _report_unbound(draft, problems)
    _report_twice(draft, country, problems)


def _check_number(row: Row, key: Key, country: str, problems: ProblemList) -> None:
    written = row.get(key.name)
    if written is None:
        return
    number = e164(written, country)
    if number is None or not (written.startswith("+") or is_assigned(number)):
        problems.add(row.at(key.name), "no_phone", key, text=written)
    elif not written.startswith("+"):
        facts = {"text": written, "name": key.name, "number": number}
        problems.warn(row.at(key.name), "phone_without_country", **facts)
    elif not is_assigned(number):
        problems.warn(row.at(key.name), "phone_in_no_range", text=written)


def _report_unbound(draft: Draft, problems: ProblemList) -> None:
    for row in draft.rows("lines"):
        if row.get("number") is None and row.get("agent_id") is None:
            problems.add(row.path, "line_unbound")


def _report_twice(draft: Draft, country: str, problems: ProblemList) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row in draft.rows("lines"):
        number = e164(row.get("number"), country)
        key, bound = ("number", number) if number else ("agent_id", row.get("agent_id"))
        if bound is None:
            continue
        line = (row.get("platform", ""), key, bound)
        if line in seen:
            problems.add(row.at(key), "line_twice", name=key, bound=bound)
        seen.add(line)
