"""An e-mail address out of spoken or written words, and the words to read one back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from email_validator import EmailNotValidError, validate_email

from handfest.speech.people_words import LONGEST_SAID, listed, people_words, plain, spoken_digits
from handfest.speech.spelling import without_alphabet


@dataclass(frozen=True, slots=True)
class EmailOk:
    """An address of valid form, in lower case; nobody asked the domain whether it exists."""

    address: str


@dataclass(frozen=True, slots=True)
class EmailRefused:
    """No address: `reason` is empty, absent (talk without any sign of one), incomplete (no @ or no ending), invalid."""

    text: str
    reason: str


EmailRead = EmailOk | EmailRefused

_AUSTRIA = "at"
"""The ending that sounds like the mark."""
_PIECE = r"[a-z0-9]+|[@._+-]"


@cache
def _list(key: str) -> frozenset[str]:
    return frozenset(listed(people_words()["email"][key]))


@cache
def _marks() -> dict[str, str]:
    return {plain(word): mark for word, mark in people_words()["email"]["marks"].items()}


def read_email(text: str | None) -> EmailRead:
    """The address in `text`: written ("erika@example.com"), spoken ("erika at example punkt de") or spelled.

    Umlauts are written out (ä = ae), as addresses nearly always do; the caller hears the result read back.
    """
    said = (text or "").strip()
    if not any(character.isalnum() for character in said):
        return EmailRefused(said, "empty")
    if len(said) > LONGEST_SAID or _taken_back(said):
        return EmailRefused(said, "invalid")
    address = spoken_address(said)
    if address is None:
        return EmailRefused(said, "invalid")
    local, _, domain = address.partition("@")
    if "@" not in address and "." not in address:
        return EmailRefused(said, "absent")
    if not local or "." not in domain.strip("."):
        return EmailRefused(said, "incomplete")
    try:
        checked = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return EmailRefused(said, "invalid")
    return EmailOk(checked.normalized)


def _taken_back(said: str) -> bool:
    """True when something is said before a correction; behind a mark it is part of the address ("dot no")."""
    tokens = re.findall(_PIECE, _spaced(plain(said)))
    return any(
        token in _list("corrections") and before not in _marks() and before not in _marks().values()
        for before, token in pairwise(tokens)
    )


def spoken_address(said: str) -> str | None:
    """The characters of an address said in words; what is not part of one is passed over.

    None when a word and how it is said to be written do not agree ("meier mit y").
    """
    tokens = re.findall(_PIECE, _spaced(plain(said)))
    spelled = [plain(token) for token in without_alphabet(_unspelled(tokens))]
    explained = _explained(_without_fillers(spelled))
    if explained is None:
        return None
    tokens = _without_manner(explained)
    written: list[str] = []
    times, tens = 1, ""
    for token in tokens:
        if token in spoken_digits().repeats:
            times = spoken_digits().repeats[token]
            continue
        ending = token == _AUSTRIA and written[-1:] == ["."]
        mark = token if ending else _marks().get(token, token)
        digits = spoken_digits().of(token)
        if tens and digits and len(digits) == 1 and digits != "0" and not token.isdigit():
            written[-1] = tens + digits
            tens = ""
            continue
        tens = digits[0] if digits and token in spoken_digits().tens else ""
        written.append((digits or mark) * times)
        times = 1
    return re.sub(r"\.+", ".", "".join(written)).strip(".")


def _spaced(text: str) -> str:
    """Fillers that hold a hyphen ("e-mail-adresse") are one word without marks."""
    text = re.sub("['’]", "", text)
    for manner in _list("manner"):
        text = re.sub(rf"\b{manner}\b", " ", text)
    return re.sub(r"\be-?mail(?:-?adresse)?\b(?!\s*[@.])", "email", text)


def _explained(tokens: Sequence[str]) -> list[str] | None:
    """Without "mit doppel t" and "that's d o e" behind a word; None when the word is written otherwise."""
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        spelt = _spelt_again(tokens[at:], kept)
        if spelt:
            at += spelt
            continue
        again = tokens[at] in _list("spelling")
        lead = tokens[at] in _list("written_with") or again
        letters, width = _letters(tokens[at + 1 :]) if lead and kept else ("", 0)
        if not letters:
            kept.append(tokens[at])
            at += 1
            continue
        if again and letters[0] == kept[-1][0]:
            kept[-1] = letters
        elif again or letters not in kept[-1]:
            return None
        at += 1 + width
    return kept


def _spelt_again(tokens: Sequence[str], kept: Sequence[str]) -> int:
    """How many words at the start only spell the word before them ("jens, also j e n s")."""
    lead = 1 if tokens[0] == "also" else 0
    word = kept[-1] if kept else ""
    letters = tokens[lead : lead + len(word)]
    spells = len(word) >= _FEWEST_LETTERS and all(len(letter) == 1 for letter in letters)
    return lead + len(word) if spells and "".join(letters) == word else 0


def _letters(tokens: Sequence[str]) -> tuple[str, int]:
    """The letters at the start, up to a mark or the end, and how many words say them; none when words follow."""
    repeats, letters, times = spoken_digits().repeats, "", 1
    for width, token in enumerate(tokens):
        if token in _marks() or token in _marks().values():
            return letters, width
        if token in repeats or token in _list("amounts"):
            times = repeats.get(token, _PAIR if token in _PAIRS else 1)
        elif len(token) <= _PAIR:
            letters += token * times
            times = 1
        else:
            return "", 0
    return letters, len(tokens)


_PAIR = 2
_FEWEST_LETTERS = 3
_PAIRS = frozenset({"zwei", "two"})


def _without_manner(tokens: Sequence[str]) -> list[str]:
    """Without how it is written: "alles zusammen", "kleingeschrieben"."""
    manner = _list("written_how")
    pairs = zip(tokens, [*tokens, ""][1:], strict=False)
    return [word for word, ahead in pairs if word not in manner and not (word == "alles" and ahead in manner)]


def _unspelled(tokens: Sequence[str]) -> list[str]:
    """Without the spelling alphabet: "e wie emil" is "e"."""
    kept: list[str] = []
    skip = 0
    for at, token in enumerate(tokens):
        if skip:
            skip -= 1
        elif token in _list("spelled_as") and kept and len(kept[-1]) == 1 and at + 1 < len(tokens):
            skip = 2 if tokens[at + 1] == "in" else 1
        else:
            kept.append(token)
    return kept


def _without_fillers(tokens: Sequence[str]) -> list[str]:
    """Without "meine E-Mail ist" in front and "bitte" behind; inside, words are part of the address."""
    fillers = _list("fillers")
    start = 0
    while (
        start < len(tokens) - 1
        and tokens[start] in fillers
        and tokens[start + 1] not in ("@", ".", "at", "punkt")
    ):
        start += 1
    end = len(tokens)
    while end > start + 1 and tokens[end - 1] in fillers:
        end -= 1
    return [token for token in tokens[start:end] if token not in ("klein", "gross", "kleines", "grosses")]


def read_back(address: str, language: str) -> str:
    """The address as words to speak: "erika Punkt beispiel ät example Punkt de"."""
    tables = people_words()["email"]["read_back"]
    words = tables.get(language, tables["en"])
    pieces = re.findall(r"[^@._+-]+|[@._+-]", address)
    return str(words["join"]).join(words.get(piece, piece) for piece in pieces)
