"""A bad business file is told everything at once: line, place, cause and remedy."""

import tomllib

import pytest

from business_file.example_files import HERE, bad, example
from handfest.catalogue.parse import parse_business, read_business
from handfest.catalogue.problem import Problem
from handfest.catalogue.write import write_business
from handfest.model.catalogue import Binding, Catalogue, Opening, Phase, Unnamed

EXPECTED = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))


def facts(problems: tuple[Problem, ...], *, warning: bool) -> list[list[object]]:
    return [[one.line or 0, one.where, one.cause] for one in problems if one.warning is warning]


def test_every_bad_file_has_its_expectation() -> None:
    assert {path.stem for path in (HERE / "bad").glob("*.toml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_problem_is_told_with_line_cause_and_remedy(name: str) -> None:
    read = read_business(bad(name))
    assert facts(read.problems, warning=False) == EXPECTED[name]["problems"]
    assert facts(read.problems, warning=True) == EXPECTED[name]["warnings"]
    assert all(problem.remedy for problem in read.problems)
    assert (read.catalogue is None) is bool(EXPECTED[name]["problems"])


def test_the_short_form_leaves_warnings_out() -> None:
    assert isinstance(parse_business(bad("warnings")), Catalogue)
    problems = parse_business(bad("lines"))
    assert isinstance(problems, tuple)
    assert not any(problem.warning for problem in problems)


@pytest.mark.parametrize("name", ["askpro", "salon", "clinic"])
def test_the_examples_have_no_problem(name: str) -> None:
    assert read_business(example(name)).problems == ()


def test_secrets_in_a_file_are_refused_and_never_repeated() -> None:
    told = " ".join(str(problem) for problem in read_business(bad("secrets")).problems)
    assert "0123456789" not in told
    assert "user:pass" not in told


def test_askpro_reads_as_it_is_written() -> None:
    catalogue = read_business(example("askpro")).catalogue
    assert catalogue is not None
    assert catalogue.business.unnamed_service is Unnamed.DEFAULT
    assert catalogue.hours.weekdays[0] == (Opening(540, 720), Opening(780, 1080))
    assert [service.binding for service in catalogue.services] == [Binding(3664712), Binding(2563193)]
    default = catalogue.default_service()
    assert default is not None
    assert default.aliases == ("Beratung", "Beratungsgespräch")


def test_clinic_reads_branches_phases_and_own_hours() -> None:
    catalogue = read_business(example("clinic")).catalogue
    assert catalogue is not None
    laser, lee, kim = catalogue.service("laser"), catalogue.staff_member("lee"), catalogue.staff_member("kim")
    assert laser is not None
    assert laser.phases == (Phase(10), Phase(30, staff_busy=False), Phase(10))
    assert lee is not None
    assert lee.services == {service.id for service in catalogue.services}, "no services means all of them"
    assert kim is not None
    assert kim.hours is not None
    assert kim.hours.weekdays[2] == (Opening(840, 1140),)
    assert [line.branch_id for line in catalogue.lines] == ["quay", "hill"]


@pytest.mark.parametrize("stated", ["", "duration_min = 120\n"])
def test_phases_say_how_long_a_service_takes(stated: str) -> None:
    phases = 'phases = [{ minutes = 45 }, { minutes = 30, staff = "free" }, { minutes = 45 }]'
    source = MINIMAL.format(business="", hours="", number="+493023125001")
    catalogue = parse_business(source.replace("duration_min = 30\n", f"{stated}{phases}\n"))
    assert isinstance(catalogue, Catalogue), catalogue
    assert catalogue.services[0].duration_min == 120
    assert parse_business(write_business(catalogue)) == catalogue


MINIMAL = """
[business]
id = "shop"
name = "Shop"
language = "de"
time_zone = "Europe/Berlin"
{business}
[hours]
{hours}
[[lines]]
platform = "retell"
number = "{number}"
[[services]]
id = "cut"
name = "Cut"
duration_min = 30
"""


def read_minimal(business: str = "", hours: str = "", number: str = "+493023125001") -> Catalogue:
    catalogue = read_business(MINIMAL.format(business=business, hours=hours, number=number)).catalogue
    assert catalogue is not None
    return catalogue


@pytest.mark.parametrize(
    ("written", "opening"),
    [
        ("22:00-02:00", Opening(1320, 120)),
        ("00:00-24:00", Opening(0, 1440)),
        ("18:00-00:00", Opening(1080, 0)),
        (" 9:00 – 12:30", Opening(540, 750)),
    ],
)
def test_spans_of_opening_time(written: str, opening: Opening) -> None:
    assert read_minimal(hours=f'mon = ["{written}"]').hours.weekdays[0] == (opening,)


@pytest.mark.parametrize(
    ("business", "written", "number"),
    [
        ("", "+49 (30) 231-25001", "+493023125001"),
        ("", "030 23125001", "+493023125001"),
        ('holidays = "CH-ZH"', "044 668 18 00", "+41446681800"),
        ('holidays = "CH-ZH"\ncountry = "DE"', "030 23125001", "+493023125001"),
    ],
)
def test_phone_numbers_become_e164(business: str, written: str, number: str) -> None:
    assert read_minimal(business=business, number=written).lines[0].number == number


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_the_windows_way() -> None:
    source = "\ufeff" + example("salon").replace("\n", "\r\n")
    assert read_business(source).catalogue == read_business(example("salon")).catalogue
