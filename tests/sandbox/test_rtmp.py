"""The RTMP server: pictures at their time, tokens, every chunk form, and an end that is one."""

import contextlib
import io
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.media_support import BEGIN, flv_tags, read_frame
from vsconsole.sandbox import rtmp_amf, rtmp_session
from vsconsole.sandbox.media import Scene, live_flv
from vsconsole.sandbox.media.encode import cached_frames
from vsconsole.sandbox.media.flv import FlvWriter
from vsconsole.sandbox.media.scene import FlvHevc
from vsconsole.sandbox.rtmp import RtmpServer
from vsconsole.sandbox.rtmp_chunks import (
    MOST_CHUNK_STREAMS,
    ChunkReader,
    ChunkWriter,
    Message,
    ProtocolError,
)
from vsconsole.sandbox.rtmp_play import FlvTags

LONG = 0x01000000
"""The first time stamp that needs the extended field."""


def flv_file(scene: Scene, seconds: int = 2, offset_ms: int = 0) -> bytes:
    """A short recording whose time stamps begin at the offset."""
    writer = FlvWriter(scene, "sub")
    first = scene.first_frame(BEGIN)
    parts = [writer.header(begin_ms=offset_ms)]
    units = cached_frames(scene, first, first + seconds * scene.fps, "sub")
    for unit in units:
        stamp = round((unit.frame - first) * 1000 / scene.fps) + offset_ms
        parts += [writer.video(unit, stamp)]
    return b"".join(parts)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    """The same bytes in pieces that know nothing of tags."""
    for at in range(0, len(data), size):
        yield data[at : at + size]


class Source:
    """What the server asks for streams: remembers what was asked and which streams were closed."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.closed = threading.Event()
        self.make: Callable[[str], Iterator[bytes]] = self._live

    def __call__(self, app: str, name: str) -> Iterator[bytes]:
        self.asked.append((app, name))
        path, _, query = name.partition("?")
        if query != "token=good":
            raise PermissionError
        if path == "nothing":
            raise LookupError
        return self.make(path)

    def _live(self, path: str) -> Iterator[bytes]:
        left = threading.Event()
        try:
            yield from live_flv(Scene(channel=600, audio="g711a"), "sub", None, left)
        finally:
            left.set()
            self.closed.set()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def base(source: Source) -> Iterator[str]:
    server = RtmpServer(source)
    try:
        yield server.begin()
    finally:
        server.end()


class Viewer:
    """A viewer that sees every byte; written apart from the server's own code."""

    def __init__(self, base: str, app: str = "live") -> None:
        address = urlsplit(base)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=10)
        self.file = self.socket.makefile("rb")
        self.chunk_size = 128
        self.streams: dict[int, dict[str, Any]] = {}
        self.forms: list[int] = []
        hello = bytes([3]) + struct.pack(">II", 1, 0) + random.Random(1).randbytes(1528)
        self.socket.sendall(hello)
        assert self.file.read(1) == b"\x03"
        theirs = self.file.read(1536)
        assert theirs[4:8] == bytes(4)
        assert self.file.read(1536) == hello[1:]
        self.socket.sendall(theirs)
        self.command(0, "connect", 1, {"app": app, "tcUrl": f"{base}/{app}"})

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def command(self, stream: int, *values: Any) -> None:
        """One command in chunks of 128 bytes on chunk stream 3."""
        body = rtmp_amf.encode(*values)
        head = b"\x03" + bytes(3) + len(body).to_bytes(3, "big") + b"\x14"
        data = head + stream.to_bytes(4, "little") + body[:128]
        for at in range(128, len(body), 128):
            data += b"\xc3" + body[at : at + 128]
        self.raw(data)

    def message(self) -> tuple[int, int, bytes]:
        """(type, time stamp, body) of the next message; EOFError at the end."""
        while True:
            first = self.file.read(1)
            if not first:
                raise EOFError
            form, number = first[0] >> 6, first[0] & 63
            state = self.streams.setdefault(number, {"body": b"", "stamp": 0})
            fresh = not state["body"]
            if form < 3:
                head = self.file.read((11, 7, 3)[form])
                state["step"] = int.from_bytes(head[:3], "big")
                state["long"] = state["step"] == 0xFFFFFF
                if form < 2:
                    state["size"], state["kind"] = int.from_bytes(head[3:6], "big"), head[6]
            if state["long"]:
                state["step"] = int.from_bytes(self.file.read(4), "big")
            if fresh:
                self.forms.append(form)
                state["stamp"] = state["step"] + (state["stamp"] if form else 0)
            state["body"] += self.file.read(
                min(self.chunk_size, state["size"] - len(state["body"]))
            )
            if len(state["body"]) < state["size"]:
                continue
            body, state["body"] = state["body"], b""
            if state["kind"] == 1:
                self.chunk_size = int.from_bytes(body, "big")
            return state["kind"], state["stamp"], body

    def until_closed(self) -> None:
        """Read on until the server has closed; TimeoutError when it does not."""
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                self.message()

    def answer(self) -> list[Any]:
        """The values of the next command."""
        while True:
            kind, _, body = self.message()
            if kind == 20:
                return list(rtmp_amf.decode(body))

    def code(self) -> str:
        """The code of the next status."""
        values = self.answer()
        assert values[0] == "onStatus"
        return str(values[3]["code"])

    def stream(self) -> int:
        """A new message stream, after the answer to connect."""
        self.command(0, "createStream", 2, None)
        while True:
            values = self.answer()
            if values[:2] == ["_result", 2.0]:
                return int(values[3])

    def play(self, name: str) -> int:
        number = self.stream()
        self.command(number, "play", 0, None, name, -2000)
        return number


