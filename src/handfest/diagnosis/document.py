"""A report as a document of a few kinds of blocks, rendered as Markdown, HTML or JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from handfest.diagnosis.page import template

CHART_WIDTH, CHART_HEIGHT, _LEFT, _BOTTOM = 720, 200, 34, 22


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second order."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A table; every cell is text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars: `style` is good | bad | plain."""

    name: str
    style: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Stacked bars, one a label."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]


Block = Heading | Paragraph | Rows | Bars


@dataclass(frozen=True, slots=True)
class Document:
    """A title, a line under it, and blocks in order. `language` is de or en."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle of a chart in its own units."""

    x: float
    y: float
    width: float
    height: float
    style: str
    told: str


def as_markdown(document: Document) -> str:
    """The document as Markdown; charts become tables."""
    lines = [f"# {document.title}", "", document.subtitle, ""]
    for block in document.blocks:
        match block:
            case Heading(text):
                lines += [f"## {text}", ""]
            case Paragraph(text):
                lines += [text, ""]
            case Rows(columns, rows):
                lines += [*_table(columns, rows), ""]
            case Bars(title, labels, series):
                columns = (title, *(one.name for one in series))
                cells = zip(labels, *(map(str, one.values) for one in series), strict=True)
                lines += [*_table(columns, list(cells)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def as_html(document: Document) -> str:
    """The document as one page of HTML; charts are SVG inside it."""
    blocks = [
        {"kind": type(block).__name__, "block": block, "chart": _chart(block)} for block in document.blocks
    ]
    return template("report.html.j2").render(document=document, blocks=blocks)


def _chart(block: Block) -> dict[str, Any] | None:
    """The rectangles and labels of a bar chart, and its scale."""
    if not isinstance(block, Bars) or not block.labels:
        return None
    totals = [sum(column) for column in zip(*(one.values for one in block.series), strict=True)]
    top = max(1, *totals) if totals else 1
    height = CHART_HEIGHT - _BOTTOM - 8
    slot = (CHART_WIDTH - _LEFT) / len(block.labels)
    bars, labels = [], []
    every = max(1, round(64 / slot))
    for index, label in enumerate(block.labels):
        base = float(CHART_HEIGHT - _BOTTOM)
        x = _LEFT + index * slot + slot * 0.15
        for one in block.series:
            tall = height * one.values[index] / top
            base -= tall
            told = f"{label}, {one.name}: {one.values[index]}"
            bars.append(
                Bar(round(x, 1), round(base, 1), round(slot * 0.7, 1), round(tall, 1), one.style, told)
            )
        if index % every == 0:
            labels.append((round(x + slot * 0.35, 1), label))
    return {
        "bars": bars,
        "labels": labels,
        "top": top,
        "width": CHART_WIDTH,
        "height": CHART_HEIGHT,
        "left": _LEFT,
        "floor": CHART_HEIGHT - _BOTTOM,
    }


def as_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON; each block says its kind."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks]
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "blocks": blocks,
    }
