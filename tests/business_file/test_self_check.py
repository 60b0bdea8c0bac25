"""Each finding of the self-check, from an example with one thing changed."""

from dataclasses import replace

import pytest

from business_file.example_files import example
from business_file.test_compare import read
from handfest.catalogue.self_check import self_check
from handfest.diagnosis.registry.findings import finding_kinds

ASKPRO = example("askpro")
HOURS = ASKPRO[ASKPRO.index("mon =") : ASKPRO.index("[booking]")]
LINES = ASKPRO[ASKPRO.index("[[lines]]") : ASKPRO.index("[hours]")]


@pytest.mark.parametrize("name", ["askpro", "salon", "clinic"])
def test_the_examples_are_in_order(name: str) -> None:
    assert self_check(read(example(name))) == ()


@pytest.mark.parametrize(
    ("written", "instead", "found"),
    [
        ('unknown_service = "ask"', 'unknown_service = "default"', [("HF101", "business.unknown_service")]),
        (LINES, "", [("HF104", "lines")]),
        ('signing_key_env = "ASKPRO_RETELL_KEY"', "", [("HF105", "lines[+493023125001]")]),
        (HOURS, "", [("HF106", "hours"), ("HF109", "staff[anna]")]),
        ("duration_min = 30", "duration_min = 425", [("HF107", "services[47].duration_min")]),
        ("duration_min = 30", "duration_min = 33", [("HF108", "services[47].duration_min")]),
        ('name = "Anna Beispiel"', 'name = "Anna Beispiel"\nhours = {}', [("HF109", "staff[anna]")]),
    ],
)
def test_findings(written: str, instead: str, found: list[tuple[str, str]]) -> None:
    assert written in ASKPRO
    findings = self_check(read(ASKPRO.replace(written, instead)))
    assert [(finding.id, finding.subject) for finding in findings] == found
    assert {finding.id for finding in findings} <= finding_kinds().keys()


def test_openings_that_touch_at_midnight_are_one() -> None:
    night = ASKPRO.replace(HOURS, 'mon = ["20:00-24:00"]\ntue = ["00:00-04:00"]\n')
    assert self_check(read(night.replace("duration_min = 30", "duration_min = 480"))) == ()
    assert [
        finding.id for finding in self_check(read(night.replace("duration_min = 30", "duration_min = 485")))
    ] == ["HF107"]


def test_catalogues_that_no_file_can_say_are_found_too() -> None:
    catalogue = read(ASKPRO)
    undone = replace(catalogue, staff=(replace(catalogue.staff[0], services=frozenset({"32"})),))
    assert [(finding.id, finding.subject) for finding in self_check(undone)] == [("HF102", "services[47]")]
    unmarked = replace(catalogue, services=tuple(replace(one, default=False) for one in catalogue.services))
    assert [finding.id for finding in self_check(unmarked)] == ["HF110"]
