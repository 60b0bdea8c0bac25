"""The configuration of the gateway that handfest replaces becomes a business file.

Its exports are two CSV tables. Services: id, name, duration_minutes, calcom_event_type_id, is_default,
is_active, priority, price, branch_id. Phone numbers: number, retell_agent_id, branch_id. Only a service's id,
name and duration must be there; columns may have the other names in `import_askpro.toml`.
"""

import csv
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from handfest.catalogue.parse import read_business
from handfest.catalogue.phone import e164
from handfest.catalogue.problem import Problem
from handfest.catalogue.write import write_business
from handfest.model.catalogue import Binding, Branch, Business, CalendarSettings, Catalogue, Line, Service

_COLUMNS: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
    files("handfest.catalogue").joinpath("import_askpro.toml").read_text("utf-8")
)
_NO = frozenset({"0", "false", "f", "no", "n", "nein", "off"})
_YES = frozenset({"1", "true", "t", "yes", "y", "ja", "on"})
_EMPTY = frozenset({"", "null", "\\n", "none"})


@dataclass(frozen=True, slots=True)
class _Record:
    """One line of an export under our names for its columns; empty cells are left out."""

    table: str
    line: int
    cells: Mapping[str, str]

    def problem(self, column: str, code: str, **facts: object) -> Problem:
        return Problem(self.line, f"{self.table}.{column}", code, facts)


def import_askpro(
    services_csv: str,
    phone_numbers_csv: str | None,
    business: Business,
    calendar: CalendarSettings | None = None,
) -> str | tuple[Problem, ...]:
    """The source of a business file, or everything in the exports that keeps it from being one.

    Inactive services are left out and the order is that of `priority`. Opening hours and staff are not in
    these tables: the owner adds them, and the self-check asks for them. Lines of problems about cells are
    lines of the export; problems that only the whole shows are told about the file that would be written.
    """
    problems: list[Problem] = []
    rows = _active(_records("services", services_csv, problems))
    numbers = _records("phone_numbers", phone_numbers_csv, problems) if phone_numbers_csv else []
    services = [service for row in rows if (service := _service(row, business, problems))]
    lines = [line for row in numbers if (line := _line(row, business, problems))]
    if not rows and not problems:
        problems.append(Problem(None, "services", "none_active"))
    if problems:
        return tuple(problems)
    branches = dict.fromkeys(row.cells["branch_id"] for row in (*rows, *numbers) if "branch_id" in row.cells)
    catalogue = Catalogue(
        business=business,
        services=tuple(services),
        branches=tuple(Branch(branch, branch) for branch in branches),
        lines=tuple(lines),
        calendar=calendar or CalendarSettings(),
    )
    source = write_business(catalogue)
    faults = tuple(problem for problem in read_business(source).problems if not problem.warning)
    return faults or source


def _records(table: str, text: str, problems: list[Problem]) -> list[_Record]:
    """The lines of one export, its columns under our names; columns we do not know are left unread."""
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    names = [_column(table, cell) for cell in next(reader, [])]
    for needed in ("id", "name", "duration_min") if table == "services" else ("number",):
        if needed not in names:
            known = ", ".join(_COLUMNS[table][needed])
            facts = {"name": needed, "known": known}
            problems.append(Problem(1, f"{table}.{needed}", "no_column", facts))
    if problems:
        return []
    records = [_Record(table, reader.line_num, _filled(names, cells)) for cells in reader]
    return [record for record in records if record.cells]


def _filled(names: list[str | None], cells: list[str]) -> dict[str, str]:
    pairs = zip(names, (cell.strip() for cell in cells), strict=False)
    return {name: cell for name, cell in pairs if name and cell.lower() not in _EMPTY}


def _column(table: str, written: str) -> str | None:
    name = written.strip().strip('"').lower().replace(" ", "_")
    return next((ours for ours, theirs in _COLUMNS[table].items() if name in theirs), None)


def _active(rows: list[_Record]) -> list[_Record]:
    """Active services by priority; those without one come last, in the order of the export."""
    kept = [row for row in rows if row.cells.get("active", "1").lower() not in _NO]
    return sorted(kept, key=lambda row: _whole(row.cells.get("priority")) or 1_000_000)


def _whole(text: str | None) -> int | None:
    digits = (text or "").removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _service(row: _Record, business: Business, problems: list[Problem]) -> Service | None:
    cells = row.cells
    before = len(problems)
    for column in ("id", "name"):
        if column not in cells:
            problems.append(row.problem(column, "cell_empty", name=column))
    duration = _whole(cells.get("duration_min"))
    if not duration:
        written = cells.get("duration_min", "")
        problems.append(row.problem("duration_min", "cell_no_minutes", text=written))
    event_type = _whole(cells.get("event_type_id"))
    if event_type is None and "event_type_id" in cells:
        written = cells["event_type_id"]
        problems.append(row.problem("event_type_id", "cell_no_event_type", text=written))
    if len(problems) > before or not duration:
        return None
    return Service(
        id=cells["id"],
        name=cells["name"],
        duration_min=duration,
        default=cells.get("default", "").lower() in _YES,
        price=_price(cells.get("price"), business.language),
        description=cells.get("description"),
        branches=(cells["branch_id"],) if "branch_id" in cells else (),
        binding=Binding(event_type),
    )


def _price(text: str | None, language: str) -> str | None:
    """A bare amount becomes a price in euros as it is written in the language; other text stays as it is."""
    if text is None or not text.replace(",", ".", 1).replace(".", "", 1).isdigit():
        return text
    whole, _, cents = text.replace(",", ".").partition(".")
    if not whole.strip("0") and not cents.strip("0"):
        return None
    point = "," if language == "de" else "."
    return f"{whole}{point}{cents[:2]:0<2} €" if cents.strip("0") else f"{whole} €"


def _line(row: _Record, business: Business, problems: list[Problem]) -> Line | None:
    written = row.cells.get("number")
    number = e164(written, business.country)
    if number is None:
        problems.append(row.problem("number", "cell_no_phone", text=written or ""))
        return None
    key = f"{business.id.upper().replace('-', '_').replace('.', '_')}_RETELL_KEY"
    return Line("retell", number, row.cells.get("agent_id"), key, row.cells.get("branch_id"))
