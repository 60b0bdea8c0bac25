"""The doctor finds each thing that makes a Cal.com account fail on the phone, and nothing in a healthy one."""

from dataclasses import replace
from typing import Any

import pytest

from handfest.calendars.calcom_budget import KEPT_FOR_CHECKS
from handfest.calendars.calcom_doctor import REGIONS, UNHURRIED, _window, examine
from handfest.calendars.calcom_http import HttpAnswer, HttpRequest
from handfest.catalogue.parse import parse_business
from handfest.cli.doctor import calendar_section, examine_all
from handfest.cli.init import business_file
from handfest.model.catalogue import Catalogue, Service, Unnamed
from handfest.testing.calcom_house import FILE, NOW, CalcomHouse, calcom_house, studio_world
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_world import KEY, EventType, World


async def found(
    change: Any = None, *, secret: str | None = "s3cr3t", file: str = FILE
) -> list[tuple[str, str]]:
    house = await calcom_house(FixedClock(NOW), file=file)
    if change is not None:
        change(house.fake.world)
    catalogue = await catalogue_of(house)
    client, _ = house.house.calcom.account(catalogue)
    rows = await examine(catalogue, client, NOW, secret)
    await house.close()
    return [(row.id, row.subject) for row in rows]


async def catalogue_of(house: CalcomHouse) -> Catalogue:
    stored = await house.house.store.read(lambda tx: tx.catalogue("studio"))
    return house.house.shelf.compiled(stored, None).catalogue


def edit(**changes: Any) -> Any:
    def work(world: World) -> None:
        world.event_types[30] = replace(world.event_types[30], **changes)

    return work


def drop(world: World) -> None:
    del world.event_types[30]


def close(world: World) -> None:
    world.schedules[201].weekdays = {}


def shift_zone(world: World) -> None:
    world.schedules[201].time_zone = "Europe/London"


CASES = {
    "b9_b67_event_type_gone": ("HF303", drop),
    "b68_managed_parent": ("HF304", edit(managed_parent=True)),
    "hidden": ("HF305", edit(hidden=True)),
    "b10_other_length": ("HF306", edit(length=45)),
    "b70_longer_notice": ("HF307", edit(notice=2880)),
    "shorter_window": ("HF308", edit(booking_window_days=7)),
    "limit": ("HF309", edit(bookings_per_day=2)),
    "b65_required_field": ("HF310", edit(fields=({"type": "text", "slug": "plate", "required": True},))),
    "email": ("HF311", edit(email_required=True)),
    "location": ("HF313", edit(location_type="attendeeAddress")),
    "confirmation": ("HF312", edit(confirmation=True)),
    "b25_zone": ("HF314", shift_zone),
    "b9_no_slots": ("HF316", close),
    "buffers": ("HF321", edit(buffer_after=10)),
}


@pytest.mark.parametrize("name", CASES)
async def test_b9_b10_b25_b65_b67_b68_b70_doctor_finds(name):
    expected, change = CASES[name]
    healthy = await found()
    sick = await found(change)
    new = set(sick) - set(healthy)
    assert {row[0] for row in new} == {expected}
    assert any("lang" in subject for _, subject in new)


async def test_b82_one_event_type_for_several_people_is_found():
    file = FILE.replace(", by_staff = {{ anna = 61, jana = 62 }}", "")
    assert "HF319" in {row[0] for row in await found(file=file)} - {row[0] for row in await found()}


def bind(service: Service, number: int | None) -> Service:
    return replace(service, binding=replace(service.binding, event_type_id=number))


CATALOGUES = {
    "no_event_type": (
        "HF303",
        lambda one: replace(one, services=(bind(one.services[0], None), *one.services[1:])),
    ),
    "two_on_one": (
        "HF315",
        lambda one: replace(one, services=(bind(one.services[0], 30), *one.services[1:])),
    ),
    "no_default": (
        "HF320",
        lambda one: replace(one, business=replace(one.business, unnamed_service=Unnamed.DEFAULT)),
    ),
}


@pytest.mark.parametrize("name", CATALOGUES)
async def test_b2_b9_what_apply_would_refuse_today_is_found_in_what_is_stored(name):
    """A version applied by an older handfest may hold what a business file may not hold any more."""
    expected, change = CATALOGUES[name]
    house = await calcom_house(FixedClock(NOW))
    catalogue = await catalogue_of(house)
    client, _ = house.house.calcom.account(catalogue)
    healthy = {row.id for row in await examine(catalogue, client, NOW, "s")}
    assert expected not in healthy
    assert expected in {row.id for row in await examine(change(catalogue), client, NOW, "s")}
    await house.close()


async def test_b82_every_able_person_has_an_event_type_and_a_missing_secret_is_said():
    ids = [row[0] for row in await found(secret=None)]
    assert "HF322" in ids
    assert not {"HF303", "HF315", "HF319", "HF320"} & set(ids)


async def test_clock_that_is_apart_and_a_budget_that_others_use_up():
    clock = FixedClock(NOW)
    house = await calcom_house(clock)
    house.fake.move_clock(300)
    catalogue = await catalogue_of(house)
    client, _ = house.house.calcom.account(catalogue)
    for _ in range(70):
        client.budget.take(0)
    waited = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        clock.advance(seconds)

    rows = {row.id: row.evidence for row in await examine(catalogue, client, NOW, "s", pause)}
    assert rows["HF317"].startswith("300 seconds apart")
    assert rows["HF318"] == "50 requests left in this minute"
    assert waited, "callers come first"
    assert sum(waited) <= 61
    await house.close()


