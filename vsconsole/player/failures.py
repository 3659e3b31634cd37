"""Why nothing is shown: finds out after libVLC has given up, which itself never says."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urljoin

from vsconsole.domain.errors import (
    CodecUnsupported,
    ConsoleError,
    MediaError,
    NetworkError,
    NotFound,
    PermissionDenied,
    StreamExpired,
    StreamUnavailable,
)
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.i18n import _
from vsconsole.player.pieces import OpenStream, Piece, local_path


def nothing_comes(seconds: float) -> StreamUnavailable:
    """No picture within the time allowed."""
    return StreamUnavailable(
        _("No picture came within {seconds} s.").format(seconds=round(seconds)),
        remedy=_("Check that the device is online, then try again."),
    )


def explain(piece: Piece, open_stream: OpenStream | None) -> ConsoleError:
    """The likeliest reason why `piece` cannot be played; blocks while it asks the server."""
    if piece.problem is not None:
        return piece.problem
    source = piece.source
    path = local_path(source.url)
    if path is not None and source.protocol is not MediaProtocol.HLS:
        from vsconsole.media.probe import probe

        try:
            info = probe(path)
        except MediaError as error:
            return error
        return CodecUnsupported(
            _("The picture is coded as {codec}, which cannot be shown.").format(codec=info.video)
        )
    if open_stream is not None and not source.single_use:
        try:
            _touch(source, open_stream)
        except (StreamExpired, StreamUnavailable, NetworkError) as error:
            return error
        except (NotFound, PermissionDenied) as error:
            return StreamExpired(
                _("The address of the stream is no longer valid."), code=error.code
            )
        except ConsoleError as error:
            return error
    return StreamUnavailable(
        _("The stream cannot be played."),
        why=_("The server answers, but what it sends is no video that can be shown."),
    )


def _touch(source: MediaSource, open_stream: OpenStream) -> None:
    """Reads the first bytes of the media itself, as the player would."""
    url = source.url
    if source.protocol is MediaProtocol.HLS:
        path = local_path(url)
        if path is not None:
            text = ""
            with suppress(OSError):
                text = path.read_text("utf-8")
            lines = (line.strip() for line in text.splitlines())
            first = next((line for line in lines if line and not line.startswith("#")), "")
            url = urljoin(path.as_uri(), first)
    if local_path(url) is not None or not url.lower().startswith(("http:", "https:")):
        return
    stream = open_stream(MediaSource(url=url, protocol=MediaProtocol.FILE, headers=source.headers))
    try:
        stream.read(1)
    finally:
        stream.close()
