"""The tables of the gateway that handfest replaces become a business file, or a list of what is wrong."""

import pytest

from handfest.catalogue.import_askpro import import_askpro
from handfest.catalogue.parse import parse_business
from handfest.model.catalogue import Binding, Business, Catalogue

BUSINESS = Business("askpro", "AskPro Beratung", "de", "Europe/Berlin", holidays="DE-BE")
SERVICES = """id,name,duration_minutes,calcom_event_type_id,is_default,is_active,priority,price,branch_id,sync
32,15 Minuten Schnellberatung,15,3664712,0,1,50,0.00,berlin,x
47,30 Minuten Beratung,30,2563193,1,1,10,49.5,berlin,y
48,Alte Beratung,30,2563193,1,0,10,NULL,,y
"""
NUMBERS = "number;retell_agent_id;branch_id\n030 23125001;agent_x;berlin\n"


def imported(services: str, numbers: str | None = None) -> Catalogue:
    source = import_askpro(services, numbers, BUSINESS)
    assert isinstance(source, str), source
    catalogue = parse_business(source)
    assert isinstance(catalogue, Catalogue)
    return catalogue


def test_b1_every_service_keeps_its_own_event_type_and_duration() -> None:
    catalogue = imported(SERVICES, NUMBERS)
    assert [(one.id, one.duration_min, one.binding) for one in catalogue.services] == [
        ("47", 30, Binding(2563193)),
        ("32", 15, Binding(3664712)),
    ]
    assert [(one.default, one.price) for one in catalogue.services] == [(True, "49,50 €"), (False, None)]


def test_lines_and_branches_come_along() -> None:
    catalogue = imported(SERVICES, NUMBERS)
    (line,) = catalogue.lines
    assert (line.number, line.agent_id, line.branch_id) == ("+493023125001", "agent_x", "berlin")
    assert line.signing_key_env == "ASKPRO_RETELL_KEY"
    assert [branch.id for branch in catalogue.branches] == ["berlin"]


def test_three_columns_are_enough() -> None:
    (service,) = imported("id;name;duration\n1;Schnitt;30\n").services
    assert (service.id, service.name, service.duration_min) == ("1", "Schnitt", 30)


@pytest.mark.parametrize(
    ("services", "numbers", "problems"),
    [
        ("id,name\n1,A\n", None, [(1, "services.duration_min")]),
        (
            "id,name,duration\n1,,x\n2,B,0\n",
            None,
            [
                (2, "services.name"),
                (2, "services.duration_min"),
                (3, "services.duration_min"),
            ],
        ),
        ("id,name,duration\n1,A,15\n", "number\nfoo\n", [(2, "phone_numbers.number")]),
        ("id,name,duration,event_type_id\n1,A,15,abc\n", None, [(2, "services.event_type_id")]),
        ("id,name,duration,is_active\n1,A,15,0\n", None, [(None, "services")]),
        ("", None, [(1, "services.id"), (1, "services.name"), (1, "services.duration_min")]),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(
    services: str, numbers: str | None, problems: list[tuple[int | None, str]]
) -> None:
    told = import_askpro(services, numbers, BUSINESS)
    assert not isinstance(told, str)
    assert [(problem.line, problem.where) for problem in told] == problems


def test_b1_one_event_type_for_two_services_and_two_defaults_are_not_taken_over() -> None:
    told = import_askpro(SERVICES.replace(",0,10,NULL", ",1,10,NULL"), None, BUSINESS)
    assert not isinstance(told, str)
    causes = " ".join(problem.cause for problem in told)
    assert "event type 2563193" in causes
    assert "is marked default" in causes
