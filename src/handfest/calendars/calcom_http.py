"""HTTP towards Cal.com behind a small port: what is certain about a failed request is in its exception."""

import asyncio
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from handfest.errors import ConfigurationError

BODY_MAX = 4 * 1024 * 1024
HOSTED = "https://api.cal.com/v2"


class NotSent(Exception):
    """No connection: the request certainly did not reach the server."""


class AnswerLost(Exception):
    """The request was sent and no answer came back: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request with its deadlines in seconds: for the connection, and for everything."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    connect_seconds: float = 0.5
    total_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers (names in lower case) and the raw body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http(Protocol):
    """The seam: one request, one answer."""

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Raises NotSent or AnswerLost; every status is an answer."""

    async def close(self) -> None:
        """Let go of the connections."""


class AiohttpSession:
    """`Http` on one aiohttp session, made on first use. Redirects are answers, never followed."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """See `Http`."""
        limits = aiohttp.ClientTimeout(
            total=request.total_seconds, sock_connect=request.connect_seconds, connect=request.connect_seconds
        )
        try:
            async with self._open().request(
                request.method,
                request.url,
                params=request.query,
                data=request.body,
                headers=request.headers,
                timeout=limits,
                allow_redirects=False,
            ) as response:
                body = await response.content.read(BODY_MAX)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return HttpAnswer(response.status, headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"no connection to {urlsplit(request.url).hostname}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise AnswerLost(f"no answer: {type(error).__name__}") from error

    async def close(self) -> None:
        """See `Http`."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Shorter than servers keep idle connections: a request on a dead one would have no known outcome.
            connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=4.0)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def checked_base_url(text: str | None) -> str:
    """The base URL without a slash at its end: https (http for this machine only), no credentials, no query.

    Raises ConfigurationError.
    """
    url = (text or HOSTED).strip().rstrip("/")
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "the Cal.com base_url carries a user name or password; name the key's variable instead"
        )
    if parts.query or parts.fragment or not parts.hostname:
        raise ConfigurationError(f"the Cal.com base_url {url!r} is not an address such as {HOSTED}")
    if parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname)):
        return url
    raise ConfigurationError(
        f"the Cal.com base_url {url!r} is not https, and {parts.hostname} is not this machine"
    )


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
