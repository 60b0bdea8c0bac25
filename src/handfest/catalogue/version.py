"""Versions of a business file: apply a new one, list, and go back to an older one."""

from collections.abc import Sequence
from dataclasses import dataclass

from whenever import Instant

from handfest.catalogue.parse import parse_business
from handfest.catalogue.problem import Problem
from handfest.errors import ConfigurationError
from handfest.model.catalogue import Catalogue
from handfest.ports import Clock, LineRecord, Store, StoredCatalogue, Transaction


@dataclass(frozen=True, slots=True)
class Applied:
    """A version that is active now; `unchanged` if the file was the active version already."""

    business_id: str
    version: int
    unchanged: bool = False


async def apply_business(store: Store, clock: Clock, source: str) -> Applied | tuple[Problem, ...]:
    """Make the file the business's newest version. Any problem is reported and changes nothing."""
    parsed = parse_business(source)
    if not isinstance(parsed, Catalogue):
        return parsed
    now = clock.now()
    return await store.write(lambda tx: apply_in(tx, source, parsed, now))


async def roll_back(store: Store, business_id: str, version: int | None) -> Applied:
    """Make an older version the active one: the one named, else the one before the active one."""
    return await store.write(lambda tx: roll_back_in(tx, business_id, version))


def apply_in(
    tx: Transaction, source: str, catalogue: Catalogue, now: Instant
) -> Applied | tuple[Problem, ...]:
    """In an open transaction: make the file, which was read as this catalogue, the newest version."""
    business_id = catalogue.business.id
    clashes = _clashes(tx, catalogue)
    if clashes:
        return clashes
    active = tx.catalogue(business_id)
    if active is not None and active.source == source:
        return Applied(business_id, active.version, unchanged=True)
    version = tx.add_catalogue(business_id, source, line_records(catalogue), now)
    return Applied(business_id, version)


def roll_back_in(tx: Transaction, business_id: str, version: int | None) -> Applied:
    """In an open transaction: make an older version the active one. Raises ConfigurationError."""
    versions = tx.catalogues(business_id)
    if not versions:
        raise ConfigurationError(f"no business {business_id!r} is applied; `handfest apply FILE` makes one")
    target = _target(versions, version)
    if target is None:
        known = ", ".join(str(row.version) for row in versions)
        raise ConfigurationError(
            f"{business_id} has no {'earlier version' if version is None else f'version {version}'}; "
            f"kept are: {known}"
        )
    parsed = parse_business(target.source)
    if not isinstance(parsed, Catalogue):
        raise ConfigurationError(
            f"version {target.version} cannot be read by this handfest: {parsed[0].cause}"
        )
    tx.activate_catalogue(business_id, target.version, line_records(parsed))
    return Applied(business_id, target.version)


def _target(versions: Sequence[StoredCatalogue], version: int | None) -> StoredCatalogue | None:
    if version is not None:
        return next((row for row in versions if row.version == version), None)
    active = next((row.version for row in versions if row.active), 0)
    return next((row for row in versions if row.version < active), None)


def line_records(catalogue: Catalogue) -> tuple[LineRecord, ...]:
    """The lines of a catalogue as the store finds them."""
    return tuple(
        LineRecord(
            platform=line.platform,
            number=line.number,
            agent_id=line.agent_id,
            signing_key_env=line.signing_key_env,
            business_id=catalogue.business.id,
            branch_id=line.branch_id,
            mode=line.mode,
        )
        for line in catalogue.lines
    )


def _clashes(tx: Transaction, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Lines that answer for another business already: a call must never have two (B95)."""
    problems = []
    for index, line in enumerate(catalogue.lines):
        for other in tx.lines(line.platform):
            if other.business_id == catalogue.business.id:
                continue
            same = line.number is not None and line.number == other.number
            if same or (line.number is None and line.agent_id and line.agent_id == other.agent_id):
                facts = {"bound": line.number or line.agent_id, "business": other.business_id}
                problems.append(Problem(None, f"lines[{index}]", "line_taken", facts))
    return tuple(problems)
