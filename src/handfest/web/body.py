"""Reading a request body that may be too large."""

from urllib.parse import parse_qsl

from starlette.requests import Request


class BodyTooLarge(ValueError):
    """The body is larger than the server accepts."""


async def read_body(request: Request, most: int) -> bytes:
    """The raw bytes of the body. Raises BodyTooLarge before more than `most` bytes are kept."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise BodyTooLarge(f"the body has {declared} bytes, {most} are accepted")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise BodyTooLarge(f"the body has more than {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


FORM_MAX_BYTES = 512 * 1024
"""Enough for a whole business file in a form."""


async def read_form(request: Request, most: int = FORM_MAX_BYTES) -> dict[str, str]:
    """The fields of a plain form (`application/x-www-form-urlencoded`); of a name that comes twice the last counts.

    Raises BodyTooLarge. Bytes that are no text become replacement characters; browsers send none.
    """
    return dict(await _pairs(request, most))


async def read_form_lists(request: Request, most: int = FORM_MAX_BYTES) -> dict[str, list[str]]:
    """The same with every value of a name that comes more than once, as boxes do that are ticked."""
    found: dict[str, list[str]] = {}
    for name, value in await _pairs(request, most):
        found.setdefault(name, []).append(value)
    return found


async def _pairs(request: Request, most: int) -> list[tuple[str, str]]:
    raw = await read_body(request, most)
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    # A zero character is no text, and PostgreSQL keeps none.
    return [(name.replace("\0", "\ufffd"), value.replace("\0", "\ufffd")) for name, value in pairs]
