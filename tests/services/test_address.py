"""Opening addresses and files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.services.support import add_box, channel_with, recorded
from tests.services.test_playback import first_picture
from vsconsole.domain.errors import InvalidInput, MediaError, NetworkError
from vsconsole.domain.model import Ability, Store
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services

MINUTE = timedelta(minutes=1)


def cloud(services: Services, sandbox: Sandbox) -> tuple[str, str, Span]:
    """Addresses of a playlist and of a file, and the minute that both show."""
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.CLOUD_RECORDS, Ability.DOWNLOAD)
    span = recorded(services, channel, Store.CLOUD, 2)
    minute = Span(span.begin + MINUTE, span.begin + 2 * MINUTE)
    adapter = services.accounts.adapter(account.id)
    (clip,) = adapter.clips(channel, Store.CLOUD, minute)  # type: ignore[attr-defined]
    file = adapter.download(channel, Store.CLOUD, minute, "mp4")  # type: ignore[attr-defined]
    return clip.open(minute.begin).url, file.url, minute


def test_a_playlist_plays_as_a_recording(services: Services, sandbox: Sandbox) -> None:
    url, _file, minute = cloud(services, sandbox)
    opened = services.playback.address(f'  "{url}" ')
    assert opened.live is None
    assert opened.source is not None
    assert opened.estimated
    assert "token" not in opened.title
    assert abs(opened.source.span.seconds - 60) < 1
    (clip,) = opened.source.clips
    assert opened.begin == clip.span.begin
    assert abs(first_picture(clip, clip.span.begin) - minute.begin) < timedelta(seconds=0.5)


def test_a_file_on_a_server_plays_for_as_long_as_it_is(
    services: Services, sandbox: Sandbox
) -> None:
    _playlist, url, _minute = cloud(services, sandbox)
    opened = services.playback.address(url)
    assert opened.source is not None
    assert abs(opened.source.span.seconds - 60) < 1
    (clip,) = opened.source.clips
    assert clip.open(clip.span.begin).protocol is MediaProtocol.FILE


def test_a_live_address_is_live(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.LIVE)
    opened = services.playback.address(services.live.open(channel).url)
    assert opened.live is not None
    assert opened.live().protocol is MediaProtocol.FLV
    for text, protocol in (
        ("rtsp://user:word@camera.local:554/1?x=y", MediaProtocol.RTSP),
        ("rtmp://camera.local/live/1", MediaProtocol.RTMP),
    ):
        opened = services.playback.address(text)
        assert opened.live is not None
        assert opened.live().protocol is protocol
        assert "word" not in opened.title
        assert opened.title.startswith("camera.local/")


def test_a_file_here_begins_when_it_was_written_less_its_length(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.DOWNLOAD)
    span = recorded(services, channel, Store.CLOUD, 2)
    path = tmp_path / "a file.ts"
    asked = Span(span.begin, span.begin + MINUTE / 2)
    done = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, path).id, 60
    )
    assert done.error is None
    for text in (str(path), path.as_uri()):
        opened = services.playback.address(text)
        assert opened.title == "a file.ts"
        assert opened.source is not None
        assert abs(opened.source.span.seconds - 30) < 1
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        assert opened.estimated
        assert abs(opened.source.span.end - written) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text", ["", "  ", "ftp://x/y", "javascript://x", "http://", "/no/such.mp4"]
)
def test_what_cannot_be_opened_is_told_beside_the_field(services: Services, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.playback.address(text)
    assert refused.value.field == "address"


def test_a_folder_and_a_page_are_no_video(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput):
        services.playback.address(str(tmp_path))
    with pytest.raises(MediaError):
        services.playback.address(sandbox.url("tencent") + "/nothing/here")
    (tmp_path / "x.mp4").write_bytes(b"")
    with pytest.raises(MediaError):
        services.playback.address(str(tmp_path / "x.mp4"))
    with pytest.raises(NetworkError):
        services.playback.address("http://127.0.0.1:9/x.m3u8")
