"""A Problem of a business file: where it is, what is wrong, and what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Where a value stands in a business file: `("services", 1, "duration_min")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (or, as a warning, unwise) in a business file.

    `line` counts from 1 and is None where the file has no such place; `where` is the path as text, its
    indexes counted from 0 (`services[1].duration_min`). A warning does not keep a file from being applied.
    """

    line: int | None
    where: str
    cause: str
    remedy: str
    warning: bool = False

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

    def add(self, path: Path, cause: str, remedy: str, *, warning: bool = False) -> None:
        """Note one problem at a path; a path the file does not have takes the line of what encloses it."""
        self.found.append(Problem(self._line(path), path_text(path), cause, remedy, warning))

    def warn(self, path: Path, cause: str, remedy: str) -> None:
        """Note one warning at a path."""
        self.add(path, cause, remedy, warning=True)

    def ordered(self) -> tuple[Problem, ...]:
        """All problems in the order of the file."""
        return tuple(sorted(self.found, key=lambda problem: (problem.line or 0, problem.where)))

    def _line(self, path: Path) -> int | None:
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
