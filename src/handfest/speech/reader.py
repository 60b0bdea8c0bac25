"""From a text to typed tokens: spelling repair, phrases, split and joined words, numbers of several words."""

from collections.abc import Sequence

from handfest.speech.lexicon import Entry, Lexicon
from handfest.speech.token import Token, scan

_WORDY = ("word",)
_LONGEST_JOIN = 3
_DATED = frozenset({"number", "date", "ordinal", "dotted"})
_CLOCKED = frozenset({"num", "hm", "dotted", "oclock", "hhmm"})
_MARKS = {
    ".": "dot",
    ",": "comma",
    ";": "comma",
    "-": "dash",
    "/": "slash",
    "€": "price",
    "$": "price",
    "£": "price",
} | {
    "%": "price",
    "@": "at",
    "&": "and",
    "?": "stop",
    "!": "stop",
    "+": "plus",
}
_LOOSE_TENS = frozenset({20, 30, 40, 50, 60, 70, 80, 90})


def read(text: str, lexicon: Lexicon) -> list[Token]:
    """The typed tokens of a text."""
    words = _spell(scan(text), lexicon)
    return _compose(_without_stutter(_one_correction(_type(words, lexicon))), lexicon.language)


def _one_correction(tokens: list[Token]) -> list[Token]:
    """ "no hang on", "no wait": a "no" right before a correction belongs to it."""
    pairs = zip(tokens, [*tokens, Token("stop")][1:], strict=True)
    return [token for token, ahead in pairs if not (token.text == "no" and ahead.kind == "corr")]


