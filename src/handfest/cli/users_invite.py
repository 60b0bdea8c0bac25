"""An invitation from the command line: into the outbox of the server, or as a link that is shown once."""

from handfest.access.change_user import UnfitUserError
from handfest.access.deed import Deed
from handfest.access.invite_user import Invited, Inviting, TooManyInvites, invite_user
from handfest.cli.options import settings_with
from handfest.cli.output import console, fail
from handfest.cli.run import with_store
from handfest.machine import RandomIds, SystemClock
from handfest.model.actor import COMMAND_LINE
from handfest.outbox.invite_desk import link_of
from handfest.ports import Store, Transaction


def send_invite(database: str | None, login: str, *, show: bool, language: str | None) -> None:
    """Invite the user; ends the command if there is none, or if it is too soon."""
    settings = settings_with(database)
    address = settings.public_url or ""
    by_mail = bool(settings.smtp_url and address) and not show

    def work(tx: Transaction) -> Invited | TooManyInvites:
        user = tx.user_by_login(login.strip().lower())
        if user is None:
            raise UnfitUserError(f"there is no user {login}; `handfest users ls` shows them")
        business_id = next((one.business_id for one in user.memberships), None)
        deed = Deed(COMMAND_LINE, SystemClock().now(), RandomIds())
        return invite_user(tx, deed, user, business_id, Inviting(by_mail), language)

    async def run(store: Store) -> Invited | TooManyInvites:
        return await store.write(work)

    try:
        done = with_store(settings.database, run)
    except UnfitUserError as error:
        fail(str(error))
    if isinstance(done, TooManyInvites):
        fail(f"too many invitations in a short time; the next at {done.again_at.format_iso()}")
    if done.token is None:
        console.print(f"an invitation to {login} is on its way; `handfest serve` sends it", markup=False)
        return
    if not address:
        address = f"http://{settings.host}:{settings.port}"
    told = "good once, for seven days; hand it over in person"
    console.print(f"{link_of(address, done.token)}", markup=False, soft_wrap=True)
    console.print(f"  {told}", markup=False)
