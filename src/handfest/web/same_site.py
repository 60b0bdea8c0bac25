"""Whether a changing request comes from one of our own pages: by what the browser says, and by a token."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from handfest.access.tokens import same
from handfest.web.body import FORM_MAX_BYTES, read_body

HEADER, FIELD = "x-csrf-token", "csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"


def from_elsewhere(request: Request) -> bool:
    """True if the browser says that another site sends this."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


async def proves(scope: Scope, receive: Receive, csrf: str) -> tuple[bool, Receive]:
    """Whether the request brings the token, in a header or a field of its form; and the body to read again.

    Raises BodyTooLarge for a form that is.
    """
    request = Request(scope, receive)
    given = request.headers.get(HEADER)
    if given is not None or not request.headers.get("content-type", "").startswith(_FORM):
        return same(given or "", csrf), receive
    raw = await read_body(request, FORM_MAX_BYTES)
    fields = parse_qs(raw.decode("utf-8", "replace"), max_num_fields=500)
    return same(fields.get(FIELD, [""])[-1], csrf), _again(raw, receive)


def _again(raw: bytes, receive: Receive) -> Receive:
    """The body once more, and then whatever the server has to say."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": raw, "more_body": False}

    return replay
