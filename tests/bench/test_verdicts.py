"""The verdicts of the long benches: what they must not let pass."""

import pytest

from tests.bench import memory, reconnects
from tests.bench.reconnects import Round


def rounds(memory: float, handles: float, late: int = 0) -> list[Round]:
    """A hundred rounds that begin with 500 MB and 80 handles and change evenly by so much."""
    return [
        Round(
            seconds=2.0,
            cut=12,
            told=4,
            failed=0,
            late=late,
            memory=500 + memory * number / 99,
            handles=round(80 + handles * number / 99),
            threads=250,
        )
        for number in range(100)
    ]


@pytest.mark.parametrize(
    ("seen", "passed"),
    [
        (rounds(0, 0), True),
        (rounds(30, 3), True),
        (rounds(80, 0), False),
        (rounds(0, 40), False),
        (rounds(-50, 0), True),
        (rounds(0, 0, late=1), False),
    ],
)
def test_growth_handles_and_lost_pictures_fail_the_reconnects(
    seen: list[Round], passed: bool
) -> None:
    assert reconnects.told(seen, 16)["passed"] is passed


def test_what_fills_in_the_first_rounds_is_no_growth() -> None:
    seen = rounds(0, 0)
    cold = [
        Round(seconds=2, cut=16, told=0, failed=0, late=0, memory=200.0, handles=40, threads=100)
    ]
    assert reconnects.told(cold * (len(seen) // 9) + seen, 16)["grown by"] == pytest.approx(0)


def test_the_slope_of_memory_is_that_of_most_looks() -> None:
    looks = [(5.0 * n, 400 + 3.0 * 5 * n / 3600) for n in range(400)]
    assert memory.slope(looks) == pytest.approx(3.0)
    # One look while something large was held does not turn it.
    looks[200] = (looks[200][0], 900.0)
    looks[10] = (looks[10][0], 100.0)
    assert memory.slope(looks) == pytest.approx(3.0, abs=0.1)
