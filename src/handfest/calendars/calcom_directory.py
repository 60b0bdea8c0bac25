"""One client per credential, one session per process: which Cal.com a business's file means."""

from collections.abc import Callable

from handfest.calendars.calcom import CalcomCalendar, Terms
from handfest.calendars.calcom_client import CalcomClient
from handfest.calendars.calcom_event_types import EventTypes
from handfest.calendars.calcom_http import AiohttpSession, Http, checked_base_url
from handfest.model.catalogue import Catalogue
from handfest.ports import Clock, Notifier, Store


class CalcomDirectory:
    """The Cal.com calendars of all businesses. Budget and breaker belong to the credential, not the business."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        notifier: Notifier,
        secret: Callable[[str], str | None],
        http: Http | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._notifier = notifier
        self._secret = secret
        self._http = http or AiohttpSession()
        self._accounts: dict[tuple[str, str], tuple[CalcomClient, EventTypes]] = {}

    def of(self, catalogue: Catalogue) -> CalcomCalendar:
        """The calendar of this business. A key that is missing is a fault of its requests, not of this look."""
        client, kinds = self.account(catalogue)
        rules = catalogue.rules
        terms = Terms(rules.deadline_ms, rules.hold_seconds, catalogue.business.language)
        return CalcomCalendar(client, kinds, self._store, self._notifier, terms)

    def account(self, catalogue: Catalogue) -> tuple[CalcomClient, EventTypes]:
        """The client of this business's credential and what it knows of the account's event types."""
        settings = catalogue.calendar
        key = (self._secret(settings.api_key_env) if settings.api_key_env else None) or ""
        known = (checked_base_url(settings.base_url), key)
        if known not in self._accounts:
            client = CalcomClient(self._http, *known, self._clock)
            self._accounts[known] = (client, EventTypes(client, self._clock))
        return self._accounts[known]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()
