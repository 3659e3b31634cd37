"""Which picture is the first of a seek."""

from __future__ import annotations

import pytest

from vsconsole.player.clock import FrameClock


def _playing() -> FrameClock:
    clock = FrameClock(trust=False, period=0.08)
    clock.opened(1000.0, 0.0)
    assert clock.picture(0.0, new=True) == 1000.0
    return clock


def test_late_pictures_of_the_old_place_never_count() -> None:
    clock = _playing()
    clock.seek(9000.0, 1.0)
    assert clock.picture(1.001, new=True) is None
    clock.buffering(0.0, 1.002)
    clock.decoded(1.003)  # one of the old place was being decoded
    assert clock.picture(1.004, new=True) is None
    clock.buffering(0.0, 1.01)
    clock.buffering(100.0, 1.02)
    assert clock.picture(1.1, new=True) is None
    clock.decoded(1.11)
    assert clock.picture(1.12, new=False) is None
    assert clock.picture(1.13, new=True) == 9000.0
    assert not clock.doubtful


def test_a_still_scene_lands_too() -> None:
    clock = _playing()
    clock.seek(9000.0, 1.0)
    clock.buffering(0.0, 1.0)
    clock.buffering(0.0, 1.01)
    clock.decoded(1.02)
    assert clock.picture(1.1, new=False) is None
    # The old one, repeated while the output waits until the first new one's time has come.
    assert clock.picture(1.9, new=False) is None
    assert clock.picture(2.1, new=False) == 9000.0


@pytest.mark.parametrize("paused", [False, True])
def test_while_no_data_comes_the_old_picture_never_counts(paused: bool) -> None:
    """As libVLC was seen to wait for a server: fifteen times a second it repeats what it has."""
    clock = FrameClock(trust=True, period=1 / 6)
    clock.set_paused(paused, 0.0)
    clock.buffering(0.0, 0.0)
    clock.seek(597000.0, 0.6)
    clock.told(597001, 0.6)
    clock.buffering(0.0, 0.6)
    clock.decoded(0.8)
    assert all(clock.picture(0.85 + n / 15, new=False) is None for n in range(1, 200))
    clock.buffering(0.0, 15.0)
    clock.buffering(100.0, 15.1)
    clock.decoded(15.11)
    clock.told(597000, 15.11)
    assert clock.picture(15.12, new=True) == 597000.0


def test_without_the_decoders_word_pictures_count_in_the_end() -> None:
    clock = _playing()
    clock.seek(9000.0, 1.0)
    clock.buffering(0.0, 1.0)
    clock.buffering(50.0, 1.1)
    assert clock.picture(1.2, new=True) is None
    assert clock.picture(1.8, new=True) == 9000.0
    # It may be one from after the moment.
    assert clock.late
    clock.seek(9000.0, 2.0)
    clock.buffering(0.0, 2.0)
    clock.buffering(0.0, 2.01)
    clock.buffering(100.0, 2.02)
    clock.decoded(2.03)
    assert clock.picture(2.04, new=True) == 9000.0
    assert not clock.late


def _seeking_in_a_file() -> FrameClock:
    """As libVLC was seen to go on when bytes that are at hand are sought in."""
    clock = FrameClock(trust=True, period=1 / 6)
    clock.opened(0.0, 0.0)
    assert clock.picture(0.0, new=True) == 0.0
    clock.seek(109120.0, 1.0)
    clock.told(109149, 1.001)
    clock.buffering(0.0, 1.001)
    return clock


def test_a_word_spent_on_an_old_picture_does_not_hide_the_first_of_the_new_place() -> None:
    clock = _seeking_in_a_file()
    clock.decoded(1.002)
    clock.buffering(0.0, 1.003)
    clock.buffering(55.7, 1.176)
    clock.buffering(100.0, 1.177)
    assert clock.picture(1.178, new=True) is None
    assert clock.picture(1.206, new=True) == 109120.0


