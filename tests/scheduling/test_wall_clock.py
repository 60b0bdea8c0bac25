"""Wall clocks, holidays and the forms in which starts leave the arithmetic."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from handfest.scheduling.iso import iso_starts
from handfest.scheduling.public_holiday import public_holidays
from handfest.scheduling.wall_clock import at, local_day, midnight
from scheduling.case_maker import ZONES, days_of_change

SEED = 1031


@pytest.mark.parametrize("zone", [*ZONES, "America/Sao_Paulo", "Africa/Monrovia"])
def test_iso_starts_read_like_the_standard_library(zone):
    random, info = Random(SEED), ZoneInfo(zone)
    near = days_of_change(zone) or [date(2027, 6, 1)]
    starts = sorted(
        midnight(zone, random.choice(near).toordinal()) + random.randrange(-2000, 3000) for _ in range(400)
    )
    assert iso_starts(starts, zone) == [
        datetime.fromtimestamp(60 * start, info).isoformat() for start in starts
    ]


def test_a_clock_that_goes_back_over_midnight_reads_like_the_standard_library():
    zone = "America/St_Johns"
    begin = midnight(zone, date(2006, 10, 28).toordinal())
    starts = range(begin, begin + 3 * 1440)
    shown = [datetime.fromtimestamp(60 * start, ZoneInfo(zone)).isoformat() for start in starts]
    assert iso_starts(starts, zone) == shown


@pytest.mark.parametrize("zone", ZONES)
def test_a_wall_time_is_read_as_the_first_of_two_and_before_a_gap(zone):
    info = ZoneInfo(zone)
    for day in days_of_change(zone) or [date(2027, 6, 1)]:
        for minute in range(0, 2881, 5):
            wall = datetime.combine(day, datetime.min.time(), tzinfo=info) + timedelta(minutes=minute)
            assert at(zone, day.toordinal(), minute) * 60 == wall.timestamp()


def test_a_day_of_the_business_is_not_a_day_of_utc():
    noon = datetime(2026, 2, 12, 12, tzinfo=ZoneInfo("UTC"))
    assert date.fromordinal(local_day("Pacific/Apia", int(noon.timestamp()) // 60)) == date(2026, 2, 13)


def test_corpus_christi_closes_bavaria_and_not_berlin():
    assert date(2027, 5, 27) in public_holidays("DE-BY", 2027)
    assert date(2027, 5, 27) not in public_holidays("DE-BE", 2027)


@pytest.mark.parametrize("region", ["XX", "DE-XX", ""])
def test_an_unknown_region_is_a_fault_and_not_a_business_without_holidays(region):
    with pytest.raises(ValueError, match="no public holidays"):
        public_holidays(region, 2027)
