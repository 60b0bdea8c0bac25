"""Where everything is put together: the one place that names concrete stores, calendars and clocks."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import handfest
from handfest.access.identity import Provider
from handfest.access.passwords import Passwords
from handfest.access.porter import Porter
from handfest.access.tokens import digest, new_token
from handfest.calendars.calcom_directory import CalcomDirectory
from handfest.calendars.calcom_doctor import examine
from handfest.calendars.calcom_http import Http
from handfest.calendars.calcom_sync import CalcomSync
from handfest.calendars.calendar_follower import CalendarFollower, Download
from handfest.calendars.embedded import EmbeddedCalendar
from handfest.calendars.feed_download import download_feed
from handfest.catalogue.compiled import Shelf
from handfest.desk.counter import Counter
from handfest.desk.front_desk import FrontDesk
from handfest.diagnosis.watch.afterwards import Afterwards
from handfest.diagnosis.watch.alert_post import AlertMail
from handfest.diagnosis.watch.alerts import AlertDesk, AlertPost
from handfest.diagnosis.watch.live import LiveBoard
from handfest.diagnosis.watch.metrics import Metrics
from handfest.diagnosis.watch.several import SeveralNotifiers, SeveralSinks
from handfest.errors import ConfigurationError
from handfest.machine import RandomIds, SystemClock, chance, environment
from handfest.model.catalogue import Catalogue
from handfest.office.office import Office
from handfest.outbox.invite_desk import InviteDesk
from handfest.outbox.letter_desk import LetterDesk
from handfest.outbox.mail import MailServer
from handfest.ports import (
    Calendar,
    Calendars,
    Clock,
    IdSource,
    Notifier,
    Store,
    StoredCatalogue,
    TraceSink,
    Transaction,
)
from handfest.settings import Settings
from handfest.storage.opening import open_store
from handfest.turn_log import AlarmLog, TurnLog
from handfest.voice.lines import PLATFORMS

if TYPE_CHECKING:
    from handfest.turn_spans import TurnSpans


class CalendarDirectory:
    """Chooses the calendar that a business names in its file."""

    def __init__(self, embedded: Calendar, calcom: CalcomDirectory) -> None:
        self._embedded = embedded
        self.calcom = calcom

    def of(self, catalogue: Catalogue) -> Calendar:
        """See `Calendars`."""
        if catalogue.calendar.provider == "embedded":
            return self._embedded
        if catalogue.calendar.provider == "calcom":
            return self.calcom.of(catalogue)
        raise ConfigurationError(
            f"business {catalogue.business.id} names the calendar provider "
            f'{catalogue.calendar.provider!r}, which this version does not have; use "embedded" or "calcom"'
        )


def code_version(settings: Settings) -> str:
    """Which code runs: the release, and the commit where the image names it."""
    return handfest.__version__ + (f"+{settings.commit}" if settings.commit else "")


@dataclass(frozen=True, slots=True)
class House:
    """A running handfest: its desk, what the desk works with, and where secrets are read.

    `signature_clocks` are the clocks by which a signature may be fresh: the house's, and under a shifted one
    (`--now`) the machine's as well, because platforms and their SDKs sign by the real time.
    """

    settings: Settings
    store: Store
    clock: Clock
    ids: IdSource
    calendars: Calendars
    shelf: Shelf
    desk: FrontDesk
    notifier: Notifier
    secret: Callable[[str], str | None]
    calcom: CalcomDirectory
    calcom_sync: CalcomSync
    signature_clocks: tuple[Clock, ...]
    metrics: Metrics
    alerts: AlertDesk
    porter: Porter
    sign_on: Provider | None
    office: Office
    letters: LetterDesk
    invites: InviteDesk
    follower: CalendarFollower
    live: LiveBoard
    spans: "TurnSpans | None"
    afterwards: Afterwards | None

    async def warm(self) -> None:
        """Make every active catalogue ready, so that no caller waits for what is loaded on first use."""

        def work(tx: Transaction) -> list[tuple[StoredCatalogue, set[str | None]]]:
            lines = [line for platform in PLATFORMS for line in tx.lines(platform)]
            found = []
            for business_id in tx.businesses():
                stored = tx.catalogue(business_id)
                branches = {line.branch_id for line in lines if line.business_id == business_id}
                if stored is not None:
                    found.append((stored, branches or {None}))
            return found

        for stored, branches in await self.store.read(work):
            for branch_id in branches:
                await self.desk.rehearse(self.shelf.compiled(stored, branch_id))

    async def calendar_findings(self, catalogue: Catalogue) -> tuple[tuple[str, str, str], ...]:
        """What is wrong between a business file and its calendar (HF3xx): id, subject, evidence."""
        if catalogue.calendar.provider != "calcom":
            return ()
        client, _ = self.calcom.account(catalogue)
        variable = catalogue.calendar.webhook_secret_env
        secret = self.secret(variable) if variable else None
        found = await examine(catalogue, client, self.clock.now(), secret)
        return tuple((one.id, one.subject, one.evidence) for one in found)

    async def close(self) -> None:
        """Finish what was begun, each part though the one before it could not."""
        async with AsyncExitStack() as last_first:
            if self.spans is not None:
                last_first.push_async_callback(asyncio.to_thread, self.spans.close)
            if self.afterwards is not None:
                last_first.callback(self.afterwards.tell)
            last_first.push_async_callback(self.store.close)
            last_first.push_async_callback(self.calcom.close)
            last_first.push_async_callback(self.calcom_sync.finish)
            last_first.push_async_callback(self.desk.finish)


def spans_to(url: str) -> "TurnSpans | None":
    """The sink of OpenTelemetry spans, None without a URL; raises ConfigurationError without the extra."""
    if not url:
        return None
    try:
        from handfest.turn_spans import TurnSpans
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"HANDFEST_OTLP_URL is set, but {error.name} is missing; install handfest[otel]"
        ) from error
    return TurnSpans.to(url)


def build(
    settings: Settings,
    *,
    store: Store | None = None,
    calendars: Calendars | None = None,
    clock: Clock | None = None,
    ids: IdSource | None = None,
    sink: TraceSink | None = None,
    notifier: Notifier | None = None,
    secret: Callable[[str], str | None] | None = None,
    http: Http | None = None,
    signature_clocks: tuple[Clock, ...] = (),
    post: AlertPost | None = None,
    passwords: Passwords | None = None,
    patience: Callable[[int], float] | None = None,
    download: Download = download_feed,
    told_afterwards: bool = False,
) -> House:
    """A house on these settings; every part can be replaced, which is how tests run the real wiring.

    `told_afterwards`: log, metrics and open pages hear of a turn when its answer has left, as in a server;
    otherwise before, so that whoever plays a call in this process can look at once.
    """
    store = store if store is not None else open_store(settings.database)
    clock = clock or SystemClock()
    ids = ids or RandomIds()
    shelf = Shelf()
    metrics = Metrics()
    live = LiveBoard(store, clock)
    spans = spans_to(settings.otlp_url)
    sinks = SeveralSinks((sink or TurnLog(), metrics, live, *([spans] if spans else [])))
    afterwards = Afterwards(sinks) if told_afterwards else None
    read_secret = secret or environment
    post = post or AlertMail(MailServer(settings.smtp_url, settings.alert_sender))
    alerts = AlertDesk(store, shelf, clock, read_secret, post, settings.public_url or "")
    notifier = SeveralNotifiers((notifier or AlarmLog(), metrics, alerts))
    directory = CalcomDirectory(store, clock, notifier, read_secret, http)
    calendars = calendars or CalendarDirectory(EmbeddedCalendar(store, clock), directory)
    server = MailServer(settings.smtp_url, settings.mail_sender or settings.alert_sender)
    letters = LetterDesk(store, shelf, clock, notifier, server, read_secret)
    counter = Counter(store, calendars, clock, ids, notifier, shelf, letters)
    desk = FrontDesk(store, calendars, clock, ids, afterwards or sinks, notifier, shelf, post=letters)
    desk.version = code_version(settings)
    if patience is not None:
        desk.patience = patience
    return House(
        settings=settings,
        store=store,
        clock=clock,
        ids=ids,
        calendars=calendars,
        shelf=shelf,
        desk=desk,
        notifier=notifier,
        secret=read_secret,
        metrics=metrics,
        alerts=alerts,
        letters=letters,
        invites=InviteDesk(store, clock, notifier, server, settings.public_url or "", new_token, digest),
        follower=follower_of(settings, store, shelf, clock, notifier, download),
        spans=spans,
        afterwards=afterwards,
        sign_on=_sign_on(settings),
        porter=_porter(settings, store, clock, passwords or Passwords()),
        office=Office(store, clock, ids, shelf, calendars, counter),
        live=live,
        calcom=directory,
        calcom_sync=CalcomSync(directory, store, shelf, clock, notifier),
        signature_clocks=signature_clocks or (clock,),
    )


def follower_of(
    settings: Settings,
    store: Store,
    shelf: Shelf,
    clock: Clock,
    notifier: Notifier,
    download: Download = download_feed,
) -> CalendarFollower:
    """What reads followed calendars, in the server and for the first time at the command line."""
    return CalendarFollower(store, shelf, clock, download, chance, settings.follow_seconds, notifier)


def _porter(settings: Settings, store: Store, clock: Clock, passwords: Passwords) -> Porter:
    idle, longest = settings.session_idle_hours * 3600, settings.session_days * 86_400
    return Porter(store, clock, passwords, idle, longest)


def _sign_on(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise ConfigurationError("HANDFEST_OIDC_ISSUER is set, HANDFEST_OIDC_CLIENT_ID is not")
    try:
        from handfest.access.sign_on import SignOn, SignOnSettings  # Authlib is an extra
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "single sign-on needs Authlib: pip install '.[oidc]' in the checkout"
        ) from error
    secret = settings.oidc_client_secret or None
    return SignOn(SignOnSettings(settings.oidc_issuer, settings.oidc_client_id, secret))
