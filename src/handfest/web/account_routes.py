"""`/account`: who one is here, one's own password, and logging out everywhere."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from handfest.access.change_user import set_password
from handfest.access.deed import Deed
from handfest.access.passwords import unfit
from handfest.access.porter import LoggedIn
from handfest.model.access import User
from handfest.web.body import read_form
from handfest.web.console.visit import Frame, Notice
from handfest.web.guard import viewer_of
from handfest.web.login_routes import address_of, logged_in
from handfest.web.page import render, words_for
from handfest.wiring import House


def account_routes(house: House) -> list[Route]:
    """The routes; for people only, since a program has nothing of its own to change."""

    async def account(request: Request) -> Response:
        return _page(request)

    async def password(request: Request) -> Response:
        user, form = viewer_of(request).user, await read_form(request)
        if user is None or user.password_hash is None:
            return _page(request, "no_password", HTTPStatus.CONFLICT)
        wanted = form.get("new", "")
        if unfit(wanted) is not None or wanted != form.get("again"):
            return _page(request, "unfit", HTTPStatus.UNPROCESSABLE_ENTITY)
        # The same door as logging in, so that the present password cannot be guessed here without being counted.
        proved = await house.porter.log_in(user.login, form.get("present", ""), address_of(request))
        if not isinstance(proved, LoggedIn):
            return _page(request, proved.code, HTTPStatus.FORBIDDEN)
        hashed = await house.porter.passwords.hashed(wanted)
        deed = Deed(user.actor, house.clock.now(), house.ids)
        changed = await house.store.write(lambda tx: set_password(tx, deed, tx.user(user.id) or user, hashed))
        return await logged_in(house, request, await house.porter.admit(changed), "/account?done=password")

    return [
        Route("/account", account, methods=["GET"]),
        Route("/account/password", password, methods=["POST"]),
    ]


def _page(request: Request, problem: str | None = None, status: int = HTTPStatus.OK) -> Response:
    viewer = viewer_of(request)
    user: User | None = viewer.user
    notice = None
    words = words_for(request)
    if problem is not None:
        notice = Notice("bad", words.say("account", problem))
    elif request.query_params.get("done") == "password":
        notice = Notice("good", words.say("account", "changed"))
    frame = Frame(
        business=None,
        name="",
        page="account",
        pages=(),
        several=True,
        live=False,
        counts={},
        csrf=viewer.csrf,
        person=viewer.actor.name,
        notice=notice,
    )
    return render(request, "account.html.j2", status=status, frame=frame, user=user)
