"""The table of calls: methods, versions, unknown parameters, bodies, faults and restarts."""

import json
from collections.abc import Iterator

import pytest

from tests.sandbox.volcengine_support import NEW, OLD, Client
from vsconsole.sandbox.faces.volcengine import CALLS
from vsconsole.sandbox.faces.volcengine_codes import PLATFORM, Refused
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world.sites import SHARED_CAMERA


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.mark.parametrize("call", CALLS, ids=lambda c: f"{c.action}-{c.version}")
def test_every_call_is_known_by_its_methods_only(call: object, client: Client) -> None:
    from vsconsole.sandbox.faces.volcengine_desk import Call

    assert isinstance(call, Call)
    pairs = [("Action", call.action), ("Version", call.version)]
    for method in ("GET", "POST"):
        answer = client.signed(method, pairs, b"{}" if method == "POST" else b"")
        if method in call.methods:
            assert answer.code in ("", "MissingParameter"), answer.json
        else:
            assert answer.error == (404, "InvalidActionOrVersion")
        assert client.last.call == call.action


def test_names_and_versions_that_are_not_there(client: Client) -> None:
    assert client.get("ListSpaces", NEW).error == (404, "InvalidActionOrVersion")
    assert client.get("ListEverything").error == (404, "InvalidActionOrVersion")
    assert client.signed("GET", [("Version", OLD)]).error == (400, "MissingParameter")
    assert client.signed("GET", [("Action", "ListSpaces")]).error == (400, "MissingParameter")


def test_unknown_parameters_are_told_to_the_log(client: Client) -> None:
    assert client.get("ListSpaces", Colour="red").status == 200
    assert client.last.unknown == ("Colour",)
    mps = {"M3U8Option": {"ToMp4": True, "Extra": 1}}
    camera = client.camera("分拣线1")
    client.post("DownloadLocalMedia", StreamID=camera.id, StartTime=1, EndTime=2, Mps=mps)
    assert client.last.unknown == ("Mps.M3U8Option.Extra",)
    twice = [("Action", "ListSpaces"), ("Version", OLD), ("PageSize", "1"), ("PageSize", "2")]
    assert client.signed("GET", twice).error == (400, "InvalidParameter.PageSize")


def test_bodies(client: Client) -> None:
    pairs = [("Action", "StartStream"), ("Version", OLD)]
    body = json.dumps({"StreamID": client.camera("分拣线1").id}).encode()
    assert client.signed("POST", pairs, body).status == 200
    form = client.signed("POST", pairs, body, "application/x-www-form-urlencoded; charset=utf-8")
    assert form.error == (400, "InvalidParameter.ContentType")
    for wrong in (b"{", b"[1]", b"\xff", b'"x"'):
        assert client.signed("POST", pairs, wrong).error == (400, "InvalidParameter.Body")
    for empty in (b"", b'""', b"null", b"{}"):
        assert client.signed("POST", pairs, empty).error == (400, "MissingParameter")
    named = [*pairs, ("StreamID", client.camera("分拣线1").id)]
    assert client.signed("POST", named, b"").status == 200


def test_codes_have_the_published_numbers() -> None:
    assert {name: row[:2] for name, row in PLATFORM.items()} == {
        "MissingParameter": (100002, 400),
        "MissingAuthenticationToken": (100003, 401),
        "MissingRequestInfo": (100004, 400),
        "MissingSignature": (100005, 401),
        "InvalidTimestamp": (100006, 403),
        "ServiceNotFound": (100007, 404),
        "InvalidActionOrVersion": (100008, 404),
        "InvalidAccessKey": (100009, 401),
        "SignatureDoesNotMatch": (100010, 401),
        "LackPolicy": (100012, 403),
        "AccessDenied": (100013, 403),
        "InternalError": (100014, 500),
        "AccountFlowLimitExceeded": (100018, 429),
        "InvalidSecretToken": (100026, 401),
    }
    assert Refused("ServiceUnavailable.AccountNotReady").status == 503
    assert Refused("OperationDeny.AccountOverdue", "x").message == "操作被拒绝 x"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("secret", (401, "SignatureDoesNotMatch")),
        ("expired-token", (401, "InvalidSecretToken")),
        ("rate-limit", (429, "AccountFlowLimitExceeded")),
        ("clock", (403, "InvalidTimestamp")),
    ],
)
def test_faults_in_the_vendors_words(client: Client, fault: str, expected: tuple[int, str]) -> None:
    client.sandbox.faults.set("volcengine", fault, count=1)
    assert client.get("ListSpaces").error == expected
    assert client.get("ListSpaces").status == 200


def test_the_limit_also_comes_from_the_box_in_front(client: Client) -> None:
    client.sandbox.faults.set("volcengine", "rate-limit", count=2)
    assert client.get("ListSpaces").code == "AccountFlowLimitExceeded"
    second = client.get("ListSpaces")
    assert (second.status, second.headers["Retry-After"]) == (429, "1")


def test_media_faults(client: Client) -> None:
    camera = client.camera("分拣线1")
    url = client.post("StartStream", OLD, StreamID=camera.id).result["PullUrls"][2]
    client.sandbox.faults.set("volcengine", "expired-url", count=1)
    assert client.fetch(url).status == 403
    assert client.fetch(url).status == 200


def test_pages_can_be_doubled(client: Client) -> None:
    client.sandbox.faults.set("volcengine", "duplicate-page")
    assert len(client.get("ListSpaces").result["Spaces"]) == 3
    plans = client.get("ListRecordPlans").result
    assert len(plans["List"]) == 2
    assert client.face.rows({"Result": [1]}) == [1]
    assert client.face.rows({"Result": {"ID": "x"}}) is None
    assert client.face.rows({}) is None


def test_one_camera_is_also_on_the_first_cloud() -> None:
    both = Sandbox(13, vendors=["tencent", "volcengine"])
    names = {
        vendor: [c.name for c in world.cameras.values() if c.number == SHARED_CAMERA]
        for vendor, world in both.worlds.items()
    }
    assert names["volcengine"] == names["tencent"] == ["东门球机"]


def test_it_runs_again_after_a_stop(client: Client) -> None:
    camera = client.camera("分拣线1")
    first = client.post("StartStream", OLD, StreamID=camera.id).result["PullUrls"]
    client.sandbox.stop()
    client.sandbox.start()
    again = Client(client.sandbox)
    second = again.post("StartStream", OLD, StreamID=camera.id).result["PullUrls"]
    assert first != second
    assert again.fetch(second[2]).status == 200


def test_what_logs_in(client: Client) -> None:
    fields = client.sandbox.fields("volcengine")
    assert list(fields) == ["server", "access_key", "secret_key", "region"]
    assert fields["region"] == "cn-north-1"
