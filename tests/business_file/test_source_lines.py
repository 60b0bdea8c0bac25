"""The lines of keys, compared with a table and with what the standard library read."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from business_file.example_files import example
from handfest.catalogue.problem import Path
from handfest.catalogue.source_lines import source_lines

SOURCE = '''# first line
title = """three
lines with [brackets] and # no comment
"""
a.b.c = 1
"quoted key" = 'it"s'

[table]  # comment
list = [
    "one", # comment ]
    { x = 1, y = "}" },
]
inline = { deep = { deeper = [1, 2] } }

[[rows]]
id = "\\"1\\""

[[rows]]
id = "2"
[rows.sub]
key = 2025-12-24

[[rows.inner]]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("a", "b", "c"), 5),
        (("quoted key",), 6),
        (("table",), 8),
        (("table", "list"), 9),
        (("table", "list", 0), 10),
        (("table", "list", 1, "y"), 11),
        (("table", "inline", "deep", "deeper", 1), 13),
        (("rows", 0), 15),
        (("rows", 0, "id"), 16),
        (("rows", 1, "id"), 19),
        (("rows", 1, "sub"), 20),
        (("rows", 1, "sub", "key"), 21),
        (("rows", 1, "inner", 0, "z"), 24),
    ],
)
def test_line_of(path: Path, line: int) -> None:
    tomllib.loads(SOURCE)
    assert source_lines(SOURCE)[path] == line


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from paths(item, (*path, name))


@pytest.mark.parametrize("source", [SOURCE, *map(example, ("askpro", "salon", "clinic"))])
def test_every_value_has_a_line_and_every_line_a_value(source: str) -> None:
    assert set(source_lines(source)) == set(paths(tomllib.loads(source)))
