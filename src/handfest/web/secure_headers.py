"""What browsers are told to refuse: scripts and styles inside a page, content from elsewhere, frames around us."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
}
STRICT_TRANSPORT = "max-age=31536000"
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
_RAW_SECURE = (*_RAW, (b"strict-transport-security", STRICT_TRANSPORT.encode()))


class SecureHeaders:
    """Gives every answer these headers, except those that the route has set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = _RAW_SECURE if scope["scheme"] == "https" else _RAW

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = message.get("headers", ())
                named = {name.lower() for name, _ in theirs}
                message["headers"] = [*theirs, *(pair for pair in ours if pair[0] not in named)]
            await send(message)

        await self._app(scope, receive, sent)
