"""The API held to its own document: whatever is sent, it answers as it says it does, and never with a 5xx.

Requests are drawn from the document by schemathesis, good ones and bad ones, the same ones every time.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handfest.model.actor import Scope
from handfest.testing.api_reference import api_document
from handfest.testing.scenario_stage import Stage
from retell_house import SALON, house, tool
from visitors import SITE, key_of

CASES = 4
"""Requests of each kind for each operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
drawn = settings(
    max_examples=CASES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def things_of(stage: Stage) -> dict[str, str]:
    """A business with a call, an appointment, a held time and a callback; their ids as a path names them."""
    asked = {"service": "Herrenhaarschnitt", "date": "2025-10-22", "time": "14:00", "staff": "Maria"}
    await tool(stage, SALON, "call_1", "check_availability", asked)
    made = await tool(stage, SALON, "call_1", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"})
    await tool(stage, SALON, "call_1", "check_availability", {**asked, "time": "16:00"})
    await tool(stage, SALON, "call_2", "request_callback", {"reason": "Farbberatung"})
    (callback,) = await stage.house.store.read(lambda tx: tx.callbacks("salon"))
    return {
        "business": "salon",
        "call": "call_1",
        "booking": made["booking"]["id"],
        "offer": "A2",
        "callback": callback.id,
        "platform": "retell",
        "name": "+493023125002",
        "day": "2025-10-22",
        "version": "1",
    }


def names_of(operation: Any) -> set[str]:
    """The parameters in the path of an operation."""
    return {part.strip("{}") for part in operation.path.split("/") if part.startswith("{")}


class Client:
    """A program with a key to a salon on a stage, asked from outside its event loop."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.runner = runner
        self.house = house("salon", "askpro")
        self.stage = runner.run(self.house.__aenter__())
        self.things = runner.run(things_of(self.stage))
        self.key = runner.run(key_of(self.stage, "salon", *Scope))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.stage.app), base_url=SITE)

    def close(self) -> None:
        """Let go of it all."""
        self.runner.run(self.http.aclose())
        self.runner.run(self.house.__aexit__(None, None, None))

    def send(self, case: Case) -> httpx.Response:
        """The answer to a drawn request."""
        wanted = case.as_transport_kwargs(base_url=f"{SITE}/api")
        body = {name: wanted[name] for name in ("json", "data") if wanted.get(name) is not None}
        if isinstance(body.get("data"), bytes | str):
            body = {"content": body["data"]}
        return self.runner.run(
            self.http.request(
                wanted["method"],
                wanted["url"],
                params=wanted.get("params"),
                headers={**(wanted.get("headers") or {}), **self.key},
                **body,
            )
        )


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """One stage for all operations; what one of them changes, the next ones find."""
    with asyncio.Runner() as runner:
        opened = Client(runner)
        yield opened
        opened.close()


DOCUMENT = asyncio.run(api_document())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_answer_is_one_that_the_document_promises(
    client: Client, operation: Any, mode: GenerationMode
) -> None:
    """With the ids of things that are there, so that more is reached than `not_found`."""
    known = {name: client.things[name] for name in names_of(operation) & set(client.things)}
    kept = known if mode is GenerationMode.POSITIVE else {"business": "salon"} if known else None

    @drawn
    @given(case=operation.as_strategy(mode, path_parameters=kept))
    def holds(case: Case) -> None:
        assume("\n" not in unquote(case.formatted_path))  # leads past every route, and is nobody's address
        case.validate_response(client.send(case), checks=CHECKS)

    holds()
