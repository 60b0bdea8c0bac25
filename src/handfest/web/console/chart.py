"""A chart of days as a drawing: stacked bars, one a day."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, FLOOR, TOP = 320, 150, 34, 126, 10


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars: `style` is good | bad | plain | soft; None where there is nothing to say of a day."""

    name: str
    style: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle in the chart's own units, and what it tells."""

    x: float
    y: float
    width: float
    height: float
    style: str
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its title, its key, and the same figures as rows for those who do not see it."""

    title: str
    bars: tuple[Bar, ...]
    labels: tuple[tuple[float, str], ...]
    top: str
    key: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR


def chart_of(
    title: str, days: Sequence[str], series: Sequence[Series], *, most: float | None = None, unit: str = ""
) -> Chart:
    """The chart. `most` is the top of the scale where it is not the highest bar."""
    totals = [sum(column) for column in zip(*(one.values for one in series), strict=True)]
    top = most or max([1.0, *totals])
    slot = (WIDTH - LEFT) / max(1, len(days))
    bars: list[Bar] = []
    for at, day in enumerate(days):
        base = float(FLOOR)
        for one in series:
            tall = (FLOOR - TOP) * one.values[at] / top
            base -= tall
            told = f"{day}: {one.name} {one.values[at]:g}{unit}"
            x, width = LEFT + slot * (at + 0.14), slot * 0.72
            bars.append(Bar(round(x, 1), round(base, 1), round(width, 1), round(tall, 1), one.style, told))
    every = max(1, -(-len(days) * 52 // (WIDTH - LEFT)))
    labels = [(round(LEFT + slot * (at + 0.5), 1), day) for at, day in enumerate(days) if at % every == 0]
    return Chart(
        title=title,
        bars=tuple(bar for bar in bars if bar.height),
        labels=tuple(labels),
        top=f"{top:g}{unit}",
        key=tuple((one.style, one.name) for one in series),
        rows=tuple((day, *(f"{one.values[at]:g}{unit}" for one in series)) for at, day in enumerate(days)),
    )
