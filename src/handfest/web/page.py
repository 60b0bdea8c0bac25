"""A page: a template in the frame that all pages share, in the reader's language and light."""

import re
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from handfest.web.assets import asset_url
from handfest.web.body import read_form
from handfest.web.words import LANGUAGES, Words, clock, words_of

LANGUAGE_COOKIE, THEME_COOKIE = "handfest_language", "handfest_theme"
THEMES = ("auto", "light", "dark")
_CODE = re.compile(r"`([^`]+)`")
_YEAR_S = 365 * 24 * 3600


def render(request: Request, name: str, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """The page. `values` are what its template names beside `words`, `theme`, `request`."""
    words = words_of(language_of(request))
    html = (
        _environment()
        .get_template(name)
        .render(request=request, words=words, theme=theme_of(request), here=_here(request), **values)
    )
    return HTMLResponse(
        html, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
    )


def coded(text: str) -> Markup:
    """Text in which `this` is code, as it is in what findings advise; everything else stays text."""
    code = Markup("<code>{}</code>")
    parts = (code.format(part) if at % 2 else escape(part) for at, part in enumerate(_CODE.split(text)))
    return Markup("").join(parts)


def language_of(request: Request) -> str:
    """What the reader chose, else what the browser prefers, else German."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").lower().split(","):
        if part.strip()[:2] in LANGUAGES:
            return part.strip()[:2]
    return "de"


def words_for(request: Request) -> Words:
    """The words in the reader's language."""
    return words_of(language_of(request))


def theme_of(request: Request) -> str:
    """auto | light | dark."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"


def local_path(target: str | None, otherwise: str = "/") -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes `otherwise`."""
    parts = urlsplit(target or "")
    plain = not (parts.scheme or parts.netloc) and parts.path.startswith("/")
    if not plain or target is None or target.startswith(("//", "/\\")) or "\\" in target:
        return otherwise
    return target


def go(path: str) -> RedirectResponse:
    """On to a page after a form was taken."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def preferences_route() -> Route:
    """`POST /preferences`: language and light, kept in the reader's browser and nowhere else."""

    async def preferences(request: Request) -> Response:
        form = await read_form(request)
        response = go(local_path(form.get("next")))
        for cookie, key, known in ((LANGUAGE_COOKIE, "language", LANGUAGES), (THEME_COOKIE, "theme", THEMES)):
            if form.get(key) in known:
                response.set_cookie(
                    cookie,
                    form[key],
                    _YEAR_S,
                    samesite="lax",
                    secure=request.url.scheme == "https",
                    httponly=True,
                )
        return response

    return Route("/preferences", preferences, methods=["POST"], name="preferences")


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("handfest.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters["coded"] = coded
    environment.globals.update(asset=asset_url, clock=clock)
    return environment
