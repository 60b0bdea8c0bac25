"""A letter as an e-mail: words to read, and the appointment for calendar programs."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from whenever import Instant

from handfest.model.letter import Letter
from handfest.outbox.invitation import invitation, method_of
from handfest.outbox.letter_words import Facts, words_of
from handfest.outbox.mail import MailServer

FILE_NAME = {"de": "termin.ics", "en": "appointment.ics"}


def mail_of(
    letter: Letter, facts: Facts, chain: tuple[str, int], server: MailServer, now: Instant
) -> EmailMessage:
    """The e-mail. Its id is the same for every try, so that a repeat is known as one.

    `chain` is the first booking of the chain of changes and how many letters about it came before this one.
    """
    words, business = words_of(facts), facts.catalogue.business
    answers_to = facts.catalogue.confirmations.reply_to
    message = EmailMessage()
    message["From"] = _mailbox(business.name, parseaddr(server.sender)[1])
    message["To"] = _mailbox(facts.booking.customer.name, facts.booking.customer.email or "")
    if answers_to:
        message["Reply-To"] = answers_to
    message["Subject"] = words.subject
    message["Date"] = format_datetime(letter.made_at.to_stdlib())
    message["Message-ID"] = f"<{letter.id}.{letter.business_id}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = business.language
    message.set_content(words.body)
    organizer = answers_to or parseaddr(server.sender)[1]
    calendar = invitation(facts, *chain, organizer, now)
    message.add_attachment(
        calendar,
        maintype="text",
        subtype="calendar",
        filename=FILE_NAME.get(business.language, FILE_NAME["en"]),
        params={"method": method_of(facts.kind), "charset": "utf-8"},
    )
    return message


def _mailbox(name: str, address: str) -> Address:
    """A name and an address; a name that could break the header is left out."""
    shown = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())[:100]
    return Address(shown, addr_spec=address)
