"""What a running house cannot do although somebody expects it: said at the start, before a customer notices."""

from handfest.model.catalogue import Catalogue
from handfest.model.letter import LetterWay
from handfest.ports import StoredCatalogue, Transaction
from handfest.wiring import House


async def serve_notes(house: House) -> list[str]:
    """One sentence each: confirmations that cannot be sent, a console that nobody can open."""

    def work(tx: Transaction) -> tuple[list[StoredCatalogue], bool]:
        stored = [tx.catalogue(business_id) for business_id in tx.businesses()]
        return [one for one in stored if one is not None], bool(tx.users())

    stored, somebody = await house.store.read(work)
    notes = [note for one in stored for note in _unsent(house, house.shelf.compiled(one, None).catalogue)]
    if not somebody:
        notes.append("nobody can open the console yet: handfest users add NAME@DOMAIN --business ID")
    return notes


def _unsent(house: House, catalogue: Catalogue) -> list[str]:
    named, able, business = catalogue.confirmations, house.letters.ways(catalogue), catalogue.business.id
    notes = []
    if named.email and LetterWay.EMAIL not in able:
        notes.append(f"{business}: e-mail is switched on, HANDFEST_SMTP_URL is not set: none is sent")
    if named.text_url and LetterWay.TEXT not in able:
        notes.append(f"{business}: {named.text_secret_env} is not set: no text message is sent")
    return notes