def _without_stutter(tokens: list[Token]) -> list[Token]:
    """ "um halb um halb zehn": a row of two or three words said twice counts once; numbers may be dialled."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        for width in (2, 3):
            said, again = kept[-2 * width : -width], kept[-width:]
            same = len(said) == width and [t.text for t in said] == [t.text for t in again]
            if same and not any(t.digits for t in again) and any(t.kind != "num" for t in again):
                del kept[-width:]
                break
    return kept


def _spell(raw: list[Token], lexicon: Lexicon) -> list[Token]:
    """Put words together that were split, take apart words that were joined, repair single letters."""
    spelt: list[Token] = []
    position = 0
    while position < len(raw):
        token = raw[position]
        if token.kind not in _WORDY:
            spelt.append(token)
            position += 1
            continue
        joined = _joined(raw, position, lexicon)
        if joined is not None:
            word, width = joined
            spelt.append(Token("word", None, word, capital=token.capital))
            position += width
            continue
        spelt.extend(_mended(token, lexicon))
        position += 1
    return spelt


def _joined(raw: list[Token], position: int, lexicon: Lexicon) -> tuple[str, int] | None:
    """A known word out of two or three neighbours, at least one of which means nothing alone."""
    parts: list[str] = []
    for token in raw[position : position + _LONGEST_JOIN]:
        if token.kind != "word":
            break
        parts.append(token.text)
    for width in range(len(parts), 1, -1):
        word = "".join(parts[:width])
        entry = lexicon.words.get(word)
        if entry is None and width == 2 and parts[1] in ("day", "tag") and parts[0] not in lexicon.vocabulary:
            word = lexicon.repair(word) or word
            entry = lexicon.words.get(word) if word[0] == parts[0][0] else None
            entry = entry if entry is not None and entry.kind == "weekday" else None
        if entry is None or len(word) < 5:
            continue
        if all(_meaningful(part, lexicon) for part in parts[:width]) and not _split_on_purpose(
            parts[:width], entry
        ):
            continue
        return word, width
    return None


def _meaningful(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.vocabulary


def _split_on_purpose(parts: list[str], entry: Entry) -> bool:
    """Splits of two known words that still can only be one ("über morgen", "frei tag")."""
    if entry.kind == "num":
        return parts[-1] == "sich"
    return entry.kind in ("weekday", "rel", "mod", "weekend") or (
        entry.kind == "daypart" and parts[0] in ("vor", "spaet", "frueh")
    )


def _mended(token: Token, lexicon: Lexicon) -> list[Token]:
    word = token.text
    if word in lexicon.vocabulary:
        return [token]
    if (part := _part_of_month(word, lexicon)) is not None:
        return part
    halves = lexicon.compounds.get(word) or _written_time(word, lexicon) or _split(word, lexicon)
    if halves is not None:
        return [Token("word", None, half, capital=token.capital) for half in halves]
    stem = lexicon.words.get(word.removesuffix("ish"))
    if stem is not None and stem.kind == "num":
        return [Token("word", None, word.removesuffix("ish")), Token("word", None, "ish")]
    bare = word.removesuffix("'s").removesuffix("'")
    if bare != word and bare in lexicon.words:
        return [Token("word", None, bare, capital=token.capital)]
    repaired = lexicon.repair(word)
    return [Token("word", None, repaired, capital=token.capital) if repaired else token]


def _part_of_month(word: str, lexicon: Lexicon) -> list[Token] | None:
    """ "juniwoche", "junitag", "junihaelfte" in the order in which they are said apart."""
    for tail in ("woche", "tag", "haelfte"):
        month = lexicon.words.get(word.removesuffix(tail)) if word.endswith(tail) else None
        if month is not None and month.kind == "month":
            parts = [word.removesuffix(tail), tail]
            return [Token("word", None, part) for part in (reversed(parts) if tail == "haelfte" else parts)]
    return None


_JOINS = {
    "weekday": ("daypart", "morgen"),
    "rel": ("daypart",),
    "morgen": ("daypart",),
    "half": ("num",),
    "quarter": ("num", "before", "after"),
    "threequarter": ("num",),
    "num": ("oclock", "daypart", "unit", "num"),
    "oclock": ("num",),
    "one": ("unit",),
    "mod": ("unit", "weekday"),
    "unit": ("weekday",),
    "at": ("num", "half", "quarter"),
    "ord": ("month",),
}
_LEADING = frozenset(
    {"at", "on", "in", "from", "of", "until", "before", "after", "approx", "the", "between", "by"}
)
_BEFORE_ARTICLES = frozenset({"on", "in", "from", "of", "until", "before", "after", "between"})
_TRAILING = frozenset(
    {"at", "on", "in", "from", "of", "until", "before", "after", "approx", "the", "to", "neg"}
)
_TIMELY = frozenset(
    {"num", "weekday", "month", "half", "quarter", "threequarter", "ord", "rel", "mod", "daypart", "morgen"}
    | {"unit", "weekend", "noonpoint", "portion"}
)
"""What is written together by mistake: a word of time and the small word before or behind it ("abMittwoch")."""


def _written_time(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """ "vierzehnuhrdreissig": hour, Uhr and minutes written as one."""
    hour, oclock, minute = word.partition("uhr")
    repaired = None if hour or not minute else lexicon.repair(minute)
    if repaired is not None and lexicon.words[repaired].kind == "num":
        return oclock, repaired
    numbers = [lexicon.words.get(part) for part in (hour, minute)]
    if not oclock or any(entry is None or entry.kind not in ("num", "one") for entry in numbers):
        return None
    return hour, oclock, minute


def _split(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """Two known words written as one ("freitagabend", "halbdrei", "zehnuhr")."""
    if not 6 <= len(word) <= 30 or word in lexicon.guard:
        return None
    for cut in range(len(word) - 2, 1, -1):
        left, right = lexicon.words.get(word[:cut]), lexicon.words.get(word[cut:])
        if left is None or right is None or not _joins(left, right):
            continue
        if (cut == 2 and left.kind not in _LEADING) or (len(word) - cut == 2 and right.kind not in _TRAILING):
            continue
        return word[:cut], word[cut:]
    return _split_and_repaired(word, lexicon) if lexicon.language == "de" else None


def _split_and_repaired(word: str, lexicon: Lexicon) -> tuple[str, ...] | None:
    """ "donnertsagabend", "freitagnachmmittag": a weekday and a part of the day, one of them misspelt."""
    for cut in range(5, len(word) - 4):
        if word[:cut] not in lexicon.words and word[cut:] not in lexicon.words:
            continue
        halves = [
            half if half in lexicon.words else lexicon.repair(half) for half in (word[:cut], word[cut:])
        ]
        left, right = (lexicon.words.get(half) if half else None for half in halves)
        if left and right and left.kind == "weekday" and right.kind in _JOINS["weekday"]:
            return halves[0] or "", halves[1] or ""
    return None


def _joins(left: Entry, right: Entry) -> bool:
    if right.kind in _JOINS.get(left.kind, ()):
        return True
    if right.kind == "the" and left.kind in _BEFORE_ARTICLES:
        return True
    return (left.kind in _LEADING and right.kind in _TIMELY) or (
        left.kind in _TIMELY and right.kind in _TRAILING
    )


def _type(spelt: list[Token], lexicon: Lexicon) -> list[Token]:
    """Give every token its kind: phrases first, then words, then shapes."""
    typed: list[Token] = []
    position = 0
    while position < len(spelt):
        token = spelt[position]
        phrase = _phrase(spelt, position, lexicon)
        if phrase is not None:
            entry, width = phrase
            text = " ".join(t.text for t in spelt[position : position + width])
            typed.append(Token(entry.kind, entry.value, text))
            position += width
            continue
        following = spelt[position + 1] if position + 1 < len(spelt) else None
        if token.text == "." and following is not None and typed and _abbreviated(typed[-1]):
            position += 1
            continue
        typed.append(_typed(token, typed[-1] if typed else None, following, lexicon))
        position += 1
    return typed


def _abbreviated(token: Token) -> bool:
    """ "Okt.", "Wed.": the dot of a shortened name ends no sentence."""
    return token.kind in ("month", "weekday") and len(token.text) <= 4 and token.text not in _SHORT_NAMES


_SHORT_NAMES = frozenset({"mai", "may", "juni", "juli", "june", "july", "so"})


def _phrase(spelt: list[Token], position: int, lexicon: Lexicon) -> tuple[Entry, int] | None:
    seconds = lexicon.phrases.get(spelt[position].text)
    if seconds is None:
        return None
    following = next((t.text for t in spelt[position + 1 :] if t.kind != "mark" or t.text not in ".-/"), None)
    for parts, entry in (*seconds.get(following, ()), *(seconds.get(None, ()) if following else ())):
        at = position
        for part in parts:
            while at < len(spelt) and at > position and spelt[at].kind == "mark" and spelt[at].text in ".-/":
                at += 1
            if at >= len(spelt) or spelt[at].text != part:
                break
            at += 1
        else:
            return entry, at - position
    return None


def _typed(token: Token, before: Token | None, following: Token | None, lexicon: Lexicon) -> Token:
    text = token.text
    if token.kind == "word":
        return _typed_word(token, before, following, lexicon)
    if token.kind == "mark":
        return Token(_MARKS.get(text, "mark"), None, text)
    if token.kind == "number":
        return _typed_number(token)
    if token.kind == "ordinal" and isinstance(token.value, tuple):
        return Token("ord", token.value[0], text, digits=True)
    return token


def _typed_word(token: Token, before: Token | None, following: Token | None, lexicon: Lexicon) -> Token:
    text = token.text
    if (
        text in ("pm", "am")
        and before is not None
        and (before.kind in _CLOCKED or before.text == "one")
        and (text == "pm" or lexicon.language == "en" or following is None or following.kind == "mark")
    ):
        return Token("ampm", text, text)
    if text == "am" and lexicon.language == "en":
        return Token("filler", None, text)
    if (
        text in ("so", "son")
        and following is not None
        and following.kind in _DATED | {"mark"}
        and lexicon.language == "de"
    ):
        return Token("so" if following.kind == "mark" else "weekday", 6, text)
    if text == "halt" and following is not None and following.kind != "mark" and following.text not in _NOES:
        return Token("please", None, text)
    if text in lexicon.homophones and following is not None and following.text in _HOUR_ENDS:
        return Token("num", lexicon.homophones[text], text)
    if text in lexicon.south and before is not None and before.kind in _BEFORE_HOURS:
        return Token("num", lexicon.south[text], text)
    if text == "no":
        return Token("corr" if _starts_over(following, lexicon) else "neg", None, text)
    entry = lexicon.words.get(text)
    if entry is None:
        return _unknown(token, lexicon)
    if entry.kind == "month" and text in ("may", "march", "mar"):
        return Token("maybe_month", entry.value, text, capital=token.capital)
    if entry.kind == "num" and isinstance(entry.value, int) and entry.value >= _FIRST_YEAR:
        return Token("year", entry.value, text)
    return Token(entry.kind, entry.value, text, capital=token.capital)


_FIRST_YEAR = 1900
_BEFORE_HOURS = frozenset({"at", "approx", "half", "quarter", "threequarter", "until", "from"})
_NOES = frozenset({"nein", "nee", "ne", "stopp", "doch"})
"""What follows a "halt" that stops; before anything else it is the particle of the south ("dann halt um zehn")."""


_HOUR_ENDS = frozenset({"pm", "am", "oclock", "o'clock", "o", "uhr"})
_AFTER_NO = frozenset(
    {
        "that's",
        "thats",
        "at",
        "on",
        "make",
        "wait",
        "it",
        "the",
        "let's",
        "actually",
        "sorry",
        "i",
        "in",
        "tomorrow",
        "today",
    }
)
_STREETS = ("strasse", "str", "gasse", "allee", "platz", "weg", "street", "road", "avenue", "lane")


def _starts_over(following: Token | None, lexicon: Lexicon) -> bool:
    """English "no" corrects before a pause, a number or a fresh start, and negates before anything else."""
    if following is None or following.kind != "word" or following.text in _AFTER_NO:
        return True
    entry = lexicon.words.get(following.text)
    return entry is not None and entry.kind in ("num", "ord")


def _unknown(token: Token, lexicon: Lexicon) -> Token:
    """Words outside the lexicon: names of streets; all others stay words."""
    text = token.text
    if len(text) > 5 and text.endswith(_STREETS):
        return Token("street", None, text)
    if len(text) > 6 and text.endswith("nummer"):
        return Token("phone", None, text)
    stem = lexicon.words.get(text.removesuffix("und"))
    if lexicon.resembles(text) or (text.endswith("und") and stem is not None and stem.kind in ("num", "one")):
        return Token("garbled", None, text, capital=token.capital)
    return token


def _typed_number(token: Token) -> Token:
    length, value = len(token.text), int(token.text) if len(token.text) < 12 else 0
    if length == 4 and 1900 <= value <= 2199:
        return Token("year", value, token.text, digits=True)
    if length == 4 or (length == 3 and value % 100 < 60 and value >= 600):
        return Token("hhmm", value, token.text, digits=True)
    if length <= 2:
        return Token("num", value, token.text, digits=True)
    return Token("bignum", value, token.text, digits=True)


def _compose(tokens: Sequence[Token], language: str) -> list[Token]:
    """Numbers of several words: "twenty two", "zwei und zwanzigsten", "vier zehn Uhr", "twenty twenty"."""
    composed: list[Token] = []
    position = 0
    while position < len(tokens):
        made = _english_number(tokens, position) or _german_number(tokens, position, composed)
        if made is None:
            composed.append(tokens[position])
            position += 1
            continue
        token, width = made
        composed.append(token)
        position += width
    return composed if language == "de" else _spoken_years(_in_millennium(composed))


def _english_number(tokens: Sequence[Token], position: int) -> tuple[Token, int] | None:
    tens = tokens[position]
    if tens.kind != "num" or tens.digits or tens.value not in _LOOSE_TENS:
        return None
    at = position + 1
    if at < len(tokens) and tokens[at].kind == "dash":
        at += 1
    if at >= len(tokens):
        return None
    unit = tokens[at]
    value = 1 if unit.kind == "one" else unit.value
    if (
        unit.kind not in ("num", "ord", "one")
        or unit.digits
        or not isinstance(value, int)
        or not 1 <= value <= 9
    ):
        return None
    assert isinstance(tens.value, int)
    kind = "ord" if unit.kind == "ord" else "num"
    return Token(kind, tens.value + value, f"{tens.text} {unit.text}"), at - position + 1


def _german_number(tokens: Sequence[Token], position: int, before: list[Token]) -> tuple[Token, int] | None:
    first = tokens[position]
    value = 1 if first.kind == "one" and first.text == "ein" else first.value
    if first.kind not in ("num", "one") or first.digits or not isinstance(value, int) or not 1 <= value <= 9:
        return None
    rest = tokens[position + 1 : position + 3]
    if (
        len(rest) == 2
        and rest[0].kind == "and"
        and rest[1].kind in ("num", "ord")
        and rest[1].value in _LOOSE_TENS
    ):
        if before and before[-1].kind in ("between", "of", "from") and rest[1].kind == "num":
            return None
        return _sum(first, value, rest[1], 3)
    if rest and rest[0].text in ("zehn", "zehnten", "zehnter") and value >= 3:
        at_clock = len(rest) == 2 and rest[1].kind == "oclock"
        minutes = bool(before) and before[-1].kind == "oclock"
        if rest[0].kind == "ord" or at_clock or minutes:
            return _sum(first, value, rest[0], 2)
    return None


def _sum(first: Token, value: int, last: Token, width: int) -> tuple[Token, int]:
    assert isinstance(last.value, int)
    return Token(last.kind, value + last.value, f"{first.text} {last.text}"), width


def _spoken_years(tokens: list[Token]) -> list[Token]:
    """ "twenty twenty six" and "nineteen seventy" behind a month or an ordinal are years."""
    years: list[Token] = []
    for token in tokens:
        century = years[-1].text if years and years[-1].kind == "num" else ""
        if _in_century(token, century) and len(years) > 1:
            anchor = years[-2] if years[-2].kind != "comma" or len(years) < 3 else years[-3]
            if anchor.kind in ("month", "maybe_month", "ord"):
                assert isinstance(token.value, int)
                base = 2000 if century == "twenty" else 1900
                years[-1] = Token("year", base + token.value, f"{century} {token.text}")
                continue
        years.append(token)
    return years


def _in_millennium(tokens: list[Token]) -> list[Token]:
    """ "two thousand and twenty six"."""
    years: list[Token] = []
    for token in tokens:
        after = bool(years) and years[-1].kind == "millennium"
        if after and token.kind == "num" and isinstance(token.value, int) and 1 <= token.value <= 99:
            years[-1] = Token("year", 2000 + token.value, f"{years[-1].text} {token.text}")
        else:
            years.append(token)
    return years


def _in_century(token: Token, century: str) -> bool:
    if token.kind != "num" or token.digits or not isinstance(token.value, int):
        return False
    return (century == "twenty" and 24 <= token.value <= 39) or (century == "nineteen" and token.value >= 10)
