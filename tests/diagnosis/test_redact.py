"""Numbers leave the trace, dates and times stay: without them no call could be explained (law 11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfest.trace.redact import redact_text


@pytest.mark.parametrize(
    "said",
    [
        "2025-10-22",
        "2025-10-22 14:00",
        "2025-10-22 14",
        "2025-10-22T14:00:00",
        "am 22.10.2025 14 Uhr, oder am 23.10.2025 um 15 Uhr",
        "22.10. 14:30",
        "22/10/2025 9:15",
        "14 bis 16 Uhr am 03.11.",
    ],
)
def test_dates_and_times_stay(said: str) -> None:
    assert redact_text(said) == said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0151 23456789", "[number]"),
        ("+49 30 123-4567, am 2025-10-22 14:00", "+[number], am 2025-10-22 14:00"),
        ("2025-10-22 14:00 unter 030 1234567", "2025-10-22 14:00 unter [number]"),
        ("0301-2025-10-22", "[number]"),
        ("2025-10-22 3344556", "[number]"),
        ("1234-13-45", "[number]"),
        ("1999-12-11-345678", "[number]"),
    ],
)
def test_numbers_as_long_as_a_phone_s_go(said: str, kept: str) -> None:
    assert redact_text(said) == kept


@given(st.text(alphabet="0123456789", min_size=7, max_size=15), st.lists(st.sampled_from(" -/"), max_size=6))
def test_no_phone_number_however_it_is_grouped_stays(digits: str, joints: list[str]) -> None:
    step = max(2, len(digits) // (len(joints) + 1))
    pieces = [digits[at : at + step] for at in range(0, len(digits), step)]
    said = pieces[0] + "".join(
        (joints[n] if n < len(joints) else "") + piece for n, piece in enumerate(pieces[1:])
    )
    left = redact_text("anrufen unter 0" + said + " bitte")
    assert sum(one.isdigit() for one in left) < 6, (said, left)
