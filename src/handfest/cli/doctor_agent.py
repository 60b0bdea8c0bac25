"""The doctor's look at an agent that was exported as JSON."""

import json
from pathlib import Path
from typing import Any

from handfest.cli.output import fail
from handfest.cli.run import read_file
from handfest.diagnosis.doctor.doctor_agent import AgentFinding, Expectation, examine, view_of
from handfest.errors import ConfigurationError


def exported_findings(file: Path, expect: Expectation) -> tuple[AgentFinding, ...]:
    """What is wrong with an agent exported as JSON; ends the command for any other file."""
    try:
        data: Any = json.loads(read_file(file))
    except ValueError as error:
        fail(f"{file} is not JSON: {error}")
    view = view_of(data) if isinstance(data, dict) else None
    if view is None:
        fail(f"{file} is no exported agent, LLM, flow or snapshot; export it from the platform's dashboard")
    return examine(view, expect)


def require_known(business: str | None, known: tuple[str, ...]) -> None:
    """Raise ConfigurationError for a business that nobody has applied."""
    if business is not None and business not in known:
        raise ConfigurationError(f"no business {business!r} is applied; `handfest apply FILE` makes one")
