"""Every labelled call gets exactly its labels: the whole set of findings, outcome, cause and commitment."""

from typing import Any

import pytest

from audit.labelled_calls import catalogues, commitment, item, samples, scenarios
from audit.scenario import labelled
from handfest.diagnosis.audit.suite_answer import answer_item

HEALTHY = [scenario for scenario in scenarios().values() if not scenario["findings"]]


def audited(scenario: dict[str, Any]) -> dict[str, Any]:
    return answer_item(item(scenario), catalogues())["answer"]


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample["id"])
def test_sample_gets_its_labels(sample: dict[str, Any]) -> None:
    answer, expected = answer_item(sample, catalogues())["answer"], sample["expect"]
    assert labelled(answer["findings"]) == labelled(expected["findings"])
    assert answer["outcome"] == expected["outcome"]
    assert answer["primary"] == expected["primary"]
    assert answer["spoken_commitment"] == expected["spoken_commitment"]
    labels = {(f["id"], f.get("detail")): f["at_sec"] for f in expected["findings"]}
    for finding in answer["findings"]:
        assert finding["at_sec"] == pytest.approx(labels[finding["id"], finding.get("detail")], abs=3)


@pytest.mark.parametrize("scenario", scenarios().values(), ids=lambda scenario: scenario["id"])
def test_scenario_gets_its_labels(scenario: dict[str, Any]) -> None:
    answer = audited(scenario)
    assert labelled(answer["findings"]) == sorted(scenario["findings"])
    assert answer["outcome"] == scenario["outcome"]
    assert answer["primary"] == scenario.get("primary")
    assert answer["spoken_commitment"] == commitment(scenario)


def test_there_are_enough_labelled_calls_and_a_third_of_them_is_healthy() -> None:
    assert len(scenarios()) >= 60
    assert len(HEALTHY) * 3 >= len(scenarios())


@pytest.mark.parametrize("name", [name for name in scenarios() if name.startswith("b84")])
def test_b84_availability_without_a_check_is_found(name: str) -> None:
    assert "HF407" in labelled(audited(scenarios()[name])["findings"])


@pytest.mark.parametrize("name", [name for name in scenarios() if name.startswith(("b85", "b91", "b94"))])
def test_b85_b91_b94_success_without_a_tool_saying_so_is_found(name: str) -> None:
    assert "HF405" in labelled(audited(scenarios()[name])["findings"])


def test_b88_silence_after_a_result_is_found() -> None:
    assert labelled(audited(scenarios()["b88-silence-after-result"])["findings"]) == ["HF414"]


def test_b92_success_told_as_failure_and_booked_again_is_found() -> None:
    answer = audited(scenarios()["b92-booked-and-called-failed-then-booked-again"])
    assert labelled(answer["findings"]) == ["HF406", "HF415"]


def test_b93_incident_is_told_in_the_order_in_which_it_happened() -> None:
    answer = audited(scenarios()["b93-incident"])
    told = [finding["id"] for finding in answer["findings"]]
    wanted = ["HF403", "HF411", "HF407", "HF402"]
    assert [id_ for id_ in told if id_ in wanted] == wanted
    assert answer["primary"] == "HF403"
