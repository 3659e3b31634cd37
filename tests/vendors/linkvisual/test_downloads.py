"""Downloads: the file is made while one waits, and which one it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.vendors.linkvisual.support import HOUR, NOON, VISION, Gateway, Refusal, camera, file
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    Cancelled,
    InvalidInput,
    NotFound,
    Rejected,
    TimedOut,
    Unsupported,
)
from vsconsole.domain.model import Store
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Span
from vsconsole.vendors.linkvisual import records
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_POLLS", (0.01,))


@pytest.fixture
def one_file(gateway: Gateway) -> None:
    rows = [file(1, NOON, 600), file(2, NOON + timedelta(seconds=600), 600)]
    gateway.answers[VISION + "record/query"] = {"recordFileList": rows, "nextValid": False}


@pytest.mark.usefixtures("quick", "one_file")
def test_a_download_waits_for_its_file(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/cloudfile/get"] = [
        {"url": "", "status": 1, "progress": 0},
        {"url": "", "status": 1, "progress": 60},
        Refusal(500),
        {"url": "https://v.test/1.mp4?k=1", "status": 0, "progress": 100},
    ]
    source = adapter.download(
        camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=600)), "mp4"
    )
    assert (source.protocol, source.single_use) == (MediaProtocol.FILE, True)
    assert source.begins == NOON
    assert gateway.calls("cloudfile/get") == [{"iotId": "cam", "fileName": "f1"}] * 4
    limits = adapter.download_limits(camera(), Store.CLOUD)
    assert (limits.seconds, limits.file_types) == (3600, ("mp4",))


@pytest.mark.usefixtures("quick", "one_file")
def test_a_part_of_a_file_is_in_the_file(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/cloudfile/get"] = {"url": "https://v.test/2.mp4", "status": 0}
    begin = NOON + timedelta(seconds=700)
    source = adapter.download(camera(), Store.CLOUD, Span(begin, begin + timedelta(seconds=5)), "")
    assert source.begins == NOON + timedelta(seconds=600)


@pytest.mark.usefixtures("quick", "one_file")
def test_downloads_that_cannot_be(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    with pytest.raises(InvalidInput) as caught:
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=900)), "mp4")
    assert caught.value.field == "to"
    gateway.answers[VISION + "vod/cloudfile/get"] = {"url": "", "status": -1, "progress": 5}
    with pytest.raises(Rejected):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    gateway.answers[VISION + "record/query"] = {"recordFileList": []}
    with pytest.raises(NotFound):
        adapter.download(camera(), Store.CLOUD, HOUR, "mp4")
    with pytest.raises(Unsupported):
        adapter.download(camera("QueryRecordList"), Store.DEVICE, HOUR, "mp4")


@pytest.mark.usefixtures("one_file")
def test_a_transcoding_that_stands_still_is_left(
    gateway: Gateway, adapter: LinkVisualAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_POLLS", (0.01,))
    monkeypatch.setattr(records, "_PATIENCE", 0.05)
    gateway.answers[VISION + "vod/cloudfile/get"] = [
        *({"url": "", "status": 1, "progress": number} for number in range(8)),
        {"url": "", "status": 1, "progress": 7},
    ]
    with pytest.raises(TimedOut, match="7 %"):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    # Progress is patience anew.
    assert len(gateway.calls("cloudfile/get")) >= 12


@pytest.mark.usefixtures("one_file")
def test_waiting_for_a_file_can_be_called_off(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    token = cancel.CancelToken()

    def answer(_params: Mapping[str, Any]) -> Any:
        threading.Timer(0.05, token.cancel).start()
        return {"url": "", "status": 1, "progress": 1}

    gateway.answers[VISION + "vod/cloudfile/get"] = answer
    with cancel.bound(token), pytest.raises(Cancelled):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    assert len(gateway.calls("cloudfile/get")) == 1
