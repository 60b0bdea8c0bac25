"""Alerts: telling a person by webhook and e-mail, once per trouble, with the way to its explanation.

An alarm is every single occurrence; an alert is what a person gets. The store remembers which alert has gone out, so
that neither a restart nor a second worker repeats it.
"""

import tomllib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Protocol
from urllib.parse import quote

import structlog
from whenever import Instant

from handfest.catalogue.compiled import Shelf
from handfest.diagnosis.registry.findings import finding_kinds
from handfest.model.catalogue import Alerts
from handfest.ports import Clock, Store, StoredCatalogue, Transaction

WINDOW_MINUTES = 15
"""For so long the same trouble of the same business is told once."""
OPEN_SECONDS = 600
"""An outcome that has been open for longer needs a person."""
QUEUE_MAX = 1000
TRIES_MAX = 4

_LOG = structlog.get_logger("handfest.alerts")


class AlertNotSentError(Exception):
    """The webhook or the mail server did not take it; the message says why, without the address."""


class AlertPost(Protocol):
    """How alerts leave the house."""

    async def webhook(self, url: str, data: dict[str, Any]) -> None:
        """POST this JSON. Raises AlertNotSentError."""

    async def email(self, to: str, subject: str, text: str, at: Instant) -> None:
        """Send this mail, dated at this moment. Raises AlertNotSentError."""


@dataclass(frozen=True, slots=True)
class AlertText:
    """What a code means to the person who is told; texts by language."""

    severity: str
    title: dict[str, str]
    remedy: dict[str, str]


@dataclass(frozen=True, slots=True)
class Alert:
    """One trouble of one business, and the ways by which it still has to be told.

    `times` counts the alarms it stands for, `tries` the attempts to send it.
    """

    code: str
    business_id: str
    call_id: str | None
    at: Instant
    times: int = 1
    tries: int = 0
    ways: tuple[str, ...] = ("webhook", "email")


@cache
def alert_texts() -> dict[str, AlertText]:
    """What is told about each code; an alarm with another code is logged and counted only."""
    source = resources.files("handfest.diagnosis.watch").joinpath("alert_texts.toml").read_text("utf-8")
    texts = {code: AlertText(**row) for code, row in tomllib.loads(source).items()}
    for kind in finding_kinds().values():
        texts[kind.id] = AlertText("ticket", kind.means, kind.remedy)
    return texts


@dataclass
class AlertDesk:
    """A `Notifier` that collects alarms; `send_due` tells them. Nothing is lost while a webhook is down for a moment.

    `secret` reads environment variables; `public_url` is where the console is reached, "" if nowhere.
    """

    store: Store
    shelf: Shelf
    clock: Clock
    secret: Callable[[str], str | None]
    post: AlertPost
    public_url: str = ""
    _queue: deque[Alert] = field(default_factory=lambda: deque(maxlen=QUEUE_MAX))
    _silent: Counter[tuple[str, str]] = field(default_factory=Counter)

    def alarm(self, code: str, facts: dict[str, object]) -> None:
        """See `Notifier`. An alarm without a business has nobody who could be told."""
        business, call = facts.get("business"), facts.get("call")
        if code in alert_texts() and isinstance(business, str):
            self._queue.append(
                Alert(code, business, call if isinstance(call, str) else None, self.clock.now())
            )

    async def send_due(self) -> int:
        """Tell what has come in and what has been open for too long; how many alerts went out."""
        due = list(self._queue)
        self._queue.clear()
        due += await self._open_outcomes()
        sent = 0
        for alert in due:
            if alert.tries == 0 and not await self._first(alert):
                continue
            sent += await self._send(alert)
        return sent

    async def _open_outcomes(self) -> list[Alert]:
        now = self.clock.now()
        open_now = await self.store.read(lambda tx: tx.unsettled_bookings(now))
        return [
            Alert("outcome_open", row.business_id, row.call_id, now)
            for row in open_now
            if (now - row.made_at).total("seconds") > OPEN_SECONDS
        ]

    async def _first(self, alert: Alert) -> bool:
        """Whether this trouble has not been told in this window, by any worker."""
        if not await self.store.read(lambda tx: tx.catalogue(alert.business_id)):
            return False
        first = await self.store.write(lambda tx: _first_told(tx, alert))
        if not first:
            self._silent[alert.business_id, alert.code] += 1
        return first

    async def _send(self, alert: Alert) -> bool:
        """Send by every way the business names; what fails is tried again with the next round."""
        told = replace(alert, times=alert.times + self._silent.pop((alert.business_id, alert.code), 0))
        stored = await self.store.read(lambda tx: _stored(tx, alert.business_id))
        if stored is None:
            return False
        catalogue = self.shelf.compiled(stored, None).catalogue
        data = alert_data(told, catalogue.business.language, self.public_url)
        failed = [way for way in told.ways if not await self._by(way, catalogue.alerts, data)]
        if failed and told.tries + 1 < TRIES_MAX:
            self._queue.append(replace(told, tries=told.tries + 1, ways=tuple(failed)))
        return len(failed) < len(told.ways)

    async def _by(self, way: str, named: Alerts, data: dict[str, Any]) -> bool:
        """Tell by one way; True where it was told or where the business names no such way."""
        try:
            if way == "webhook":
                url = self.secret(named.webhook_url_env) if named.webhook_url_env else None
                if url:
                    await self.post.webhook(url, data)
            elif named.email:
                subject = f"handfest: {data['title']}"
                await self.post.email(named.email, subject, data["text"], self.clock.now())
        except AlertNotSentError as error:
            _LOG.warning(
                "an alert was not sent", code=data["code"], business=data["business"], cause=str(error)
            )
            return False
        return True


def _first_told(tx: Transaction, alert: Alert) -> bool:
    """Note that it is told now; False where it was in the minutes before. Within one minute the key decides."""
    minute = int(alert.at.timestamp()) // 60
    since, now = (f"alert:{alert.code}:{at:012}" for at in (minute - WINDOW_MINUTES + 1, minute))
    if tx.count_seen(alert.business_id, since, now):
        return False
    return tx.first_sight(alert.business_id, now, alert.at)


def _stored(tx: Transaction, business_id: str) -> StoredCatalogue | None:
    return tx.catalogue(business_id)


def alert_data(alert: Alert, language: str, public_url: str) -> dict[str, Any]:
    """The alert as plain JSON; `text` is complete in itself, as chat webhooks want it. No personal data."""
    text = alert_texts()[alert.code]
    title, remedy = (one.get(language, one["en"]) for one in (text.title, text.remedy))
    command = f"handfest calls explain {alert.call_id}" if alert.call_id else None
    page = f"/b/{quote(alert.business_id)}/calls/{quote(alert.call_id, safe='')}" if alert.call_id else ""
    url = f"{public_url.rstrip('/')}{page}" if public_url and page else None
    times = f" (x {alert.times})" if alert.times > 1 else ""
    lines = [f"{alert.business_id}: {title}{times}", remedy, url or "", command or "", f"[{alert.code}]"]
    return {
        "source": "handfest",
        "code": alert.code,
        "severity": text.severity,
        "business": alert.business_id,
        "call": alert.call_id,
        "at": alert.at.format_iso(),
        "times": alert.times,
        "title": title,
        "remedy": remedy,
        "explain": url,
        "explain_command": command,
        "text": "\n".join(line for line in lines if line),
    }
