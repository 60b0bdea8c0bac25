"""`handfest eval SUITE FILE`: answer a corpus, one JSON object a line."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from handfest.catalogue.services_answer import answer_item as answer_service
from handfest.cli.eval_score import print_score
from handfest.cli.output import fail
from handfest.cli.run import read_file
from handfest.diagnosis.audit.suite_answer import answer_item as answer_call
from handfest.scheduling.availability_answer import answer_item as answer_availability
from handfest.speech.when_answer import answer_item as answer_when

Answer = Callable[[dict[str, Any]], dict[str, Any]]


def evaluate(
    suite: Annotated[str, typer.Argument(help="when | services | availability | audit")],
    file: Annotated[Path, typer.Argument(help="The items, JSON Lines.")],
    catalogues: Annotated[
        Path | None, typer.Option(help="Catalogues of the services and audit suites.")
    ] = None,
    score: Annotated[bool, typer.Option("--score", help="Print a summary to standard error.")] = False,
) -> None:
    """Answer every item of a suite, in order, as {"id": ..., "answer": ...}."""
    answer = _answer(suite, catalogues)
    items = list(_items(file))
    answers = [answer(item) for item in items]
    for row in answers:
        sys.stdout.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    if score:
        if any("expect" not in item for item in items):
            fail("--score needs items with `expect`")
        print_score(suite, items, [row["answer"] for row in answers])


def _answer(suite: str, catalogues: Path | None) -> Answer:
    if suite == "when":
        return answer_when
    if suite == "availability":
        return answer_availability
    if suite not in ("services", "audit"):
        fail(f"there is no suite {suite!r}; the suites are when, services, availability and audit")
    if catalogues is None:
        fail(f"the {suite} suite needs --catalogues FILE")
    known = json.loads(read_file(catalogues))
    if suite == "services":
        return lambda item: answer_service(item, known)
    return lambda item: answer_call(item, known)


def _items(file: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_file(file).splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            fail(f"{file}:{number}: not JSON ({error}); each line is one item")
        if not isinstance(item, dict) or "id" not in item:
            fail(f"{file}:{number}: not an item; each line is an object with an id")
        yield item
