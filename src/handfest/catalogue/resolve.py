"""Resolve what a caller says about a service: the entry to this part of the catalogue.

A wish goes through `asides.py` (what is said around it), `wish_words.py` (names, errands, corrections), `together.py`
(several wishes) and `one_wish.py` (one of them: `evidence.py`, then `choice.py`).
`resolve_service` hears a wish, `resolve_answer` the answer to the question a wish led to.
"""

from handfest.catalogue.answer import resolve_answer
from handfest.catalogue.wish_words import ASKED_AT_MOST, resolve_service

__all__ = ["ASKED_AT_MOST", "resolve_answer", "resolve_service"]
