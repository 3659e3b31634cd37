"""The Imou face's system block, tokens, envelope and refusals."""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.imou_support import Client
from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_sign import Application, Nonces, signature, verify
from vsconsole.sandbox.server import Sandbox

V1_TIME = 1700550000
V1_NONCE = "8ec8a7bd1d1c95420de20d92422d457d"
V1_SECRET = "0123456789abcdef0123456789abcd"
V1_BODY = (
    '{"system":{"ver":"1.0","sign":"626381c14e7736003ed3c65c0e09c8c3",'
    '"appId":"lcd0123456789abcde","time":1700550000,'
    '"nonce":"8ec8a7bd1d1c95420de20d92422d457d"},"params":{},"id":"4242"}'
)
APPLICATION = Application(app_id="lcd0123456789abcde", app_secret=V1_SECRET)
APPLICATIONS = {APPLICATION.app_id: APPLICATION}


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(21, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


def refusal(system: object, now: float = V1_TIME, nonces: Nonces | None = None) -> str:
    with pytest.raises(Refused) as caught:
        verify(system, APPLICATIONS, nonces or Nonces(), now)
    return caught.value.code


def test_the_vector() -> None:
    assert signature(V1_TIME, V1_NONCE, V1_SECRET) == "626381c14e7736003ed3c65c0e09c8c3"
    system = json.loads(V1_BODY)["system"]
    assert verify(system, APPLICATIONS, Nonces(), V1_TIME + 10) is APPLICATION


def test_any_changed_byte_of_what_is_signed_is_refused() -> None:
    system = json.loads(V1_BODY)["system"]
    for name in ("nonce", "sign"):
        for at, character in enumerate(system[name]):
            changed = "0" if character != "0" else "1"
            text = system[name][:at] + changed + system[name][at + 1 :]
            assert refusal({**system, name: text}) == "SN1001"
    for off in (-1, 1, 100):
        assert refusal({**system, "time": V1_TIME + off}) == "SN1001"
    assert refusal({**system, "sign": system["sign"].upper()}) == "SN1001"


@given(nonce=st.text(min_size=1), when=st.integers(0, 2**40), secret=st.text(min_size=1))
def test_whatever_is_signed_so_passes(nonce: str, when: int, secret: str) -> None:
    application = Application(app_id="lcd", app_secret=secret)
    text = f"time:{when},nonce:{nonce},appSecret:{secret}"
    sign = hashlib.md5(text.encode()).hexdigest()
    system = {"ver": "1.0", "appId": "lcd", "sign": sign, "time": when, "nonce": nonce}
    assert verify(system, {"lcd": application}, Nonces(), when) is application


def test_blocks_that_are_wrong() -> None:
    system = json.loads(V1_BODY)["system"]

    def without(name: str) -> dict[str, object]:
        return {k: v for k, v in system.items() if k != name}

    assert refusal(None) == "OP1002"
    assert refusal(without("appId")) == refusal({**system, "appId": ""}) == "OP1008"
    assert refusal({**system, "appId": 5}) == "OP1008"
    assert refusal({**system, "appId": "lcd000"}) == "SN1004"
    for name in ("ver", "sign", "nonce", "time"):
        assert refusal(without(name)) == "OP1002", name
    for name in ("ver", "sign", "nonce"):
        assert refusal({**system, name: 7}) == refusal({**system, name: ""}) == "OP1003", name
    assert refusal({**system, "ver": "2.0"}) == "OP1003"
    # JSON can say what UTF-8 cannot.
    assert (
        refusal({**system, "nonce": "\ud800"}) == refusal({**system, "sign": "\ud800"}) == "SN1001"
    )
    for wrong in ("1700550000", "now", 1700550000.5, True):
        assert refusal({**system, "time": wrong}) == "SN1003"


def test_the_clock_may_be_five_minutes_off() -> None:
    system = json.loads(V1_BODY)["system"]
    for off in (-300, 300):
        assert verify(system, APPLICATIONS, Nonces(), V1_TIME + off) is APPLICATION
    for off in (-301, 301):
        assert refusal(system, V1_TIME + off) == "SN1002"


def test_a_nonce_counts_once_in_five_minutes() -> None:
    def at(when: int, app: Application = APPLICATION) -> dict[str, object]:
        sign = signature(when, V1_NONCE, app.app_secret)
        return {"ver": "1.0", "appId": app.app_id, "sign": sign, "time": when, "nonce": V1_NONCE}

    nonces = Nonces()
    verify(at(V1_TIME), APPLICATIONS, nonces, V1_TIME)
    assert refusal(at(V1_TIME + 299), V1_TIME + 299, nonces) == "SN1005"
    verify(at(V1_TIME + 300), APPLICATIONS, nonces, V1_TIME + 300)
    # Another application's nonces are its own; one that was refused was not used.
    other = Application(app_id="lcdother", app_secret="x")
    verify(at(V1_TIME + 300, other), {"lcdother": other}, nonces, V1_TIME + 300)
    fresh = Nonces()
    assert refusal({**at(V1_TIME), "sign": "0" * 32}, V1_TIME, fresh) == "SN1001"
    verify(at(V1_TIME), APPLICATIONS, fresh, V1_TIME)


# Over the wire


def test_the_documents_body_reaches_the_face(client: Client) -> None:
    client.face.applications[APPLICATION.app_id] = APPLICATION
    client.world.ahead = V1_TIME - time.time()
    answer = client.send(
        "POST", "/openapi/accessToken", {"Content-Type": "application/json"}, V1_BODY.encode()
    )
    assert answer.json["id"] == "4242"
    data = answer.data
    assert data["accessToken"].startswith("At_")
    assert len(data["accessToken"]) == 35
    again = client.send("POST", "/openapi/accessToken", {}, V1_BODY.encode())
    assert again.code == "SN1005"


def test_what_is_in_the_account_works(client: Client) -> None:
    assert set(client.sandbox.fields("imou")) == {"server", "app_id", "app_secret"}
    answer = client.call("accessToken")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json["result"]["msg"] == "操作成功"
    assert set(answer.data) == {"accessToken", "expireTime"}
    assert 259_190 < answer.data["expireTime"] <= 259_200
    assert client.last.call == "accessToken"
    assert client.last.unknown == ()


def test_current_domain_is_sent_when_there_is_one(client: Client) -> None:
    client.face.current_domain = "https://openapi-fk.easy4ip.com"
    assert client.call("accessToken").data["currentDomain"] == "https://openapi-fk.easy4ip.com"


def test_a_token_lives_as_long_as_it_says(client: Client) -> None:
    client.face.token_seconds = 200
    token = client.call("accessToken").data["accessToken"]
    client.world.ahead = 100
    # Asked again it is the same token, with the time that is left.
    again = client.call("accessToken").data
    assert again["accessToken"] == token
    assert 70 <= again["expireTime"] <= 100
    client.token = token
    assert client.call("getMessageCallback").code == "0"
    client.world.ahead = 201
    assert client.call("getMessageCallback").code == "TK1002"
    assert client.call("accessToken").data["accessToken"] != token


def test_tokens_can_be_ended(client: Client) -> None:
    token = client.call("accessToken").data["accessToken"]
    client.face.end_tokens()
    client.token = token
    assert client.call("getMessageCallback").code == "TK1002"
    assert client.call("accessToken").data["accessToken"] != token


def test_tokens_that_are_none(client: Client) -> None:
    def ask(**params: object) -> str:
        body = {"system": client.system(), "id": "1", "params": params}
        return client.raw("getMessageCallback", body).code

    token = client.call("accessToken").data["accessToken"]
    assert ask(token=token) == "0"
    assert ask() == ask(token="") == "OP1007"
    assert ask(token="At_" + "0" * 32) == "TK1002"
    assert ask(token="nonsense") == ask(token=5) == ask(token=token[:-1]) == "TK1003"


def test_requests_that_are_none(client: Client) -> None:
    path = "/openapi/accessToken"
    assert client.send("GET", path, {}).code == "OP1005"
    assert client.send("POST", path, {}, b"").code == "OP1004"
    assert client.send("POST", path, {}, b"{").code == "OP1003"
    assert client.send("POST", path, {}, b"[]").code == "OP1003"
    assert client.raw("accessToken", {"system": client.system(), "params": {}}).code == "OP1002"
    assert client.raw("accessToken", {"system": client.system(), "id": "1"}).code == "OP1002"
    assert client.call("noSuchMethod").code == "OP1005"
    assert client.call("getCondensedRecords").code == "OP1002"


def test_names_nobody_documented_are_noted(client: Client) -> None:
    client.call("getMessageCallback", colour="red")
    assert client.last.unknown == ("colour",)
    body = {
        "system": {**client.system(), "extra": 1},
        "id": "1",
        "more": 2,
        "params": {"token": client.token},
    }
    assert client.raw("getMessageCallback", body).code == "0"
    assert set(client.last.unknown) == {"system.extra", "more"}


def test_a_used_up_quota(client: Client) -> None:
    client.face.call_limit = 2
    assert client.call("getMessageCallback").code == "0"
    assert client.call("getMessageCallback").code == "OP1013"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("secret", "SN1001"), ("expired-token", "TK1002"), ("rate-limit", "OP1026")],
)
def test_faults_have_the_vendors_words(client: Client, fault: str, code: str) -> None:
    client.token = client.call("accessToken").data["accessToken"]
    client.sandbox.faults.set("imou", fault)
    assert client.call("getMessageCallback").code == code
    client.sandbox.faults.clear()
    assert client.call("getMessageCallback").code == "0"


def test_a_token_can_be_fetched_while_tokens_end(client: Client) -> None:
    client.sandbox.faults.set("imou", "expired-token")
    assert client.call("accessToken").code == "0"


def test_a_wrong_clock_shows_in_the_code_and_the_date(client: Client) -> None:
    client.sandbox.faults.set("imou", "clock", seconds=-3600)
    answer = client.call("accessToken")
    assert answer.code == "SN1002"
    assert "GMT" in answer.headers["Date"]


def test_a_row_list_is_found_for_faults_that_bend_it(client: Client) -> None:
    client.sandbox.faults.set("imou", "duplicate-page")
    rows = client.call("listDeviceDetailsByPage", page=1, pageSize=10).data["deviceList"]
    assert len(rows) > len({r["deviceId"] for r in rows})
    client.sandbox.faults.clear()
    assert client.face.rows({"result": {"data": {"url": ""}}}) is None
    assert client.face.rows({"result": 5}) is None


def test_nothing_is_said_of_the_secret(client: Client) -> None:
    body = {"system": client.system(sign="0" * 32), "id": secrets.token_hex(4), "params": {}}
    assert client.app_secret.encode() not in client.raw("accessToken", body).body
