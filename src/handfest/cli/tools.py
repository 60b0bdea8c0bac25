"""`handfest tools`: the tool definitions for a platform that one cannot push to, to be pasted or posted there."""

from enum import StrEnum
from typing import Annotated

import typer

from handfest.cli.options import Database, settings_with
from handfest.cli.output import fail, print_json
from handfest.cli.retell import catalogue_of
from handfest.cli.run import guarded
from handfest.voice.tool_schema import tools_for


class Platform(StrEnum):
    """Platforms whose definitions can be printed; Retell's are pushed (`handfest retell push`)."""

    VAPI = "vapi"
    ELEVENLABS = "elevenlabs"
    OPENAI = "openai"


def tools(
    business: Annotated[str, typer.Argument(help="A business file, or the id of an applied business.")],
    platform: Annotated[Platform, typer.Option("--for", help="The platform.")],
    url: Annotated[
        str | None,
        typer.Option("--url", envvar="HANDFEST_PUBLIC_URL", help="Where the platform reaches this gateway."),
    ] = None,
    database: Database = None,
) -> None:
    """Print the tools as this platform defines them, as JSON."""
    settings = guarded(lambda: settings_with(database))
    catalogue = catalogue_of(business, settings)
    if url is None:
        fail("where the platform reaches this gateway is not known; give --url or set HANDFEST_PUBLIC_URL")
    print_json(tools_for(platform.value, catalogue, url))
