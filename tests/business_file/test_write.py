"""What is written reads back as the same catalogue."""

import tomllib

from hypothesis import given, settings

from business_file.example_files import example
from business_file.strategies import catalogues
from business_file.test_source_lines import paths
from handfest.catalogue.parse import parse_business, read_business
from handfest.catalogue.source_lines import source_lines
from handfest.catalogue.write import write_business
from handfest.model.catalogue import Catalogue


@settings(derandomize=True, max_examples=100, deadline=None)
@given(catalogues())
def test_reading_gives_back_what_was_written(catalogue: Catalogue) -> None:
    source = write_business(catalogue)
    read = read_business(source)
    assert [problem for problem in read.problems if not problem.warning] == []
    assert read.catalogue == catalogue
    assert set(source_lines(source)) == set(paths(tomllib.loads(source)))


def test_the_file_is_tidy() -> None:
    catalogue = parse_business(example("clinic"))
    assert isinstance(catalogue, Catalogue)
    source = write_business(catalogue)
    assert "\n\n\n" not in source
    assert source.startswith('[business]\nid = "clinic"\n')
    assert "limit_per_week" not in source, "what reading would put back in is left out"
    assert parse_business(source) == catalogue
