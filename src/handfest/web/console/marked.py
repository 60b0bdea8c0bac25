"""Words of a line marked inside it, though they were read without their capitals and blanks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; `kept` None where it promises nothing."""

    text: str
    kept: bool | None = None


def pieces_of(line: str, promises: tuple[tuple[str, bool], ...]) -> tuple[Piece, ...]:
    """The line in pieces, each promise one of its own; the whole line where its words are not found in it."""
    spans: list[tuple[int, int, bool]] = []
    for words, kept in promises:
        found = _find(line, words)
        if found is None:
            return (Piece(line, all(one for _words, one in promises)),)
        spans.append((*found, kept))
    pieces: list[Piece] = []
    at = 0
    for start, end, kept in sorted(spans):
        if start < at:
            continue
        pieces += [Piece(line[at:start]), Piece(line[start:end], kept)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(line[at:])) if piece.text)


def _find(line: str, words: str) -> tuple[int, int] | None:
    places = [at for at, letter in enumerate(line) if not letter.isspace()]
    bare = "".join(line[at].casefold()[:1] for at in places)
    wanted = "".join(letter.casefold()[:1] for letter in words if not letter.isspace())
    start = bare.find(wanted) if wanted else -1
    if start < 0:
        return None
    return places[start], places[start + len(wanted) - 1] + 1
