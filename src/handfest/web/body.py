"""Reading a request body that may be too large."""

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
