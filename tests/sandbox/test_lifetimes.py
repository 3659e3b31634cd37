"""A sandbox in which everything that ends lives shortly: at each face, and how to ask for it."""

import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import av
import pytest

from tests.sandbox import (
    ctyun_support,
    face_support,
    imou_support,
    linkvisual_support,
    volcengine_support,
)
from vsconsole.cli import arguments
from vsconsole.domain.errors import InvalidInput
from vsconsole.sandbox.server import Sandbox

LIFE = 20
MORNING = 8 * 3600 + 1800
REFRESH = "/account/checkOrRefreshSession"
Addresses = dict[str, Callable[[], str]]
"""For each kind of media, what asks for a new address of it."""


def morning(days_ago: int = 1) -> int:
    return face_support.midnight(days_ago) + MORNING


def tencent(sandbox: Sandbox) -> Addresses:
    client = face_support.Client(sandbox)
    front = client.camera("前门").id
    begin = morning()
    whole = {"StartTime": begin, "EndTime": begin + 600}

    def live(kind: str) -> str:
        return str(client.post("/ivc/cms/control/stream", ChannelId=front).data[kind])

    def device() -> str:
        asked = {"ChannelId": front, "Start": begin, "End": begin + 600}
        return str(client.post("/ivc/cms/control/record", **asked).data["Flv"])

    def download() -> str:
        times = {"BeginTime": str(begin), "EndTime": str(begin + 5), "FileType": "mp4"}
        return str(client.post("/ivc/vds/VideoDownloadUrl", ChannelId=front, **times).data["Url"])

    def cloud() -> str:
        return str(client.get("/ivc/record/playback/url", ChannelId=front, **whole).data["Hls"])

    return {
        "live flv": lambda: live("Flv"),
        "live hls": lambda: live("Hls"),
        "cloud hls": cloud,
        "device": device,
        "download": download,
    }


def linkvisual(sandbox: Sandbox) -> Addresses:
    client = linkvisual_support.Client(sandbox)
    gate = client.iot(client.camera("南区大门"))
    begin = morning()

    def call(name: str, **more: Any) -> Any:
        client.token = renewed(client)
        return client.call(name, iotId=gate, **more).data

    def file() -> str:
        span = {"beginTime": begin, "endTime": begin + 1}
        return str(call("record/query", **span)["recordFileList"][0]["fileName"])

    def live() -> str:
        asked = {"iotId": gate, "scheme": "hls", "encrypted": False}
        return str(client.raw("/vision/stream/query", asked).data["path"])

    span = {"beginTime": begin, "endTime": begin + 600, "encrypted": False, "scheme": "flv"}
    return {
        "live hls": live,
        "cloud": lambda: str(call("vod/getbyfilename", fileName=file())["vodUrl"]),
        "device": lambda: str(call("vod/localfile/getbytime", **span)["vodUrl"]),
    }


def renewed(client: linkvisual_support.Client) -> str:
    """A token that counts, from the refreshToken."""
    fields = client.fields
    asked = {"refreshToken": fields["refresh_token"], "identityId": fields["identity_id"]}
    made = client.raw(REFRESH, {"request": asked}, token="").data
    fields["refresh_token"] = made["refreshToken"]
    return str(made["iotToken"])


def ctyun(sandbox: Sandbox) -> Addresses:
    client = ctyun_support.Client(sandbox)
    window = client.id("一号窗口")
    begin = morning()

    def record() -> Any:
        span = {"StartTime": ctyun_support.text(begin), "EndTime": ctyun_support.text(begin + 7200)}
        asked = {"RecordType": -1, "PageSize": 1000, **span}
        rows = client.get(f"/devices/{window}/records", **asked).data["Records"]
        return next(row for row in rows if row["PlayUrl"]["HlsUrl"])

    def device(form: str) -> str:
        asked = {"StreamNum": 1, "StartTime": begin, "EndTime": begin + 600}
        found = client.get(f"/devices/{window}/local/vod/streams", **asked).data
        return str(found["LocalVodStreams"][0]["PlayUrl"][form])

    return {
        "cloud hls": lambda: str(record()["PlayUrl"]["HlsUrl"]),
        "picture": lambda: str(record()["CoverUrl"]),
        "device flv": lambda: device("FlvUrl"),
        "device hls": lambda: device("HlsUrl"),
        "device rtmp": lambda: device("RtmpUrl"),
    }


