"""Phone numbers as callers' platforms write them: E.164 (ITU-T E.164, "+" and at most 15 digits)."""

import phonenumbers
from phonenumbers import PhoneNumberFormat


def e164(text: str | None, country: str) -> str | None:
    """The number in E.164, read the way people of `country` write it; None where it is no phone number."""
    try:
        number = phonenumbers.parse(text or "", country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_assigned(number: str) -> bool:
    """True where an E.164 number lies in a range that its country has given out."""
    return phonenumbers.is_valid_number(phonenumbers.parse(number))
