"""Recordings as files, made while encoding, kept in a private folder and removed at exit."""

import atexit
import os
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from vsconsole.sandbox.media.cache import ByteCache
from vsconsole.sandbox.media.dav import write_dav
from vsconsole.sandbox.media.encode import AccessUnit, encode_frames
from vsconsole.sandbox.media.flv import FlvWriter, Metadata
from vsconsole.sandbox.media.mux import Muxer, interleave, without_gaps, write
from vsconsole.sandbox.media.scene import FileType, Profile, Scene
from vsconsole.sandbox.media.sound import Sound, sound

_CACHE_BYTES = 2 << 30
# x265 takes ten times as long as the drawing, and without the interpreter lock: two pieces at
# a time halve it. x264 gains nothing from that.
_PIECE_SECONDS = 20
_WORKERS = 2

_FAST_START = (("movflags", "+faststart"),)
_MUXERS: dict[FileType, Muxer] = {
    "mp4": Muxer(container="mp4", options=_FAST_START),
    "mov": Muxer(container="mov", options=_FAST_START),
    "mkv": Muxer(container="matroska"),
    "avi": Muxer(container="avi"),
    "ts": Muxer(container="mpegts", options=(("mpegts_copyts", "1"), ("max_delay", "0"))),
    # Without the usual half second of waiting at the start.
    "ps": Muxer(container="vob", options=(("preload", "0"),)),
}
# What each container can carry of G.711; the others get AAC.
_TAKES_G711: tuple[FileType, ...] = ("flv", "mov", "avi", "dav")
_SILENT: tuple[FileType, ...] = ("ps",)
_NO_H265: tuple[FileType, ...] = ("avi", "ps")


def recording_file(
    scene: Scene,
    begin: float,
    end: float,
    file_type: FileType,
    profile: Profile = "main",
    *,
    ranges: Sequence[tuple[float, float]] | None = None,
) -> Path:
    """A file with the frames in [begin, end) epoch seconds, PTS from 0; equal calls share it.

    Of `ranges` (sorted, apart) only what they hold is in the file, and time stamps run on over
    the gaps (those of dav are wall clock and jump). MP4 and MOV are fast start, FLV has a key
    frame index. G.711 becomes AAC where the container cannot carry it (mp4, mkv, ts); dav has
    G.711 only, ps is silent. ValueError when there is no frame or the container does not take
    the codec (H.265 in avi and ps).
    """
    spans = scene.frame_spans(begin, end, ranges)
    if not spans:
        raise ValueError(f"no frame between {begin} and {end}")
    if scene.codec == "h265" and file_type in _NO_H265:
        raise ValueError(f"{file_type} does not take H.265")
    key = (scene, spans, file_type, profile)
    return _FILES.get(key, lambda: _make(scene, spans, file_type, profile))


def remove_recording_files() -> None:
    """Delete every file made so far; also runs at exit."""
    global _folder
    with _FOLDER_LOCK:
        _FILES.clear()
        if _folder:
            shutil.rmtree(_folder, ignore_errors=True)
        _folder = None


class _Files(ByteCache[Path]):
    """The files made; one that leaves the memory is deleted."""

    def dropped(self, value: Path) -> None:
        # On Windows a file that is being read cannot be deleted; the folder goes at exit.
        try:
            value.unlink(missing_ok=True)
        except OSError:
            return


atexit.register(remove_recording_files)
_FILES = _Files(_CACHE_BYTES, lambda path: path.stat().st_size)
_FOLDER_LOCK = threading.Lock()
_folder: Path | None = None
_made = 0


def _new_path(scene: Scene, first: int, last: int, file_type: FileType) -> Path:
    """A new name in the private folder, which is made at the first call."""
    global _folder, _made
    with _FOLDER_LOCK:
        if _folder is None:
            _folder = Path(tempfile.mkdtemp(prefix="vsconsole-sandbox-"))
        _made += 1
        begin, end = first // scene.fps, -(-last // scene.fps)
        return _folder / f"{scene.channel}-{begin}-{end}-{_made}.{file_type}"


def _make(
    scene: Scene, spans: tuple[tuple[int, int], ...], file_type: FileType, profile: Profile
) -> Path:
    first, last = spans[0][0], spans[-1][1]
    path = _new_path(scene, first, last, file_type)
    units = chain.from_iterable(_units(scene, *span, profile) for span in spans)
    heard = _sound_in(scene, file_type)
    origin = scene.frame_seconds(first)
    try:
        if file_type == "flv":
            _write_flv(path, scene, profile, units, spans)
        elif file_type == "dav":
            write_dav(path, scene, profile, units, heard)
        else:
            write(str(path), _MUXERS[file_type], scene, profile, units, heard, origin)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _sound_in(scene: Scene, file_type: FileType) -> Sound | None:
    if scene.audio is None or file_type in _SILENT:
        return None
    if file_type == "dav" and scene.audio == "aac":
        return sound("g711a")
    return sound(scene.audio if file_type in _TAKES_G711 else "aac")


def _units(scene: Scene, first: int, last: int, profile: Profile) -> Iterator[AccessUnit]:
    """Frames [first, last), in pieces side by side where that helps; few pieces in memory."""
    workers = min(_WORKERS, os.cpu_count() or 1)
    size = max(1, round(_PIECE_SECONDS * scene.fps / scene.gop_frames)) * scene.gop_frames
    if scene.codec == "h264" or workers < 2 or last - first <= size:
        yield from encode_frames(scene, first, last, profile)
        return

    def piece(start: int) -> list[AccessUnit]:
        return list(encode_frames(scene, start, min(start + size, last), profile))

    with ThreadPoolExecutor(workers, thread_name_prefix="sandbox-encode") as pool:
        waiting: deque[Future[list[AccessUnit]]] = deque()
        try:
            for start in range(first, last, size):
                waiting.append(pool.submit(piece, start))
                if len(waiting) > workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _write_flv(
    path: Path,
    scene: Scene,
    profile: Profile,
    units: Iterator[AccessUnit],
    spans: tuple[tuple[int, int], ...],
) -> None:
    """FLV with `duration` and a key frame index, filled in when all is written."""
    writer = FlvWriter(scene, profile)
    seconds = sum(last - first for first, last in spans) / scene.fps
    keys = sum(-(-(last - first) // scene.gop_frames) for first, last in spans)
    metadata: Metadata = {
        "duration": seconds,
        "filesize": 0.0,
        "keyframes": {"times": [0.0] * keys, "filepositions": [0.0] * keys},
    }
    times: list[float] = []
    places: list[float] = []
    origin = scene.frame_seconds(spans[0][0])
    with path.open("wb") as target:
        target.write(writer.header(metadata=metadata))
        pieces = interleave(scene, units, writer.sound)
        for when, piece in without_gaps(scene, pieces, origin):
            stamp = round(when * 1000)
            if isinstance(piece, AccessUnit):
                if piece.key:
                    times.append(stamp / 1000)
                    places.append(float(target.tell()))
                target.write(writer.video(piece, stamp))
            else:
                target.write(writer.audio(piece, stamp))
        target.write(writer.end(round(seconds * 1000)))
        metadata |= {
            "filesize": float(target.tell()),
            "keyframes": {"times": times, "filepositions": places},
        }
        target.seek(0)
        target.write(writer.header(metadata=metadata))
