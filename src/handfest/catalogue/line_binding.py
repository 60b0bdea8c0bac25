"""Lines: every phone number and every agent leads to one business, and every number can be dialled."""

from handfest.catalogue.draft import Draft, Row
from handfest.catalogue.from_draft import business_country
from handfest.catalogue.keys import SECTIONS
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
            _check_number(row, key, SECTIONS[section][key].remedy, country, problems)
    _report_unbound(draft, problems)
    _report_twice(draft, country, problems)


def _check_number(row: Row, key: str, remedy: str, country: str, problems: ProblemList) -> None:
    written = row.get(key)
    if written is None:
        return
    number = e164(written, country)
    if number is None or not (written.startswith("+") or is_assigned(number)):
        problems.add(row.at(key), f'"{written}" is no phone number', remedy)
    elif not written.startswith("+"):
        cause = f'"{written}" has no country; read as {number}'
        problems.warn(row.at(key), cause, f'write {key} = "{number}"')
    elif not is_assigned(number):
        cause = f'"{written}" lies in no range of phone numbers that is in use'
        problems.warn(row.at(key), cause, "compare it with the number the platform shows")


def _report_unbound(draft: Draft, problems: ProblemList) -> None:
    for row in draft.rows("lines"):
        if row.get("number") is None and row.get("agent_id") is None:
            cause = "a line has neither number nor agent_id"
            problems.add(row.path, cause, "write the number that is called, the agent_id, or both")


def _report_twice(draft: Draft, country: str, problems: ProblemList) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row in draft.rows("lines"):
        number = e164(row.get("number"), country)
        key, bound = ("number", number) if number else ("agent_id", row.get("agent_id"))
        if bound is None:
            continue
        line = (row.get("platform", ""), key, bound)
        if line in seen:
            problems.add(row.at(key), f"two lines have the {key} {bound}", "keep one of the two lines")
        seen.add(line)
