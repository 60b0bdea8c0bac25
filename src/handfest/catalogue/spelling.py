"""How said words are written down before they are compared: folded letters, tokens, sound keys.

Speech recognition writes "Strähnen", "Straehnen", "Strahnen" and "strenen" for one word, "W-Lan" and
"E K G" in pieces. Folding removes what does not carry meaning; the sound keys say which words sound alike.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from cologne_phonetics import encode

_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "a", "œ": "o"})
_UMLAUT = re.compile("[äöü]")
_WRITTEN_UMLAUT = re.compile(r"(?<![aeqo])([aou])e(?!u)")
_TOKEN = re.compile(r"[a-z0-9]+")
_WORDS_NOT_LETTERS = ("i", "a")
"""English words of one letter that follow each other ("I've a wedding")."""
_CONTRACTION = re.compile(r"['’`´](?:ll|d|ve|re|m)\b")
_APOSTROPHE = re.compile(r"['’`´]")
_ENGLISH_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(?<=[bglmnrvz])ed\b", "d"),
        (r"^(?:kn|gn)", "n"),
        (r"^wr", "r"),
        (r"mb\b", "m"),
        (r"ss?ure\b", "sher"),
        (r"ture\b", "cher"),
        (r"ph", "f"),
        (r"tch", "ch"),
        (r"sch|sh|tion|ssion", "x"),
        (r"ck|q", "k"),
        (r"dg", "j"),
        (r"gh", ""),
        (r"gn\b", "n"),
        (r"(?<=[aeiou])r(?![aeiouy])", ""),
        (r"g(?=[eiy])", "j"),
        (r"c(?=[eiy])", "s"),
        (r"c(?!h)", "k"),
        (r"z", "s"),
        (r"(?<=[a-z])h", ""),
        (r"^h", ""),
        (r"^[aeiouy]+", "a"),
        (r"(?<=.)[aeiouyw]", ""),
        (r"(.)\1+", r"\1"),
    )
)


_LOAN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"age\b", "aS"),
        (r"ssue", "Su"),
        (r"igh|ign\b", "ain"),
        (r"ea|ee|ie", "i"),
        (r"oo|ou", "u"),
        (r"ay(?![aeiou])", "e"),
        (r"i(?=[bdklmnprstv]e\b)", "ai"),
    )
)
_LOAN_ENDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"(?<=[bcdfgklmnprstvz])e\b", ""),
        (r"a(?=[gk]ing\b)", "e"),
        (r"g(?=[eiy])", "S"),
        (r"c(?=[eiy])", "s"),
    )
)
_LOAN_VOWELS: tuple[tuple[tuple[re.Pattern[str], str], ...], ...] = tuple(
    tuple((re.compile(pattern), heard) for pattern, heard in vowels)
    for vowels in (
        (),
        (
            (r"ow(?!n)", "au"),
            (r"tion\b", "Sen"),
            (r"(?<=[bcdfgklmnprst])y\b", "ai"),
            (r"a([bcdfgkmnpstvz])e\b", r"ai\1"),
        ),
        (
            (r"ow(?!n)", "o"),
            (r"tion\b", "Sen"),
            (r"ea", "e"),
            (r"a([bcdfgkmnpstvz])e\b", r"e\1"),
            (r"(?<![aeiou])u(?=[bdfgklmnprstxz]{1,2}\b)", "a"),
        ),
    )
)
"""The ways a German ear writes English vowels: "shave" as "Schave", "Schäif" or "Schef", "cut" as "Kat"."""
_HEARD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), heard)
    for pattern, heard in (
        (r"chs", "ks"),
        (r"[td]?sch|tch|ch|sh", "S"),
        (r"ph|v|w", "f"),
        (r"ie|ih", "i"),
        (r"(?<=[aeou])h", ""),
        (r"eh|ee", "e"),
        (r"ei|ay|ey", "ai"),
        (r"th|dt|d", "t"),
        (r"ck|q|c|g", "k"),
        (r"tz|z|ss", "s"),
        (r"b", "p"),
        (r"j|y", "i"),
        (r"x", "ks"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def as_heard(word: str) -> str:
    """A folded word by its sounds with the vowels, as a German ear writes it down."""
    for pattern, replacement in _HEARD:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=20_000)
def read_aloud(pieces: tuple[str, ...], language: str) -> tuple[str, ...]:
    """How the folded words of a name sound together, read as German and as loans from English or French; in more
    than one way where `language` is German, in which all ways to hear a foreign vowel are written."""
    readings = [as_heard("".join(pieces))]
    for vowels in _LOAN_VOWELS if language == "de" else _LOAN_VOWELS[:1]:
        readings.append(as_heard("".join(_as_loan(piece, vowels) for piece in pieces)))
    return tuple(dict.fromkeys(readings))


def _as_loan(word: str, vowels: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for pattern, heard in (*vowels, *_LOAN, *_LOAN_ENDS):
        word = pattern.sub(heard, word)
    return word


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """`text` in lower case without accents; umlauts and their two-letter spellings become the plain vowel."""
    written = unicodedata.normalize("NFKC", text).casefold()
    plain = written.translate(_UMLAUTS)
    if not plain.isascii():
        letters = unicodedata.normalize("NFD", plain)
        plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # Who writes "ö" writes no "oe" for it: "Kontoeröffnung" is Konto and Eröffnung.
    return plain if _UMLAUT.search(written) else _WRITTEN_UMLAUT.sub(r"\1", plain)


def tokens(text: str) -> tuple[str, ...]:
    """The folded words of `text`; letters spelled one by one ("E K G") become one word."""
    if _APOSTROPHE.search(text):
        text = _APOSTROPHE.sub("", _CONTRACTION.sub("", text))
    pieces = _TOKEN.findall(fold(text))
    joined: list[str] = []
    spelled = False
    for piece in pieces:
        single = len(piece) == 1 and piece.isalpha()
        if single and spelled and (joined[-1], piece) != _WORDS_NOT_LETTERS:
            joined[-1] += piece
        else:
            joined.append(piece)
        spelled = single
    return tuple(joined)


@lru_cache(maxsize=20_000)
def sound(word: str, language: str) -> str:
    """The sound key of a folded word: Kölner Phonetik for German, a consonant key for English."""
    if language == "de":
        key: str = encode(word)[0][1] if word else ""
        return key
    key = word
    for pattern, replacement in _ENGLISH_SOUNDS:
        key = pattern.sub(replacement, key)
    return key