@pytest.fixture
def viewer(base: str) -> Iterator[Viewer]:
    with contextlib.closing(Viewer(base)) as one:
        yield one


@pytest.mark.parametrize("scene", [
    Scene(channel=601, audio="aac"),
    Scene(channel=602, codec="h265", audio="g711a", flv_hevc="id12"),
    Scene(channel=603, codec="h265", flv_hevc="enhanced"),
], ids=lambda s: f"{s.codec}-{s.flv_hevc}")  # fmt: skip
def test_live_pictures_have_the_time_of_their_stamp(
    base: str, source: Source, scene: Scene
) -> None:
    source.make = lambda _: live_flv(scene, "sub", None, threading.Event())
    before = time.time()
    options = {"analyzeduration": "500000", "fpsprobesize": "1"}
    with av.open(f"{base}/live/camera?token=good", timeout=10, options=options) as container:
        origin = None
        for count, frame in enumerate(container.decode(video=0)):
            reading = read_frame(frame)
            when = reading.when.timestamp()
            assert reading.channel == scene.channel
            assert before - 1.5 < when <= time.time()
            assert frame.time is not None
            origin = when - frame.time if origin is None else origin
            assert abs(when - frame.time - origin) < 0.005
            if count == 8:
                break
        assert bool(container.streams.audio) == bool(scene.audio)
    assert source.asked == [("live", "camera?token=good")]


@pytest.mark.parametrize("form", ["id12", "enhanced"])
@pytest.mark.parametrize("offset", [0, LONG - 800])
def test_a_whole_stream_arrives_unchanged(
    base: str, source: Source, form: FlvHevc, offset: int
) -> None:
    data = flv_file(Scene(channel=604, codec="h265", flv_hevc=form), offset_ms=offset)
    source.make = lambda _: cut(data, 777)
    with contextlib.closing(Viewer(base)) as viewer:
        viewer.play("whole?token=good")
        seen = [viewer.message() for _ in range(2)]
        while not (seen[-1][0] == 20 and b"NetStream.Play.Stop" in seen[-1][2]):
            seen.append(viewer.message())
    media = [m for m in seen if m[0] in (8, 9, 18) and b"|RtmpSampleAccess" not in m[2]]
    assert media == list(flv_tags(data))
    assert b"onMetaData" in media[0][2]
    before_media = b"".join(body for kind, _, body in seen[: seen.index(media[0])])
    words = (b"Play.Reset", b"Play.Start", b"|RtmpSampleAccess")
    places = [before_media.index(word) for word in words]
    assert places == sorted(places)
    assert (4, 0, struct.pack(">HI", 0, 1)) in seen
    assert (4, 0, struct.pack(">HI", 1, 1)) in seen
    assert {0, 1} <= set(viewer.forms)


