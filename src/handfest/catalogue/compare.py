"""What differs between two versions of a catalogue, in the keys of the business file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handfest.catalogue.table_form import Table, tables_of
from handfest.model.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `where` names rows by id (`services[47].duration_min`); None is what is not there."""

    where: str
    old: str | None
    new: str | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.where}: added {self.new}"
        return (
            f"{self.where}: removed {self.old}"
            if self.new is None
            else f"{self.where}: {self.old} -> {self.new}"
        )


def compare(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """Every difference in the order of the file. A row that came or went is one change, not one per key."""
    before, after = tables_of(old, sparse=False), tables_of(new, sparse=False)
    names = dict.fromkeys([*before, *after])
    return tuple(change for name in names for change in _changes(name, before.get(name), after.get(name)))


def _changes(where: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if _is_rows(old, where) or _is_rows(new, where):
        yield from _row_changes(where, _by_key(old or []), _by_key(new or []))
    elif isinstance(old, Mapping) or isinstance(new, Mapping):
        old, new = old or {}, new or {}
        for name in dict.fromkeys([*old, *new]):
            yield from _changes(f"{where}.{name}", old.get(name), new.get(name))
    else:
        yield Change(where, _text(old), _text(new))


def _is_rows(value: Any, where: str) -> bool:
    """True for lists of tables that have an identity; the phases of a service have only their order."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "." not in where


def _row_changes(where: str, old: Mapping[str, Table], new: Mapping[str, Table]) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        place = f"{where}[{key}]"
        if key in old and key in new:
            yield from _changes(place, old[key], new[key])
        else:
            yield Change(place, _summary(old.get(key)), _summary(new.get(key)))
    if list(old) != list(new) and set(old) == set(new):
        yield Change(f"{where} (order)", ", ".join(old), ", ".join(new))


def _by_key(rows: list[Table]) -> dict[str, Table]:
    return {str(row.get("id") or row.get("number") or row.get("agent_id")): row for row in rows}


def _summary(row: Table | None) -> str | None:
    if row is None:
        return None
    minutes = f", {row['duration_min']} min" if "duration_min" in row else ""
    return f"{row.get('name') or row.get('platform')}{minutes}"


def _text(value: Any) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, list):
        return ", ".join(_text(item) or "" for item in value)
    if isinstance(value, dict):
        return " ".join(f"{name} {item}" for name, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
