"""Rows of figures, printed as a table and kept as Markdown under bench/results/."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results")


def show(name: str, note: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print the table and write it to bench/results/NAME.md."""
    load, cores = os.getloadavg()[0], os.cpu_count()
    note += f" When it ended the machine ({cores} cores) had a load average of {load:.1f}."
    table = Table(title=name, caption=note)
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    lines = [f"# {name}", "", note, "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
