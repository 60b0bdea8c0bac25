"""A phone number out of written or spoken digits, as E.164 ("+4930...")."""

import re
from dataclasses import dataclass
from functools import cache

import phonenumbers

from handfest.speech.people_words import LONGEST_SAID, listed, people_words, plain, spoken_digits

_FEWEST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class PhoneOk:
    """A number that can exist, in E.164."""

    e164: str


@dataclass(frozen=True, slots=True)
class PhoneRefused:
    """No number: `reason` is anonymous (nothing given or withheld), absent (no digit at all), incomplete, invalid."""

    text: str
    reason: str


PhoneRead = PhoneOk | PhoneRefused


@cache
def _list(key: str) -> tuple[str, ...]:
    return listed(people_words()["phone"][key])


def read_phone(text: str | None, country: str) -> PhoneRead:
    """The number in `text`; `country` (ISO 3166, "DE") is where numbers without a country code belong."""
    said = (text or "").strip()
    compared = " ".join(re.findall(r"[a-z]+", plain(said)))
    if not said or compared in _list("anonymous"):
        return PhoneRefused(said, "anonymous")
    if len(said) > LONGEST_SAID or _taken_back(said):
        return PhoneRefused(said, "invalid")
    together, apart = (_number(said, spoken_number(said, tens_join=join), country) for join in (True, False))
    # "thirty two" is 32, or 30 and a 2: what makes a number of it counts.
    return apart if isinstance(together, PhoneRefused) and isinstance(apart, PhoneOk) else together


def _abroad(digits: str, country: str) -> str:
    """ "49 171 ..." without its plus, where numbers at home begin with a zero."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    code = str(phonenumbers.country_code_for_region(country))
    if metadata is None or metadata.national_prefix != "0" or not digits.startswith(code):
        return digits
    try:
        whole = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return digits
    return "+" + digits if phonenumbers.is_valid_number(whole) else digits


def _number(said: str, digits: str, country: str) -> PhoneRead:
    digits = _abroad(digits, country)
    if not digits.lstrip("+"):
        return PhoneRefused(said, "absent")
    if len(digits.lstrip("+")) < _FEWEST_DIGITS:
        return PhoneRefused(said, "incomplete")
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return PhoneRefused(said, "invalid")
    if not phonenumbers.is_valid_number(number):
        short = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.TOO_SHORT
        return PhoneRefused(said, "incomplete" if short else "invalid")
    return PhoneOk(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _taken_back(said: str) -> bool:
    """True when digits stand before and behind a correction."""
    words = re.findall(r"[a-z]+|\d+", plain(said))
    known = spoken_digits()
    numbered = [known.of(word) is not None for word in words]
    return any(
        word in _list("corrections") and any(numbered[:at]) and any(numbered[at:])
        for at, word in enumerate(words)
    )


def spoken_number(said: str, *, tens_join: bool = True) -> str:
    """The digits of a number said in words, figures or both, with a leading "+" where one was said.

    "doppel drei" is 33, "dreimal die Null" 000, "twenty one" 21 when `tens_join`, else 20 and 1; other words are
    passed over, as callers put them between the groups.
    """
    words = re.findall(r"[a-z]+|\d+|[+,]", plain(said))
    known = spoken_digits()
    written: list[str] = []
    times = 1
    tens = ""
    for word in words:
        if word in ("+", "plus"):
            written.append("+" if not written else "")
            continue
        if word == ",":
            tens = ""
            continue
        if word in known.repeats:
            times = known.repeats[word]
            continue
        digits = known.of(word)
        if digits is None:
            continue
        if tens_join and tens and len(digits) == 1 and digits != "0" and not word.isdigit():
            written[-1] = tens + digits
            tens = ""
            continue
        tens = digits[0] if word in known.tens else ""
        written.append(digits * times)
        times = 1
    return "".join(written)