def test_what_lands_late_has_the_time_that_libvlc_told() -> None:
    clock = _seeking_in_a_file()
    clock.buffering(0.0, 1.003)
    clock.buffering(55.7, 1.176)
    assert clock.picture(1.206, new=True) is None
    clock.told(109600, 1.64)
    when = clock.picture(1.874, new=True)
    assert when is not None
    assert round(when) == 109834


def test_pictures_that_pass_before_one_lands_count() -> None:
    clock = _seeking_in_a_file()
    clock.buffering(0.0, 1.003)
    clock.decoded(1.02)
    clock.buffering(28.0, 1.027)
    assert clock.picture(1.023, new=True) is None
    assert clock.picture(1.147, new=True) is None
    assert clock.picture(1.22, new=False) is None
    when = clock.picture(1.31, new=True)
    assert when is not None
    assert round(when) == round(109120 + 2000 / 6)


def test_the_first_step_is_put_right_when_the_frame_rate_is_known() -> None:
    clock = FrameClock(trust=False)
    clock.opened(1000.0, 0.0)
    clock.picture(0.0, new=True)
    clock.picture(0.09, new=True)
    for turn in range(1, 8):
        clock.picture(0.09 + turn / 12, new=True)
    clock.set_period(1 / 12)
    clock.set_paused(True, 0.7)
    when = clock.picture(0.71, new=False)
    assert when is not None
    assert round(when) == round(1000 + 8 * 1000 / 12)


def test_a_dropped_picture_is_counted_once() -> None:
    clock = _playing()
    clock.set_period(0.08)
    for turn in (1, 2, 4, 5):
        if turn == 4:
            clock.dropped()  # the third
        clock.picture(turn * 0.08, new=True)
    when = clock.picture(6 * 0.08, new=True)
    assert when is not None
    assert round(when) == 1480
    # After a pause of the data more come too late than can be told from the time between two.
    for _each in range(4):
        clock.dropped()
    when = clock.picture(6 * 0.08 + 2, new=True)
    assert when is not None
    assert round(when) == 1880
    when = clock.picture(6 * 0.08 + 2.08, new=True)
    assert when is not None
    assert round(when) == 1960


def test_a_time_told_again_at_the_end_of_the_data_is_not_believed() -> None:
    clock = FrameClock(trust=True, period=0.1)
    clock.opened(1000.0, 0.0)
    clock.picture(0.0, new=True)
    clock.told(1500, 0.5)
    clock.told(1500, 0.75)
    when = clock.picture(0.8, new=True)
    assert when is not None
    assert round(when) == 1800


def test_paused_for_a_while_the_next_new_picture_is_the_one() -> None:
    clock = _playing()
    clock.set_paused(True, 2.0)
    assert not clock.still(2.1)
    assert clock.still(2.5)
    clock.seek(9000.0, 2.5)
    assert clock.picture(2.5, new=True) is None
    clock.buffering(0.0, 2.51)
    assert clock.picture(2.52, new=False) is None
    assert clock.picture(2.53, new=True) == 9000.0


def test_a_seek_before_the_last_one_landed_leaves_doubt() -> None:
    clock = _playing()
    clock.seek(9000.0, 1.0)
    clock.seek(5000.0, 1.1)
    assert clock.doubtful
    clock.buffering(0.0, 1.2)
    clock.buffering(0.0, 1.2)
    clock.decoded(1.3)
    assert clock.picture(1.3, new=True) == 5000.0
    clock.seek(5000.0, 1.4)
    assert not clock.doubtful


def test_a_check_keeps_an_equal_picture_and_takes_another() -> None:
    clock = _playing()
    clock.set_paused(True, 2.0)
    clock.seek(1000.0, 3.0, check=True)
    clock.buffering(0.0, 3.0)
    assert clock.picture(3.1, new=False) == 1000.0
    assert clock.waiting
    assert clock.picture(3.3, new=False) == 1000.0
    assert not clock.waiting
    clock.seek(2000.0, 4.0, check=True)
    clock.buffering(0.0, 4.0)
    assert clock.picture(4.1, new=True) == 2000.0
