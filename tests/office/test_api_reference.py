"""The reference of the API is what the API says of itself."""

from pathlib import Path

from handfest.testing.api_reference import api_document, api_reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


async def test_the_page_is_written_from_the_document() -> None:
    told = "make docs"
    assert PAGE.read_text("utf-8") == api_reference(await api_document()), f"write it anew: {told}"
