"""A house whose one business keeps its appointments on a fake Cal.com, and a line to call it on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whenever import Instant

from handfest.calendars.calcom_http import Http
from handfest.catalogue.version import Applied, apply_business
from handfest.model.booking import Booking
from handfest.model.reply import Reply
from handfest.model.turn import Envelope, ToolRequest
from handfest.ports import Clock, LineRecord
from handfest.settings import Settings
from handfest.testing.clock import patient
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_direct import BASE_URL, DirectHttp
from handfest.testing.fake_calcom_webhooks import Delivery
from handfest.testing.fake_calcom_world import KEY, EventType, Schedule, User, World
from handfest.testing.ids import CountedIds
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import House, build

BUSINESS = "studio"
NUMBER = "+493023125050"
SECRETS = {"STUDIO_RETELL_KEY": "key", "STUDIO_CALCOM_KEY": KEY, "STUDIO_CALCOM_SECRET": "s3cr3t"}
FILE = """
[business]
id = "studio"
name = "Studio Beispiel"
language = "de"
time_zone = "Europe/Berlin"
unnamed_service = "ask"
unknown_service = "ask"
[[lines]]
platform = "retell"
number = "+493023125050"
agent_id = "agent_studio"
signing_key_env = "STUDIO_RETELL_KEY"
[hours]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
[booking]
min_notice_min = 30
hold_seconds = 180
[calendar]
provider = "calcom"
[calendar.calcom]
base_url = "{base_url}"
api_key_env = "STUDIO_CALCOM_KEY"
webhook_secret_env = "STUDIO_CALCOM_SECRET"
[[staff]]
id = "anna"
name = "Anna"
services = ["kurz", "lang", "schnitt", "anfrage"]
[[staff]]
id = "jana"
name = "Jana"
services = ["schnitt", "farbe"]
[[services]]
id = "kurz"
name = "Kurzberatung"
duration_min = 15
calcom = {{ event_type_id = 15 }}
[[services]]
id = "lang"
name = "Hauttypanalyse"
duration_min = 30
calcom = {{ event_type_id = 30 }}
[[services]]
id = "schnitt"
name = "Herrenhaarschnitt"
duration_min = 45
calcom = {{ event_type_id = 60, by_staff = {{ anna = 61, jana = 62 }} }}
[[services]]
id = "farbe"
name = "Ansatzfärbung"
duration_min = 90
calcom = {{ event_type_id = 63 }}
[[services]]
id = "anfrage"
name = "Typberatung"
duration_min = 30
calcom = {{ event_type_id = 46 }}
"""


def studio_world() -> World:
    """Two hosts: Anna's own event types, Jana's, a round robin of both, one that has to be confirmed."""
    types = (
        EventType(15, "kurz", "Kurzberatung", 15),
        EventType(30, "lang", "Hauttypanalyse", 30, email_required=False, phone="required"),
        EventType(46, "anfrage", "Typberatung", 30, confirmation=True),
        EventType(60, "schnitt", "Herrenhaarschnitt", 45, host_ids=(101, 102), round_robin=True),
        EventType(61, "schnitt-anna", "Herrenhaarschnitt Anna", 45),
        EventType(62, "schnitt-jana", "Herrenhaarschnitt Jana", 45, host_ids=(102,), schedule_id=202),
        EventType(63, "farbe", "Ansatz", 90, host_ids=(102,), schedule_id=202, phone="optional"),
    )
    return World(
        users={
            101: User(101, "Anna", "anna@example.test", "anna"),
            102: User(102, "Jana", "jana@example.test", "jana", schedule_id=202),
        },
        schedules={201: Schedule(201, 101), 202: Schedule(202, 102)},
        event_types={kind.id: kind for kind in types},
        keys={KEY: 101},
    )


@dataclass
class CalcomHouse:
    """The house, its fake, and what was alarmed."""

    house: House
    fake: FakeCalcom
    alarms: KeptAlarms
    turns: KeptTurns
    line: LineRecord

    async def ask(
        self, call_id: str, tool: str, invocation: str | None = None, caller: str | None = "+4915112345678",
        **arguments: Any,
    ) -> Reply:  # fmt: skip
        """One tool request of a call."""
        envelope = Envelope("retell", call_id, NUMBER, "agent_studio", None, caller, invocation)
        request = ToolRequest(tool, arguments, tool)
        return await self.house.desk.answer(self.line, envelope, request)

    async def bookings(self, call_id: str) -> tuple[Booking, ...]:
        """Our records of a call's bookings."""
        return await self.house.store.read(lambda tx: tx.bookings_of_call(BUSINESS, call_id))

    async def close(self) -> None:
        """Finish and let go."""
        await self.house.close()


async def calcom_house(
    clock: Clock,
    *,
    world: World | None = None,
    fake: FakeCalcom | None = None,
    database: str = "memory:",
    http: Http | None = None,
    base_url: str = BASE_URL,
    file: str = FILE,
    spend: Callable[[float], None] = lambda _ms: None,
    deliver: Callable[[Delivery, bool], None] = lambda _delivery, _late: None,
) -> CalcomHouse:
    """A house on a fake. Without `http` the fake is reached in this process, without a socket."""
    fake = fake or FakeCalcom(clock, world or studio_world())
    alarms, turns = KeptAlarms(), KeptTurns()
    house = build(
        Settings(database=database),
        clock=clock,
        ids=CountedIds(),
        sink=turns,
        notifier=alarms,
        secret=SECRETS.get,
        http=http or DirectHttp(fake, spend, deliver),
        patience=patient,
    )
    applied = await apply_business(house.store, clock, file.format(base_url=base_url))
    assert isinstance(applied, Applied), f"the business file has a problem: {applied}"
    lines = await house.store.read(lambda tx: tx.lines("retell"))
    return CalcomHouse(house, fake, alarms, turns, lines[0])


NOW = Instant.parse_iso("2027-05-31T06:00:00Z")
"""A Monday morning in Berlin, before anything opens."""
