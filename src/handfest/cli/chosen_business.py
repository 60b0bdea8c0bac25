"""The business a command is about: the one named, or the only one there is."""

from handfest.catalogue.compiled import CompiledCatalogue, Shelf
from handfest.catalogue.staff_wish import StaffResolved, resolve_staff
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
    """The member of staff meant by id or name; None if nobody was named."""
    if said is None:
        return None
    staff = compiled.catalogue.staff
    by_id = compiled.catalogue.staff_member(said)
    if by_id is not None:
        return by_id
    found = resolve_staff(said, staff)
    if not isinstance(found, StaffResolved):
        fail(f"no one clear member of staff is {said!r}; name one of: {', '.join(one.id for one in staff)}")
    return compiled.catalogue.staff_member(found.staff_id)
