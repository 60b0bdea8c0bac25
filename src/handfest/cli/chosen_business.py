"""The business a command is about: the one named, or the only one there is."""

from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.cli.output import fail
from handfest.model.catalogue import Staff
from handfest.ports import Store, StoredCatalogue, Transaction


async def chosen_business(store: Store, named: str | None, branch: str | None = None) -> CompiledCatalogue:
    """The active catalogue of the business, made ready; ends the command if it is not clear which."""

    def work(tx: Transaction) -> tuple[tuple[str, ...], StoredCatalogue | None]:
        known = tx.businesses()
        wanted = named or (known[0] if len(known) == 1 else "")
        return known, tx.catalogue(wanted)

    known, stored = await store.read(work)
    if stored is None:
        if not known:
            fail("no business is applied yet; `handfest apply FILE` makes one")
        fail(f"name one of the businesses: {', '.join(known)}" + (f" ({named!r} is none)" if named else ""))
    compiled = Shelf().compiled(stored, branch)
    if branch is not None and compiled.catalogue.branch(branch) is None:
        names = ", ".join(one.id for one in compiled.catalogue.branches) or "none"
        fail(f"{stored.business_id} has no branch {branch!r}; its branches are: {names}")
    return compiled


def chosen_staff(compiled: CompiledCatalogue, said: str | None) -> Staff | None:
    """The member of staff with this id or name, as it is written or its only first name; None if nobody was named.

    Whoever types is not misheard: a name that is merely alike ends the command, it is not guessed.
    """
    if said is None:
        return None
    staff = compiled.catalogue.staff
    wanted = said.casefold()
    for names in (_ids, _full_names, _parts_of_names):
        found = [person for person in staff if wanted in names(person)]
        if len(found) == 1:
            return found[0]
    known = ", ".join(f"{one.id} ({one.name})" for one in staff) or "none"
    return fail(f"no one clear member of staff is {said!r}; name one of: {known}")


def _ids(person: Staff) -> tuple[str, ...]:
    return (person.id.casefold(),)


def _full_names(person: Staff) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (person.name, *person.aliases))


def _parts_of_names(person: Staff) -> tuple[str, ...]:
    return tuple(part for name in _full_names(person) for part in name.split())