async def test_b74_a_large_account_is_examined_without_the_callers_share():
    """Two requests an event type: forty of them would use up a minute's budget."""
    clock = FixedClock(NOW)
    many = "".join(
        f'[[services]]\nid = "s{number}"\nname = "Leistung {number}"\nduration_min = 30\n'
        f"calcom = {{{{ event_type_id = {number} }}}}\n"
        for number in range(100, 140)
    )
    world = studio_world()
    for number in range(100, 140):
        world.event_types[number] = replace(world.event_types[30], id=number, slug=f"s{number}")
    able = 'services = ["schnitt", "farbe"' + "".join(f', "s{number}"' for number in range(100, 140)) + "]"
    file = FILE.replace('services = ["schnitt", "farbe"]', able) + many
    house = await calcom_house(clock, world=world, file=file)
    catalogue = await catalogue_of(house)
    client, _ = house.house.calcom.account(catalogue)
    least = [client.budget.left]

    async def pause(seconds: float) -> None:
        least.append(client.budget.left)
        clock.advance(seconds)

    rows = await examine(catalogue, client, NOW, "s", pause)
    assert not {row.id for row in rows} & {"HF301", "HF302", "HF318"}
    assert len(least) > 1
    assert min(least) >= KEPT_FOR_CHECKS
    await house.close()


async def test_key_of_the_other_region_is_told_as_that():
    house = await calcom_house(FixedClock(NOW), base_url=REGIONS[0])
    http: Any = house.house.calcom._http
    send = http.send

    async def by_region(request: HttpRequest) -> HttpAnswer:
        if request.url.startswith(REGIONS[0]):
            return HttpAnswer(401, {}, b'{"statusCode":401,"message":"Unauthorized"}')
        return await send(request)

    http.send = by_region
    (finding,) = await calendar_section(house.house, await catalogue_of(house))
    assert finding.id == "HF301"
    assert finding.evidence.endswith(f"; {REGIONS[1]} knows this key")
    await house.close()


@pytest.mark.parametrize(
    ("window", "days"),
    [
        ({"type": "calendarDays", "value": 7}, "7 days"),
        ({"type": "businessDays", "value": 10}, "14 days"),
        ({"type": "range", "value": ["2027-01-01", "2027-06-30"]}, "30 days"),
        ({"type": "calendarDays", "value": 400}, None),
        ({"disabled": True}, None),
    ],
)
async def test_every_kind_of_window_is_understood(window, days):
    house = await calcom_house(FixedClock(NOW))
    catalogue = await catalogue_of(house)
    service = next(service for service in catalogue.services if service.id == "lang")
    facts = await house.house.calcom.account(catalogue)[0].event_type(30, UNHURRIED)
    assert facts is not None
    rows = [row.evidence for row in _window(catalogue, service, replace(facts, window=window), "x", NOW)]
    assert [row.split(" in Cal.com")[0] for row in rows] == ([] if days is None else [days])
    await house.close()


async def test_key_and_reach_are_one_finding_each():
    house = await calcom_house(FixedClock(NOW))
    house.fake.world.keys.clear()
    assert [row.id for row in await calendar_section(house.house, await catalogue_of(house))] == ["HF301"]
    house.fake.world.keys[KEY] = 101
    for _ in range(2):
        house.fake.faults.plan(FaultKind.RESET_BEFORE)
    assert [row.id for row in await calendar_section(house.house, await catalogue_of(house))] == ["HF302"]
    await house.close()


async def test_doctor_changes_nothing_and_names_a_remedy():
    house = await calcom_house(FixedClock(NOW))
    done = await examine_all(house.house, "studio")
    rows = done.rows
    assert done.skipped == [
        "studio: the agent, because HANDFEST_PUBLIC_URL does not say where the platform reaches this gateway"
    ]
    assert not house.fake.world.bookings
    assert not house.fake.world.reservations
    assert all(row.remedy and row.evidence for row in rows)
    assert {row.business for row in rows} == {"studio"}


async def test_init_writes_a_file_that_can_be_applied_with_only_what_can_be_booked():
    house = await calcom_house(FixedClock(NOW))
    world = house.fake.world
    world.event_types[70] = EventType(70, "eltern", "Eltern", 30, managed_parent=True)
    world.event_types[30] = replace(world.event_types[30], buffer_after=10, notice=120)
    client, _ = house.house.calcom.account(await catalogue_of(house))
    kinds = await client.event_types(UNHURRIED)
    me = dict(await client.me(UNHURRIED))
    schedules = await client.schedules(UNHURRIED)
    text = business_file(me, kinds, "https://api.cal.eu/v2", "STUDIO_KEY", "+493023125051", schedules)
    parsed = parse_business(text)
    assert isinstance(parsed, Catalogue), parsed
    assert {service.binding.event_type_id for service in parsed.services} == {15, 30, 46, 60, 61}
    assert "HF321" not in {row.id for row in await examine(parsed, client, NOW, "s")}, (
        "buffers are taken over"
    )
    assert parsed.calendar.base_url == "https://api.cal.eu/v2"
    assert [len(spans) for spans in parsed.hours.weekdays] == [1, 1, 1, 1, 1, 0, 0]
    await house.close()
