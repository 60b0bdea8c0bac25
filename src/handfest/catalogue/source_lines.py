"""The line of every key of a TOML document, which the standard library's reader does not tell.

Meant for documents that `tomllib` has accepted: the scanner follows TOML 1.0's grammar as far as lines need
it (tables, arrays of tables, dotted and quoted keys, arrays and inline tables over many lines, all four kinds
of strings) and does not check anything itself.
"""

from dataclasses import dataclass, field

from handfest.catalogue.problem import Path

_BLANK = " \t\r\n"
_VALUE_END = ",]}\n#"


def source_lines(source: str) -> dict[Path, int]:
    """Maps each path (`("services", 1, "duration_min")`) to the line, counted from 1, where it is written."""
    scanner = _Scanner(source.replace("\r\n", "\n"))
    scanner.run()
    return scanner.lines


@dataclass(slots=True)
class _Scanner:
    text: str
    at: int = 0
    line: int = 1
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)

    def run(self) -> None:
        self._skip_blank()
        while self.at < len(self.text):
            before = self.at
            if self._peek() == "[":
                self._header()
            else:
                self._pair(self.table)
            self._skip_blank()
            if self.at == before:
                self._step()

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _step(self, count: int = 1) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _skip_blank(self) -> None:
        while self.at < len(self.text) and (self._peek() in _BLANK or self._peek() == "#"):
            if self._peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                self._step()

    def _note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def _header(self) -> None:
        line, many = self.line, self.text.startswith("[[", self.at)
        self._step(2 if many else 1)
        names = self._key()
        self._step(2 if many else 1)
        path = self._inside_arrays(names[:-1]) + names[-1:]
        self._note(path, line)
        if many:
            index = self.counts.get(path, -1) + 1
            self.counts[path] = index
            path = (*path, index)
        elif path in self.counts:
            path = (*path, self.counts[path])
        self.table = path
        self._note(path, line)

    def _inside_arrays(self, names: Path) -> Path:
        path: Path = ()
        for name in names:
            path = (*path, name)
            self._note(path, self.line)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _key(self) -> Path:
        names: list[str] = []
        while True:
            self._skip_spaces()
            names.append(self._name())
            self._skip_spaces()
            if self._peek() != ".":
                return tuple(names)
            self._step()

    def _skip_spaces(self) -> None:
        while self._peek() in (" ", "\t"):
            self._step()

    def _name(self) -> str:
        if self._peek() in ('"', "'"):
            start = self.at
            self._string()
            return self.text[start + 1 : self.at - 1]
        start = self.at
        while self._peek() and (self._peek().isalnum() or self._peek() in "_-"):
            self._step()
        return self.text[start : self.at]

    def _pair(self, owner: Path) -> None:
        line = self.line
        path = owner
        for name in self._key():
            path = (*path, name)
            self._note(path, line)
        self._skip_spaces()
        if self._peek() == "=":
            self._step()
            self._skip_spaces()
            self._value(path)

    def _value(self, path: Path) -> None:
        first = self._peek()
        if first in ('"', "'"):
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self._peek() and self._peek() not in _VALUE_END:
                self._step()

    def _string(self) -> None:
        quote = self._peek()
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self._step(len(mark))
        while self.at < len(self.text) and not self.text.startswith(mark, self.at):
            self._step(2 if self._peek() == "\\" and quote == '"' else 1)
        self._step(len(mark))
        while len(mark) == 3 and self._peek() == quote:
            self._step()

    def _array(self, path: Path) -> None:
        self._step()
        index = 0
        self._skip_blank()
        while self._peek() not in ("]", ""):
            self._note((*path, index), self.line)
            self._value((*path, index))
            index += 1
            self._skip_blank()
            if self._peek() == ",":
                self._step()
                self._skip_blank()
        self._step()

    def _inline_table(self, path: Path) -> None:
        self._step()
        self._skip_blank()
        while self._peek() not in ("}", ""):
            self._pair(path)
            self._skip_blank()
            if self._peek() == ",":
                self._step()
                self._skip_blank()
        self._step()
