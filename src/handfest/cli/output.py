"""What commands print, and how they end."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

FINDINGS, USAGE, UNREACHABLE = 1, 2, 3

console = Console(highlight=False, emoji=False)
errors = Console(stderr=True, highlight=False, emoji=False)


def counted(count: int, one: str) -> str:
    """A figure and what it counts: `1 problem`, `2 problems`."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"


def print_json(data: Any) -> None:
    """Data for machines on standard output."""
    json.dump(data, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def fail(message: str, code: int = USAGE) -> NoReturn:
    """End with a message that names the cause and the next step."""
    errors.print(f"handfest: {message}", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def write_file(path: Path, text: str) -> None:
    """Write a file the user named."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
