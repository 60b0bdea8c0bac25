"""One item of the services corpus answered in the corpus's own format."""

from functools import lru_cache
from json import dumps, loads
from typing import Any

from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.resolve import ASKED_AT_MOST, resolve_service
from handfest.model.catalogue import Service
from handfest.model.resolution import Ambiguous, Resolved, Several


@lru_cache(maxsize=256)
def _compiled(catalogue: str) -> ServiceIndex:
    data = loads(catalogue)
    services = [
        Service(
            id=str(each["key"]),
            name=each["name"],
            duration_min=int(each["duration_min"]),
            aliases=tuple(each.get("aliases", ())),
        )
        for each in data["services"]
    ]
    return compile_index(services, (), data["lang"])


def answer_item(item: dict[str, Any], catalogues: dict[str, Any]) -> dict[str, Any]:
    """`{"id", "answer"}` for an item: a key, a list of keys, `{"ask": keys}` or `{"none": true}`."""
    index = _compiled(dumps(catalogues[item["catalogue"]], sort_keys=True))
    found = resolve_service(item["said"], index, item["lang"])
    answer: Any = {"none": True}
    if isinstance(found, Resolved):
        answer = found.service_id
    elif isinstance(found, Several):
        answer = list(found.service_ids)
    elif isinstance(found, Ambiguous):
        answer = {"ask": list(found.service_ids[:ASKED_AT_MOST])}
    return {"id": item["id"], "answer": answer}
