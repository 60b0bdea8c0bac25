"""Text as it is searched: small letters, no accents, numbers as digits."""

import re
import unicodedata

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?\d[\d\s/()-]{3,}\d")


def fold(text: str) -> str:
    """The text in small letters without accents; umlauts as they are written without them."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(sign))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text in order, each once."""
    return tuple(dict.fromkeys(_WORD.findall(fold(text))))


def digits_of(number: str | None) -> str:
    """A phone number as its digits."""
    return "".join(sign for sign in number or "" if sign.isdigit())


def searched_words(asked: str) -> tuple[str, ...]:
    """What to look for in search texts: words, and numbers as digits without the zeros they are dialled with."""
    numbers = [digits_of(found).lstrip("0") for found in _NUMBER.findall(asked)]
    return tuple(
        dict.fromkeys([*(number for number in numbers if number), *words_of(_NUMBER.sub(" ", asked))])
    )
