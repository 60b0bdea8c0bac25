"""A report as a document of a few kinds of blocks, rendered as Markdown, HTML or JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from handfest.diagnosis.pages.chart import Series, chart_of
from handfest.diagnosis.pages.page import template

CHART_WIDTH, CHART_HEIGHT = 960, 220
_FIGURE = re.compile(r"[\d.,]+(?: %)?|–?")


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
                lines += [*_table(columns, chart_of(title, labels, series).rows), ""]
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
    blocks = [_shown(block) for block in document.blocks]
    return template("report.html.j2").render(document=document, blocks=blocks)


def _shown(block: Block) -> dict[str, Any]:
    """What the page needs of a block: its drawing, its pieces of code, which of its columns hold figures."""
    shown: dict[str, Any] = {"kind": type(block).__name__, "block": block}
    match block:
        case Paragraph(text):
            shown["pieces"] = text.split("`")
        case Rows(_, rows):
            columns = list(zip(*rows, strict=True))
            shown["figures"] = [all(_FIGURE.fullmatch(cell) for cell in column) for column in columns]
        case Bars(title, labels, series):
            shown["chart"] = chart_of(title, labels, series, width=CHART_WIDTH, height=CHART_HEIGHT)
        case Heading():
            pass
    return shown


def as_json(document: Document) -> dict[str, Any]:
    """The document as plain JSON; each block says its kind."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks]
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "blocks": blocks,
    }
