"""Phone numbers of envelopes: one spelling (E.164), and withheld ones as None."""

from functools import lru_cache

import phonenumbers


def line_number(number: str | None) -> str | None:
    """A line's own number in E.164, or as it stands where it is no phone number (a SIP name)."""
    return _e164(number) or number


def caller_number(number: str | None) -> str | None:
    """The caller's number in E.164; None for "anonymous" and everything else that is no number (B58)."""
    return _e164(number)


@lru_cache(maxsize=4096)
def _e164(number: str | None) -> str | None:
    if number is None:
        return None
    text = "+" + number[2:] if number.startswith("00") else number
    if not text.startswith("+"):
        text = "+" + text if text.isdigit() and len(text) > 9 else text
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
