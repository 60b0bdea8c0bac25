"""Two versions of a catalogue, compared in the keys of the file."""

import pytest
from hypothesis import given, settings

from business_file.example_files import example
from business_file.strategies import catalogues
from handfest.catalogue.compare import Change, compare
from handfest.catalogue.parse import parse_business
from handfest.model.catalogue import Catalogue


def read(source: str) -> Catalogue:
    catalogue = parse_business(source)
    assert isinstance(catalogue, Catalogue)
    return catalogue


ASKPRO = example("askpro")


@pytest.mark.parametrize(
    ("written", "instead", "changes"),
    [
        ("duration_min = 30", "duration_min = 45", [Change("services[47].duration_min", "30", "45")]),
        ('fri = ["09:00-16:00"]', "", [Change("hours.fri", "09:00-16:00", None)]),
        ("offers = 3", "", []),
        (
            'id = "anna"',
            'id = "anne"',
            [
                Change("staff[anna]", "Anna Beispiel", None),
                Change("staff[anne]", None, "Anna Beispiel"),
            ],
        ),
        ("2563193", "7", [Change("services[47].calcom.event_type_id", "2563193", "7")]),
        ("default = true", "default = true\nhidden = true", [Change("services[47].hidden", "false", "true")]),
        (
            "duration_min = 15",
            "duration_min = 15\nphases = [{ minutes = 5 }, { minutes = 10 }]",
            [
                Change("services[32].phases", None, "minutes 5, minutes 10"),
            ],
        ),
        (
            'services = ["32", "47"]',
            'services = ["47", "32"]',
            [],
        ),
        (
            '["32", "47"]',
            '["32", "47", "9"]\n[[services]]\nid = "9"\nname = "Gutachten"\nduration_min = 90',
            [
                Change("staff[anna].services", "32, 47", "9, 32, 47"),
                Change("services[9]", None, "Gutachten, 90 min"),
            ],
        ),
    ],
)
def test_changes(written: str, instead: str, changes: list[Change]) -> None:
    assert written in ASKPRO
    assert list(compare(read(ASKPRO), read(ASKPRO.replace(written, instead)))) == changes


def test_a_new_order_of_services_is_a_change() -> None:
    catalogue = read(ASKPRO)
    head, first, second = ASKPRO.split("[[services]]")
    turned = read(f"{head}[[services]]{second}\n[[services]]{first}")
    assert Change("services (order)", "32, 47", "47, 32") in compare(catalogue, turned)


def test_changes_read_as_sentences() -> None:
    assert [str(Change("a", old, new)) for old, new in ((None, "1"), ("1", None), ("1", "2"))] == [
        "a: added 1",
        "a: removed 1",
        "a: 1 -> 2",
    ]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(catalogues(), catalogues())
def test_no_change_means_the_same_catalogue_and_the_reverse(one: Catalogue, other: Catalogue) -> None:
    assert compare(one, one) == ()
    assert (compare(one, other) == ()) is (one == other)
