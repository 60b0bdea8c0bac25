"""The storm in small: every law holds for every call, and a seed repeats exactly."""

import pytest

from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.simulate import simulate


@pytest.mark.parametrize("seed", [2, 3])
async def test_storm_breaks_no_law(seed):
    result = await simulate(144, seed)
    assert result.broken == []
    assert result.success >= 0.995, result.unlucky
    assert sum(result.faults.values()) > 100


async def test_storm_repeats_by_its_seed():
    first, second = await simulate(24, 7), await simulate(24, 7)
    assert first.as_data() == second.as_data()


@pytest.mark.parametrize("kind", list(FaultKind))
async def test_each_fault_alone_at_a_high_rate(kind):
    """Half of all requests meet this one fault; whatever is heard, no law is broken."""
    result = await simulate(24, 11, rate=0.5, kinds=(kind,))
    assert result.broken == []
    assert result.faults[kind] > 0
