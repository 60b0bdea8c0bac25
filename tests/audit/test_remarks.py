"""What an agent says around one look at the calendar is a claim only where no answer says so (HF407)."""

import tomllib

import pytest

from audit.labelled_calls import HERE, catalogues, item
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

TABLE = tomllib.loads((HERE / "remarks.toml").read_text("utf-8"))
ROWS = [
    (look, language, place, words, expected)
    for look, languages in TABLE.items()
    for language, told in languages.items()
    for kind, expected in (("harmless", []), ("unfounded", ["HF407"]))
    for place, said in told.get(kind, {}).items()
    for words in said
]


@pytest.mark.parametrize(
    ("look", "language", "place", "words", "expected"), ROWS, ids=lambda part: str(part)[:40]
)
def test_a_remark_is_held_against_what_was_looked_up(
    look: str, language: str, place: str, words: str, expected: list[str]
) -> None:
    told = TABLE[look][language]
    call = {
        "id": "remark",
        "catalogue": told["catalogue"],
        "start": told["start"],
        "say": told["say"].format(**{**told["plain"], place: words}),
    }
    assert labelled(answer_item(item(call), catalogues())["answer"]["findings"]) == expected
