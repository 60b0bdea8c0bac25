"""`docs/reference/api.md`: the management API as tables, written from its own document."""

import asyncio
import sys
from typing import Any

from whenever import Instant

from handfest.testing.scenario import Scenario
from handfest.testing.scenario_stage import open_stage, request
from handfest.web.api_docs import grouped

HEAD = """# Management API

Written by `make docs` from the code; do not edit. The whole
document is served at `/api/openapi.json`, and for people to read at `/api/docs`.

Send a key as `Authorization: Bearer ...`; `handfest keys add` makes one and shows it once. Its scopes are `read`,
`desk`, `catalogue` and `people`. Lists come in pages: pass `next` of one page as `cursor` of the following. Moments
are ISO 8601 with an offset. Every refusal is `{"ok": false, "code", "error", "facts"}`: `code` is for programs,
`error` a sentence for people.

| status | codes |
|---|---|
| 202 | `unsettled`: begun; the calendar has not said yet, and it is looked up |
| 401, 403 | `login_required`; `denied`, `not_allowed`, `csrf_invalid` |
| 404 | `not_found`: no such thing, or another business's |
| 409 | `not_free` (`facts.free` names times near by), `not_possible`, `conflict` |
| 413, 422 | `payload_too_large`; `invalid` (`facts` say what) |
| 502, 503 | a fault of the calendar or the store by its code; `try_later` |

A star marks what must be given.
"""


async def api_document() -> dict[str, Any]:
    """The OpenAPI document as it is served."""
    now = Instant.from_utc(2025, 1, 1)
    stage = await open_stage(
        Scenario(
            name="",
            title="",
            classes=(),
            now=now,
            businesses=(),
            parties={},
            steps=(),
            end={},
            calendar="embedded",
        )
    )
    try:
        answer = await request(stage.app, "GET", "/api/openapi.json", b"", {})
    finally:
        await stage.close()
    document: dict[str, Any] = answer.json()
    return document


def api_reference(document: dict[str, Any]) -> str:
    """The page in Markdown."""
    parts = [HEAD]
    for tag, rows in grouped(document).items():
        parts.append(f"\n## {tag.capitalize()}\n\n| call | given | what |\n|---|---|---|\n")
        parts += [_row(row) for row in rows]
    return "".join(parts)


def _row(row: dict[str, Any]) -> str:
    given = [one for one in [*row["parameters"], *row["body"]] if one.get("in") != "path"]
    names = ", ".join(f"`{one['name']}`{'*' if one['required'] else ''}" for one in given)
    return f"| `{row['method']} {row['path']}` | {names} | {row['text'].splitlines()[0]} |\n"


if __name__ == "__main__":
    sys.stdout.write(api_reference(asyncio.run(api_document())))