def test_pyav_reads_time_stamps_beyond_three_bytes(base: str, source: Source) -> None:
    data = flv_file(Scene(channel=605), offset_ms=LONG - 800)
    source.make = lambda _: iter([data])
    with av.open(f"{base}/live/long?token=good", timeout=10) as container:
        found = [(f.time, read_frame(f).when.timestamp()) for f in container.decode(video=0)]
    assert len(found) == 24
    origin = found[0][1] - found[0][0]
    assert all(abs(when - stamp - origin) < 0.005 for stamp, when in found)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("camera?token=bad", "NetStream.Play.Failed"),
        ("camera", "NetStream.Play.Failed"),
        ("nothing?token=good", "NetStream.Play.StreamNotFound"),
        ("late?token=good", "NetStream.Play.StreamNotFound"),
        ("empty?token=good", "NetStream.Play.StreamNotFound"),
    ],
)
def test_what_is_refused_says_so_and_closes(
    viewer: Viewer, source: Source, name: str, code: str
) -> None:
    def late() -> Iterator[bytes]:
        if name:
            raise KeyError(name)
        yield b""

    source.make = lambda path: late() if path == "late" else iter(())
    viewer.play(name)
    values = viewer.answer()
    assert values[3]["code"] == code
    assert values[3]["level"] == "error"
    with pytest.raises(EOFError):
        viewer.message()
    assert len(source.asked) == 1


def test_pyav_cannot_open_with_a_wrong_token(base: str) -> None:
    with pytest.raises((av.error.FFmpegError, OSError)):
        av.open(f"{base}/live/camera?token=bad", timeout=10)


def test_pause_sends_nothing_and_goes_on(viewer: Viewer, source: Source) -> None:
    data = list(cut(flv_file(Scene(channel=606), seconds=2), 4000))
    may = threading.Semaphore(2)

    def stepped() -> Iterator[bytes]:
        for piece in data:
            assert may.acquire(timeout=10)
            yield piece

    source.make = lambda _: stepped()
    number = viewer.play("camera?token=good")
    assert [viewer.code() for _ in range(2)] == ["NetStream.Play.Reset", "NetStream.Play.Start"]
    viewer.command(number, "pause", 0, None, True, 0)
    assert viewer.code() == "NetStream.Pause.Notify"
    for _ in data:
        may.release()
    # An answer to a later question comes before any media: nothing was sent meanwhile.
    viewer.command(0, "createStream", 2, None)
    assert viewer.message()[0] == 20
    viewer.command(number, "pause", 0, None, False, 0)
    assert viewer.code() == "NetStream.Unpause.Notify"
    kinds = []
    while True:
        kind, _, body = viewer.message()
        if kind == 20:
            assert b"NetStream.Play.Stop" in body
            break
        kinds.append(kind)
    assert kinds.count(9) >= 20


def test_delete_stream_ends_the_source_and_the_connection_goes_on(
    viewer: Viewer, source: Source
) -> None:
    number = viewer.play("camera?token=good")
    while viewer.message()[0] != 9:
        pass
    viewer.command(0, "deleteStream", 0, None, number)
    assert source.closed.wait(10)
    viewer.play("camera?token=good")
    while viewer.code() != "NetStream.Play.Start":
        pass
    assert len(source.asked) == 2


