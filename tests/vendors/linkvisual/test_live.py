"""Live: which of two calls gives an address, and a camera that sleeps."""

from __future__ import annotations

import time

import pytest

from tests.vendors.linkvisual.support import VISION, Gateway, Refusal, camera
from vsconsole.domain.errors import DeviceOffline, StreamUnavailable
from vsconsole.domain.model import StreamProfile
from vsconsole.domain.playback import MediaProtocol
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


def test_live_without_a_relay_is_hls(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "stream/query"] = {"typeList": ["NAT"], "relayUrl": ""}
    gateway.answers["/vision/stream/query"] = {"path": "https://v.test/live.m3u8?token=x"}
    source = adapter.live(camera(), StreamProfile.SUB)
    assert (source.protocol, source.live, source.single_use) == (MediaProtocol.HLS, True, False)
    user, app = gateway.asked
    assert user.params["streamType"] == app.params["streamType"] == 1
    assert user.params["relayEncrypted"] is False
    assert (app.params["encrypted"], app.params["scheme"]) == (False, "hls")
    assert user.frame["iotToken"] == "tok-1"
    # Signed by the app alone.
    assert "iotToken" not in app.frame
    gateway.answers["/vision/stream/query"] = {"path": None}
    with pytest.raises(StreamUnavailable):
        adapter.live(camera(), StreamProfile.MAIN)


def test_a_sleeping_camera_is_asked_again(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "stream/query"] = [
        Refusal(9201),
        {"relayUrl": "rtmp://r.test:8000/live?token=once"},
    ]
    begun = time.monotonic()
    source = adapter.live(camera(), StreamProfile.MAIN)
    assert time.monotonic() - begun > 0.9
    assert (source.protocol, source.single_use) == (MediaProtocol.RTMP, True)
    gateway.answers[VISION + "stream/query"] = Refusal(6205)
    with pytest.raises(DeviceOffline):
        adapter.live(camera(), StreamProfile.MAIN)
