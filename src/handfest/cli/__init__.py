"""The command line: human output on a terminal, `--json` for machines.

Exit codes: 0 fine, 1 findings, 2 usage, 3 a calendar or database cannot be reached.
"""

from handfest.cli.main import main

__all__ = ["main"]