def test_a_viewer_that_leaves_ends_the_source(base: str, source: Source) -> None:
    with contextlib.closing(Viewer(base)) as viewer:
        viewer.play("camera?token=good")
        while viewer.message()[0] != 9:
            pass
    assert source.closed.wait(10)


def test_end_while_playing_and_paused_leaves_no_thread(source: Source) -> None:
    server = RtmpServer(source)
    base = server.begin()
    assert server.begin() == base
    with (
        contextlib.closing(Viewer(base)) as playing,
        contextlib.closing(Viewer(base)) as paused,
        contextlib.closing(Viewer(base)) as quiet,
    ):
        playing.play("camera?token=good")
        number = paused.play("camera?token=good")
        for one in (playing, paused):
            while one.message()[0] != 9:
                pass
        paused.command(number, "pause", 0, None, True, 0)
        assert quiet.stream() == 1
        server.end()
        assert not [t for t in threading.enumerate() if t.name.startswith("sandbox-rtmp")]
        for one in (playing, paused, quiet):
            one.until_closed()
    server.end()
    with pytest.raises(ConnectionRefusedError):
        Viewer(base)
    again = server.begin()
    try:
        with contextlib.closing(Viewer(again)) as viewer:
            assert viewer.stream() == 1
    finally:
        server.end()


def test_a_cut_ends_every_viewer_and_the_next_one_is_served(source: Source) -> None:
    server = RtmpServer(source)
    base = server.begin()
    try:
        for _each in range(2):
            with contextlib.closing(Viewer(base)) as playing:
                playing.play("camera?token=good")
                while playing.message()[0] != 9:
                    pass
                server.cut()
                playing.until_closed()
    finally:
        server.end()


def test_what_a_viewer_may_ask_beside_play(viewer: Viewer) -> None:
    result = viewer.answer()
    assert result[:2] == ["_result", 1.0]
    assert result[3]["code"] == "NetConnection.Connect.Success"
    for habit in ("releaseStream", "FCPublish", "FCSubscribe"):
        viewer.command(0, habit, 5, None, "camera")
    viewer.command(0, "doSomething", 6, None)
    assert viewer.answer()[:2] == ["_error", 6.0]
    number = viewer.stream()
    viewer.command(number, "publish", 7, None, "camera", "live")
    assert viewer.code() == "NetStream.Publish.Denied"
    viewer.command(number, "seek", 8, None, 1000)
    assert viewer.code() == "NetStream.Seek.Failed"
    viewer.command(number, "play", 9, None)
    assert viewer.code() == "NetStream.Play.Failed"
    viewer.command(77, "play", 9, None, "camera?token=good")
    assert viewer.code() == "NetStream.Play.Failed"
    # Ping, with its own time as the answer.
    viewer.raw(b"\x02" + bytes(3) + b"\x00\x00\x06\x04" + bytes(4) + struct.pack(">HI", 6, 4711))
    assert viewer.message() == (4, 0, struct.pack(">HI", 7, 4711))


def test_an_acknowledgement_for_every_window(viewer: Viewer) -> None:
    assert viewer.answer()[1] == 1.0
    viewer.raw(b"\x02" + bytes(3) + b"\x00\x00\x04\x05" + bytes(4) + struct.pack(">I", 4000))
    for _ in range(60):
        viewer.command(0, "releaseStream", 0, None, "x" * 80)
    kind, _, body = viewer.message()
    assert kind == 3
    assert 4000 <= int.from_bytes(body, "big") < 2 * 1537 + 60 * 200


