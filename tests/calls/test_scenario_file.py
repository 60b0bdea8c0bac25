"""A scenario that cannot fail proves nothing: typos are errors, and every kind of difference is found."""

import tomllib
from pathlib import Path

import pytest

from handfest.testing.scenario_file import ScenarioUnreadable, scenario_of
from handfest.testing.scenario_play import play

BUSINESSES = Path(__file__).parent / "businesses"
CHECK = """
title = "a check"
classes = []
now = "2025-10-21T10:00:00+02:00"
businesses = ["askpro"]

[[step]]
tool = "check_availability"
args = { service = "30 Minuten Beratung", date = "2025-10-22", time = "11:00" }
expect = { EXPECT }

[end]
END
"""


@pytest.mark.parametrize(
    ("table", "cause"),
    [
        ({"titel": "x"}, "titel"),
        ({"businesses": ["nobody"]}, "nobody.toml"),
        ({"businesses": []}, "names no business"),
        ({"step": [{"tool": "x", "expects": {}}]}, "expects"),
        ({"step": [{"tool": "x", "expect": {"cod": "offered"}}]}, "cod"),
        ({"step": [{"wait": 3}]}, "is none of"),
        ({"step": [{"advance": 3, "expect": {}}]}, "expect"),
        ({"step": [{"calendar": {"fial": "x"}}]}, "fial"),
        ({"calls": {"1": {"form": "x"}}}, "form"),
        ({"end": {"booking": []}}, "booking"),
    ],
)
def test_a_typo_is_an_error(table: dict[str, object], cause: str) -> None:
    whole = {"title": "t", "classes": [], "now": "2025-10-21T10:00:00+02:00", "businesses": ["askpro"]}
    step = {"step": [{"tool": "list_services"}]}
    with pytest.raises(ScenarioUnreadable, match=cause):
        scenario_of("typo", {**whole, **step, **table}, BUSINESSES)


@pytest.mark.parametrize(
    ("expect", "end", "difference"),
    [
        ('code = "booked"', "", "code is 'offered'"),
        ("status = 401", "", "status 200"),
        ('say_contains = ["12 Uhr"]', "", "not said: '12 Uhr'"),
        ('say_lacks = ["11 Uhr"]', "", "said: '11 Uhr'"),
        ("offers = []", "", "1 offers, expected 0"),
        ('offers = [{ start = "2025-10-22T11:15" }]', "", "start is '2025-10-22T11:00:00+02:00'"),
        ("offer_count = 2", "", "1 offers, expected 2"),
        ('offers_lack = ["2025-10-22T11"]', "", "offers 2025-10-22T11"),
        ('offers_on = ["2025-10-23"]', "", "offers on"),
        ("selected_service_id = false", "", "selected_service_id is '47'"),
        ('asked = { why = "taken" }', "", "why is None"),
        ('lacks = ["Beratung"]', "", "the answer holds 'Beratung'"),
        ("", "bookings = 1", "0 bookings, expected 1"),
        ("", "holds = 0", "live holds"),
        ("", "appointments = 1", "0 appointments"),
        ("", "callbacks = 1", "0 callbacks"),
        ("", 'calls = [{ call = "1", outcome = "booked" }]', "outcome is 'open'"),
        ("", 'calls = [{ call = "1", missing = true }]', "is in the store"),
        ("", 'trace = [{ step = "booked" }]', "no step"),
        ("", 'trace = [{ step = "offered", service_id = "32" }]', "no step"),
        ("", 'alarms = ["line_unknown"]', "alarms"),
    ],
)
async def test_every_kind_of_difference_is_found(expect: str, end: str, difference: str) -> None:
    table = tomllib.loads(CHECK.replace("EXPECT", expect).replace("END", end))
    played = await play(scenario_of("wrong", table, BUSINESSES))
    assert any(difference in found for found in played.differences), played.differences


async def test_what_is_as_expected_is_no_difference() -> None:
    table = tomllib.loads(CHECK.replace("EXPECT", 'code = "offered"').replace("END", "holds = 1"))
    assert (await play(scenario_of("right", table, BUSINESSES))).differences == ()
