"""A Visit: somebody known looks at a page of one business."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from whenever import Instant, ZonedDateTime

from handfest.catalogue.compiled import CompiledCatalogue
from handfest.desk.counter import LIVE_MINUTES
from handfest.model.access import Viewer
from handfest.model.actor import Actor, Scope
from handfest.model.catalogue import Catalogue
from handfest.office.objection import Objection
from handfest.ports import StoredCatalogue, Transaction
from handfest.web.guard import viewer_of
from handfest.web.page import go, render, words_for
from handfest.web.words import Words
from handfest.wiring import House

PAGES = ("today", "calls", "bookings", "callbacks", "catalogue", "health", "try", "people")
"""The pages of a business in the order of the rail; the first four have a place of their own on a phone."""
COUNTED_MAX = 99
_NEEDS = {"try": Scope.DESK, "people": Scope.PEOPLE}


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence at the head of a page, about what was just done; `kind` is good | bad | warn."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around every page shows."""

    business: str | None
    name: str
    page: str
    pages: tuple[str, ...]
    several: bool
    live: bool
    counts: Mapping[str, int]
    csrf: str | None
    person: str | None
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page of one business. `page` is the place in the rail that it belongs to."""

    house: House
    request: Request
    viewer: Viewer
    compiled: CompiledCatalogue
    page: str
    now: Instant
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who does what is done here."""
        return self.viewer.actor

    @property
    def words(self) -> Words:
        """The words in the reader's language."""
        return words_for(self.request)

    @property
    def catalogue(self) -> Catalogue:
        """The active catalogue, of all branches."""
        return self.compiled.catalogue

    @property
    def business(self) -> str:
        """The id of the business."""
        return self.catalogue.business.id

    @property
    def zone(self) -> str:
        """The zone of the business."""
        return self.catalogue.business.time_zone

    def may(self, scope: Scope) -> bool:
        """True if the viewer may do this here."""
        return self.actor.may(scope, self.business)

    def local(self, at: Instant) -> ZonedDateTime:
        """A moment on the clock of the business."""
        return at.to_tz(self.zone)

    def asked(self, name: str) -> str | None:
        """A parameter of the address, None where it is missing or empty."""
        return (self.request.query_params.get(name) or "").strip() or None

    def path(self, *parts: str, **query: str | None) -> str:
        """The address of a page of this business."""
        said = {name: value for name, value in query.items() if value}
        return "/".join((f"/b/{self.business}", *parts)) + (f"?{urlencode(said)}" if said else "")

    def back(self, *parts: str, **query: str | None) -> Response:
        """On to a page after a form was taken; `done` and `problem` name what the page then says."""
        return go(self.path(*parts, **query))

    def after(self, result: object, done: str, *parts: str) -> Response:
        """On to a page that says what came of it: `done`, or why it was not; open pages hear of what was done."""
        if isinstance(result, Objection):
            return self.back(*parts, problem=result.code.value)
        self.house.live.changed(self.business)
        return self.back(*parts, done=done)

    def missing(self) -> Response:
        """The page for what is not there."""
        return self.show("missing.html.j2", status=HTTPStatus.NOT_FOUND)

    def show(self, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
        """The page."""
        return render(
            self.request,
            template,
            status=status,
            visit=self,
            frame=self.frame,
            catalogue=self.catalogue,
            now=self.now,
            Scope=Scope,
            **values,
        )

    @property
    def frame(self) -> Frame:
        """The frame around the page."""
        return Frame(
            business=self.business,
            name=self.catalogue.business.name,
            page=self.page,
            pages=tuple(page for page in PAGES if self.may(_NEEDS.get(page, Scope.READ))),
            several=len(self.actor.roles) > 1 or self.actor.everywhere is not None,
            live=True,
            counts=self.counts,
            csrf=self.viewer.csrf,
            person=self.actor.name,
            notice=self._notice(),
        )

    def _notice(self) -> Notice | None:
        for kind, name in (("good", "done"), ("bad", "problem")):
            key = self.asked(name)
            if key in self.words.notices:
                return Notice(kind, self.words.notices[key])
        return None


Endpoint = Callable[[Request], Awaitable[Response]]
Page = Callable[[Visit], Awaitable[Response]]


def page_of(house: House, page: str, serve: Page) -> Endpoint:
    """The endpoint of a page under `/b/{business}/...`; who may see it is decided before, by the rules."""

    async def endpoint(request: Request) -> Response:
        business_id: str = request.path_params["business"]

        def work(tx: Transaction) -> tuple[StoredCatalogue | None, int, int]:
            running = len(tx.live_calls(business_id, house.clock.now().subtract(minutes=LIVE_MINUTES)))
            waiting = len(tx.callbacks_found(business_id, COUNTED_MAX, still_open=True))
            return tx.catalogue(business_id), running, waiting

        stored, running, waiting = await house.store.read(work)
        if stored is None:
            return render(request, "refused.html.j2", status=HTTPStatus.NOT_FOUND, code="not_found")
        visit = Visit(
            house=house,
            request=request,
            viewer=viewer_of(request),
            compiled=house.shelf.compiled(stored, None),
            page=page,
            now=house.clock.now(),
            counts={"today": running, "callbacks": waiting},
        )
        return await serve(visit)

    return endpoint