def test_commands_in_every_chunk_form(viewer: Viewer) -> None:
    assert viewer.answer()[1] == 1.0
    # A chunk stream number of two and of three bytes, a new chunk size, and an abandoned message.
    body = rtmp_amf.encode("createStream", 4, None)
    size = len(body).to_bytes(3, "big")
    viewer.raw(b"\x02" + bytes(3) + b"\x00\x00\x04\x01" + bytes(4) + struct.pack(">I", 10))
    viewer.raw(b"\x00\x05" + b"\xff\xff\xff" + size + b"\x14" + bytes(4) + b"\x01\x00\x00\x00")
    viewer.raw(body[:10])
    for at in range(10, len(body), 10):
        viewer.raw(b"\xc0\x05\x01\x00\x00\x00" + body[at : at + 10])
    assert viewer.answer() == ["_result", 4.0, None, 1.0]
    viewer.raw(b"\x01\x05\x01" + bytes(3) + size + b"\x14" + bytes(4) + body[:10])
    viewer.raw(b"\x02" + bytes(3) + b"\x00\x00\x04\x02" + bytes(4) + struct.pack(">I", 64 + 261))
    for form in (b"\x41\x05\x01" + bytes(3) + size + b"\x14", b"\x81\x05\x01" + bytes(3),
                 b"\xc1\x05\x01"):  # fmt: skip
        viewer.raw(form + body[:10])
        for at in range(10, len(body), 10):
            viewer.raw(b"\xc1\x05\x01" + body[at : at + 10])
    assert [viewer.answer()[3] for _ in range(3)] == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(b"\x89\x00\x00\x00", id="a step before a header"),
        pytest.param(b"\xc9", id="a chunk before a header"),
        pytest.param(
            b"\x09" + bytes(3) + b"\x00\x00\xff\x14" + bytes(4 + 128) + b"\x49" + bytes(7),
            id="a message within a message",
        ),
        pytest.param(b"\x04" + bytes(3) + b"\xff\xff\xff\x14" + bytes(4), id="far too long"),
        pytest.param(b"\x02" + bytes(3) + b"\x00\x00\x04\x01" + bytes(8), id="no chunk size"),
        pytest.param(b"\x03" + bytes(3) + b"\x00\x00\x01\x14" + bytes(4) + b"\x11", id="no AMF 0"),
    ],
)
def test_damage_cuts_the_connection(viewer: Viewer, damage: bytes) -> None:
    assert viewer.answer()[1] == 1.0
    viewer.raw(damage)
    viewer.until_closed()


def test_another_handshake_is_not_answered(base: str) -> None:
    address = urlsplit(base)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"\x06" + bytes(1536))
        with contextlib.suppress(ConnectionError):
            assert connection.recv(1) == b""


def test_commands_of_other_players(viewer: Viewer) -> None:
    assert viewer.answer()[1] == 1.0
    # AMF 3 messages hold AMF 0 after one byte; what bandwidth a viewer wants is acknowledged.
    body = b"\0" + rtmp_amf.encode("createStream", 3, None)
    viewer.raw(b"\x04" + bytes(3) + len(body).to_bytes(3, "big") + b"\x11" + bytes(4) + body)
    assert viewer.answer() == ["_result", 3.0, None, 1.0]
    viewer.raw(b"\x02" + bytes(3) + b"\x00\x00\x05\x06" + bytes(4) + b"\x00\x10\x00\x00\x02")
    assert viewer.message()[0] == 5
    for number in range(2, 9):
        viewer.command(0, "createStream", 4, None)
        assert viewer.answer() == ["_result", 4.0, None, float(number)]
    viewer.command(0, "createStream", 4, None)
    assert viewer.answer()[0] == "_error"
    viewer.command(0, "connect", 5, None)
    viewer.until_closed()


def test_a_command_without_a_name_cuts_the_connection(viewer: Viewer) -> None:
    viewer.command(0, 5)
    viewer.until_closed()


@pytest.mark.allow_log("an RTMP stream of the sandbox failed")
def test_a_source_that_breaks_ends_the_connection(viewer: Viewer, source: Source) -> None:
    source.make = lambda _: iter([b"no FLV at all"])
    viewer.play("camera?token=good")
    viewer.until_closed()


