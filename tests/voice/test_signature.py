"""Signatures, held against the vendor's own SDK: what it signs we accept, what it refuses we refuse."""

import json
import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handfest.voice.signature import WINDOW_MS, sign, verify

KEY = "key_0123456789abcdef"
NOW_MS = 1_761_033_600_000
BODY = json.dumps(
    {"name": "check_availability", "args": {"service": "Föhnen für Jörg 😀"}}, ensure_ascii=False
)

bodies = st.text(max_size=200) | st.dictionaries(st.text(max_size=9), st.text(max_size=20)).map(
    lambda fields: json.dumps(fields, ensure_ascii=False)
)
keys = st.text(string.ascii_letters + string.digits + "_äß", min_size=1, max_size=40)


@pytest.fixture(scope="module")
def vendor():
    """The vendor's signer and verifier; loading the SDK warns about things that are not ours."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from retell.lib import webhook_auth
    return webhook_auth.symmetric


def vendor_says(vendor, body, key, header, now_ms=NOW_MS):
    """The vendor's verdict at a moment."""
    return vendor["verify"](body, key, header, {"timestamp": now_ms})


def test_both_directions_with_any_body_and_key(vendor):
    @settings(max_examples=150)
    @given(body=bodies, key=keys, age=st.integers(-WINDOW_MS, WINDOW_MS))
    @example(body=BODY, key=KEY, age=0)
    @example(body="", key=KEY, age=0)
    def holds(body, key, age):
        made_at = NOW_MS - age
        theirs = vendor["sign"](body, key, made_at)
        ours = sign(body.encode(), key, made_at)
        assert ours == theirs
        assert verify(body.encode(), theirs, key, NOW_MS)
        assert vendor_says(vendor, body, key, ours)

    holds()


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (0, True),
        (WINDOW_MS, True),
        (WINDOW_MS + 1, False),
        (-WINDOW_MS, True),
        (-WINDOW_MS - 1, False),
        (-4 * 60_000, True),
        (86_400_000, False),
        (-86_400_000, False),
    ],
)
def test_stale_and_future_signatures_end_at_the_same_millisecond(vendor, age, fresh):
    header = sign(BODY.encode(), KEY, NOW_MS - age)
    assert verify(BODY.encode(), header, KEY, NOW_MS) is fresh
    assert vendor_says(vendor, BODY, KEY, header) is fresh


def test_any_changed_byte_is_noticed():
    header = sign(BODY.encode(), KEY, NOW_MS)

    @settings(max_examples=120)
    @given(place=st.integers(0, len(BODY.encode()) - 1), bit=st.integers(0, 7))
    def holds(place, bit):
        tampered = bytearray(BODY.encode())
        tampered[place] ^= 1 << bit
        assert not verify(bytes(tampered), header, KEY, NOW_MS)

    holds()


def test_the_raw_bytes_are_signed_not_the_json_they_mean():
    header = sign(BODY.encode(), KEY, NOW_MS)
    rewritten = json.dumps(json.loads(BODY)).encode()
    assert json.loads(rewritten) == json.loads(BODY)
    assert not verify(rewritten, header, KEY, NOW_MS)


def test_a_moved_timestamp_or_another_key_does_not_fit():
    header = sign(BODY.encode(), KEY, NOW_MS)
    moved = header.replace(str(NOW_MS), str(NOW_MS + 1))
    assert not verify(BODY.encode(), moved, KEY, NOW_MS)
    assert not verify(BODY.encode(), header, KEY + "x", NOW_MS)


def test_an_empty_key_opens_nothing():
    header = sign(BODY.encode(), "", NOW_MS)
    assert not verify(BODY.encode(), header, "", NOW_MS)


MALFORMED = [
    None,
    "",
    "v=1,d=2",
    "v=,d=",
    f"v={NOW_MS}",
    f" {sign(BODY.encode(), KEY, NOW_MS)}",
    f"{sign(BODY.encode(), KEY, NOW_MS)}\n",
    sign(BODY.encode(), KEY, NOW_MS).upper(),
    sign(BODY.encode(), KEY, NOW_MS)[:-1],
    sign(BODY.encode(), KEY, NOW_MS) + "0",
    sign(BODY.encode(), KEY, NOW_MS).replace("v=", "v=+"),
    sign(BODY.encode(), KEY, NOW_MS).replace("v=", "v=-"),
    f"v={'9' * 400},d={'0' * 64}",
    "v=１２３,d=" + "0" * 64,
    f"v=٣,d={'0' * 64}",
]


@pytest.mark.parametrize("header", MALFORMED, ids=lambda header: repr(header)[:24])
def test_a_malformed_header_is_no_signature(header):
    assert not verify(BODY.encode(), header, KEY, NOW_MS)


def test_whatever_the_header_says_the_verdict_is_the_vendors(vendor):
    near = st.from_regex(r"v=[0-9٣]{1,18},d=[0-9a-f]{62,66}", fullmatch=True)

    @settings(max_examples=300)
    @given(header=near | st.text(max_size=120))
    def holds(header):
        assert verify(BODY.encode(), header, KEY, NOW_MS) is vendor_says(vendor, BODY, KEY, header) is False

    holds()
