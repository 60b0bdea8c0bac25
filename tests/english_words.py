"""Words that stand in English sentences and in no German one: how a page in the wrong language is found."""

import re

_WORDS = "the is are of and not with without for this that from has have give write such because does cannot you your it"
_ENGLISH = re.compile(rf"\b({'|'.join(_WORDS.split())}|{'|'.join(_WORDS.title().split())})\b")
_QUOTED = re.compile(r"„[^“]*“|\"[^\"]*\"")


def english_in(text: str) -> str | None:
    """The first English word of a German text, outside quotations; None where there is none."""
    found = _ENGLISH.search(_QUOTED.sub("", text))
    return found[0] if found else None
