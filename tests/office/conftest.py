"""A salon with callers and people at its desk."""

from collections.abc import AsyncIterator

import pytest

from handfest.model.actor import Actor, Role
from handfest.testing.phone import Phone
from handfest.testing.scenario_stage import Stage
from retell_house import house


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The salon and askpro, with the embedded calendar, on 21 October 2025, 10 o'clock in Berlin."""
    async with house("salon", "askpro") as opened:
        yield opened


@pytest.fixture
def maria() -> Actor:
    """Works at the salon."""
    return Actor("user:maria", "Maria Muster", {"salon": Role.STAFF})


@pytest.fixture
def owner() -> Actor:
    """Owns the salon."""
    return Actor("user:otto", "Otto Muster", {"salon": Role.OWNER})


@pytest.fixture
def phone_of(stage: Stage):
    """A phone on the line of a business."""

    async def ring(call_id: str = "call_1", business: str = "salon", caller: str | None = "+493023125077"):
        lines = await stage.house.store.read(lambda tx: tx.lines("retell"))
        line = next(line for line in lines if line.business_id == business)
        return Phone(stage.house.desk, line, call_id, caller)

    return ring
