"""Aliases that callers confirm when asked: collected from the steps of calls, never applied."""

from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from contracts.samples import BUSINESS, NOW
from handfest.catalogue.suggestions import SuggestedAlias, suggested_aliases
from handfest.cli.main import app
from handfest.model.turn import Step, TurnRecord

HERE = Path(__file__).parent
SALON = HERE.parent.parent / "examples" / "salon.toml"


def asked(spoken: str, evidence: str = "words") -> Step:
    candidates = [{"service_id": "herren", "score": 0.8, "evidence": evidence}]
    return Step("resolved", 1.0, {"spoken": spoken, "result": "ambiguous", "candidates": candidates})


def pinned(service_id: str, reason: str) -> Step:
    return Step("pinned", 2.0, {"service_id": service_id, "spoken": "das erste", "reason": reason})


def turn(call_id: str, number: int, *steps: Step) -> TurnRecord:
    return TurnRecord(BUSINESS, call_id, number, "check_availability", None, NOW, 1.0, "ask", {}, steps)


def test_an_answer_to_our_question_suggests_an_alias_for_the_words_asked_about() -> None:
    answered = [turn("a", 1, asked("Haarschnitt")), turn("a", 2, pinned("herren", "chosen"))]
    again = [turn("b", 1, asked("haarschnitt "), asked("hm", "asked_before"), pinned("herren", "chosen"))]
    assert suggested_aliases([*answered, *again]) == (SuggestedAlias("haarschnitt", "herren", 2),)


def test_b3_what_was_named_or_set_by_default_suggests_nothing() -> None:
    renamed = turn("a", 1, asked("Haarschnitt"), pinned("bart", "named"), pinned("herren", "chosen"))
    default = turn("b", 1, asked("Haarschnitt"), pinned("herren", "default"))
    left_open = turn("c", 1, asked("Haarschnitt"))
    assert suggested_aliases([renamed, default, left_open, turn("d", 1, pinned("herren", "chosen"))]) == ()


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["catalogue", *arguments])


def test_the_command_shows_a_decision_with_its_evidence() -> None:
    asks = run("test", str(SALON), "Haarschnitt")
    assert asks.exit_code == 0
    assert "asked about" in asks.stdout
    assert "Herrenhaarschnitt" in asks.stdout
    pins = run("test", str(SALON), "strenen bei der Jana", "--json")
    assert '"straehnen"' in pins.stdout


def test_the_command_lists_confusions_and_unknown_vocabulary(tmp_path: Path) -> None:
    found = run("check", str(SALON))
    assert found.exit_code == 1
    assert "Schnitt" in found.stdout
    text = SALON.read_text(encoding="utf-8")
    head, business, rest = text.partition("[business]\n")
    file = tmp_path / "salon.toml"
    file.write_text(f'{head}{business}vocabulary = ["barbier"]\n{rest}', encoding="utf-8")
    unknown = run("check", str(file), "--json")
    assert unknown.exit_code == 1
    assert '"barbier"' in unknown.stdout
