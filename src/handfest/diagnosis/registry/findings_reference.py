"""The registry of findings as a page of the documentation."""

from collections.abc import Iterator

from handfest.diagnosis.registry.findings import FindingKind, finding_kinds

RANGES = {
    "HF1": "Catalogue",
    "HF2": "Agent definition",
    "HF3": "Calendar",
    "HF4": "Calls",
    "HF5": "Store and settings",
}


def findings_reference() -> str:
    """The whole page as Markdown; `docs/reference/findings.md` is this text, and a test holds it to that."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Findings"
    yield ""
    yield "Written by `make docs` from the registry; do not edit."
    yield "Ids are stable: never renumbered, never used again for something else."
    head = None
    for kind in finding_kinds().values():
        if head != kind.id[:3]:
            head = kind.id[:3]
            yield ""
            yield f"## {RANGES[head]} ({head}xx)"
        yield from _entry(kind)


def _entry(kind: FindingKind) -> Iterator[str]:
    yield ""
    yield f"### {kind.id}"
    yield f"`{kind.name}` · owner: {kind.owner.value.replace('_', ' ')}" + (" · reserved" * kind.reserved)
    yield ""
    yield f"{kind.means['en']} {kind.remedy['en']}"
    yield ""
    for detail, own in kind.details.items():
        yield f"- `{detail}`: {own['means']['en']} {own['remedy']['en']}"
    if kind.details:
        yield ""
    yield f"*{_sentence(kind.title['de'])} {kind.means['de']} {kind.remedy['de']}*"


def _sentence(title: str) -> str:
    return f"{title[0].upper()}{title[1:]}."


if __name__ == "__main__":
    print(findings_reference(), end="")  # noqa: T201 - this is its purpose
