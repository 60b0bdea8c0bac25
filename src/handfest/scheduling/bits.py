"""Time as bits: bit n of an int stands for the n-th quantum of an axis.

Python's integers make set algebra over weeks of minutes a handful of machine loops, whatever the number
of slots: union is `|`, intersection `&`, difference `& ~`.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import compress

_DIGITS = bytes.maketrans(b"01", b"\x00\x01")
_NARROW = 8192
"""Bits up to which a piece is joined to all the others at once."""
_FEW = 8
"""Set bits up to which they are looked up one by one."""
_SPARSE = 32
"""Bits per run from which a walk over the runs costs less than one over the bits."""


def ones(count: int) -> int:
    """`count` ones from bit 0 up."""
    return (1 << count) - 1


@lru_cache(maxsize=4096)
def comb(count: int, stride: int) -> int:
    """`count` ones, every `stride` bits, the first at bit 0."""
    return ones(count * stride) // ones(stride)


def gather(pieces: list[tuple[int, int]]) -> int:
    """The union of (offset, bits) pieces.

    Neighbours are joined pairwise, so that the full width is touched only by the last few joins; where the
    width is a few machine words the plain union costs less.
    """
    pieces.sort()
    if pieces and pieces[-1][0] < _NARROW:
        union = 0
        for low, bits in pieces:
            union |= bits << low
        return union
    while len(pieces) > 1:
        joined = [
            (low, left | right << high - low)
            for (low, left), (high, right) in zip(pieces[::2], pieces[1::2], strict=False)
        ]
        pieces = joined + pieces[len(joined) * 2 :]
    return pieces[0][1] << pieces[0][0] if pieces else 0


def ahead_all(bits: int, count: int) -> int:
    """The positions from which `count` bits in a row are set (erosion)."""
    covered = 1
    while covered < count:
        step = min(covered, count - covered)
        bits &= bits >> step
        covered += step
    return bits


def ahead_any(bits: int, count: int) -> int:
    """The positions from which at least one of `count` bits in a row is set (dilation), bit 0 and up."""
    covered = 1
    while covered < count:
        step = min(covered, count - covered)
        bits |= bits >> step
        covered += step
    return bits


def shifted(bits: int, places: int) -> int:
    """`bits` moved up by `places`, down where negative."""
    return bits << places if places >= 0 else bits >> -places


def all_but(masks: Iterable[int], spare: int) -> int:
    """The positions at which fewer than `spare` of `masks` are clear (spare >= 1)."""
    clear_at_least = [-1] + [0] * spare
    for mask in masks:
        for needed in range(spare, 0, -1):
            clear_at_least[needed] |= clear_at_least[needed - 1] & ~mask
    return ~clear_at_least[spare]


def runs(bits: int) -> Iterator[tuple[int, int]]:
    """The maximal runs of ones as half-open (first, beyond), ascending."""
    digits = bin(bits)[:1:-1] + "0"
    first = digits.find("1")
    while first >= 0:
        beyond = digits.find("0", first)
        yield first, beyond
        first = digits.find("1", beyond)


def values(bits: int, base: int, quantum: int) -> list[int]:
    """The values base + n * quantum of all set bits n, ascending."""
    if bits.bit_count() <= _FEW:
        return _few(bits, base, quantum)
    if (bits & ~(bits << 1)).bit_count() * _SPARSE < bits.bit_length():
        found: list[int] = []
        for first, beyond in runs(bits):
            found += range(base + first * quantum, base + beyond * quantum, quantum)
        return found
    digits = bin(bits)[:1:-1].encode().translate(_DIGITS)
    return list(compress(range(base, base + quantum * len(digits), quantum), digits))


def _few(bits: int, base: int, quantum: int) -> list[int]:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(base + (lowest.bit_length() - 1) * quantum)
        bits ^= lowest
    return found