def test_a_silent_viewer_is_left_unless_something_plays(
    base: str, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rtmp_session, "IDLE_SECONDS", 0.2)
    end = threading.Event()

    def waiting() -> Iterator[bytes]:
        data = flv_file(Scene(channel=607), seconds=1)
        yield data[:4000]
        end.wait(10)
        yield data[4000:]

    source.make = lambda _: waiting()
    with contextlib.closing(Viewer(base)) as viewer:
        viewer.play("camera?token=good")
        while viewer.message()[0] != 9:
            pass
        # Longer than the limit, which counts only while nothing plays.
        threading.Timer(0.6, end.set).start()
        while (found := viewer.message())[0] != 20:
            pass
        assert b"NetStream.Play.Stop" in found[2]
        viewer.until_closed()


def test_flv_however_it_is_cut() -> None:
    data = flv_file(Scene(channel=608, audio="aac"), seconds=1)
    for size in (1, 3, 11, 100_000):
        tags = FlvTags()
        assert [t for piece in cut(data, size) for t in tags.feed(piece)] == list(flv_tags(data))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(_VALUES, max_size=4))
def test_amf_comes_back(values: list[Any]) -> None:
    assert rtmp_amf.decode(rtmp_amf.encode(*values)) == values


@given(st.binary(max_size=200))
def test_damaged_amf_is_an_error_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(rtmp_amf.AmfError):
        rtmp_amf.decode(data)


def test_amf_of_players_and_limits() -> None:
    date = b"\x0b" + struct.pack(">dh", 5.0, 0)
    array = b"\x08\x00\x00\x00\x09\x00\x01a\x01\x01\x00\x00\x09"
    typed = b"\x10\x00\x01T\x00\x01b\x06\x00\x00\x09"
    assert rtmp_amf.decode(date + array + typed) == [5.0, {"a": True}, {"b": None}]
    assert rtmp_amf.decode(rtmp_amf.encode("x" * 70_000)) == ["x" * 70_000]
    for bad in (b"\x0a" + b"\x00\x00\x00\x01" * 40, b"\x0a\xff\xff\xff\xff", b"\x07\x00\x01"):
        with pytest.raises(rtmp_amf.AmfError):
            rtmp_amf.decode(bad)


_MESSAGES = st.lists(
    st.builds(
        lambda number, kind, stream, stamp, size: (
            number,
            Message(kind=kind, stream=stream, stamp=stamp, body=bytes([stamp & 0xFF]) * size),
        ),
        st.integers(2, 6),
        st.sampled_from((8, 9, 18, 20)),
        st.integers(0, 2),
        st.one_of(st.integers(0, 400), st.integers(LONG - 3, LONG + 3), st.integers(0, 2**32 - 1)),
        st.sampled_from((0, 1, 7, 127, 128, 129, 300)),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=200)
@given(_MESSAGES, st.integers(1, 200))
def test_chunks_come_back(messages: list[tuple[int, Message]], size: int) -> None:
    writer = ChunkWriter()
    data = writer.chunks(2, Message(kind=1, body=struct.pack(">I", size)))
    writer.size = size
    source = io.BytesIO(data + b"".join(writer.chunks(n, m) for n, m in messages))
    reader = ChunkReader(source.read)
    assert [reader.message() for _ in messages] == [message for _, message in messages]
    assert not source.read()


def test_equal_steps_need_no_header() -> None:
    writer = ChunkWriter()
    forms = [
        writer.chunks(6, Message(kind=8, stream=1, stamp=stamp, body=b"12"))[0] >> 6
        for stamp in (0, 40, 80, 120, 170, 100)
    ]
    assert forms == [0, 2, 3, 3, 2, 0]


def test_a_viewer_cannot_open_chunk_streams_without_end() -> None:
    begun = [bytes([n]) + bytes(6) + b"\x14" + bytes(4) for n in range(2, 64)]
    reader = ChunkReader(io.BytesIO(b"".join(begun)).read)
    for _ in range(MOST_CHUNK_STREAMS):
        assert reader.message() == Message(kind=20)
    with pytest.raises(ProtocolError):
        reader.message()
