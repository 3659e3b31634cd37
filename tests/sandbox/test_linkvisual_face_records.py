"""Cloud recordings as files, and the media behind them."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.sandbox.linkvisual_support import DAY, MORNING, Answer, Client, first_frame, midnight
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera

FIELDS = {
    "beginTime",
    "endTime",
    "beginTimeUTC",
    "endTimeUTC",
    "recordType",
    "streamType",
    "fileName",
    "fileSize",
}


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(23, vendors=["linkvisual"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def gate(client: Client) -> Camera:
    return client.camera("南区大门")


def query(client: Client, camera: Camera, begin: int, end: int, **more: Any) -> Answer:
    return client.call(
        "record/query", iotId=client.iot(camera), beginTime=begin, endTime=end, **more
    )


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def local(text: str) -> int:
    return int(datetime.fromisoformat(text + "+08:00").timestamp())


def a_file(client: Client, camera: Camera, when: int) -> dict[str, Any]:
    """The file that holds a moment."""
    rows = query(client, camera, when, when + 1).data["recordFileList"]
    assert len(rows) == 1
    found: dict[str, Any] = rows[0]
    return found


def vod(client: Client, camera: Camera, name: str) -> str:
    answer = client.call("vod/getbyfilename", iotId=client.iot(camera), fileName=name)
    return str(answer.data["vodUrl"])


# Listing


def test_files_cover_what_the_world_recorded(client: Client, gate: Camera) -> None:
    begin = midnight(1)
    rows = query(client, gate, begin, begin + DAY, pageSize=500).data["recordFileList"]
    assert all(set(row) - {"intelligentTypeList"} == FIELDS for row in rows)
    joined: list[list[int]] = []
    for row in rows:
        first, last = utc(row["beginTimeUTC"]), utc(row["endTimeUTC"])
        assert (local(row["beginTime"]), local(row["endTime"])) == (first, last)
        assert 0 < last - first <= 600
        assert row["recordType"] == 0
        if joined and joined[-1][1] == first:
            joined[-1][1] = last
        else:
            joined.append([first, last])
    held = client.world.cloud_ranges(gate, begin, begin + DAY)
    assert joined == [[r.begin, r.end] for r in held]
    assert len({row["fileName"] for row in rows}) == len(rows)
    assert any(row.get("intelligentTypeList") == "3" for row in rows)


def test_pages_say_where_the_next_one_begins(client: Client, gate: Camera) -> None:
    begin = midnight(1)
    whole = query(client, gate, begin, begin + DAY, pageSize=500).data
    assert (whole["nextValid"], whole["nextBeginTime"]) == (False, 0)
    rows = whole["recordFileList"]
    by_number, page = [], 0
    while True:
        data = query(client, gate, begin, begin + DAY, pageStart=page, pageSize=50).data
        by_number += data["recordFileList"]
        page += 1
        if not data["nextValid"]:
            break
    assert by_number == rows
    by_time, at = [], begin
    while True:
        data = query(client, gate, at, begin + DAY, pageSize=50).data
        by_time += data["recordFileList"]
        at = data["nextBeginTime"]
        if not data["nextValid"]:
            break
    assert by_time == rows
    assert len(query(client, gate, begin, begin + DAY).data["recordFileList"]) == 20


def test_a_query_is_in_seconds_and_forward(client: Client, gate: Camera) -> None:
    begin = midnight(1)
    assert query(client, gate, begin * 1000, (begin + 60) * 1000).code == 400
    assert query(client, gate, begin, begin - 1).code == 400
    assert query(client, gate, begin, begin).data["recordFileList"] == []
    assert query(client, gate, begin, begin + 60, pageSize=501).code == 400
    assert query(client, gate, begin, begin + 60, recordType=3).code == 400
    assert query(client, gate, begin, begin + DAY, recordType=1).data["recordFileList"] == []
    assert query(client, gate, begin, begin + DAY, streamType=1).data["recordFileList"] == []
    shed = client.camera("自行车棚")
    found = query(client, shed, begin, begin + DAY, recordType=1).data["recordFileList"]
    assert {row["recordType"] for row in found} == {1}
    assert client.call("record/query", iotId="nothing", beginTime=1, endTime=2).code == 62101


def test_a_file_is_listed_when_it_is_closed(client: Client, gate: Camera) -> None:
    client.world.ahead = midnight(0) + MORNING + 330 - time.time()
    now = int(client.world.now())
    files = client.face.tape.files(gate, 0, now - 1200, now + 60)
    assert files[-1].end == now - now % 600
    client.world.ahead += 600
    assert client.face.tape.files(gate, 0, now - 1200, now)[-1].end == now - now % 600 + 600


def test_month_flags(client: Client, gate: Camera) -> None:
    iot = client.iot(gate)
    today = time.gmtime(midnight(0) + 8 * 3600)
    flags = client.call("monthrecord/query", iotId=iot, month=time.strftime("%Y%m", today)).data[
        "recordFlags"
    ]
    for ago in range(1, min(today.tm_mday, 20)):
        held = client.world.cloud_ranges(gate, midnight(ago), midnight(ago) + DAY)
        assert flags[today.tm_mday - 1 - ago] == str(int(bool(held)))
    flags = client.call("monthrecord/query", iotId=iot, month="202402").data["recordFlags"]
    assert flags == "0" * 29
    for month in ("2024-2", "202413", "24", "2024 2"):
        assert client.call("monthrecord/query", iotId=iot, month=month).code == 400


# Playing


def test_a_file_plays_and_its_address_works_once(client: Client, gate: Camera) -> None:
    when = midnight(1) + MORNING + 10
    row = a_file(client, gate, when)
    url = vod(client, gate, row["fileName"])
    assert vod(client, gate, row["fileName"]) != url
    # A part from far inside costs no more than one from the beginning.
    answer = client.fetch(url, Range="bytes=0-1500000")
    assert (answer.status, answer.headers["Content-Type"]) == (206, "video/mp4")
    assert answer.headers["Content-Range"] == f"bytes 0-1500000/{row['fileSize']}"
    reading = first_frame(answer.body, 5.0)
    assert reading.channel == gate.number
    assert reading.when.timestamp() == utc(row["beginTimeUTC"]) + 5
    again = client.fetch(url)
    assert (again.status, again.body) == (403, b"auth failed: used")
    assert [e.status for e in client.sandbox.log if e.path.startswith("/vod/")] == [200, 403]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_every_look_uses_an_address_up(client: Client, gate: Camera, method: str) -> None:
    row = a_file(client, gate, midnight(1) + MORNING)
    url = vod(client, gate, row["fileName"])
    assert client.fetch(url, method, Range="bytes=5-9").status == 206
    assert client.fetch(url).status == 403


def test_parts_join_to_the_whole_file(client: Client) -> None:
    shed = client.camera("自行车棚")
    begin = midnight(1)
    rows = query(client, shed, begin, begin + DAY, pageSize=500).data["recordFileList"]
    row = min(rows, key=lambda r: utc(r["endTimeUTC"]) - utc(r["beginTimeUTC"]))
    whole = client.fetch(vod(client, shed, row["fileName"])).body
    assert len(whole) == row["fileSize"]
    half = len(whole) // 2
    url = vod(client, shed, row["fileName"])
    assert client.fetch(url, Range=f"bytes={half}-").body == whole[half:]
    assert first_frame(whole).when.timestamp() == utc(row["beginTimeUTC"])
    last = utc(row["endTimeUTC"]) - utc(row["beginTimeUTC"]) - 1
    assert first_frame(whole, last).when.timestamp() == utc(row["endTimeUTC"]) - 1


def test_addresses_are_good_as_given_and_for_ten_minutes(client: Client, gate: Camera) -> None:
    row = a_file(client, gate, midnight(1) + MORNING)
    other = a_file(client, gate, midnight(1) + MORNING + 700)
    url = vod(client, gate, row["fileName"])
    assert client.fetch(url.replace(row["fileName"], other["fileName"])).status == 403
    assert client.fetch(url + "0").status == 403
    assert client.fetch(url.replace("once=", "once=0")).status == 403
    assert client.fetch(url.partition("?")[0]).status == 403
    assert client.fetch(url, "POST").status == 405
    client.world.ahead = 601
    assert client.fetch(url).status == 403
    assert client.fetch(f"{client.fields['server']}/nothing").status == 404
    client.world.ahead = 0
    client.sandbox.faults.set("linkvisual", "expired-url", count=1)
    fresh = vod(client, gate, row["fileName"])
    assert client.fetch(fresh).status == 403
    # A fault on the way is no use of the address.
    assert client.fetch(fresh, Range="bytes=0-9").status == 206


def test_files_that_are_not_there(client: Client, gate: Camera) -> None:
    row = a_file(client, gate, midnight(1) + MORNING)
    iot, other = client.iot(gate), client.iot(client.camera("Mailroom"))
    for call in ("vod/getbyfilename", "vod/cloudfile/get"):
        assert client.call(call, iotId=iot, fileName="nothing").code == 1701
        assert client.call(call, iotId=other, fileName=row["fileName"]).code == 1701
        changed = row["fileName"].replace("_0", "_1")
        assert client.call(call, iotId=iot, fileName=changed[:-1] + "1").code == 1701


# Downloading and deleting


def test_a_download_is_transcoded_first(client: Client, gate: Camera) -> None:
    row = a_file(client, gate, midnight(1) + MORNING)
    asked = {"iotId": client.iot(gate), "fileName": row["fileName"]}
    first = client.call("vod/cloudfile/get", **asked).data
    assert (first["url"], first["status"]) == ("", 1)
    assert first["progress"] < 50
    client.world.ahead = 1
    half = client.call("vod/cloudfile/get", **asked).data
    assert 50 <= half["progress"] < 100
    client.world.ahead = 2.1
    done = client.call("vod/cloudfile/get", **asked).data
    assert (done["status"], done["progress"]) == (0, 100)
    for begin in (0, 1000):
        part = client.fetch(done["url"], Range=f"bytes={begin}-{begin + 9}")
        assert (part.status, len(part.body)) == (206, 10)
    assert client.fetch(done["url"], Range=f"bytes={row['fileSize']}-").status == 416
    client.world.ahead = 4000
    assert client.fetch(done["url"]).status == 403


def test_deleted_files_are_gone(client: Client, gate: Camera) -> None:
    when = midnight(1) + MORNING
    row = a_file(client, gate, when)
    url = vod(client, gate, row["fileName"])
    iot = client.iot(gate)
    names = [row["fileName"], row["fileName"], "nothing"]
    assert client.call("record/batchdelete", iotId=iot, fileNameList=names).data == {
        "deletedCount": 1
    }
    assert query(client, gate, when, when + 1).data["recordFileList"] == []
    assert client.call("record/batchdelete", iotId=iot, fileNameList=names).data == {
        "deletedCount": 0
    }
    assert client.fetch(url).status == 404
    many = ["x"] * 101
    assert client.call("record/batchdelete", iotId=iot, fileNameList=many).code == 400


# Triggering, file duration


def test_a_triggered_recording_is_listed_when_it_is_done(client: Client) -> None:
    shed = client.camera("自行车棚")
    held = client.world.cloud_ranges(shed, midnight(1), midnight(0))
    quiet = next((a.end + b.begin) // 2 for a, b in pairwise(held) if b.begin - a.end > 900)
    client.world.ahead = quiet - time.time()
    asked = {"iotId": client.iot(shed), "recordDuration": 30, "preRecordDuration": 5}
    assert client.call("record/trigger", **asked).data["recordId"]
    now = int(client.world.now())
    assert query(client, shed, now - 60, now + 90).data["recordFileList"] == []
    client.world.ahead += 60
    rows = query(client, shed, now - 60, now + 90, recordType=2).data["recordFileList"]
    spans = [(utc(row["beginTimeUTC"]), utc(row["endTimeUTC"])) for row in rows]
    assert sum(end - begin for begin, end in spans) == 30
    assert now - 7 <= spans[0][0] <= now - 5
    url = vod(client, shed, rows[0]["fileName"])
    assert first_frame(client.fetch(url).body).when.timestamp() == spans[0][0]


def test_triggering_that_cannot_be(client: Client, gate: Camera) -> None:
    shed = client.iot(client.camera("自行车棚"))

    def code(iot: str, **changes: Any) -> int:
        return client.call("record/trigger", **{"iotId": iot, "recordDuration": 10, **changes}).code

    assert code(client.iot(gate)) == 403
    assert code(shed, recordDuration=1801) == 400
    assert code(shed, preRecordDuration=11) == 400
    client.world.device_of(client.camera("自行车棚")).online = False
    assert code(shed) == 6205


def test_a_new_duration_counts_from_now_on(client: Client, gate: Camera) -> None:
    iot = client.iot(gate)
    get = "record/durationconfig/get"
    assert client.call(get, iotId=iot).data == {"recordDuration": 600}
    client.world.ahead = midnight(0) + MORNING - 1000 - time.time()
    before = client.face.tape.files(gate, 0, midnight(1), midnight(1) + DAY)
    client.face.tape.set_file_seconds(gate, 3600)
    client.world.ahead = 0
    assert client.call(get, iotId=iot).data == {"recordDuration": 3600}
    client.world.ahead = DAY
    assert client.face.tape.files(gate, 0, midnight(1), midnight(1) + DAY) == before
    begin = midnight(0) + MORNING
    (half_hour,) = client.face.tape.files(gate, 0, begin, begin + 1800)
    assert (half_hour.begin, half_hour.end) == (begin, begin + 1800)
    client.world.ahead = 0
    for seconds in (599, 3601):
        answer = client.call("record/durationconfig/set", iotId=iot, recordDuration=seconds)
        assert answer.code == 400
    client.call("record/durationconfig/set", iotId=iot)
    assert client.call(get, iotId=iot).data == {"recordDuration": 1800}
