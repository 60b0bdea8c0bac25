"""`/api/docs`: the OpenAPI document as one page for people, with a form to try each operation."""

import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from handfest.web.assets import asset_url
from handfest.web.page import coded


def docs_page(document: dict[str, Any]) -> str:
    """The page."""
    return _template().render(document=document, groups=grouped(document), asset=asset_url)


def grouped(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by their tag, in the order of the document."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            row = {
                "method": method.upper(),
                "path": f"/api{path}",
                "text": operation.get("description", ""),
                "parameters": [_parameter(one) for one in operation.get("parameters", ())],
                "body": _shape(document, _content(operation.get("requestBody"))),
                "example": _example(document, _content(operation.get("requestBody"))),
                "answers": [
                    {
                        "status": status,
                        "text": answer.get("description", ""),
                        "shape": _name(_content(answer)),
                    }
                    for status, answer in operation["responses"].items()
                ],
            }
            groups.setdefault(operation["tags"][0], []).append(row)
    return groups


def kind_of(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        kinds = [kind_of(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _example(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A body to begin from: what has to be given, with nothing in it yet."""
    if "$ref" not in schema:
        return ""
    found = document["components"]["schemas"][kind_of(schema)]
    needed = {name: found["properties"][name] for name in found.get("required", ())}
    empty = {"integer": 0, "number": 0, "boolean": False, "array": [], "null": None}
    return json.dumps({name: empty.get(row.get("type", ""), "") for name, row in needed.items()}, indent=2)


def _parameter(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "in": row["in"],
        "required": row.get("required", False),
        "kind": kind_of(row["schema"]),
        "text": row.get("description", ""),
    }


def _content(part: dict[str, Any] | None) -> dict[str, Any]:
    content = (part or {}).get("content", {})
    schema: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _name(schema: dict[str, Any]) -> str:
    return kind_of(schema) if schema else ""


def _shape(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body, one row each."""
    if "$ref" not in schema:
        return []
    found = document["components"]["schemas"][kind_of(schema)]
    required = set(found.get("required", ()))
    return [
        {"name": name, "required": name in required, "kind": kind_of(row), "text": row.get("description", "")}
        for name, row in found.get("properties", {}).items()
    ]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("handfest.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["coded"] = coded
    return environment.get_template("api_docs.html.j2")
