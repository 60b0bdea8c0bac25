"""How fast a wish for one of a hundred services is understood, and how long the worst of texts takes."""

import json
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from bench.table import show
from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.resolve import resolve_service
from handfest.model.catalogue import Service

PHRASES = Path(__file__).parents[1] / "tests" / "services"
SERVICES = 100
ROUNDS = 3
LONG = 10_000


def a_hundred_services() -> ServiceIndex:
    """The services of German catalogues, a hundred with different names, in one business."""
    catalogues = json.loads((PHRASES / "examiner_catalogues.json").read_text("utf-8"))
    german = [one for each in catalogues.values() if each["lang"] == "de" for one in each["services"]]
    by_name = {each["name"]: each for each in german}
    chosen = list(by_name.values())[:SERVICES]
    services = [
        Service(id=f"s{at}", name=each["name"], duration_min=each["duration_min"])
        for at, each in enumerate(chosen)
    ]
    return compile_index(services, (), "de")


def wishes() -> list[str]:
    """What callers say in the German phrases of the tests."""
    lines = [
        json.loads(line)
        for path in sorted(PHRASES.glob("examiner_*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return [line["said"] for line in lines if line["lang"] == "de"]


def long_texts(said: Sequence[str]) -> list[str]:
    """Texts of ten thousand letters: words of callers, one letter, letters at random; and the longest still read."""
    random.seed(4)
    letters = "".join(random.choice("abcdefghijklmnoprstuwz äöüß-.,") for _ in range(LONG))
    words = " ".join(said)
    return [words[:LONG], "a" * LONG, letters, letters[:400], words[:400], "haarschnitt" * 36, "und " * 100]


def milliseconds(index: ServiceIndex, said: str) -> float:
    """One understanding, timed."""
    began = time.perf_counter()
    resolve_service(said, index, "de")
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Time every phrase of the tests, the first time and afterwards, and the long texts."""
    index, said = a_hundred_services(), wishes()
    first = [milliseconds(index, each) for each in said]
    after = [milliseconds(index, each) for _ in range(ROUNDS) for each in said]
    long = [min(milliseconds(index, each) for _ in range(ROUNDS)) for each in long_texts(said)]
    rows = [
        ("median, every phrase for the first time", f"{statistics.median(first):.2f} ms", "1 ms"),
        ("median, heard before", f"{statistics.median(after):.2f} ms", "1 ms"),
        ("99th percentile, heard before", f"{statistics.quantiles(after, n=100)[98]:.2f} ms", ""),
        ("slowest text of 10,000 letters or of the 400 that are read", f"{max(long):.1f} ms", "20 ms"),
    ]
    title = f"Understanding {len(said):,} German phrases in a catalogue of {len(index.entries)} services."
    show("services", title, ("", "", "limit"), rows)


if __name__ == "__main__":
    main()
