"""Every problem of a business file can be told in German and in English, with the same facts."""

import ast
import inspect
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tomllib import _parser as toml_reader

import pytest

import handfest
from business_file.example_files import HERE, bad
from english_words import english_in
from handfest.catalogue.keys import SECTIONS
from handfest.catalogue.parse import read_business
from handfest.catalogue.problem_words import LANGUAGES, SENTENCES, SyntaxMessage

SOURCE = Path(handfest.__file__).parent


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def codes_in_the_source() -> Iterator[str]:
    """The codes written where a problem is noted."""
    for path in [*(SOURCE / "catalogue").glob("*.py"), SOURCE / "office" / "edit_catalogue.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = {"add": 1, "warn": 1, "problem": 1, "Problem": 2}.get(name)
            if place is not None and len(node.args) > place:
                given = node.args[place]
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value


def test_every_code_that_is_noted_has_its_sentences() -> None:
    noted = set(codes_in_the_source())
    assert len(noted) > 60
    assert noted <= set(SENTENCES)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_sentence_is_there_in_every_language_with_the_same_gaps(code: str) -> None:
    for part, texts in SENTENCES[code].items():
        assert set(texts) == set(LANGUAGES), part
        assert gaps(texts["de"]) == gaps(texts["en"]), part


def test_every_key_says_in_every_language_what_to_write() -> None:
    for section, keys in SECTIONS.items():
        for key in keys.values():
            assert set(key.remedies) == set(LANGUAGES), (section, key.name)
            assert key.remedies["de"] != key.remedies["en"]
    german = tomllib.loads((SOURCE / "catalogue" / "business_remedies.de.toml").read_text("utf-8"))
    assert {section: set(keys) for section, keys in german.items()} == {
        section: set(keys) for section, keys in SECTIONS.items()
    }


@pytest.mark.parametrize("name", sorted(path.stem for path in (HERE / "bad").glob("*.toml")))
def test_every_problem_of_the_bad_files_is_told_in_german(name: str) -> None:
    for problem in read_business(bad(name)).problems:
        told = f"{problem.cause_in('de')}. {problem.remedy_in('de')}"
        assert english_in(told) is None, told
        assert problem.remedy_in("de")
        assert problem.cause_in("de") != problem.cause


def test_whatever_the_toml_reader_says_has_a_german_sentence() -> None:
    said = re.findall(r'suffixed_err\(\s*src, \w+, f?(".*?(?<!\\)")', inspect.getsource(toml_reader), re.S)
    assert len(said) > 20
    unknown = SyntaxMessage("never said").told("de")
    for text in map(ast.literal_eval, said):
        assert SyntaxMessage(text).told("de") != unknown, text
