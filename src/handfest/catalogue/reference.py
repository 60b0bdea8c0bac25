"""References between the tables of a business file: every id is there once, and every id named is there."""

from collections.abc import Iterator

from handfest.catalogue.draft import Draft, Row
from handfest.catalogue.nearest import did_you_mean
from handfest.catalogue.problem import Path, ProblemList

_LISTED = (
    ("staff", "services", "services"),
    ("staff", "branches", "branches"),
    ("services", "branches", "branches"),
    ("services", "needs", "resources"),
    ("resources", "branches", "branches"),
)


def check_references(draft: Draft, problems: ProblemList) -> None:
    """Reports ids given twice and ids that nothing in the file has."""
    for table in ("services", "staff", "resources", "branches"):
        _report_twice(draft.rows(table), problems)
    for table, key, target in _LISTED:
        for row in draft.rows(table):
            for n, name in enumerate(row.get(key, ())):
                _check(name, target, row.at(key, n), draft, problems)
    for path, name, target in _single(draft):
        _check(name, target, path, draft, problems)


def _single(draft: Draft) -> Iterator[tuple[Path, str, str]]:
    for line in draft.rows("lines"):
        if line.get("branch"):
            yield line.at("branch"), line.get("branch"), "branches"
    for service in draft.rows("services"):
        binding = service.get("calcom")
        for person in binding.get("by_staff", {}) if binding else ():
            yield binding.at("by_staff", person), person, "staff"


def _report_twice(rows: tuple[Row, ...], problems: ProblemList) -> None:
    seen: set[str] = set()
    for row in rows:
        name = row.get("id")
        if name in seen:
            problems.add(row.at("id"), "id_twice", name=name)
        elif name:
            seen.add(name)


def _check(name: str, target: str, path: Path, draft: Draft, problems: ProblemList) -> None:
    known = draft.ids(target)
    if name in known:
        return
    if not known:
        problems.add(path, "reference_to_nothing", table=target, name=name)
        return
    near = did_you_mean(name, known)
    problems.add(path, "unknown_reference", table=target, name=name, near=near, known=", ".join(known))
