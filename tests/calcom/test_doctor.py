"""The doctor finds each thing that makes a Cal.com account fail on the phone, and nothing in a healthy one."""

from dataclasses import replace
from typing import Any

import pytest

from handfest.calendars.calcom_doctor import UNHURRIED, examine
from handfest.catalogue.parse import parse_business
from handfest.cli.doctor import calendar_section, examine_all
from handfest.cli.init import business_file
from handfest.model.catalogue import Catalogue
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_world import KEY, EventType, World


async def found(change: Any = None, *, secret: str | None = "s3cr3t") -> list[tuple[str, str]]:
    house = await calcom_house(FixedClock(NOW))
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
    "confirmation": ("HF312", edit(confirmation=True)),
    "b25_zone": ("HF314", shift_zone),
    "b9_no_slots": ("HF316", close),
    "buffers": ("HF321", edit(buffer_after=10)),
}


@pytest.mark.parametrize("name", CASES)
async def test_doctor_finds(name):
    expected, change = CASES[name]
    healthy = await found()
    sick = await found(change)
    new = set(sick) - set(healthy)
    assert {row[0] for row in new} == {expected}
    assert any("lang" in subject for _, subject in new)


async def test_b82_shared_event_type_promises_nobody_and_missing_secret_is_said():
    ids = [row[0] for row in await found(secret=None)]
    assert "HF322" in ids
    assert "HF319" not in ids, "every able person has an event type of their own"


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
    rows = await examine_all(house.house, "studio")
    assert not house.fake.world.bookings
    assert not house.fake.world.reservations
    assert all(row.remedy and row.evidence for row in rows)
    assert {row.business for row in rows} == {"studio"}


async def test_init_writes_a_file_that_can_be_applied_with_only_what_can_be_booked():
    house = await calcom_house(FixedClock(NOW))
    world = house.fake.world
    world.event_types[70] = EventType(70, "eltern", "Eltern", 30, managed_parent=True)
    client, _ = house.house.calcom.account(await catalogue_of(house))
    kinds = await client.event_types(UNHURRIED)
    me = dict(await client.me(UNHURRIED))
    text = business_file(me, kinds, "https://api.cal.eu/v2", "STUDIO_KEY", "+493023125051")
    parsed = parse_business(text)
    assert isinstance(parsed, Catalogue), parsed
    assert {service.binding.event_type_id for service in parsed.services} == {15, 30, 46, 60, 61}
    assert parsed.calendar.base_url == "https://api.cal.eu/v2"
    await house.close()
