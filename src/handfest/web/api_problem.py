"""`/api`: the problems of a business file, told in the language that was asked for."""

from pydantic import BaseModel
from starlette.requests import Request

from handfest.catalogue.problem import Problem


class ProblemShape(BaseModel):
    """What is wrong or, as a warning, unwise. `code` is stable; `cause` and `remedy` are sentences."""

    line: int | None
    where: str
    code: str
    cause: str
    remedy: str
    warning: bool

    @classmethod
    def told(cls, problem: Problem, language: str) -> "ProblemShape":
        """The problem in a language ("de" or "en")."""
        return cls(
            line=problem.line,
            where=problem.where,
            code=problem.code,
            cause=problem.cause_in(language),
            remedy=problem.remedy_in(language),
            warning=problem.warning,
        )


def asked_language(request: Request) -> str:
    """The first of our languages in `Accept-Language`, English where none is named."""
    named = (part.strip()[:2] for part in request.headers.get("accept-language", "").lower().split(","))
    return next((part for part in named if part in ("de", "en")), "en")
