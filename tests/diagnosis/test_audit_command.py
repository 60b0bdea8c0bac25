"""`handfest audit`: what it prints, what it says of bad input, and how it ends."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from audit.labelled_calls import samples
from english_words import english_in
from handfest.cli.main import app
from handfest.diagnosis.registry.findings import finding_kinds

CATALOGUES = Path(__file__).parents[1] / "audit" / "catalogues.json"
HEALTHY = next(row for row in samples() if not row["expect"]["findings"])
BROKEN = next(row for row in samples() if row["expect"]["primary"] == "HF413")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, arguments)])


def told_by(done: Result) -> str:
    """Standard error without the line breaks that depend on the width of a terminal."""
    return " ".join(done.stderr.split())


def written(folder: Path, *lines: Any, name: str = "calls.jsonl") -> Path:
    file = folder / name
    file.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in lines))
    return file


def test_a_broken_call_is_told_with_evidence_remedy_and_primary_cause(tmp_path: Path) -> None:
    done = run(written(tmp_path, BROKEN), "--catalogue", CATALOGUES)
    assert done.exit_code == 1
    assert "repair first: HF413 template unresolved" in done.stdout
    assert "{{" in done.stdout
    assert "Fill or remove the variable" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_what_was_promised_stands_with_its_service_by_name(tmp_path: Path) -> None:
    row = next(row for row in samples() if row["expect"]["spoken_commitment"])
    said = row["expect"]["spoken_commitment"]
    services = json.loads(CATALOGUES.read_text("utf-8"))[row["catalogue"]]["services"]
    name = next(one["name"] for one in services if one["id"] == said["service_id"])
    told = run(written(tmp_path, row), "--catalogue", CATALOGUES, "--language", "en").stdout
    assert f"promised  {said['action']}, {said['start'][:16].replace('T', ' ')}, {name}" in told


def test_healthy_calls_end_with_zero(tmp_path: Path) -> None:
    done = run(written(tmp_path, HEALTHY), "--catalogue", CATALOGUES)
    assert (done.exit_code, "no findings" in done.stdout) == (0, True)


def test_b84_b85_b88_are_counted_over_all_calls(tmp_path: Path) -> None:
    """Invented availability, success before a booking, and silence after an answer."""
    done = run(written(tmp_path, *samples()), "--catalogue", CATALOGUES, "--json")
    data = json.loads(done.stdout)
    counted = {row["id"]: row["calls"] for row in data["summary"]["findings"]}
    labelled = [{one["id"] for one in row["expect"]["findings"]} for row in samples()]
    for finding in ("HF407", "HF405", "HF414"):
        assert counted[finding] == sum(finding in ids for ids in labelled) > 0


def test_the_json_is_one_document_with_every_call_as_labelled(tmp_path: Path) -> None:
    data = json.loads(run(written(tmp_path, *samples()), "--catalogue", CATALOGUES, "--json").stdout)
    assert [row["id"] for row in data["calls"]] == [row["id"] for row in samples()]
    for got, row in zip(data["calls"], samples(), strict=True):
        assert {one["id"] for one in got["findings"]} == {one["id"] for one in row["expect"]["findings"]}
        assert (got["primary"], got["outcome"]) == (row["expect"]["primary"], row["expect"]["outcome"])


def test_the_summary_alone_holds_no_call(tmp_path: Path) -> None:
    file = written(tmp_path, *samples())
    assert set(json.loads(run(file, "--catalogue", CATALOGUES, "--json", "--summary").stdout)) == {"summary"}
    assert BROKEN["id"] not in run(file, "--catalogue", CATALOGUES, "--summary").stdout


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ('{"call_id": "c1", "transc', "line 2: the line ends in the middle of a value"),
        ('{"assistantId": "a", "messages": []}', "line 2: this is an export of Vapi"),
        ("hello", "line 2: the line is no JSON"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_audited(tmp_path: Path, line: str, cause: str) -> None:
    done = run(written(tmp_path, HEALTHY, line, BROKEN), "--catalogue", CATALOGUES)
    assert done.exit_code == 2
    assert f"calls.jsonl: {cause}" in told_by(done)
    assert "2 calls audited, 1 went wrong, 1 unreadable" in done.stdout


def test_a_missing_file_does_not_keep_the_others_from_being_audited(tmp_path: Path) -> None:
    done = run(tmp_path / "none.jsonl", written(tmp_path, BROKEN), "--catalogue", CATALOGUES)
    assert done.exit_code == 2
    assert "none.jsonl: cannot be read: No such file" in told_by(done)
    assert "1 call audited" in done.stdout


def test_without_a_catalogue_no_service_is_accused(tmp_path: Path) -> None:
    data = json.loads(run(written(tmp_path, *samples()), "--json").stdout)
    found = {one["id"] for row in data["calls"] for one in row["findings"]}
    assert "HF411" in found
    assert not found & {"HF401", "HF404"}


def test_a_business_file_serves_as_the_catalogue(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "askpro.toml"
    done = run(written(tmp_path, HEALTHY["call"]), "--catalogue", example, "--json")
    assert len(json.loads(done.stdout)["calls"]) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a file of exported calls"),
        (("x.jsonl", "--business", "salon"), "--business chooses among the catalogues"),
        (("x.jsonl", "--catalogue", CATALOGUES, "--business", "zoo"), "has no business 'zoo'"),
        (("x.jsonl", "--language", "fr"), "not one of 'de', 'en'"),
    ],
)
def test_wrong_usage_names_the_way_out(arguments: tuple[object, ...], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in told_by(done)


def test_the_expected_version_of_the_command_line_is_held_against_every_call(tmp_path: Path) -> None:
    done = run(
        written(tmp_path, HEALTHY["call"]),
        "--catalogue",
        CATALOGUES,
        "--business",
        HEALTHY["catalogue"],
        "--expected-version",
        "999",
        "--json",
    )
    found = [one["id"] for one in json.loads(done.stdout)["calls"][0]["findings"]]
    assert found == ["HF421"]


def test_a_row_of_an_unknown_catalogue_is_told_how_to_choose(tmp_path: Path) -> None:
    done = run(written(tmp_path, HEALTHY["call"]), "--catalogue", CATALOGUES)
    assert done.exit_code == 2
    assert "names no catalogue. Choose one with --business KEY" in told_by(done)


def test_the_audit_speaks_the_language_of_the_business(tmp_path: Path) -> None:
    """The catalogues of the sample calls are of several businesses; German is asked for or that of a business file."""
    file = written(tmp_path, *samples())
    german = run(file, "--catalogue", CATALOGUES, "--language", "de").stdout
    assert "zuerst beheben: HF413 Variable nicht ersetzt" in german
    assert "der Anrufer legte auf" in german
    words = re.sub(r"Beleg {5}.*?(?= {14}heißt)|[a-z]+_\w+|\{[^}]*\}", " ", german, flags=re.DOTALL)
    assert not english_in(words)
    assert max(map(len, german.splitlines())) <= 100
    example = Path(__file__).parents[2] / "examples" / "askpro.toml"
    assert "1 Gespräch geprüft" in run(written(tmp_path, BROKEN["call"]), "--catalogue", example).stdout
    assert "1 call audited" in run(written(tmp_path, BROKEN["call"])).stdout
    data = json.loads(run(written(tmp_path, BROKEN["call"]), "--catalogue", example, "--json").stdout)
    titles = {one["title"] for one in data["summary"]["findings"]}
    assert "template unresolved" in titles, "data is English where nothing is asked for"


def test_both_languages_of_the_audit_have_the_same_lines() -> None:
    words = tomllib.loads(files("handfest.cli").joinpath("audit_words.toml").read_text("utf-8"))
    assert set(words["de"]) == set(words["en"])
    for name, line in words["en"].items():
        if isinstance(line, str):
            gaps = [set(re.findall(r"{(\w+)}", words[language][name])) for language in ("de", "en")]
            assert gaps[0] == gaps[1], name
    assert set(words["de"]["outcomes"]) == set(words["en"]["outcomes"])


def test_every_finding_has_a_german_name() -> None:
    for kind in finding_kinds().values():
        assert not english_in(kind.title["de"]), kind.id
        assert len(kind.title["de"]) <= 40, "it stands in tables"


def test_a_reader_who_has_seen_enough_ends_the_audit_without_a_word(tmp_path: Path) -> None:
    file = written(tmp_path, *samples() * 40)
    code = "from handfest.cli.main import main; main()"
    command = [sys.executable, "-c", code, "audit", str(file), "--catalogue", str(CATALOGUES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as audit:
        assert audit.stdout is not None
        assert audit.stderr is not None
        assert audit.stdout.readline().startswith(b"s001")
        audit.stdout.close()
        assert audit.stderr.read() == b""