def volcengine(sandbox: Sandbox) -> Addresses:
    client = volcengine_support.Client(sandbox)
    line, old = client.camera("分拣线1").id, volcengine_support.OLD
    begin = morning()

    def live(form: int) -> str:
        asked = {"StreamID": line, "FreshExpiredPull": "1"}
        return str(client.post("StartStream", old, **asked).result["PullUrls"][form])

    def cloud(name: str) -> str:
        span = {"StartTime": begin, "EndTime": begin + 60, "TokenValid": 7200}
        return str(client.post("PlayCloudRecord", StreamID=line, **span).result[name])

    def device() -> str:
        asked = {"SpaceID": client.space, "StreamID": line, "StartTime": begin}
        made = client.post("StartPlayback", **asked, EndTime=begin + 600).result
        status = volcengine_support.NEW

        def online() -> bool:
            name = made["PlaybackID"]
            found = client.get("GetPlaybackStatus", status, PlaybackID=name).result
            return bool(found["Status"] == "online")

        volcengine_support.eventually(online)
        return str(made["PullUrls"][1])

    return {
        "live rtmp": lambda: live(0),
        "live flv": lambda: live(1),
        "live hls": lambda: live(2),
        "cloud hls": lambda: cloud("hls"),
        "cloud mp4": lambda: cloud("mp4"),
        "device": device,
    }


def imou(sandbox: Sandbox) -> Addresses:
    client = imou_support.Client(sandbox)
    till = client.camera("收银")
    begin = morning()
    span = imou_support.span(begin, begin + 600)

    def call(method: str, **more: Any) -> Any:
        client.token = ""
        return client.on(till, method, **more)

    def live() -> str:
        made = call("createDeviceFlvLive")
        return str((made if made.code == "0" else call("queryDeviceFlvLive")).data["flv"])

    def picture() -> str:
        asked = {**imou_support.span(begin, begin + 8 * 3600), "count": "10", "nextAlarmId": "-1"}
        return str(call("getAlarmMessage", **asked).data["alarms"][0]["thumbUrl"])

    def recorded(store: str) -> str:
        asked = {**span, "recordType": store, "streamId": 0}
        return str(call("createDeviceRecordHls", **asked).data["url"])

    return {
        "live flv": live,
        "cloud hls": lambda: recorded("cloudRecord"),
        "device hls": lambda: recorded("localRecord"),
        "picture": picture,
    }


FACES = {
    "tencent": tencent,
    "linkvisual": linkvisual,
    "ctyun": ctyun,
    "volcengine": volcengine,
    "imou": imou,
}


@pytest.fixture(params=sorted(FACES))
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sandbox(vendor: str) -> Iterator[Sandbox]:
    with Sandbox(13, vendors=[vendor], lifetime=LIFE) as made:
        yield made


def opened(url: str) -> int:
    """The HTTP status of an address, its first bytes read where it is served; 403 for RTMP that is
    refused."""
    parts = urlsplit(url)
    if parts.scheme == "rtmp":
        try:
            av.open(url, timeout=10, options={"probesize": "65536"}).close()
        except OSError:
            return 403
        return 200
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        if answer.status == 200:
            assert len(answer.read(64)) == 64
        return answer.status
    finally:
        connection.close()


