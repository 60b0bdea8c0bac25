"""The words around names, numbers and addresses, read from the data file beside this module."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LONGEST_SAID = 1000
"""Nobody says a name, a number or an address in more letters."""

_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(text: str) -> str:
    """`text` in lower case, German letters written out, other accents removed."""
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))


def listed(entry: str) -> tuple[str, ...]:
    """The entries of a semicolon list, plain, longest first."""
    return tuple(
        sorted({plain(each.strip()) for each in entry.split(";")}, key=lambda each: (-len(each), each))
    )


@cache
def people_words() -> dict[str, Any]:
    """The data file as it stands."""
    text = files("handfest.speech").joinpath("people_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


_HUNDREDS = 2


@dataclass(frozen=True, slots=True)
class SpokenDigits:
    """Words for digits: single words, tens (first digit only), and how often the next digit is meant."""

    digits: Mapping[str, str]
    tens: Mapping[str, str]
    repeats: Mapping[str, int]

    def of(self, word: str) -> str | None:
        """The digits a plain word says ("zwoelf" -> "12", "einundzwanzig" -> "21"), None for other words."""
        if word.isdigit():
            return word
        if word in self.digits:
            return self.digits[word]
        if word in self.tens:
            return self.tens[word] + "0"
        return self._hundreds(word) or self._german_tens(word) or self._repeated(word)

    def _repeated(self, word: str) -> str | None:
        """ "doppelnull" -> "00"."""
        found = (
            (word.removeprefix(lead), count) for lead, count in self.repeats.items() if word.startswith(lead)
        )
        return next((self.digits[rest] * count for rest, count in found if rest in self.digits), None)

    def _hundreds(self, word: str) -> str | None:
        """ "hunderteinundsiebzig" -> "171", "neunzehnhundertachtzig" -> "1980", "zweitausendeins" -> "2001"."""
        lead, hundred, rest = word.partition("tausend" if "tausend" in word else "hundert")
        first = self.digits.get(lead or "eins")
        last = self.of(rest.removeprefix("und")) if rest else ""
        if not hundred or first is None or last is None or len(last) > _HUNDREDS:
            return None
        return first + last.zfill(3 if hundred == "tausend" else _HUNDREDS)

    def _german_tens(self, word: str) -> str | None:
        for ten, first in self.tens.items():
            unit = word.removesuffix(ten).removesuffix("und")
            if word.endswith("und" + ten) and unit in self.digits:
                return first + self.digits[unit]
        return None


@cache
def spoken_digits() -> SpokenDigits:
    """The words for digits in German and English."""
    data = people_words()
    return SpokenDigits(
        digits={plain(word): digit for word, digit in data["digits"].items()},
        tens={plain(word): digit for word, digit in data["tens"].items()},
        repeats={plain(word): count for word, count in data["repeats"].items()},
    )
