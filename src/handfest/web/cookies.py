"""Our cookies: what a browser brings back, and how it may keep it."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

SESSION, FORM, SIGN_ON = "handfest", "handfest_form", "handfest_sign_on"


def is_secure(request: Request, public_url: str | None) -> bool:
    """Whether the browser reaches us by https: seen in the request, or said in the settings for this host."""
    if request.url.scheme == "https":
        return True
    public = urlsplit(public_url or "")
    return public.scheme == "https" and public.netloc == request.headers.get("host")


def cookie_name(plain: str, secure: bool) -> str:
    """The name under https says that no other host and no other path may have set it."""
    return f"__Host-{plain}" if secure else plain


def read_cookie(request: Request, plain: str, public_url: str | None) -> str | None:
    """The value that the browser brings back."""
    return request.cookies.get(cookie_name(plain, is_secure(request, public_url)))


def set_cookie(
    response: Response, request: Request, plain: str, value: str, public_url: str | None, max_age: float
) -> None:
    """Have the browser keep a value for `max_age` seconds, out of reach of scripts and of other sites."""
    secure = is_secure(request, public_url)
    response.set_cookie(
        cookie_name(plain, secure),
        value,
        int(max_age),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, request: Request, plain: str, public_url: str | None) -> None:
    """Have the browser forget a value."""
    secure = is_secure(request, public_url)
    response.delete_cookie(cookie_name(plain, secure), path="/", secure=secure, httponly=True, samesite="lax")
