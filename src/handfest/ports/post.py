"""The way out for letters to customers."""

from typing import Protocol

from handfest.model.catalogue import Catalogue
from handfest.model.letter import LetterWay


class Post(Protocol):
    """Knows by which ways letters can leave this house; a way that is not there is never promised."""

    def ways(self, catalogue: Catalogue) -> frozenset[LetterWay]:
        """The ways that this business has switched on and this house is set up for."""


class NoPost:
    """A house that sends no letters."""

    def ways(self, _catalogue: Catalogue) -> frozenset[LetterWay]:
        """See `Post`."""
        return frozenset()
