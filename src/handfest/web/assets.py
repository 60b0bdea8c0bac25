"""Files that pages need: served from here, named by what they contain, so that a browser may keep them for good."""

import gzip
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from handfest.web.day_classes import day_classes

PREFIX = "/static/"
FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_MADE_SMALLER = frozenset({"css", "js", "svg"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file under its public name (`console.1a2b3c4d.css`), and the same made smaller where that helps."""

    name: str
    content: bytes
    small: bytes | None
    media_type: str


def asset_url(name: str) -> str:
    """Where a page finds this file; KeyError for a file that there is not."""
    return PREFIX + _assets()[name].name


def asset_route() -> Route:
    """The route of all files. A name with another hash is not there: a browser never keeps a wrong one."""

    async def static(request: Request) -> Response:
        asset = _by_public_name().get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("not found", 404)
        headers = {"Cache-Control": FOR_GOOD, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
        if asset.small is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.small, media_type=asset.media_type, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    return Route(PREFIX + "{name}", static, name="static")


@cache
def _by_public_name() -> dict[str, Asset]:
    return {asset.name: asset for asset in _assets().values()}


@cache
def _assets() -> dict[str, Asset]:
    folder = resources.files("handfest.web").joinpath("static")
    plain = {
        file.name: file.read_bytes() for file in folder.iterdir() if file.name.rpartition(".")[2] in _TYPES
    }
    plain["day.css"] = day_classes().encode()
    found = {name: _asset(name, content) for name, content in plain.items() if not name.endswith(".css")}
    for name in (name for name in plain if name.endswith(".css")):
        found[name] = _asset(name, _with_names(plain[name].decode(), found).encode())
    return found


def _with_names(style: str, found: dict[str, Asset]) -> str:
    """The style sheet with the public names of the files it names."""
    return re.sub(r"url\((\w[\w.]*)\)", lambda match: f"url({found[match[1]].name})", style)


def _asset(name: str, content: bytes) -> Asset:
    stem, _, ending = name.rpartition(".")
    public = f"{stem}.{sha256(content).hexdigest()[:8]}.{ending}"
    small = gzip.compress(content, 9, mtime=0) if ending in _MADE_SMALLER else None
    return Asset(public, content, small, _TYPES[ending])
