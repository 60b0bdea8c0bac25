"""Everyday words one letter away from a word of time mean no time: fever is not February."""

import pytest

from handfest.model.wish import Wish
from handfest.speech.when import understand_when
from handfest.speech.when_answer import item_context

NOW = "2026-06-09T10:15:00+02:00"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "mein Kind hat Fieber"),
        ("de", "wir kennen uns schon"),
        ("de", "bitte weiter so"),
        ("de", "wir mögen das"),
        ("de", "das ist seinen Preis wert"),
        ("de", "eine Miete zahlen"),
        ("en", "a smart watch"),
        ("en", "the newer one with lights"),
    ],
)
def test_an_everyday_word_says_nothing_about_time(language: str, text: str) -> None:
    assert understand_when(text, item_context({"now": NOW, "lang": language})) == Wish()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "um zehn meinte ich"),
        ("de", "wir kennen uns schon, um zehn"),
        ("de", "ich warte seit 2015, um zehn"),
        ("en", "the newer one at ten"),
    ],
)
def test_a_time_beside_everyday_words_stays_clear(language: str, text: str) -> None:
    reading = understand_when(text, item_context({"now": NOW, "lang": language}))
    assert isinstance(reading, Wish)
    assert reading.at is not None
    assert reading.at.hour == 10
