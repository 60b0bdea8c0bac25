"""Tokens: the words, numbers and marks of an utterance, each with a kind and a value."""

import re
from dataclasses import dataclass
from datetime import datetime

FOLD = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "é": "e",
        "è": "e",
        "’": "'",
    }
    | {"‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "½": " 1/2"}
)

_YEAR = r"(?:19|20|21)\d\d"
_SHAPES = re.compile(
    rf"""
      (?P<iso>{_YEAR}-\d\d?-\d\d?(?:(?:\s*T|\s)\s*\d\d?:\d\d(?!\s?[ap]m)(?::\d\d(?:[.,]\d+)?)?(?:\s?Z\b|\s?[+-]\d\d:?\d\d)?)?)(?![\d])
    | (?P<basic>20\d\d[01]\d[0-3]\dT\d{{4}}(?:\d\d)?Z?)(?!\w)
    | (?P<ymd>{_YEAR}[/.]\d\d?[/.]\d\d?)(?!\d)
    | (?P<compact>20\d\d[01]\d[0-3]\d)(?!\d)
    | (?P<dmyword>\d\d?-\d\d?-{_YEAR})(?!\d)
    | (?P<hm>\d\d?(?::|\s:\s|h(?=\d\d(?!\d)))\d\d(?!\d)(?::\d\d)?(?:\.\d+)?(?:Z\b|\+\d\d:\d\d)?)
    | (?P<date>\d\d?\.\s?\d\d?\.(?:\s?\d{{4}}(?![\d.:])|'?\d\d(?![\d.:]|\s?(?:uhr|h\b)))?)
    | (?P<slashed>\d\d?/\d\d?(?:/\d{{2,4}})?)(?![\d/])
    | (?P<dotted>\d\d?\.\d\d?)(?![\d.]\d)
    | (?P<code>\d+(?!uhr|h|am|pm)[a-z]+\d\w*|\d+er\b|[a-su-z]\d+[a-z]?\b|\d{{2,4}}[abcdefg]\b)
    | (?P<meridiem>(?<=\d)(?:[ap]m|p)\b)
    | (?P<ordinal>\d\d?(?:st|nd|rd|th|ten|ter|te|tes)\b)
    | (?P<decimal>\d+[.,]\d+)
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*'?)
    | (?P<mark>[.,;:!?()/&€$£%@+-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DOTTED_HALF = re.compile(r"\b([ap])(?:\s?\.\s?|\s)m\b\.?", re.IGNORECASE)
_DOT_BEFORE_HALF = re.compile(r"(?<=\d)\.\s?(?=[ap]\s?\.?\s?m\b)", re.IGNORECASE)
_UNIVERSAL = re.compile(r"(?<=:\d\d)\s?(?:UTC|GMT)\b", re.IGNORECASE)
_UNFILLED = re.compile(r"\{\{[^{}]{0,80}\}\}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Token:
    """One unit of an utterance.

    `kind` names its part in the grammar, `value` what it stands for (a number, a form), `text` the folded
    words it was made of. `digits` marks numbers that came as figures, `capital` words written with a
    capital letter where not all are.
    """

    kind: str
    value: object = None
    text: str = ""
    digits: bool = False
    capital: bool = False


def fold(text: str) -> str:
    """Spell umlauts and typographic marks in plain letters; the case stays."""
    return text.translate(FOLD)


def scan(text: str) -> list[Token]:
    """Cut a text into raw tokens: kinds are shapes (`number`, `word`, `date`, `hm`), not yet meanings.

    Variables an agent's template left unfilled ("{{date}}") say nothing.
    """
    folded = _DOT_BEFORE_HALF.sub(" ", _UNFILLED.sub(" ", fold(text)))
    folded = _UNIVERSAL.sub("Z", _DOTTED_HALF.sub(r"\1m", folded))
    tokens: list[Token] = []
    shouted = folded.isupper()
    for match in _SHAPES.finditer(folded):
        shape = match.lastgroup or "mark"
        raw = match.group()
        tokens.append(_raw_token(shape, raw, shouted))
    return tokens


def _raw_token(shape: str, raw: str, shouted: bool) -> Token:
    text = raw.lower()
    if shape in ("word", "mark"):
        return Token(shape, None, text, capital=raw[:1].isupper() and not shouted)
    if shape == "meridiem":
        return Token("ampm", text[0] + "m", text)
    if shape == "basic":
        return Token("iso", _extended(text.upper()), text, digits=True)
    if shape == "iso":
        return Token("iso", text.upper().replace(",", "."), text, digits=True)
    if shape == "hm" and not text[-1:].isdigit():
        return Token("zone", None, text)
    if shape == "hm":
        text = text.replace(" ", "").replace("h", ":")
    numbers = tuple(int(part) for part in _DIGITS.findall(text))
    return Token(shape, numbers, text, digits=True)


def _extended(basic: str) -> str:
    """ "20261016T143000Z" with the marks that other timestamps have."""
    day, _, clock = basic.partition("T")
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}" + ("Z" if clock.endswith("Z") else "")


def iso_moment(text: str) -> datetime | None:
    """The moment an ISO text names, aware when it carries an offset; None when there is no such moment."""
    compact = re.sub(r"\s*T\s*|\s+(?=\d)", "T", text.strip(), count=1).replace(" ", "")
    day, _, clock = compact.partition("T")
    parts = [int(part) for part in day.split("-")]
    padded = f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
    if clock:
        clock = clock if clock[1:2] != ":" else "0" + clock
        padded = f"{padded}T{clock}"
    try:
        return datetime.fromisoformat(padded)
    except ValueError:
        return None
