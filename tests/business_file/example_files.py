"""The example business files at the root of the repository, and the files beside these tests."""

from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"


def example(name: str) -> str:
    """The source of one example."""
    return (EXAMPLES / f"{name}.toml").read_text("utf-8")


def bad(name: str) -> str:
    """The source of one file in which something is wrong."""
    return (HERE / "bad" / f"{name}.toml").read_text("utf-8")
