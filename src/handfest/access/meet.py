"""Meet: which user somebody is whom the sign-on provider has identified."""

from dataclasses import replace

from handfest.model.access import User
from handfest.ports import Transaction


def meet(tx: Transaction, subject: str, email: str | None) -> User | None:
    """The user of this subject; at the first meeting the one whose login is the verified address.

    Nobody is added: who may come in is said by `handfest users add` or an owner. A user who is known under another
    subject of the provider is not this one, whatever the address says.
    """
    known = tx.user_by_subject(subject)
    if known is None and email is not None:
        found = tx.user_by_login(email)
        if found is not None and found.subject is None and not found.disabled:
            known = replace(found, subject=subject)
            tx.save_user(known)
    return None if known is None or known.disabled else known
