"""Whatever a hand does to a business file, it is answered with problems and never with a fault."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from business_file.example_files import example
from handfest.catalogue.parse import read_business

VALUES = [
    "1",
    "-1",
    "1.5",
    "nan",
    "true",
    '""',
    '"x"',
    "2025-01-01",
    "09:00:00",
    "[]",
    "[1]",
    '["a"]',
    "[{}]",
    "{}",
]
EXAMPLES = {name: example(name).split("\n") for name in ("askpro", "salon", "clinic")}


@pytest.mark.parametrize("name", EXAMPLES)
@settings(derandomize=True, max_examples=120, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_told_about(name: str, data: st.DataObject) -> None:
    lines = list(EXAMPLES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition("=")
        damaged = [f"{key}= {data.draw(st.sampled_from(VALUES))}"] if equals else [lines[at][:-1]]
        lines[at : at + 1] = data.draw(st.sampled_from([damaged, [], [lines[at]] * 2, [lines[at][1:]]]))
    read = read_business("\n".join(lines))
    refused = any(not problem.warning for problem in read.problems)
    assert (read.catalogue is None) is refused
    assert all(problem.line is None or problem.line <= len(lines) for problem in read.problems)
