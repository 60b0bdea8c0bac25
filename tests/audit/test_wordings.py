"""One sentence with no tool behind it: rare ways to call a time free or taken, and harmless ones that sound alike."""

import tomllib

import pytest

from audit.labelled_calls import HERE, catalogues, item
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

TABLE = tomllib.loads((HERE / "wordings.toml").read_text("utf-8"))
ROWS = [
    (language, words, expected)
    for language in TABLE
    for kind, expected in (("unfounded", ["HF407"]), ("harmless", []))
    for words in TABLE[language][kind]
]


@pytest.mark.parametrize(("language", "words", "expected"), ROWS, ids=lambda part: str(part)[:40])
def test_words_without_a_check_are_heard_as_they_are_meant(
    language: str, words: str, expected: list[str]
) -> None:
    call = {
        "id": "one-sentence",
        "catalogue": TABLE[language]["catalogue"],
        "start": "2026-05-06T10:12:00+02:00",
        "say": TABLE[language]["say"].format(words=words),
        "ends": "agent",
    }
    assert labelled(answer_item(item(call), catalogues())["answer"]["findings"]) == expected
