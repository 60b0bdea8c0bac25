"""Secrets do not belong into a business file: how one is recognised when it is there all the same."""

import re

_SECRET_KEY = re.compile(r"(^|_)(key|secret|token|password)$")
_ENV_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,127}\Z")
_DENSE = re.compile(r"[A-Z0-9]{16,}\Z")


def is_secret_key(name: str) -> bool:
    """True for a key that would hold a secret itself (`signing_key`, `api_key`, `token`, ...)."""
    return bool(_SECRET_KEY.search(name.lower()))


def is_env_name(value: str) -> bool:
    """True for the name of an environment variable, false for what looks like a secret.

    Names are upper case by POSIX convention (IEEE 1003.1, chapter 8); the keys that platforms give out have
    lower case letters or are one long block with digits in it.
    """
    dense = bool(_DENSE.match(value)) and any(letter.isdigit() for letter in value)
    return bool(_ENV_NAME.match(value)) and not dense
