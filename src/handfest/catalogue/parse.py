"""A business file becomes a Catalogue, or a list of everything that is wrong with it."""

import re
import tomllib
from dataclasses import dataclass

from handfest.catalogue.confirmation_check import check_confirmations
from handfest.catalogue.draft import read_draft
from handfest.catalogue.from_draft import catalogue_from
from handfest.catalogue.line_binding import check_lines
from handfest.catalogue.problem import Problem, ProblemList
from handfest.catalogue.problem_words import Phrase, SyntaxMessage
from handfest.catalogue.reference import check_references
from handfest.catalogue.service_promise import check_services
from handfest.catalogue.source_lines import source_lines
from handfest.model.catalogue import Catalogue

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


@dataclass(frozen=True, slots=True)
class BusinessRead:
    """What came of reading a business file: `catalogue` is None as soon as one problem is no warning."""

    catalogue: Catalogue | None
    problems: tuple[Problem, ...] = ()


def parse_business(source: str) -> Catalogue | tuple[Problem, ...]:
    """The catalogue of a business file, or every problem that keeps it from being one (no warnings)."""
    read = read_business(source)
    if read.catalogue is not None:
        return read.catalogue
    return tuple(problem for problem in read.problems if not problem.warning)


def read_business(source: str) -> BusinessRead:
    """Reads a business file (TOML 1.0 text) and reports every problem and every warning in file order."""
    source = source.removeprefix("\ufeff")
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as fault:
        return BusinessRead(None, (_syntax_problem(str(fault), source),))
    problems = ProblemList(source_lines(source))
    draft = read_draft(raw, problems)
    for check in (check_references, check_services, check_lines, check_confirmations):
        check(draft, problems)
    ordered = problems.ordered()
    if any(not problem.warning for problem in ordered):
        return BusinessRead(None, ordered)
    return BusinessRead(catalogue_from(draft), ordered)


def _syntax_problem(message: str, source: str) -> Problem:
    """The reader's own message, its place taken apart; it tells the end of the document only in words."""
    found = _PLACE.search(message)
    cause = _PLACE.sub("", message)
    if found is None:
        facts = {"column": "", "message": SyntaxMessage(cause)}
        return Problem(None, "", _syntax_code(cause, ""), facts)
    written = source.splitlines() or [""]
    line = (
        int(found[1]) if found[1] else max(n for n, text in enumerate(written, 1) if text.strip() or n == 1)
    )
    column = Phrase("column", {"number": found[2]}) if found[2] else ""
    text = written[line - 1] if line <= len(written) else ""
    return Problem(line, "", _syntax_code(cause, text), {"column": column, "message": SyntaxMessage(cause)})


def _syntax_code(cause: str, text: str) -> str:
    if "overwrite" in cause or "twice" in cause or "already" in cause:
        return "syntax_twice"
    if re.search(r"[=\[,]\s*\d{1,2}:\d{2}\s*-", text):
        return "syntax_hours"
    if re.search(r"=\s*[^\W\d]", text) and not re.search(r"=\s*(true|false)\b", text):
        return "syntax_text"
    return "syntax_other"
