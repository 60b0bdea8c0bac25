"""Single sign-on by OpenID Connect: the code flow with PKCE; what comes back is verified before it is believed.

Authlib (the extra `oidc`) makes and checks what the protocol asks for; HTTP is ours, and so is the clock.
"""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from whenever import Instant

from handfest.access.identity import Begun, Identity, SignOnFailedError

TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: never "none", never a shared secret."""


@dataclass(frozen=True, slots=True)
class SignOnSettings:
    """Where the provider is, and as whom we are known there."""

    issuer: str
    client_id: str
    client_secret: str | None


@dataclass
class SignOn:
    """One provider. What it publishes about itself is read once, its keys again when an unknown one is used."""

    settings: SignOnSettings
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None

    async def begin(self, redirect_uri: str) -> Begun:
        """Where to send the browser. Raises SignOnFailedError."""
        metadata = await self._read_metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        url = add_params_to_uri(metadata["authorization_endpoint"], list(asked.items()))
        return Begun(url, state, nonce, verifier)

    async def finish(self, begun: Begun, code: str, redirect_uri: str, now: Instant) -> Identity:
        """Who came back with this code. Raises SignOnFailedError."""
        metadata = await self._read_metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        headers = self._authorise(form, metadata)
        answer = await _fetch("POST", metadata["token_endpoint"], urlencode(form), headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignOnFailedError("the provider gave no id token")
        claims = await self._verified(token, answer, begun.nonce, now)
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(f"{self.settings.issuer}#{claims['sub']}", str(email).lower() if email else None)

    def _authorise(self, form: dict[str, str], metadata: Mapping[str, Any]) -> dict[str, str]:
        """How we prove to be ourselves: in a header, or in the form where the provider wants it so."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        client_id, secret = self.settings.client_id, self.settings.client_secret
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if secret and "client_secret_basic" in ways:
            pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
            return headers
        form["client_id"] = client_id
        if secret:
            form["client_secret"] = secret
        return headers

    async def _verified(
        self, token: str, answer: Mapping[str, Any], nonce: str, now: Instant
    ) -> Mapping[str, Any]:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            try:
                decoded = jwt.decode(token, await self._read_keys(), registry=registry)
            except InvalidKeyIdError:
                decoded = jwt.decode(token, await self._read_keys(anew=True), registry=registry)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                    "nonce": {"essential": True, "value": nonce},
                },
                {
                    "nonce": nonce,
                    "client_id": self.settings.client_id,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(now=now.timestamp(), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError) as error:
            raise SignOnFailedError(f"the id token does not hold: {type(error).__name__}") from error
        return dict(claims)

    async def _read_metadata(self) -> dict[str, Any]:
        if not self._metadata:
            where = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = await _fetch("GET", where)
            if found.get("issuer") != self.settings.issuer:
                raise SignOnFailedError(f"the provider calls itself {found.get('issuer')!r}")
            missing = [
                name
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if not isinstance(found.get(name), str)
            ]
            if missing:
                raise SignOnFailedError(f"the provider does not say its {missing[0]}")
            self._metadata = found
        return self._metadata

    async def _read_keys(self, *, anew: bool = False) -> KeySet:
        if self._keys is None or anew:
            metadata = await self._read_metadata()
            self._keys = KeySet.import_key_set(await _fetch("GET", metadata["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys


async def _fetch(
    method: str, url: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise SignOnFailedError(f"the provider answered {answer.status}")
            found = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise SignOnFailedError(f"the provider cannot be reached: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise SignOnFailedError("the provider answered something that is no object")
    return found
