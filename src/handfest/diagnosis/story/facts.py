"""The facts of a step as they stand in a sentence, and who reads them so."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from whenever import ZonedDateTime


class Facts(dict[str, str]):
    """Facts as texts. Some may be missing, older traces have fewer: such a one reads as nothing."""

    def __missing__(self, _name: str) -> str:
        return ""


class FactReader(Protocol):
    """Reads facts for somebody: with ids and codes for whoever repairs, with names for whoever sells.

    Besides the facts as they are recorded `of` gives what sentences of the timeline are made of: `service`, `what`
    (what words were understood as), `sought` and `appointment`, `start`, `until`, and `rest` (what else is worth a
    line).
    """

    def of(self, facts: Mapping[str, Any]) -> Facts:
        """The facts of a step."""
        ...

    def code(self, code: str) -> str:
        """The code of a reply."""
        ...

    def asked(self, tool: str, spelled: str | None, arguments: Mapping[str, Any]) -> str:
        """A tool with its arguments; `spelled` is its name in another gateway's dialect."""
        ...

    def starts(self, moments: Sequence[ZonedDateTime]) -> str:
        """Several starts in order."""
        ...
