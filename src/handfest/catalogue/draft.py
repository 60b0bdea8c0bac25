"""The draft of a catalogue: every table of a business file read by itself, before they are held together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handfest.catalogue.keys import SECTIONS, Key
from handfest.catalogue.kinds import READERS
from handfest.catalogue.nearest import did_you_mean
from handfest.catalogue.problem import Path, ProblemList
from handfest.catalogue.secret import is_secret_key


@dataclass(frozen=True, slots=True)
class Row:
    """One table: where it stands and those of its values that could be read."""

    path: Path
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a key, or the default where it is missing or could not be read."""
        return self.values.get(name, default)

    def at(self, *more: str | int) -> Path:
        """The path of something inside this table."""
        return (*self.path, *more)

    @property
    def label(self) -> str:
        """The id for a person to read, or the path where there is none."""
        return str(self.get("id") or self.get("name") or self.path[-1])


@dataclass(frozen=True, slots=True)
class Draft:
    """The top table of a business file."""

    top: Row

    def row(self, name: str) -> Row:
        """A table of the top level; empty where the file has none."""
        found = self.top.get(name)
        return found if isinstance(found, Row) else Row((name,), {})

    def rows(self, name: str) -> tuple[Row, ...]:
        """The tables of an array of the top level, in the order of the file."""
        found: tuple[Row, ...] = self.top.get(name, ())
        return found

    def ids(self, name: str) -> tuple[str, ...]:
        """The ids of the tables of an array of the top level."""
        return tuple(row.get("id") for row in self.rows(name) if row.get("id"))


def read_draft(raw: Mapping[str, object], problems: ProblemList) -> Draft:
    """Reads every key by what `business_keys.toml` says about it and reports what does not fit."""
    return Draft(_read_row(raw, "file", (), problems))


def _read_row(raw: Mapping[str, object], section: str, path: Path, problems: ProblemList) -> Row:
    keys = SECTIONS[section]
    values: dict[str, Any] = {}
    for name, item in raw.items():
        if name not in keys:
            _report_unknown(name, keys, (*path, name), problems)
            continue
        value = _read_value(item, keys[name], (*path, name), problems)
        if value is not None:
            values[name] = value
    for key in keys.values():
        if key.required and key.name not in raw and key.unless not in raw:
            problems.add((*path, key.name), "missing", key, name=key.name)
    return Row(path, values)


def _report_unknown(name: str, keys: Mapping[str, Key], path: Path, problems: ProblemList) -> None:
    if is_secret_key(name):
        problems.add(path, "secret_in_file", name=name, variable=name.upper())
        return
    problems.add(path, "unknown_key", name=name, near=did_you_mean(name, keys), known=", ".join(keys))


def _read_value(value: object, key: Key, path: Path, problems: ProblemList) -> Any:
    if key.kind == "row":
        if isinstance(value, dict):
            return _read_row(value, key.section, path, problems)
        problems.add(path, "no_table", key, name=key.name)
        return None
    if key.kind == "rows":
        return _read_rows(value, key, path, problems)
    return READERS[key.kind](value, key, path, problems)


def _read_rows(value: object, key: Key, path: Path, problems: ProblemList) -> tuple[Row, ...] | None:
    if not isinstance(value, list):
        problems.add(path, "one_table", key, name=key.name)
        return None
    if not value and (key.filled or key.required):
        problems.add(path, "empty_list", key, name=key.name)
        return None
    rows = []
    for index, item in enumerate(value):
        if isinstance(item, dict):
            rows.append(_read_row(item, key.section, (*path, index), problems))
        else:
            problems.add((*path, index), "no_table_inside", key, name=key.name)
    return tuple(rows)
