"""Number words: German and English cardinals and ordinals up to 99, and the years people say."""

_UNITS_DE = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fuenf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwoelf",
]
_STEMS_DE = {1: "ein", 6: "sech", 7: "sieb"}
_TENS_DE = {20: "zwanzig", 30: "dreissig", 40: "vierzig", 50: "fuenfzig", 60: "sechzig", 70: "siebzig"} | {
    80: "achtzig",
    90: "neunzig",
}
_ORDINAL_STEMS_DE = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_SPOKEN_STEMS_DE = {"siebent": 7, "zwot": 2, "dreizigst": 30, "dreissichst": 30, "zwanzichst": 20}
_ORDINAL_ENDINGS_DE = ("e", "en", "er", "es", "em")
_UNITS_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS_EN = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy"} | {
    80: "eighty",
    90: "ninety",
}
_ORDINALS_EN = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}


def german_cardinal(number: int) -> str:
    """The folded German word of 0..99 as it stands alone ("einundzwanzig")."""
    if number <= 12:
        return _UNITS_DE[number]
    tens, unit = number - number % 10, number % 10
    if tens == 10:
        return _STEMS_DE.get(unit, _UNITS_DE[unit]) + "zehn"
    if not unit:
        return _TENS_DE[tens]
    return f"{'ein' if unit == 1 else _UNITS_DE[unit]}und{_TENS_DE[tens]}"


def english_cardinal(number: int) -> str:
    """The English word of 0..99 ("twenty-one")."""
    if number < 20:
        return _UNITS_EN[number]
    tens, unit = number - number % 10, number % 10
    return _TENS_EN[tens] if not unit else f"{_TENS_EN[tens]}-{_UNITS_EN[unit]}"


def german_ordinal_stem(number: int) -> str:
    """The German ordinal of 1..31 without its ending ("einundzwanzigst")."""
    if number in _ORDINAL_STEMS_DE:
        return _ORDINAL_STEMS_DE[number]
    return german_cardinal(number) + ("t" if number < 20 else "st")


def english_ordinal(number: int) -> str:
    """The English ordinal of 1..31 ("twenty-first")."""
    if number in _ORDINALS_EN:
        return _ORDINALS_EN[number]
    if number < 20:
        return english_cardinal(number) + "th"
    tens, unit = number - number % 10, number % 10
    if not unit:
        return _TENS_EN[tens][:-1] + "ieth"
    return f"{_TENS_EN[tens]}-{english_ordinal(unit)}"


def german_numbers() -> dict[str, int]:
    """Every German cardinal of 0..99, and the years 1900..2039, by their folded word."""
    words = {german_cardinal(number): number for number in range(100)}
    words |= {
        "zwo": 2,
        "zwoo": 2,
        "fuenfe": 5,
        "elfe": 11,
        "elv": 11,
        "dreie": 3,
        "viere": 4,
        "sechse": 6,
        "neune": 9,
        "zehne": 10,
        "zwoelfe": 12,
        "zwoi": 2,
        "vieri": 4,
        "foifi": 5,
        "fuefi": 5,
        "sechsi": 6,
        "sibni": 7,
        "achti": 8,
        "nueni": 9,
        "zaeni": 10,
        "elfi": 11,
        "zwoelfi": 12,
        "einundzwanzich": 21,
        "zwanzich": 20,
        "dreissich": 30,
        "dreizig": 30,
        "dreisich": 30,
        "vierzich": 40,
        "fuenfzich": 50,
    }
    for number in range(13, 20):
        words[german_cardinal(number).replace("zehn", "zen")] = number
    for number in range(1, 40):
        tail = german_cardinal(number)
        words[f"zweitausend{tail}"] = words[f"zweitausendund{tail}"] = 2000 + number
    for number in range(100):
        words[f"neunzehnhundert{german_cardinal(number)}"] = 1900 + number
    return words


def german_ordinals() -> dict[str, int]:
    """Every German ordinal of 1..31 with every ending."""
    return {german_ordinal_stem(n) + ending: n for n in range(1, 32) for ending in _ORDINAL_ENDINGS_DE} | {
        stem + ending: number for stem, number in _SPOKEN_STEMS_DE.items() for ending in _ORDINAL_ENDINGS_DE
    }


def english_numbers() -> dict[str, int]:
    """English cardinals 0..19 and the tens; compounds are put together from their words."""
    words = {word: number for number, word in enumerate(_UNITS_EN)}
    words |= {word: number for number, word in _TENS_EN.items()}
    words |= {
        word.replace("-", ""): n for n in range(21, 60) if (word := english_cardinal(n)) and "-" in word
    }
    del words["one"]
    return words | {"fourty": 40}


def english_ordinals() -> dict[str, int]:
    """English ordinals of 1..31; compounds also written as one word."""
    return {english_ordinal(n).replace("-", ""): n for n in range(1, 32)} | {
        "forth": 4,
        "fith": 5,
        "nineth": 9,
        "twelth": 12,
    }
