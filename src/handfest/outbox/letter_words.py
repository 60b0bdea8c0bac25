"""The words of a letter, rendered from the stored booking (law 5); the sentences are data under `data/`."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from whenever import ZonedDateTime

from handfest.model.booking import Booking
from handfest.model.catalogue import Catalogue
from handfest.model.letter import LetterKind
from handfest.speech.spoken import LANGUAGES, speak_day

TEXT_MAX = 306
"""Two linked text messages; a longer one is cut at a word."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter is about. `old` is the appointment that was given up for this one."""

    catalogue: Catalogue
    booking: Booking
    kind: LetterKind
    old: Booking | None = None

    @property
    def address(self) -> str | None:
        """Where to come: the branch's address, or the business's."""
        branch = self.catalogue.branch(self.booking.branch_id)
        return (branch.address if branch else None) or self.catalogue.business.address

    @property
    def phone(self) -> str | None:
        """Whom to call."""
        branch = self.catalogue.branch(self.booking.branch_id)
        return (branch.phone if branch else None) or self.catalogue.business.phone


@dataclass(frozen=True, slots=True)
class Words:
    """A letter ready to be read: as an e-mail, and as one text message."""

    subject: str
    body: str
    text: str


def words_of(facts: Facts) -> Words:
    """The words in the language of the business."""
    language = facts.catalogue.business.language
    data = letter_data(language if language in LANGUAGES else "en")
    gaps = _gaps(facts, language)
    rows, closing, letter = data["lines"], data["closing"], data[facts.kind.value]
    lines = [line for line in (_filled(row, gaps) for row in rows.values()) if line]
    ending = [line for line in (_filled(row, gaps) for row in closing.values()) if line]
    parts = [letter["greeting"].format(**gaps), letter["opening"].format(**gaps), "\n".join(lines), *ending]
    subject = " ".join(letter["subject"].format(**gaps).split())
    return Words(subject, "\n\n".join(parts) + "\n", _cut(letter["text"].format(**gaps)))


@cache
def letter_data(language: str) -> Mapping[str, Mapping[str, str]]:
    """The sentences of a language."""
    return tomllib.loads(
        resources.files("handfest.outbox").joinpath("data", f"letters.{language}.toml").read_text("utf-8")
    )


def _gaps(facts: Facts, language: str) -> dict[str, str]:
    booking, old = facts.booking, facts.old
    gaps = {
        "business": facts.catalogue.business.name,
        "name": booking.customer.name,
        "service": booking.service_name,
        "day": _day(booking.local_start, language),
        "time": _time(booking.local_start),
        "minutes": str(booking.duration_min),
        "staff": booking.staff_name,
        "price": booking.price,
        "address": facts.address,
        "phone": facts.phone,
        "old_day": _day(old.local_start, language) if old else None,
        "old_time": _time(old.local_start) if old else None,
    }
    return {name: " ".join((value or "").split()) for name, value in gaps.items()}


def _filled(row: str, gaps: Mapping[str, str]) -> str:
    """The line, or nothing if one of its gaps stays empty."""
    named = [field for _text, field, _spec, _conversion in string.Formatter().parse(row) if field]
    return row.format(**gaps) if all(gaps[name] for name in named) else ""


def _day(at: ZonedDateTime, language: str) -> str:
    return speak_day(at.date().to_stdlib(), language, year=True)


def _time(at: ZonedDateTime) -> str:
    return f"{at.hour}:{at.minute:02}"


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 2].rsplit(" ", 1)[0] + " …"
