"""A feed from its address: over HTTPS, of a bounded size, and only if it has changed.

No message names the address: it is a secret like a password.
"""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp

DOWNLOAD_MAX = 32 * 1024 * 1024
PATIENCE_SECONDS = 30
REDIRECTS_MAX = 3
STAMP_MAX = 512
"""A longer ETag or Last-Modified is not sent back."""
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what the server knows again what it has given out: its ETag and Last-Modified."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a feed's server sent."""

    body: bytes
    stamp: Stamp

    def lines(self) -> list[str]:
        """The lines with their ends; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8-sig", "replace").splitlines(keepends=True)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The feed is as it was when the stamp was given out."""


@dataclass(frozen=True, slots=True)
class NotDownloaded:
    """Why the feed could not be had, and whether its server was at fault or what we asked for."""

    cause: str
    remote: bool = True


Answer = Downloaded | Unchanged | NotDownloaded


def feed_address(written: str) -> str | NotDownloaded:
    """The address as it is fetched: `webcal://` is what calendar programs write for `https://`."""
    address = written.strip()
    if address.lower().startswith(("webcal://", "webcals://")):
        address = f"https://{address.partition('://')[2]}"
    parts = urlsplit(address)
    if not parts.hostname or not _may_be_asked(parts.scheme, parts.hostname):
        return NotDownloaded(
            "a feed is read from a file or over https:// only: busy times are nobody else's business",
            remote=False,
        )
    return address


async def download_feed(address: str, known: Stamp | None = None) -> Answer:
    """Ask for the feed; with the stamp of what is known, the server may say that nothing has changed."""
    headers = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "handfest"}
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.modified:
        headers["If-Modified-Since"] = known.modified
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for _ in range(REDIRECTS_MAX + 1):
                answer = await _ask(session, address, headers)
                if not isinstance(answer, str):
                    return answer
                address = answer
    except TimeoutError:
        return NotDownloaded(f"the feed's server has not answered within {PATIENCE_SECONDS} seconds")
    except (aiohttp.ClientError, ValueError, OSError) as error:
        return NotDownloaded(f"the feed cannot be fetched: {type(error).__name__}")
    return NotDownloaded(f"the feed's server has sent us on more than {REDIRECTS_MAX} times")


async def _ask(session: aiohttp.ClientSession, address: str, headers: dict[str, str]) -> Answer | str:
    """One request; an address if we are sent on."""
    async with session.get(address, headers=headers, allow_redirects=False) as response:
        if response.status in _MOVED:
            return _sent_on(address, response.headers.get("Location", ""))
        if response.status == 304:
            return Unchanged()
        if response.status != 200:
            return NotDownloaded(_told(response.status))
        body = bytearray()  # grows in place: callers wait for every copy that is made here
        while len(body) <= DOWNLOAD_MAX and (more := await response.content.read(65536)):
            body += more
        if len(body) > DOWNLOAD_MAX:
            limit = f"the feed is larger than {DOWNLOAD_MAX // 2**20} MiB"
            return NotDownloaded(f"{limit}; download it and import the file", remote=False)
        stamp = Stamp(*(_short(response.headers.get(name)) for name in ("ETag", "Last-Modified")))
        return Downloaded(bytes(body), stamp)


def _sent_on(address: str, location: str) -> str | NotDownloaded:
    """Where we are sent, if it is no less private: never out of HTTPS, and never onto this machine."""
    onward = urljoin(address, location)
    before, after = urlsplit(address), urlsplit(onward)
    stays = (after.scheme, after.netloc) == (before.scheme, before.netloc)
    if location and (stays or (after.scheme == "https" and after.hostname not in _HERE)):
        return onward
    return NotDownloaded("the feed's server sends us to an address that is not https://")


def _told(status: int) -> str:
    if status in (401, 403, 404, 410):
        return f"the feed's server answers {status}; is the address complete, is it the secret one, was it renewed?"
    return f"the feed's server answers {status}"


def _may_be_asked(scheme: str, host: str) -> bool:
    return scheme == "https" or (scheme == "http" and host in _HERE)


def _short(stamp: str | None) -> str | None:
    return stamp if stamp is not None and len(stamp) <= STAMP_MAX else None
