"""The waterfall of a call as a drawing: five lanes, a dot an event, a bracket an offer that closes with the booking.

Time runs to the right. Silence is drawn shorter than it was, so that what happened can be seen; the seconds under
the lanes say when.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log1p

from handfest.diagnosis.story.timeline import Event, Lane

LEFT, RIGHT, TOP, LANE, BRACKET = 92, 40, 26, 40, 24
WIDTH_MIN = 880
_NEAREST, _A_SECOND = 13.0, 30.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One event at its place. `number` is its place in the list beside the drawing."""

    x: float
    y: float
    number: int
    lane: str
    told: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Bracket:
    """The life of one offer: from where it was held to where it ended; `end` None while it is open."""

    name: str
    start: float
    end: float | None
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A drawing in its own units."""

    width: float
    height: float
    lanes: tuple[tuple[str, float], ...]
    dots: tuple[Dot, ...]
    turns: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    brackets: tuple[Bracket, ...]


def waterfall(events: tuple[Event, ...]) -> Waterfall:
    """The drawing of these events."""
    places = _places(events)
    lanes = tuple((lane.value, float(TOP + LANE * at + LANE / 2)) for at, lane in enumerate(Lane))
    rows = dict(lanes)
    brackets = _brackets(events, places, TOP + LANE * len(lanes) + 30)
    deep = max((one.y for one in brackets), default=TOP + LANE * len(lanes) + 6)
    return Waterfall(
        width=round((places[-1] if places else LEFT) + RIGHT, 1),
        height=deep + BRACKET + 4,
        lanes=lanes,
        dots=tuple(
            Dot(x, rows[event.lane], number, event.lane.value, event.text, event.bad)
            for number, (x, event) in enumerate(zip(places, events, strict=True), 1)
        ),
        turns=_turns(events, places),
        ticks=_ticks(events, places),
        brackets=brackets,
    )


def _places(events: tuple[Event, ...]) -> list[float]:
    gaps = [0.0]
    for before, after in pairwise(events):
        gaps.append(_NEAREST + _A_SECOND * log1p(max(0.0, after.at_s - before.at_s)))
    wide = sum(gaps)
    stretch = max(1.0, (WIDTH_MIN - LEFT - RIGHT) / wide) if wide else 1.0
    x, places = float(LEFT), []
    for gap in gaps[: len(events)]:
        x += gap * stretch
        places.append(round(x, 1))
    return places


def _turns(events: tuple[Event, ...], places: list[float]) -> tuple[tuple[float, float], ...]:
    """From where to where each turn reaches."""
    spans: dict[int, tuple[float, float]] = {}
    for event, x in zip(events, places, strict=True):
        if event.turn and event.step is not None:
            first, _ = spans.get(event.turn, (x, x))
            spans[event.turn] = (first, x)
    return tuple(spans.values())


def _ticks(events: tuple[Event, ...], places: list[float]) -> tuple[tuple[float, str], ...]:
    """Seconds where they have room."""
    ticks: list[tuple[float, str]] = []
    for event, x in zip(events, places, strict=True):
        if not ticks or x - ticks[-1][0] >= 58:
            ticks.append((x, f"{event.at_s:.1f} s"))
    return tuple(ticks)


def _brackets(events: tuple[Event, ...], places: list[float], top: float) -> tuple[Bracket, ...]:
    begun: dict[str, float] = {}
    rows: list[float] = []
    found: list[Bracket] = []

    def close(name: str, end: float | None, kind: str) -> None:
        start = begun.pop(name)
        row = next((at for at, free in enumerate(rows) if free < start - 8), len(rows))
        rows[row : row + 1] = [end if end is not None else float("inf")]
        found.append(Bracket(name, start, end, top + row * BRACKET, kind))

    for event, x in zip(events, places, strict=True):
        for name in event.closes:
            if name in begun:
                close(name, x, "booked" if event.booked else "gone")
        begun.update(dict.fromkeys(event.opens, x))
    for name in tuple(begun):
        close(name, None, "open")
    return tuple(sorted(found, key=lambda one: (one.start, one.name)))
