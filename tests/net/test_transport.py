from __future__ import annotations

import gzip
import io
import logging
import socket
import threading
import time
from pathlib import Path

import pytest

from tests.net.support import Handler, make_certificate, serving
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadResponse,
    Cancelled,
    InvalidInput,
    ProxyFailed,
    StreamExpired,
    StreamUnavailable,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.net.line import Line
from vsconsole.net.transport import (
    ByteStream,
    Request,
    Settings,
    Transport,
    _connect_reason,
)

SECRET = "s3cr3t-token"


@pytest.fixture
def transport():
    made = Transport(Settings(connect_timeout=3, read_timeout=3))
    yield made
    made.close()


def get(url: str, **headers: str) -> Request:
    return Request(method="GET", url=url, headers=headers)


def test_sends_the_very_bytes_that_were_signed(transport: Transport) -> None:
    target = "/a%2Fb/c?Empty=&Name=%E4%B8%AD%20~x%27%28&list=a%3Bb"
    with serving(lambda h: h.reply(b"ok")) as server:
        body = b'{"a": 1}\x00\xff'
        response = transport.send(
            Request(
                method="POST", url=server.url + target, headers={"Host": "name.test"}, body=body
            )
        )
        seen = server.seen[0]
    assert response.body == b"ok"
    assert (seen.method, seen.target, seen.body) == ("POST", target, body)
    assert seen.headers["host"] == "name.test"
    assert seen.headers["content-length"] == str(len(body))
    assert seen.headers["user-agent"].startswith("vsconsole/")
    assert "cookie" not in seen.headers


def test_a_post_without_a_body_says_so(transport: Transport) -> None:
    with serving(lambda h: h.reply()) as server:
        transport.send(Request(method="POST", url=server.url + "/x"))
        transport.send(get(server.url + "/x"))
    assert server.seen[0].headers["content-length"] == "0"
    assert "content-length" not in server.seen[1].headers


