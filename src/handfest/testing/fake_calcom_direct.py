"""The fake Cal.com without sockets: a transport for tests and simulations, where waiting costs no time."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from handfest.calendars.calcom_http import AnswerLost, HttpAnswer, HttpRequest
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_webhooks import Delivery

BASE_URL = "http://127.0.0.1/v2"


class DirectHttp:
    """`Http` that hands requests to a fake. `spend` is told the milliseconds that a request would have taken."""

    def __init__(
        self,
        fake: FakeCalcom,
        spend: Callable[[float], None] = lambda _ms: None,
        deliver: Callable[[Delivery, bool], None] = lambda _delivery, _late: None,
    ) -> None:
        self._fake = fake
        self._spend = spend
        self._deliver = deliver
        self.sent: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """See `Http`. A request that hangs, or is later than its deadline, has lost its answer."""
        self.sent.append(request)
        await asyncio.sleep(0)  # others get their turn, as they would while a request travels
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = json.loads(request.body) if request.body else None
        path = urlsplit(request.url).path
        served = self._fake.serve(FakeRequest(request.method, path, dict(request.query), headers, body))
        for delivery in served.webhooks:
            self._deliver(delivery, False)
        for delivery in served.late_webhooks:
            self._deliver(delivery, True)
        await asyncio.sleep(0)
        spent = request.total_seconds * 1000 if served.hangs else served.delay_ms
        self._spend(min(spent, request.total_seconds * 1000))
        if served.answer is None or served.delay_ms > request.total_seconds * 1000:
            raise AnswerLost("the fake kept the answer to itself")
        answer = served.answer
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return HttpAnswer(answer.status, lower, json.dumps(answer.json).encode())

    async def close(self) -> None:
        """See `Http`."""
