"""Tools that only agents of the gateway replaced call. They are served, never rendered for a new agent."""

from collections.abc import Mapping

from handfest.booking.greet import greet_caller, let_go, read_date
from handfest.desk.arguments import FindArguments, HoursArguments, ListArguments
from handfest.desk.tools import TOOLS, ToolSpec

FOREIGN_TOOLS: Mapping[str, ToolSpec] = {
    spec.name: spec
    for spec in (
        ToolSpec("greet_caller", ListArguments, greet_caller, "read", {}, {}, {}),
        ToolSpec("read_date", HoursArguments, read_date, "read", {}, {}, {}),
        ToolSpec("let_go", FindArguments, let_go, "commit", {}, {}, {}),
    )
}
"""By name; none of these names is one of ours."""

SERVED: Mapping[str, ToolSpec] = {**TOOLS, **FOREIGN_TOOLS}
"""Everything the desk serves."""
