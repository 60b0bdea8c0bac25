"""A small OpenID Connect provider on this machine, which can be made to lie."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from whenever import Instant

CLIENT, SECRET = "handfest", "a secret:with a colon"


@dataclass
class LocalProvider:
    """Issues codes for whoever `claims` says, and tokens for codes with the right verifier."""

    now: Instant
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    claims: dict[str, Any] = field(default_factory=dict)
    signing_key: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser comes back with after the person has agreed."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorize?")
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code_{len(self.codes) + 1}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def metadata(self, request: web.Request) -> web.Response:
        """What the provider says about itself."""
        self.reads.append(request.path)
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        """Its public keys."""
        self.reads.append(request.path)
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: web.Request) -> web.Response:
        """A token for a code: once, for who began it, with its verifier."""
        form = await request.post()
        user, _, password = (
            b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode().partition(":")
        )
        asked = self.codes.pop(str(form["code"]), None)
        challenge = (
            urlsafe_b64encode(sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=").decode()
        )
        right = (unquote(user), unquote(password)) == (CLIENT, SECRET)
        if asked is None or not right or asked["code_challenge"] != challenge:
            return web.json_response({"error": "invalid_grant"}, status=400)
        if asked["redirect_uri"] != form["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        seconds = self.now.timestamp()
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "7",
            "iat": seconds,
            "exp": seconds + 300,
            "nonce": asked["nonce"],
            "email": "Erika@example.com",
            "email_verified": True,
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        signing = self.signing_key or self.key
        header = {"alg": self.algorithm, "kid": signing.kid or "one"}
        if self.algorithm == "none":
            parts = [
                urlsafe_b64encode(str(part).replace("'", '"').encode()).decode() for part in (header, kept)
            ]
            return web.json_response({"id_token": ".".join((*parts, ""))})
        signed = jwt.encode(header, kept, signing, algorithms=[self.algorithm])
        return web.json_response({"id_token": signed, "token_type": "Bearer"})


@asynccontextmanager
async def local_provider(now: Instant) -> AsyncIterator[LocalProvider]:
    """The provider on a free port of this machine."""
    provider = LocalProvider(now)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.metadata)
    app.router.add_get("/keys", provider.keys)
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
