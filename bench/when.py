"""What it costs to understand words about time, names, numbers and addresses: `python -m bench.when`.

Every utterance of the tests' tables is read, then what nobody says: words of the tables thrown together, and 10 kB of
number words, of weekdays, of "und", of digits, of any letters at all; these also cut to the longest text that is read
as one about time. Each text is read three times and the fastest counts, because other work only ever adds.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from bench.table import show
from handfest.speech.email_address import read_email
from handfest.speech.people import read_name
from handfest.speech.phone_number import read_phone
from handfest.speech.when import LONGEST_TEXT, WhenContext, understand_when

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from speech.batch_notation import batch_items

TESTS = Path(__file__).parents[1] / "tests"
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 14, 9, 30, tzinfo=BERLIN)
TEN_KB = 10_000
FUZZED = 2_000
MANY = 100
LOTS = {
    "number words": "einundzwanzig zwei twenty hundert ",
    "weekdays": "Montag nächsten Dienstag Wednesday ",
    '"und"': "und ",
    "digits": "0123456789",
    "figures": "12 3. 14:30 ",
    "dots": "1.2.3.",
    "corrections": "um zehn, nein, um elf, ",
    "one long word": "donnerstagvormittag",
    "misspelt words": "donerstak vierzen halp ",
    "unicode": "\u0130\u1e9e\U0001f469\u200d\U0001f4bb\u0661\u0301\u4e8c",
}
_MEDIAN_MS, _WORST_MS = 0.3, 20


def fastest(read: Callable[[str], object], text: str) -> float:
    """Milliseconds of the fastest of three readings of a text."""
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        read(text)
        spent.append(time.perf_counter() - began)
    return min(spent) * 1000


def reader(language: str) -> Callable[[str], object]:
    """Understand words about time in one language."""
    context = WhenContext(NOW, BERLIN, language)
    return lambda text: understand_when(text, context)


def utterances() -> list[tuple[str, str]]:
    """Language and words of every item of the tables."""
    said = [
        (item["lang"], item["text"])
        for language in ("de", "en")
        for item in batch_items(TESTS / "speech" / f"batches_{language}.txt")
    ]
    for language in ("de", "en"):
        lines = (TESTS / "speech" / f"examiner_{language}.jsonl").read_text("utf-8").splitlines()
        said += [(language, json.loads(line)["text"]) for line in lines]
    return said


def fuzzed(said: list[tuple[str, str]]) -> Iterable[str]:
    """Words of the tables and letters of any kind, thrown together up to the longest text that is read."""
    chance = random.Random(4)
    words = sorted({word for _, text in said for word in text.split()})
    for _ in range(FUZZED):
        size = chance.randint(1, LONGEST_TEXT)
        glue = chance.choice([" ", " ", "", "-", ", "])
        text = glue.join(chance.choices(words, k=size // 4 + 1))
        if chance.random() < 1 / 4:
            text = "".join(
                chr(chance.choice((chance.randint(32, 591), chance.randint(0, 0xD7FF)))) for _ in text
            )
        yield text[:size]


def _row(name: str, spent: list[float]) -> list[str]:
    late = quantiles(spent, n=100)[98] if len(spent) >= MANY else max(spent)
    return [name, f"{len(spent):,}", f"{median(spent):.3f}", f"{late:.2f}", f"{max(spent):.2f}"]


def _lots(text: str, cut: int) -> str:
    return (text * (cut // len(text) + 1))[:cut]


def main() -> None:
    """Measure and write bench/results/when.md."""
    readers = {language: reader(language) for language in ("de", "en")}
    said = utterances()
    rows = [
        _row(
            f"said, {language}", [fastest(readers[language], text) for lang, text in said if lang == language]
        )
        for language in readers
    ]
    strange = list(fuzzed(said))
    rows.append(
        _row("thrown together", [fastest(read, text) for read in readers.values() for text in strange])
    )
    for name, lot in LOTS.items():
        spent = [fastest(read, _lots(lot, LONGEST_TEXT)) for read in readers.values()]
        rows.append(_row(f"{LONGEST_TEXT:,} of {name}", spent))
    people: dict[str, Callable[[str], object]] = {
        "name": read_name,
        "phone": lambda text: read_phone(text, "DE"),
        "e-mail": read_email,
    }
    for cut in (LONGEST_TEXT, TEN_KB):
        for name, read in (readers | people).items():
            spent = [fastest(read, _lots(lot, cut)) for lot in LOTS.values()]
            rows.append(_row(f"{cut:,} of each, {name}", spent))
    note = f"Milliseconds a text. Limits: median {_MEDIAN_MS} of what is said, {_WORST_MS} for the worst of anything."
    show("when", note, ["", "texts", "median", "p99", "worst"], rows)


if __name__ == "__main__":
    main()