def test_no_login_of_a_netrc_and_no_cookie_is_added(
    transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(lambda h: h.reply(Set_Cookie="session=1; Path=/")) as server:
        transport.send(get(server.url + "/x"))
        transport.send(get(server.url + "/x"))
    assert "authorization" not in server.seen[1].headers
    assert "cookie" not in server.seen[1].headers


def test_status_headers_and_gzip(transport: Transport) -> None:
    packed = gzip.compress(b"hello" * 1000)
    with serving(
        lambda h: h.reply(packed, 418, Content_Encoding="gzip", RequestId="r-1")
    ) as server:
        response = transport.send(get(server.url + "/"))
    assert (response.status, response.headers["requestid"]) == (418, "r-1")
    assert response.body == b"hello" * 1000


def test_api_redirects_are_answers(transport: Transport) -> None:
    with serving(lambda h: h.reply(b"", 302, Location="/elsewhere")) as server:
        assert transport.send(get(server.url + "/")).status == 302
        assert len(server.seen) == 1


@pytest.mark.parametrize(
    "url", ["http://example.test/", "ftp://127.0.0.1/", "http:///x", "https://a b/", "x"]
)
def test_refuses_addresses_before_sending(transport: Transport, url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        transport.send(get(url))
    assert not caught.value.may_have_happened


def test_refused_connection_never_happened(transport: Transport) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        transport.send(get(f"http://127.0.0.1:{port}/?token={SECRET}"))
    assert not caught.value.may_have_happened
    assert "refused" in caught.value.why
    assert SECRET not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.unplugged
def test_unknown_name(transport: Transport) -> None:
    with pytest.raises(Unreachable) as caught:
        transport.send(get("https://nowhere.invalid/"))
    assert "name" in caught.value.why


def test_reasons_that_only_other_networks_have() -> None:
    assert _connect_reason(OSError(113, "No route to host")) == "No route to host"
    assert _connect_reason(ValueError("x")) == ""


@pytest.mark.parametrize("leave", [Handler.leave, Handler.reset])
def test_lost_connection_may_have_happened(transport: Transport, leave) -> None:
    with serving(leave) as server, pytest.raises(Unreachable) as caught:
        transport.send(get(f"{server.url}/?token={SECRET}"))
    assert caught.value.may_have_happened
    assert SECRET not in str(caught.value)


def test_silence_is_a_timeout() -> None:
    transport = Transport(Settings(connect_timeout=3, read_timeout=0.2))
    with serving(Handler.wait) as server, pytest.raises(TimedOut) as caught:
        transport.send(get(server.url + "/"))
    assert caught.value.may_have_happened
    transport.close()


def test_silence_inside_the_body_is_a_timeout() -> None:
    def answer(handler: Handler) -> None:
        handler.head(Content_Length="10")
        handler.wfile.write(b"abc")
        handler.wait()

    transport = Transport(Settings(read_timeout=0.2))
    with serving(answer) as server, pytest.raises(TimedOut):
        transport.send(get(server.url + "/"))
    transport.close()


def test_a_drip_does_not_last_for_ever() -> None:
    def answer(handler: Handler) -> None:
        handler.head(Content_Length="1000")
        while not handler.server.ending.wait(0.02):
            handler.wfile.write(b"x")

    transport = Transport(Settings(total_timeout=0.2))
    with serving(answer) as server, pytest.raises(TimedOut):
        transport.send(get(server.url + "/"))
    transport.close()


def cut_length(handler: Handler) -> None:
    handler.head(Content_Length="100")
    handler.wfile.write(b"half")
    handler.leave()


def cut_chunk(handler: Handler) -> None:
    handler.head(Transfer_Encoding="chunked")
    handler.wfile.write(b"10\r\nhalf")
    handler.leave()


def cut_before_the_last_chunk(handler: Handler) -> None:
    handler.head(Transfer_Encoding="chunked")
    handler.wfile.write(b"4\r\nhalf\r\n")
    handler.leave()


def read_all(stream: ByteStream) -> None:
    while stream.read(2):
        pass


@pytest.mark.parametrize("cut", [cut_length, cut_chunk, cut_before_the_last_chunk])
def test_cut_bodies_are_noticed(transport: Transport, cut) -> None:
    with serving(cut) as server:
        with pytest.raises(Unreachable) as caught:
            transport.send(get(server.url + "/"))
        assert caught.value.retryable
        with transport.stream(server.url + "/") as stream, pytest.raises(Unreachable):
            read_all(stream)


def test_damaged_gzip(transport: Transport) -> None:
    with (
        serving(lambda h: h.reply(b"not gzip at all", Content_Encoding="gzip")) as server,
        pytest.raises(BadResponse),
    ):
        transport.send(get(server.url + "/"))


def test_damaged_status_line(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        handler.wfile.write(b"EVIL token=" + SECRET.encode() + b"\r\n\r\n")
        handler.leave()

    with serving(answer) as server, pytest.raises(Unreachable) as caught:
        transport.send(get(server.url + "/"))
    assert SECRET not in str(caught.value)


def test_too_large_an_answer() -> None:
    transport = Transport(Settings(largest_answer=1000))
    bomb = gzip.compress(b"0" * 1_000_000)
    with (
        serving(lambda h: h.reply(bomb, Content_Encoding="gzip")) as server,
        pytest.raises(BadResponse) as caught,
    ):
        transport.send(get(server.url + "/"))
    assert not caught.value.retryable
    transport.close()


def test_certificates_are_verified(transport: Transport, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "own.pem")
    with serving(lambda h: h.reply(b"safe"), certificate=certificate) as server:
        with pytest.raises(TlsFailed) as caught:
            transport.send(get(f"{server.url}/?token={SECRET}"))
        assert caught.value.why
        assert not caught.value.retryable
        assert not caught.value.may_have_happened
        assert SECRET not in str(caught.value)
        trusting = Transport(Settings(ca_file=str(certificate)))
        assert trusting.send(get(server.url + "/")).body == b"safe"
        assert trusting.send(get(server.url + "/")).body == b"safe"
        trusting.close()


def test_a_server_without_tls(transport: Transport) -> None:
    with serving(lambda h: h.reply()) as server, pytest.raises(TlsFailed) as caught:
        transport.send(get(server.url.replace("http:", "https:") + "/"))
    assert caught.value.why == ""


def test_the_system_s_further_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate(tmp_path / "own.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    transport = Transport()
    with serving(lambda h: h.reply(b"safe"), certificate=certificate) as server:
        assert transport.send(get(server.url + "/")).body == b"safe"
    transport.close()


def test_proxy() -> None:
    with serving(lambda h: h.reply(b"by proxy")) as server:
        transport = Transport(Settings(proxy=server.url))
        with transport.stream("http://camera.test/live?x=1") as stream:
            assert stream.read() == b"by proxy"
        assert server.seen[0].target == "http://camera.test/live?x=1"
        transport.close()


def test_proxy_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda h: h.reply(b"by proxy")) as server:
        monkeypatch.setenv("http_proxy", server.url)
        transport = Transport()
        with transport.stream("http://camera.test/live") as stream:
            assert stream.read() == b"by proxy"
        # This computer needs none.
        assert transport.send(get(server.url + "/direct")).body == b"by proxy"
        assert server.seen[1].target == "/direct"
        transport.close()


@pytest.mark.unplugged
def test_no_proxy_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda h: h.reply()) as server:
        monkeypatch.setenv("http_proxy", server.url)
        transport = Transport(Settings(proxy=""))
        with pytest.raises(Unreachable):
            transport.stream("http://camera.test/live")
        assert not server.seen


def test_proxy_that_refuses_or_is_gone() -> None:
    with serving(lambda h: h.reply(b"", 407)) as server:
        transport = Transport(Settings(proxy=server.url))
        with pytest.raises(ProxyFailed) as caught:
            transport.send(get("https://vendor.test/"))
        assert not caught.value.may_have_happened
        transport.close()
    for proxy in (server.url, "socks5://127.0.0.1:1", "http://"):
        transport = Transport(Settings(proxy=proxy, connect_timeout=1))
        with pytest.raises(ProxyFailed):
            transport.send(get("https://vendor.test/"))
        transport.close()


def cancel_soon(token: cancel.CancelToken, when) -> threading.Thread:
    def run() -> None:
        while not when():
            time.sleep(0.005)
        token.cancel()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_cancelling_ends_the_wait_for_an_answer(transport: Transport) -> None:
    with serving(Handler.wait) as server, cancel.bound(cancel.CancelToken()) as token:
        thread = cancel_soon(token, lambda: server.seen)
        with pytest.raises(Cancelled):
            transport.send(get(server.url + "/"))
        thread.join()
        with pytest.raises(Cancelled):
            transport.send(get(server.url + "/"))
    assert len(server.seen) == 1


def test_cancelling_ends_a_body(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        handler.head(Content_Length="1000")
        handler.wfile.write(b"some")
        handler.wait()

    with serving(answer) as server, cancel.bound(cancel.CancelToken()) as token:
        thread = cancel_soon(token, lambda: server.seen)
        with pytest.raises(Cancelled):
            transport.send(get(server.url + "/"))
        thread.join()


def test_cancelling_a_body_that_ends_with_the_connection(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        handler.head(Connection="close")
        handler.wfile.write(b"some")
        handler.wait()

    # Called off while the rest is waited for: what comes then is an end like any other.
    came: list[float] = []
    with serving(answer) as server, cancel.bound(cancel.CancelToken()) as token:
        thread = cancel_soon(token, lambda: came and time.monotonic() > came[0] + 0.3)
        whole = transport._whole

        def watched(line, answer, body, parts, deadline):
            came.append(time.monotonic())
            return whole(line, answer, body, parts, deadline)

        transport._whole = watched
        with pytest.raises(Cancelled):
            transport.send(get(server.url + "/"))
        thread.join()


def test_cancelling_and_closing_reach_through_tls(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "own.pem")
    transport = Transport(Settings(ca_file=str(certificate)))
    answers = {"/wait": Handler.wait, "*": endless}
    with serving(answers, certificate=certificate) as server:
        with cancel.bound(cancel.CancelToken()) as token:
            thread = cancel_soon(token, lambda: server.seen)
            with pytest.raises(Cancelled):
                transport.send(get(server.url + "/wait"))
            thread.join()
        stream = transport.stream(server.url + "/live")
        assert stream.read() == b"first"
        timer = threading.Timer(0.05, stream.close)
        timer.start()
        with pytest.raises(Cancelled):
            stream.read()
        timer.join()
    transport.close()


def test_a_connection_is_used_again_and_an_old_cancel_does_not_touch_it(
    transport: Transport,
) -> None:
    ports: list[int] = []

    def answer(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        handler.reply(b"ok")

    with serving(answer) as server:
        with cancel.bound(cancel.CancelToken()) as token:
            transport.send(get(server.url + "/"))
        token.cancel()
        assert transport.send(get(server.url + "/")).body == b"ok"
    assert ports[0] == ports[1]


def test_many_threads_share_one_transport(transport: Transport) -> None:
    got: list[bytes] = []
    with serving(lambda h: h.reply(h.path.encode())) as server:
        threads = [
            threading.Thread(
                target=lambda n=n: got.append(transport.send(get(f"{server.url}/{n}")).body)
            )
            for n in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert sorted(got) == sorted(f"/{n}".encode() for n in range(12))


# Streams


def source(url: str, control: object = None) -> MediaSource:
    return MediaSource(
        url=url,
        protocol=MediaProtocol.FLV,
        headers={"X-Cam": "1", "Authorization": "k"},
        control=control,  # type: ignore[arg-type]
    )


def test_stream_reads_what_there_is(transport: Transport) -> None:
    go = threading.Event()

    def answer(handler: Handler) -> None:
        handler.head(Transfer_Encoding="chunked")
        handler.wfile.write(b"3\r\nabc\r\n")
        go.wait(10)
        handler.wfile.write(b"2\r\nde\r\n0\r\n\r\n")

    with serving(answer) as server, transport.stream(source(server.url + "/live")) as stream:
        assert (stream.status, stream.length) == (200, None)
        assert stream.readable()
        assert not stream.seekable()
        assert stream.read(1000) == b"abc"
        go.set()
        assert stream.read(-1) == b"de"
        assert stream.tell() == 5
        assert stream.read(0) == b""
        assert server.seen[0].headers["x-cam"] == "1"
        assert server.seen[0].headers["accept-encoding"] == "identity"


def test_stream_from_a_byte_on(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        begin = int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        handler.reply(bytes(range(begin, 100)), 206)

    with (
        serving(answer) as server,
        transport.stream(server.url + "/f.mp4", start=90, headers={"If-Range": "e"}) as stream,
    ):
        assert (stream.status, stream.length) == (206, 10)
        assert stream.read() == bytes(range(90, 100))
        assert server.seen[0].headers["if-range"] == "e"


@pytest.mark.parametrize(
    ("status", "error", "retryable"),
    [
        (401, StreamExpired, True),
        (403, StreamExpired, True),
        (410, StreamExpired, True),
        (404, StreamUnavailable, True),
        (416, StreamUnavailable, False),
        (500, StreamUnavailable, True),
    ],
)
def test_refused_streams(
    transport: Transport, status: int, error: type[Exception], retryable: bool
) -> None:
    with serving(lambda h: h.reply(SECRET.encode(), status)) as server:
        with pytest.raises(error) as caught:
            transport.stream(f"{server.url}/v.flv?token={SECRET}")
        assert caught.value.code == str(status)  # type: ignore[attr-defined]
        assert caught.value.retryable is retryable  # type: ignore[attr-defined]
        assert SECRET not in str(caught.value)


def test_redirects_of_media_are_followed_without_the_login(transport: Transport) -> None:
    with serving(lambda h: h.reply(b"media")) as other:
        with (
            serving(
                {
                    "/a": lambda h: h.reply(b"", 302, Location="b?x=1"),
                    "/b": lambda h: h.reply(b"", 307, Location=other.url + "/c"),
                }
            ) as server,
            transport.stream(source(server.url + "/a")) as stream,
        ):
            assert stream.read() == b"media"
            assert server.seen[1].target == "/b?x=1"
            assert server.seen[1].headers["authorization"] == "k"
        assert "authorization" not in other.seen[0].headers
        assert other.seen[0].headers["x-cam"] == "1"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "rtsp://127.0.0.1/x"])
def test_redirects_leave_http_never(transport: Transport, target: str) -> None:
    with (
        serving(lambda h: h.reply(b"", 302, Location=target)) as server,
        pytest.raises(InvalidInput),
    ):
        transport.stream(server.url + "/a")


def test_redirects_in_a_circle(transport: Transport) -> None:
    with (
        serving(lambda h: h.reply(b"", 302, Location="/a")) as server,
        pytest.raises(StreamUnavailable),
    ):
        transport.stream(server.url + "/a")


def test_a_redirect_to_nowhere_is_refused(transport: Transport) -> None:
    with (
        serving(lambda h: h.reply(b"", 302)) as server,
        pytest.raises(StreamUnavailable) as caught,
    ):
        transport.stream(server.url + "/a")
    assert caught.value.code == "302"


def endless(handler: Handler) -> None:
    handler.head()
    handler.wfile.write(b"first")
    handler.wait()


def test_closing_wakes_a_reader(transport: Transport) -> None:
    with serving(endless) as server:
        stream = transport.stream(server.url + "/live")
        assert stream.read() == b"first"
        thread = threading.Timer(0.05, stream.close)
        thread.start()
        with pytest.raises(Cancelled):
            stream.read()
        thread.join()
        stream.close()
        with pytest.raises(Cancelled):
            stream.read()


def test_cancelling_the_work_wakes_a_reader_on_another_thread(transport: Transport) -> None:
    with serving(endless) as server:
        with cancel.bound(cancel.CancelToken()) as token:
            stream = transport.stream(server.url + "/live")
        assert stream.read() == b"first"
        timer = threading.Timer(0.05, token.cancel)
        timer.start()
        with pytest.raises(Cancelled):
            stream.read()
        timer.join()
        stream.close()


def open_and_read(transport: Transport, where: MediaSource) -> bytes:
    with transport.stream(where) as stream:
        return stream.read()


def test_a_silent_live_stream_times_out_but_a_held_one_does_not() -> None:
    transport = Transport(Settings(read_timeout=0.2))
    go = threading.Event()

    def answer(handler: Handler) -> None:
        handler.head()
        go.wait(10)
        handler.wfile.write(b"on")
        handler.leave()

    with serving(answer) as server:
        with pytest.raises(TimedOut):
            open_and_read(transport, source(server.url + "/live"))
        with transport.stream(source(server.url + "/live", control=object())) as stream:
            timer = threading.Timer(0.5, go.set)
            timer.start()
            assert stream.read() == b"on"
            timer.join()
    transport.close()


def test_a_stream_feeds_a_file_reader(transport: Transport) -> None:
    with (
        serving(lambda h: h.reply(b"x" * 300_000)) as server,
        transport.stream(server.url + "/f") as stream,
    ):
        copy = io.BytesIO()
        while part := stream.read(100_000):
            copy.write(part)
    assert copy.getvalue() == b"x" * 300_000


def test_a_strange_length_is_no_length(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        handler.head(Content_Length="many", Connection="close")
        handler.wfile.write(b"x")
        handler.leave()

    with serving(answer) as server, transport.stream(server.url + "/f") as stream:
        assert stream.length is None


def test_nothing_of_an_address_is_logged(
    transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving({"/ok": lambda h: h.reply(), "*": Handler.leave}) as server:
        transport.send(get(f"{server.url}/ok?token={SECRET}", Authorization=SECRET))
        with pytest.raises(Unreachable):
            transport.send(get(f"{server.url}/bad?token={SECRET}"))
    assert SECRET not in caplog.text
    request = get(f"https://a.test/?token={SECRET}", Authorization=SECRET)
    assert SECRET not in repr(request)


def test_line_cuts_what_is_attached_later() -> None:
    one, other = socket.socketpair()
    with one, other:
        line = Line()
        line.cut()
        line.attach(one)
        assert other.recv(1) == b""
        line.cut()
        line.detach()


def test_line_forgives_a_socket_that_is_gone() -> None:
    one, other = socket.socketpair()
    other.close()
    one.close()
    line = Line()
    line.attach(one)
    line.cut()
    assert line.cut_off


def test_a_bug_is_not_dressed_up_as_a_network_trouble(transport: Transport) -> None:
    with serving(lambda h: h.reply()) as server, pytest.raises(TypeError):
        transport.send(
            Request(method="GET", url=server.url + "/", headers={"X": object()})  # type: ignore[dict-item]
        )
