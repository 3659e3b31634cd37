"""The server: log, connections, Range, faults as a client meets them, and the command."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.sandbox.face_support import Client, midnight
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox

GROUPS = "/ivc/cms/organization/query"
DEVICES = "/ivc/urm/resource/getUserResources"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(5, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def playlist_url(client: Client) -> str:
    camera = client.camera("前门")
    begin = midnight(1) + 8 * 3600 + 1800
    answer = client.get(
        "/ivc/record/playback/url", ChannelId=camera.id, StartTime=begin, EndTime=begin + 60
    )
    return str(answer.data["Hls"])


def test_info_is_the_line_of_the_command(client: Client) -> None:
    value = json.loads(client.sandbox.info.as_json())
    assert value["pid"] == os.getpid()
    assert value["timecode"] == json.loads(json.dumps(timecode.DESCRIPTION))
    account = next(one for one in value["accounts"] if one["vendor"] == "tencent")
    assert set(account["fields"]) == {"server", "secret_id", "secret_key"}
    assert value["now"].endswith("+00:00")


def test_a_sandbox_can_start_again() -> None:
    sandbox = Sandbox(5, vendors=["tencent"])
    for _ in range(2):
        with sandbox:
            client = Client(sandbox)
            assert client.get(GROUPS).headers["Connection"] == "keep-alive"
            assert client.fetch(playlist_url(client)).status == 200


def test_before_start_and_for_unknown_vendors() -> None:
    with pytest.raises(RuntimeError):
        _ = Sandbox(vendors=["tencent"]).info
    with pytest.raises(ValueError, match="nobody"):
        Sandbox(vendors=["nobody"])
    with pytest.raises(ValueError, match="sleepy"):
        Sandbox(faults={"sleepy": 1})


def test_every_request_is_in_the_log(client: Client) -> None:
    client.get(DEVICES, OrganizationId=0, PageSize=5)
    entry = client.last
    assert (entry.face, entry.kind, entry.method, entry.path) == ("tencent", "api", "GET", DEVICES)
    assert entry.query["PageSize"] == "5"
    assert entry.params["PageSize"] == 5
    assert entry.params["PageNumber"] == 1
    assert (entry.call, entry.status, entry.code) == ("list_devices", 200, 200)
    assert abs(entry.at - time.time()) < 5
    client.fetch(playlist_url(client))
    assert (client.last.kind, client.last.call) == ("media", "cloud-playlist")
    client.fetch(client.base + "/nothing")
    assert client.last.status == 404


def test_one_connection_serves_many_requests(client: Client) -> None:
    connection = http.client.HTTPConnection(client.host, timeout=10)
    for _ in range(3):
        connection.request("GET", GROUPS)
        assert json.loads(connection.getresponse().read())["StatusCode"] == 41602
    connection.close()


def test_a_chunked_body_is_read(client: Client) -> None:
    connection = http.client.HTTPConnection(client.host, timeout=10)
    connection.request("POST", GROUPS, body=iter([b"ab", b"cd"]), encode_chunked=True)
    connection.getresponse().read()
    connection.close()
    assert client.last.body == b"abcd"


def test_a_body_without_end_is_refused(client: Client) -> None:
    connection = http.client.HTTPConnection(client.host, timeout=10)
    connection.putrequest("POST", GROUPS)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(b"not hexadecimal\r\n")
    assert connection.getresponse().status == 400
    connection.close()
    for length, status in (("99999999999", 413), ("-5", 400)):
        connection = http.client.HTTPConnection(client.host, timeout=10)
        connection.putrequest("POST", GROUPS)
        connection.putheader("Content-Length", length)
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()


def test_ranges_of_media(client: Client) -> None:
    url = playlist_url(client)
    segment = urljoin(url, client.fetch(url).body.decode().split("\n")[-3])
    segment = next(
        urljoin(url, line)
        for line in client.fetch(url).body.decode().splitlines()
        if line.endswith(".ts")
    )
    whole = client.fetch(segment)
    assert whole.status == 200
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.body)
    for text, begin, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=188-", 188, size),
        ("bytes=-188", size - 188, size),
        (f"bytes=10-{size + 50}", 10, size),
    ):
        part = client.fetch(segment, Range=text)
        assert part.status == 206
        assert part.body == whole.body[begin:end]
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{size}"
    beyond = client.fetch(segment, Range=f"bytes={size}-")
    assert beyond.status == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    for text in ("bytes=0-1,5-6", "lines=1-2", "bytes=a-b"):
        assert client.fetch(segment, Range=text).status == 200


def test_stop_ends_streams_threads_and_the_port() -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox(5, vendors=["tencent"])
    sandbox.start()
    client = Client(sandbox)
    url = client.post("/ivc/cms/control/stream", ChannelId=client.camera("前门").id).data["Flv"]
    with urllib.request.urlopen(url, timeout=10) as stream:
        assert stream.read(3) == b"FLV"
        sandbox.stop()
        with contextlib.suppress(OSError, http.client.IncompleteRead):
            stream.read()
    sandbox.stop()
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not set(threading.enumerate()) - before
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(client.host.split(":")[1])), timeout=2)


def test_a_cut_breaks_a_stream_and_the_next_one_is_served(client: Client) -> None:
    def opened() -> Any:
        asked = client.post("/ivc/cms/control/stream", ChannelId=client.camera("前门").id)
        return urllib.request.urlopen(asked.data["Flv"], timeout=10)

    for _each in range(2):
        with opened() as stream:
            assert stream.read(3) == b"FLV"
            client.sandbox.cut("tencent")
            with pytest.raises((OSError, http.client.IncompleteRead)):
                stream.read()


# Faults


def set_fault(client: Client, name: str, **more: Any) -> None:
    client.sandbox.faults.set("tencent", name, **more)


def test_fault_slow_waits(client: Client) -> None:
    set_fault(client, "slow", seconds=0.4, count=1)
    begin = time.monotonic()
    assert client.get(GROUPS).code == 200
    assert time.monotonic() - begin >= 0.4
    assert client.last.faults == ("slow",)


def test_fault_slow_does_not_hold_up_stop() -> None:
    sandbox = Sandbox(5, vendors=["tencent"])
    sandbox.start()
    client = Client(sandbox)
    set_fault(client, "slow", seconds=60)
    errors: list[BaseException] = []

    def call() -> None:
        try:
            client.get(GROUPS)
        except (OSError, http.client.HTTPException) as error:
            errors.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    time.sleep(0.1)
    sandbox.stop()
    caller.join(10)
    assert errors


def test_fault_reset(client: Client) -> None:
    set_fault(client, "reset", count=1)
    with pytest.raises(ConnectionResetError):
        client.get(GROUPS)
    assert client.last.faults == ("reset",)
    assert client.get(GROUPS).code == 200


def test_fault_cut_body(client: Client) -> None:
    set_fault(client, "cut-body", count=1)
    with pytest.raises(http.client.IncompleteRead):
        client.get(GROUPS)


def test_fault_cut_body_of_a_chunked_download(client: Client) -> None:
    camera = client.camera("前门")
    begin = midnight(1) + 8 * 3600 + 1800
    url = client.post(
        "/ivc/vds/VideoDownloadUrl",
        ChannelId=camera.id,
        BeginTime=str(begin),
        EndTime=str(begin + 10),
        FileType="ts",
    ).data["Url"]
    whole = client.fetch(url).body
    set_fault(client, "cut-body", path="/video.*")
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.fetch(url)
    assert whole.startswith(caught.value.partial)
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.fetch(url, Range="bytes=100-")
    assert whole[100:].startswith(caught.value.partial)


@pytest.mark.parametrize(("name", "status"), [("html", 200), ("http-500", 500)])
def test_fault_html_instead(client: Client, name: str, status: int) -> None:
    set_fault(client, name)
    answer = client.get(GROUPS)
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"<html>" in answer.body


def test_fault_truncated_json(client: Client) -> None:
    set_fault(client, "truncated-json")
    answer = client.get(GROUPS)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        _ = answer.json


def test_fault_extra_fields(client: Client) -> None:
    set_fault(client, "extra-fields")
    answer = client.get(GROUPS)
    assert all("ExtraField" in row for row in answer.data)
    assert "ExtraField" in answer.json


def test_fault_missing_fields(client: Client) -> None:
    whole = client.get(GROUPS).data
    set_fault(client, "missing-fields")
    rows = client.get(GROUPS).data
    assert len(rows) == len(whole)
    assert all(len(row) == len(full) - 1 for row, full in zip(rows, whole, strict=True))


def test_faults_of_pages(client: Client) -> None:
    asked = {"OrganizationId": 0, "IsContainSubLevel": True, "PageSize": 8}
    ids = [d["Id"] for d in client.get(DEVICES, **asked).data["List"]]
    set_fault(client, "duplicate-page")
    doubled = [d["Id"] for d in client.get(DEVICES, **asked).data["List"]]
    assert doubled[: len(ids)] == ids
    assert len(doubled) > len(ids)
    assert set(doubled) == set(ids)
    client.sandbox.faults.clear()
    set_fault(client, "unordered-page")
    mixed = [[d["Id"] for d in client.get(DEVICES, **asked).data["List"]] for _ in range(4)]
    assert all(sorted(m) == sorted(ids) for m in mixed)
    assert any(m != ids for m in mixed)


def test_fault_clock_puts_signatures_outside_their_time(client: Client) -> None:
    set_fault(client, "clock")
    answer = client.get(GROUPS)
    assert answer.code == 41601
    from email.utils import parsedate_to_datetime

    ahead = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    assert 86_000 < ahead < 87_000
    set_fault(client, "clock", seconds=-7200)
    assert client.get(GROUPS).code == 41602
    client.sandbox.faults.clear()
    assert client.get(GROUPS).code == 200


@pytest.mark.parametrize(("name", "code"), [("secret", 41602), ("expired-token", 41601)])
def test_faults_of_the_account(client: Client, name: str, code: int) -> None:
    set_fault(client, name)
    assert client.get(GROUPS).code == code


def test_fault_rate_limit_has_both_faces(client: Client) -> None:
    set_fault(client, "rate-limit")
    answers = [client.get(GROUPS) for _ in range(8)]
    assert {a.status for a in answers} == {200, 429}
    assert all(a.code == 50000 for a in answers if a.status == 200)
    assert all("Retry-After" in a.headers for a in answers if a.status == 429)


def test_fault_offline(client: Client) -> None:
    set_fault(client, "offline")
    camera = client.camera("东门球机")
    begin = midnight(1)
    for path, body in (
        ("/ivc/cms/control/stream", {}),
        ("/ivc/cms/control/ptz", {"Type": "up"}),
        ("/ivc/cms/control/timeline", {"Start": begin, "End": begin + 60}),
    ):
        assert client.post(path, ChannelId=camera.id, **body).code == 41617
    assert client.get(GROUPS).code == 200


def test_fault_expired_url(client: Client) -> None:
    url = playlist_url(client)
    set_fault(client, "expired-url")
    assert client.fetch(url).status == 403
    camera = client.camera("前门")
    begin = midnight(1) + 8 * 3600 + 1800
    download = client.post(
        "/ivc/vds/VideoDownloadUrl",
        ChannelId=camera.id,
        BeginTime=str(begin),
        EndTime=str(begin + 10),
        FileType="mp4",
    ).data["Url"]
    answer = client.fetch(download)
    assert (answer.status, answer.code) == (403, 42504)


def test_faults_from_the_start() -> None:
    with Sandbox(5, faults={"secret": 1.0}, vendors=["tencent"]) as sandbox:
        assert Client(sandbox).get(GROUPS).code == 41602


def test_a_bug_in_a_face_is_a_500(
    client: Client, allow_log: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_log("the tencent face failed at GET")

    def broken(request: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(client.face, "answer", broken)
    assert client.get(GROUPS).status == 500


# The command

COMMAND = "import sys; from vsconsole.sandbox.main import main; sys.exit(main({}))"


def run(arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND.format(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent with kill")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_a_signal(number: signal.Signals) -> None:
    with run("3, None, ['slow=0'], ['tencent']") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert line["pid"] == process.pid
        server = line["accounts"][0]["fields"]["server"]
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(server + "/nothing", timeout=5)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stdout.read() == ""


def test_the_command_refuses_nonsense() -> None:
    for arguments in ("1, None, ['sleepy=1'], []", "1, None, [], ['nobody']"):
        with run(arguments) as process:
            output, error = process.communicate(timeout=20)
            assert process.returncode == 2
            assert output == ""
            assert error.startswith("sandbox: ")


def test_the_command_ends_with_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with run(f"1, 1, [], [], parent={parent.pid}") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        parent.communicate(b"\n", timeout=20)
        assert process.wait(20) == 0
