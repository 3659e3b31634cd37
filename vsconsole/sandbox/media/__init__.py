"""Real media on demand: a moving scene with its wall-clock time burnt in, in every container."""

from vsconsole.sandbox.media.encode import still
from vsconsole.sandbox.media.files import recording_file, remove_recording_files
from vsconsole.sandbox.media.hls import LiveHls, hls_playlist, ts_segment
from vsconsole.sandbox.media.live import live_flv
from vsconsole.sandbox.media.playback import PlaybackFlv
from vsconsole.sandbox.media.scene import HOME, SIZES, FileType, Profile, Scene, View

__all__ = [
    "HOME",
    "SIZES",
    "FileType",
    "LiveHls",
    "PlaybackFlv",
    "Profile",
    "Scene",
    "View",
    "hls_playlist",
    "live_flv",
    "recording_file",
    "remove_recording_files",
    "still",
    "ts_segment",
]