def first_piece(url: str) -> str:
    """The first segment of a playlist."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        lines = connection.getresponse().read().decode().splitlines()
    finally:
        connection.close()
    assert lines[0] == "#EXTM3U", lines
    return urljoin(url, next(line for line in lines if line and not line.startswith("#")))


def test_every_address_ends_and_a_new_one_works(sandbox: Sandbox, vendor: str) -> None:
    world = sandbox.worlds[vendor]
    for kind, ask in FACES[vendor](sandbox).items():
        early, late = ask(), ask()
        # A single-use address must have been good until its end, so another of its kind is tried.
        assert opened(early) == 200, kind
        pieces = [first_piece(late)] if "hls" in kind else []
        # A live window moves on: what is tried now would be gone for another reason later.
        assert all(opened(one) == 200 for one in pieces), kind
        world.ahead += LIFE + 1.0
        assert opened(late) == 403, kind
        assert all(opened(one) == 403 for one in pieces), kind
        fresh = ask()
        assert opened(fresh) == 200, kind
        if pieces:
            assert opened(first_piece(fresh)) == 200, kind
        # Some faces give one address until it has ended: the next kind gets a new one.
        world.ahead += LIFE + 1.0


def test_an_address_is_good_for_nearly_its_whole_life(sandbox: Sandbox, vendor: str) -> None:
    world = sandbox.worlds[vendor]
    for kind, ask in FACES[vendor](sandbox).items():
        url = ask()
        # The end is a full second, and a moment may pass until the address is opened.
        world.ahead += LIFE - 5.0
        assert opened(url) == 200, kind
        world.ahead += LIFE


def test_a_session_of_linkvisual_ends_and_is_renewed() -> None:
    with Sandbox(13, vendors=["linkvisual"], lifetime=LIFE) as sandbox:
        client = linkvisual_support.Client(sandbox)
        listed = "/uc/listBindingByAccount"
        assert client.raw(listed, {}).code == 200
        client.world.ahead = LIFE + 1.0
        assert client.raw(listed, {}).code == 460
        # What renews it outlives it by far.
        client.world.ahead = 100.0 * LIFE
        client.token = renewed(client)
        assert client.raw(listed, {}).code == 200


def test_a_token_of_imou_ends_and_another_works() -> None:
    with Sandbox(13, vendors=["imou"], lifetime=LIFE) as sandbox:
        client = imou_support.Client(sandbox)
        assert client.call("accessToken").data["expireTime"] in (LIFE - 1, LIFE)
        assert client.call("listDeviceDetailsByPage", page=1, pageSize=1).code == "0"
        client.world.ahead = LIFE + 1.0
        assert client.call("listDeviceDetailsByPage", page=1, pageSize=1).code == "TK1002"
        client.token = ""
        assert client.call("listDeviceDetailsByPage", page=1, pageSize=1).code == "0"


def test_an_address_of_volcengine_that_is_told_has_not_ended() -> None:
    """The stream is started already, and each moment has an address that can be opened."""
    with Sandbox(13, vendors=["volcengine"], lifetime=LIFE) as sandbox:
        ask = volcengine(sandbox)["live flv"]
        for tenth in range(0, 30, 3):
            sandbox.worlds["volcengine"].ahead = LIFE - 2 + tenth / 10
            assert opened(ask()) == 200, tenth


def test_the_live_address_of_imou_stays_and_its_pieces_end() -> None:
    with Sandbox(13, vendors=["imou"], lifetime=LIFE) as sandbox:
        client = imou_support.Client(sandbox)
        made = client.on(client.camera("收银"), "bindDeviceLive", streamId=0).data
        url = made["streams"][0]["hls"]
        piece = first_piece(url)
        client.world.ahead = LIFE + 1.0
        assert opened(piece) == 403
        assert opened(first_piece(url)) == 200


def test_a_stream_that_flows_is_not_cut() -> None:
    with Sandbox(13, vendors=["tencent"], lifetime=LIFE) as sandbox:
        url = tencent(sandbox)["live flv"]()
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            answer = connection.getresponse()
            assert len(answer.read(4096)) == 4096
            sandbox.world.ahead = LIFE + 1.0
            assert opened(url) == 403
            # More than what lay in the buffers in between.
            assert len(answer.read(80_000)) == 80_000
        finally:
            connection.close()


def test_a_download_says_how_long_it_counts() -> None:
    with Sandbox(13, vendors=["tencent"], lifetime=LIFE) as sandbox:
        assert f"&expires={LIFE}&" in tencent(sandbox)["download"]()
    with Sandbox(13, vendors=["tencent"]) as sandbox:
        assert "&expires=600&" in tencent(sandbox)["download"]()


@pytest.mark.parametrize("lifetime", [-1.0, 0.0, 1.9, float("nan")])
def test_a_life_that_is_too_short_is_refused(lifetime: float) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        Sandbox(13, vendors=["tencent"], lifetime=lifetime)


def test_a_long_lifetime_leaves_what_is_documented() -> None:
    with Sandbox(13, vendors=["imou"], lifetime=1e9) as sandbox:
        client = imou_support.Client(sandbox)
        assert client.call("accessToken").data["expireTime"] > 259_000


def test_the_command_takes_a_lifetime() -> None:
    parser = arguments.parser()
    assert parser.parse_args(["sandbox", "--lifetime", "20"]).lifetime == 20.0
    assert parser.parse_args(["sandbox"]).lifetime is None
    with pytest.raises(InvalidInput):
        parser.parse_args(["sandbox", "--lifetime", "soon"])
    command = [sys.executable, "-m", "vsconsole", "sandbox", "--lifetime", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "a lifetime of 1.0 s" in done.stderr
