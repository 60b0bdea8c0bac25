"""The arithmetic agrees with the naive reading of the rules, minute by minute, on random cases."""

from collections import Counter
from random import Random

import pytest

from handfest.scheduling.available import available
from scheduling.case_maker import HOLIDAYS, CaseMaker
from scheduling.naive import Naive

SEED = 20271031
CASES = 2080
PARTS = 8


def answer(request):
    """Team (member indices) -> starts."""
    found = available(request)
    if found is None:
        return {}
    return {
        tuple(sorted(team.members)): starts for team, starts in zip(found.teams, found.by_team(), strict=True)
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_random_cases_agree_with_the_naive_reading(part):
    maker, slots, covered = CaseMaker(Random(SEED + part)), 0, Counter()
    for number in range(CASES // PARTS):
        request = maker.request()
        expected = Naive(request, HOLIDAYS).starts()
        found = answer(request)
        assert {team: starts for team, starts in found.items() if starts} == {
            team: starts for team, starts in expected.items() if starts
        }, f"seed {SEED + part}, case {number}"
        slots += sum(map(len, expected.values()))
        covered[request.demand.grid] += bool(any(expected.values()))
    print(f"seed {SEED + part}: {CASES // PARTS} cases, {slots} slots, with slots by grid: {dict(covered)}")
    assert min(covered.values()) > 5
