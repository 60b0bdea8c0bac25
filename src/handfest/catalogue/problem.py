"""A Problem of a business file: where it is, what is wrong, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from handfest.catalogue.keys import Key
from handfest.catalogue.problem_words import sentence

Path = tuple[str | int, ...]
"""Where a value stands in a business file: `("services", 1, "duration_min")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (or, as a warning, unwise) in a business file.

    `line` counts from 1 and is None where the file has no such place; `where` is the path as text, its
    indexes counted from 0 (`services[1].duration_min`). `code` and `facts` become sentences in every language
    (`problems.toml`); `key` is what is to be written there, and has the remedy of codes that have none of their
    own. A warning does not keep a file from being applied.
    """

    line: int | None
    where: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    key: Key | None = None
    warning: bool = False

    @property
    def cause(self) -> str:
        """What is wrong, in English."""
        return self.cause_in("en")

    @property
    def remedy(self) -> str:
        """What to write instead, in English."""
        return self.remedy_in("en")

    def cause_in(self, language: str) -> str:
        """What is wrong, in a language ("de" or "en")."""
        return sentence(self.code, "cause", language, self.facts) or self.code

    def remedy_in(self, language: str) -> str:
        """What to write instead, in a language ("de" or "en")."""
        own = sentence(self.code, "remedy", language, self.facts)
        return own or (self.key.remedies[language] if self.key is not None else "")

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "file"
        kind = "warning: " if self.warning else ""
        return f"{place}, {self.where or 'top level'}: {kind}{self.cause}; {self.remedy}"


def path_text(path: Path) -> str:
    """The path as people write it: `services[1].duration_min`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


@dataclass(slots=True)
class ProblemList:
    """The problems found so far while one file is read; knows the line of every path."""

    lines: Mapping[Path, int]
    found: list[Problem] = field(default_factory=list)

    def add(
        self, path: Path, code: str, key: Key | None = None, *, warning: bool = False, **facts: object
    ) -> None:
        """Note one problem at a path; a path the file does not have takes the line of what encloses it."""
        self.found.append(Problem(self._line(path), path_text(path), code, facts, key, warning))

    def warn(self, path: Path, code: str, **facts: object) -> None:
        """Note one warning at a path."""
        self.found.append(Problem(self._line(path), path_text(path), code, facts, warning=True))

    def ordered(self) -> tuple[Problem, ...]:
        """All problems in the order of the file."""
        return tuple(sorted(self.found, key=lambda problem: (problem.line or 0, problem.where)))

    def _line(self, path: Path) -> int | None:
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
