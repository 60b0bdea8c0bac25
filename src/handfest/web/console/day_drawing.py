"""A day as a drawing: one column a person, everything at its time. Minutes are those of the local day.

Rows are five minutes high; what ends between two rows reaches to the next one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from handfest.web.day_classes import ROW_MIN

DAY_MIN = 24 * 60
BACKGROUND = frozenset({"off-hours", "buffer", "absence"})


@dataclass(frozen=True, slots=True)
class Item:
    """Something at a time. `kind` is booking | hold | open | absence | buffer; `link` leads to its page."""

    column: str
    start: int
    end: int
    kind: str
    title: str = ""
    text: str = ""
    link: str | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with its style classes. `lane` None: as wide as the column."""

    item: Item
    row: int
    rows: int
    lane: int | None

    @property
    def classes(self) -> str:
        """Where the item lies."""
        across = "all" if self.lane is None else f"col-{self.lane + 1}"
        return f"at-{self.row} for-{self.rows} {across}"


@dataclass(frozen=True, slots=True)
class Column:
    """One person's day. `lanes` are how many things lie beside each other at most."""

    name: str
    lanes: int
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class DayDrawing:
    """A day from `first` to `last` minute. `hours` are (row, text) of every full hour; `now` a row, if it is today."""

    first: int
    last: int
    hours: tuple[tuple[int, str], ...]
    columns: tuple[Column, ...]
    now: int | None

    @property
    def rows(self) -> int:
        """How many rows the day has."""
        return (self.last - self.first) // ROW_MIN

    @property
    def empty(self) -> bool:
        """True if nothing is in the day but its hours."""
        return not any(one.item.kind != "off-hours" for column in self.columns for one in column.placed)


def day_drawing(
    columns: Sequence[tuple[str, str]],
    items: Iterable[Item],
    openings: dict[str, list[tuple[int, int]]],
    now: int | None,
) -> DayDrawing:
    """The drawing. `columns` are (id, name), `openings` by column; the day reaches over everything in it."""
    known = [item for item in items if item.start < item.end]
    first, last = _reach(known, openings)
    drawn = []
    for column_id, name in columns:
        shut = [
            Item(column_id, low, high, "off-hours")
            for low, high in _gaps(openings.get(column_id, []), first, last)
        ]
        own = [item for item in known if item.column == column_id]
        drawn.append(_column(name, shut + own, first, last))
    hours = tuple(((at - first) // ROW_MIN, f"{at // 60 % 24:02}:00") for at in range(first, last, 60))
    inside = now is not None and first <= now < last
    return DayDrawing(
        first, last, hours, tuple(drawn), (now - first) // ROW_MIN if inside and now is not None else None
    )


def _reach(items: Sequence[Item], openings: dict[str, list[tuple[int, int]]]) -> tuple[int, int]:
    spans = [span for own in openings.values() for span in own]
    spans += [(item.start, item.end) for item in items if item.kind not in BACKGROUND]
    if not spans:
        return 8 * 60, 18 * 60
    first = max(0, min(low for low, _ in spans)) // 60 * 60
    last = -(-min(DAY_MIN, max(high for _, high in spans)) // 60) * 60
    return first, max(last, first + 60)


def _gaps(openings: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    gaps, at = [], first
    for low, high in sorted(openings):
        if low > at:
            gaps.append((at, min(low, last)))
        at = max(at, high)
    return [*gaps, (at, last)] if at < last else gaps


def _column(name: str, items: list[Item], first: int, last: int) -> Column:
    lanes: list[int] = []
    placed: list[tuple[Item, int | None]] = []
    front = sorted(
        (one for one in items if one.kind not in BACKGROUND), key=lambda one: (one.start, -one.end)
    )
    for item in front:
        lane = next((at for at, free in enumerate(lanes) if free <= item.start), len(lanes))
        lanes[lane : lane + 1] = [item.end]
        placed.append((item, lane))
    placed += [(item, None) for item in items if item.kind in BACKGROUND]
    alone = {
        id(item)
        for item in front
        if not any(o is not item and o.start < item.end and item.start < o.end for o in front)
    }
    rows = [_placed(item, None if id(item) in alone else lane, first, last) for item, lane in placed]
    rows.sort(key=lambda one: (one.item.kind not in BACKGROUND, one.item.start, one.item.title))
    return Column(name, max(1, len(lanes)), tuple(rows))


def _placed(item: Item, lane: int | None, first: int, last: int) -> Placed:
    low, high = max(item.start, first), min(item.end, last)
    row = max(0, low - first) // ROW_MIN
    return Placed(item, row, max(1, -(-(high - first) // ROW_MIN) - row), lane)
