"""The reference of findings is what the registry says."""

from pathlib import Path

from handfest.diagnosis.registry.findings import finding_kinds
from handfest.diagnosis.registry.findings_reference import RANGES, findings_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_the_page_is_written_from_the_registry() -> None:
    told = "make docs"
    assert PAGE.read_text("utf-8") == findings_reference(), f"write it anew: {told}"


def test_every_finding_has_its_place_on_the_page() -> None:
    for finding in finding_kinds():
        assert findings_reference().count(f"### {finding}\n") == 1
        assert finding[:3] in RANGES
