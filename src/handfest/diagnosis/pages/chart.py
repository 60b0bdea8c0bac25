"""A chart as a drawing of stacked bars, for pages of the console and for reports alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from handfest.diagnosis.pages.page import template

WIDTH, HEIGHT, LEFT, TOP, UNDER = 320, 150, 34, 10, 24
_WIDEST, _LABEL = 64, 52
"""Units that a bar takes at most, and that a label needs; bars closer together are not all labelled."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars: `style` is good | bad | plain | soft."""

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
    width: int
    height: int
    left: int = LEFT

    @property
    def floor(self) -> int:
        """Where the bars stand."""
        return self.height - UNDER

    @property
    def svg(self) -> Markup:
        """The drawing; its colours come from the page by the styles' names."""
        return Markup(template("chart.svg.j2").render(chart=self))  # noqa: S704  (the template escapes)


def chart_of(
    title: str, labels: Sequence[str], series: Sequence[Series], *, width: int = WIDTH, height: int = HEIGHT
) -> Chart:
    """The chart of these series, one bar a label; its scale ends at the highest bar."""
    floor = height - UNDER
    top = max([1.0, *(sum(column) for column in zip(*(one.values for one in series), strict=True))])
    slot = (width - LEFT) / max(1, len(labels))
    bars: list[Bar] = []
    for at, label in enumerate(labels):
        base = float(floor)
        for one in series:
            tall = (floor - TOP) * one.values[at] / top
            base -= tall
            told = f"{label}: {one.name} {one.values[at]:g}"
            wide = min(slot * 0.72, _WIDEST)
            x = LEFT + slot * (at + 0.5) - wide / 2
            bars.append(Bar(round(x, 1), round(base, 1), round(wide, 1), round(tall, 1), one.style, told))
    every = max(1, -(-len(labels) * _LABEL // (width - LEFT)))
    return Chart(
        title=title,
        bars=tuple(bar for bar in bars if bar.height),
        labels=tuple(
            (round(LEFT + slot * (at + 0.5), 1), label) for at, label in enumerate(labels) if at % every == 0
        ),
        top=f"{top:g}",
        key=tuple((one.style, one.name) for one in series),
        rows=tuple((label, *(f"{one.values[at]:g}" for one in series)) for at, label in enumerate(labels)),
        width=width,
        height=height,
    )
