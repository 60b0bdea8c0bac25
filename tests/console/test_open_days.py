"""Days on which nobody serves say so, and why: in the week, on the day, and on Today."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from handfest.catalogue.date_hours import with_date
from handfest.catalogue.parse import parse_business
from handfest.model.actor import Role
from handfest.model.catalogue import Catalogue
from handfest.testing.scenario_stage import Stage
from handfest.web.console.open_days import shut_by
from retell_house import house
from visitors import Visitor, visitor

SALON = (Path(__file__).parents[2] / "examples" / "salon.toml").read_text("utf-8")
MONDAY, THURSDAY, CHRISTMAS = date(2026, 12, 7), date(2026, 12, 10), date(2026, 12, 25)
OWN_HOURS = 'id = "maria"'


def catalogue_of(source: str) -> Catalogue:
    read = parse_business(source)
    assert isinstance(read, Catalogue), read
    return read


@pytest.mark.parametrize(
    ("source", "day", "shut"),
    [
        (SALON, MONDAY, "closed"),
        (SALON, THURSDAY, None),
        (SALON, CHRISTMAS, "holiday"),
        (with_date(SALON, THURSDAY, []), THURSDAY, "closed"),
        (with_date(SALON, CHRISTMAS, []), CHRISTMAS, "closed"),
        (with_date(SALON, CHRISTMAS, ["10:00-12:00"]), CHRISTMAS, None),
        (with_date(SALON, MONDAY, ["10:00-12:00"]), MONDAY, None),
        (SALON.replace(OWN_HOURS, OWN_HOURS + '\nhours = { mon = ["09:00-12:00"] }'), MONDAY, None),
    ],
    ids=[
        "weekday",
        "open",
        "holiday",
        "closed",
        "closed holiday",
        "open holiday",
        "opened weekday",
        "own hours",
    ],
)
def test_why_nobody_serves(source: str, day: date, shut: str | None) -> None:
    assert shut_by(catalogue_of(source), day) == shut


@pytest.fixture
async def owner() -> AsyncIterator[tuple[Stage, Visitor]]:
    async with (
        house(source=with_date(SALON, THURSDAY, [])) as stage,
        visitor(stage, {"salon": Role.OWNER}) as one,
    ):
        yield stage, one


async def test_the_pages_say_so(owner: tuple[Stage, Visitor]) -> None:
    _stage, one = owner

    async def page(query: str) -> str:
        return (await one.browser.get(f"/b/salon/bookings?{query}", headers={"accept-language": "de"})).text

    week = await page("view=week&day=2026-12-10")
    assert week.count(">geschlossen<") == 3, "Monday, the closed Thursday, Sunday"
    assert "Feiertag, geschlossen" in await page("view=week&day=2026-12-25")
    assert "An diesem Tag ist geschlossen." in await page("day=2026-12-10")
    assert "geschlossen: Feiertag" in await page("day=2026-12-25")
    assert "An diesem Tag ist nichts eingetragen." in await page("day=2026-12-11")
