"""A Catalogue is written as a tidy business file, which reads back as the same Catalogue."""

import re
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, InlineTable, Table

from handfest.catalogue.table_form import tables_of
from handfest.model.catalogue import Catalogue

_INLINE = ("calcom", "by_staff")
_MANY_BLANK = re.compile(r"\n{3,}")


def write_business(catalogue: Catalogue) -> str:
    """TOML text such that reading it gives an equal catalogue, its version (a number of the store) aside."""
    document = tomlkit.document()
    for name, value in tables_of(catalogue, sparse=True).items():
        document.add(name, _array(value) if isinstance(value, list) else _table(value, top=True))
    return _MANY_BLANK.sub("\n\n", tomlkit.dumps(document)).strip() + "\n"


def _array(rows: list[Mapping[str, Any]]) -> AoT:
    array = tomlkit.aot()
    for row in rows:
        table = _table(row)
        array.append(table)
    return array


def _table(row: Mapping[str, Any], *, top: bool = False) -> Table:
    """A table; plain keys first, since every key behind a table's header belongs to that table."""
    table = tomlkit.table()
    nested = {name: value for name, value in row.items() if isinstance(value, Mapping)}
    for name, value in row.items():
        if name not in nested:
            table.add(name, _list(value) if isinstance(value, list) else value)
    for name, value in nested.items():
        table.add(name, _inline(value) if name in _INLINE and not top else _table(value))
    table.add(tomlkit.nl())
    return table


def _list(values: list[Any]) -> Any:
    array = tomlkit.array()
    for value in values:
        array.append(_inline(value) if isinstance(value, Mapping) else value)
    return array


def _inline(row: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for name, value in row.items():
        table.add(name, _inline(value) if isinstance(value, Mapping) else value)
    return table
