"""Auditing many calls one after the other: which catalogue each belongs to, and what they say together.

Nothing but counters is kept from call to call, so the number of calls is not limited by memory.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from handfest.catalogue.parse import parse_business
from handfest.diagnosis.audit.audit import audit_recorded
from handfest.diagnosis.audit.finding import CallAudit
from handfest.diagnosis.audit.summary import AuditSummary, AuditTally
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue
from handfest.diagnosis.recording.call_file import BadLine, CallRecord
from handfest.model.catalogue import Catalogue

UNKNOWN = AuditCatalogue((), "Europe/Berlin", "de")
"""What calls are read with when no catalogue is given: rules about services then report nothing."""


class CataloguesUnreadableError(ValueError):
    """The file is neither a business file nor a JSON of catalogues; the message says why."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One call with its verdict, and the catalogue it was held against."""

    record: CallRecord
    audit: CallAudit
    catalogue: AuditCatalogue


@dataclass
class AuditRun:
    """One run over any number of calls.

    `catalogues` by name; `business` chooses one of them for every call, otherwise a row names its own, and
    a single catalogue serves all. `expected_version` is used where a row names no expected agent version.
    """

    catalogues: Mapping[str, AuditCatalogue]
    business: str | None = None
    expected_version: int | None = None
    with_findings: int = 0
    _tally: AuditTally = field(default_factory=AuditTally)

    @property
    def language(self) -> str:
        """The language to tell it in where none is asked for: that of the catalogue; English without, or of several."""
        chosen = [self.catalogues[self.business]] if self.business else list(self.catalogues.values())
        spoken = {catalogue.language for catalogue in chosen}
        return spoken.pop() if len(spoken) == 1 and spoken <= {"de", "en"} else "en"

    def over(self, records: Iterable[CallRecord | BadLine]) -> Iterator[Audited | BadLine]:
        """Audit what is read, as it is read. What cannot be audited comes out as it went in."""
        for record in records:
            if isinstance(record, BadLine):
                self._tally.add_unreadable()
                yield record
                continue
            catalogue = self._catalogue_of(record)
            if catalogue is None:
                self._tally.add_unreadable()
                yield self._nobodys(record)
                continue
            expected = record.expected_agent_version
            audit = audit_recorded(
                record.call, catalogue, self.expected_version if expected is None else expected
            )
            self._tally.add(record.call, audit, catalogue)
            self.with_findings += bool(audit.findings)
            yield Audited(record, audit, catalogue)

    def summary(self) -> AuditSummary:
        """What all calls so far say together."""
        return self._tally.summary()

    def _catalogue_of(self, record: CallRecord) -> AuditCatalogue | None:
        if not self.catalogues:
            return UNKNOWN
        if self.business is not None:
            return self.catalogues[self.business]
        if len(self.catalogues) == 1:
            return next(iter(self.catalogues.values()))
        return self.catalogues.get(record.catalogue or "")

    def _nobodys(self, record: CallRecord) -> BadLine:
        known = ", ".join(sorted(self.catalogues))
        named = f"names the catalogue {record.catalogue!r}" if record.catalogue else "names no catalogue"
        return BadLine(
            record.line_no, f"call {record.id} {named}", f"Choose one with --business KEY: {known}."
        )


def read_catalogues(text: str) -> dict[str, AuditCatalogue]:
    """Catalogues by key: of a business file (TOML), of one JSON entry, or of a JSON object of entries.

    Raises CataloguesUnreadableError with the first cause.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) or text.lstrip().startswith("[business"):
        return _of_business_file(text)
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        raise CataloguesUnreadableError(f"it is no JSON: {error}") from error
    if not isinstance(value, dict) or not value:
        raise CataloguesUnreadableError("it holds no catalogue; write an object of catalogues by business")
    entries = {str(value.get("id", "business")): value} if "services" in value else value
    try:
        return {key: AuditCatalogue.from_json(entry) for key, entry in entries.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise CataloguesUnreadableError(
            f"a catalogue lacks {error}; each needs time_zone and services with id and name"
        ) from error


def _of_business_file(text: str) -> dict[str, AuditCatalogue]:
    parsed = parse_business(text)
    if not isinstance(parsed, Catalogue):
        problem = parsed[0]
        raise CataloguesUnreadableError(f"line {problem.line}: {problem.where}: {problem.cause}")
    return {parsed.business.id: AuditCatalogue.from_catalogue(parsed)}
