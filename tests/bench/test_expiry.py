import pytest

from tests.bench.expiry import Gauge


@pytest.fixture
def gauge(monkeypatch: pytest.MonkeyPatch) -> Gauge:
    times = iter([0.0, 10.0, 11.0, 15.1, 15.2, 15.9, 16.0, 17.5])
    monkeypatch.setattr("tests.bench.expiry.time.monotonic", lambda: next(times))
    return Gauge()


def test_pauses_count_once_the_picture_runs(gauge: Gauge) -> None:
    for _frame in range(2):
        gauge.on_frame()
    assert (gauge.longest, gauge.pauses) == (0.0, [])
    for _frame in range(4):
        gauge.on_frame()
    # One that begins while libVLC is still finding its pace counts when it ends later.
    assert gauge.pauses == [(5.1, 4.1), (5.9, 0.7)]
    assert gauge.longest == pytest.approx(4.1)
    assert gauge.frames == 6


def test_a_stream_that_has_stopped_pauses_until_the_end(gauge: Gauge) -> None:
    for _frame in range(6):
        gauge.on_frame()
    gauge.end()
    assert gauge.pauses[-1] == (7.5, 1.5)
    assert gauge.frames == 6
