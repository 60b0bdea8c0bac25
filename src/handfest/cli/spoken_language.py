"""The language in which a business's calls are told where none is asked for."""

from handfest.catalogue.compiled import Shelf
from handfest.cli.run import with_store
from handfest.diagnosis.story.story_words import LANGUAGES
from handfest.ports import Store


def spoken_language(database: str, business: str) -> str:
    """The language of the business (de or en); English where there is no such business any more."""

    async def read(store: Store) -> str:
        kept = await store.read(lambda tx: tx.catalogue(business))
        return Shelf().compiled(kept, None).catalogue.business.language if kept is not None else "en"

    language = with_store(database, read)
    return language if language in LANGUAGES else "en"
