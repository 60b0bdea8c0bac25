"""Every no of the management API as one shape with a code, whoever says it."""

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from handfest.errors import CalendarFault, Fault
from handfest.office.objection import Objection, ObjectionCode
from handfest.web.api_input import BadCursor
from handfest.web.api_problem import ProblemShape, asked_language

T = TypeVar("T")

STATUS: Mapping[ObjectionCode, int] = {
    ObjectionCode.NOT_ALLOWED: 403,
    ObjectionCode.NOT_FOUND: 404,
    ObjectionCode.NOT_FREE: 409,
    ObjectionCode.NOT_POSSIBLE: 409,
    ObjectionCode.CONFLICT: 409,
    ObjectionCode.INVALID: 422,
    ObjectionCode.UNSETTLED: 202,
    ObjectionCode.TRY_LATER: 503,
}
_MEANING = {
    202: "Begun; the calendar has not said yet, and it is looked up: `unsettled`.",
    401: "Nobody known: `login_required`.",
    403: "The role or key does not allow it: `denied`, `not_allowed`, `csrf_invalid`.",
    404: "There is no such thing, or it is another business's: `not_found`.",
    409: "`not_free`, `not_possible` or `conflict`; the facts say more.",
    413: "The body is too large: `payload_too_large`.",
    422: "What was given cannot be used: `invalid`.",
    502: "The calendar or the store failed: the fault's code.",
    503: "Not now: `try_later`, or a fault that passes.",
}


class ApiRefusal(BaseModel):
    """A no. `code` is stable and for programs, `error` a sentence for people, `facts` what else is known."""

    ok: Literal[False] = False
    code: str
    error: str
    facts: dict[str, Any] = Field(default_factory=dict)


class Objected(Exception):
    """Carries an objection out of a route."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.detail)
        self.objection = objection


def answered(result: T | Objection) -> T:
    """What a use case came back with; its objection is answered as such."""
    if isinstance(result, Objection):
        raise Objected(result)
    return result


def nos(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route documents, beside those that every route has."""
    every = sorted({401, 403, 404, 422, *statuses})
    return {status: {"model": ApiRefusal, "description": _MEANING[status]} for status in every}


def routes_of(tag: str, *statuses: int, prefix: str = "/businesses/{business}") -> APIRouter:
    """An empty table of routes that document these refusals."""
    return APIRouter(
        prefix=prefix, tags=[tag], responses=nos(*statuses), generate_unique_id_function=_name_of
    )


def _name_of(route: APIRoute) -> str:
    """Operations are named by what they do where: `post_bookings_booking_move`."""
    method = min(route.methods or {"GET"}).lower()
    path = route.path_format.replace("/businesses/{business}", "")
    words = [part.strip("{}").replace("-", "_") for part in path.split("/") if part]
    return "_".join([method, *words])


def add_refusals(api: FastAPI) -> None:
    """Answer objections, faults and what cannot be read in one shape."""
    api.add_exception_handler(Objected, _objected)
    api.add_exception_handler(BadCursor, _bad_cursor)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Fault, _fault)
    api.add_exception_handler(Exception, _defect)


def _answer(status: int, code: str, error: str, facts: dict[str, Any] | None = None) -> Response:
    body = ApiRefusal(code=code, error=error, facts=facts or {})
    return JSONResponse(body.model_dump(mode="json"), status)


async def _objected(request: Request, error: Exception) -> Response:
    assert isinstance(error, Objected)
    no = error.objection
    facts = dict(no.facts)
    if no.problems:
        language = asked_language(request)
        facts["problems"] = [ProblemShape.told(row, language).model_dump() for row in no.problems]
    return _answer(STATUS[no.code], no.code.value, no.detail, facts)


async def _bad_cursor(_request: Request, _error: Exception) -> Response:
    return _answer(422, "invalid", "this cursor is not one of ours", {"field": "cursor"})


async def _unreadable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Where and what, without what was given: it may be a name or a number.
    wrong = [{"field": ".".join(map(str, row["loc"])), "cause": row["msg"]} for row in error.errors()[:20]]
    return _answer(422, "invalid", "what was given cannot be used", {"wrong": wrong})


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:  # a body that is no text at all
        return _answer(422, "invalid", str(error.detail))
    code = {404: "not_found", 405: "method_not_allowed", 413: "payload_too_large"}.get(
        error.status_code, "invalid"
    )
    answer = _answer(error.status_code, code, str(error.detail))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _fault(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Fault)
    what = "the calendar" if isinstance(error, CalendarFault) else "the gateway"
    return _answer(503 if error.retryable else 502, error.code, f"{what} could not do this")


async def _defect(_request: Request, _error: Exception) -> Response:
    """The boundary above logs it; here it only gets its shape."""
    return _answer(500, "internal", "internal error")
