"""Classes of failure that came from the database or from what was kept beside it, on every database we run on.

Two houses on one database stand for two processes: what one does, the other must see at once.
"""

from pathlib import Path

import pytest
from whenever import Instant

from handfest import storage
from handfest.catalogue.version import Applied, apply_business
from handfest.ports import BusyTime
from handfest.settings import Settings
from handfest.storage.opening import plain_engine
from handfest.storage.schema import occupancy
from handfest.testing.clock import FixedClock
from handfest.testing.phone import Phone
from handfest.testing.sinks import KeptAlarms, KeptTurns
from handfest.wiring import build

NOW = Instant.parse_iso("2025-10-21T08:00:00Z")
HOURS = "\n".join(f'{day} = ["06:00-23:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
FILE = f"""
[business]
id = "{{business}}"
name = "Salon"
language = "de"
time_zone = "Europe/Berlin"
unnamed_service = "ask"

[[lines]]
platform = "retell"
number = "+4930231250{{number}}"
agent_id = "agent_{{business}}"
signing_key_env = "KEY"

[booking]
slot_step_min = 15
min_notice_min = 0
max_advance_days = 90

[hours]
{HOURS}

[[staff]]
id = "maria"
name = "Maria"
services = ["cut", "perm"]

[[services]]
id = "cut"
name = "{{service}}"
duration_min = 30

[[services]]
id = "perm"
name = "Dauerwelle"
duration_min = 90
phases = [{{{{minutes = 30}}}}, {{{{minutes = 30, staff = "free"}}}}, {{{{minutes = 30}}}}]
"""


def business(name="salon", number="11", service="Herrenhaarschnitt"):
    """A business file."""
    return FILE.format(business=name, number=number, service=service)


@pytest.fixture(params=("sqlite", "postgres"))
def address(request):
    """The address of an empty database that is set up."""
    return str(request.getfixturevalue(f"{request.param}_address"))


@pytest.fixture
async def houses(address):
    """Two processes on one database, as `(one, other)`."""
    settings, clock = Settings(database=address, commit="abc1234"), FixedClock(NOW)
    opened = [
        build(settings, clock=clock, sink=KeptTurns(), notifier=KeptAlarms(), secret={"KEY": "key"}.get)
        for _ in range(2)
    ]
    assert isinstance(await apply_business(opened[0].store, clock, business()), Applied)
    yield opened
    for house in opened:
        await house.close()


async def phone(house, call="call_1", number="11"):
    """A call on the line with this number."""
    lines = await house.store.read(lambda tx: tx.lines("retell"))
    line = next(line for line in lines if line.number.endswith(number))
    return Phone(house.desk, line, call)


def starts(reply):
    """The offered starts as local time."""
    return [offer["start"][:16] for offer in reply.data.get("offers", ())]


@pytest.mark.parametrize(
    "said", ["Herrenhaarschnitt", "HERRENHAARSCHNITT", "herren haarschnitt", "Dauerwelle"]
)
async def test_b8_a_service_is_found_alike_whatever_the_database_compares_like(houses, said):
    reply = await (await phone(houses[0])).call("check_availability", service=said, when="morgen um 10 Uhr")
    assert reply.data["selected_service_id"] == ("perm" if said == "Dauerwelle" else "cut")


@pytest.mark.parametrize("when", ["2025-10-22T06:00", "2025-10-22T22:00", "2025-12-01T14:00"])
async def test_b48_b49_what_another_process_took_is_free_in_no_cache(houses, when):
    """Whatever the hour and however far ahead: the old gateway cleared some hours of a week."""
    one, other = houses
    before = await (await phone(one)).call("check_availability", service="Herrenhaarschnitt", when=when)
    assert starts(before) == [when]
    await (await phone(one)).hang_up()
    stranger = await phone(other, "call_2")
    offered = await stranger.call("check_availability", service="Herrenhaarschnitt", when=when)
    booked = await stranger.call(
        "book_appointment", offer=offered.data["offers"][0]["id"], name="Erika Beispiel"
    )
    assert booked.code == "booked"
    after = await (await phone(one, "call_3")).call(
        "check_availability", service="Herrenhaarschnitt", when=when
    )
    assert when not in starts(after)
    assert after.data["asked"]["free"] is False


async def test_b48_an_absence_counts_from_the_moment_it_is_known(houses):
    one, other = houses
    asked = {"service": "Herrenhaarschnitt", "when": "2025-10-22T10:00"}
    assert starts(await (await phone(one)).call("check_availability", **asked)) == ["2025-10-22T10:00"]
    await (await phone(one)).hang_up()
    away = BusyTime("salon", "away", "maria", NOW.add(hours=20), NOW.add(hours=40), "absence", "Urlaub")
    await other.store.write(lambda tx: tx.add_busy(away))
    reply = await (await phone(one, "call_2")).call("check_availability", **asked)
    assert not [start for start in starts(reply) if start.startswith("2025-10-22")]


async def test_b53_a_second_question_of_the_same_call_is_asked_of_the_calendar(houses):
    one, other = houses
    caller = await phone(one)
    await caller.call("check_availability", service="Herrenhaarschnitt", when="morgen vormittag")
    stranger = await phone(other, "call_2")
    offered = await stranger.call("check_availability", service="Herrenhaarschnitt", when="2025-10-22T08:30")
    await stranger.call("book_appointment", offer=offered.data["offers"][0]["id"], name="Erika Beispiel")
    again = await caller.call("check_availability", when="2025-10-22T08:30")
    assert "2025-10-22T08:30" not in starts(again)
    assert again.data["asked"]["free"] is False


async def test_b51_nothing_is_kept_as_the_first_who_asked_may_see_it(houses):
    """Two businesses with equal ids of everything, in one process, in both orders."""
    one, other = houses
    applied = await apply_business(one.store, one.clock, business("praxis", "12", "Massage"))
    assert isinstance(applied, Applied)
    for house, order in ((one, ("11", "12")), (other, ("12", "11"))):
        for number in order:
            reply = await (await phone(house, f"call_{number}", number)).call("list_services")
            names = {row["name"] for row in reply.data["services"]}
            assert names == {"Dauerwelle", "Herrenhaarschnitt" if number == "11" else "Massage"}


async def test_b51_a_new_version_is_seen_by_the_next_turn_of_every_process(houses):
    one, other = houses
    await (await phone(other)).call("list_services")
    assert isinstance(
        await apply_business(one.store, one.clock, business(service="Trockenhaarschnitt")), Applied
    )
    reply = await (await phone(other, "call_2")).call("list_services")
    assert "Trockenhaarschnitt" in {row["name"] for row in reply.data["services"]}


async def test_b52_every_trace_names_the_code_that_served_it(houses):
    await (await phone(houses[0])).call("list_services")
    (turn,) = await houses[1].store.read(lambda tx: tx.turns("salon", "call_1"))
    heard = next(step for step in turn.steps if step.name == "heard")
    assert heard.facts["code"].endswith("+abc1234")


async def test_b80_a_booking_has_each_phase_once_and_none_without_its_keys(houses, address):
    caller = await phone(houses[0])
    await caller.call("check_availability", service="Dauerwelle", when="2025-10-22T10:00")
    first = await caller.call("book_appointment", offer="A1", name="Erika Beispiel")
    again = await (await phone(houses[1])).call("book_appointment", offer="A1", name="Erika Beispiel")
    assert (first.code, again.code) == ("booked", "booked")
    assert first.data["booking"]["id"] == again.data["booking"]["id"]
    engine = plain_engine(address)
    with engine.connect() as connection:
        rows = connection.execute(occupancy.select().where(occupancy.c.kind == "booking")).mappings().all()
    engine.dispose()
    nine = int(Instant.parse_iso("2025-10-22T08:00:00Z").timestamp())
    phases = [(0, 1800), (3600, 5400)]
    assert sorted((row["start"] - nine, row["end"] - nine) for row in rows) == phases
    assert all(row[name] is not None for row in rows for name in ("business_id", "owner", "resource_id"))


def test_b8_words_are_compared_by_us_and_never_by_the_database():
    """The sources of the store know no comparison that one database does otherwise than another."""
    folder = Path(storage.__file__).parent
    sources = {path.name: path.read_text(encoding="utf-8").lower() for path in folder.rglob("*.py")}
    assert len(sources) > 10
    assert not [name for name, text in sources.items() if "ilike" in text or "collate" in text]
